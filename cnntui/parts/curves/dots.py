"""Turns the columns of a series into dots, eight a character."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnntui.parts.curves.axes import Axis
from cnntui.parts.curves.pyramid import Numbers, Places
from cnntui.parts.curves.series import Columns, Mask

Cells = npt.NDArray[np.uint8]  # (rows, columns)

# Which columns of dots a style draws, over and over.
PATTERNS = ("1", "111100", "10", "1111111010", "1111111100", "110000")
CROWDED = 5  # dots of another line that would hide this one: they give way
NOWHERE = np.iinfo(np.intp).max // 4
BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))  # Unicode's order of the dots
COUNTS = np.array([bin(bits).count("1") for bits in range(256)], dtype=np.uint8)


@dataclass(frozen=True, eq=False)
class Spans:
    """The rows of dots that a line takes in each column; none where ``top`` > ``bottom``."""

    top: Places
    bottom: Places


class Canvas:
    """Cells of dots, and the style of the line on top in each, plus one."""

    def __init__(self, rows: int, columns: int) -> None:
        self.dots: Cells = np.zeros((rows, columns), dtype=np.uint8)
        self.owners: Cells = np.zeros((rows, columns), dtype=np.uint8)

    def draw(self, columns: Columns, axis: Axis, style: int) -> None:
        """Put a line on top of those there are."""
        rows = len(self.dots)
        lit = lit_dots(spans_of(columns, axis, 4 * rows), 4 * rows, style)
        dots = np.zeros_like(self.dots)
        for down, bits in enumerate(BITS):
            for right, bit in enumerate(bits):
                dots |= lit[down::4, right::2] * np.uint8(bit)
        here = dots > 0
        hidden = here & (COUNTS[self.dots] >= CROWDED)
        self.dots = np.where(hidden, dots, self.dots | dots)
        self.owners[here] = style % len(PATTERNS) + 1

    def rows(self) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
        """Return dots and owners, one ``bytes`` a row."""
        return tuple(map(bytes, self.dots)), tuple(map(bytes, self.owners))


def spans_of(columns: Columns, axis: Axis, dots: int) -> Spans:
    """Return what a line takes: each column's extremes, joined where no gap lies between."""
    top, bottom = _ints(axis.places(columns.high, dots)), _ints(axis.places(columns.low, dots))
    empty = np.isnan(columns.low)
    top[empty], bottom[empty] = NOWHERE, -NOWHERE
    enter, leave = _path(columns, axis, dots)
    between = ~columns.filled & (enter >= -0.5) & (enter <= dots - 0.5)
    top[between] = bottom[between] = _ints(enter[between])
    _join(top, bottom, enter, leave)
    return Spans(np.maximum(top, 0), np.minimum(bottom, dots - 1))


def _ints(places: Numbers) -> Places:
    """Round places to rows; NaN becomes some row or other."""
    return np.rint(np.nan_to_num(places, nan=0.0, posinf=NOWHERE, neginf=-NOWHERE)).astype(np.intp)


def _path(columns: Columns, axis: Axis, dots: int) -> tuple[Numbers, Numbers]:
    """Return where the line enters and leaves each column: on straight lines between points."""
    count = len(columns.low)
    ends = [
        end or (float(at), np.nan) for end, at in ((columns.before, -1), (columns.after, count))
    ]
    at = np.concatenate(([ends[0][0]], np.arange(count), [ends[1][0]]))
    enter = axis.places(np.concatenate(([np.nan], columns.first, [ends[1][1]])), dots)
    leave = axis.places(np.concatenate(([ends[0][1]], columns.last, [np.nan])), dots)
    filled = np.concatenate(([True], columns.filled, [True]))
    places = np.arange(count + 2)
    before = np.maximum.accumulate(np.where(filled, places, 0))
    after = np.minimum.accumulate(np.where(filled, places, count + 1)[::-1])[::-1]
    width = np.where(filled, 1.0, at[after] - at[before])
    straight = leave[before] + (enter[after] - leave[before]) * (at - at[before]) / width
    inner = slice(1, -1)
    return (
        np.where(filled, enter, straight)[inner],
        np.where(filled, leave, straight)[inner],
    )


def _join(top: Places, bottom: Places, enter: Numbers, leave: Numbers) -> None:
    """Lengthen neighbouring columns to meet half way, in place."""
    joined = ~(np.isnan(leave[:-1]) | np.isnan(enter[1:]))
    joined &= (top[:-1] <= bottom[:-1]) & (top[1:] <= bottom[1:])
    out, into = _ints(leave[:-1]), _ints(enter[1:])
    middle = (out + into) // 2
    down, up = joined & (into > out + 1), joined & (out > into + 1)
    left, right = slice(None, -1), slice(1, None)
    np.maximum(bottom[left], middle, out=bottom[left], where=down)
    np.minimum(top[right], middle + 1, out=top[right], where=down)
    np.minimum(top[left], middle + 1, out=top[left], where=up)
    np.maximum(bottom[right], middle, out=bottom[right], where=up)


def lit_dots(spans: Spans, dots: int, style: int) -> Mask:
    """Return (dots, columns): the dots of a line, with the gaps of its style.

    In a gap only what lies beyond the columns drawn on both sides is kept: the extremes.
    """
    rows = np.arange(dots)[:, None]
    lit: Mask = (rows >= spans.top) & (rows <= spans.bottom)
    pattern = np.array([sign == "1" for sign in PATTERNS[style % len(PATTERNS)]])
    if pattern.all():
        return lit
    count = len(spans.top)
    off = np.flatnonzero(~np.resize(pattern, count))
    on = np.flatnonzero(np.resize(pattern, count))
    left = on[np.searchsorted(on, off) - 1]  # a pattern begins with a column that is drawn
    right = on[np.minimum(np.searchsorted(on, off), len(on) - 1)]
    there = (spans.top <= spans.bottom)[left] & (spans.top <= spans.bottom)[right] & (right > off)
    high = np.minimum(spans.top[left], spans.top[right])
    low = np.maximum(spans.bottom[left], spans.bottom[right])
    lit[:, off] &= ~(there & (rows >= high) & (rows <= low))
    return lit
