"""Generated pictures of a few grey levels, at any size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnntui.sources.arrays import Values

BRIGHT = 9

Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Pattern:
    """A pattern: ``draw(rows, columns, height, width)`` gives its values from open index grids."""

    summary: str
    draw: Callable[[Indices, Indices, int, int], NDArray[Any]]


def drawn(name: str, height: int, width: int) -> Values:
    """Return the pattern ``name`` as (1, height, width)."""
    rows, columns = np.arange(height)[:, None], np.arange(width)[None, :]
    values = PATTERNS[name].draw(rows, columns, height, width)
    return np.array(np.broadcast_to(values, (height, width)), dtype=np.float32)[None]


def _vertical_edge(rows: Indices, columns: Indices, height: int, width: int) -> NDArray[Any]:
    return np.where(columns >= width // 2, BRIGHT, 0)


def _horizontal_edge(rows: Indices, columns: Indices, height: int, width: int) -> NDArray[Any]:
    return np.where(rows >= height // 2, BRIGHT, 0)


def _diagonal_edge(rows: Indices, columns: Indices, height: int, width: int) -> NDArray[Any]:
    return np.where(columns * height >= rows * width, BRIGHT, 0)


def _checkerboard(rows: Indices, columns: Indices, height: int, width: int) -> NDArray[Any]:
    return np.where((rows // 2 + columns // 2) % 2 == 1, BRIGHT, 0)


def _gradient(rows: Indices, columns: Indices, height: int, width: int) -> NDArray[Any]:
    return columns


def _cross(rows: Indices, columns: Indices, height: int, width: int) -> NDArray[Any]:
    middle_row = (rows >= (height - 1) // 2) & (rows <= height // 2)
    middle_column = (columns >= (width - 1) // 2) & (columns <= width // 2)
    return np.where(middle_row | middle_column, BRIGHT, 0)


def _ring(rows: Indices, columns: Indices, height: int, width: int) -> NDArray[Any]:
    """Cells whose distance from the centre is 0.5 to 0.95 of half the side."""
    down, across = (2 * rows + 1 - height) / height, (2 * columns + 1 - width) / width
    distance = np.hypot(down, across)
    return np.where((distance >= 0.5) & (distance <= 0.95), BRIGHT, 0)


def _impulse(rows: Indices, columns: Indices, height: int, width: int) -> NDArray[Any]:
    return np.where((rows == height // 2) & (columns == width // 2), BRIGHT, 0)


PATTERNS = {
    "vertical-edge": Pattern("dark left, bright right", _vertical_edge),
    "horizontal-edge": Pattern("dark above, bright below", _horizontal_edge),
    "diagonal-edge": Pattern("dark lower left, bright upper right", _diagonal_edge),
    "checkerboard": Pattern("squares of 2×2 cells", _checkerboard),
    "gradient": Pattern("each column 1 brighter than the one before", _gradient),
    "cross": Pattern("the middle row and the middle column", _cross),
    "ring": Pattern("edges in every direction", _ring),
    "impulse": Pattern("one bright cell: what comes out is the kernel, turned", _impulse),
}
