"""Makes the frame of one board of numbers from an array."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from cnntui.parts.boards.viewport import Viewport
from cnntui.ui.frames.boards import GridFrame

Floats = npt.NDArray[Any]  # of any floating type
T = TypeVar("T")
Marks = npt.NDArray[np.intp]

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
        sizes = [_measured(array) for array in arrays if array.size]
        if not sizes:
            return cls(2, 1.0)
        return cls(1 + max(width for width, _ in sizes), max(limit for _, limit in sizes) or 1.0)

    def cell_in(self, view: str) -> int:
        """Return the width of a cell in one of the views."""
        return self.cell if "numbers" in view else SHADED_CELL

    def levels(self, values: Floats) -> list[list[int]]:
        """Return the colour level, -32 to 32, of each value; 0 for NaN."""
        with np.errstate(invalid="ignore"):
            share = np.nan_to_num(np.clip(values / self.limit, -1.0, 1.0))
        levels: list[list[int]] = np.rint(share * LEVELS).astype(int).tolist()
        return levels


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
    """A board to be framed: values and marks are asked for the visible cells alone.

    ``values(rows, columns)`` gives (len(rows), len(columns)) numbers, or None where the board has
    none. ``marks`` adds up the flags of ``frames``.
    """

    role: str
    title: str
    rows: range
    columns: range
    values: Callable[[range, range], Floats | None]
    marks: Callable[[range, range], Marks]
    scale: Scale


def framed(board: Board, viewport: Viewport, view: str, focused: bool) -> GridFrame:
    """Return the frame of what the viewport shows."""
    cell = board.scale.cell_in(view)
    rows, columns = viewport.shown((board.rows, board.columns), cell)
    values = board.values(rows, columns)
    blank: list[list[Any]] = [[0] * len(columns)] * len(rows)
    shaded = values is not None and view != "numbers"
    return GridFrame(
        role=board.role,
        title=board.title,
        rows=len(board.rows),
        columns=len(board.columns),
        top=rows.start,
        left=columns.start,
        cell=cell,
        view=view,
        values=nested([[None] * len(columns)] * len(rows) if values is None else values.tolist()),
        marks=nested(board.marks(rows, columns).tolist()),
        levels=nested(board.scale.levels(values) if shaded and values is not None else blank),
        focused=focused,
    )


def nested(rows: list[list[T]]) -> tuple[tuple[T, ...], ...]:
    """Return lists of lists as tuples of tuples."""
    return tuple(map(tuple, rows))


def no_marks(rows: range, columns: range) -> Marks:
    """Return marks of cells that have none yet, (len(rows), len(columns))."""
    return np.zeros((len(rows), len(columns)), dtype=np.intp)


def put(marks: Marks, flag: int, rows: range, columns: range, cell: tuple[int, int]) -> None:
    """Add a flag to one cell, if it is among those on view."""
    if cell[0] in rows and cell[1] in columns:
        marks[cell[0] - rows.start, cell[1] - columns.start] |= flag


def within(span: range, wanted: Container[int]) -> npt.NDArray[np.bool_]:
    """Return which indices of ``span`` are among the wanted ones."""
    return np.array([index in wanted for index in span], dtype=bool)


TITLE_WIDTH = 17  # ▸ kernel[0, 2] 3×3
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
