"""How one operation maps output units to input units along one axis.

Knows no tensors. The rules are those of torch's documentation of each operation.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple

Number = int | Fraction
Interval = tuple[int, int]  # first and last unit, both included


class Reach(NamedTuple):
    """What one output unit reads along one axis of ``size`` input units.

    ``kind``: "window" (a convolution, a pool, a slice); "pad"; "transposed" (a convolution that
    writes ``kernel`` taps ``stride`` apart); "nearest" and "linear" (resampling: ``scale`` input
    units an output unit, ``shift`` to the first one's centre, ``kernel`` taps); "adaptive"
    (``stride`` outputs share the input); "fold" (one unit that has read everything); "mix" (each
    unit has read everything).
    """

    kind: str
    size: int
    kernel: int = 1
    stride: int = 1
    before: int = 0
    dilation: int = 1
    scale: Number = 1
    shift: Number = 0
    mode: str = "zeros"

    @property
    def extent(self) -> int:
        """Units from first to last tap: d(k−1) + 1."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def trivial(self) -> bool:
        """Whether each output unit reads the input unit of the same index alone."""
        window = self.kind == "window" and self.kernel == self.stride == 1 and self.before == 0
        return window or (self.kind == "fold" and self.size == 1)

    def read(self, span: Interval) -> Interval | None:
        """Return the first and last input unit the outputs in ``span`` read; None for no unit."""
        return _READ[self.kind](self, *span)

    def forward(self, jump: Number, first: Number, last: Number) -> tuple[Number, Number, Number]:
        """Return stride and interval of unit 0 after this operation, in cells of the network input.

        Araujo, Norris and Sim, Computing Receptive Fields of Convolutional Neural Networks,
        distill.pub 2019. Where a stride is a fraction the interval is the hull over all units.
        """
        return _FORWARD[self.kind](self, jump, first, last)


def _read_window(reach: Reach, low: int, high: int) -> Interval | None:
    starts = low * reach.stride - reach.before, high * reach.stride - reach.before
    first, last = starts[0], starts[1] + reach.extent - 1
    if reach.mode != "zeros":
        return _mirrored(reach, first, last)
    end = reach.size - 1
    if first < 0:
        first = min((_inside(reach, o) for o in range(low, high + 1)), default=0)
    if last > end:
        last = max((_inside_below(reach, o) for o in range(low, high + 1)), default=end)
    return (first, last) if 0 <= first <= last <= end else None


def _inside(reach: Reach, output: int) -> int:
    """Return the first tap of a window that is not in the padding before the data."""
    start = output * reach.stride - reach.before
    tap = start if start >= 0 else start % reach.dilation
    return tap if tap < start + reach.extent else reach.size


def _inside_below(reach: Reach, output: int) -> int:
    """Return the last tap of a window that is not past the data."""
    start = output * reach.stride - reach.before
    last = start + reach.extent - 1
    if last >= reach.size:
        last -= -(-(last - reach.size + 1) // reach.dilation) * reach.dilation
    return last if last >= start else -1


def _mirrored(reach: Reach, first: int, last: int) -> Interval:
    """Return the hull of what is read where the padding repeats cells of the input."""
    size = reach.size
    inside = range(max(first, 0), min(last, size - 1) + 1)
    cells = {inside[0], inside[-1]} if inside else set()
    for index in (*range(first, min(last + 1, 0)), *range(max(first, size), last + 1)):
        if reach.mode == "circular":
            cells.add(index % size)
        elif reach.mode == "reflect":
            cells.add(-index if index < 0 else 2 * (size - 1) - index)
        else:
            cells.add(0 if index < 0 else size - 1)
    return min(cells), max(cells)


def _read_transposed(reach: Reach, low: int, high: int) -> Interval | None:
    """Input i writes outputs i·s − p + d·t, t = 0 … k−1."""
    period = reach.stride + reach.extent
    first = [i for o in range(low, min(high, low + period) + 1) for i in _writers(reach, o)]
    last = [i for o in range(max(low, high - period), high + 1) for i in _writers(reach, o)]
    return (min(first), max(last)) if first and last else None


def _writers(reach: Reach, output: int) -> list[int]:
    offsets = (output + reach.before - reach.dilation * tap for tap in range(reach.kernel))
    units = (offset // reach.stride for offset in offsets if offset % reach.stride == 0)
    return [unit for unit in units if 0 <= unit < reach.size]


def _clipped(reach: Reach, first: int, last: int) -> Interval:
    end = reach.size - 1
    return min(max(first, 0), end), min(max(last, 0), end)


def _read_nearest(reach: Reach, low: int, high: int) -> Interval:
    return _clipped(reach, *(floor(o * reach.scale + reach.shift) for o in (low, high)))


def _read_linear(reach: Reach, low: int, high: int) -> Interval:
    """Two taps around the source; ``kernel`` 4 (bicubic) has one more on each side."""
    more = reach.kernel // 2 - 1
    sources = [o * reach.scale + reach.shift for o in (low, high)]
    if reach.kernel == 2:
        sources = [max(source, 0) for source in sources]
    first, last = floor(sources[0]), ceil(sources[1])
    first -= more if sources[0] != first else 0
    last += more if sources[1] != last else 0
    return _clipped(reach, first, last)


def _read_adaptive(reach: Reach, low: int, high: int) -> Interval:
    outputs = reach.stride
    return low * reach.size // outputs, -(-(high + 1) * reach.size // outputs) - 1


def _read_all(reach: Reach, low: int, high: int) -> Interval:
    return 0, reach.size - 1


def _after_window(
    reach: Reach, jump: Number, first: Number, last: Number
) -> tuple[Number, Number, Number]:
    ahead = reach.extent - 1 - reach.before
    return jump * reach.stride, first - jump * reach.before, last + jump * ahead


def _after_transposed(
    reach: Reach, jump: Number, first: Number, last: Number
) -> tuple[Number, Number, Number]:
    step = whole(Fraction(jump) / reach.stride)
    return step, first + step * (reach.before - reach.extent + 1), last + step * reach.before


def _after_nearest(
    reach: Reach, jump: Number, first: Number, last: Number
) -> tuple[Number, Number, Number]:
    parts = Fraction(reach.scale).denominator  # ⌊o·scale⌋ is at most (parts − 1)/parts behind
    behind = whole(Fraction(jump * (parts - 1)) / parts)
    return whole(jump * Fraction(reach.scale)), first - behind, last


def _after_linear(
    reach: Reach, jump: Number, first: Number, last: Number
) -> tuple[Number, Number, Number]:
    most = reach.kernel // 2 - Fraction(1, 2 * Fraction(reach.scale).denominator)
    low, high = first + jump * (reach.shift - most), last + jump * (reach.shift + most)
    return whole(jump * Fraction(reach.scale)), whole(low), whole(high)


def _after_adaptive(
    reach: Reach, jump: Number, first: Number, last: Number
) -> tuple[Number, Number, Number]:
    size, outputs = reach.size, reach.stride
    if size % outputs == 0:
        ratio = size // outputs
        return jump * ratio, first, last + jump * (ratio - 1)
    step, behind = Fraction(jump * size) / outputs, Fraction(jump * (outputs - 1)) / outputs
    return whole(step), whole(first - behind), whole(last + step - jump + behind)


def _after_fold(
    reach: Reach, jump: Number, first: Number, last: Number
) -> tuple[Number, Number, Number]:
    return jump * reach.size, first, last + jump * (reach.size - 1)


def _after_mix(
    reach: Reach, jump: Number, first: Number, last: Number
) -> tuple[Number, Number, Number]:
    return jump, first, last


def whole(value: Number) -> Number:
    """Return an int where the fraction is one."""
    return int(value) if value == int(value) else value


_READ = {
    "window": _read_window,
    "pad": _read_window,
    "transposed": _read_transposed,
    "nearest": _read_nearest,
    "linear": _read_linear,
    "adaptive": _read_adaptive,
    "fold": _read_all,
    "mix": _read_all,
}
_FORWARD = {
    "window": _after_window,
    "pad": _after_window,
    "transposed": _after_transposed,
    "nearest": _after_nearest,
    "linear": _after_linear,
    "adaptive": _after_adaptive,
    "fold": _after_fold,
    "mix": _after_mix,
}
