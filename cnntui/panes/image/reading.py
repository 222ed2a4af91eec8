"""Reads a picture and says what the file holds: format, mode, bits, frames."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from cnntui.errors import UserError
from cnntui.sources import samples
from cnntui.sources.arrays import Values
from cnntui.sources.decoding import FORMATS
from cnntui.sources.inputs import Input, load_input

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

Floats = npt.NDArray[np.float64]
Pair = tuple[int, int]
T = TypeVar("T")

MOST_KEPT = 64  # things worked out of one picture that are kept with it

WHITE_OF = {"uint8": 255.0, "uint16": 65535.0}
_MODES = {
    "1": "black and white",
    "L": "grey, 8 bits",
    "LA": "grey with alpha, laid on white",
    "P": "palette",
    "RGB": "RGB, 8 bits",
    "RGBA": "RGBA, laid on white",
    "CMYK": "CMYK, made RGB",
    "YCbCr": "YCbCr, made RGB",
    "I": "grey, whole numbers",
    "F": "grey, floats",
}
_TURNED = range(2, 9)  # EXIF orientations that change the picture
_ORIENTATION = 0x0112


@dataclass(frozen=True, eq=False)
class Photo:
    """A picture: (1 or 3, H, W) of 0..``white``, what type its numbers have, and what is told."""

    source: Input
    dtype: str
    white: float
    facts: tuple[str, ...] = ()
    _kept: dict[Hashable, Any] = field(default_factory=dict, repr=False)

    @property
    def values(self) -> Values:
        """The numbers, float32 (C, H, W)."""
        return self.source.values

    @property
    def size(self) -> Pair:
        """(height, width)."""
        return int(self.values.shape[1]), int(self.values.shape[2])

    @property
    def channels(self) -> int:
        """1 or 3."""
        return len(self.values)

    @property
    def pixels(self) -> int:
        """Height times width."""
        return self.size[0] * self.size[1]

    @cached_property
    def span(self) -> tuple[float, float]:
        """The least and the largest value."""
        return float(self.values.min()), float(self.values.max())

    def rgb(self, rows: slice, columns: slice) -> Floats:
        """Return a part as (3, …) of 0..1; a grey one thrice."""
        part = self.values[:, rows, columns].astype(np.float64) / self.white
        return part if len(part) == 3 else part.repeat(3, axis=0)

    def kept(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what was made of the picture before under this key, or make it now.

        Kept here, and not in a cache of the module, so that it goes when the picture goes.
        """
        if key not in self._kept:
            self._kept[key] = make()
            if len(self._kept) > MOST_KEPT:
                self._kept.pop(next(iter(list(self._kept))), None)
        value: T = self._kept[key]
        return value

    def reduced(self, rows: Pair, columns: Pair, size: Pair) -> Floats:
        """Return rows and columns, each (first, past last), in ``size`` pixels: (C, h, w) of 0..1.

        Repeated to a whole multiple, else means.
        """
        key = "reduced", rows, columns, size
        part = self.values[:, slice(*rows), slice(*columns)]
        return self.kept(key, lambda: _reduced(part, size) / self.white)

    @property
    def in_bytes(self) -> npt.NDArray[np.uint8]:
        """The picture as uint8 (C, H, W); others than uint8 are scaled."""
        scaled = self.values if self.white == 255 else self.values * (255 / self.white)
        return np.rint(scaled).clip(0, 255).astype(np.uint8)


def _reduced(values: Values, size: Pair) -> Floats:
    from PIL import Image

    height, width = values.shape[1:]
    if not (size[0] % height or size[1] % width):
        repeated = values.repeat(size[0] // height, axis=1).repeat(size[1] // width, axis=2)
        return repeated.astype(np.float64)
    planes = (Image.fromarray(np.ascontiguousarray(plane)) for plane in values)
    means = [np.asarray(p.resize(size[::-1], Image.Resampling.BOX), np.float64) for p in planes]
    return np.stack(means)


def read_photo(name: str) -> Photo:
    """Read a sample or a file by its name. Raises UserError."""
    source = load_input(name)
    values = source.values
    if len(values) not in (1, 3):
        raise UserError(f"{source.name} has {len(values)} channels; a picture has 1 or 3")
    if not bool(np.isfinite(values).all()):
        raise UserError(f"{source.name} holds NaN or infinity; a picture's values are finite")
    if float(values.min()) < 0:
        raise UserError(f"{source.name} holds values below 0; a picture's are 0 or more")
    header = _header_of(name.strip(), source.kind)
    dtype = _dtype(values, header.mode)
    return Photo(source, dtype, _white(source, dtype, header.mode), header.facts)


@dataclass(frozen=True)
class _Header:
    mode: str = ""
    facts: tuple[str, ...] = ()


def _header_of(name: str, kind: str) -> _Header:
    """Return what a picture file says of itself; nothing of what is no picture file."""
    from PIL import Image

    if kind not in ("picture", "file"):
        return _Header()
    path = samples.folder() / f"{name}.png" if kind == "picture" else Path(os.path.expanduser(name))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(path, formats=FORMATS) as image:
                return _Header(image.mode, tuple(_facts(image)))
    except Exception:  # decoded already, or numbers: what is odd about a header is no concern
        return _Header()


def _facts(image: ImageFile) -> Iterator[str]:
    """Yield the format and mode, and what was done to the picture beside decoding it."""
    mode = image.mode
    kinds = "grey, 16 bits" if mode.startswith("I;16") else _MODES.get(mode, mode)
    yield f"{image.format}, {kinds}"
    if mode in ("RGB", "RGBA") and any("16" in str(tile[3]) for tile in image.tile):
        yield "16 bits a channel, read as 8"
    frames = int(getattr(image, "n_frames", 1))
    if frames > 1:
        yield f"the first of {frames} frames"
    turned = image.getexif().get(_ORIENTATION, 1)
    if turned in _TURNED:
        yield f"turned upright: EXIF orientation {turned}"


def _dtype(values: Values, mode: str) -> str:
    if mode and mode not in ("I", "F") and not mode.startswith("I;"):
        return "uint8"
    if mode.startswith("I;16"):
        return "uint16"
    if mode == "F" or not bool((values == np.rint(values)).all()):
        return "float32"
    largest = float(values.max())
    return (
        "uint8" if largest <= 255 and mode != "I" else "uint16" if largest <= 65535 else "float32"
    )


def _white(source: Input, dtype: str, mode: str) -> float:
    """Return the value of white: a type's largest, 16 of a digit, 1 of floats, else the largest."""
    largest = float(source.values.max())
    if source.kind == "digit":
        return 16.0
    if dtype == "uint8" and source.kind in ("picture", "file") and (mode or largest > 16):
        return 255.0
    if dtype == "uint16":
        return 65535.0
    return 1.0 if largest <= 1 else largest
