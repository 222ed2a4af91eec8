"""Where windows land: sizes, positions, coverage and what is legal, as torch has it.

Knows no data. The formulas are those of ``torch.nn.Conv2d``, ``MaxPool2d`` and ``AvgPool2d``
(https://docs.pytorch.org/docs/stable/nn.html) and of ATen's ``pooling_output_shape``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from cnntui.errors import UserError

PADDING_MODES = ("zeros", "reflect", "replicate", "circular")
NAMED_PADDINGS = ("valid", "same", "full")

Pair = tuple[int, int]


class IllegalSetting(UserError):
    """A setting torch would refuse; the text gives torch's terms and the nearest legal values."""


def extent(kernel: int, dilation: int) -> int:
    """Return the effective kernel size K + (K−1)(d−1): input cells from first to last tap."""
    return dilation * (kernel - 1) + 1


@dataclass(frozen=True)
class Axis:
    """One axis of a window sliding over an input: the height or the width.

    ``size`` input cells; ``before`` and ``after`` padding cells; ``mode`` one of PADDING_MODES.
    """

    size: int
    kernel: int
    stride: int = 1
    dilation: int = 1
    before: int = 0
    after: int = 0
    mode: str = "zeros"
    ceil: bool = False

    @property
    def extent(self) -> int:
        """Input cells from a window's first tap to its last."""
        return extent(self.kernel, self.dilation)

    @property
    def padded(self) -> int:
        """Cells of the padded input."""
        return self.size + self.before + self.after

    @property
    def span(self) -> range:
        """Indices of the padded input; 0 is the first data cell."""
        return range(-self.before, self.size + self.after)

    @cached_property
    def outputs(self) -> int:
        """Output size ⌊(W + 2P − d(K−1) − 1) / S⌋ + 1; with ``ceil`` ⌈…⌉ as torch rounds it.

        With ``ceil`` the last window is dropped where it would start past the input and its
        leading padding.
        """
        free = self.padded - self.extent
        if free < 0 and not self.ceil:
            return 0
        if not self.ceil:
            return free // self.stride + 1
        count = -(-free // self.stride) + 1
        if (count - 1) * self.stride >= self.size + self.before:
            count -= 1
        return max(count, 0)

    def start(self, output: int) -> int:
        """Return the input index of the first tap of a window; negative in the padding."""
        return output * self.stride - self.before

    def taps(self, output: int) -> range:
        """Return the padded-input indices (0 = first data cell) a window reads."""
        first = self.start(output)
        return range(first, first + self.extent, self.dilation)

    def source(self, index: int) -> int | None:
        """Return the data index that is read at ``index``; None where zeros are read."""
        if 0 <= index < self.size:
            return index
        if self.mode == "zeros" or not -self.before <= index < self.size + self.after:
            return None
        if self.mode == "replicate":
            return 0 if index < 0 else self.size - 1
        if self.mode == "circular":
            return index % self.size
        return -index if index < 0 else 2 * (self.size - 1) - index

    @cached_property
    def reads(self) -> tuple[int, ...]:
        """How often each data cell is read along this axis, over all windows and taps."""
        past = max(0, (self.outputs - 1) * self.stride + self.extent - self.padded)
        counts = [0] * (self.padded + past)
        for tap in range(0, self.extent, self.dilation):
            for index in range(tap, tap + self.outputs * self.stride, self.stride):
                counts[index] += 1
        data = counts[self.before : self.before + self.size]
        for index in self._padding():
            source = self.source(index)
            if source is not None:
                data[source] += counts[index + self.before]
        return tuple(data)

    def _padding(self) -> tuple[int, ...]:
        return (*range(-self.before, 0), *range(self.size, self.size + self.after))

    def readers(self, cell: int) -> tuple[int, ...]:
        """Return the outputs whose window reads the data cell, in order, each once."""
        if self.mode == "zeros":
            return tuple(self._readers_at(cell))
        readers = (self._readers_at(index) for index in self._images(cell))
        return tuple(sorted({output for outputs in readers for output in outputs}))

    def _images(self, cell: int) -> Iterator[int]:
        """Yield every padded index at which the data cell is read."""
        yield cell
        yield from (index for index in self._padding() if self.source(index) == cell)

    def _readers_at(self, index: int) -> Iterator[int]:
        last = (index + self.before) // self.stride
        first = -((self.extent - 1 - index - self.before) // self.stride)
        for output in range(max(0, first), min(last, self.outputs - 1) + 1):
            if (index - self.start(output)) % self.dilation == 0:
                yield output


@dataclass(frozen=True)
class AdaptiveAxis(Axis):
    """One axis of adaptive pooling: ``target`` outputs share ``size`` cells as torch shares them.

    Window i is [⌊i·W/O⌋, ⌈(i+1)·W/O⌉); windows overlap where O does not divide W.
    """

    target: int = 1

    @property
    def extent(self) -> int:
        """Cells of the largest window."""
        return max(len(self.taps(output)) for output in range(self.target))

    @cached_property
    def outputs(self) -> int:
        """The target itself."""
        return self.target

    def start(self, output: int) -> int:
        """Return the first cell of a window."""
        return output * self.size // self.target

    def taps(self, output: int) -> range:
        """Return the cells of a window."""
        return range(self.start(output), -(-(output + 1) * self.size // self.target))

    @cached_property
    def reads(self) -> tuple[int, ...]:
        """How often each cell is read."""
        counts = [0] * self.size
        for output in range(self.target):
            for index in self.taps(output):
                counts[index] += 1
        return tuple(counts)

    def readers(self, cell: int) -> tuple[int, ...]:
        """Return the outputs whose window holds the cell."""
        first = cell * self.target // self.size
        near = range(max(0, first - 1), min(self.target, first + self.target // self.size + 2))
        return tuple(output for output in near if cell in self.taps(output))


@dataclass(frozen=True)
class Window:
    """A rectangular window over a (height, width) input: one Axis each."""

    rows: Axis
    columns: Axis

    @property
    def output(self) -> Pair:
        """The output's (height, width)."""
        return self.rows.outputs, self.columns.outputs

    @property
    def extent(self) -> Pair:
        """The receptive field (height, width) of one output cell of this one operation."""
        return self.rows.extent, self.columns.extent

    @cached_property
    def never_read(self) -> int:
        """Number of cells of one channel that no window reads."""
        read = sum(map(bool, self.rows.reads)) * sum(map(bool, self.columns.reads))
        return self.rows.size * self.columns.size - read

    def reads(self, row: int, column: int) -> int:
        """Return how often the data cell is read."""
        return self.rows.reads[row] * self.columns.reads[column]

    def readers(self, row: int, column: int) -> list[Pair]:
        """Return the output cells that read the data cell, over rows, then columns."""
        columns = self.columns.readers(column)
        return [(r, c) for r in self.rows.readers(row) for c in columns]


def same_padding(kernel: int, dilation: int) -> Pair:
    """Return torch's (before, after) for ``padding="same"``: the odd cell goes after."""
    total = dilation * (kernel - 1)
    return total // 2, total - total // 2


def keras_same_padding(size: int, kernel: int, stride: int, dilation: int = 1) -> Pair:
    """Return Keras' (before, after) for ``padding="same"``, whose output is ⌈W/S⌉."""
    outputs = -(-size // stride)
    total = max(0, (outputs - 1) * stride + extent(kernel, dilation) - size)
    return total // 2, total - total // 2


def formula(axis: Axis) -> str:
    """Write the output size of ``axis`` with its numbers put in."""
    if isinstance(axis, AdaptiveAxis):
        return f"the size asked for = {axis.outputs}"
    padding = f"2·{axis.before}" if axis.before == axis.after else f"{axis.before} + {axis.after}"
    left, right = ("⌈", "⌉") if axis.ceil else ("⌊", "⌋")
    inner = f"({axis.size} + {padding} - {axis.dilation}·({axis.kernel}-1) - 1) / {axis.stride}"
    dropped = axis.ceil and axis.outputs <= -(-(axis.padded - axis.extent) // axis.stride)
    note = ", less 1 that would start past the input" if dropped else ""
    return f"{left}{inner}{right} + 1{note} = {axis.outputs}"
