"""Which of many pictures are on a sheet, how large, and which one is chosen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Self

Pair = tuple[int, int]  # (height, width)

USUAL = 16  # pixels of the longer side of a picture where nothing was asked for
LEAST = 4  # pixels of the longer side of the smallest
BRACKETS = 2  # columns of a tile beside its picture
MORE = (1, 2)  # lines and columns at most between pictures where there is room left
ROOM = (78, 19)  # characters, until the screen has told its own


def scaled(size: Pair, scale: int) -> Pair:
    """Return a size ``scale`` times as large; -k stands for a k-th, rounded, at least a pixel."""
    if scale > 0:
        return size[0] * scale, size[1] * scale
    return max(1, round(size[0] / -scale)), max(1, round(size[1] / -scale))


def filling(size: Pair, room: Pair) -> Pair:
    """Return the largest whole multiple of a size that fits, else the size shrunk until it does."""
    times = min(room[0] // size[0], room[1] // size[1])
    if times:
        return scaled(size, times)
    share = min(room[0] / size[0], room[1] / size[1])
    return max(1, int(size[0] * share + 1e-6)), max(1, int(size[1] * share + 1e-6))


@dataclass(frozen=True)
class Plan:
    """How a sheet is laid out: the pixels of a drawn picture, and how many stand on a page."""

    size: Pair
    columns: int
    rows: int
    tile_width: int
    tile_height: int

    @property
    def count(self) -> int:
        """How many pictures a page holds."""
        return self.columns * self.rows


@dataclass(frozen=True)
class Sheet:
    """A cursor on ``total`` pictures of ``size``, on pages of ``width`` × ``height`` characters.

    ``zoom`` is by how many steps they are drawn larger or smaller than usual; ``captions`` the
    lines below each picture.
    """

    size: Pair
    total: int
    cursor: int = 0
    zoom: int = 0
    captions: int = 1
    width: int = ROOM[0]
    height: int = ROOM[1]

    @property
    def plan(self) -> Plan:
        """The layout."""
        sizes = _sizes(self.size, self.width, self.height, self.captions)
        at = max(0, min(_usual(sizes) + self.zoom, len(sizes) - 1))
        return _plan(sizes[at], self.width, self.height, self.captions)

    @property
    def page(self) -> int:
        """The page the cursor is on, from 0."""
        return self.cursor // self.plan.count

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // self.plan.count))

    @property
    def shown(self) -> range:
        """The positions on this page."""
        first = self.page * self.plan.count
        return range(first, min(first + self.plan.count, self.total))

    def to(self, position: int) -> Self:
        """Choose a picture by its position."""
        return replace(self, cursor=max(0, min(position, self.total - 1)))

    def moved(self, rows: int, columns: int) -> Self:
        """Choose a picture beside, above or below; past an edge of the page, one of another."""
        across = self.plan.columns
        target = self.cursor + rows * across + columns
        if 0 <= target < self.total:
            return self.to(target)
        last = self.total - 1
        below = target > last and self.cursor // across < last // across
        return self.to(last) if below else self

    def paged(self, by: int) -> Self:
        """Turn pages; the cursor keeps its place on them."""
        page = max(0, min(self.page + by, self.pages - 1))
        return self.to(page * self.plan.count + self.cursor % self.plan.count)

    def zoomed(self, by: int) -> Self:
        """Draw the pictures a step larger, or smaller."""
        sizes = _sizes(self.size, self.width, self.height, self.captions)
        usual = _usual(sizes)
        at = max(0, min(usual + self.zoom, len(sizes) - 1)) + by
        return replace(self, zoom=max(0, min(at, len(sizes) - 1)) - usual)

    def sized(self, width: int, height: int) -> Self:
        """Lay out for another room, in characters."""
        return replace(self, width=max(1, width), height=max(1, height))

    def holding(self, total: int, size: Pair | None = None) -> Self:
        """Show another number of pictures, from the first one."""
        return replace(self, total=total, cursor=0, size=size or self.size)


@lru_cache(maxsize=64)
def _sizes(size: Pair, width: int, height: int, captions: int) -> tuple[Pair, ...]:
    """Return every size a picture can be drawn in, ascending; the smallest even if it won't fit."""
    longest = max(size)
    scales = (*range(-max(1, longest // LEAST), -1), *range(1, max(width, 2 * height) + 1))
    sizes = list(dict.fromkeys(scaled(size, scale) for scale in scales))
    room = 2 * max(1, height - captions), width - BRACKETS
    fits = [each for each in sizes if each[0] <= room[0] and each[1] <= room[1]]
    return tuple(fits or [filling(size, (room[0], max(1, room[1])))])


def _usual(sizes: tuple[Pair, ...]) -> int:
    return max(0, sum(max(size) <= USUAL for size in sizes) - 1)


@lru_cache(maxsize=64)
def _plan(size: Pair, width: int, height: int, captions: int) -> Plan:
    tile_width, tile_height = size[1] + BRACKETS, (size[0] + 1) // 2 + captions
    columns, rows = max(1, width // tile_width), max(1, height // tile_height)
    tile_width += max(0, min(MORE[1], width // columns - tile_width))
    tile_height += max(0, min(MORE[0], height // rows - tile_height))
    return Plan(size, columns, rows, tile_width, tile_height)
