"""Scales, frames of boards and the sharing of a line's width."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntui.numbers import fitted
from cnntui.parts.boards.grids import (
    GAP,
    LEVELS,
    Board,
    Scale,
    framed,
    nested,
    no_marks,
    put,
    shared,
    within,
)
from cnntui.parts.boards.viewport import Viewport
from cnntui.ui.frames.boards import VIEWS

ARRAYS = st.lists(st.floats(width=32), min_size=1, max_size=12).map(
    lambda values: np.array(values, np.float32)
)
WHOLE = st.lists(st.integers(-9999, 99999), min_size=1, max_size=12).map(
    lambda values: np.array(values, np.float64)
)


@given(WHOLE)
def test_whole_numbers_are_shown_whole(values):
    scale = Scale.of(values)
    assert [fitted(value, scale.cell - 1) for value in values] == [str(int(v)) for v in values]
    assert scale.cell - 1 == max(len(str(int(v))) for v in values)


@given(ARRAYS)
def test_every_number_has_room(values):
    scale = Scale.of(values)
    for value in values.tolist():
        text = fitted(value, scale.cell - 1)
        assert "#" not in text
        if np.isfinite(value) and abs(value) > 1e-2:
            digits = 0.06 if abs(value) < 1e5 else 0.5  # 1e10 has room for one digit
            assert float(text) == pytest.approx(value, rel=digits)
        if not np.isfinite(value):
            assert text == ("nan" if np.isnan(value) else "inf" if value > 0 else "-inf")


@given(ARRAYS)
def test_levels_are_the_share_of_the_largest(values):
    scale = Scale.of(values)
    finite = values[np.isfinite(values)].astype(np.float64)
    assert scale.limit == (np.abs(finite).max(initial=0) or 1.0)
    for value, level in zip(values.tolist(), scale.levels(values[None])[0], strict=True):
        if np.isnan(value):
            assert level == 0
        elif np.isinf(value):
            assert level == (LEVELS if value > 0 else -LEVELS)
        else:
            assert abs(level - LEVELS * value / scale.limit) <= 0.5 + 1e-9


def test_the_widest_of_several_arrays_counts():
    assert Scale.of(np.array([7.0]), np.array([-120.0])) == Scale(5, 120)
    assert Scale.of() == Scale.of(np.array([])) == Scale(2, 1.0)
    assert Scale.of(np.array([np.nan])) == Scale(4, 1.0)
    assert Scale.of(np.array([0.0])).limit == 1


def test_shades_need_three_characters():
    assert [Scale(7, 1.0).cell_in(view) for view in VIEWS] == [7, 3, 3, 7]


@pytest.mark.parametrize("view", VIEWS)
def test_a_frame_holds_the_visible_cells_alone(view):
    plane = np.arange(200.0).reshape(10, 20)
    asked = []

    def values(rows, columns):
        asked.append((len(rows), len(columns)))
        return plane[rows.start : rows.stop, columns.start : columns.stop]

    def marks(rows, columns):
        flags = no_marks(rows, columns)
        put(flags, 8, rows, columns, (6, 9))
        put(flags, 2, rows, columns, (6, 9))
        put(flags, 4, rows, columns, (0, 0))  # not on view
        return flags

    board = Board("input", "title", range(10), range(20), values, marks, Scale.of(plane))
    frame = framed(board, Viewport(21, 5, top=4, left=7), view, focused=True)
    room = 20 // frame.cell
    assert asked == [(4, room)]
    assert (frame.top, frame.left, frame.rows, frame.columns) == (4, 7, 10, 20)
    assert frame.values == nested(plane[4:8, 7 : 7 + room].tolist())
    assert frame.marks[2][2] == 10
    assert sum(map(sum, frame.marks)) == 10
    shaded = view != "numbers"
    expected = np.rint(plane[4:8, 7 : 7 + room] / 199 * LEVELS).astype(int) * shaded
    assert frame.levels == nested(expected.tolist())
    assert frame.focused


def test_a_board_without_values_is_empty():
    spans = range(2), range(3)
    board = Board("average", "none", *spans, lambda r, c: None, no_marks, Scale(2, 1.0))
    frame = framed(board, Viewport(), "heat", focused=False)
    assert frame.values == ((None,) * 3,) * 2
    assert frame.levels == ((0,) * 3,) * 2


@given(st.integers(-5, 5), st.integers(0, 9), st.sets(st.integers(-9, 9)))
def test_within(start, count, wanted):
    span = range(start, start + count)
    assert within(span, wanted).tolist() == [index in wanted for index in span]


NEEDS = st.dictionaries(st.sampled_from("abcd"), st.integers(1, 300), min_size=1)


@given(NEEDS, st.integers(40, 250))
def test_boards_share_no_more_than_there_is(need, total):
    widths = shared(need, total)
    assert widths.keys() == need.keys()
    assert sum(widths.values()) + GAP * len(need) <= total
    assert max(widths.values()) in {widths[n] for n in need if need[n] == max(need.values())}
