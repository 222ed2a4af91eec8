"""A board of numbers drawn by lines; knows cells and colours, not what the numbers mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from cnntui.ui.drawing.board import Board
from cnntui.ui.drawing.cells import HEAT, Piece, grid_rows, title_of
from cnntui.ui.drawing.colours import heat_style
from cnntui.ui.frames.boards import GridFrame

MOST_STRIPS = 2000


class GridView(Board, can_focus=True):
    """Draws the visible cells of a GridFrame and tells which one was clicked.

    ``unicode`` and ``colour`` are what the terminal can show.
    """

    COMPONENT_CLASSES = {
        "grid--title",
        "grid--cursor",
        "grid--lit",
        "grid--winner",
        "grid--met",
        "grid--changed",
        "grid--dim",
    }

    DEFAULT_CSS = """
    GridView {
        width: 1fr; height: 1fr;
        & .grid--title { color: $text-muted; }
        & .grid--dim { color: $foreground 45%; }
        & .grid--cursor { text-style: bold reverse; }
        & .grid--lit { text-style: bold; }
        & .grid--met { color: $accent; }
        & .grid--changed { color: $error; text-style: bold; }
        &.input .grid--title, &.input .grid--lit, &.input .grid--winner { color: #56c8d8; }
        &.kernel .grid--title, &.kernel .grid--lit, &.kernel .grid--cursor { color: #e0b050; }
        &.output .grid--title, &.output .grid--lit, &.output .grid--cursor { color: #7ec77e; }
        &.maximum .grid--title, &.maximum .grid--lit, &.maximum .grid--cursor { color: #56c8d8; }
        &.average .grid--title, &.average .grid--lit, &.average .grid--cursor { color: #e08a4a; }
        & .grid--winner { text-style: bold reverse; }
    }
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._looks: dict[str, Style | None] = {}
        self._strips: dict[tuple[Piece, ...], Strip] = {}

    frame: reactive[GridFrame | None] = reactive(None, repaint=False, init=False)
    unicode: reactive[bool] = reactive(True, repaint=False)
    colour: reactive[bool] = reactive(True, repaint=False)

    @dataclass
    class Picked(Message):
        """A cell was clicked; negative indices lie in the padding."""

        view: GridView
        row: int
        column: int

        @property
        def control(self) -> GridView:
            """The board that was clicked."""
            return self.view

    @dataclass
    class Resized(Message):
        """The board has another size on the screen, in lines and characters."""

        view: GridView
        width: int
        height: int

    def watch_frame(self) -> None:
        """Draw the new frame; only cells that differ are repainted."""
        self.redraw()

    def notify_style_update(self) -> None:
        """Draw anew in the theme's colours, once Textual has set those of the components."""
        super().notify_style_update()
        if self.is_mounted:
            self.call_next(self._restyle)

    def _restyle(self) -> None:
        self._looks, self._strips = {}, {}
        self.redraw()

    def redraw(self) -> None:
        """Draw the frame there is."""
        frame = self.frame
        if frame is None:
            return
        look = "grid--title"
        title = title_of(frame)
        if frame.focused:
            title = f"{'▸' if self.unicode else '>'} {title}"
        strips = [self._strip(((title, look),))]
        strips += [self._strip(row) for row in grid_rows(frame, self.colour, self.unicode)]
        self.show(strips)

    def on_resize(self, event: events.Resize) -> None:
        """Tell how much room there is."""
        self.post_message(self.Resized(self, event.size.width, event.size.height))

    def on_click(self, event: events.Click) -> None:
        """Tell which cell lies under the mouse."""
        frame = self.frame
        offset = event.get_content_offset(self)
        if frame is None or offset is None or not frame.values:
            return
        row, column = offset.y - 1, (offset.x - 1) // frame.cell
        if 0 <= row < len(frame.values) and 0 <= column < len(frame.values[0]):
            self.post_message(self.Picked(self, frame.top + row, frame.left + column))

    def _strip(self, row: tuple[Piece, ...]) -> Strip:
        """Return the strip of a row; rows that stay the same stay the same object."""
        strip = self._strips.get(row)
        if strip is None:
            if len(self._strips) > MOST_STRIPS:
                self._strips = {}
            strip = Strip([Segment(text, self._style(look)) for text, look in row])
            self._strips[row] = strip
        return strip

    def _style(self, look: str) -> Style | None:
        if look not in self._looks:
            self._looks[look] = self._made(look)
        return self._looks[look]

    def _made(self, look: str) -> Style | None:
        if not look:
            return None
        if look.startswith(HEAT):
            level, _, mark = look.removeprefix(HEAT).partition("+")
            heat = heat_style(int(level))
            return heat + Style(bold=True, underline=mark in ("met", "changed")) if mark else heat
        name = look if look.startswith("grid--") else f"grid--{look}"
        return self.get_component_styles(name).rich_style
