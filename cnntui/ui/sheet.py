"""A page of small pictures with captions, one of them chosen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from cnntui.ground.lines import Line, width_of
from cnntui.ui.frames.pictures import PictureFrame
from cnntui.ui.frames.sheets import SheetFrame, Tile
from cnntui.ui.picture import ascii_lines, half_block_strips
from cnntui.ui.words import Words

Brackets = tuple[str, str]


class SheetView(Words, can_focus=True):
    """Draws a SheetFrame: moving the cursor repaints the brackets and captions of two tiles.

    ``glyphs`` is ``half``, or ``ascii`` where the terminal has no colour or no Unicode.
    """

    COMPONENT_CLASSES = {"sheet--chosen", "sheet--bracket"}

    DEFAULT_CSS = """
    SheetView {
        width: 1fr; height: 1fr;
        & .sheet--chosen { text-style: bold reverse; }
        & .sheet--bracket { color: $accent; text-style: bold; }
    }
    """

    frame: reactive[SheetFrame | None] = reactive(None, repaint=False, init=False)
    glyphs: reactive[str] = reactive("half", repaint=False)

    @dataclass
    class Picked(Message):
        """A picture was clicked; ``position`` is its place among all."""

        view: SheetView
        position: int

        @property
        def control(self) -> SheetView:
            """The widget that was clicked."""
            return self.view

    class Resized(Words.Resized):
        """The sheet has another room on the screen."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._pictures: dict[PictureFrame, tuple[Strip, ...]] = {}
        self._rows: dict[tuple[tuple[Tile, ...], int], tuple[Strip, ...]] = {}

    def watch_frame(self) -> None:
        """Draw the new frame; only cells that differ are repainted."""
        self.redraw()

    def watch_glyphs(self) -> None:
        """Draw the same pictures by other means."""
        self.restyle()

    def restyle(self) -> None:
        """Forget the pictures and rows too, and draw anew."""
        self._pictures, self._rows = {}, {}
        super().restyle()

    def made_style(self, look: str) -> Style:
        """Return the style of a look; those of a sheet's own are written whole."""
        own = look in self.COMPONENT_CLASSES
        return self.get_component_styles(look).rich_style if own else super().made_style(look)

    def redraw(self) -> None:
        """Draw the frame there is; rows of tiles that stay the same stay the same strips."""
        frame = self.frame
        if frame is None or not frame.tiles:
            message = frame.message if frame is not None else ""
            self.show([Strip([self._segment(message, "dim")])] if message else ())
            return
        self._pictures = {tile.picture: self._picture(tile.picture) for tile in frame.tiles}
        keys = list(_rows_of(frame))
        self._rows = {key: self._rows.get(key) or self._row(frame, *key) for key in keys}
        self.show(strip for key in keys for strip in self._rows[key])

    def _picture(self, picture: PictureFrame) -> tuple[Strip, ...]:
        known = self._pictures.get(picture)
        if known is not None:
            return known
        if self.glyphs == "ascii":
            return tuple(Strip([Segment(text)], len(text)) for text in ascii_lines(picture))
        return half_block_strips(picture)

    def _row(self, frame: SheetFrame, tiles: tuple[Tile, ...], chosen: int) -> tuple[Strip, ...]:
        """Return the lines of a row of tiles; the one at ``chosen`` stands in brackets."""
        lines: list[list[Segment]] = [[] for _ in range(frame.tile_height)]
        bracket = self.style_of("sheet--bracket")
        blank = Segment(" " * (frame.tile_width - frame.tiles[0].picture.width - 2))
        for at, tile in enumerate(tiles):
            sides = _brackets(frame.picture_lines) if at == chosen else None
            for y, strip in enumerate(self._pictures[tile.picture]):
                left, right = sides[y] if sides else (" ", " ")
                style = bracket if sides else None
                lines[y] += [Segment(left, style), *strip, Segment(right, style), blank]
            for y, caption in enumerate(tile.captions, frame.picture_lines):
                lines[y] += self._caption(caption, frame.tile_width, at == chosen)
        return tuple(map(Strip, lines))

    def _caption(self, caption: Line, width: int, chosen: bool) -> list[Segment]:
        lit = self.style_of("sheet--chosen") if chosen else None
        written = [self._segment(text, role) for text, role in caption]
        segments = [Segment(s.text, (s.style or Style()) + lit) for s in written]
        return [Segment(" "), *segments, Segment(" " * (width - 1 - width_of(caption)))]

    def on_click(self, event: events.Click) -> None:
        """Tell which picture lies under the mouse."""
        frame, offset = self.frame, event.get_content_offset(self)
        if frame is not None and offset is not None:
            position = frame.position_at(offset.y, offset.x)
            if position is not None:
                self.post_message(self.Picked(self, position))


def _rows_of(frame: SheetFrame) -> Iterator[tuple[tuple[Tile, ...], int]]:
    """Yield (tiles, place of the chosen one or -1) for each row of tiles."""
    chosen = frame.cursor - frame.first if frame.cursor >= 0 else -1
    for start in range(0, len(frame.tiles), frame.columns):
        tiles = frame.tiles[start : start + frame.columns]
        inside = start <= chosen < start + len(tiles)
        yield tiles, chosen - start if inside else -1


def _brackets(lines: int) -> list[Brackets]:
    """Return what stands to the left and the right of each line of the chosen picture."""
    if lines == 1:
        return [("[", "]")]
    return [("┌", "┐"), *[("│", "│")] * (lines - 2), ("└", "┘")]
