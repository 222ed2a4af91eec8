"""The oracles count one example at a time."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from cnntui.training.loop.metrics import (
    FIXED,
    SHOWN,
    Answers,
    confusion_of,
    fixed_samples,
    most_wrong,
    per_class,
)

PAIRS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=60)


def _said(count: int, classes: int = 7, seed: int = 0) -> tuple[Answers, Tensor]:
    """Random answers and the logits that they were made of."""
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(count, classes, generator=generator, dtype=torch.float64) * 3
    labels = torch.randint(classes, (count,), generator=generator)
    top = logits.softmax(1).topk(min(5, classes), 1)
    losses = -logits.log_softmax(1)[torch.arange(count), labels]
    return Answers(labels, losses, top.indices, top.values), logits


@given(PAIRS)
def test_confusion_counts_each_pair(pairs: list[tuple[int, int]]) -> None:
    labels, predicted = torch.tensor(pairs).T
    found = confusion_of(labels, predicted, 4).tolist()
    for true in range(4):
        for answers in range(4):
            assert found[true][answers] == pairs.count((true, answers))


@given(PAIRS)
def test_per_class_figures_are_by_definition(pairs: list[tuple[int, int]]) -> None:
    labels, predicted = torch.tensor(pairs).T
    figures = per_class(confusion_of(labels, predicted, 4))
    for k, figure in enumerate(figures):
        hits = sum(true == k == answers for true, answers in pairs)
        claimed = sum(answers == k for _, answers in pairs)
        there = sum(true == k for true, _ in pairs)
        precision = hits / claimed if claimed else 0.0
        recall = hits / there if there else 0.0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        assert figure.support == there
        assert (figure.precision, figure.recall) == pytest.approx((precision, recall))
        assert figure.f1 == pytest.approx(f1)


def test_accuracy_and_top5_count_hits() -> None:
    answers, logits = _said(200)
    order = logits.argsort(1, descending=True).tolist()
    labels = answers.labels.tolist()
    firsts = sum(row[0] == label for row, label in zip(order, labels, strict=True))
    fives = sum(label in row[:5] for row, label in zip(order, labels, strict=True))
    assert answers.accuracy == pytest.approx(firsts / 200)
    assert answers.top5 == pytest.approx(fives / 200)
    assert answers.loss == pytest.approx(sum(answers.losses.tolist()) / 200)


def test_two_classes_are_always_in_the_top_five() -> None:
    answers, _ = _said(20, classes=2)
    assert answers.top5 == 1


def test_most_wrong_are_the_wrong_ones_of_greatest_loss() -> None:
    answers, logits = _said(300)
    guess = logits.argmax(1)
    wrong = [i for i in range(300) if guess[i] != answers.labels[i]]
    wrong.sort(key=lambda i: -float(answers.losses[i]))
    found = most_wrong(answers)
    assert [one.index for one in found] == wrong[:SHOWN]
    first = found[0]
    assert first.label == int(answers.labels[first.index])
    assert first.predicted == int(guess[first.index])
    chance = float(logits[first.index].softmax(0)[first.predicted])
    assert first.probability == pytest.approx(chance, abs=1e-4)


def test_nothing_is_most_wrong_where_all_is_right() -> None:
    answers, _ = _said(30)
    assert (
        most_wrong(Answers(answers.top[:, 0], answers.losses, answers.top, answers.probabilities))
        == ()
    )


@pytest.mark.parametrize("count", [1, 5, FIXED, 500])
def test_the_same_samples_are_told_each_time(count: int) -> None:
    one, other = fixed_samples(_said(count)[0]), fixed_samples(_said(count, seed=1)[0])
    assert [s.index for s in one] == [s.index for s in other]
    assert len(one) == len({s.index for s in one}) == min(count, FIXED)
    assert all(0 <= s.index < count for s in one)


def test_a_samples_probabilities_are_its_likeliest() -> None:
    answers, logits = _said(40)
    for sample in fixed_samples(answers):
        chances = logits[sample.index].softmax(0)
        for place, probability in sample.top:
            assert probability == pytest.approx(float(chances[place]), abs=1e-4)
        assert sample.top[0][0] == int(chances.argmax())
