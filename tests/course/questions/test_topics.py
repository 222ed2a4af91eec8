"""Drawn questions: right by an outside reckoning, their options distinct, the right one in them."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from cnntui.course.format.lesson import Predict, Quiz, QuizOption
from cnntui.course.questions.answers import number_of, shape_of
from cnntui.course.questions.question import judged
from cnntui.course.questions.topics import OF_NUMBERS, OF_STATE, TOPICS, posed
from cnntui.errors import UserError
from cnntui.panes.conv.state import ConvolutionState
from cnntui.panes.pool.state import PoolingState
from cnntui.sources.inputs import load_input
from cnntui.sources.kernels import load_kernel

seeds = st.integers(0, 10**6)


def conv(source="random:3:2,9,8", kernel="random:4:3,2,3,3", **more):
    return ConvolutionState.of(load_input(source), load_kernel(kernel), device="cpu", **more)


def pool(source="random:5:1,9,8", **more):
    return PoolingState.of(load_input(source), device="cpu", **more)


def question(about, seed, state=None, typed=False):
    return posed(Predict(1, "p", about, typed=typed), state, seed)


@pytest.mark.parametrize("about", TOPICS)
@settings(max_examples=40)
@given(seeds)
def test_options_are_distinct_and_one_is_right(about, seed):
    asked = question(about, seed).question
    texts = [option.text for option in asked.options]
    assert len(texts) == len(set(texts)) == 4
    assert sum(option.right for option in asked.options) == 1
    assert all(option.why and option.text for option in asked.options)
    values = [number_of(text) for text in texts]
    if None not in values:
        assert len(set(values)) == 4
    for at, option in enumerate(asked.options):
        verdict = judged(asked, at)
        assert (verdict.right, verdict.why) == (option.right, option.why)


@pytest.mark.parametrize("about", TOPICS)
@settings(max_examples=20)
@given(seeds)
def test_typed_answers_are_judged_and_mistakes_named(about, seed):
    asked = question(about, seed, typed=True).question
    assert not asked.chosen
    assert judged(asked, asked.answer).right
    for mistake in asked.mistakes:
        verdict = judged(asked, mistake.text)
        assert not verdict.right
        assert verdict.why == mistake.why


def test_the_same_seed_draws_the_same_and_others_differ():
    for about in OF_NUMBERS:
        drawn = [question(about, seed).question for seed in (1, 1, 2, 3, 4)]
        assert drawn[0] == drawn[1]
        assert len({each.ask + str(each.shown) for each in drawn[1:]}) > 1, about
    asked = {posed(Predict(1, id, "conv size"), None, 1).question.ask for id in "abcdef"}
    assert len(asked) > 1


# drawn numbers, reckoned outside


def numbers_in(text):
    return [int(number) for number in re.findall(r"-?\d+", text.replace(",", ""))]


def right(asked):
    return next(option.text for option in asked.options if option.right)


@settings(max_examples=60)
@given(seeds)
def test_conv_size_is_torchs(seed):
    asked = question("conv size", seed).question
    size, kernel, padding, stride = numbers_in(asked.ask)
    made = F.conv1d(torch.zeros(1, 1, size), torch.zeros(1, 1, kernel), None, stride, padding)
    assert number_of(right(asked)) == made.shape[-1]


@settings(max_examples=40)
@given(seeds)
def test_conv_value_is_torchs(seed):
    asked = question("conv value", seed).question
    cells = np.array([numbers_in(row) for row in asked.shown], dtype=np.float32)
    patch, kernel = torch.tensor(cells[:, :3]), torch.tensor(cells[:, 3:])
    made = F.conv2d(patch[None, None], kernel[None, None]).item() + numbers_in(asked.ask)[-1]
    assert number_of(right(asked)) == made


@settings(max_examples=40)
@given(seeds)
def test_pool_winner_is_torchs(seed):
    asked = question("pool winner", seed).question
    cells = torch.tensor([numbers_in(row) for row in asked.shown], dtype=torch.float32)
    _, places = F.max_pool2d(cells[None], 2, return_indices=True)
    row, column = numbers_in(asked.ask.replace("-", " ").replace(",", " "))[-2:]
    assert shape_of(right(asked)) == divmod(int(places[0, row, column]), 4)


@settings(max_examples=40)
@given(seeds)
def test_scores_are_the_textbooks(seed):
    for about in ("precision", "recall", "accuracy"):
        asked = question(about, seed).question
        (tp, fn), (fp, tn) = [numbers_in(row) for row in asked.shown[1:]]
        wanted = {
            "precision": tp / (tp + fp),
            "recall": tp / (tp + fn),
            "accuracy": (tp + tn) / (tp + fn + fp + tn),
        }[about]
        assert number_of(right(asked)) == pytest.approx(wanted, abs=6e-4)


# on a state


STATES = {
    "plain": lambda: conv(),
    "strided": lambda: conv(stride=(2, 2), padding=(1, 1)),
    "biased": lambda: conv(padding=(1, 1), activation="relu").biased((0.5, -2.0, 1.0)),
    "grouped": lambda: conv("random:3:4,7,7", "random:4:4,1,3,3", groups=4),
    "digit": lambda: conv("digit:7", "sobel-x"),
}


def torch_output(state):
    c = state.conv
    bias = None if c.bias is None else torch.tensor(c.bias)
    made = F.conv2d(
        torch.tensor(c.input[None]), torch.tensor(np.array(c.weight)), bias, c.stride,
        c.padding, c.dilation, c.groups,
    )  # fmt: skip
    return torch.relu(made)[0] if c.activation == "relu" else made[0]


@pytest.mark.parametrize("name", STATES)
@settings(max_examples=15)
@given(seeds)
def test_the_next_cell_is_torchs_and_hidden_before(name, seed):
    state = STATES[name]().last()
    found = question("cell", seed, state)
    assert found.after.index == found.before.index + 1
    assert found.before.seen == found.before.index
    assert found.after.seen == found.after.index
    wanted = torch_output(state)[found.after.place].item()
    assert number_of(right(found.question)) == pytest.approx(wanted, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("activation", ["none", "relu"])
@settings(max_examples=40)
@given(seeds)
def test_the_forgotten_bias_is_the_cell_of_a_convolution_without_one(activation, seed):
    state = conv(padding=(1, 1), activation=activation)
    found = question("cell", seed, state.biased((0.5, -2.0, 1.0)), typed=True)
    place = found.after.place
    bare, whole = (torch_output(each)[place].item() for each in (state, found.after))
    told = [number_of(m.text) for m in found.question.mistakes if "bias is forgotten" in m.why]
    assert told == ([] if bare == whole else [pytest.approx(bare, rel=1e-4, abs=1e-4)])


@pytest.mark.parametrize("name", STATES)
@pytest.mark.parametrize("about", ["output size", "output shape", "parameters", "macs"])
@settings(max_examples=10)
@given(seeds)
def test_a_change_is_what_torch_makes_of_it(name, about, seed):
    state = STATES[name]()
    found = question(about, seed, state)
    made, c = torch_output(found.after), found.after.conv
    wanted = {
        "output size": tuple(made.shape[1:]),
        "output shape": tuple(made.shape),
        "parameters": c.weight.size + (0 if c.bias is None else len(c.bias)),
        "macs": made.numel() * c.weight[0].size,
    }[about]
    assert found.before is state
    text = right(found.question)
    assert (shape_of(text) if isinstance(wanted, tuple) else number_of(text)) == wanted


@settings(max_examples=30)
@given(seeds, st.booleans(), st.integers(1, 3))
def test_pools_are_torchs(seed, maximum, stride):
    state = pool(kind="max" if maximum else "avg", size=(3, 3), stride=(stride, stride))
    cells = torch.tensor(np.array(state.chosen.input))[None]
    found = question("pool cell", seed, state)
    made = (F.max_pool2d if maximum else F.avg_pool2d)(cells, 3, stride)[0]
    wanted = made[found.after.place].item()
    assert number_of(right(found.question)) == pytest.approx(wanted, abs=1e-4)
    if maximum:
        found = question("winner", seed, state)
        _, places = F.max_pool2d(cells, 3, stride, return_indices=True)
        flat = int(places[0][found.after.place])
        assert shape_of(right(found.question)) == divmod(flat, cells.shape[-1])


@settings(max_examples=30)
@given(seeds, st.integers(1, 3), st.integers(0, 2))
def test_the_window_lands_where_unfold_reads(seed, stride, padding):
    state = conv("ramp-8x8", "sobel-x", stride=(stride, stride), padding=(padding, padding))
    found = question("window", seed, state)
    rows = torch.arange(8.0)[None, None, :, None].expand(1, 1, 8, 8) + 1
    columns = torch.arange(8.0)[None, None, None, :].expand(1, 1, 8, 8) + 1
    row, column = shape_of(right(found.question))
    for along, at in ((rows, row), (columns, column)):
        patches = F.unfold(along, 3, padding=padding, stride=stride)[0].reshape(3, 3, -1)
        middle = patches[1, 1, found.after.index].item()
        if middle:  # the middle of the window lies on the data
            assert middle - 1 == at + 1


def test_a_state_that_cannot_be_asked_is_told():
    with pytest.raises(UserError, match="view of conv"):
        question("parameters", 1, pool())
    with pytest.raises(UserError, match="kind=max"):
        question("winner", 1, pool(kind="avg"))
    with pytest.raises(UserError, match="no next one"):
        question("cell", 1, conv("pool-4x4", "1 2 3 4; 1 2 3 4; 1 2 3 4; 1 2 3 4"))
    for about in OF_STATE:
        assert question(about, 1).before is None


# written questions


def test_a_quiz_is_shuffled_by_its_seed_and_judged():
    options = tuple(QuizOption(text, text in "ac", f"why {text}") for text in "abcd")
    several = Quiz(1, "q", "several", "?", options)
    orders = {tuple(o.text for o in posed(several, None, s).question.options) for s in range(20)}
    assert len(orders) > 5
    asked = posed(several, None, 1).question
    rights = {at for at, option in enumerate(asked.options) if option.right}
    assert judged(asked, rights).right
    verdict = judged(asked, set())
    assert not verdict.right
    assert "a: why a" in verdict.why
    for bad in ({9}, "a", {-1}):
        with pytest.raises(UserError):
            judged(asked, bad)


def test_typed_quizzes():
    shape = Quiz(
        1, "q", "shape", "?", answers=("3x3",), mistakes=(QuizOption("5x5", False, "no pad"),)
    )
    asked = posed(shape, None, 1).question
    assert judged(asked, "(3, 3)").right
    assert judged(asked, "5,5").why == "no pad"
    with pytest.raises(UserError, match="no shape"):
        judged(asked, "square")
    text = posed(Quiz(1, "q", "text", "?", answers=("bias", "offset")), None, 1).question
    assert judged(text, "The Bias").right
    assert not judged(text, "weight").right
    number = posed(Quiz(1, "q", "number", "?", answers=("0.67",), tolerance=0.01), None, 1).question
    assert judged(number, "0.666").right
    assert not judged(number, "0.5").right
    with pytest.raises(UserError, match="no number"):
        judged(number, "two")
