"""The state of convolution and pooling as steppers: the operation, its edits, the shift test.

A verb that torch would refuse returns the same state with its ``problem`` set.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Generic, Self, TypeVar

import numpy as np

from cnntui.engine.convolution import Convolution
from cnntui.engine.geometry import Pair, Window
from cnntui.engine.padded import Array
from cnntui.engine.pooling import Pooling
from cnntui.engine.shift import shifted
from cnntui.errors import UserError
from cnntui.parts.boards.grids import Scale
from cnntui.parts.stepping.walk import Walk
from cnntui.sources.inputs import Input

T = TypeVar("T")
Operation = TypeVar("Operation", bound=Convolution | Pooling)

READ = ("device", "cells", "gray")  # settings of the state, not of the operation
CAME_IN = "this cell came in with the shift; t moves the input on, and at last back"

# The directions in which the shift test moves the input, and no shift again.
SHIFTS: tuple[tuple[str, Pair], ...] = (
    ("", (0, 0)),
    ("right", (0, 1)),
    ("down", (1, 0)),
    ("left", (0, -1)),
    ("up", (-1, 0)),
)


@dataclass(frozen=True)
class Edit:
    """One cell of a grid, of the input that was not moved, as it was before an edit."""

    grid: str
    place: tuple[int, ...]
    value: float


@dataclass(frozen=True, eq=False, kw_only=True)
class Stepper(Walk, Generic[Operation]):
    """An operation that goes cell by cell, and where the user is in it.

    ``opened`` is what a reset goes back to, ``unshifted`` the operation on the input that was not
    moved, while the shift test is on. ``cells`` and ``gray`` are how a picture is read, ``kind``
    is the input's, as sources tells it. ``edited_grids`` are those whose numbers are no longer
    their name's.
    """

    arrays: ClassVar[Mapping[str, str]]  # the grids that can be edited: fields of the operation

    operation: Operation
    opened: Operation
    unshifted: Operation | None = None
    input_name: str
    kind: str = ""
    device: str = "auto"
    cells: int | None = None
    gray: bool = False
    shift: int = 0
    edits: tuple[Edit, ...] = ()
    edited_grids: frozenset[str] = frozenset()

    @property
    def window(self) -> Window:
        """Where the windows lie."""
        return self.operation.window

    @property
    def planes(self) -> int:
        """Number of output planes."""
        return self.operation.output_shape[0]

    @property
    def input_size(self) -> tuple[int, int, int]:
        """(C, H, W)."""
        return self.operation.input_shape

    @property
    def way(self) -> str:
        """The direction in which the input was moved; "" for none."""
        return SHIFTS[self.shift][0]

    def named(self, grid: str, name: str) -> str:
        """Return a grid's name, saying where its numbers were edited."""
        return f"{name} edited" if grid in self.edited_grids else name

    def on_device(self, device: str) -> Self:
        """Have torch compute on another device."""
        return replace(self, device=device)

    # changes of the operation

    def board_scales(self) -> tuple[Scale, Scale, Scale]:
        """Return the widths and colours of the numbers of each board."""
        raise NotImplementedError

    def settled(self, operation: Operation) -> dict[str, Any]:
        """Return the changes that keep step, channel and cursor inside another operation.

        The step goes to the nearest cell; an output that was shown whole stays so.
        """
        plane, row, column = self.place
        planes, height, width = operation.output_shape
        row, column = min(row, height - 1), min(column, width - 1)
        index = (min(plane, planes - 1) * height + row) * width + column
        channels, *size = operation.input_shape
        return {
            "index": index,
            "seen": operation.steps - 1 if self.seen == self.steps - 1 else index,
            "channel": min(self.channel, channels - 1),
            "cursor": (min(self.cursor[0], size[0] - 1), min(self.cursor[1], size[1] - 1)),
            "problem": "",
        }

    def measured(self) -> Self:
        """Return the state with its numbers measured anew, every cursor in view."""
        return replace(self, scales=self.board_scales()).follow()

    def holding(self, operation: Operation, unshifted: Operation | None) -> Self:
        """Return the state on another operation, at the nearest cell to the present one."""
        changes = self.settled(operation)
        return replace(self, operation=operation, unshifted=unshifted, **changes).measured()

    def changed(self, **changes: Any) -> Self:
        """Return the state with other settings, or the same one where torch would refuse."""
        try:
            operation = replace(self.operation, **changes)
            unshifted = replace(self.unshifted, **changes) if self.unshifted else None
        except UserError as problem:
            return self.refused(problem)
        return self.holding(operation, unshifted)

    def fitted(self, values: Array) -> dict[str, Any]:
        """Return the changes of the operation that put it on another input (C, H, W)."""
        return {"input": values}

    def with_input(self, source: Input, cells: int | None = None, gray: bool = False) -> Self:
        """Go over another input, from the first step."""
        names = {"input_name": source.name, "kind": source.kind, "cells": cells, "gray": gray}
        return self.opened_anew("input", self.fitted(source.values), **names)

    def opened_anew(self, grid: str, changes: dict[str, Any], **names: Any) -> Self:
        """Return the state on another input or kernel, as ``grid`` says, which is not moved."""
        still = replace(self, operation=self.unshifted or self.operation, unshifted=None, shift=0)
        changed = still.changed(**changes)
        if changed.problem:
            return self.refused(changed.problem)
        names |= {"opened": changed.operation, "edits": ()}
        return replace(changed, edited_grids=self.edited_grids - {grid}, **names).restarted()

    def reset(self) -> Self:
        """Undo every edit and setting since the input was chosen; first step."""
        opened = self.holding(self.opened, None)
        return replace(
            opened, edits=(), edited_grids=frozenset(), shift=0, coverage=False
        ).restarted()

    # the shift test

    def shifted(self) -> Self:
        """Move the input by one cell: right, down, left, up, and back."""
        shift = (self.shift + 1) % len(SHIFTS)
        state = self._moved_by(shift, self.unshifted or self.operation)
        return state.all_seen() if shift else state

    def _moved_by(self, shift: int, unshifted: Operation) -> Self:
        """Return the state on an operation with its input moved; 0 is no shift."""
        if not shift:
            return replace(self.holding(unshifted, None), shift=0)
        operation = replace(unshifted, input=shifted(unshifted.input, SHIFTS[shift][1]))
        return replace(self.holding(operation, unshifted), shift=shift)

    def unmoved(self, cell: Pair) -> Pair | None:
        """Return where a cell of the moved input came from; None where a zero came in."""
        down, right = SHIFTS[self.shift][1]
        row, column = cell[0] - down, cell[1] - right
        _, height, width = self.input_size
        return (row, column) if 0 <= row < height and 0 <= column < width else None

    # edits

    @property
    def editable(self) -> str:
        """The grids that can be edited, in words."""
        return " or ".join(f"the {grid}" for grid in self.arrays)

    def place_on(self, grid: str) -> tuple[int, ...]:
        """Return the place of the cursor's cell in the array of a grid that can be edited."""
        return self.channel, *self.cursor

    def value_at(self, grid: str) -> float:
        """Return the number under the cursor of a grid that can be edited, else of the input."""
        array: Array = getattr(self.operation, self.arrays.get(grid, "input"))
        return float(array[self.place_on(grid)])

    @property
    def cell(self) -> tuple[str, float]:
        """The name and the number of the cell under the keys."""
        row, column = self.cursor_on(self.focus)
        return f"{self.focus}[{row}, {column}]", self.value_at(self.focus)

    def with_cell(self, value: float) -> Self:
        """Write the cell under the keys."""
        return self.edited(self.focus, value)

    def edited(self, grid: str, value: float) -> Self:
        """Write a number under the cursor of a grid."""
        if grid not in self.arrays:
            return self.refused(f"the output is computed; tab to {self.editable} to edit it")
        place = self.place_on(grid)
        if grid == "input":
            cell = self.unmoved(self.cursor)
            if cell is None:
                return self.refused(CAME_IN)
            place = self.channel, *cell
        edit = Edit(grid, place, self.value_at(grid))
        grids = self.edited_grids | {grid}
        return replace(self._written(edit, value), edits=(*self.edits, edit), edited_grids=grids)

    def undone(self) -> Self:
        """Take back the last edit."""
        if not self.edits:
            return self.refused(f"nothing to undo; e edits a cell of {self.editable}")
        edit = self.edits[-1]
        state = replace(self._written(edit, edit.value), edits=self.edits[:-1])
        name = self.arrays[edit.grid]
        now, opened = getattr(state.unshifted or state.operation, name), getattr(self.opened, name)
        same = np.array_equal(now, opened, equal_nan=True)
        return replace(state, edited_grids=self.edited_grids - ({edit.grid} if same else set()))

    def _written(self, edit: Edit, value: float) -> Self:
        operation, name = self.unshifted or self.operation, self.arrays[edit.grid]
        array = getattr(operation, name).copy()
        array[edit.place] = np.float32(value)
        changes: dict[str, Any] = {name: array}
        return self._moved_by(self.shift, replace(operation, **changes))


def following(choices: Sequence[T], now: T) -> T:
    """Return the choice after ``now``, around the end."""
    return choices[(choices.index(now) + 1) % len(choices)]


def grown(pair: Pair, by: int) -> Pair:
    """Return (height, width) with both changed by ``by``."""
    return pair[0] + by, pair[1] + by
