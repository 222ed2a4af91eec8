"""Turns arrays of pictures, as people save them, into uint8 (N, C, H, W)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnntui.errors import UserError

CHANNELS = (1, 3)

Images = dict[str, NDArray[np.uint8]]


def as_images(
    parts: Mapping[str, NDArray[Any]], layout: str = "auto"
) -> tuple[Images, tuple[str, ...]]:
    """Return each part of a set as uint8 (N, C, H, W), and what was assumed, one line each.

    (N, H, W) is one channel; of four dimensions that of 1 or 3 is the channels, the last where
    both may be. Values: uint8, whole numbers 0..255, or 0..1 which become 0..255. UserError.
    """
    first = next(iter(parts.values()))
    last, notes = _channels_last(first.shape, layout)
    scale, scaled = _scale(parts)
    images = {part: _pixels(_moved(values, last), scale) for part, values in parts.items()}
    shapes = {array.shape[1:] for array in images.values()}
    if len(shapes) > 1:
        raise UserError(f"its pictures are of {' and '.join(map(str, sorted(shapes)))}; one size")
    return images, (*notes, *scaled)


def _channels_last(shape: tuple[int, ...], layout: str) -> tuple[bool, tuple[str, ...]]:
    """Return whether the channels come last."""
    if len(shape) not in (3, 4) or 0 in shape:
        raise UserError(f"has pictures of {shape}; (N, H, W), (N, H, W, C) or (N, C, H, W) wanted")
    if len(shape) == 3:
        return False, ()
    may_first, may_last = shape[1] in CHANNELS, shape[3] in CHANNELS
    if layout != "auto":
        may_first, may_last = may_first and layout == "NCHW", may_last and layout == "NHWC"
    if not (may_first or may_last):
        raise UserError(f"has pictures of {shape}; 1 or 3 channels are wanted, first or last")
    unclear = may_first and may_last
    notes = (f"{shape} is read as (N, H, W, C); :layout=NCHW reads it otherwise",)
    return may_last, notes if unclear else ()


def _scale(parts: Mapping[str, NDArray[Any]]) -> tuple[float, tuple[str, ...]]:
    """Return what the values are multiplied by: 255 where all are from 0 to 1 and not whole."""
    kinds = {values.dtype.kind for values in parts.values()}
    if not kinds <= set("buif"):
        raise UserError("its pictures are no numbers")
    lows, highs = zip(*(_range(values) for values in parts.values()), strict=True)
    low, high = min(lows), max(highs)
    if not (low >= 0 and high <= 255):  # NaN too
        raise UserError(f"its values are {low:g} to {high:g}; save 0 to 255, or 0 to 1")
    if kinds <= set("bf") and high <= 1:
        return 255.0, ("its values of 0 to 1 are read as 0 to 255",)
    if "f" in kinds:
        return 1.0, ("its values are rounded to whole ones of 0 to 255",)
    return 1.0, ()


def _range(values: NDArray[Any]) -> tuple[float, float]:
    if values.size == 0:
        raise UserError("has no pictures in one of its parts")
    return float(values.min()), float(values.max())


def _moved(values: NDArray[Any], last: bool) -> NDArray[Any]:
    """Return (N, C, H, W)."""
    if values.ndim == 3:
        return values[:, None]
    if values.ndim != 4:
        raise UserError(f"has a part of pictures of {values.shape}, unlike the others")
    moved: NDArray[Any] = values.transpose(0, 3, 1, 2) if last else values
    if moved.shape[1] not in CHANNELS:
        raise UserError(f"has a part of pictures of {values.shape}, unlike the others")
    return moved


def _pixels(values: NDArray[Any], scale: float) -> NDArray[np.uint8]:
    if values.dtype == np.uint8:
        return np.ascontiguousarray(values)
    pixels = np.empty(values.shape, np.uint8)
    for index, picture in enumerate(values):  # one at a time: floats take eight times as much
        pixels[index] = np.rint(picture * np.float64(scale))
    return pixels
