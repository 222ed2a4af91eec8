"""Colour spaces of pictures: grey, HSV, L*a*b*, BGR."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cnntui.errors import UserError

Floats = npt.NDArray[np.float64]
Range = tuple[float, float]

# ITU-R BT.601: luma. Pillow's convert("L") is the same in whole 65536ths.
LUMA = (0.299, 0.587, 0.114)
# sRGB (IEC 61966-2-1) to CIE XYZ of the 2° observer, white D65.
XYZ_OF_RGB = np.array(
    (
        (0.4124564, 0.3575761, 0.1804375),
        (0.2126729, 0.7151522, 0.0721750),
        (0.0193339, 0.1191920, 0.9503041),
    )
)
WHITE = XYZ_OF_RGB.sum(axis=1)  # of RGB 1 1 1: 0.95047 1 1.08883, D65
_EPSILON, _KAPPA = 216 / 24389, 24389 / 27  # of CIE 15:2004


@dataclass(frozen=True)
class Space:
    """A way to write a colour: its channels, the range of each, and the formula with its source."""

    name: str
    title: str
    channels: tuple[str, ...]
    ranges: tuple[Range, ...]  # with RGB in 0..1
    formula: tuple[str, ...]
    convert: Callable[[Floats], Floats]  # (3, …) of 0..1 → (len(channels), …)


def weighted(
    weights: Sequence[float] | npt.NDArray[Any], rgb: npt.NDArray[Any]
) -> npt.NDArray[Any]:
    """Return (…): the weighted sum of (3, …), added in this order on every CPU.

    A matrix product's order is BLAS's, and the last digit with it.
    """
    red, green, blue = rgb
    total: npt.NDArray[Any] = weights[0] * red + weights[1] * green + weights[2] * blue
    return total


def gray(rgb: Floats) -> Floats:
    """Return (1, …): 0.299 R + 0.587 G + 0.114 B, ITU-R BT.601 on the coded values."""
    return weighted(LUMA, rgb)[None]


def gray_bytes(rgb: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return (1, …) uint8 of (3, …) uint8 as Pillow's convert("L") rounds it.

    (19595 R + 38470 G + 7471 B + 32768) // 65536.
    """
    red, green, blue = rgb.astype(np.int64)
    luma = (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16
    grey: npt.NDArray[np.uint8] = luma.astype(np.uint8)[None]
    return grey


def hsv(rgb: Floats) -> Floats:
    """Return (3, …): hue in degrees 0..360, saturation and value 0..1.

    A. R. Smith, Color Gamut Transform Pairs, SIGGRAPH 1978; the hue of a grey is 0.
    """
    red, green, blue = rgb
    value, least = rgb.max(axis=0), rgb.min(axis=0)
    span = value - least
    safe = np.where(span > 0, span, 1.0)
    hue = np.where(
        value == red,
        (green - blue) / safe,
        np.where(value == green, 2 + (blue - red) / safe, 4 + (red - green) / safe),
    )
    hue = np.where(span > 0, 60 * hue % 360, 0.0)
    return np.stack([hue, np.where(value > 0, span / np.where(value > 0, value, 1.0), 0.0), value])


def linear(rgb: Floats) -> Floats:
    """Return sRGB values 0..1 as linear light (IEC 61966-2-1)."""
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb.clip(0, None) + 0.055) / 1.055) ** 2.4)


def lab(rgb: Floats) -> Floats:
    """Return (3, …) CIE 1976 L*a*b* of sRGB, white D65: L 0..100 (CIE 15:2004, 8.2.1)."""
    white = WHITE.reshape(3, *[1] * (rgb.ndim - 1))
    light = linear(rgb)
    share = np.stack([weighted(row, light) for row in XYZ_OF_RGB]) / white
    root = np.where(share > _EPSILON, np.cbrt(share), (_KAPPA * share + 16) / 116)
    x, y, z = root
    lab = np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)])
    return np.round(lab, 9) + 0.0  # a power's last digits are the CPU's; a grey has a* 0


def bgr(rgb: Floats) -> Floats:
    """Return the channels in the opposite order, as OpenCV and Caffe keep them."""
    return rgb[::-1]


def _same(rgb: Floats) -> Floats:
    return rgb


def _gray_thrice(rgb: Floats) -> Floats:
    return gray(rgb).repeat(3, axis=0)


_UNIT = (0.0, 1.0)
_WEIGHTS = "Y = 0.299 R + 0.587 G + 0.114 B"

SPACES = (
    Space(
        "rgb",
        "RGB",
        ("red", "green", "blue"),
        (_UNIT,) * 3,
        ("as in the file: sRGB, IEC 61966",),
        _same,
    ),
    Space(
        "bgr",
        "BGR",
        ("blue", "green", "red"),
        (_UNIT,) * 3,
        ("blue first: OpenCV, Caffe",),
        bgr,
    ),
    Space("gray", "grey", ("grey",), (_UNIT,), (_WEIGHTS, "ITU-R BT.601, as Pillow's L"), gray),
    Space(
        "gray3",
        "grey ×3",
        ("grey", "grey", "grey"),
        (_UNIT,) * 3,
        (_WEIGHTS, "3 equal channels for RGB nets"),
        _gray_thrice,
    ),
    Space(
        "hsv",
        "HSV",
        ("hue", "saturation", "value"),
        ((0.0, 360.0), _UNIT, _UNIT),
        ("V = max, S = (max − min) / max", "H: angle in degrees; Smith 1978"),
        hsv,
    ),
    Space(
        "lab",
        "L*a*b*",
        ("L*", "a*", "b*"),
        ((0.0, 100.0), (-128.0, 127.0), (-128.0, 127.0)),
        (
            "L* = 116 f(Y/Yn) − 16",
            "a* = 500 (f(X/Xn) − f(Y/Yn))",
            "b* = 200 (f(Y/Yn) − f(Z/Zn))",
            "f: cube root; CIE 15:2004, D65",
        ),
        lab,
    ),
)
NAMES = tuple(space.name for space in SPACES)
_OTHER_NAMES = {"grey": "gray", "grey3": "gray3"}


def space_called(name: str) -> Space:
    """Return a space by its name. Raises UserError."""
    wanted = _OTHER_NAMES.get(name.lower(), name.lower())
    for space in SPACES:
        if space.name == wanted:
            return space
    raise UserError(f"no colour space {name[:40]!r}; give one of {', '.join(NAMES)}")
