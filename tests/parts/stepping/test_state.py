"""What both steppers promise, whatever keys are pressed in whatever order."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnntui.panes.conv.state import ConvolutionState
from cnntui.panes.pool.state import PoolingState
from cnntui.parts.stepping.state import SHIFTS, following, grown
from cnntui.sources.kernels import load_kernel
from cnntui.ui.frames.boards import VIEWS
from tests.parts.stepping.verbs import (
    CONVOLUTION_VERBS,
    POOLING_VERBS,
    applied,
    convolution_states,
    grid,
    pooling_states,
)

many = settings(max_examples=120, deadline=None)

CONVOLUTIONS = st.tuples(convolution_states(), st.lists(CONVOLUTION_VERBS, max_size=15))
POOLINGS = st.tuples(pooling_states(), st.lists(POOLING_VERBS, max_size=15))
PRESSED = st.one_of(CONVOLUTIONS, POOLINGS)


def convolution(*shape, kernel="sobel-x", **more):
    return ConvolutionState.of(grid(*shape), load_kernel(kernel), **more)


BOTH = pytest.mark.parametrize("state", [convolution(2, 7, 6), PoolingState.of(grid(2, 7, 6))])


def assert_inside(state):
    """Every index the state holds is one there is, and every cursor is on view."""
    planes, (height, width) = state.planes, state.window.output
    plane, row, column = state.place
    assert 0 <= state.index <= state.seen < state.steps == planes * height * width
    assert (0 <= plane < planes, 0 <= row < height, 0 <= column < width) == (True,) * 3
    assert state.index == (plane * height + row) * width + column
    channels, rows, columns = state.input_size
    assert 0 <= state.channel < channels
    assert 0 <= state.cursor[0] < rows
    assert 0 <= state.cursor[1] < columns
    assert state.focus in state.grids
    assert state.view in VIEWS
    assert 0 <= state.shift < len(SHIFTS)
    for grid_name, cell in state.cell_widths().items():
        shown = state.viewport(grid_name).shown(state.area(grid_name), cell)
        if grid_name != "input" or state.focus == "input":
            at = state.cursor_on(grid_name)
            assert at[0] in shown[0], grid_name
            assert at[1] in shown[1], grid_name


@many
@given(PRESSED)
def test_any_verbs_stay_inside(pressed):
    state, verbs = pressed
    assert_inside(state)
    for verb in verbs:
        state = applied(state, verb)
        assert_inside(state)


def content(state):
    """Everything of a state but its problem; arrays and operations by what they hold."""

    def held(value):
        if isinstance(value, np.ndarray):
            return value.shape, value.tobytes()
        if hasattr(value, "input"):
            return tuple(held(getattr(value, field.name)) for field in fields(value))
        return value

    return {f.name: held(getattr(state, f.name)) for f in fields(state) if f.name != "problem"}


@many
@given(PRESSED)
def test_a_refused_verb_changes_nothing_else(pressed):
    state, verbs = pressed
    for verb in verbs:
        before = content(state)
        after = applied(state, verb)
        assert content(state) == before  # nobody writes into a state
        if after.problem:
            assert content(after) == before, verb
        state = replace(after, problem="")


@many
@given(PRESSED)
def test_reset_goes_back_to_what_was_opened(pressed):
    state, verbs = pressed
    for verb in verbs:
        if verb[0] not in ("with_input", "with_kernel"):
            state = applied(state, verb)
    first, back = pressed[0], state.reset()
    operation = "conv" if isinstance(first, ConvolutionState) else "chosen"
    assert content(getattr(back, operation)) == content(getattr(first, operation))
    assert (back.index, back.seen, back.shift, back.edits) == (0, 0, 0, ())
    assert (back.coverage, back.problem) == (False, "")
    assert back.scales == first.scales


def test_arrows_go_over_rows_and_stop_at_the_ends():
    state = convolution(1, 5, 6)  # 3×4 outputs
    assert state.moved(0, 1).place == (0, 0, 1)
    assert state.at(0, 3).moved(0, 1).place == (0, 1, 0)
    assert state.at(1, 0).moved(0, -1).place == (0, 0, 3)
    assert state.moved(0, -1).place == state.moved(-1, 0).place == (0, 0, 0)
    assert state.at(1, 2).moved(1, 0).place == (0, 2, 2)
    assert state.last().moved(0, 1).place == state.last().moved(1, 0).place == (0, 2, 3)
    assert state.last().ended
    assert not state.ended


@BOTH
def test_down_on_the_last_row_stays_and_up_on_the_first(state):
    height, width = state.window.output
    for column in range(width):
        foot = state.at(height - 1, column)
        assert foot.moved(1, 0).place == foot.moved(3, 0).place == (0, height - 1, column)
        head = state.to_plane(1).at(0, column)
        assert head.moved(-1, 0).place == head.place == (state.planes - 1, 0, column)


def test_the_step_goes_on_to_the_next_filter():
    state = convolution(1, 5, 6, kernel="edges-bank")
    assert state.at(2, 3).stepped().place == (1, 0, 0)
    assert state.to_filter(-1).place == (3, 0, 0)
    assert state.at(1, 1).to_filter(2).place == (2, 1, 1)
    assert state.steps == 4 * 3 * 4


@BOTH
def test_what_was_seen_stays_seen(state):
    assert state.stepped(9).to_step(2).seen == 9
    assert state.last().to_step(0).seen == state.steps - 1
    assert state.last().restarted().seen == 0
    assert state.all_seen().index == 0


@BOTH
def test_a_whole_output_stays_whole_when_the_operation_changes(state):
    assert state.last().strided(1).seen == state.last().strided(1).steps - 1
    assert state.stepped(3).strided(1).seen < state.strided(1).steps - 1


@BOTH
@pytest.mark.parametrize("place", [(-1, 0), (0, -1), (99, 0), (0, 99)])
def test_a_cell_that_is_not_there_is_refused_with_those_that_are(state, place):
    height, width = state.window.output
    refused = state.stepped(2).at(*place)
    assert refused.index == 2
    assert f"rows are 0 to {height - 1}, columns 0 to {width - 1}" in refused.problem
    assert refused.stepped().problem == ""


@BOTH
def test_tab_cycles_the_grids(state):
    order = []
    for _ in state.grids:
        order.append(state.focus)
        state = state.focused()
    assert tuple(order) == state.grids
    assert state.focus == state.grids[0]
    assert state.focused(-1).focus == state.grids[-1]


@BOTH
def test_the_cursor_of_the_input_stops_at_its_edges(state):
    state = state.on("input")
    assert state.moved(-1, -1).cursor == (0, 0)
    assert state.moved(2, 3).moved(1, -1).cursor == (3, 2)
    assert state.moved(99, 99).cursor == (6, 5)
    assert state.moved(99, 99).index == state.index


@BOTH
def test_views_and_channels_come_around(state):
    seen = []
    for _ in VIEWS:
        seen.append(state.view)
        state = state.viewed()
    assert tuple(seen) == VIEWS
    assert state.viewed(-1).view == VIEWS[-1]
    assert state.to_channel(1).channel == 1
    assert state.to_channel(2).channel == 0
    assert state.to_channel(-1).channel == 1
    assert state.covered().coverage
    assert not state.covered().covered().coverage


@BOTH
def test_counter_counts_from_zero(state):
    last = f"{state.steps - 1:,}"
    assert state.counter == f"step 0 of 0–{last}"
    assert state.last().counter == f"step {last} of 0–{last}"


EDITS = st.lists(
    st.tuples(
        st.sampled_from(("input", "kernel")),
        st.integers(0, 6),
        st.integers(0, 6),
        st.floats(width=32),
    ),
    min_size=1,
    max_size=8,
)


@many
@given(PRESSED, EDITS)
def test_undo_takes_every_edit_back(pressed, edits):
    state = pressed[0]
    for verb in pressed[1]:
        state = applied(state, verb)
    state = replace(state, edits=())
    before, count = content(state), 0
    for grid_name, row, column, value in edits:
        pointed = state.pointed(grid_name if grid_name in state.grids else "input", row, column)
        state = pointed.edited(pointed.focus, value)
        if state.problem:  # a cell that came in with the shift
            assert state.shift
            continue
        count += 1
        written = state.value_at(state.focus)
        assert written == np.float32(value) or (np.isnan(written) and np.isnan(value))
    for _ in range(count):
        assert state.edits
        state = state.undone()
        assert not state.problem
    after = content(state)
    for name in {"operation", "partner", "unshifted"} & set(after):
        assert after[name] == before[name], name
    assert "nothing to undo" in state.undone().problem


@many
@given(PRESSED, st.lists(st.sampled_from(("resized", "shifted", "undone", "grouped")), max_size=6))
def test_undo_works_after_any_change(pressed, names):
    state, verbs = pressed
    for at, verb in enumerate(verbs):
        state = applied(state, verb)
        state = state.pointed(state.grids[at % 3], at, at).edited(state.focus, at)
        for name in names:
            if hasattr(state, name):
                state = getattr(state, name)(*((-1,) if name == "resized" else ()))
                assert_inside(state)


@BOTH
def test_an_edit_while_the_input_is_moved_is_one_of_the_input(state):
    before = content(state)
    moved = state.shifted().pointed("input", 2, 3).edited("input", 99)  # moved right by one
    assert moved.value_at("input") == 99
    back = moved.shifted().shifted().shifted().shifted()
    assert back.shift == 0
    assert back.pointed("input", 2, 2).value_at("input") == 99
    undone = content(moved.undone().shifted().shifted().shifted().shifted())
    for name in {"operation", "unshifted"} & set(before):
        assert undone[name] == before[name]


@BOTH
def test_a_cell_that_came_in_with_the_shift_cannot_be_edited(state):
    moved = state.shifted().pointed("input", 2, 0)
    refused = moved.edited("input", 9)
    assert "t" in refused.problem
    assert content(refused) == content(moved)


@BOTH
def test_an_edit_made_before_the_shift_is_undone_where_it_was_made(state):
    before = content(state)
    back = state.pointed("input", 2, 2).edited("input", 99).shifted().undone()
    back = back.shifted().shifted().shifted().shifted()
    for name in {"operation", "unshifted"} & set(before):
        assert content(back)[name] == before[name]


def test_following_and_grown():
    assert [following("abc", letter) for letter in "abc"] == ["b", "c", "a"]
    assert grown((1, 5), -1) == (0, 4)
