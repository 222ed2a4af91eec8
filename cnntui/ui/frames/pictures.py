"""What is to be drawn of a picture: indices into a small palette."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PictureFrame:
    """A picture as indices into a small palette.

    ``indices`` holds ``height * width`` bytes, row by row from the top; ``palette[i]`` is (red,
    green, blue), each 0..255.
    """

    width: int
    height: int
    indices: bytes
    palette: tuple[tuple[int, int, int], ...]
