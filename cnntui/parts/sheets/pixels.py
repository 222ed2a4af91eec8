"""Makes many pictures ready to be drawn small, in one palette."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from cnntui.parts.pictures.palettes import diverging_frame, limited, palette_frame
from cnntui.parts.sheets.state import Pair
from cnntui.ui.frames.pictures import PictureFrame

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float32]

GREYS = 32
COLOURS = 64


@dataclass(frozen=True, eq=False)
class Pictures:
    """Some pictures of one size: uint8 (n, 1 or 3, H, W), or float32 with a sign (n, 1, H, W).

    ``limit`` is the magnitude of full colour of signed ones, 0 of others.
    """

    values: Array
    limit: float = 0.0

    @classmethod
    def of_images(cls, images: Array) -> Self:
        """Take uint8 (n, C, H, W); of any C but 1 and 3 the mean is drawn."""
        if images.shape[1] in (1, 3):
            return cls(images)
        return cls(np.rint(images.mean(axis=1, keepdims=True)).astype(np.uint8))

    @classmethod
    def of_kernels(cls, weight: Array, limit: float | None = None) -> Self:
        """Take weights (out, in, h, w): one picture a plane, all inputs of a filter in turn.

        ``limit`` is the magnitude of full colour; the largest there is where none is given.
        """
        planes = np.asarray(weight, np.float32).reshape(-1, 1, *weight.shape[-2:])
        finite = np.abs(planes[np.isfinite(planes)])
        largest = float(finite.max()) if finite.size else 0.0
        return cls(planes, limit or largest or 1.0)

    def __len__(self) -> int:
        return len(self.values)

    @property
    def size(self) -> Pair:
        """(height, width) of a picture."""
        return int(self.values.shape[2]), int(self.values.shape[3])

    def part(self, shown: range) -> Self:
        """Return the pictures of a page."""
        return type(self)(self.values[shown.start : shown.stop], self.limit)


@lru_cache(maxsize=8)
def drawn(pictures: Pictures, size: Pair, colors: str = "truecolor") -> tuple[PictureFrame, ...]:
    """Return each picture in ``size`` pixels, all in one palette of ``colors``.

    Greys are 32 levels, colours 64 at most, chosen for all of them together; signed values are
    blue below 0 and orange above, without colours 0 is mid-grey.
    """
    count = len(pictures)
    if not count:
        return ()
    across = int(np.ceil(np.sqrt(count)))
    board = _beside(resized(pictures.values, size), across)
    frame = limited(_coloured(board, pictures.limit, colors), colors)
    indices = np.frombuffer(frame.indices, np.uint8).reshape(-1, size[0], across, size[1])
    tiles = indices.transpose(0, 2, 1, 3).reshape(-1, size[0] * size[1])
    return tuple(PictureFrame(size[1], size[0], t.tobytes(), frame.palette) for t in tiles[:count])


def resized(values: Array, size: Pair) -> Array:
    """Return (n, C, H, W) as (n, C, h, w): pixels repeated to a whole multiple, else area means."""
    height, width = values.shape[2:]
    if not (size[0] % height or size[1] % width):
        return values.repeat(size[0] // height, axis=2).repeat(size[1] // width, axis=3)
    floats = values.astype(np.float32)
    means = _shares(height, size[0]) @ floats @ _shares(width, size[1]).T
    return np.rint(means).astype(np.uint8) if values.dtype == np.uint8 else means


@lru_cache(maxsize=64)
def _shares(old: int, new: int) -> Floats:
    """Return (new, old): which share of each new cell each old one covers."""
    edges = np.arange(new + 1) * (old / new)
    first, last = edges[:-1, None], edges[1:, None]
    cells = np.arange(old)
    covered = np.minimum(last, cells + 1) - np.maximum(first, cells)
    shares: Floats = (covered.clip(0, None) * (new / old)).astype(np.float32)
    return shares


def _beside(values: Array, across: int) -> Array:
    """Return (n, C, h, w) as one picture (C, ⌈n / across⌉ · h, across · w), the last one repeated.

    The palette is chosen from a sample of it, which then has something of every picture.
    """
    count, channels, height, width = values.shape
    down = -(-count // across)
    filled = np.concatenate([values, values[-1:].repeat(down * across - count, axis=0)])
    grid = filled.reshape(down, across, channels, height, width).transpose(2, 0, 3, 1, 4)
    return grid.reshape(channels, down * height, across * width)


def _coloured(board: Array, limit: float, colors: str) -> PictureFrame:
    if not limit:
        return palette_frame(board, GREYS if len(board) == 1 else COLOURS)
    if colors != "none":
        return diverging_frame(board[0], limit)
    with np.errstate(invalid="ignore", over="ignore"):
        shares = (board / limit + 1) * 127.5
        return palette_frame(shares.astype(np.float32), GREYS)
