"""Plain figures drawn from a seed: any number, any size; with their masks and boxes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnntui.datasets.dataset import Dataset, Split, Wanted
from cnntui.datasets.drawing import between, noise, uniform
from cnntui.datasets.member import chosen, member_of, number, seed_of
from cnntui.datasets.sdf import FIGURES, Field
from cnntui.datasets.splitting import finished
from cnntui.errors import UserError

ABOUT = {
    "entry": "load",
    "order": 2,
    "datasets": [
        {
            "name": "shapes",
            "title": "Plain figures, drawn from a seed",
            "classes": [
                "circle",
                "square",
                "triangle",
                "star",
                "cross",
                "ring",
                "crescent",
                "heart",
                "bar",
                "half",
            ],
            "shape": [3, 32, 32],
            "train": 8000,
            "test": 2000,
            "licence": "CC0",
            "source": "drawn by this program: random place, scale, turn, colours and noise",
            "offline": True,
            "flip": True,
            "options": {
                "size": ["32", "pixels of a side, 8 to 512"],
                "count": ["10000", "pictures, 50 to 1000000; a fifth is the test's"],
                "colour": ["rgb", "rgb, or grey for one channel"],
                "seed": ["", "of the drawing; the run's where it is left out"],
            },
        },
    ],
}

CLASSES = tuple(FIGURES)
TEST = 0.2
RADII = (0.2, 0.42)  # of the picture's side
CONTRAST = (96, 160)  # between figure and ground, in every channel
NOISE = 40  # levels at most; a deviation of 16
MOST = 2**32  # bytes of pictures
_PIXELS = 2**18  # drawn at a time: what the processor's cache holds


@dataclass(frozen=True)
class Drawn:
    """Pictures of one figure each, and where it is."""

    images: NDArray[np.uint8]  # (N, C, H, W)
    labels: NDArray[np.int64]  # (N,), into CLASSES
    masks: NDArray[np.bool_]  # (N, H, W): pixels whose middle is inside the figure
    boxes: NDArray[np.int64]  # (N, 4): top, left, bottom, right; the last two one beyond
    poses: Field  # (N, 4): column and row of the centre, radius in pixels, turn in radians


def load(wanted: Wanted) -> Dataset:
    """Return the figures, as many of each class in the training and in the test pictures."""
    member = member_of(ABOUT, wanted)
    size = number(wanted, member, "size", 8, 512)
    count = number(wanted, member, "count", 50, 1_000_000)
    channels = 1 if chosen(wanted, member, "colour", ("rgb", "grey")) == "grey" else 3
    if count * channels * size**2 > MOST:
        raise UserError(
            f"shapes: {count:,} pictures of {channels}×{size}×{size} are more than "
            f"{MOST / 2**30:.0f} GiB; give a smaller size or count"
        )
    drawn = draw(count, size, channels, seed_of(wanted))
    first = count - round(count * TEST)
    train = Split(drawn.images[:first], drawn.labels[:first])
    test = Split(drawn.images[first:], drawn.labels[first:])
    return finished(wanted, member.title, CLASSES, (train, None, test))


def draw(count: int, size: int, channels: int = 3, seed: int = 0) -> Drawn:
    """Draw ``count`` pictures of ``size`` by ``size``, the classes in turn; nothing is cut off."""
    bits = np.random.PCG64(seed)
    labels = np.arange(count) % len(CLASSES)
    poses = _poses(bits, count, size)
    inks = _inks(bits, count, channels)
    images = np.empty((count, channels, size, size), np.uint8)
    masks = np.empty((count, size, size), np.bool_)
    at_once = max(1, _PIXELS // size**2)
    for label, figure in enumerate(FIGURES.values()):
        own = np.flatnonzero(labels == label)
        for start in range(0, len(own), at_once):
            some = own[start : start + at_once]
            distance = figure(*_unit(poses[some], size)) * poses[some, 2, None, None]
            masks[some] = distance <= 0
            images[some] = _painted(distance, inks[:, some], bits)
    return Drawn(images, labels.astype(np.int64), masks, boxes(masks), poses)


def boxes(masks: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the smallest box of each mask (N, H, W), none empty: (top, left, bottom, right)."""
    height, width = masks.shape[1:]
    rows: NDArray[np.bool_] = np.any(masks, axis=2)  # (N, H)
    columns: NDArray[np.bool_] = np.any(masks, axis=1)  # (N, W)
    corners = (
        rows.argmax(1),
        columns.argmax(1),
        height - rows[:, ::-1].argmax(1),
        width - columns[:, ::-1].argmax(1),
    )
    return np.stack(corners, 1).astype(np.int64)


def _poses(bits: np.random.PCG64, count: int, size: int) -> Field:
    """Return (N, 4): a centre that leaves the whole figure inside, a radius, a turn."""
    radius = between(bits, RADII[0] * size, RADII[1] * size, count)
    place = uniform(bits, (2, count)).astype(np.float32) * (size - 2 * radius) + radius
    return np.stack([*place, radius, between(bits, 0, 2 * np.pi, count)], 1)


def _inks(bits: np.random.PCG64, count: int, channels: int) -> Field:
    """Return (3, N, C): the ground's colour, the figure's, and how strong the noise is."""
    ground = np.floor(uniform(bits, (count, channels)) * 256)
    apart = CONTRAST[0] + uniform(bits, (count, channels)) * (CONTRAST[1] - CONTRAST[0])
    figure = (ground + apart) % 256  # around the corner it is 256 - apart away, no less
    strength = np.repeat(uniform(bits, (count, 1)) * NOISE, channels, 1)
    return np.stack([ground, figure, strength]).astype(np.float32)


def _unit(poses: Field, size: int) -> tuple[Field, Field]:
    """Return where each pixel's middle lies in the figure's own unit circle: two (N, H, W)."""
    column, row, radius, turn = (value[:, None, None] for value in poses.T)
    middles = np.arange(size, dtype=np.float32) + np.float32(0.5)
    x = (middles[None, None, :] - column) / radius  # (N, 1, W)
    y = (middles[None, :, None] - row) / radius  # (N, H, 1)
    cos, sin = np.cos(turn), np.sin(turn)
    return x * cos + y * sin, y * cos - x * sin


def _painted(distance: Field, inks: Field, bits: np.random.PCG64) -> NDArray[np.uint8]:
    """Return (N, C, H, W): the figure over the ground, its edge one pixel wide, and noise."""
    ground, figure, strength = (ink[:, :, None, None] for ink in inks)
    inside = np.clip(np.float32(0.5) - distance, 0, 1)[:, None]  # (N, 1, H, W)
    picture = ground + (figure - ground) * inside
    picture += noise(bits, picture.shape) * strength
    painted: NDArray[np.uint8] = np.rint(np.clip(picture, 0, 255)).astype(np.uint8)
    return painted
