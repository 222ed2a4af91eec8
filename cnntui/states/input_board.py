"""The input's board with the window on it, and who reads a cell: the same for every stepper."""

from __future__ import annotations

from collections.abc import Callable

from cnntui.engine.geometry import Axis, Pair
from cnntui.engine.padded import Array, padded_cells
from cnntui.frames import CURSOR, LIT, PADDING, UNREAD, Line
from cnntui.numbers import short
from cnntui.states.grids import Board, Scale, lists
from cnntui.states.stepper import Stepper
from cnntui.states.words import line, wrapped

MOST_READERS = 12


def input_board(
    state: Stepper, data: Array, place: Pair, more: Callable[[int, int], int], lit: bool = True
) -> Board:
    """Return the input's board: the window of output cell ``place`` lit, unread cells marked.

    ``data`` is (C, H, W); ``more(row, column)`` adds marks of the operation's own.
    """
    rows, columns = state.window.rows, state.window.columns
    in_window = set(rows.taps(place[0])), set(columns.taps(place[1]))
    pointed = state.cursor if state.focus == "input" else None

    def value(over_rows: range, over_columns: range) -> list[list[float | None]]:
        if state.coverage:
            return [[_reads(rows, r, columns, c) for c in over_columns] for r in over_rows]
        plane = data[state.channel : state.channel + 1]
        return lists(padded_cells(plane, state.window, over_rows, over_columns)[0])

    def mark(row: int, column: int) -> int:
        flags = more(row, column)
        if not (0 <= row < rows.size and 0 <= column < columns.size):
            flags |= PADDING
        elif not (rows.reads[row] and columns.reads[column]):
            flags |= UNREAD
        if lit and row in in_window[0] and column in in_window[1]:
            flags |= LIT
        return flags | (CURSOR if (row, column) == pointed else 0)

    return Board("input", _title(state), rows.span, columns.span, value, mark, input_scale(state))


def input_scale(state: Stepper) -> Scale:
    """Return the scale of the input's numbers, or of its counts of reads."""
    if not state.coverage:
        return state.scales[0]
    most = max(state.window.rows.reads) * max(state.window.columns.reads)
    return Scale(max(3, 1 + len(str(most))), float(most or 1))


def _reads(rows: Axis, row: int, columns: Axis, column: int) -> float | None:
    if not (0 <= row < rows.size and 0 <= column < columns.size):
        return None
    return float(rows.reads[row] * columns.reads[column])


def _title(state: Stepper) -> str:
    channels, height, width = state.input_size
    what = "reads of input" if state.coverage else "input"
    which = f" · channel {state.channel} of {channels}" if channels > 1 else ""
    return f"{what} {height}×{width}{which}"


def reader_lines(state: Stepper, value: float, width: int, room: int, what: str) -> list[Line]:
    """Say which outputs (``what``) read the input cell under the cursor, whose value is given."""
    row, column = state.cursor
    found = state.window.readers(row, column)
    times = state.window.reads(row, column)
    head = line(f"input[{state.channel}, {row}, {column}] = {short(value)}", "input")
    if not found:
        return [(*head, (" is never read: no window meets it", "bad"))]
    often = "" if times == len(found) else f", {times} times with the padding"
    says = f" is read by {len(found)} {what}{often}:"
    shown = [line(f"({r},{c})", "output") for r, c in found[:MOST_READERS]]
    if len(found) > MOST_READERS:
        shown.append(line(f"… {len(found) - MOST_READERS} more", "dim"))
    return [(*head, (says, "")), *wrapped(shown, width, max(1, room - 1))]
