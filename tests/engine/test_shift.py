"""Shifts and their reports against torch's roll and counts by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from cnntui.engine.shift import differs, shift_report, shifted

WAYS = st.tuples(st.integers(-6, 6), st.integers(-6, 6))
SHAPES = st.tuples(st.integers(1, 3), st.integers(1, 6), st.integers(1, 6))
SEEDS = st.integers(0, 2**32 - 1)


def rolled(values: np.ndarray, by: tuple[int, int]) -> np.ndarray:
    """Rolled by torch, with zeros where cells came around the end."""
    moved = torch.roll(torch.tensor(values), by, (1, 2))
    rows, columns = torch.arange(values.shape[1]), torch.arange(values.shape[2])
    moved[:, (rows < by[0]) | (rows >= values.shape[1] + by[0])] = 0
    moved[:, :, (columns < by[1]) | (columns >= values.shape[2] + by[1])] = 0
    return moved.numpy()


@given(SHAPES, WAYS, SEEDS)
def test_a_shift_is_a_roll_without_what_comes_around(shape, by, seed):
    values = np.random.default_rng(seed).normal(size=shape).astype(np.float32)
    kept = values.copy()
    assert (shifted(values, by) == rolled(values, by)).all()
    assert (values == kept).all()
    assert shifted(values, by).dtype == np.float32


@given(SHAPES, WAYS, st.tuples(st.integers(1, 3), st.integers(1, 3)), SEEDS)
def test_a_report_counts_what_a_loop_counts(shape, by, stride, seed):
    rng = np.random.default_rng(seed)
    before = rng.integers(0, 3, shape).astype(np.float64)
    after = np.where(rng.random(shape) < 0.5, before, rng.integers(0, 3, shape))
    report = shift_report(before, after, by, stride)
    gaps = [abs(a - b) for a, b in zip(after.flat, before.flat, strict=True)]
    assert report.total == len(gaps)
    assert report.changed == sum(gap > 0 for gap in gaps)
    assert report.largest == max(gaps)
    assert report.mean == pytest.approx(sum(gaps) / len(gaps))
    if by[0] % stride[0] or by[1] % stride[1]:
        assert (report.moved, report.followed, report.compared) == (None, 0, 0)
        return
    down, right = report.moved
    assert (down * stride[0], right * stride[1]) == by
    pairs = [
        (before[p, r, c], after[p, r + down, c + right])
        for p, r, c in np.ndindex(*shape)
        if 0 <= r + down < shape[1] and 0 <= c + right < shape[2]
    ]
    assert report.compared == len(pairs)
    assert report.followed == sum(a == b for a, b in pairs)


@given(st.tuples(st.integers(-1, 1), st.integers(-1, 1)), SEEDS)
def test_torchs_convolution_follows_wherever_the_border_is_not_read(by, seed):
    image = np.random.default_rng(seed).integers(-9, 10, (1, 8, 9)).astype(np.float32)
    image[:, [0, 1, -2, -1]] = 0
    image[:, :, [0, 1, -2, -1]] = 0  # what leaves at one end are zeros, as what comes in
    weight = torch.tensor([[[[1.0, 2, -1], [0, 3, 1], [2, -2, 1]]]], dtype=torch.float64)

    def output(values):
        return F.conv2d(torch.tensor(values, dtype=torch.float64)[None], weight)[0].numpy()

    report = shift_report(output(image), output(shifted(image, by)), by, (1, 1))
    assert report.followed == report.compared > 0


def test_nan_in_the_same_place_is_no_difference():
    nan, inf = float("nan"), float("inf")
    found = differs(np.array([nan, nan, inf, inf, 1.0]), np.array([nan, 1.0, inf, -inf, 1 + 1e-12]))
    assert found.tolist() == [False, True, False, True, False]
