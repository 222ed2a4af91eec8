"""A growing series against brute force, and smoothing against SciPy's filter."""

from __future__ import annotations

from itertools import cycle, pairwise
from math import inf, isnan, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import lfilter

from cnntui.parts.curves import pyramid
from cnntui.parts.curves.pyramid import Pyramid
from cnntui.parts.curves.series import Series, decayed

VALUES = st.one_of(st.floats(-1e3, 1e3), st.sampled_from((nan, 0.0, inf, -inf)))


@pytest.fixture
def blocks_of_four(monkeypatch):
    """Small blocks, so that few numbers make several levels."""
    monkeypatch.setattr(pyramid, "FANOUT", 4)
    monkeypatch.setattr(pyramid, "DIRECT", 5)


def brute(values):
    """(low, high) of the finite ones; NaN where there is none."""
    finite = [value for value in values if np.isfinite(value)]
    return (min(finite), max(finite)) if finite else (nan, nan)


def same(found, wanted):
    np.testing.assert_array_equal(np.asarray(found, float), np.asarray(wanted, float))


def columns_by_hand(x, y, x0, x1, count):
    """The y of the points in each column."""
    inside = [[] for _ in range(count)]
    cuts = [x0 + (x1 - x0) / count * k for k in range(count)]
    for a, b in zip(x, y, strict=True):
        if x0 <= a <= x1:
            inside[sum(cut <= a for cut in cuts) - 1].append(b)
    return inside


@settings(max_examples=60)
@given(
    st.integers(0, 700),
    st.integers(0, 2**32),
    st.lists(st.integers(1, 23), min_size=1, max_size=9),
    st.data(),
)
def test_ranges_are_those_of_brute_force(count, seed, sizes, data):
    rng = np.random.default_rng(seed)
    values = finite = np.where(rng.random(count) < 0.1, nan, rng.integers(-99, 99, count))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pyramid, "FANOUT", 4)
        patch.setattr(pyramid, "DIRECT", 5)
        tree, at = Pyramid(), 0
        for size in cycle(sizes):
            tree.extend(finite[at : at + size])
            at += size
            if at >= count:
                break
        if data.draw(st.booleans()) and len(values):
            size = data.draw(st.integers(0, len(values)))
            tree.cut(size)
            tree.extend(finite[size:])
        places = st.integers(0, len(values))
        edges = np.array(sorted(data.draw(st.lists(places, min_size=2, max_size=12))))
        low, high = tree.reduced(edges)
    wanted = [brute(finite[a:b]) for a, b in pairwise(edges)]
    same(low, [one[0] for one in wanted])
    same(high, [one[1] for one in wanted])


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 400), VALUES), max_size=120, unique_by=lambda p: p[0]),
    st.tuples(st.integers(-20, 420), st.integers(1, 300)),
    st.integers(1, 50),
)
@pytest.mark.usefixtures("blocks_of_four")
def test_columns_are_those_of_brute_force(points, view, count):
    points.sort()
    x, y = [p[0] for p in points], [p[1] for p in points]
    x0, x1 = view[0], view[0] + view[1]
    found = Series(x, y).columns(x0, x1, count)
    inside = columns_by_hand(x, y, x0, x1, count)
    assert list(found.filled) == [bool(column) for column in inside]
    same(found.low, [brute(column)[0] for column in inside])
    same(found.high, [brute(column)[1] for column in inside])
    gap = [(v if np.isfinite(v) else nan) for column in inside for v in (column or [nan])[:1]]
    same(found.first, gap)
    gap = [(v if np.isfinite(v) else nan) for column in inside for v in (column or [nan])[-1:]]
    same(found.last, gap)
    assert list(found.above) == [k for k, column in enumerate(inside) if inf in column]
    assert list(found.below) == [k for k, column in enumerate(inside) if -inf in column]


def test_what_comes_point_by_point_is_in_every_level(blocks_of_four):
    series = Series()
    for step in range(300):
        series.append(step, -step)
        assert series.columns(0, 1000, 3).low[0] == -step


def test_a_million_points_keep_their_extremes():
    rng = np.random.default_rng(0)
    y = rng.normal(size=1_000_000)
    y[rng.integers(0, len(y), 1000)] = nan
    series = Series(np.arange(len(y)), y)
    for x0, x1, count in ((0, 999_999, 232), (123_456, 987_654, 117), (500, 40_000, 61)):
        found = series.columns(x0, x1, count)
        column = np.floor((np.arange(x0, x1 + 1) - x0) / (x1 - x0) * count).clip(0, count - 1)
        for k in range(count):
            inside = y[x0 : x1 + 1][column == k]
            # a point on a border may fall to either side by rounding
            assert found.low[k] <= np.nanmin(inside[1:-1])
            assert found.high[k] >= np.nanmax(inside[1:-1])
        assert np.nanmin(found.low) == np.nanmin(y[x0 : x1 + 1])
        assert np.nanmax(found.high) == np.nanmax(y[x0 : x1 + 1])


# smoothing


def smoothed_by_scipy(y, weight):
    """TensorBoard's: an exponential mean of the finite values, without its bias to 0."""
    y = np.asarray(y, float)
    there = np.isfinite(y)
    sums = lfilter([1 - weight], [1, -weight], y[there])
    found = np.full(len(y), nan)
    found[there] = sums / (1 - weight ** np.arange(1, there.sum() + 1))
    return found


@given(
    st.lists(VALUES, max_size=200),
    st.integers(1, 50),
    st.sampled_from((0.3, 0.6, 0.9, 0.99, 0.999)),
)
def test_smoothing_is_scipys_however_the_points_come(y, size, weight):
    series = Series()
    for at in range(0, len(y), size):
        series.extend(np.arange(at, min(at + size, len(y))), y[at : at + size])
        series.columns(0, 1, 4, weight)  # the cache has to follow
    found = [series.nearest(k, weight)[1] for k in range(len(y))]
    wanted = smoothed_by_scipy(y, weight)
    for k, (mine, theirs) in enumerate(zip(found, wanted, strict=True)):
        if np.isfinite(y[k]):
            assert mine == pytest.approx(theirs, rel=1e-9, abs=1e-9)
        else:
            assert isnan(mine) if isnan(y[k]) else mine == y[k]


@pytest.mark.parametrize("weight", [0.3, 0.9, 0.999])
def test_a_long_decay_is_scipys(weight):
    values = np.random.default_rng(1).normal(size=70_001)
    np.testing.assert_allclose(
        decayed(values, weight, 3.0),
        lfilter([1], [1, -weight], values, zi=[3.0 * weight])[0],
        rtol=0, atol=1e-10,
    )  # fmt: skip


def test_a_constant_stays_itself_under_any_weight():
    for weight in (0.3, 0.9, 0.999):
        series = Series(range(100), [7.0] * 100)
        found = series.columns(0, 99, 10, weight)
        np.testing.assert_allclose(found.low, 7)
        np.testing.assert_allclose(found.high, 7)


# what comes back, and what a log axis leaves out


def test_a_point_that_goes_back_replaces_what_followed():
    series = Series(range(1, 11), range(1, 11))
    series.columns(0, 10, 5, 0.9)
    series.extend((5, 6), (50, 60))
    assert list(series.x) == [1, 2, 3, 4, 5, 6]
    assert series.nearest(99) == (6, 60)
    again = Series([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 50, 60])
    assert series.nearest(6, 0.9) == again.nearest(6, 0.9)
    series.append(6, 61)
    assert (len(series), series.nearest(6)) == (6, (6, 61))


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 99)), max_size=30), st.integers(1, 30))
def test_doubled_steps_end_as_one_by_one(points, size):
    kept: list[tuple[int, int]] = []
    for x, y in points:
        kept = [*(p for p in kept if p[0] < x), (x, y)]
    series = Series()
    for at in range(0, len(points), size):
        some = points[at : at + size]
        series.extend([p[0] for p in some], [p[1] for p in some])
    assert list(series.x) == [p[0] for p in kept]
    assert [series.nearest(x)[1] for x, _ in kept] == [p[1] for p in kept]


def test_a_log_axis_leaves_out_what_is_not_above_0_and_counts_it():
    series = Series(range(6), [1.0, 0.0, -2.0, 10.0, -inf, nan])
    found = series.columns(0, 6, 6, positive=True)
    same(found.low, [1, nan, nan, 10, nan, nan])
    assert found.left_out == 2
    assert series.columns(0, 6, 6).left_out == 0
    assert series.columns(3, 6, 3, positive=True).left_out == 0


def test_points_without_a_place_are_dropped():
    series = Series([nan, 1, inf, 2], [5, 6, 7, 8])
    assert list(series.x) == [1, 2]
    assert Series().nearest(1) is None
    assert Series().extent is None
