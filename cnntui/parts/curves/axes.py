"""Axes of curves: round bounds, ticks at 1, 2, 5 and labels that are true."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor, log10

import numpy as np

from cnntui.numbers import fitted
from cnntui.parts.curves.pyramid import Numbers
from cnntui.parts.curves.state import nice

LARGEST, SMALLEST = 1e300, 1e-300  # what lies beyond is drawn at the edge
FAR = 1e9  # dots beyond the plot
FLAT = 1e-6  # a smaller range, against its values, is drawn as a flat line
TRUE = 0.01  # a label is off by at most this part of a step
WIDEST = 11


@dataclass(frozen=True)
class Axis:
    """A vertical axis from ``low`` to ``high``, with the values that have a tick."""

    low: float
    high: float
    log: bool
    marks: tuple[float, ...]
    step: float  # between ticks; on a log axis 0

    def places(self, values: Numbers, dots: int) -> Numbers:
        """Return the rows of dots of some values, 0 at the top, ``dots`` - 1 at the bottom."""
        low, high = self.low, self.high
        values = np.clip(values, SMALLEST if self.log else -10 * LARGEST, 10 * LARGEST)
        if self.log:
            values, low, high = np.log10(values), log10(low), log10(high)
        with np.errstate(over="ignore"):
            share: Numbers = (high - values) / (high - low) * (dots - 1)
        return np.clip(share, -FAR, FAR)

    def label(self, value: float, scale: float = 1.0) -> str:
        """Write the value of a tick, as short as is true; empty where it would get too long."""
        value *= scale
        return _label(value, TRUE * (abs(value) if self.log else self.step * scale))

    def ticks(self, rows: int, scale: float = 1.0) -> tuple[tuple[int, str], ...]:
        """Return (row, label) of each tick, the ends first to be kept, one in a row."""
        if not self.marks:
            return ()
        texts: dict[int, str] = {}
        places = self.places(np.array(self.marks), 4 * rows)
        order = [len(self.marks) - 1, 0, *range(1, len(self.marks) - 1)]
        for at in order:
            row = min(max(round(float(places[at])), 0) // 4, rows - 1)
            texts.setdefault(row, self.label(self.marks[at], scale))
        return tuple(sorted((row, text) for row, text in texts.items() if text))


@lru_cache(maxsize=256)
def _label(value: float, tolerance: float) -> str:
    for width in range(1, WIDEST + 1):
        text = fitted(value, width)
        if text[-1] != "#" and text[0] != "~" and abs(float(text) - value) <= tolerance:
            return text
    return ""


def axis_of(low: float, high: float, log: bool, rows: int) -> Axis:
    """Return the axis that holds ``low`` to ``high`` and has room for its ticks."""
    if log:
        return _log_axis(_clipped(low, SMALLEST), _clipped(high, SMALLEST), rows)
    low, high = _apart(_clipped(low, -LARGEST), _clipped(high, -LARGEST))
    step = nice((high - low) / max(1, rows // 3))
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    marks = tuple(count * step for count in range(first, last + 1))
    return Axis(marks[0], marks[-1], False, marks, step)


def _clipped(value: float, least: float) -> float:
    return min(max(value, least), LARGEST)


def _apart(low: float, high: float) -> tuple[float, float]:
    """Widen a range that is flat against the size of its values."""
    size = max(abs(low), abs(high))
    if high - low > max(size * FLAT, SMALLEST):
        return low, high
    if size < SMALLEST:
        return -1.0, 1.0
    room = size * (0.1 if high == low else FLAT)
    return low - room, high + room


def _log_axis(low: float, high: float, rows: int) -> Axis:
    """Return an axis ending on the grid 1, 2, 5, 10 …, with ticks there or at whole decades."""
    first, last = _grid_place(low * (1 + 1e-9)), _grid_place(high * (1 - 1e-9), up=True)
    if first == last:
        first, last = first - 1, last + 1
    places = list(range(first, last + 1))
    most = max(2, rows // 2)
    for stride in (1, *(3 * count for count in (1, 2, 5, 10, 20, 50, 100, 200))):
        chosen = [place for place in places if place % stride == 0]
        if len(chosen) <= most:
            break
    if len(chosen) < 2:
        chosen = [first, last]
    marks = tuple(_on_grid(place) for place in chosen)
    return Axis(_on_grid(first), _on_grid(last), True, marks, 0.0)


def _on_grid(place: int) -> float:
    """Return number ``place`` of … .5, 1, 2, 5, 10 …; 0 is 1."""
    decade, digit = divmod(place, 3)
    return float(f"{(1, 2, 5)[digit]}e{decade}")


def _grid_place(value: float, up: bool = False) -> int:
    """Return the place on the grid at or below a value, or at or above it."""
    place = 3 * floor(log10(value))
    while _on_grid(place + 1) <= value:
        place += 1
    return place + 1 if up and _on_grid(place) < value else place


# the horizontal axis


def across(start: float, end: float, columns: int, whole: bool = False) -> list[tuple[int, str]]:
    """Return (column, label) of the ticks below a view, left to right; ``whole`` numbers alone."""
    step = max(nice((end - start) / max(1, columns // 12)), 1.0 if whole else 0.0)
    first, last = ceil(start / step - 1e-9), floor(end / step + 1e-9)
    span = end - start
    return [
        (min(int((at * step - start) / span * columns), columns - 1), position(at * step, step))
        for at in range(first, last + 1)
    ]


def position(x: float, step: float) -> str:
    """Write an x with the decimals that tell it from one ``step`` beside it."""
    if abs(x) >= 1e12 or (x and abs(x) < 1e-6):
        return fitted(x, 9)
    return f"{x:,.{max(0, min(9, ceil(-log10(step) - 1e-9)))}f}"


def rule(width: int, left: int, ticks: Sequence[tuple[int, str]], end: str = "") -> str:
    """Draw the axis below the plot; ``end`` is written at its right end."""
    room = width - left - (len(end) + 1 if end else 0)
    if room < 4:
        room, end = width - left, ""
    marks = {column for column, _ in ticks}
    line = "".join("┬" if column in marks else "─" for column in range(room))
    return f"{' ' * (left - 1)}└{line}{' ' + end if end else ''}"


def labels(width: int, left: int, ticks: Iterable[tuple[int, str]]) -> str:
    """Write the labels below their ticks, those that fit beside each other."""
    text, free = "", 0
    for column, label in ticks:
        at = max(0, min(left + column - len(label) // 2, width - len(label)))
        if at >= free:
            text, free = text.ljust(at) + label, at + len(label) + 2
    return text.ljust(width)[:width]
