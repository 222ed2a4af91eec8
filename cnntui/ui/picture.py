"""Pictures in half blocks or characters, from palette indices.

Two pixel rows make one line: ``▀`` with the upper pixel as foreground, the lower as background.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.filter import ANSIToTruecolor, LineFilter
from textual.reactive import reactive
from textual.strip import Strip

from cnntui.ui.drawing.board import Board
from cnntui.ui.frames.pictures import PictureFrame

RAMP = " .:-=+*#%@"
RUNS = re.compile(r"((.)\2*)", re.DOTALL).findall
RGB = tuple[int, int, int]


class PictureView(Board):
    """A picture, two pixel rows a line and one column a pixel.

    ``glyphs`` is ``half``, or ``ascii`` where the terminal has no colour or no Unicode: a ramp of
    characters by luminance, dark to light.
    """

    frame: reactive[PictureFrame | None] = reactive(None, repaint=False)
    glyphs: reactive[str] = reactive("half", repaint=False)

    def watch_frame(self) -> None:
        """Draw another picture."""
        self.redraw()

    def watch_glyphs(self) -> None:
        """Draw the same picture by other means."""
        self.redraw()

    def get_line_filters(self) -> list[LineFilter]:
        """Leave out the filter that turns ANSI colours to true ones: these are true already."""
        filters = super().get_line_filters()
        if self.glyphs == "ascii":
            return list(filters)
        return [each for each in filters if not isinstance(each, ANSIToTruecolor)]

    def redraw(self) -> None:
        """Draw the picture there is."""
        if self.frame is None:
            self.show(())
        elif self.glyphs == "ascii":
            self.show(Strip([Segment(line)], len(line)) for line in ascii_lines(self.frame))
        else:
            self.show(half_block_strips(self.frame))


def half_block_strips(frame: PictureFrame) -> tuple[Strip, ...]:
    """Return the picture as lines of ``▀``, one segment for each run of equal cells.

    The lower half of an odd last row takes the background below.
    """
    segments = _segments(frame.palette)
    return tuple(
        Strip([segments[run] for run, _ in RUNS(_coded(upper, lower))], frame.width)
        for upper, lower in _row_pairs(frame)
    )


def ascii_lines(frame: PictureFrame) -> tuple[str, ...]:
    """Return the picture as characters by the luminance of the mean of the two pixels."""
    light = [luminance(colour) for colour in frame.palette]
    steps = len(RAMP) - 1
    return tuple(
        "".join(
            RAMP[round((light[a] + light[b]) / 2 * steps)]
            for a, b in zip(upper, lower or upper, strict=True)
        )
        for upper, lower in _row_pairs(frame)
    )


def luminance(colour: RGB) -> float:
    """Return the perceived lightness of a colour, 0..1: Rec. 601 weights on the coded values."""
    red, green, blue = colour
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255


def _coded(upper: bytes, lower: bytes) -> str:
    """Return one character a cell: palette indices as two bytes of its code point.

    Runs are then found by a regular expression, ten times as fast as by a loop. The third byte
    keeps clear of surrogates and is 2 where there is no lower pixel.
    """
    size = len(upper)
    code = bytearray(4 * size)
    code[0::4] = lower or bytes(size)
    code[1::4] = upper
    code[2::4] = (b"\x01" if lower else b"\x02") * size
    return code.decode("utf-32-le")


class _Segments(dict[str, Segment]):
    """The segment of each run met so far, by its coded characters, for one palette."""

    def __init__(self, palette: tuple[RGB, ...]) -> None:
        self._colours = [Color.from_rgb(*colour) for colour in palette]
        self._styles: dict[str, Style] = {}

    def __missing__(self, run: str) -> Segment:
        cell = run[0]
        style = self._styles.get(cell)
        if style is None:
            style = self._styles[cell] = self._style(ord(cell))
        self[run] = segment = Segment("▀" * len(run), style)
        return segment

    def _style(self, code: int) -> Style:
        below = self._colours[code & 255] if code < 0x20000 else None
        return Style.from_color(self._colours[code >> 8 & 255], below)


@lru_cache(maxsize=4)
def _segments(palette: tuple[RGB, ...]) -> _Segments:
    return _Segments(palette)


def _row_pairs(frame: PictureFrame) -> list[tuple[bytes, bytes]]:
    """Return (upper row, lower row) for each line; the lower one is empty after an odd last row."""
    width, data = frame.width, frame.indices
    starts = range(0, width * frame.height, 2 * width) if width else ()
    return [(data[i : i + width], data[i + width : i + 2 * width]) for i in starts]
