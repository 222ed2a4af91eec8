"""Frames of curves: extremes drawn where brute force puts them, true labels, odd data, any size."""

from __future__ import annotations

from itertools import pairwise
from math import inf, log10, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnntui.ground.lines import plain
from cnntui.parts.curves.axes import across, axis_of
from cnntui.parts.curves.dots import PATTERNS
from cnntui.parts.curves.frame import Curve, cursor_stepped, curve_frame, extent_of
from cnntui.parts.curves.series import Series
from cnntui.parts.curves.state import CurvesState

ODD = st.one_of(
    st.floats(-100, 100),
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from((nan, inf, -inf, 0.0, 1e308, -1e308, 5e-324)),
)
BITS = {0: (0, 0), 1: (1, 0), 2: (2, 0), 6: (3, 0), 3: (0, 1), 4: (1, 1), 5: (2, 1), 7: (3, 1)}


def lit(frame):
    """The dots as Unicode numbers them, (rows of dots, columns of dots)."""
    found = np.zeros((4 * len(frame.dots), 2 * frame.columns), dtype=bool)
    for row, cells in enumerate(frame.dots):
        for column, bits in enumerate(cells):
            for bit, (down, right) in BITS.items():
                found[4 * row + down, 2 * column + right] = bits >> bit & 1
    return found


def frame_of(y, state=None, style=0, size=(80, 16), **changes):
    curves = [Curve("train", Series(range(len(y)), y), style)]
    state = (state or CurvesState(**changes)).with_extent(*extent_of(curves))
    return state, curve_frame(state, curves, *size)


def scale_of(frame, log=False):
    """Fit (row of dots = a + b·value) to the labels; a label is somewhere in its row."""
    rows = np.array([4 * row + 1.5 for row, _ in frame.ticks])
    values = np.array([float(text) for _, text in frame.ticks])
    slope, start = np.polyfit(np.log10(values) if log else values, rows, 1)
    return lambda value: start + slope * (log10(value) if log else value)


def columns_of(frame, state, y):
    """The finite values of each column of dots."""
    start, end = state.view
    count = 2 * frame.columns
    inside = [[] for _ in range(count)]
    for x, value in enumerate(y):
        if np.isfinite(value):
            inside[min(int((x - start) / (end - start) * count), count - 1)].append(value)
    return inside


@pytest.mark.parametrize("style", range(len(PATTERNS)))
@pytest.mark.parametrize("log", [False, True])
def test_extremes_are_drawn_where_the_labels_say(style, log):
    rng = np.random.default_rng(style)
    y = np.exp(rng.normal(size=5000).cumsum() / 30)
    y[777], y[2222] = y.max() * 3, y.min() / 3
    state, frame = frame_of(y, style=style, size=(80, 40), log=frozenset({"loss"} if log else ()))
    dots, place = lit(frame), scale_of(frame, log)
    period = len(PATTERNS[style])
    values = columns_of(frame, state, y)
    for at in range(0, len(values), period):
        inside = [value for column in values[at : at + period] for value in column]
        if not inside:
            continue
        around = dots[:, max(0, at - period) : at + 2 * period].any(axis=1)
        for extreme in (max(inside), min(inside)):
            assert around[max(0, round(place(extreme)) - 3) : round(place(extreme)) + 4].any()


def test_a_solid_line_covers_every_columns_range_exactly():
    y = np.random.default_rng(3).normal(size=4000)
    state, frame = frame_of(y, size=(90, 20))
    dots = lit(frame)
    axis = axis_of(float(y.min()), float(y.max()), False, len(frame.dots))
    for column, values in enumerate(columns_of(frame, state, y)):
        if values:
            high, low = np.rint(axis.places(np.array([max(values), min(values)]), len(dots)))
            assert dots[int(high) : int(low) + 1, column].all()
    assert dots.any(axis=0).sum() == sum(bool(values) for values in columns_of(frame, state, y))


@pytest.mark.parametrize("log", [False, True])
def test_a_line_is_joined_from_column_to_column(log):
    rng = np.random.default_rng(5)
    for y in (rng.uniform(1, 99, 60), np.geomspace(1, 1e6, 300), np.geomspace(1e6, 1, 90)):
        _, frame = frame_of(y, size=(80, 30), log=frozenset({"loss"} if log else ()))
        rows = [np.flatnonzero(column) for column in lit(frame).T if column.any()]
        assert all(set(np.diff(one)) <= {1} for one in rows)  # no hole in a column
        for one, other in pairwise(rows):
            assert one[0] <= other[-1] + 1
            assert other[0] <= one[-1] + 1


def test_a_spike_in_a_gap_of_a_dashed_line_is_kept():
    for at in range(40):
        y = np.ones(140)
        y[at + 20] = 9.0
        _, frame = frame_of(y, style=1, size=(80, 16))
        dots = lit(frame)
        assert np.flatnonzero(dots.any(axis=1))[0] <= 4 * len(frame.dots) // 3
        gaps = (~dots.any(axis=0)[:139]).sum()
        assert gaps > 30  # and it is dashed nevertheless


@given(
    st.lists(ODD, max_size=60),
    st.lists(ODD, max_size=20),
    st.integers(0, 130),
    st.integers(0, 45),
    st.booleans(),
    st.integers(0, 9),
    st.integers(0, 5),
    st.integers(-3, 30),
)
def test_any_data_fills_any_rectangle(y, other, width, height, log, smooth, zoom, cursor):
    curves = [
        Curve("train", Series(range(len(y)), y)),
        Curve("b", Series(range(len(other)), other), 1),
    ]
    state = CurvesState(log=frozenset({"loss"} if log else ())).smoothed(smooth)
    state = state.with_extent(*extent_of(curves)).zoomed(zoom)
    state = state.cursor_moved(0).cursor_moved(-cursor) if cursor >= 0 else state
    frame = curve_frame(state, curves, width, height)
    assert frame.width == max(width, 12)
    assert len(frame.head) + len(frame.dots) + len(frame.foot) == frame.height == max(height, 3)
    assert all(len(row) == frame.columns for row in (*frame.dots, *frame.owners))
    assert all(len(plain(line)) <= frame.width for line in frame.head)
    assert all(len(line) <= frame.width for line in frame.foot)
    assert all(0 <= row < len(frame.dots) and len(text) < frame.left for row, text in frame.ticks)
    assert all(0 <= column < frame.columns for column, _, _ in frame.edges)
    for dots, owners in zip(frame.dots, frame.owners, strict=True):
        assert all((not bits) == (not owner) for bits, owner in zip(dots, owners, strict=True))
    if frame.message:
        assert not any(map(any, frame.dots))


finite = st.floats(-1e300, 1e300)


@settings(max_examples=200)
@given(finite, finite, st.integers(1, 40))
def test_a_linear_axis_holds_its_values_and_labels_them_truly(a, b, rows):
    low, high = min(a, b), max(a, b)
    axis = axis_of(low, high, False, rows)
    room = (axis.high - axis.low) * 1e-6
    assert axis.low - room <= low <= high <= axis.high + room
    assert axis.high > axis.low
    for row, text in axis.ticks(rows):
        place = float(axis.places(np.array([float(text)]), 4 * rows)[0])
        assert 4 * row - 0.6 <= place <= 4 * row + 3.6


@settings(max_examples=200)
@given(st.floats(1e-250, 1e250), st.floats(1e-250, 1e250), st.integers(1, 40))
def test_a_log_axis_holds_its_values_and_labels_them_truly(a, b, rows):
    low, high = min(a, b), max(a, b)
    axis = axis_of(low, high, True, rows)
    assert axis.low * (1 - 1e-6) <= low <= high <= axis.high * (1 + 1e-6)
    labels = axis.ticks(rows)
    assert labels
    for row, text in labels:
        place = float(axis.places(np.array([float(text)]), 4 * rows)[0])
        assert 4 * row - 0.6 <= place <= 4 * row + 3.6
        assert f"{float(text):e}"[0] in "125"


def test_labels_of_one_two_five():
    def labels(low, high, log, rows):
        return [text for _, text in axis_of(low, high, log, rows).ticks(rows)]

    assert labels(0.03, 2.3, False, 20) == ["2.5", "2", "1.5", "1", ".5", "0"]
    assert labels(0.03, 2.3, True, 16) == ["5", "2", "1", ".5", ".2", ".1", ".05", ".02"]
    assert labels(1e-6, 1, True, 16) == ["1", ".1", ".01", "1e-3", "1e-4", "1e-5", "1e-6"]
    assert labels(5, 5, False, 9)[0] > "5"


def test_ticks_of_x_tell_where_they_are():
    for start, end, columns in ((0, 700, 60), (0, 1e6, 110), (3.5, 3.6, 80), (412, 416, 40)):
        found = across(start, end, columns)
        assert 2 <= len(found) <= columns // 4
        for column, label in found:
            x = float(label.replace(",", ""))
            assert column == min(int((x - start) / (end - start) * columns + 1e-9), columns - 1)


def test_steps_are_whole_and_epochs_are_not():
    assert across(0, 2, 80, whole=True) == [(0, "0"), (40, "1"), (79, "2")]
    assert [label for _, label in across(0, 2, 80)] == ["0.0", "0.5", "1.0", "1.5", "2.0"]


def test_a_narrow_frame_shows_values_rather_than_names():
    def head(state, *curves, size=(20, 6)):
        frame = curve_frame(state.with_extent(0, 2), curves, *size)
        return [plain(line).split() for line in frame.head]

    train = Curve("train", Series([0, 1, 2], [1.0, 2.0, 3.25]))
    other = Curve("validation", Series([0, 1, 2], [1.0, 2.0, 0.0625]), 1)
    state = CurvesState(quantity="loss").with_log()
    assert head(state, train) == [["loss", "(log)"], ["──", "train", "3.25"]]
    found = head(state.with_extent(0, 2).cursor_at(0), train, other)
    assert found == [["loss", "(log)", "step", "0"], ["──", "1", "┄┄", "1"]]
    assert head(state, train, other, size=(12, 3)) == [["loss", "(log)"]]


def test_odd_series_say_what_there_is():
    def message(y, **changes):
        return frame_of(y, **changes)[1].message

    log = frozenset({"loss"})
    assert message([]) == "no points yet"
    assert message([nan] * 5) == "no finite value here"
    assert message([0.0, -1.0], log=log) == "nothing above 0 for a log axis"
    _, frame = frame_of([3.0, 0.0, -1.0, 5.0], log=log)
    assert "2 left out (<= 0)" in plain(frame.head[0])
    assert not frame.message


@pytest.mark.parametrize("y", [[0.0], [5.0], [-3.0], [2.0] * 9, [0.0] * 9, [1e12] * 3])
@pytest.mark.parametrize("size", [(20, 6), (80, 16)])
def test_single_points_and_flat_lines_are_drawn_off_the_edges(y, size):
    _, frame = frame_of(y, size=size)
    dots = lit(frame)
    rows = np.flatnonzero(dots.any(axis=1))
    assert len(rows) == 1
    assert 0 < rows[0] < len(dots) - 1
    assert dots.sum() >= len(y)
    assert frame.ticks


def test_gaps_stay_open_and_infinities_are_marked():
    y = [1.0] * 40 + [nan] * 10 + [1.0] * 20 + [inf] + [1.0] * 9 + [-inf] + [1.0] * 9
    state, frame = frame_of(y)
    dots = lit(frame).any(axis=0)
    start, end = state.view
    at = [int((x - start) / (end - start) * len(dots)) for x in range(len(y))]
    assert dots[: at[39]].all()
    assert not dots[at[39] + 1 : at[50]].any()
    assert not dots[at[69] + 1 : at[71]].any()
    assert frame.edges == ((at[70] // 2, True, 0), (at[80] // 2, False, 0))


def test_a_window_between_two_points_shows_the_line_across():
    curves = [Curve("train", Series([0, 1000], [0.0, 10.0]))]
    state = CurvesState().with_extent(0, 1000).zoomed(3)
    dots = lit(curve_frame(state, curves, 80, 16))
    assert dots.any(axis=0).all()
    rows = [np.flatnonzero(column).mean() for column in dots.T]
    assert rows == sorted(rows, reverse=True)  # upwards
    assert rows[0] > rows[-1]


def test_the_legend_reads_the_values_under_the_cursor():
    curves = [
        Curve("train", Series(range(101), np.arange(101) / 10)),
        Curve("validation", Series([0, 50, 100], [0.25, 0.5, 0.75]), 1),
    ]
    state = CurvesState(columns=74).with_extent(0, 100)
    last = plain(curve_frame(state, curves, 80, 10).head[0])
    assert "train 10 " in last
    assert "validation 0.75" in last
    found = plain(curve_frame(state.cursor_at(29), curves, 80, 10).head[0])
    assert found.split() == ["loss", "──", "train", "4", "┄┄", "validation", "0.5", "step", "40"]
    hidden = curve_frame(state.toggled("train"), curves, 80, 10)
    assert "train" not in plain(hidden.head[0])
    assert set(b"".join(hidden.owners)) == {0, 2}


def test_shares_are_per_cent_and_learning_rates_have_exponents():
    curves = [Curve("train", Series(range(9), np.linspace(0.2, 0.9834, 9)))]
    frame = curve_frame(CurvesState(quantity="accuracy").with_extent(0, 8), curves, 80, 16)
    assert plain(frame.head[0]).split() == ["accuracy", "%", "──", "train", "98.34"]
    assert frame.ticks[0] == (0, "100")
    rates = [Curve("lr", Series(range(9), np.geomspace(1e-5, 1e-1, 9)))]
    state = CurvesState(quantity="learning rate").with_log().with_extent(0, 8)
    ticks = [text for _, text in curve_frame(state, rates, 80, 16).ticks]
    assert ticks == [".1", ".01", "1e-3", "1e-4", "1e-5"]


def test_smoothing_spares_what_is_not_to_be_smoothed():
    y = np.tile([0.0, 1.0], 200)
    curves = [Curve("train", Series(range(400), y)), Curve("v", Series(range(400), y), 1, False)]
    state = CurvesState().with_extent(0, 399).smoothed(7)
    head = plain(curve_frame(state, curves, 80, 12).head[0])
    assert "smooth 0.99" in head
    assert "v 1 " in head
    value = float(head.split("train ")[1].split()[0])
    assert value == pytest.approx(0.5, abs=0.01)


def test_several_runs_keep_apart_by_their_dashes():
    rows = []
    for style in range(len(PATTERNS)):
        _, frame = frame_of([1.0] * 2000, style=style)
        rows.append(lit(frame).any(axis=0).tobytes())
    assert len(set(rows)) == len(PATTERNS)


def test_a_legend_too_long_drops_names_before_numbers():
    curves = [Curve(f"run-{n}", Series([0, 1], [n, 0.125 * n])) for n in range(1, 6)]
    state = CurvesState(names=tuple(c.name for c in curves)).with_extent(0, 1)
    one = plain(curve_frame(state, curves, 40, 8).head[0]).rstrip()
    assert one.endswith("0.25") or one.split()[-1] in {"0.125", "0.375", "0.5", "0.625"}
    two = [plain(line) for line in curve_frame(state, curves, 60, 14).head]
    assert len(two) == 2
    assert "run-5 0.625" in two[1]


@given(
    st.lists(st.integers(0, 500), min_size=1, max_size=40, unique=True),
    st.lists(st.integers(-30, 30), min_size=1, max_size=20),
)
def test_the_cursor_goes_from_point_to_point(places, moves):
    places.sort()
    curves = [Curve("train", Series(places, places))]
    state = CurvesState(columns=70).with_extent(*extent_of(curves)).cursor_moved(0)
    assert state.cursor == places[-1]
    for by in moves:
        moved = cursor_stepped(state, curves, by)
        assert moved.cursor in places
        if by > 0:
            assert moved.cursor > state.cursor or state.cursor == places[-1]
        if by < 0:
            assert moved.cursor < state.cursor or state.cursor == places[0]
        state = moved
