"""The Convolution pane's state: what the user chose, and every verb that changes it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from cnntui.engine.convolution import ACTIVATIONS, Convolution, output_sample
from cnntui.engine.geometry import NAMED_PADDINGS, PADDING_MODES, Pair
from cnntui.engine.padded import Array
from cnntui.engine.weights import divisors, regrouped, weight_for
from cnntui.errors import UserError
from cnntui.parts.boards.grids import Scale
from cnntui.parts.stepping.state import READ, Stepper, following, grown
from cnntui.parts.stepping.walk import Area
from cnntui.sources.inputs import Input
from cnntui.sources.kernels import Kernel, resized


@dataclass(frozen=True, eq=False, kw_only=True)
class ConvolutionState(Stepper[Convolution]):
    """One convolution on the screen.

    ``tap`` is the kernel cell under the keys, ``im2col`` whether the step is shown as a matrix
    row.
    """

    boards = ("input", "kernel", "output")
    grids = ("output", "input", "kernel")
    outputs = ("output",)
    arrays = {"input": "input", "kernel": "weight"}

    kernel_name: str
    tap: Pair = (0, 0)
    im2col: bool = False

    @classmethod
    def of(cls, source: Input, kernel: Kernel, groups: int = 1, **settings: Any) -> Self:
        """Open an input with a kernel; ``settings`` are those of Convolution and READ."""
        read = {name: settings.pop(name) for name in READ if name in settings}
        weight = weight_for(kernel.values, source.values.shape[0], groups)
        conv = Convolution(source.values, weight, groups=groups, **settings)
        return replace(cls.on_layer(conv, source.name, kernel.name), kind=source.kind, **read)

    @classmethod
    def on_layer(cls, conv: Convolution, input_name: str, kernel_name: str) -> Self:
        """Open a layer of a network on what flows into it."""
        return cls(
            operation=conv, opened=conv, input_name=input_name, kernel_name=kernel_name
        ).measured()

    @property
    def conv(self) -> Convolution:
        """The convolution."""
        return self.operation

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

    def settled(self, operation: Convolution) -> dict[str, Any]:
        """Keep the kernel's cursor inside as well; edits of a kernel of another shape are gone."""
        kept = operation.weight.shape == self.conv.weight.shape
        (height, width), (row, column) = operation.kernel, self.tap
        return super().settled(operation) | {
            "edits": tuple(edit for edit in self.edits if kept or edit.grid != "kernel"),
            "tap": (min(row, height - 1), min(column, width - 1)),
        }

    def board_scales(self) -> tuple[Scale, Scale, Scale]:
        """Measure the input, the kernel and a part of the output."""
        conv = self.conv
        return Scale.of(conv.input), Scale.of(conv.weight), Scale.of(output_sample(conv))

    def resized(self, by: int) -> Self:
        """Grow or shrink the kernel, both sides by as many cells."""
        height, width = self.conv.kernel
        size = max(1, height + by), max(1, width + by)
        if size == self.conv.kernel:
            return self.refused("a kernel has at least one cell; w makes it larger")
        return self.changed(weight=resized(self._kernel_to_redraw, self.conv.weight, size))

    @property
    def _kernel_to_redraw(self) -> str:
        """The kernel's name, by which a larger one is drawn; none for an edited one."""
        return "" if "kernel" in self.edited_grids else self.kernel_name

    def strided(self, by: int) -> Self:
        """Change the stride."""
        return self.changed(stride=grown(self.conv.stride, by))

    def dilated(self, by: int) -> Self:
        """Change the dilation."""
        return self.changed(dilation=grown(self.conv.dilation, by))

    def padded(self, by: int) -> Self:
        """Change the padding as a number, from the one in force."""
        (top, _), (left, _) = self.conv.pads
        return self.changed(padding=grown((top, left), by))

    def padded_by_name(self) -> Self:
        """Pad ``valid``, then ``same``, then ``full``."""
        now = self.conv.padding
        at = NAMED_PADDINGS.index(now) + 1 if isinstance(now, str) else 0
        return self.changed(padding=NAMED_PADDINGS[at % len(NAMED_PADDINGS)])

    def in_next_mode(self) -> Self:
        """Fill the padding in the next mode."""
        return self.changed(padding_mode=following(PADDING_MODES, self.conv.padding_mode))

    def activated(self) -> Self:
        """Apply the next activation."""
        return self.changed(activation=following(tuple(ACTIVATIONS), self.conv.activation))

    def biased(self, values: tuple[float, ...] | None) -> Self:
        """Give the filters a bias: one number, or one a filter; None takes it away."""
        if values is None:
            return self.changed(bias=None)
        filters = self.conv.filters
        spread = values * filters if len(values) == 1 else values
        return self.changed(bias=np.array(spread, np.float32))

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
        return self.changed(weight=weight, groups=groups, bias=bias)

    def fitted(self, values: Array) -> dict[str, Any]:
        """Fit a kernel of other channels to another input."""
        conv, channels = self.conv, values.shape[0]
        groups = conv.groups if channels % conv.groups == 0 else 1
        weight = regrouped(conv.weight, channels, groups)
        bias = None if conv.bias is None else conv.bias[np.arange(len(weight)) % len(conv.bias)]
        return {"input": values, "weight": weight, "groups": groups, "bias": bias}

    def with_kernel(self, kernel: Kernel) -> Self:
        """Slide another kernel over the input, from the first step."""
        groups = self.conv.groups if kernel.values.ndim == 2 else 1
        try:
            weight = weight_for(kernel.values, self.conv.channels, groups)
        except UserError as problem:
            return self.refused(problem)
        bias = None if self.conv.bias is None else np.zeros(len(weight), np.float32)
        changes = {"weight": weight, "groups": groups, "bias": bias}
        return self.opened_anew("kernel", changes, kernel_name=kernel.name)

    def reset(self) -> Self:
        """Undo every edit and setting since the input and kernel were chosen; first step."""
        return replace(super().reset(), im2col=False)

    def with_step_as_row(self) -> Self:
        """Show, or hide, the step as a row of the im2col matrix."""
        return replace(self, im2col=not self.im2col, problem="")

    # the kernel

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

    def place_on(self, grid: str) -> tuple[int, ...]:
        """Return the place of the cursor's cell in the input or the weight."""
        if grid == "kernel":
            return self.filter, self.kernel_channel, *self.tap
        return super().place_on(grid)

    def area(self, grid: str) -> Area:
        """Return the rows and columns of a board."""
        if grid == "kernel":
            return range(self.conv.kernel[0]), range(self.conv.kernel[1])
        return super().area(grid)

    @property
    def nearest_channel(self) -> int:
        """The channel on view, or the first of the filter's group."""
        if self.channel_takes_part or self.conv.groups == 1:
            return self.channel
        return self.conv.group_of(self.filter)
