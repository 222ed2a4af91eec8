"""A board of numbers drawn by lines."""

from __future__ import annotations

from dataclasses import dataclass

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


class GridView(Board, can_focus=True):
    """Draws the visible cells of a GridFrame and tells which one was clicked.

    ``unicode`` and ``colour`` are what the terminal can show.
    """

    PREFIX = "grid--"
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

    class Resized(Board.Resized):
        """The board has another size on the screen."""

    def watch_frame(self) -> None:
        """Draw the new frame; only cells that differ are repainted."""
        self.redraw()

    def redraw(self) -> None:
        """Draw the frame there is."""
        frame = self.frame
        if frame is None:
            return
        title = title_of(frame)
        if frame.focused:
            title = f"{'▸' if self.unicode else '>'} {title}"
        rows = grid_rows(frame, self.colour, self.unicode)
        self.show_lines([((title, "title"),), *rows], self._strip)

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
        return Strip([Segment(text, self.style_of(look)) for text, look in row])

    def made_style(self, look: str) -> Style:
        """Return the style of a look; of a shaded cell that of its level and mark."""
        if not look.startswith(HEAT):
            return super().made_style(look)
        level, _, mark = look.removeprefix(HEAT).partition("+")
        heat = heat_style(int(level))
        return heat + Style(bold=True, underline=mark in ("met", "changed")) if mark else heat
