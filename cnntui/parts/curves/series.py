"""A series of points that grows, and what each column of pixels shows of it.

Smoothing is TensorBoard's: m_0 = 0, m_k = w·m_{k-1} + (1 - w)·y_k over the finite values, and the
k-th smoothed value is m_k / (1 - w^k), which takes out the bias towards 0 at the start.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, inf, log, nan

import numpy as np
import numpy.typing as npt

from cnntui.parts.curves.pyramid import Grown, Numbers, Places, Pyramid

Mask = npt.NDArray[np.bool_]

MOST_KEPT = 4  # smoothings that are kept up beside each other
CHUNK = 32
HUGE = 1e300
NONE: Places = np.empty(0, dtype=np.intp)
ROUNDED = -38.0  # its exponential is lost beside 1


@dataclass(frozen=True, eq=False)
class Columns:
    """What ``count`` columns of pixels show; NaN where a column holds no number.

    ``first`` and ``last`` are a column's outer points, NaN where such a point is a gap;
    ``filled`` tells whether any point, even a gap, lies in the column. ``before`` and ``after``
    are the points next to the view on either side, as (column, y), to which lines lead.
    """

    low: Numbers
    high: Numbers
    first: Numbers
    last: Numbers
    filled: Mask
    before: tuple[float, float] | None
    after: tuple[float, float] | None
    above: Places  # the columns with an infinite value
    below: Places
    left_out: int = 0  # finite values in the view that a log axis can't show


class Series:
    """Points (x, y), x strictly ascending; y may be NaN (a gap) or infinite (marked).

    A point whose x is not beyond the last one replaces all from there on, as a resumed run's does.
    """

    def __init__(self, x: Iterable[float] = (), y: Iterable[float] = ()) -> None:
        self._x, self._y = Grown(), Pyramid()
        self._above, self._below, self._low = Grown(), Grown(), Grown()  # the x of special y
        self._made: dict[tuple[float, bool], _Derived] = {}
        self.extend(x, y)

    def __len__(self) -> int:
        return self._x.size

    @property
    def x(self) -> Numbers:
        """The positions, (n,)."""
        return self._x.values

    @property
    def extent(self) -> tuple[float, float] | None:
        """The first and the last x; None without a point."""
        return (float(self.x[0]), float(self.x[-1])) if len(self) else None

    def append(self, x: float, y: float) -> None:
        """Add one point."""
        self.extend((x,), (y,))

    def extend(self, x: Iterable[float], y: Iterable[float]) -> None:
        """Add points; those without a finite x are dropped."""
        xs, ys = _numbers(x), _numbers(y)
        kept = np.isfinite(xs)
        if not kept.all():
            xs, ys = xs[kept], ys[kept]
        if len(xs) > 1 and not (xs[1:] > xs[:-1]).all():
            later = np.minimum.accumulate(xs[::-1])[::-1]  # the least x from here on
            kept = np.append(xs[:-1] < later[1:], True)
            xs, ys = xs[kept], ys[kept]
        if not len(xs):
            return
        if len(self) and xs[0] <= self.x[-1]:
            self.cut(float(xs[0]))
        self._x.extend(xs)
        for kept_x, special in (
            (self._above, ys == inf),
            (self._below, ys == -inf),
            (self._low, ys <= 0),
        ):
            kept_x.extend(xs[special])
        self._y.extend(np.where(np.isfinite(ys), ys, nan))

    def cut(self, x: float) -> None:
        """Drop every point at ``x`` and beyond."""
        size = int(np.searchsorted(self.x, x))
        if size == len(self):
            return
        self._x.cut(size)
        self._y.cut(size)
        for kept_x in (self._above, self._below, self._low):
            kept_x.cut(int(np.searchsorted(kept_x.values, x)))
        self._made = {}

    def columns(
        self, x0: float, x1: float, count: int, weight: float = 0.0, positive: bool = False
    ) -> Columns:
        """Return what each of ``count`` columns of the view from ``x0`` to ``x1`` shows.

        ``weight`` smooths, 0 to below 1; ``positive`` leaves out what a log axis can't show.
        """
        edges = self._edges(self.x, x0, x1, count)
        pyramid = self._drawn(weight, positive)
        low, high = pyramid.reduced(edges)
        filled = edges[1:] > edges[:-1]
        first = _at(pyramid.values, edges[:-1], filled)
        last = _at(pyramid.values, edges[1:] - 1, filled)

        def beside(place: int) -> tuple[float, float] | None:
            at = (self.x[place] - x0) / (x1 - x0) * count - 0.5 if 0 <= place < len(self) else None
            return None if at is None else (float(at), float(pyramid.values[place]))

        return Columns(
            low, high, first, last, filled,
            before=beside(int(edges[0]) - 1),
            after=beside(int(edges[-1])),
            above=self._marked(self._above, x0, x1, count),
            below=self._marked(self._below, x0, x1, count),
            left_out=self._count_low(x0, x1) if positive and len(self._low) else 0,
        )  # fmt: skip

    def nearest(self, x: float, weight: float = 0.0) -> tuple[float, float] | None:
        """Return the point nearest to ``x``, smoothed; None without a point."""
        if not len(self):
            return None
        at = int(np.searchsorted(self.x, x))
        if at == len(self) or (at > 0 and x - self.x[at - 1] <= self.x[at] - x):
            at -= 1
        nearest = float(self.x[at])
        for special, value in ((self._above, inf), (self._below, -inf)):
            place = int(np.searchsorted(special.values, nearest))
            if place < len(special) and special.values[place] == nearest:
                return nearest, value
        return nearest, float(self._drawn(weight, False).values[at])

    def beyond(self, x: float, forward: bool) -> float | None:
        """Return the x of the first point at or after ``x``, or of the last at or before it."""
        at = int(np.searchsorted(self.x, x, "left" if forward else "right")) - (not forward)
        return float(self.x[at]) if 0 <= at < len(self) else None

    def _edges(self, x: Numbers, x0: float, x1: float, count: int) -> Places:
        """Return where each column begins among the points, and where the last one ends."""
        cuts = x0 + (x1 - x0) / count * np.arange(count + 1)
        cuts[-1] = np.nextafter(x1, inf)  # x1 itself lies in the last column
        return np.searchsorted(x, cuts)

    def _marked(self, special: Grown, x0: float, x1: float, count: int) -> Places:
        if not len(special):
            return NONE
        edges = self._edges(special.values, x0, x1, count)
        return np.flatnonzero(edges[1:] > edges[:-1])

    def _count_low(self, x0: float, x1: float) -> int:
        """Count the finite values at or below 0 in a view."""
        low, below = (self._edges(one.values, x0, x1, 1) for one in (self._low, self._below))
        return int(low[1] - low[0] - (below[1] - below[0]))

    def _drawn(self, weight: float, positive: bool) -> Pyramid:
        """Return the values to be drawn, up to date; what is new alone is computed."""
        positive = positive and len(self._low) > 0
        if not weight and not positive:
            return self._y
        key = weight, positive
        made = self._made.pop(key, None) or _Derived(weight, positive)
        made.follow(self._y.values)
        while len(self._made) >= MOST_KEPT:
            del self._made[next(iter(self._made))]  # the one longest unused
        self._made[key] = made
        return made.pyramid


def _at(values: Numbers, places: Places, there: Mask) -> Numbers:
    """Return the values at some places, NaN where none is there."""
    numbers = np.full(len(places), nan)
    numbers[there] = values[places[there]]
    return numbers


class _Derived:
    """Smoothed values, or those above 0, of a series that grows."""

    def __init__(self, weight: float, positive: bool) -> None:
        self.weight, self.positive = weight, positive
        self.pyramid = Pyramid()
        self._sum, self._seen = 0.0, 0

    def follow(self, values: Numbers) -> None:
        """Take in those of ``values`` that are new."""
        new = values[len(self.pyramid) :].copy()
        if not len(new):
            return
        if self.weight:
            self._smooth(new)
        if self.positive:
            new[new <= 0] = nan
        self.pyramid.extend(new)

    def _smooth(self, new: Numbers) -> None:
        """Smooth in place; gaps stay and are not counted."""
        there = np.isfinite(new)
        if not there.any():
            return
        sums = decayed((1 - self.weight) * np.clip(new[there], -HUGE, HUGE), self.weight, self._sum)
        self._sum = float(sums[-1])
        biased = sums[: max(0, ceil(ROUNDED / log(self.weight)) - self._seen)]
        seen = self._seen + np.arange(1, len(biased) + 1)
        biased /= -np.expm1(seen * log(self.weight))  # 1 - w^k
        self._seen += len(sums)
        new[there] = sums


def decayed(values: Numbers, weight: float, before: float = 0.0) -> Numbers:
    """Return s_k = weight·s_{k-1} + values_k with s_{-1} = ``before``, (n,).

    By chunks of 32: inside one it is a product with a triangular matrix of powers, and the sums
    at the ends of the chunks follow the same law with weight^32.
    """
    powers = weight ** np.arange(CHUNK + 1.0)
    if len(values) <= CHUNK:
        lags = np.arange(len(values))
        return _triangle(powers, lags).T @ values + powers[1 : len(values) + 1] * before
    chunks = -(-len(values) // CHUNK)
    padded = np.zeros((chunks, CHUNK))
    padded.ravel()[: len(values)] = values
    inside = padded @ _triangle(powers, np.arange(CHUNK))
    ends = decayed(inside[:, -1], float(powers[-1]), before)
    inside[0] += powers[1:] * before
    inside[1:] += ends[:-1, None] * powers[1:]
    return inside.ravel()[: len(values)]


def _triangle(powers: Numbers, lags: Places) -> Numbers:
    """Return weight^(column - row) on and above the diagonal, 0 below it."""
    lag = lags - lags[:, None]
    return np.where(lag >= 0, powers[np.maximum(lag, 0)], 0.0)


def _numbers(values: Iterable[float]) -> Numbers:
    given = values if isinstance(values, np.ndarray) else list(values)
    return np.asarray(given, dtype=np.float64)
