"""Draws parts of a picture, its channels and its cursor from arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnntui.ground.lines import Line, cropped
from cnntui.panes.image.reading import Floats, Pair
from cnntui.parts.pictures.palettes import diverging_frame, limited, palette_frame
from cnntui.parts.sheets.pixels import resized as resampled
from cnntui.parts.sheets.state import filling
from cnntui.ui.frames.pictures import PictureFrame
from cnntui.ui.frames.sheets import SheetFrame, Tile

Array = npt.NDArray[np.float32]

BLACK, WHITE = (0, 0, 0), (255, 255, 255)
ARM = 2  # pixels of each arm of the cursor
LEAST = 20  # columns of a tile, for its caption, where there is room


@dataclass(frozen=True)
class Crop:
    """Rows and columns of a picture, each (first, past last), and in how many pixels drawn."""

    rows: Pair
    columns: Pair
    drawn: Pair

    @classmethod
    def whole(cls, size: Pair, room: Pair) -> Crop:
        """Take all of a picture of ``size`` for ``room`` pixels."""
        return cls((0, size[0]), (0, size[1]), filling(size, room))

    @classmethod
    def around(cls, cursor: Pair, size: Pair, room: Pair, factor: float) -> Crop:
        """Take what ``room`` pixels show about the cursor with ``factor`` of them a pixel."""
        counts = [max(1, min(int(r / factor), s)) for r, s in zip(room, size, strict=True)]
        firsts = [
            max(0, min(at - count // 2, side - count))
            for at, count, side in zip(cursor, counts, size, strict=True)
        ]
        height, width = (max(1, round(count * factor)) for count in counts)
        spans = [(first, first + n) for first, n in zip(firsts, counts, strict=True)]
        return cls(spans[0], spans[1], (min(height, room[0]), min(width, room[1])))

    def box(self, cursor: Pair) -> tuple[Pair, Pair]:
        """Return ((first, past last) row, the same for columns) of a pixel as it is drawn."""
        spans = []
        for at, span, side in zip(cursor, (self.rows, self.columns), self.drawn, strict=True):
            scale = side / (span[1] - span[0])
            first = int((at - span[0]) * scale)
            spans.append((first, max(first + 1, int((at - span[0] + 1) * scale))))
        return spans[0], spans[1]


def in_pixels(values: npt.NDArray[np.floating], size: Pair) -> Array:
    """Return (C, H, W) with ``size`` pixels: repeated to a whole multiple, else area means."""
    pixels: Array = resampled(np.asarray(values, np.float32)[None], size)[0].astype(np.float32)
    return pixels


def coloured(rgb: npt.NDArray[np.floating], colors: str) -> PictureFrame:
    """Return (1 or 3, H, W) of 0..1 in few colours."""
    return limited(palette_frame((rgb * 255).astype(np.float32)), colors)


def channel_picture(
    plane: Floats, space: str, channel: str, span: tuple[float, float], colors: str
) -> PictureFrame:
    """Return one channel (H, W): grey by its range, the hue in its colours, a* and b* by sign."""
    if space == "hsv" and channel == "hue" and colors != "none":
        return coloured(hues(plane), colors)
    if space == "lab" and channel != "L*" and colors != "none":
        return limited(diverging_frame(plane.astype(np.float32), 100.0), colors)
    low, high = span
    return coloured(((plane - low) / (high - low))[None], colors)


def hues(degrees: Floats) -> Floats:
    """Return (3, …) RGB of the full colour of each hue."""
    sixth = degrees / 60
    parts = [(offset + sixth) % 6 for offset in (5, 3, 1)]
    return np.stack([1 - np.minimum(part, 4 - part).clip(0, 1) for part in parts])


def crossed(frame: PictureFrame, box: tuple[Pair, Pair], colors: str) -> PictureFrame:
    """Return the picture with four arms about a box, black on light and white on dark.

    Without colours a character stands for two rows: an arm takes both.
    """
    pixels = np.frombuffer(frame.indices, np.uint8).reshape(frame.height, frame.width).copy()
    palette = (*frame.palette, BLACK, WHITE)
    light = [0.299 * r + 0.587 * g + 0.114 * b > 127 for r, g, b in frame.palette]
    arms = _arms(box)
    if colors == "none":
        arms += [(row ^ 1, column) for row, column in arms]
    for row, column in dict.fromkeys(arms):
        if 0 <= row < frame.height and 0 <= column < frame.width:
            pixels[row, column] = len(light) + (0 if light[pixels[row, column]] else 1)
    return PictureFrame(frame.width, frame.height, pixels.tobytes(), palette)


def _arms(box: tuple[Pair, Pair]) -> list[Pair]:
    (top, bottom), (left, right) = box
    row, column = (top + bottom - 1) // 2, (left + right - 1) // 2
    reach = range(1, ARM + 1)
    return [
        *((top - 1 - n, column) for n in reach),
        *((bottom + n, column) for n in reach),
        *((row, left - 1 - n) for n in reach),
        *((row, right + n) for n in reach),
    ]


def tile_room(count: int, size: Pair, room: Pair, captions: int) -> tuple[int, Pair]:
    """Return (columns, pixels of a picture) with which ``count`` tiles are drawn largest.

    ``room`` is (lines, columns) of all of them; the pictures keep the aspect of ``size``.
    """
    best = (1, (1, 1))
    for columns in range(1, count + 1):
        rows = -(-count // columns)
        height = 2 * (room[0] // rows - captions)
        width = room[1] // columns - 2
        if height < 1 or width < 1:
            continue
        pixels = filling(size, (height, width))
        if pixels[0] * pixels[1] > best[1][0] * best[1][1]:
            best = columns, pixels
    return best


def sheet_of(
    tiles: Sequence[tuple[PictureFrame, tuple[Line, ...]]],
    columns: int,
    room: Pair,
    cursor: int = -1,
) -> SheetFrame:
    """Lay pictures of one size out in columns; captions are cut to their tile."""
    picture, captions = tiles[0]
    wide = max(picture.width + 2, min(room[1] // columns, max(picture.width + 6, LEAST)))
    rows = -(-len(tiles) // columns)
    own = (picture.height + 1) // 2 + len(captions)
    tall = max(own, min(room[0] // rows, own + 1))
    made = tuple(
        Tile(frame, tuple(cropped(each, wide - 1) for each in captions))
        for frame, captions in tiles
    )
    return SheetFrame(columns, wide, tall, made, 0, len(tiles), cursor)
