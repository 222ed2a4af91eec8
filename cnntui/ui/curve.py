"""Curves drawn by lines of text."""

from __future__ import annotations

from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from cnntui.ground.lines import Line
from cnntui.ui.drawing.board import Board
from cnntui.ui.drawing.braille import CURSOR_ROLE, curve_rows
from cnntui.ui.frames.curves import CurveFrame


class CurveView(Board, can_focus=True):
    """Draws a CurveFrame; a new one repaints the cells in which it differs.

    ``unicode`` is whether the terminal has braille.
    """

    PREFIX = "curve--"
    COMPONENT_CLASSES = {
        "curve--strong",
        "curve--dim",
        "curve--cursor",
        "curve--line0",
        "curve--line1",
        "curve--line2",
        "curve--line3",
        "curve--line4",
        "curve--line5",
    }

    DEFAULT_CSS = """
    CurveView {
        width: 1fr; height: 1fr;
        & .curve--strong { text-style: bold; }
        & .curve--dim { color: $text-muted; }
        & .curve--cursor { color: $foreground 60%; }
        & .curve--line0 { color: #6aa5ff; }
        & .curve--line1 { color: #f0a04b; }
        & .curve--line2 { color: #7ec77e; }
        & .curve--line3 { color: #d58ae0; }
        & .curve--line4 { color: #56c8d8; }
        & .curve--line5 { color: #d8c86a; }
        &:light .curve--line0 { color: #1f5fc0; }
        &:light .curve--line1 { color: #a85400; }
        &:light .curve--line2 { color: #1e6b1e; }
        &:light .curve--line3 { color: #8a3a98; }
        &:light .curve--line4 { color: #006878; }
        &:light .curve--line5 { color: #6e6000; }
    }
    """

    frame: reactive[CurveFrame | None] = reactive(None, repaint=False, init=False)
    unicode: reactive[bool] = reactive(True, repaint=False)

    class Resized(Board.Resized):
        """The curves have another room on the screen."""

    @dataclass
    class Picked(Message):
        """A column of the plot was clicked; 0 is the first one right of the axis."""

        view: CurveView
        column: int

        @property
        def control(self) -> CurveView:
            """The widget that was clicked."""
            return self.view

    def watch_frame(self) -> None:
        """Draw the new frame; only cells that differ are repainted."""
        self.redraw()

    def watch_unicode(self) -> None:
        """Draw with the other signs."""
        self.redraw()

    def redraw(self) -> None:
        """Draw the frame there is; lines that stay the same stay the same strips."""
        if self.frame is not None:
            self.show_lines(curve_rows(self.frame, self.unicode), self._strip)

    def on_click(self, event: events.Click) -> None:
        """Tell which column lies under the mouse."""
        frame, offset = self.frame, event.get_content_offset(self)
        if frame is None or offset is None:
            return
        row, column = offset.y - len(frame.head), offset.x - frame.left
        if 0 <= row < len(frame.dots) and 0 <= column < frame.columns:
            self.post_message(self.Picked(self, column))

    def _strip(self, line: Line) -> Strip:
        return Strip([Segment(text, self.style_of(role)) for text, role in line])

    def made_style(self, look: str) -> Style:
        """Return the style of a role: of an edge that of its line, bold; reversed at the cursor."""
        name, _, lit = look.partition("+")
        if name.startswith("edge"):
            return super().made_style(f"line{name[4:]}") + Style(bold=True)
        style = super().made_style(name) if name else Style()
        return style + Style(reverse=True) if lit == CURSOR_ROLE else style
