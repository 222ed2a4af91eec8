"""Drawn questions about training: their answers are torch's, and their mistakes are mistakes."""

import re

import pytest
import torch
from torch.nn import functional as F

from cnntui.course.format.lesson import Predict
from cnntui.course.questions.topics import posed
from cnntui.course.questions.training import TRAINING_TOPICS
from cnntui.training.config import Config
from cnntui.training.loop.schedules import rate_at

SEEDS = range(60)
NUMBER = r"-?\d+(?:\.\d+)?"


def asked(about, seed):
    """The words, and the right answer as a number."""
    question = posed(Predict(1, "x", about, typed=True), None, seed).question
    return question.ask, float(question.answers[0].replace(",", ""))


def numbers_in(text):
    return [float(found) for found in re.findall(NUMBER, text)]


@pytest.mark.parametrize("about", TRAINING_TOPICS)
def test_there_are_four_options_each_with_its_reason(about):
    for seed in SEEDS:
        question = posed(Predict(1, "x", about), None, seed).question
        assert sum(option.right for option in question.options) == 1
        assert len({option.text for option in question.options}) == 4
        assert all(option.why for option in question.options)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_gradient_step_is_sgd_s(seed):
    words, answer = asked("gradient step", seed)
    weight, gradient, rate = numbers_in(words)
    value = torch.tensor([weight], dtype=torch.float64, requires_grad=True)
    value.grad = torch.tensor([gradient], dtype=torch.float64)
    torch.optim.SGD([value], lr=rate).step()
    assert answer == pytest.approx(value.item(), abs=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_uphill_mistake_is_gradient_ascent(seed):
    question = posed(Predict(1, "x", "gradient step", typed=True), None, seed).question
    weight, gradient, rate = numbers_in(question.ask)
    value = torch.tensor([weight], dtype=torch.float64, requires_grad=True)
    value.grad = torch.tensor([gradient], dtype=torch.float64)
    torch.optim.SGD([value], lr=rate, maximize=True).step()
    (mistake,) = [each for each in question.mistakes if "uphill" in each.why]
    assert float(mistake.text) == pytest.approx(value.item(), abs=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_cross_entropy_is_torch_s(seed):
    words, answer = asked("cross entropy", seed)
    chances = torch.tensor([numbers_in(words)[:3]], dtype=torch.float64)
    assert chances.sum().item() == pytest.approx(1)
    loss = F.cross_entropy(chances.log(), torch.tensor([0])).item()
    assert answer == pytest.approx(loss, abs=0.0051)


@pytest.mark.parametrize("seed", SEEDS)
def test_step_decay_is_the_schedule_s(seed):
    words, answer = asked("step decay", seed)
    peak, gamma, size, epoch = numbers_in(words)[:4]
    config = Config(schedule="step", lr=peak, gamma=gamma, step_size=int(size))
    assert answer == pytest.approx(rate_at(config, int(epoch), 1000, 1), rel=1e-5)


@pytest.mark.parametrize("seed", SEEDS)
def test_batch_norm_is_torch_s(seed):
    words, answer = asked("batch norm", seed)
    *values, gain, shift, value = numbers_in(words)
    batch = torch.tensor(values, dtype=torch.float64)[:, None]
    weight, bias = (torch.tensor([each], dtype=torch.float64) for each in (gain, shift))
    normal = F.batch_norm(batch, None, None, weight, bias, training=True, eps=1e-12)
    assert answer == pytest.approx(normal[values.index(value)].item())


@pytest.mark.parametrize("seed", SEEDS)
def test_patience_ends_a_run_as_the_loop_counts(seed):
    words, answer = asked("early stop", seed)
    listed, rest = words.split(": ", 1)[1].split(". With patience ")
    losses, patience = numbers_in(listed), int(numbers_in(rest)[0])
    best, waited = float("inf"), 0
    for counted, loss in enumerate(losses, 1):
        waited = 0 if loss < best else waited + 1
        best = min(best, loss)
        if waited == patience:
            ended = counted
            break
    assert answer == ended


@pytest.mark.parametrize("seed", SEEDS)
def test_mixed_labels_add_up_to_one(seed):
    words, answer = asked("mixup", seed)
    assert answer + numbers_in(words)[0] == pytest.approx(1)


@pytest.mark.parametrize("seed", SEEDS)
def test_cutout_blanks_a_square(seed):
    words, answer = asked("cutout", seed)
    part, side, _ = numbers_in(words)
    picture = torch.ones(int(side), int(side))
    edge = int(part * side)
    picture[:edge, :edge] = 0
    assert answer == (picture == 0).sum().item()
