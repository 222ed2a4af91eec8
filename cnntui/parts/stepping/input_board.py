"""The input's board with the window on it, and who reads a cell: the same for every stepper."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from cnntui.engine.geometry import Axis, Window
from cnntui.engine.padded import padded_cells
from cnntui.ground.lines import Line, flowed, line, wrapped
from cnntui.numbers import short
from cnntui.parts.boards.grids import Board, Floats, Marks, Scale, put, within
from cnntui.parts.stepping.state import Stepper
from cnntui.parts.stepping.walk import Walk
from cnntui.ui.frames.boards import CURSOR, LIT, PADDING, UNREAD

MOST_READERS = 12


def input_board(
    state: Stepper[Any], more: Callable[[range, range], Marks], lit: bool = True
) -> Board:
    """Return the input's board: the window of the step lit, unread cells marked.

    ``more(rows, columns)`` are the marks of the operation's own.
    """
    window, (_, row, column) = state.window, state.place
    taps = window.rows.taps(row), window.columns.taps(column)

    def values(rows: range, columns: range) -> Floats:
        if state.coverage:
            counts: Floats = np.outer(_reads(window.rows, rows), _reads(window.columns, columns))
            return counts
        plane = state.operation.input[state.channel : state.channel + 1]
        cells: Floats = padded_cells(plane, window, rows, columns)[0]
        return cells

    def marks(rows: range, columns: range) -> Marks:
        flags = more(rows, columns) | ground(window, rows, columns)
        if lit:
            flags[np.ix_(within(rows, taps[0]), within(columns, taps[1]))] |= LIT
        if state.focus == "input":
            put(flags, CURSOR, rows, columns, state.cursor)
        return flags

    return Board("input", _title(state), *state.area("input"), values, marks, input_scale(state))


@lru_cache(maxsize=64)
def ground(window: Window, rows: range, columns: range) -> Marks:
    """Return which cells are padding and which are never read: the same at every step."""
    read = np.outer(_reads(window.rows, rows), _reads(window.columns, columns)) > 0
    data = np.outer(
        within(rows, range(window.rows.size)), within(columns, range(window.columns.size))
    )
    return np.where(data, np.where(read, 0, UNREAD), PADDING)


def input_scale(state: Walk) -> Scale:
    """Return the scale of the input's numbers, or of its counts of reads."""
    if not state.coverage:
        return state.scales[0]
    most = max(state.window.rows.reads) * max(state.window.columns.reads)
    return Scale(max(3, 1 + len(str(most))), float(most or 1))


def _reads(axis: Axis, span: range) -> Floats:
    """Return how often each index is read along an axis; 0 in the padding."""
    return np.array([axis.reads[i] if 0 <= i < axis.size else 0 for i in span], dtype=np.float64)


def _title(state: Walk) -> str:
    channels, height, width = state.input_size
    what = "reads of input" if state.coverage else "input"
    which = f"[{state.channel}]" if channels > 1 else ""
    return f"{what}{which} {height}×{width}"


def reader_lines(state: Stepper[Any], width: int, room: int, what: str) -> list[Line]:
    """Say which outputs (``what``) read the input cell under the cursor."""
    row, column = state.cursor
    readers, value = state.window.readers(row, column), state.value_at("input")
    times = state.window.reads(row, column)
    head = line(f"input[{state.channel}, {row}, {column}] = {short(value)}", "input")
    if not readers:
        return flowed((*head, (" is never read: no window meets it", "bad")), width, room)
    often = "" if times == len(readers) else f", {times} times with the padding"
    says = f" is read by {len(readers)} {what}{'s' * (len(readers) > 1)}{often}:"
    shown = [line(f"({r},{c})", "output") for r, c in readers[:MOST_READERS]]
    if len(readers) > MOST_READERS:
        shown.append(line(f"… {len(readers) - MOST_READERS} more", "dim"))
    first = flowed((*head, (says, "")), width, room)
    return [*first, *wrapped(shown, width, room - len(first))]
