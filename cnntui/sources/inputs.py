"""The inputs by name: sample grids, patterns, digits, random cells, pictures, and any file.

Knows no pane and no kernel.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cnntui.errors import UserError, printable
from cnntui.ground import names
from cnntui.sources import decoding, files, patterns, samples
from cnntui.sources.arrays import Values

SIDE = 8  # of a pattern or a random input when no size is given
DIGITS = 1797
DIGIT = 27  # a clear 7

PICTURES = {
    "chelsea": "a cat",
    "astronaut": "Eileen Collins",
    "coffee": "a cup of coffee",
    "camera": "a man at a camera",
    "brick": "a brick wall",
}
_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)  # ITU-R 601


@dataclass(frozen=True, eq=False)
class Input:
    """An input: ``name`` loads it again, ``values`` are (C, H, W) and read-only."""

    name: str
    values: Values
    kind: str  # "grid", "pattern", "digit", "random", "picture" or "file"

    def __post_init__(self) -> None:
        self.values.setflags(write=False)


@dataclass(frozen=True)
class Listed:
    """A sample as it is listed: what it is and how large, without its values."""

    name: str
    kind: str
    shape: tuple[int, ...]
    summary: str


def load_input(text: str, *, cells: int | None = None, gray: bool = False) -> Input:
    """Load what ``text`` names: a sample, or else a file. Raises UserError.

    ``cells`` resizes pictures so that the longer side has as many cells, and leaves everything
    else as it is; ``gray`` makes one channel of three.
    """
    if cells is not None and not 1 <= cells <= names.LARGEST:
        raise UserError(f"cells is {cells}; it must be from 1 to {names.LARGEST}")
    text = text.strip()
    kind, values = _generated(text) or _stored(text, cells, gray)
    if gray and len(values) == 3:
        with np.errstate(invalid="ignore"):
            red, green, blue = values  # a matrix product would add in an order of the CPU's
            values = (_LUMA[0] * red + _LUMA[1] * green + _LUMA[2] * blue)[None]
    return Input(printable(text), values, kind)


def listed_inputs() -> tuple[Listed, ...]:
    """List the samples; of pictures only the headers are read."""
    square = (1, SIDE, SIDE)
    generated = (
        *(Listed(name, "pattern", square, p.summary) for name, p in patterns.PATTERNS.items()),
        Listed("digit", "digit", square, f"handwritten; digit:0 to digit:{DIGITS - 1}"),
        Listed("random", "random", square, "0 to 9 by seed; random:7, random:7:3,5,5"),
    )
    pictures = (_listed_picture(name, summary) for name, summary in PICTURES.items())
    return (*(_listed_grid(name, path) for name, path in _grids().items()), *generated, *pictures)


def _generated(text: str) -> tuple[str, Values] | None:
    """Return (kind, values) where ``text`` names a pattern, a digit or random cells."""
    head, colon, argument = text.partition(":")
    if head in patterns.PATTERNS:
        example = f"{head}:12 or {head}:9,13"
        height, width = names.sizes(argument, 2, example) if colon else (SIDE, SIDE)
        return "pattern", patterns.drawn(head, height, width)
    if head == "digit":
        return "digit", _digit(argument if colon else str(DIGIT))
    if head == "random":
        return "random", _random(argument if colon else "0")
    return None


def _stored(text: str, cells: int | None, gray: bool) -> tuple[str, Values]:
    """Return (kind, values) of a sample file, else of a user's."""
    grids = _grids()
    if text in grids:
        return "grid", files.read_grid(grids[text])
    if text in PICTURES:
        return "picture", files.read_grid(_picture(text), cells=cells, gray=gray)
    path = os.path.expanduser(text)
    if names.is_path(path):
        return "file", files.read_grid(Path(path), cells=cells, gray=gray)
    raise names.unknown("input", text, (*grids, *patterns.PATTERNS, "digit", "random", *PICTURES))


def _digit(argument: str) -> Values:
    number = names.whole(argument)
    if number is None or number >= DIGITS:
        shown = names.cut(argument)
        raise UserError(f"there is no digit {shown!r}; write digit:0 to digit:{DIGITS - 1}")
    with np.load(samples.folder() / "digits.npz", allow_pickle=False) as archive:
        return np.array(archive["images"][number], dtype=np.float32)[None]


def _random(argument: str) -> Values:
    seed, size = names.seeded(argument, (SIDE, SIDE), 3)
    values = np.random.default_rng(seed).integers(0, 10, size).astype(np.float32)
    return values if values.ndim == 3 else values[None]


def _grids() -> dict[str, Path]:
    return {path.stem: path for path in sorted((samples.folder() / "grids").glob("*.csv"))}


def _picture(name: str) -> Path:
    return samples.folder() / f"{name}.png"


def _listed_grid(name: str, path: Path) -> Listed:
    """List a grid; its summary is the comment on its first line."""
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    return Listed(name, "grid", files.read_grid(path).shape, first.lstrip("# "))


def _listed_picture(name: str, summary: str) -> Listed:
    with _picture(name).open("rb") as file:
        return Listed(name, "picture", decoding.picture_size(file), summary)
