"""What the Convolution pane shows, as plain numbers and words; knows no screen.

Asks the engine for the visible cells and the one step, whatever the input's size.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnntui.engine.convolution import ConvolutionStep, output_block, step_at
from cnntui.engine.shift import differs
from cnntui.frames import (
    CHANGED,
    CURSOR,
    LIT,
    MET,
    PENDING,
    GridFrame,
    Line,
)
from cnntui.numbers import pair
from cnntui.states.convolution_words import met_by_tap, words_of
from cnntui.states.grids import Board, framed, lists
from cnntui.states.input_board import input_board
from cnntui.states.stepper import SHIFTS

if TYPE_CHECKING:
    from cnntui.states.convolution import ConvolutionState


@dataclass(frozen=True)
class ConvolutionFrame:
    """One screenful: three boards and the words about them."""

    subtitle: str
    counter: str
    boards: dict[str, GridFrame]
    words: tuple[Line, ...]


def frame_of(
    state: ConvolutionState, width: int = 80, lines: int = 7, report: tuple[Line, ...] = ()
) -> ConvolutionFrame:
    """Return the frame of a state, its words in ``width`` characters and ``lines`` lines.

    ``report`` is what a worker found out about the whole output; it comes first.
    """
    step = step_at(state.conv, state.index)
    boards = {
        "input": _input_board(state, step),
        "kernel": _kernel_board(state),
        "output": _output_board(state),
    }
    return ConvolutionFrame(
        subtitle=subtitle(state),
        counter=state.counter,
        boards={
            name: framed(board, state.viewport(name), state.view, state.focus == name)
            for name, board in boards.items()
        },
        words=(*report, *words_of(state, step, width, lines - len(report))),
    )


def subtitle(state: ConvolutionState) -> str:
    """Return what is convolved and how; settings at their defaults are left out."""
    conv = state.conv
    parts = [state.input_name, state.kernel_name, f"stride {pair(conv.stride)}"]
    named = f" {conv.padding}" if isinstance(conv.padding, str) else ""
    (top, bottom), (left, right) = conv.pads
    amount = pair((top, left)) if (top, left) == (bottom, right) else f"{top}+{bottom}"
    mode = f" {conv.padding_mode}" if top or bottom or left or right else ""
    parts.append(f"pad {amount}{named}{mode}")
    if conv.dilation != (1, 1):
        parts.append(f"dilation {pair(conv.dilation)}")
    if conv.groups > 1:
        parts.append(f"groups {conv.groups}")
    if conv.bias is not None:
        parts.append("bias")
    if conv.activation != "none":
        parts.append(conv.activation)
    if state.shift:
        parts.append(f"shifted {SHIFTS[state.shift][0]}")
    return " · ".join(parts)


# the boards


def _input_board(state: ConvolutionState, step: ConvolutionStep) -> Board:
    met = met_by_tap(state) if state.focus == "kernel" else None

    def mark(row: int, column: int) -> int:
        return MET if met and row in met[0] and column in met[1] else 0

    place = step.row, step.column
    return input_board(state, state.conv.input, place, mark, lit=state.channel_takes_part)


def _kernel_board(state: ConvolutionState) -> Board:
    conv = state.conv
    plane = conv.weight[state.filter, state.kernel_channel]
    height, width = conv.kernel

    def value(over_rows: range, over_columns: range) -> list[list[float | None]]:
        shown = plane[over_rows.start : over_rows.stop, over_columns.start : over_columns.stop]
        return lists(shown)

    def mark(row: int, column: int) -> int:
        return CURSOR if state.focus == "kernel" and (row, column) == state.tap else 0

    _, per_group, _, _ = conv.weight_shape
    which = f" · channel {state.kernel_channel}" if per_group > 1 else ""
    return Board(
        "kernel",
        f"kernel {height}×{width}{which}",
        range(height),
        range(width),
        value,
        mark,
        state.scales[1],
    )


def _output_board(state: ConvolutionState) -> Board:
    conv = state.conv
    filters, height, width = conv.output_shape
    readers = set(state.window.readers(*state.cursor)) if state.focus == "input" else set()
    changed: set[tuple[int, int]] = set()

    def value(over_rows: range, over_columns: range) -> list[list[float | None]]:
        if not over_rows or not over_columns:
            return []
        block = output_block(conv, state.filter, over_rows, over_columns)
        if state.base:
            before = output_block(state.base, state.filter, over_rows, over_columns)
            where = differs(before, block).nonzero()
            changed.update((over_rows[r], over_columns[c]) for r, c in zip(*where, strict=True))
        return lists(block)

    def mark(row: int, column: int) -> int:
        index = conv.index(state.filter, row, column)
        flags = PENDING if index > state.seen else 0
        if index == state.index:
            flags |= LIT | (CURSOR if state.focus == "output" else 0)
        if (row, column) in readers:
            flags |= MET
        if (row, column) in changed:
            flags |= CHANGED
        return flags

    which = f" · filter {state.filter} of {filters}" if filters > 1 else ""
    title = f"output {height}×{width}{which}"
    return Board("output", title, range(height), range(width), value, mark, state.scales[2])
