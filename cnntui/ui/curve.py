"""Curves drawn by lines of text; knows dots and styles, not what the curves mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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

    @dataclass
    class Resized(Message):
        """The curves have another room on the screen, in characters and lines."""

        view: CurveView
        width: int
        height: int

        @property
        def control(self) -> CurveView:
            """The widget that was given the room."""
            return self.view

    @dataclass
    class Picked(Message):
        """A column of the plot was clicked; 0 is the first one right of the axis."""

        view: CurveView
        column: int

        @property
        def control(self) -> CurveView:
            """The widget that was clicked."""
            return self.view

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._styles: dict[str, Style | None] = {}
        self._shown: dict[Line, Strip] = {}

    def watch_frame(self) -> None:
        """Draw the new frame; only cells that differ are repainted."""
        self.redraw()

    def watch_unicode(self) -> None:
        """Draw with the other signs."""
        self.redraw()

    def notify_style_update(self) -> None:
        """Draw anew in the theme's colours, once Textual has set those of the components."""
        super().notify_style_update()
        if self.is_mounted:
            self.call_next(self._restyle)

    def _restyle(self) -> None:
        self._styles, self._shown = {}, {}
        self.redraw()

    def redraw(self) -> None:
        """Draw the frame there is; lines that stay the same stay the same strips."""
        if self.frame is None:
            return
        lines = curve_rows(self.frame, self.unicode)
        self._shown = {line: self._shown.get(line) or self._strip(line) for line in lines}
        self.show(self._shown[line] for line in lines)

    def on_resize(self, event: events.Resize) -> None:
        """Tell how much room there is."""
        self.post_message(self.Resized(self, event.size.width, event.size.height))

    def on_click(self, event: events.Click) -> None:
        """Tell which column lies under the mouse."""
        frame, offset = self.frame, event.get_content_offset(self)
        if frame is None or offset is None:
            return
        row, column = offset.y - len(frame.head), offset.x - frame.left
        if 0 <= row < len(frame.dots) and 0 <= column < frame.columns:
            self.post_message(self.Picked(self, column))

    def _strip(self, line: Line) -> Strip:
        return Strip([Segment(text, self._style(role)) for text, role in line])

    def _style(self, role: str) -> Style | None:
        if role not in self._styles:
            self._styles[role] = self._made(role)
        return self._styles[role]

    def _made(self, role: str) -> Style | None:
        if not role:
            return None
        name, _, lit = role.partition("+")
        if name.startswith("edge"):
            return self._component(f"line{name[4:]}") + Style(bold=True)
        style = self._component(name) if name else Style()
        return style + Style(reverse=True) if lit == CURSOR_ROLE else style

    def _component(self, name: str) -> Style:
        return self.get_component_styles(f"curve--{name}").rich_style
