"""Max, average, global and adaptive pooling done openly: the window, its value, the winner.

Knows no torch: ``reference`` computes the same with it. Float64 sums of float32 data, as in
``convolution``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from cnntui.engine import legality
from cnntui.engine.geometry import AdaptiveAxis, Axis, IllegalSetting, Pair, Window
from cnntui.engine.padded import Array, Wide

KINDS = ("max", "avg", "global-max", "global-avg", "adaptive-avg", "adaptive-max")


@dataclass(frozen=True, eq=False)
class Pooling:
    """One legal pooling of one input (C, H, W).

    ``stride`` None means the kernel size, as in torch. ``output_size`` belongs to adaptive pooling,
    ``exclude_pad`` to avg (torch's ``count_include_pad=False``), ``dilation`` to max. Raises
    IllegalSetting where torch would refuse.
    """

    input: Array
    kind: str = "max"
    size: Pair = (2, 2)
    stride: Pair | None = None
    padding: Pair = (0, 0)
    dilation: Pair = (1, 1)
    ceil_mode: bool = False
    exclude_pad: bool = False
    output_size: Pair = (1, 1)

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise IllegalSetting(f"unknown pooling {self.kind!r}; give one of {', '.join(KINDS)}")
        if self.kind in ("adaptive-avg", "adaptive-max"):
            legality.check_positive("output size", self.output_size)
        if self.kind in ("max", "avg"):
            self._check_windowed()

    def _check_windowed(self) -> None:
        legality.check_positive("kernel size", self.size)
        legality.check_positive("stride", self.strides)
        legality.check_positive("dilation", self.dilation)
        if self.kind == "avg" and self.dilation != (1, 1):
            raise IllegalSetting("average pooling has no dilation; dilation 1 or max is legal")
        legality.check_pool_padding(self.padding, self.size)
        legality.check_pool_output(self.channels, self.window.rows, self.window.columns)

    @property
    def takes_maximum(self) -> bool:
        """Whether a winner is taken rather than a mean."""
        return self.kind.endswith("max")

    @property
    def channels(self) -> int:
        """Channels C."""
        return int(self.input.shape[0])

    @property
    def strides(self) -> Pair:
        """The stride in force."""
        return self.stride or self.size

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""
        return self.channels, self.input.shape[1], self.input.shape[2]

    @property
    def output_shape(self) -> tuple[int, int, int]:
        """(C, H, W) after pooling."""
        return (self.channels, *self.window.output)

    @property
    def steps(self) -> int:
        """Number of output cells; steps run over columns, then rows, then channels."""
        return self.channels * self.window.output[0] * self.window.output[1]

    @property
    def never_read(self) -> int:
        """Input cells, over all channels, that no window reads."""
        return self.channels * self.window.never_read

    @cached_property
    def window(self) -> Window:
        """Where the windows lie."""
        return Window(self._axis(0), self._axis(1))

    def _axis(self, axis: int) -> Axis:
        size = self.input.shape[axis + 1]
        if self.kind in ("adaptive-avg", "adaptive-max"):
            return AdaptiveAxis(size, 1, target=self.output_size[axis])
        if self.kind in ("global-max", "global-avg"):
            return Axis(size, size)
        return Axis(
            size,
            self.size[axis],
            self.strides[axis],
            self.dilation[axis],
            self.padding[axis],
            self.padding[axis],
            ceil=self.ceil_mode,
        )

    def place(self, index: int) -> tuple[int, int, int]:
        """Return (channel, row, column) of a step."""
        _, height, width = self.output_shape
        plane, cell = divmod(index, height * width)
        return plane, *divmod(cell, width)

    def index(self, channel: int, row: int, column: int) -> int:
        """Return the step of an output cell."""
        _, height, width = self.output_shape
        return (channel * height + row) * width + column


@dataclass(frozen=True)
class PoolingStep:
    """How one pooled cell comes about.

    ``window[i][j]`` is a value, or None where the cell is padding that does not count or lies
    past the padded input; padding that takes part is -inf for a maximum, 0 for an average.
    ``rows`` and ``columns`` are the input indices of the window. ``divisor`` is the number a mean
    is divided by, 0 for a maximum. ``argmax`` is (row, column) in the input, for a maximum.
    """

    index: int
    channel: int
    row: int
    column: int
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    window: tuple[tuple[float | None, ...], ...]
    value: float
    divisor: int
    argmax: Pair | None


def _divisor(axis: Axis, output: int, exclude_pad: bool) -> int:
    """Return how many taps of a window count, as ATen's avg_pool2d has it.

    Padding counts unless excluded; what lies past the padded input (``ceil_mode``) never does.
    """
    taps = axis.taps(output)
    if exclude_pad:
        return sum(0 <= tap < axis.size for tap in taps)
    return sum(-axis.before <= tap < axis.size + axis.after for tap in taps)


def divisor_of(pooling: Pooling, row: int, column: int) -> int:
    """Return the number by which the sum of a window is divided."""
    exclude = pooling.exclude_pad and pooling.kind == "avg"
    window = pooling.window
    return _divisor(window.rows, row, exclude) * _divisor(window.columns, column, exclude)


def step_at(pooling: Pooling, index: int) -> PoolingStep:
    """Work out the pooled cell of step ``index``, reading nothing but its own window."""
    channel, row, column = pooling.place(index)
    rows = tuple(pooling.window.rows.taps(row))
    columns = tuple(pooling.window.columns.taps(column))
    window = _window_at(pooling, channel, rows, columns)
    if pooling.takes_maximum:
        value, argmax = _winner(pooling, channel, rows, columns)
        divisor = 0
    else:
        argmax, divisor = None, divisor_of(pooling, row, column)
        # the sum of finite float32 fits float64; infinities of both signs give NaN, as in torch
        value = sum(v for line in window for v in line if v is not None) / divisor
    return PoolingStep(index, channel, row, column, rows, columns, window, value, divisor, argmax)


def _window_at(
    pooling: Pooling, channel: int, rows: tuple[int, ...], columns: tuple[int, ...]
) -> tuple[tuple[float | None, ...], ...]:
    """Return the window's values; one that lies inside the input is read at once."""
    _, height, width = pooling.input_shape
    if 0 <= rows[0] <= rows[-1] < height and 0 <= columns[0] <= columns[-1] < width:
        return tuple(map(tuple, pooling.input[channel][np.ix_(rows, columns)].tolist()))
    return tuple(tuple(_cell(pooling, channel, r, c) for c in columns) for r in rows)


def _cell(pooling: Pooling, channel: int, row: int, column: int) -> float | None:
    axes = pooling.window.rows, pooling.window.columns
    if 0 <= row < axes[0].size and 0 <= column < axes[1].size:
        return float(pooling.input[channel, row, column])
    padded = all(
        -axis.before <= at < axis.size + axis.after
        for axis, at in zip(axes, (row, column), strict=True)
    )
    if pooling.takes_maximum:
        return float("-inf") if padded else None
    return 0.0 if padded and not pooling.exclude_pad else None


def _winner(
    pooling: Pooling, channel: int, rows: tuple[int, ...], columns: tuple[int, ...]
) -> tuple[float, Pair | None]:
    """Return the largest value and its cell: the first on ties, but the last NaN, as torch."""
    height, width = pooling.input_shape[1:]
    inside = [r for r in rows if 0 <= r < height], [c for c in columns if 0 <= c < width]
    data = pooling.input[channel][np.ix_(*inside)]
    if not data.size:  # a dilated window can lie in the padding alone
        return float("-inf"), None
    nans = np.flatnonzero(np.isnan(data))
    row, column = divmod(int(nans[-1] if nans.size else data.argmax()), data.shape[1])
    return float(data[row, column]), (inside[0][row], inside[1][column])


def pooled_block(pooling: Pooling, channel: int, rows: range, columns: range) -> Wide:
    """Work out the pooled cells in ``rows`` × ``columns`` of one channel.

    Returns (len(rows), len(columns)), reading only the windows of those cells.
    """
    axis = pooling.window.rows
    first, last = axis.taps(rows.start), axis.taps(rows.stop - 1)
    read = slice(max(0, first.start), max(0, last.stop))
    plane = pooling.input[channel, read]
    across = _reduced(pooling, plane, 0, pooling.window.columns, columns, 1)
    return _reduced(pooling, across, read.start, axis, rows, 0)


def whole_pooled(pooling: Pooling) -> Wide:
    """Work out every pooled cell, (C, H, W)."""
    height, width = pooling.window.output
    planes = [
        pooled_block(pooling, channel, range(height), range(width))
        for channel in range(pooling.channels)
    ]
    return np.stack(planes)


def _reduced(
    pooling: Pooling,
    plane: npt.NDArray[np.floating],
    first: int,
    along: Axis,
    outputs: range,
    axis: int,
) -> Wide:
    """Pool one axis of a plane whose first cell is ``first``.

    Windows are rectangles, so maxima and means may be taken over one axis after the other.
    """
    exclude = pooling.exclude_pad and pooling.kind == "avg"
    lines = []
    for output in outputs:
        taps = [tap - first for tap in along.taps(output) if 0 <= tap < along.size]
        picked = plane.take(taps, axis=axis).astype(np.float64)
        with np.errstate(invalid="ignore"):
            if pooling.takes_maximum:
                lines.append(picked.max(axis=axis, initial=-np.inf))
            else:
                lines.append(picked.sum(axis=axis) / _divisor(along, output, exclude))
    return np.stack(lines, axis=axis)
