"""The Pooling pane's state, boards and words, with torch's pooling as the oracle."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from cnntui.engine.pooling import Pooling
from cnntui.ground.lines import plain
from cnntui.numbers import short
from cnntui.panes.pool.frame import frame_of, shift_lines, subtitle
from cnntui.panes.pool.state import PoolingState, partner_of
from cnntui.sources.inputs import Input, load_input
from cnntui.ui.frames.boards import (
    CHANGED,
    CURSOR,
    LIT,
    MET,
    PADDING,
    PAST,
    PENDING,
    UNREAD,
    WINNER,
)
from tests.parts.stepping.verbs import POOLING_VERBS, applied, grid, pooled_by_torch, pooling_states

many = settings(max_examples=120, deadline=None)
PRESSED = st.tuples(pooling_states(), st.lists(POOLING_VERBS, max_size=12))


def pressed(drawn):
    state, verbs = drawn
    for verb in verbs:
        state = applied(state, verb)
    return state


def opened(*shape, **more):
    return PoolingState.of(grid(*shape), **more)


def cells(board):
    for i, (values, marks) in enumerate(zip(board.values, board.marks, strict=True)):
        for j, (value, mark) in enumerate(zip(values, marks, strict=True)):
            yield board.top + i, board.left + j, value, mark


def lines_of(state, width=80, lines=7):
    return [plain(words) for words in frame_of(state, width, lines).words]


def window_of(pool, row, column):
    """(rows, columns) of the data cells under a window, as torch lays windows."""
    spans = []
    for at, size, axis in ((row, pool.input.shape[1], 0), (column, pool.input.shape[2], 1)):
        if pool.kind.startswith("global"):
            spans.append(range(size))
        elif pool.kind.startswith("adaptive"):
            outputs = pool.output_size[axis]
            spans.append(range(at * size // outputs, -((at + 1) * size // -outputs)))
        else:
            first = at * (pool.stride or pool.size)[axis] - pool.padding[axis]
            spans.append([first + i * pool.dilation[axis] for i in range(pool.size[axis])])
    return spans


def same(found, expected):
    return np.isclose(found, expected, rtol=1e-6, atol=1e-6, equal_nan=True)


@many
@given(PRESSED)
def test_both_boards_on_view_are_torchs(drawn):
    state = pressed(drawn)
    boards, (plane, row, column) = frame_of(state).boards, state.place
    assert {"maximum", "average"} == {
        "maximum" if pool.takes_maximum else "average" for pool in (state.chosen, state.partner)
        if pool
    } or state.chosen.dilation != (1, 1)  # fmt: skip
    for name in ("maximum", "average"):
        pool, board = state.pools[name], boards[name]
        if pool is None:
            assert all(value is None for *_, value, _ in cells(board))
            continue
        before, expected = state.unshifted_pool(name), pooled_by_torch(pool)[plane]
        height, width = expected.shape
        was = expected if before is None else pooled_by_torch(before)[plane]
        port = state.viewport(name)
        assert len(board.values) <= port.rows
        assert len(board.values[0]) <= port.columns(board.cell)
        assert (board.rows, board.columns) == (height, width)
        for r, c, value, marks in cells(board):
            assert same(value, expected[r, c]) or not np.isfinite(pool.input).all()
            assert bool(marks & PENDING) == ((plane * height + r) * width + c > state.seen)
            assert bool(marks & LIT) == ((r, c) == (row, column))
            assert bool(marks & CURSOR) == (bool(marks & LIT) and state.focus == name)
            if np.isfinite(pool.input).all():
                gap = abs(float(expected[r, c]) - float(was[r, c]))
                assert bool(marks & CHANGED) == (gap > 1e-8) or 0 < gap < 1e-5 * abs(was[r, c])


@many
@given(PRESSED)
def test_the_window_and_the_winner_on_the_input_are_torchs(drawn):
    state = pressed(drawn)
    pool, board = state.chosen, frame_of(state).boards["input"]
    plane, row, column = state.place
    rows, columns = window_of(pool, row, column)
    height, width = pool.input.shape[1:]
    data = [(r, c) for r in rows for c in columns if 0 <= r < height and 0 <= c < width]
    reads = np.zeros((height, width))
    for r, c in np.ndindex(*pool.window.output):
        for a in window_of(pool, r, c)[0]:
            for b in window_of(pool, r, c)[1]:
                if 0 <= a < height and 0 <= b < width:
                    reads[a, b] += 1
    winners = []
    for r, c, value, marks in cells(board):
        inside = 0 <= r < height and 0 <= c < width
        if state.coverage:
            assert value == (reads[r, c] if inside else 0)
        elif inside:
            assert same(value, pool.input[plane, r, c])
        assert bool(marks & PADDING) == (not inside)
        assert bool(marks & LIT) == (r in rows and c in columns)
        assert bool(marks & UNREAD) == (inside and reads[r, c] == 0)
        winners += [(r, c)] if marks & WINNER else []
    assert len(winners) <= 1
    if winners and state.pools["maximum"] is not None:
        assert winners[0] in data
        top = pooled_by_torch(state.pools["maximum"])[plane, row, column]
        assert same(pool.input[(plane, *winners[0])], top)


@many
@given(PRESSED)
def test_readers_of_a_cell_are_marked(drawn):
    state = pressed(drawn).on("input")
    for name in ("maximum", "average"):
        for r, c, _, marks in cells(frame_of(state).boards[name]):
            rows, columns = window_of(state.chosen, r, c)
            meets = state.cursor[0] in rows and state.cursor[1] in columns
            assert bool(marks & MET) == meets


@many
@given(PRESSED, st.integers(40, 200), st.integers(5, 20))
def test_every_line_fits(drawn, width, lines):
    state = pressed(drawn)
    for focus in state.grids:
        found = lines_of(state.on(focus), width, lines)
        assert len(found) <= lines
        assert max(map(len, found)) <= width


NUMBER = r"(-?(?:[\d.]+(?:e-?\d+)?|inf|nan)|~0|#+)"


@many
@given(pooling_states(), st.lists(POOLING_VERBS, max_size=8), st.integers(60, 200))
def test_the_arithmetic_read_back_is_torchs(state, verbs, width):
    for verb in verbs:
        state = applied(state, verb) if verb[0] != "edited" else state
    state = state.on("maximum") if state.pools["maximum"] else state
    text = " ".join(lines_of(state, width, 20))
    place = state.place
    if state.pools["maximum"] is not None and state.pools["maximum"].input.size:
        values, result = re.search(rf"max\((.*?)\) = {NUMBER}", text).groups()
        assert float(result) == pooled_by_torch(state.pools["maximum"])[place]
        assert max(float(value) for value in re.findall(NUMBER, values)) == float(result)
    if state.pools["average"] is not None:
        values, divisor, result = re.search(rf"\(([^()]*)\) / (\d+) = {NUMBER}", text).groups()
        expected = pooled_by_torch(state.pools["average"])[place]
        assert float(result) == pytest.approx(expected, rel=1e-3, abs=1e-6)
        if "more" not in values:
            total = sum(float(value) for value in re.findall(NUMBER, values))
            assert total / int(divisor) == pytest.approx(expected)


def test_the_curriculums_example():
    state = PoolingState.of(load_input("pool-4x4"))
    image = torch.tensor(load_input("pool-4x4").values)[None]
    boards = frame_of(state.last()).boards
    assert np.array_equal(boards["maximum"].values, F.max_pool2d(image, 2)[0, 0])
    assert np.array_equal(boards["average"].values, F.avg_pool2d(image, 2)[0, 0])
    assert lines_of(state)[:3] == [
        "max(1, 3, 5, 6) = 6  at input[0, 1, 1]",
        "(1 + 3 + 5 + 6) / 4 = 3.75",
        "output size  ⌊(4 + 2·0 - 1·(2-1) - 1) / 2⌋ + 1 = 2",
    ]


# the shift test


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(("max", "avg", "global-max", "adaptive-avg")),
    st.tuples(st.just(2), st.integers(3, 7), st.integers(3, 7)),
    st.integers(1, 5),
)
def test_the_shift_test_counts_what_torch_counts(kind, shape, times):
    base = state = opened(*shape, kind=kind)
    for _ in range(times):
        state = state.shifted()
    lines = ["".join(text for text, _ in row) for row in shift_lines(state)]
    if times == 5:
        assert (lines, state.shift, state.unshifted) == ([], 0, None)
        assert np.array_equal(state.chosen.input, base.chosen.input)
        return
    down, right = ((0, 1), (1, 0), (0, -1), (-1, 0))[times - 1]
    image = torch.tensor(base.chosen.input)
    moved = F.pad(image, (max(right, 0), max(-right, 0), max(down, 0), max(-down, 0)))
    moved = moved[:, max(-down, 0) :, max(-right, 0) :][:, : shape[1], : shape[2]]
    assert np.array_equal(state.chosen.input, moved.numpy())
    assert state.seen == state.steps - 1
    for name, said in (("maximum", lines[1]), ("average", lines[2])):
        pools = base.pools[name], state.pools[name]
        before, after = (pooled_by_torch(pool) for pool in pools)
        changed = np.abs(after - before) > 1e-9
        assert said.split()[0] == name
        assert f"{changed.sum()} of {changed.size} cells changed" in said
        if changed.any():
            numbers = re.search(rf"by {NUMBER} at most, {NUMBER} on average", said).groups()
            assert float(numbers[0]) == pytest.approx(np.abs(after - before).max(), rel=1e-3)
            assert float(numbers[1]) == pytest.approx(np.abs(after - before).mean(), rel=1e-3)
    assert len(lines) == (4 if kind in ("max", "avg") else 3)


def test_a_maximum_stays_where_an_average_changes():
    bars = Input("bars", np.float32([[[9, 1, 9, 1], [1, 1, 1, 1]] * 2]), "grid")
    state = PoolingState.of(bars).shifted()
    lines = ["".join(text for text, _ in row) for row in shift_lines(state)]
    assert lines[0] == "input moved by 1 right"
    assert lines[1].startswith("maximum  0 of 4 cells changed")
    assert lines[2].startswith("average  2 of 4 cells changed")
    marks = {name: board.marks for name, board in frame_of(state).boards.items()}
    assert not any(mark & CHANGED for row in marks["maximum"] for mark in row)
    assert sum(bool(mark & CHANGED) for row in marks["average"] for mark in row) == 2


# verbs


def test_the_window_and_its_partner():
    state = opened(1, 8, 8)
    assert (state.chosen.kind, state.partner.kind, state.focus) == ("max", "avg", "maximum")
    tabbed = state.focused()
    assert (tabbed.chosen.kind, tabbed.partner.kind, tabbed.focus) == ("avg", "max", "average")
    assert state.resized(1).chosen.size == state.resized(1).partner.size == (3, 3)
    assert state.resized(1).strided(-1).chosen.stride == (2, 2)
    assert state.resized(1).chosen.strides == (3, 3)
    assert state.padded(1).chosen.padding == (1, 1)
    assert state.with_ceil().chosen.ceil_mode
    assert state.with_padding_counted().partner.exclude_pad
    average = opened(1, 8, 8, kind="avg")
    assert (average.chosen.kind, average.focus) == ("avg", "average")


def test_global_and_adaptive_and_back():
    state = opened(2, 7, 6)
    assert state.globally().chosen.output_shape == (2, 1, 1)
    assert {state.globally().chosen.kind, state.globally().partner.kind} == {
        "global-max", "global-avg",
    }  # fmt: skip
    assert state.globally().globally().chosen.kind == "max"
    assert state.adaptively().chosen.output_shape == (2, 2, 2)
    assert state.adaptively().resized(1).chosen.output_shape == (2, 3, 3)
    assert state.adaptively().adaptively().chosen.kind == "max"
    assert state.globally().adaptively().chosen.kind == "adaptive-max"
    assert state.focused().globally().chosen.kind == "global-avg"
    assert state.focused().globally().globally().chosen.kind == "avg"


def test_dilation_leaves_the_average_out():
    state = opened(1, 8, 8).focused().dilated(1)
    assert (state.chosen.kind, state.chosen.dilation, state.partner) == ("max", (2, 2), None)
    boards = frame_of(state).boards
    assert boards["average"].title == "average: no dilation"
    assert any("no dilation in torch" in row for row in lines_of(state))
    assert state.dilated(-1).partner.kind == "avg"


@pytest.mark.parametrize(
    ("verb", "says"),
    [
        (("strided", -2), "non-positive stride is not supported"),
        (("resized", -2), "non-positive kernel size is not supported"),
        (("resized", 9), "Output size is too small"),
        (("padded", 2), "pad should be at most half of kernel size"),
        (("padded", -1), "pad must be non-negative"),
        (("dilated", -1), "non-positive dilation is not supported"),
        (("undone",), "nothing to undo"),
        (("edited", "maximum", 1.0), "the output is computed"),
        (("at", 4, 0), "rows are 0 to 2, columns 0 to 3"),
    ],
)
@pytest.mark.parametrize("tabs", [0, 1])
def test_what_torch_refuses_is_refused_in_its_terms(verb, says, tabs):
    state = opened(1, 6, 8)
    state = state.focused() if tabs else state
    refused = applied(state, (verb[0], verb[1:]))
    assert says in refused.problem
    assert refused.chosen is state.chosen
    assert refused.partner is state.partner


def test_a_global_pool_has_no_window_to_change():
    state = opened(1, 6, 8).globally()
    for verb in ("resized", "strided", "padded", "dilated"):
        refused = getattr(state, verb)(1)
        assert refused.problem
        assert refused.chosen is state.chosen
    assert "g goes back" in state.resized(1).problem


def test_another_input_begins_anew():
    state = opened(1, 6, 8).resized(1).last().edited("input", 3).with_input(grid(3, 9, 9), 24)
    assert (state.index, state.seen, state.edits, state.cells) == (0, 0, (), 24)
    assert state.chosen.size == (3, 3)
    assert state.reset().chosen.size == (3, 3)
    small = state.with_input(grid(1, 2, 2))
    assert "Output size is too small" in small.problem
    assert small.chosen is state.chosen
    assert state.to_channel(-1).place == (2, 0, 0)
    assert state.to_channel(-1).channel == 2


def test_the_partner_is_the_other_one_with_the_same_window():
    image = grid(1, 6, 6).values
    assert partner_of(Pooling(image, "adaptive-max", output_size=(2, 3))).kind == "adaptive-avg"
    assert partner_of(Pooling(image, "max", dilation=(2, 1))) is None
    pairs = {"max": "avg", "global-avg": "global-max"}
    assert all(partner_of(Pooling(image, one)).kind == other for one, other in pairs.items())


def test_the_subtitle():
    state = opened(1, 8, 8)
    assert subtitle(state) == "drawn · window 2 · stride 2 · pad 0"
    assert subtitle(state.globally()) == "drawn · global: one window"
    assert subtitle(state.adaptively()) == "drawn · adaptive to 2"
    many_set = state.resized(1).padded(1).with_ceil().with_padding_counted().shifted()
    assert subtitle(many_set) == (
        "drawn · window 3 · stride 3 · pad 1 · ceil · padding left out · shifted right"
    )


@pytest.mark.parametrize("kind", ["max", "global-max"])
def test_a_large_input_costs_what_is_on_view(kind):
    state = opened(3, 1024, 1024, kind=kind, device="cpu")
    state = state.sized("input", 60, 20).sized("maximum", 30, 20).last()
    frame = frame_of(state, 80, 7)
    for name, board in frame.boards.items():
        port = state.viewport(name)
        assert len(board.values) <= port.rows
        assert all(len(row) <= port.columns(board.cell) for row in board.values)
    text = " ".join(map(plain, frame.words))
    assert f"= {short(state.chosen.input[2, -2:, -2:].max())}" in text or kind == "global-max"
    assert "1048576 = " in text or kind == "max"


def test_cells_past_a_rounded_up_output_are_not_cells():
    state = opened(1, 5, 5).with_ceil().last()
    board = frame_of(state).boards["input"]
    assert (board.rows, board.columns) == (5, 5)
    assert not any(marks & PAST for *_, marks in cells(board))
    assert [(r, c) for r, c, _, marks in cells(board) if marks & LIT] == [(4, 4)]
