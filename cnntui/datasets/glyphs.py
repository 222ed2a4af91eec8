"""Letters and digits of this machine's fonts, turned, sheared and scaled by a seed."""

from __future__ import annotations

import string

import numpy as np
from numpy.typing import NDArray

from cnntui.datasets.dataset import Dataset, Split, Wanted
from cnntui.datasets.drawing import between, noise, uniform
from cnntui.datasets.fonts import Atlas, atlas
from cnntui.datasets.member import chosen, member_of, number, seed_of
from cnntui.datasets.splitting import finished
from cnntui.errors import UserError

ABOUT = {
    "entry": "load",
    "order": 3,
    "datasets": [
        {
            "name": "glyphs",
            "title": "Letters and digits of this machine's fonts",
            "classes": 62,
            "shape": [1, 28, 28],
            "train": 8000,
            "test": 2000,
            "licence": "the fonts' own; no font comes with this program",
            "source": "drawn by this program with the fonts that Pillow finds: random font, turn, "
            "shear, scale, place, ink and noise",
            "offline": True,
            "flip": False,
            "options": {
                "letters": [
                    "all",
                    "digits (10 classes), upper (26), lower (26) or all (62, some of which no one "
                    "can tell apart: O and 0, l and I)",
                ],
                "size": ["28", "pixels of a side, 12 to 128"],
                "count": ["10000", "pictures, 310 to 1000000; a fifth is the test's"],
                "seed": ["", "of the drawing; the run's where it is left out"],
            },
        },
    ],
}

LETTERS = {
    "digits": string.digits,
    "upper": string.ascii_uppercase,
    "lower": string.ascii_lowercase,
    "all": string.digits + string.ascii_uppercase + string.ascii_lowercase,
}
TEST = 0.2
TURN, SHEAR, SCALE, SHIFT = np.pi / 12, 0.2, (0.75, 1.15), 0.08  # shift: of the side
INK, NOISE = (150, 255), 40  # levels
MOST = 2**31  # bytes of pictures
_NAMED = 6  # fonts in the note
_PIXELS = 2**18  # drawn at a time

Floats = NDArray[np.float32]


def load(wanted: Wanted) -> Dataset:
    """Return light letters on dark, (N, 1, size, size); the same for a seed on one machine."""
    member = member_of(ABOUT, wanted)
    letters = LETTERS[chosen(wanted, member, "letters", tuple(LETTERS))]
    size = number(wanted, member, "size", 12, 128)
    count = number(wanted, member, "count", 310, 1_000_000)
    if count * size**2 > MOST:
        raise UserError(
            f"glyphs: {count:,} pictures of {size}×{size} are more than {MOST / 2**30:.0f} GiB; "
            "give a smaller size or count"
        )
    drawn = atlas(letters, size)
    images, labels = draw(drawn, count, seed_of(wanted))
    first = count - round(count * TEST)
    train, test = Split(images[:first], labels[:first]), Split(images[first:], labels[first:])
    return finished(wanted, member.title, tuple(letters), (train, None, test), (_told(drawn),))


def draw(drawn: Atlas, count: int, seed: int = 0) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return ``count`` pictures (N, 1, H, W) of the letters in turn, each of some font."""
    bits = np.random.PCG64(seed)
    size = drawn.fields.shape[-1]
    labels = np.arange(count, dtype=np.int64) % len(drawn.letters)
    font = (uniform(bits, (count,)) * len(drawn.fonts)).astype(np.int64)
    maps = affine(bits, count, size)
    ink = between(bits, *INK, count)
    strength = between(bits, 0, NOISE, count)
    images = np.empty((count, 1, size, size), np.uint8)
    at_once = max(1, _PIXELS // size**2)
    for start in range(0, count, at_once):
        some = slice(start, start + at_once)
        fields = drawn.fields[font[some], labels[some]]
        light = sampled(fields, maps[some]) * (ink[some, None, None] / 255)
        light += noise(bits, light.shape) * strength[some, None, None]
        images[some, 0] = np.rint(np.clip(light, 0, 255))
    return images, labels


def affine(bits: np.random.PCG64, count: int, size: int) -> Floats:
    """Return (N, 2, 3): from a pixel's column and row, about the middle, to where it is read."""
    turn = between(bits, -TURN, TURN, count)
    shear = between(bits, -SHEAR, SHEAR, count)
    scale = 1 / between(bits, *SCALE, count)
    shift = [between(bits, -SHIFT * size, SHIFT * size, count) for _ in range(2)]
    cos, sin = np.cos(turn) * scale, np.sin(turn) * scale
    rows = (cos + shear * sin, sin - shear * cos, shift[0], -sin, cos, shift[1])
    return np.stack(rows, 1).reshape(count, 2, 3).astype(np.float32)


def sampled(fields: NDArray[np.uint8], maps: Floats) -> Floats:
    """Return (N, H, W) read from ``fields`` at the places of ``maps``: bilinear, 0 outside."""
    count, height, width = fields.shape
    padded = np.zeros((count, height + 2, width + 2), np.uint8)
    padded[:, 1:-1, 1:-1] = fields
    x = np.arange(width, dtype=np.float32) - np.float32((width - 1) / 2)
    y = np.arange(height, dtype=np.float32)[:, None] - np.float32((height - 1) / 2)
    m = maps[:, :, :, None, None]
    column = m[:, 0, 0] * x + m[:, 0, 1] * y + (m[:, 0, 2] + np.float32((width + 1) / 2))
    row = m[:, 1, 0] * x + m[:, 1, 1] * y + (m[:, 1, 2] + np.float32((height + 1) / 2))
    np.clip(column, 0, np.float32(width + 1) - np.float32(1e-3), out=column)
    np.clip(row, 0, np.float32(height + 1) - np.float32(1e-3), out=row)
    left, top = column.astype(np.int32), row.astype(np.int32)
    right, below = column - left, row - top  # the shares of the next column and row
    at = np.arange(count, dtype=np.int32)[:, None, None] * ((height + 2) * (width + 2))
    at = at + top * (width + 2) + left
    flat = padded.ravel()
    upper = flat[at] * (1 - right) + flat[at + 1] * right
    lower = flat[at + width + 2] * (1 - right) + flat[at + width + 3] * right
    light: Floats = upper * (1 - below) + lower * below
    return light


def _told(drawn: Atlas) -> str:
    """Say which fonts there were: on another machine the pictures differ."""
    names = drawn.fonts
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    fonts = "1 font" if len(names) == 1 else f"{len(names)} fonts"
    return f"drawn with {fonts}: {', '.join(names[:_NAMED])}{more}"
