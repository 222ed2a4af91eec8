"""Which augmentations are shown on a picture, how strong, and their samples."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Self

import numpy as np
import numpy.typing as npt

from cnntui.engine.colours import gray_bytes
from cnntui.panes.image.reading import Pair, Photo
from cnntui.parts.pictures.palettes import fitted
from cnntui.sources.inputs import load_input
from cnntui.training.augment.combinations import (
    FILLS,
    KINDS,
    Augmentation,
    Augmentations,
    Kind,
    parse,
)

Bytes = npt.NDArray[np.uint8]

EACH, COMBINED = 0, len(KINDS) + 1  # the first and the last line; a kind each in between
SIDE = 64  # pixels of the longer side at which a picture is augmented
SAMPLES = 12  # drawn at a time, however many are shown: the same ones on every screen
PARTNERS = 20  # pictures that mixup and CutMix may draw from
PARTNER_NAMES = ("coffee", "astronaut", "camera", "brick", "chelsea")
STEP_OF = {
    "probability": 0.1,
    "part": 0.1,
    "degrees": 5.0,
    "part of a side": 0.05,
    "pixels": 1.0,
    "deviation": 0.05,
    "alpha": 0.2,
}
COMBINATION = ("flip", "rotate", "shift", "brightness")  # until another one is chosen


@dataclass(frozen=True)
class Augmenting:
    """The strength of every kind, those that are combined, the line under the cursor, the seed."""

    strengths: tuple[float, ...] = tuple(float(kind.default) for kind in KINDS)
    chosen: frozenset[str] = frozenset(COMBINATION)
    fill: str = FILLS[0]
    seed: int = 0
    row: int = EACH

    @property
    def kind(self) -> Kind | None:
        """The kind under the cursor; None on the first and the last line."""
        return KINDS[self.row - 1] if EACH < self.row < COMBINED else None

    def strength(self, name: str) -> float:
        """The strength of a kind."""
        return next(s for kind, s in zip(KINDS, self.strengths, strict=True) if kind.name == name)

    @property
    def combination(self) -> Augmentations:
        """What the last line stands for."""
        return self.wanted(COMBINED)

    def wanted(self, row: int) -> Augmentations:
        """Return what a line stands for: one kind, or the combination."""
        names = self.chosen if row == COMBINED else {KINDS[row - 1].name}
        pairs = zip(KINDS, self.strengths, strict=True)
        items = tuple(Augmentation(kind.name, s) for kind, s in pairs if kind.name in names)
        return Augmentations(items, self.fill)

    def moved(self, by: int) -> Self:
        """Go to another line."""
        return replace(self, row=max(EACH, min(self.row + by, COMBINED)))

    def stronger(self, by: int) -> Self:
        """Change the strength of the kind under the cursor by so many steps."""
        kind = self.kind
        if kind is None:
            return self
        now = self.strength(kind.name) + by * STEP_OF[kind.unit]
        strength = round(max(float(kind.least), min(now, float(kind.most))), 6)
        at = self.row - 1
        return replace(self, strengths=(*self.strengths[:at], strength, *self.strengths[at + 1 :]))

    def toggled(self) -> Self:
        """Take the kind under the cursor into the combination, or out of it."""
        return self if self.kind is None else replace(self, chosen=self.chosen ^ {self.kind.name})

    def refilled(self) -> Self:
        """Let the next thing come in from outside."""
        return replace(self, fill=FILLS[(FILLS.index(self.fill) + 1) % len(FILLS)])

    def reseeded(self, by: int) -> Self:
        """Draw other samples."""
        return replace(self, seed=max(0, self.seed + by))

    def listed(self, text: str) -> Self:
        """Combine what ``flip,shift=0.1,fill=edge`` says. Raises UserError."""
        wanted = parse(text)
        typed = {item.name: item.strength for item in wanted.items}
        strengths = tuple(
            typed.get(kind.name, s) for kind, s in zip(KINDS, self.strengths, strict=True)
        )
        return replace(
            self,
            strengths=strengths,
            chosen=frozenset(typed),
            fill=wanted.fill,
            row=COMBINED,
        )


@dataclass(frozen=True, eq=False)
class Sample:
    """One picture of the gallery: uint8 (C, H, W), and the weight its own label keeps."""

    image: Bytes
    name: str
    weight: float = 1.0


def small(photo: Photo) -> Bytes:
    """Return the picture as it is augmented: uint8, SIDE pixels on its longer side at most."""
    return photo.kept("small", lambda: _small(photo))


def _small(photo: Photo) -> Bytes:
    if max(photo.size) <= SIDE:
        return photo.in_bytes
    scaled = photo.values * np.float32(255 / photo.white)
    return np.rint(fitted(scaled, SIDE, SIDE)).clip(0, 255).astype(np.uint8)


def samples(photo: Photo, augmenting: Augmenting, count: int) -> tuple[Sample, ...]:
    """Return the picture itself and ``count`` samples; on the first line one of every kind."""
    own = photo.kept("original", lambda: Sample(small(photo), "original"))
    if augmenting.row == EACH:
        rows = range(EACH + 1, COMBINED + 1)
        return (own, *(_drawn(photo, augmenting, row)[0] for row in rows))
    return (own, *_drawn(photo, augmenting, augmenting.row)[:count])


def _drawn(photo: Photo, augmenting: Augmenting, row: int) -> tuple[Sample, ...]:
    kind = "combined" if row == COMBINED else KINDS[row - 1].name
    wanted, seed = augmenting.wanted(row), augmenting.seed
    key = "samples", str(wanted), seed, kind
    return photo.kept(key, lambda: _augmented(photo, wanted, seed, kind))


def _augmented(photo: Photo, wanted: Augmentations, seed: int, name: str) -> tuple[Sample, ...]:
    from cnntui.training.augment.previewing import augmented  # loads torch

    picture = small(photo)
    others = _partners(photo.source.name, picture.shape[0], picture.shape[1:])
    images, weights = augmented(picture, others, wanted, SAMPLES, seed)
    return tuple(Sample(i, name, w) for i, w in zip(images, weights, strict=True))


@lru_cache(maxsize=8)
def _partners(name: str, channels: int, size: Pair) -> Bytes:
    """Return (PARTNERS, channels, H, W): the other sample pictures over and over, at one size."""
    names = [each for each in PARTNER_NAMES if each != name]
    pictures = [_partner(each, channels, size) for each in names]
    return np.stack([pictures[at % len(pictures)] for at in range(PARTNERS)])


def _partner(name: str, channels: int, size: Pair) -> Bytes:
    from PIL import Image

    pixels = load_input(name).values.astype(np.uint8)
    if channels == 1 and len(pixels) == 3:
        pixels = gray_bytes(pixels)
    planes = (Image.fromarray(plane).resize(size[::-1], Image.Resampling.BOX) for plane in pixels)
    image = np.stack([np.asarray(plane) for plane in planes])
    return image if len(image) == channels else image.repeat(channels, axis=0)
