"""The Convolution pane's state: what the user chose, and every verb that changes it.

Knows no screen. A verb that torch would refuse returns the same state with its ``problem`` set.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from cnntui.engine.convolution import ACTIVATIONS, Convolution, output_sample
from cnntui.engine.geometry import NAMED_PADDINGS, PADDING_MODES, Pair, Window
from cnntui.engine.shift import shifted
from cnntui.engine.weights import divisors, regrouped, weight_for
from cnntui.errors import UserError
from cnntui.parts.boards.grids import Scale, shared
from cnntui.parts.stepping.state import CAME_IN, SHIFTS, Edit, Stepper, following, grown
from cnntui.sources.inputs import Input
from cnntui.sources.kernels import Kernel, resized

READ = ("device", "cells", "gray")  # settings of the state, not of the operation
GRIDS = ("output", "input", "kernel")


@dataclass(frozen=True, eq=False, kw_only=True)
class ConvolutionState(Stepper):
    """One convolution on the screen.

    ``opened`` is what a reset goes back to; ``base`` is the convolution of the unshifted input
    while the shift test is on. ``tap`` is the kernel cell under the keys, ``im2col`` whether the
    step is shown as a matrix row.
    """

    conv: Convolution
    opened: Convolution
    input_name: str
    kernel_name: str
    base: Convolution | None = None
    tap: Pair = (0, 0)
    im2col: bool = False

    @classmethod
    def of(cls, source: Input, kernel: Kernel, groups: int = 1, **settings: object) -> Self:
        """Open an input with a kernel; ``settings`` are those of Convolution and READ."""
        read = {name: settings.pop(name) for name in READ if name in settings}
        weight = weight_for(kernel.values, source.values.shape[0], groups)
        conv = Convolution(source.values, weight, groups=groups, **settings)  # type: ignore[arg-type]
        state = cls(
            conv=conv,
            opened=conv,
            input_name=source.name,
            kernel_name=kernel.name,
            kind=source.kind,
            **read,  # type: ignore[arg-type]
        )
        return state._measured().follow()

    @classmethod
    def on_layer(cls, conv: Convolution, input_name: str, kernel_name: str) -> Self:
        """Open a layer of a network on what flows into it."""
        state = cls(conv=conv, opened=conv, input_name=input_name, kernel_name=kernel_name)
        return state._measured().follow()

    @property
    def grids(self) -> tuple[str, ...]:
        """Output, input, kernel."""
        return GRIDS

    @property
    def outputs(self) -> tuple[str, ...]:
        """The output alone moves the step."""
        return ("output",)

    @property
    def window(self) -> Window:
        """Where the kernel lands."""
        return self.conv.window

    @property
    def planes(self) -> int:
        """Number of filters."""
        return self.conv.filters

    @property
    def input_size(self) -> tuple[int, int, int]:
        """(C, H, W)."""
        return self.conv.input_shape

    @property
    def filter(self) -> int:
        """The filter on view."""
        return self.place[0]

    @property
    def kernel_channel(self) -> int:
        """The channel of the filter on view, for the input channel on view."""
        per_group = self.conv.weight_shape[1]
        at = self.channel - self.conv.group_of(self.filter)
        return at if 0 <= at < per_group else 0

    @property
    def channel_takes_part(self) -> bool:
        """Whether the filter on view reads the channel on view."""
        first = self.conv.group_of(self.filter)
        return first <= self.channel < first + self.conv.weight_shape[1]

    def to_filter(self, by: int) -> Self:
        """Show the same cell of another filter, around the end."""
        return self.to_plane(self.filter + by)

    # changes of the operation

    def _changed(self, **changes: object) -> Self:
        """Return the state with other settings, or the same one where torch would refuse."""
        try:
            conv = replace(self.conv, **changes)  # type: ignore[arg-type]
            base = replace(self.base, **changes) if self.base else None  # type: ignore[arg-type]
        except UserError as problem:
            return self.refused(problem)
        return self._holding(conv, base)

    def _holding(self, conv: Convolution, base: Convolution | None) -> Self:
        """Return the state on another convolution, at the nearest cell to the present one."""
        kept = conv.weight.shape == self.conv.weight.shape
        moved = replace(
            self,
            conv=conv,
            base=base,
            edits=tuple(edit for edit in self.edits if kept or edit.grid != "kernel"),
            tap=(min(self.tap[0], conv.kernel[0] - 1), min(self.tap[1], conv.kernel[1] - 1)),
            **self.settled(conv.filters, conv.window.output, conv.input_shape),
        )
        return moved._measured().follow()

    def _measured(self) -> Self:
        """Return the state with the widths and colours of its numbers measured anew."""
        conv = self.conv
        scales = Scale.of(conv.input), Scale.of(conv.weight), Scale.of(output_sample(conv))
        return replace(self, scales=scales)

    def resized(self, by: int) -> Self:
        """Grow or shrink the kernel, both sides by as many cells."""
        height, width = self.conv.kernel
        size = max(1, height + by), max(1, width + by)
        if size == self.conv.kernel:
            return self.refused("a kernel has at least one cell; w makes it larger")
        return self._changed(weight=resized(self._kernel_to_redraw, self.conv.weight, size))

    @property
    def _kernel_to_redraw(self) -> str:
        """The kernel's name, by which a larger one is drawn; none for an edited one."""
        return "" if "kernel" in self.edited_grids else self.kernel_name

    def strided(self, by: int) -> Self:
        """Change the stride."""
        return self._changed(stride=grown(self.conv.stride, by))

    def dilated(self, by: int) -> Self:
        """Change the dilation."""
        return self._changed(dilation=grown(self.conv.dilation, by))

    def padded(self, by: int) -> Self:
        """Change the padding as a number, from the one in force."""
        (top, _), (left, _) = self.conv.pads
        return self._changed(padding=grown((top, left), by))

    def padded_by_name(self) -> Self:
        """Pad ``valid``, then ``same``, then ``full``."""
        now = self.conv.padding
        at = NAMED_PADDINGS.index(now) + 1 if isinstance(now, str) else 0
        return self._changed(padding=NAMED_PADDINGS[at % len(NAMED_PADDINGS)])

    def in_next_mode(self) -> Self:
        """Fill the padding in the next mode."""
        return self._changed(padding_mode=following(PADDING_MODES, self.conv.padding_mode))

    def activated(self) -> Self:
        """Apply the next activation."""
        return self._changed(activation=following(tuple(ACTIVATIONS), self.conv.activation))

    def biased(self, values: tuple[float, ...] | None) -> Self:
        """Give the filters a bias: one number, or one a filter; None takes it away."""
        if values is None:
            return self._changed(bias=None)
        filters = self.conv.filters
        spread = values * filters if len(values) == 1 else values
        return self._changed(bias=np.array(spread, np.float32))

    def with_bias_or_without(self) -> Self:
        """Add a bias of zeros, or take the bias away."""
        return self.biased((0.0,) if self.conv.bias is None else None)

    def grouped(self) -> Self:
        """Split the channels into the next number of groups."""
        conv = self.conv
        repeats = conv.filters in (1, conv.groups)
        legal = [n for n in divisors(conv.channels) if repeats or conv.filters % n == 0]
        groups = following(tuple(legal), conv.groups)
        weight = regrouped(conv.weight, conv.channels, groups)
        bias = conv.bias
        if bias is not None:
            bias = bias[np.arange(len(weight)) % len(bias)]
        return self._changed(weight=weight, groups=groups, bias=bias)

    def with_input(self, source: Input, cells: int | None = None, gray: bool = False) -> Self:
        """Slide over another input, from the first step; a kernel of other channels is fitted."""
        conv, channels = self.conv, source.values.shape[0]
        groups = conv.groups if channels % conv.groups == 0 else 1
        weight = regrouped(conv.weight, channels, groups)
        bias = None if conv.bias is None else conv.bias[np.arange(len(weight)) % len(conv.bias)]
        changes = {"input": source.values, "weight": weight, "groups": groups, "bias": bias}
        names = {"input_name": source.name, "kind": source.kind, "cells": cells, "gray": gray}
        return self._opened("input", changes, **names)

    def with_kernel(self, kernel: Kernel) -> Self:
        """Slide another kernel over the input, from the first step."""
        groups = self.conv.groups if kernel.values.ndim == 2 else 1
        try:
            weight = weight_for(kernel.values, self.conv.channels, groups)
        except UserError as problem:
            return self.refused(problem)
        bias = None if self.conv.bias is None else np.zeros(len(weight), np.float32)
        changes = {"weight": weight, "groups": groups, "bias": bias}
        return self._opened("kernel", changes, kernel_name=kernel.name)

    def _opened(self, grid: str, changes: dict[str, object], **names: object) -> Self:
        still = replace(self, conv=self.base or self.conv, base=None, shift=0)
        changed = still._changed(**changes)
        if changed.problem:
            return self.refused(changed.problem)
        opened = replace(changed, opened=changed.conv, edits=()).restarted()
        edited = self.edited_grids - {grid}
        return replace(opened, edited_grids=edited, **names)  # type: ignore[arg-type]

    def reset(self) -> Self:
        """Undo every edit and setting since the input and kernel were chosen; first step."""
        fresh = self._holding(self.opened, None)
        return replace(
            fresh, edits=(), edited_grids=frozenset(), shift=0, coverage=False, im2col=False
        ).restarted()

    def with_step_as_row(self) -> Self:
        """Show, or hide, the step as a row of the im2col matrix."""
        return replace(self, im2col=not self.im2col, problem="")

    def shifted(self) -> Self:
        """Move the input by one cell: right, down, left, up, and back."""
        shift = (self.shift + 1) % len(SHIFTS)
        moved = self._moved(self.base or self.conv, shift)
        return moved.all_seen() if shift else moved

    def _moved(self, base: Convolution, shift: int) -> Self:
        """Return the state on ``base`` with its input moved; 0 is no shift."""
        if not shift:
            return replace(self._holding(base, None), shift=0)
        conv = replace(base, input=shifted(base.input, SHIFTS[shift][1]))
        return replace(self._holding(conv, base), shift=shift)

    # the kernel's cursor, and edits

    def cursor_on(self, grid: str) -> Pair:
        """Return the cursor's cell on a grid."""
        return self.tap if grid == "kernel" else super().cursor_on(grid)

    def pointed(self, grid: str, row: int, column: int) -> Self:
        """Put the cursor on the nearest cell of the input or the kernel and focus it."""
        if grid != "kernel":
            return super().pointed(grid, row, column)
        height, width = self.conv.kernel
        tap = max(0, min(row, height - 1)), max(0, min(column, width - 1))
        return replace(self, tap=tap, focus=grid, problem="").follow()

    def value_at(self, grid: str) -> float:
        """Return the number under the cursor of the input or the kernel."""
        if grid == "kernel":
            return float(self.conv.weight[(self.filter, self.kernel_channel, *self.tap)])
        return float(self.conv.input[(self.channel, *self.cursor)])

    def edited(self, grid: str, value: float) -> Self:
        """Write a number under the cursor of the input or the kernel."""
        if grid not in ("input", "kernel"):
            return self.refused("the output is computed; tab to the input or the kernel to edit it")
        place: tuple[int, ...] = (self.filter, self.kernel_channel, *self.tap)
        if grid == "input":
            cell = self.unmoved(self.cursor)
            if cell is None:
                return self.refused(CAME_IN)
            place = self.channel, *cell
        edit = Edit(grid, place, self.value_at(grid))
        written = self._written(edit, value)
        grids = self.edited_grids | {grid}
        return replace(written, edits=(*self.edits, edit), edited_grids=grids)

    def undone(self) -> Self:
        """Take back the last edit."""
        if not self.edits:
            return self.refused("nothing to undo; e edits a cell of the input or the kernel")
        edit = self.edits[-1]
        undone = replace(self._written(edit, edit.value), edits=self.edits[:-1])
        name = "weight" if edit.grid == "kernel" else "input"
        now, opened = getattr(undone.base or undone.conv, name), getattr(undone.opened, name)
        same = np.array_equal(now, opened, equal_nan=True)
        gone = {edit.grid} if same else set()
        return replace(undone, edited_grids=self.edited_grids - gone)

    def _written(self, edit: Edit, value: float) -> Self:
        base = self.base or self.conv
        name = "weight" if edit.grid == "kernel" else "input"
        array = getattr(base, name).copy()
        array[edit.place] = np.float32(value)
        return self._moved(replace(base, **{name: array}), self.shift)

    def follow(self) -> Self:
        """Move every viewport to the cursor, and the channel on view to the filter's group."""
        ports = dict(self.viewports)
        for grid, (board, wanted, scale) in self._boards().items():
            port = self.viewport(grid)
            ports[grid] = port.following(*wanted, board, scale.cell_in(self.view))
        channel = self.channel
        if not self.channel_takes_part and self.conv.groups > 1:
            channel = self.conv.group_of(self.filter)
        return replace(self, viewports=ports, channel=channel)

    @property
    def tallest(self) -> int:
        """Rows of the tallest board."""
        return max(len(board[0]) for board, _, _ in self._boards().values())

    def widths(self, total: int) -> dict[str, int]:
        """Share ``total`` characters among the boards: the kernel first, then as they need."""
        need = {
            grid: len(board[1]) * scale.cell_in(self.view) + 2
            for grid, (board, _, scale) in self._boards().items()
        }
        return shared(need, total)

    def _boards(self) -> dict[str, tuple[tuple[range, range], tuple[range, range], Scale]]:
        """Return each grid's rows and columns, those to be in view, and its scale."""
        rows, columns = self.window.rows, self.window.columns
        _, row, column = self.place
        top, left = rows.start(row), columns.start(column)
        board = rows.span, columns.span
        lit = range(top, top + rows.extent), range(left, left + columns.extent)
        at, tap = self.cursor, self.tap
        cursor = range(at[0], at[0] + 1), range(at[1], at[1] + 1)
        height, width = self.conv.kernel
        return {
            "input": (board, cursor if self.focus == "input" else lit, self.scales[0]),
            "kernel": (
                (range(height), range(width)),
                (range(tap[0], tap[0] + 1), range(tap[1], tap[1] + 1)),
                self.scales[1],
            ),
            "output": (
                (range(rows.outputs), range(columns.outputs)),
                (range(row, row + 1), range(column, column + 1)),
                self.scales[2],
            ),
        }
