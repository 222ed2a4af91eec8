"""Verbs of the curves' state: every window stays inside, whatever keys are pressed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntui.parts.curves.state import WEIGHTS, CurvesState, nice

BY = st.integers(-5, 5)
VERBS = st.one_of(
    *(
        st.tuples(st.just(name), arguments)
        for name, arguments in {
            "zoomed": st.tuples(st.integers(-40, 40)),
            "panned": st.tuples(BY),
            "cursor_moved": st.tuples(st.integers(-200, 200)),
            "cursor_at": st.tuples(st.integers(0, 59)),
            "smoothed": st.tuples(BY),
            "with_log": st.tuples(),
            "turned": st.tuples(BY),
            "of": st.tuples(st.sampled_from(("loss", "accuracy", "beauty"))),
            "by_other_axis": st.tuples(),
            "toggled": st.tuples(st.sampled_from(("train", "validation", "nobody"))),
            "sized": st.tuples(st.integers(-3, 200)),
            "with_extent": st.tuples(st.integers(0, 10), st.integers(0, 10**6)),
            "to_start": st.tuples(),
            "to_end": st.tuples(),
            "reset": st.tuples(),
            "with_quantities": st.tuples(st.sampled_from((("loss",), ("accuracy", "f1")))),
            "named": st.tuples(st.sampled_from((("train",), ("train", "validation", "c")))),
        }.items()
    )
)


@given(st.lists(VERBS, max_size=25))
def test_windows_and_cursors_stay_inside(verbs):
    state = CurvesState().with_extent(1, 672)
    for name, arguments in verbs:
        state = getattr(state, name)(*arguments)
        start, end = state.view
        first, last = state.whole
        width = last - first
        assert end > start
        assert end - start <= width * (1 + 1e-6)
        assert first - 1e-6 * width <= start or state.following
        assert end <= last + 1e-6 * width or state.following
        assert first <= state.extent[0] <= state.extent[1] <= last
        if state.following:  # the end of the data is seen
            assert start - 1e-6 * width <= state.extent[1] <= end + 1e-6 * width
        if state.cursor is not None:
            assert state.extent[0] <= state.cursor <= state.extent[1]
        assert 0 <= state.weight < 1
        assert state.quantity in state.quantities
        assert state.shown
        assert state.columns >= 1


def test_zooming_in_and_out_ends_where_it_began():
    state = CurvesState().with_extent(0, 1000)
    inside = state.zoomed(3)
    assert inside.view == pytest.approx((437.5, 562.5))
    assert inside.zoomed(-1).view == pytest.approx((375, 625))
    assert inside.zoomed(-3).window is None
    assert inside.zoomed(-9).view == state.view


def test_zooming_keeps_the_cursor_where_it_is_on_the_screen():
    state = CurvesState(columns=100).with_extent(0, 1000).cursor_at(19)
    for by in (1, 1, 2):
        start, end = state.view
        share = (state.cursor - start) / (end - start)
        state = state.zoomed(by)
        start, end = state.view
        assert (state.cursor - start) / (end - start) == pytest.approx(share)


def test_panning_ends_at_the_ends_and_then_follows():
    state = CurvesState().with_extent(0, 1000).zoomed(2)
    assert not state.following
    assert state.to_start().view == (0, 250)
    assert state.to_start().panned(1).view == (62.5, 312.5)
    at_end = state.panned(99)
    assert at_end.following
    assert at_end.panned(-1).view == (687.5, 937.5)
    assert not at_end.panned(-1).following


def test_a_window_that_follows_moves_by_eighths():
    state = CurvesState().with_extent(0, 1000).zoomed(2).to_end()
    views = {state.with_extent(0, last).view for last in range(1001, 1201)}
    assert all(end - start == 250 for start, end in views)
    assert len(views) <= 200 / (250 / 8) + 2


def test_a_live_axis_grows_in_few_jumps():
    state = CurvesState()
    assert len({state.with_extent(1, n).whole for n in range(1000, 2000)}) <= 15
    for n in range(2, 3000, 7):
        first, last = state.with_extent(1, n).whole
        assert n <= last <= n * 1.15 + 1
        assert first in (0, 1)


def test_the_cursor_appears_at_the_end_and_takes_the_window_along():
    state = CurvesState(columns=100).with_extent(0, 1000).cursor_moved(-1)
    assert state.cursor == 1000
    assert state.cursor_moved(-10).cursor == pytest.approx(900)
    assert state.cursor_moved(5).cursor == 1000
    inside = state.zoomed(3).cursor_moved(-150)
    start, end = inside.view
    assert start <= inside.cursor <= end
    assert not inside.following


def test_each_quantity_has_its_own_axis():
    state = CurvesState().with_log()
    assert state.is_log
    assert not state.turned(1).is_log
    assert state.turned(1).turned(-1).is_log
    assert not state.with_log().is_log
    assert state.turned(4).quantity == "loss"


def test_smoothing_stops_at_both_ends():
    assert CurvesState().smoothed(-1).weight == 0
    assert CurvesState().smoothed(99).weight == WEIGHTS[-1]


def test_the_last_curve_cannot_be_hidden():
    state = CurvesState().toggled("train")
    assert state.shown == ("validation",)
    assert state.toggled("validation").shown == ("validation",)
    assert state.toggled("train").shown == ("train", "validation")


@given(st.floats(1e-12, 1e12))
def test_nice_sizes_are_1_2_5(size):
    found = nice(size)
    assert size * (1 - 1e-6) <= found <= size * 2.5 * (1 + 1e-6)
    assert f"{found:e}"[0] in "125"
    assert set(f"{found:.4e}"[1:6]) <= set(".0")
