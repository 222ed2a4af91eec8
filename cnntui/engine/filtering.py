"""One kernel over each channel of a picture, as often as wanted, and the figures of the result.

A depthwise convolution: every channel is filtered by itself. Knows no picture file and no torch,
but for the check.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from cnntui.engine.convolution import Convolution, whole_output
from cnntui.engine.geometry import Axis, IllegalSetting, Pair, same_padding
from cnntui.engine.padded import Array
from cnntui.engine.reference import Reference, checked_output

MOST_TIMES = 16


@dataclass(frozen=True, eq=False)
class Filtering:
    """``kernel`` (kh, kw) over each channel of ``input`` (C, H, W), ``times`` times in a row.

    Outside the picture its edge cells are repeated. With stride 1 the padding is torch's
    ``same``, so the size stays; with a larger stride it is half the kernel, and every application
    divides the size by the stride. Between applications values are float32, as torch keeps them.
    Raises IllegalSetting.
    """

    input: Array
    kernel: Array
    stride: int = 1
    times: int = 1

    def __post_init__(self) -> None:
        if self.stride < 1:
            raise IllegalSetting("non-positive stride is not supported; 1 is legal")
        if not 1 <= self.times <= MOST_TIMES:
            raise IllegalSetting(f"a filter is applied once at least, {MOST_TIMES} times at most")

    @property
    def channels(self) -> int:
        """Channels C of input and result."""
        return int(self.input.shape[0])

    @cached_property
    def pads(self) -> tuple[Pair, Pair]:
        """Repeated cells (before, after) of the height and of the width."""
        return self._pads_of(0), self._pads_of(1)

    def _pads_of(self, axis: int) -> Pair:
        size = self.kernel.shape[axis]
        return same_padding(size, 1) if self.stride == 1 else (size // 2, size // 2)

    @cached_property
    def sizes(self) -> tuple[Pair, ...]:
        """(H, W) of the input and after each application."""
        sizes = [(self.input.shape[1], self.input.shape[2])]
        for _ in range(self.times):
            rows, columns = self.axes(sizes[-1])
            sizes.append((rows.outputs, columns.outputs))
        return tuple(sizes)

    def axes(self, size: Pair) -> tuple[Axis, Axis]:
        """Return height and width of one application to a picture of (H, W)."""
        rows, columns = (
            Axis(size[at], self.kernel.shape[at], self.stride, 1, *self.pads[at], "replicate")
            for at in (0, 1)
        )
        return rows, columns

    @property
    def output_shape(self) -> tuple[int, int, int]:
        """(C, H, W) of the result."""
        return (self.channels, *self.sizes[-1])

    @property
    def macs(self) -> int:
        """Multiply–adds of all applications."""
        return sum(self.channels * h * w * int(self.kernel.size) for h, w in self.sizes[1:])

    def applied_to(self, data: Array) -> Convolution:
        """Return one application: as many groups as channels, the same kernel in each."""
        weight = np.tile(self.kernel, (self.channels, 1, 1, 1))  # (C, 1, kh, kw)
        padding: Pair | str = "same" if self.stride == 1 else (self.pads[0][0], self.pads[1][0])
        stride = self.stride, self.stride
        return Convolution(data, weight, None, stride, padding, "replicate", groups=self.channels)


def stages(filtering: Filtering) -> Iterator[Array]:
    """Yield the picture after each application, (C, H, W)."""
    data = filtering.input
    for _ in range(filtering.times):
        data = _narrow(whole_output(filtering.applied_to(data)))
        yield data


def filtered(filtering: Filtering) -> Array:
    """Return the picture after the last application, (C, H, W)."""
    result = filtering.input
    for stage in stages(filtering):
        result = stage
    return result


def checked(filtering: Filtering, device: str = "auto") -> Reference:
    """Work out every application by torch too and compare all values of all of them.

    Of several applications the difference is the largest; one that is beyond rounding counts
    before those that are not.
    """
    data, outputs = filtering.input, []
    for _ in range(filtering.times):
        conv = filtering.applied_to(data)
        mine = whole_output(conv)
        outputs.append(checked_output(conv, mine, device))
        data = _narrow(mine)
    wrong = [each for each in outputs if not each.agrees]
    worst = max(wrong or outputs, key=lambda each: each.max_abs_diff)
    scale = worst.scale if wrong else max(each.scale for each in outputs)
    return Reference(worst.device, outputs[-1].output, worst.max_abs_diff, scale)


def _narrow(values: npt.NDArray[np.float64]) -> Array:
    with np.errstate(over="ignore"):
        return values.astype(np.float32)


@dataclass(frozen=True)
class Statistics:
    """The figures of a picture; NaN and infinities count for ``strange`` alone.

    ``negative`` is the share of values below 0, 0 to 1. ``counts[i]`` values lie in
    [``edges[i]``, ``edges[i + 1]``), the last bin has its end as well; values outside are in none.
    """

    min: float
    max: float
    mean: float
    negative: float
    strange: int
    counts: tuple[int, ...]
    edges: tuple[float, ...]


def statistics(
    values: npt.NDArray[np.floating], bins: int, limits: tuple[float, float] | None = None
) -> Statistics:
    """Measure all values; the histogram spans ``limits``, else the values' own range."""
    finite = values[np.isfinite(values)].astype(np.float64)
    strange = int(values.size - finite.size)
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    first, last = limits or (low, high)
    if not first < last:
        first, last = first - 0.5, first + 0.5
    counts, edges = np.histogram(finite, np.linspace(first, last, bins + 1))
    size = max(1, finite.size)
    return Statistics(
        min=low,
        max=high,
        mean=float(finite.sum() / size),
        negative=float((finite < 0).sum() / size),
        strange=strange,
        counts=tuple(counts.tolist()),
        edges=tuple(edges.tolist()),
    )
