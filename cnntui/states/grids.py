"""Makes the frame of one board from an array; knows arrays and frames, not what they mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnntui.frames import GridFrame
from cnntui.states.viewport import Viewport

Floats = npt.NDArray[np.floating]
Marker = Callable[[int, int], int]

SHADED_CELL = 3  # a bracket and two characters of shade
LEVELS = 32


@dataclass(frozen=True)
class Scale:
    """What it takes to draw a board's numbers: the cell's width and the value of full colour."""

    cell: int
    limit: float

    @classmethod
    def of(cls, *arrays: Floats) -> Scale:
        """Measure whole arrays: integers up to four characters stay whole, else six are given."""
        found = [_measured(array) for array in arrays if array.size]
        if not found:
            return cls(2, 1.0)
        return cls(1 + max(width for width, _ in found), max(limit for _, limit in found) or 1.0)

    def cell_in(self, view: str) -> int:
        """Return the width of a cell in one of the views."""
        return self.cell if "numbers" in view else SHADED_CELL

    def level(self, value: float) -> int:
        """Return the colour level, -32 to 32, of a value."""
        if value != value:
            return 0
        return round(max(-1.0, min(1.0, value / self.limit)) * LEVELS)


def _measured(array: Floats) -> tuple[int, float]:
    """Return (characters, largest finite magnitude) of an array."""
    finite = array[np.isfinite(array)]
    names = 0 if finite.size == array.size else 3 + bool((array == -np.inf).any())
    if not finite.size:
        return max(names, 1), 1.0
    low, high = float(finite.min()), float(finite.max())
    limit = max(abs(low), abs(high))
    if limit < 1e5 and bool((finite == np.rint(finite)).all()):
        return max(len(str(int(low))), len(str(int(high))), names), limit
    return max(5 + (low < 0), names), limit


@dataclass(frozen=True)
class Board:
    """A board to be framed: ``value`` and ``mark`` are asked for the visible cells alone."""

    role: str
    title: str
    rows: range
    columns: range
    value: Callable[[range, range], list[list[float | None]]]
    mark: Marker
    scale: Scale


def framed(board: Board, viewport: Viewport, view: str, focused: bool) -> GridFrame:
    """Return the frame of what the viewport shows."""
    cell = board.scale.cell_in(view)
    rows, columns = viewport.shown((board.rows, board.columns), cell)
    values = board.value(rows, columns)
    level = board.scale.level
    return GridFrame(
        role=board.role,
        title=board.title,
        rows=len(board.rows),
        columns=len(board.columns),
        top=rows.start,
        left=columns.start,
        cell=cell,
        view=view,
        values=tuple(tuple(line) for line in values),
        marks=tuple(tuple(board.mark(row, column) for column in columns) for row in rows),
        levels=tuple(tuple(0 if v is None else level(v) for v in line) for line in values),
        focused=focused,
    )


def lists(values: Floats) -> list[list[float | None]]:
    """Return a 2-D array as lists of Python floats."""
    rows: list[list[float | None]] = values.tolist()
    return rows


TITLE_WIDTH = 14
GAP = 2


def shared(need: dict[str, int], total: int) -> dict[str, int]:
    """Share ``total`` characters among boards, in proportion where not all have what they need.

    No board gets less than its title takes; the least needy are served first.
    """
    left, boards = total - GAP * len(need), len(need)
    widths = {}
    for grid in sorted(need, key=lambda name: need[name]):
        fair = left // boards
        widths[grid] = min(max(need[grid], TITLE_WIDTH), fair) if boards > 1 else left
        left, boards = left - widths[grid], boards - 1
    return widths
