"""A 2-D convolution done openly: patch, products, partial sums, bias, activation.

Input and weights are float32, as torch holds them. The arithmetic here is done in float64, in
which a product of two float32 is exact, so that a difference to torch is torch's own rounding.
Knows no torch: ``reference`` computes the same with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from cnntui.engine import legality
from cnntui.engine.geometry import Axis, IllegalSetting, Pair, Window, extent, same_padding
from cnntui.engine.padded import Array, Wide, padded_cells

Numbers = tuple[tuple[tuple[float, ...], ...], ...]  # [channel][row][column]

NUMPY_PAD = {"zeros": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}
LEAK = 0.01  # torch's default negative slope

ACTIVATIONS: dict[str, Callable[[Wide], Wide]] = {
    "none": lambda x: x,
    "relu": lambda x: np.maximum(x, 0.0),
    "leaky-relu": lambda x: np.where(x > 0, x, LEAK * x),
    "sigmoid": lambda x: 0.5 * (1.0 + np.tanh(0.5 * x)),
    "tanh": np.tanh,
}


@dataclass(frozen=True, eq=False)
class Convolution:
    """One legal convolution of one input.

    ``input`` (C, H, W); ``weight`` (F, C/groups, kh, kw); ``bias`` (F,) or None. ``padding`` is
    (height, width), or ``valid``, ``same`` (torch's rules), ``full`` (every window that meets
    the input: d(K−1)). Raises IllegalSetting where torch would refuse.
    """

    input: Array
    weight: Array
    bias: Array | None = None
    stride: Pair = (1, 1)
    padding: Pair | str = (0, 0)
    padding_mode: str = "zeros"
    dilation: Pair = (1, 1)
    groups: int = 1
    activation: str = "none"

    def __post_init__(self) -> None:
        if self.activation not in ACTIVATIONS:
            raise IllegalSetting(
                f"unknown activation {self.activation!r}; give one of {', '.join(ACTIVATIONS)}"
            )
        legality.check_positive("kernel size", self.kernel)
        legality.check_positive("stride", self.stride)
        legality.check_positive("dilation", self.dilation)
        legality.check_groups(self.groups, self.channels, self.weight.shape)
        if self.bias is not None:
            legality.check_bias(len(self.bias), self.filters)
        legality.check_padding(self.padding, self.stride)
        legality.check_padding_mode(self.padding_mode, self.window.rows, self.window.columns)
        legality.check_fits(self.window.rows, self.window.columns)

    @property
    def channels(self) -> int:
        """Input channels C."""
        return int(self.input.shape[0])

    @property
    def filters(self) -> int:
        """Output channels F."""
        return int(self.weight.shape[0])

    @property
    def kernel(self) -> Pair:
        """Kernel size (height, width)."""
        return self.weight.shape[2], self.weight.shape[3]

    @property
    def weight_shape(self) -> tuple[int, int, int, int]:
        """(F, C/groups, kh, kw)."""
        return (self.filters, int(self.weight.shape[1]), *self.kernel)

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""
        return self.channels, self.input.shape[1], self.input.shape[2]

    @property
    def output_shape(self) -> tuple[int, int, int]:
        """(F, H, W)."""
        return (self.filters, *self.window.output)

    @property
    def steps(self) -> int:
        """Number of output cells; steps run over columns, then rows, then filters."""
        return self.filters * self.window.output[0] * self.window.output[1]

    @cached_property
    def pads(self) -> tuple[Pair, Pair]:
        """Padding cells (before, after) of the height and of the width."""
        return self._pads_of(0), self._pads_of(1)

    def _pads_of(self, axis: int) -> Pair:
        kernel, dilation = self.kernel[axis], self.dilation[axis]
        if self.padding == "same":
            return same_padding(kernel, dilation)
        if self.padding == "full":
            return extent(kernel, dilation) - 1, extent(kernel, dilation) - 1
        amount = 0 if isinstance(self.padding, str) else self.padding[axis]
        return amount, amount

    @cached_property
    def window(self) -> Window:
        """Where the kernel lands."""
        rows, columns = (
            Axis(
                self.input.shape[axis + 1],
                self.kernel[axis],
                self.stride[axis],
                self.dilation[axis],
                *self.pads[axis],
                self.padding_mode,
            )
            for axis in (0, 1)
        )
        return Window(rows, columns)

    @property
    def weights(self) -> int:
        """Number of weights F·C/g·kh·kw."""
        return int(self.weight.size)

    @property
    def params(self) -> int:
        """Weights and, where there is a bias, one number a filter."""
        return self.weights + (0 if self.bias is None else self.filters)

    @property
    def macs(self) -> int:
        """Multiply–adds: one for each weight of a filter and each of its output cells."""
        return self.steps * int(self.weight[0].size)

    @property
    def never_read(self) -> int:
        """Input cells, over all channels, that no window reads."""
        return self.channels * self.window.never_read

    def group_of(self, filter: int) -> int:
        """Return the first input channel that a filter reads."""
        return filter // (self.filters // self.groups) * self.weight_shape[1]

    def read_by(self, filter: int) -> slice:
        """Return the input channels that a filter reads."""
        first = self.group_of(filter)
        return slice(first, first + self.weight_shape[1])

    def place(self, index: int) -> tuple[int, int, int]:
        """Return (filter, row, column) of a step."""
        _, height, width = self.output_shape
        plane, cell = divmod(index, height * width)
        return plane, *divmod(cell, width)

    def index(self, filter: int, row: int, column: int) -> int:
        """Return the step of an output cell."""
        _, height, width = self.output_shape
        return (filter * height + row) * width + column


@dataclass(frozen=True)
class ConvolutionStep:
    """How one output cell comes about; nested tuples are [channel of the group][row][column].

    ``rows`` and ``columns`` are the input indices read, None where a zero of the padding is read.
    ``padding[i][j]`` tells which cells of the patch are padding, whatever the padding mode.
    """

    index: int
    filter: int
    row: int
    column: int
    first_channel: int
    padding: tuple[tuple[bool, ...], ...]
    patch: Numbers
    kernel: Numbers
    products: Numbers
    channel_sums: tuple[float, ...]
    bias: float
    sum: float
    activation: float


def activated(name: str, values: Wide) -> Wide:
    """Apply an activation of ACTIVATIONS."""
    with np.errstate(over="ignore", invalid="ignore"):
        return ACTIVATIONS[name](values)


def nested(values: npt.NDArray[np.floating]) -> Numbers:
    """Return a 3-D array as nested tuples of Python floats."""
    return tuple(tuple(tuple(row) for row in plane) for plane in values.tolist())


def patch_of(conv: Convolution, filter: int, row: int, column: int) -> Wide:
    """Return what the kernel meets at an output cell, (C/groups, kh, kw), padding filled in."""
    rows, columns = conv.window.rows.taps(row), conv.window.columns.taps(column)
    return padded_cells(conv.input[conv.read_by(filter)], conv.window, rows, columns)


def step_at(conv: Convolution, index: int) -> ConvolutionStep:
    """Work out the output cell of step ``index``, reading nothing but its own window."""
    filter, row, column = conv.place(index)
    patch = patch_of(conv, filter, row, column)
    kernel = conv.weight[filter].astype(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        products = patch * kernel
        channel_sums = products.sum(axis=(1, 2))
        bias = 0.0 if conv.bias is None else float(conv.bias[filter])
        total = float(channel_sums.sum()) + bias
    inside = [
        [0 <= tap < axis.size for tap in axis.taps(at)]
        for axis, at in ((conv.window.rows, row), (conv.window.columns, column))
    ]
    return ConvolutionStep(
        index=index,
        filter=filter,
        row=row,
        column=column,
        first_channel=conv.group_of(filter),
        padding=tuple(tuple(not (r and c) for c in inside[1]) for r in inside[0]),
        patch=nested(patch),
        kernel=nested(kernel),
        products=nested(products),
        channel_sums=tuple(channel_sums.tolist()),
        bias=bias,
        sum=total,
        activation=float(activated(conv.activation, np.array(total))),
    )


def padded_plane(conv: Convolution) -> Array:
    """Return the padded input, (C, H + padding, W + padding)."""
    mode = NUMPY_PAD[conv.padding_mode]
    return np.pad(conv.input, ((0, 0), *conv.pads), mode=mode)  # type: ignore[call-overload, no-any-return]


def output_block(conv: Convolution, filter: int, rows: range, columns: range) -> Wide:
    """Work out the cells in ``rows`` × ``columns`` of one filter, reading only their windows.

    Returns (len(rows), len(columns)) after the activation.
    """
    tops = [conv.window.rows.taps(row) for row in rows]
    lefts = [conv.window.columns.taps(column) for column in columns]
    span = range(tops[0].start, tops[-1].stop), range(lefts[0].start, lefts[-1].stop)
    read = padded_cells(conv.input[conv.read_by(filter)], conv.window, *span)
    at_rows = np.array(tops) - span[0].start
    at_columns = np.array(lefts) - span[1].start
    cells = read[:, at_rows][..., at_columns]  # (C/groups, rows, kh, columns, kw)
    with np.errstate(over="ignore", invalid="ignore"):
        total = np.einsum("crkij,ckj->ri", cells, conv.weight[filter].astype(np.float64))
        if conv.bias is not None:
            total = total + float(conv.bias[filter])
    return activated(conv.activation, total)


def output_sample(conv: Convolution, macs: int = 300_000, side: int = 48) -> Wide:
    """Return output cells that tell the range of the output: all of them where that is quick.

    Beyond ``macs`` multiply–adds, a square from the middle and one from the first corner.
    """
    if conv.macs <= macs:
        return whole_output(conv).ravel()
    height, width = conv.window.output
    blocks = []
    for top, left in ((0, 0), (height // 2, width // 2)):
        rows = range(top, min(height, top + side))
        columns = range(left, min(width, left + side))
        blocks.append(output_block(conv, 0, rows, columns).ravel())
    return np.concatenate(blocks)


def whole_output(conv: Convolution) -> Wide:
    """Work out every output cell, (F, H, W) after the activation, by shifted sums of the input."""
    padded = padded_plane(conv)
    total = np.zeros(conv.output_shape)
    add = _add_taps if conv.weight_shape[1] == conv.filters // conv.groups == 1 else _add_products
    with np.errstate(over="ignore", invalid="ignore"):
        for filters, channels in _groups(conv):
            weight = conv.weight[filters].astype(np.float64)
            for rows in _bands(conv):
                add(conv, padded[channels], weight, rows, total[filters, rows])
        if conv.bias is not None:
            total += conv.bias[:, None, None]
    return activated(conv.activation, total)


def _groups(conv: Convolution) -> Iterator[tuple[slice, slice]]:
    filters, channels = conv.filters // conv.groups, conv.weight.shape[1]
    for group in range(conv.groups):
        yield (
            slice(group * filters, (group + 1) * filters),
            slice(group * channels, (group + 1) * channels),
        )


def _bands(conv: Convolution) -> Iterator[slice]:
    """Cut the output rows into bands that stay in the processor's cache."""
    _, height, width = conv.output_shape
    taps = int(conv.weight[0].size)
    cells = 1 << 15 if taps == conv.weight[0, 0].size else min(1 << 13, (1 << 21) // taps)
    band = max(1, cells // max(1, width))
    for first in range(0, height, band):
        yield slice(first, min(first + band, height))


def _shifted(conv: Convolution, padded: Array, rows: slice) -> Iterator[tuple[int, int, Array]]:
    """Yield each kernel tap (i, j) with the input it meets, (C, rows, W)."""
    (down, across), (deep, wide) = conv.stride, conv.dilation
    count, width = rows.stop - rows.start, conv.output_shape[2]
    for i, j in np.ndindex(*conv.kernel):
        top, left = rows.start * down + i * deep, j * wide
        bottom, right = top + (count - 1) * down + 1, left + (width - 1) * across + 1
        yield i, j, padded[:, top:bottom:down, left:right:across]


def _add_taps(conv: Convolution, padded: Array, weight: Wide, rows: slice, out: Wide) -> None:
    """Add the one filter of one channel to ``out`` (1, rows, W), a tap at a time."""
    for i, j, met in _shifted(conv, padded, rows):
        out += met.astype(np.float64) * weight[0, 0, i, j]


def _add_products(conv: Convolution, padded: Array, weight: Wide, rows: slice, out: Wide) -> None:
    """Add all filters to ``out`` (F, rows, W): weights (F, C·kh·kw) times the taps' matrix."""
    met = np.empty((weight.shape[1], *conv.kernel, *out.shape[1:]))
    for i, j, tap in _shifted(conv, padded, rows):
        met[:, i, j] = tap
    # matmul, not dot: np.dot skips a lone zero, and 0·inf is NaN
    product = np.matmul(weight.reshape(len(weight), -1), met.reshape(-1, out[0].size))
    out += product.reshape(out.shape)
