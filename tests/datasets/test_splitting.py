"""Cuts by class: what they keep and hold out, and that no machine cuts otherwise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntui.datasets.dataset import Split, Wanted
from cnntui.datasets.drawing import noise, order, uniform
from cnntui.datasets.member import seed_of, validation_share
from cnntui.datasets.splitting import divided, stratified
from cnntui.errors import UserError

LABELS = st.lists(st.integers(0, 7), min_size=1, max_size=200).map(np.array)
SHARES = st.floats(0, 0.9)
MASK = 2**128 - 1


def pcg64(state: int, increment: int, count: int) -> list[int]:
    """PCG XSL RR 128/64, as O'Neill 2014 writes it."""
    values = []
    for _ in range(count):
        state = (state * 0x2360ED051FC65DA44385DF649FCCF645 + increment) & MASK
        folded, turn = ((state >> 64) ^ state) & (2**64 - 1), state >> 122
        values.append(((folded >> turn) | (folded << (64 - turn))) & (2**64 - 1))
    return values


@given(LABELS, SHARES, st.integers(0, 2**32))
def test_every_example_is_kept_or_held_out_once(labels, share, seed):
    kept, held = stratified(labels, share, seed)
    assert sorted([*kept, *held]) == list(range(len(labels)))
    assert list(kept) == sorted(kept)
    assert list(held) == sorted(held)


@given(LABELS, SHARES)
def test_each_class_gives_its_part(labels, share):
    _, held = stratified(labels, share)
    for label in set(labels.tolist()):
        count, out = (labels == label).sum(), (labels[held] == label).sum()
        assert out < count  # never the last one
        assert out == count - 1 or abs(out - count * share) < 1
    assert len(held) <= round(len(labels) * share)


@given(st.integers(1, 50), st.integers(1, 9), st.sampled_from([0.1, 0.2, 0.25, 0.5]))
def test_even_classes_give_exactly_the_share(tens, classes, share):
    labels = np.arange(20 * tens * classes) % classes
    _, held = stratified(labels, share)
    assert np.bincount(labels[held], minlength=classes).tolist() == [20 * tens * share] * classes


def test_a_seed_decides():
    labels = np.zeros(100, np.int64)
    one, two, other = (stratified(labels, 0.3, seed)[1].tolist() for seed in (5, 5, 6))
    assert one == two != other


@given(st.integers(0, 2**63), st.integers(1, 40))
def test_the_order_is_that_of_the_published_generator(seed, count):
    state = np.random.PCG64(seed).state["state"]
    keys = pcg64(state["state"], state["inc"], count)
    assert order(count, seed).tolist() == sorted(range(count), key=keys.__getitem__)


def test_even_numbers_are_even():
    values = uniform(np.random.PCG64(1), (4, 25_000))
    assert values.shape == (4, 25_000)
    assert 0 <= values.min() < values.max() < 1
    assert values.mean() == pytest.approx(0.5, abs=0.01)
    assert values.var() == pytest.approx(1 / 12, abs=0.001)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 1001])
def test_noise_has_the_triangles_moments(count):
    values = noise(np.random.PCG64(1), (count, 100))
    assert values.shape == (count, 100)
    assert abs(values).max() <= 1
    if count > 1000:
        assert values.mean() == pytest.approx(0, abs=0.01)
        assert values.var() == pytest.approx(2 * (256**2 - 1) / 12 / 255**2, rel=0.02)


def test_nothing_is_held_out_where_nothing_is_wanted():
    split = Split(np.zeros((5, 1, 2, 2), np.uint8), np.arange(5))
    kept, held = divided(split, 0)
    assert (len(kept), len(held), held.images.shape) == (5, 0, (0, 1, 2, 2))


@pytest.mark.parametrize("text", ["x", "-0.1", "0.91", "nan", "1", ""])
def test_a_share_that_is_none(text):
    with pytest.raises(UserError, match=r"validation is .*; give a part, 0 to 0.9"):
        validation_share(Wanted("digits", options={"validation": text}))


def test_an_option_wins_over_the_runs_seed():
    assert seed_of(Wanted("shapes", seed=4)) == 4
    assert seed_of(Wanted("shapes", seed=4, options={"seed": "7"})) == 7
    with pytest.raises(UserError, match="seed is '-7'"):
        seed_of(Wanted("shapes", options={"seed": "-7"}))
