"""The Pooling pane's state: one window on one input, pooled by maximum and by average.

Knows no screen. A verb that torch would refuse returns the same state with its ``problem`` set.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from cnntui.engine.geometry import Window
from cnntui.engine.pooling import Pooling, pooled_block
from cnntui.engine.shift import shifted
from cnntui.errors import UserError
from cnntui.parts.boards.grids import Scale, shared
from cnntui.parts.stepping.state import CAME_IN, SHIFTS, Edit, Stepper, grown
from cnntui.sources.inputs import Input

GRIDS = ("maximum", "average", "input")
READ = ("device", "cells", "gray")  # settings of the state, not of the operation
PARTNERS = {"max": "avg", "global-max": "global-avg", "adaptive-max": "adaptive-avg"}
PARTNERS |= {average: maximum for maximum, average in PARTNERS.items()}
FAMILIES = ("max", "global-max", "adaptive-max")


@dataclass(frozen=True, eq=False, kw_only=True)
class PoolingState(Stepper):
    """One pooling window on the screen, with a maximum and an average under it.

    ``chosen`` is the pooling the command line asked for, ``partner`` the other one with the same
    window: None where torch has none (average pooling has no dilation). ``opened`` is what a reset
    goes back to, ``unshifted`` the input while the shift test is on.
    """

    chosen: Pooling
    partner: Pooling | None
    opened: Pooling
    input_name: str
    unshifted: Pooling | None = None

    @classmethod
    def of(cls, source: Input, **settings: object) -> Self:
        """Open an input; ``settings`` are those of Pooling and READ."""
        read = {name: settings.pop(name) for name in READ if name in settings}
        pool = Pooling(source.values, **settings)  # type: ignore[arg-type]
        state = cls(
            chosen=pool,
            partner=partner_of(pool),
            opened=pool,
            input_name=source.name,
            focus="maximum" if pool.takes_maximum else "average",
            kind=source.kind,
            **read,  # type: ignore[arg-type]
        )
        return state._measured().follow()

    @classmethod
    def on_layer(cls, pool: Pooling, input_name: str) -> Self:
        """Open a layer of a network on what flows into it."""
        focus = "maximum" if pool.takes_maximum else "average"
        state = cls(
            chosen=pool,
            partner=partner_of(pool),
            opened=pool,
            input_name=input_name,
            focus=focus,
        )
        return state._measured().follow()

    @property
    def grids(self) -> tuple[str, ...]:
        """Maximum, average, input."""
        return GRIDS

    @property
    def outputs(self) -> tuple[str, ...]:
        """On both pooled boards the keys move the step."""
        return GRIDS[:2]

    @property
    def window(self) -> Window:
        """Where the windows lie."""
        return self.chosen.window

    @property
    def planes(self) -> int:
        """Number of channels."""
        return self.chosen.channels

    @property
    def input_size(self) -> tuple[int, int, int]:
        """(C, H, W)."""
        return self.chosen.input_shape

    @property
    def pools(self) -> dict[str, Pooling | None]:
        """The pooling of each board."""
        if self.chosen.takes_maximum:
            return {"maximum": self.chosen, "average": self.partner}
        return {"maximum": self.partner, "average": self.chosen}

    def unshifted_pool(self, grid: str) -> Pooling | None:
        """Return a board's pooling of the input that was not moved; None where none was."""
        pool = self.pools[grid]
        if self.unshifted is None or pool is None:
            return None
        return replace(pool, input=self.unshifted.input)

    # changes of the operation

    def _changed(self, **changes: object) -> Self:
        try:
            pool = replace(self.chosen, **changes)  # type: ignore[arg-type]
            base = replace(self.unshifted, **changes) if self.unshifted else None  # type: ignore[arg-type]
        except UserError as problem:
            return self.refused(problem)
        return self._holding(pool, base)

    def _holding(self, pool: Pooling, unshifted: Pooling | None) -> Self:
        changes = self.settled(pool.channels, pool.window.output, pool.input_shape)
        moved = replace(self, chosen=pool, partner=partner_of(pool), unshifted=unshifted, **changes)
        return moved._measured().follow()

    def _measured(self) -> Self:
        """Return the state with the widths and colours of its numbers measured anew."""
        whole, pools = Scale.of(self.chosen.input), self.pools
        maximum, average = (Scale(_scale_of(pools[grid]).cell, whole.limit) for grid in GRIDS[:2])
        return replace(self, scales=(whole, maximum, average))

    def resized(self, by: int) -> Self:
        """Change the window's size, or the output size of an adaptive pooling."""
        if self.chosen.kind.startswith("global"):
            return self.refused("a global pool takes the whole input; g goes back to a window")
        name = "output_size" if self.chosen.kind.startswith("adaptive") else "size"
        return self._changed(**{name: grown(getattr(self.chosen, name), by)})

    def _windowed(self, **changes: object) -> Self:
        if self.chosen.kind not in ("max", "avg"):
            return self.refused(f"{self.chosen.kind} pooling has no such setting; g or A ends it")
        return self._changed(**changes)

    def strided(self, by: int) -> Self:
        """Change the stride; until then it is the window's size."""
        return self._windowed(stride=grown(self.chosen.strides, by))

    def padded(self, by: int) -> Self:
        """Change the padding."""
        return self._windowed(padding=grown(self.chosen.padding, by))

    def dilated(self, by: int) -> Self:
        """Change the dilation; the maximum alone has one."""
        state = self if self.chosen.takes_maximum else self._kind(PARTNERS[self.chosen.kind])
        dilated = state._windowed(dilation=grown(self.chosen.dilation, by))
        return self.refused(dilated.problem) if dilated.problem else dilated

    def with_ceil(self) -> Self:
        """Round the output size up, or down."""
        return self._windowed(ceil_mode=not self.chosen.ceil_mode)

    def with_padding_counted(self) -> Self:
        """Leave the padding out of averages, or take it in."""
        return self._windowed(exclude_pad=not self.chosen.exclude_pad)

    def globally(self) -> Self:
        """Take the whole input as one window, or go back to a sliding one."""
        return self._to_family("global-max")

    def adaptively(self) -> Self:
        """Share the input among a chosen number of outputs, or go back to a sliding window."""
        state = self._to_family("adaptive-max")
        if state.problem:
            return state
        if state.chosen.kind.startswith("adaptive") and state.chosen.output_size == (1, 1):
            return state._changed(output_size=(2, 2))
        return state

    def _to_family(self, family: str) -> Self:
        now = self.chosen.kind
        maximum = now if self.chosen.takes_maximum else PARTNERS[now]
        wanted = FAMILIES[0] if maximum == family else family
        return self._kind(wanted if self.chosen.takes_maximum else PARTNERS[wanted])

    def _kind(self, kind: str) -> Self:
        return self._changed(kind=kind)

    def on(self, grid: str) -> Self:
        """Focus a grid; the pooling of a pooled board becomes the chosen one."""
        state = super().on(grid)
        return state._with_chosen(grid)

    def focused(self, by: int = 1) -> Self:
        """Focus the next grid."""
        state = super().focused(by)
        return state._with_chosen(state.focus)

    def _with_chosen(self, grid: str) -> Self:
        pool = self.pools.get(grid)
        if pool is None or pool is self.chosen:
            return self
        unshifted = self.unshifted_pool(grid)
        return replace(self, chosen=pool, partner=self.chosen, unshifted=unshifted)

    def with_input(self, source: Input, cells: int | None = None, gray: bool = False) -> Self:
        """Pool another input, from the first step."""
        changed = replace(self, unshifted=None, shift=0)._changed(input=source.values)
        if changed.problem:
            return self.refused(changed.problem)
        names = {"input_name": source.name, "kind": source.kind, "cells": cells, "gray": gray}
        named = replace(changed, edits=(), edited_grids=frozenset(), **names)  # type: ignore[arg-type]
        return replace(named, opened=changed.chosen).restarted()

    def reset(self) -> Self:
        """Undo every edit and setting since the input was chosen; first step."""
        fresh = self._holding(self.opened, None)
        return replace(
            fresh, edits=(), edited_grids=frozenset(), shift=0, coverage=False
        ).restarted()

    def shifted(self) -> Self:
        """Move the input by one cell: right, down, left, up, and back."""
        shift = (self.shift + 1) % len(SHIFTS)
        moved = self._moved(self.unshifted or self.chosen, shift)
        return moved.all_seen() if shift else moved

    def _moved(self, base: Pooling, shift: int) -> Self:
        """Return the state on ``base`` with its input moved; 0 is no shift."""
        if not shift:
            return replace(self._holding(base, None), shift=0)
        pool = replace(base, input=shifted(base.input, SHIFTS[shift][1]))
        return replace(self._holding(pool, base), shift=shift)

    # edits

    def value_at(self, grid: str) -> float:
        """Return the number under the cursor of the input."""
        return float(self.chosen.input[(self.channel, *self.cursor)])

    def edited(self, grid: str, value: float) -> Self:
        """Write a number under the cursor of the input."""
        if grid != "input":
            return self.refused("the output is computed; tab to the input to edit it")
        cell = self.unmoved(self.cursor)
        if cell is None:
            return self.refused(CAME_IN)
        place = (self.channel, *cell)
        edit = Edit(grid, place, self.value_at(grid))
        written = self._written(place, value)
        return replace(written, edits=(*self.edits, edit), edited_grids=frozenset({grid}))

    def undone(self) -> Self:
        """Take back the last edit."""
        if not self.edits:
            return self.refused("nothing to undo; e edits a cell of the input")
        edit = self.edits[-1]
        left = self.edits[:-1]
        still = self.edited_grids if left else frozenset()
        return replace(self._written(edit.place, edit.value), edits=left, edited_grids=still)

    def _written(self, place: tuple[int, ...], value: float) -> Self:
        base = self.unshifted or self.chosen
        array = base.input.copy()
        array[place] = np.float32(value)
        return self._moved(replace(base, input=array), self.shift)

    def to_channel(self, channel: int) -> Self:
        """Show another channel of the input and of what is pooled from it."""
        channel %= self.input_size[0]
        return replace(self, channel=channel).to_plane(channel)

    def follow(self) -> Self:
        """Move every viewport to its cursor; the channel on view is the step's."""
        ports = dict(self.viewports)
        for grid, (board, wanted, scale) in self._boards().items():
            ports[grid] = self.viewport(grid).following(*wanted, board, scale.cell_in(self.view))
        return replace(self, viewports=ports, channel=self.place[0])

    @property
    def tallest(self) -> int:
        """Rows of the tallest board."""
        return max(len(board[0]) for board, _, _ in self._boards().values())

    def widths(self, total: int) -> dict[str, int]:
        """Share ``total`` characters among the boards."""
        need = {
            grid: len(board[1]) * scale.cell_in(self.view) + 2
            for grid, (board, _, scale) in self._boards().items()
        }
        return shared(need, total)

    def _boards(self) -> dict[str, tuple[tuple[range, range], tuple[range, range], Scale]]:
        """Return each grid's rows and columns, those to be in view, and its scale."""
        rows, columns = self.window.rows, self.window.columns
        _, row, column = self.place
        top, left, at = rows.start(row), columns.start(column), self.cursor
        if self.focus == "input":
            seen = range(at[0], at[0] + 1), range(at[1], at[1] + 1)
        else:
            seen = range(top, top + rows.extent), range(left, left + columns.extent)
        pooled = range(rows.outputs), range(columns.outputs)
        step = range(row, row + 1), range(column, column + 1)
        return {
            "input": ((rows.span, columns.span), seen, self.scales[0]),
            "maximum": (pooled, step, self.scales[1]),
            "average": (pooled, step, self.scales[2]),
        }


def partner_of(pool: Pooling) -> Pooling | None:
    """Return the maximum's average or the average's maximum; None where torch has none."""
    try:
        return replace(pool, kind=PARTNERS[pool.kind])
    except UserError:
        return None


def _scale_of(pool: Pooling | None, side: int = 32, channels: int = 8) -> Scale:
    """Measure the first pooled cells of the first channels; they tell the width of all."""
    if pool is None:
        return Scale(2, 1.0)
    height, width = pool.window.output
    rows, columns = range(min(height, side)), range(min(width, side))
    first = range(min(pool.channels, channels))
    return Scale.of(*(pooled_block(pool, channel, rows, columns) for channel in first))
