"""An output's board: what is computed so far, the step, readers and changes; for every stepper."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np

from cnntui.engine.padded import Wide
from cnntui.engine.shift import differs
from cnntui.parts.boards.grids import Board, Marks, no_marks, put
from cnntui.parts.stepping.walk import Walk
from cnntui.ui.frames.boards import CHANGED, CURSOR, LIT, MET, PENDING

Operation = TypeVar("Operation")


def output_board(
    state: Walk,
    grid: str,
    title: str,
    block: Callable[[Operation | None, range, range], Wide | None],
    after: Operation | None,
    before: Operation | None,
) -> Board:
    """Return the board of one output plane.

    ``block(operation, rows, columns)`` works out the visible cells, None for no operation;
    ``before`` is the operation on the input that was not moved, None while no shift is on.
    """
    height, width = state.window.output
    plane = state.place[0]

    def values(rows: range, columns: range) -> Wide | None:
        return block(after, rows, columns)

    def marks(rows: range, columns: range) -> Marks:
        flags = no_marks(rows, columns)
        first = (plane * height + rows.start) * width + columns.start
        index = first + np.add.outer(np.arange(len(rows)) * width, np.arange(len(columns)))
        flags[index > state.seen] |= PENDING
        if after is not None:
            look = LIT | (CURSOR if state.focus == grid else 0)
            put(flags, look, rows, columns, state.place[1:])
        if state.focus == "input":
            for cell in state.window.readers(*state.cursor):
                put(flags, MET, rows, columns, cell)
        was = block(before, rows, columns)
        now = None if was is None else block(after, rows, columns)
        if was is not None and now is not None:
            flags[differs(was, now)] |= CHANGED
        return flags

    scale = state.scales[state.boards.index(grid)]
    return Board(grid, title, *state.area(grid), values, marks, scale)
