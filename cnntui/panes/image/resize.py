"""A picture in another size by each method of Pillow and of torch, and where they differ."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from cnntui.panes.image.reading import Pair, Photo

Floats = npt.NDArray[np.float32]

MOST_SIDE, MOST_PIXELS = 4096, 5 << 18  # of a resized picture: eight are held


@dataclass(frozen=True)
class Method:
    """One way to resize. ``mode`` is torch's, "" where torch has none; ``pillow`` is Pillow's."""

    name: str
    words: str
    pillow: str = ""
    mode: str = ""
    antialias: bool = False

    @property
    def by_pillow(self) -> bool:
        """Whether Pillow makes the picture; torch's is then compared with it."""
        return bool(self.pillow)


METHODS = (
    Method("nearest", "the one nearest pixel; jagged", "NEAREST", "nearest-exact"),
    Method("box", "mean of the pixels that lie inside; torch's area", "BOX", "area"),
    Method("bilinear", "weights fall off linearly", "BILINEAR", "bilinear", True),
    Method("bicubic", "cubic weights, a = −0.5; overshoots", "BICUBIC", "bicubic", True),
    Method("Lanczos", "windowed sinc, 6 pixels wide; sharpest, rings", "LANCZOS"),
    Method("torch nearest", "rounds down: half a pixel to the upper left", "", "nearest"),
    Method("torch bilinear", "no antialias: 2×2 pixels, however small", "", "bilinear"),
    Method("torch bicubic", "no antialias, a = −0.75", "", "bicubic"),
)
LIKE = {5: 0, 6: 2, 7: 3}  # torch's own ways → the Pillow one they are held against


@dataclass(frozen=True, eq=False)
class Resized:
    """A picture resized by every method: (C, h, w) in the picture's own units.

    ``torch`` is by how much torch's same method differs at most; None where it has none.
    """

    size: Pair
    images: tuple[Floats, ...]
    torch: tuple[float | None, ...]
    _apart: dict[Pair, tuple[float, Pair]] = field(default_factory=dict, repr=False)

    def difference(self, one: int, other: int) -> tuple[float, Pair]:
        """Return the largest difference of two methods, and the (row, column) where it is."""
        key = min(one, other), max(one, other)
        if key not in self._apart:
            self._apart[key] = self._largest(one, other)
        return self._apart[key]

    def _largest(self, one: int, other: int) -> tuple[float, Pair]:
        differences = np.abs(self.images[one] - self.images[other]).max(axis=0)
        row, column = np.unravel_index(int(differences.argmax()), differences.shape)
        return float(differences[row, column]), (int(row), int(column))


def targets(size: Pair) -> tuple[Pair, ...]:
    """Return the sizes a picture is resized to: parts of it, 32, 224, 480×640, and multiples."""
    parts = [tuple(max(1, round(side / share)) for side in size) for share in (8, 4, 2, 16)]
    larger = [tuple(side * times for side in size) for times in (2, 4)]
    sizes = [*parts, (32, 32), (224, 224), (480, 640), *larger]
    fits = [(h, w) for h, w in sizes if max(h, w) <= MOST_SIDE and h * w <= MOST_PIXELS]
    return tuple(dict.fromkeys(each for each in fits if each != size))


def resized(photo: Photo, size: Pair) -> Resized:
    """Resize by all METHODS; the last size is kept. The first call loads torch."""
    last: list[Resized] = photo.kept("resized", list)
    versions = next((each for each in last if each.size == size), None)
    if versions is None:
        versions = _resized(photo, size)
        last[:] = [versions]
    return versions


def _resized(photo: Photo, size: Pair) -> Resized:
    from cnntui.engine import resizing

    images: list[Floats] = []
    differences: list[float | None] = []
    for method in METHODS:
        by_torch = None
        if method.mode:
            by_torch = resizing.resized(photo.values, size, method.mode, method.antialias)
        if not method.by_pillow:
            assert by_torch is not None
            images.append(by_torch)
            differences.append(None)
            continue
        made = pillow_resized(photo, size, method.pillow)
        images.append(made)
        same = (
            None if by_torch is None else float(np.abs(by_torch.clip(0, photo.white) - made).max())
        )
        differences.append(same)
    return Resized(size, tuple(images), tuple(differences))


def pillow_resized(photo: Photo, size: Pair, method: str) -> Floats:
    """Return (C, h, w) as Pillow makes it, bytes as bytes: rounded and clipped as it does."""
    from PIL import Image

    how = Image.Resampling[method]
    kind = np.uint8 if photo.dtype == "uint8" else np.float32
    planes = (Image.fromarray(np.ascontiguousarray(plane.astype(kind))) for plane in photo.values)
    made = np.stack([np.asarray(plane.resize(size[::-1], how)) for plane in planes])
    return made.astype(np.float32).clip(0, photo.white)
