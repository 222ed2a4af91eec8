"""Numbers that grow, and their minima and maxima by blocks: what a series keeps."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]

FANOUT = 32  # numbers in a block, and blocks in the block above
DIRECT = 32_768  # so many are reduced at once sooner than block by block


class Grown:
    """A row of float64 that is appended to; ``values`` is a view, not a copy."""

    def __init__(self) -> None:
        self._room: Numbers = np.empty(256)
        self.size = 0

    def __len__(self) -> int:
        return self.size

    @property
    def values(self) -> Numbers:
        """The numbers there are."""
        return self._room[: self.size]

    def extend(self, values: Numbers) -> None:
        """Append numbers; the room doubles when it is full."""
        size = self.size + len(values)
        if size > len(self._room):
            room: Numbers = np.empty(max(size, 2 * len(self._room)))
            room[: self.size] = self.values
            self._room = room
        self._room[self.size : size] = values
        self.size = size

    def cut(self, size: int) -> None:
        """Keep the first ``size`` numbers."""
        self.size = min(self.size, size)


class Pyramid:
    """Finite numbers with NaN for gaps, and the extremes of each block of 32, of 32², ….

    ``extend`` touches new blocks and the last one of each level: it costs what is new.
    """

    def __init__(self) -> None:
        self._values = Grown()
        self._levels: list[tuple[Grown, Grown]] = []

    def __len__(self) -> int:
        return self._values.size

    @property
    def values(self) -> Numbers:
        """The numbers themselves, (n,)."""
        return self._values.values

    def extend(self, values: Numbers) -> None:
        """Append numbers, NaN where there is none."""
        start = len(self)
        self._values.extend(values)
        self._build(start)

    def cut(self, size: int) -> None:
        """Keep the first ``size`` numbers."""
        self._values.cut(size)
        for level in self._levels:
            size //= FANOUT
            for side in level:
                side.cut(size)
        self._build(len(self))

    def _build(self, start: int) -> None:
        """Reduce what comes from number ``start`` on, level by level."""
        lows = highs = self.values
        level = 0
        while len(lows) > FANOUT:
            if level == len(self._levels):
                self._levels.append((Grown(), Grown()))
            low, high = self._levels[level]
            start = min(start // FANOUT, len(low))
            _append_blocks(low, lows, start, np.fmin)
            _append_blocks(high, highs, start, np.fmax)
            lows, highs, level = low.values, high.values, level + 1
        del self._levels[level:]

    def reduced(self, edges: Places) -> tuple[Numbers, Numbers]:
        """Return minima and maxima of the numbers ``edges[k]`` to ``edges[k + 1]`` of each k.

        ``edges`` ascend; NaN where a range holds no number. Costs O(len(edges)·32·levels).
        """
        starts, ends = edges[:-1], edges[1:]
        extremes: tuple[Numbers, Numbers] = (_nans(len(starts)), _nans(len(starts)))
        lows = highs = self.values
        for level in self._levels:
            if ends[-1] - starts[0] <= DIRECT:
                break
            starts, ends = self._without_ends(extremes, lows, highs, starts, ends)
            lows, highs = level[0].values, level[1].values
        _fold(extremes[0], lows, starts, ends, np.fmin)
        _fold(extremes[1], highs, starts, ends, np.fmax)
        return extremes

    def _without_ends(
        self,
        extremes: tuple[Numbers, Numbers],
        lows: Numbers,
        highs: Numbers,
        starts: Places,
        ends: Places,
    ) -> tuple[Places, Places]:
        """Reduce what lies before and behind the whole blocks; return those, as block numbers."""
        first, last = -(-starts // FANOUT), ends // FANOUT
        whole = first <= last  # else the range lies inside one block
        start = np.concatenate((starts, np.where(whole, last * FANOUT, ends)))
        end = np.concatenate((np.where(whole, first * FANOUT, ends), ends))
        places = start[:, None] + np.arange(FANOUT)  # (2·ranges, 32)
        outside = places >= end[:, None]
        np.minimum(places, len(lows) - 1, out=places)
        for side, source, least in ((extremes[0], lows, np.fmin), (extremes[1], highs, np.fmax)):
            taken = source[places]
            taken[outside] = np.nan
            both = least.reduce(taken, axis=1).reshape(2, -1)
            side[:] = least(side, least(both[0], both[1]))
        return np.where(whole, first, last), last


def _nans(count: int) -> Numbers:
    return np.full(count, np.nan)


def _append_blocks(side: Grown, below: Numbers, start: int, least: np.ufunc) -> None:
    """Replace the blocks from ``start`` on by those of the numbers below."""
    rest = below[start * FANOUT :]
    side.cut(start)
    if len(rest):
        side.extend(least.reduceat(rest, np.arange(0, len(rest), FANOUT)))


def _fold(extremes: Numbers, source: Numbers, starts: Places, ends: Places, least: Any) -> None:
    """Fold the numbers of each range into its extreme so far."""
    some = starts < ends
    if not some.any():
        return
    pairs = np.stack((starts[some], ends[some]), axis=1).ravel()
    if pairs[-1] == len(source):  # reduceat takes no index past the end; the last range needs none
        pairs = pairs[:-1]
    extremes[some] = least(extremes[some], least.reduceat(source, pairs)[::2])
