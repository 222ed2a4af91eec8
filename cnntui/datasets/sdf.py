"""Signed distances to ten plain figures, each within the unit circle.

The sign is exact: at most 0 inside. The size is exact near the middle of an edge, which is enough
to soften it; beyond a corner it is too small.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]

SQUARE = 0.5**0.5  # half a side
ARM, WIDTH = 0.95, 0.3  # half the length and half the width of the cross's bars
HOLE = 0.55  # the ring's
INNER = 0.42  # radius of the star's inner corners
BITE = (0.5, 0.8)  # the crescent's: where it is taken, and its radius
HEART = 0.5**0.5  # half a diagonal of the heart's square
BAR = 0.26  # half the bar's width


def circle(u: Field, v: Field) -> Field:
    """Radius 1."""
    return np.hypot(u, v) - 1


def square(u: Field, v: Field) -> Field:
    """Corners on the unit circle."""
    return np.maximum(np.abs(u), np.abs(v)) - np.float32(SQUARE)


def triangle(u: Field, v: Field) -> Field:
    """Three equal sides, corners on the unit circle, one of them at (0, -1)."""
    slanted = np.float32(0.75**0.5) * np.abs(u) - v / 2
    return np.maximum(v, slanted) - np.float32(0.5)


def star(u: Field, v: Field) -> Field:
    """Five points on the unit circle, one of them at (1, 0)."""
    sector = np.float32(2 * np.pi / 5)
    angle = np.arctan2(v, u)
    angle = np.abs(angle - np.rint(angle / sector) * sector)  # 0..36°: half a point
    radius = np.hypot(u, v)
    dent = INNER * np.exp(1j * np.pi / 5)
    normal = (dent - 1) * -1j  # out of the edge from the point to the dent
    normal /= abs(normal)
    across = (radius * np.cos(angle) - 1) * np.float32(normal.real)
    distance = across + radius * np.sin(angle) * np.float32(normal.imag)
    return distance.astype(np.float32, copy=False)


def cross(u: Field, v: Field) -> Field:
    """Two bars."""
    long, short = np.float32(ARM), np.float32(WIDTH)
    a, b = np.abs(u), np.abs(v)
    distance: Field = np.minimum(np.maximum(a - long, b - short), np.maximum(a - short, b - long))
    return distance


def ring(u: Field, v: Field) -> Field:
    """A disc with a round hole."""
    radius = np.hypot(u, v)
    distance: Field = np.maximum(radius - 1, np.float32(HOLE) - radius)
    return distance


def crescent(u: Field, v: Field) -> Field:
    """A disc with a bite."""
    at, radius = BITE
    bite = np.float32(radius) - np.hypot(u - np.float32(at), v)
    distance: Field = np.maximum(np.hypot(u, v) - 1, bite)
    return distance


def heart(u: Field, v: Field) -> Field:
    """A square on its corner (0, HEART), half discs on its upper sides."""
    half = np.float32(HEART / 2)
    a = np.abs(u)
    body = (a + np.abs(v)) * np.float32(0.5**0.5) - np.float32(HEART * 0.5**0.5)
    lobes = np.hypot(a - half, v + half) - np.float32(HEART * 0.5**0.5)
    distance: Field = np.minimum(body, lobes)
    return distance


def bar(u: Field, v: Field) -> Field:
    """A long rectangle."""
    return np.maximum(np.abs(u) - np.float32(ARM), np.abs(v) - np.float32(BAR))


def half(u: Field, v: Field) -> Field:
    """Half a disc."""
    distance: Field = np.maximum(np.hypot(u, v) - 1, v)
    return distance


FIGURES: dict[str, Callable[[Field, Field], Field]] = {
    figure.__name__: figure
    for figure in (circle, square, triangle, star, cross, ring, crescent, heart, bar, half)
}
