"""A table of which the visible rows are drawn; knows text and columns, not what they mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from cnntui.errors import printable
from cnntui.ui.drawing.board import Board
from cnntui.ui.frames.tables import Column, TableFrame

HEAD_LINES = 1


def cell_text(text: str, column: Column) -> str:
    """Fit a cell's text to its column; what is cut ends with an ellipsis."""
    text = printable(text)
    if len(text) > column.width:
        text = text[: column.width - 1] + "…"
    return text.rjust(column.width) if column.right else text.ljust(column.width)


def line_text(cells: tuple[str, ...], columns: tuple[Column, ...]) -> str:
    """Return one line of a table."""
    return " ".join(cell_text(text, c) for text, c in zip(cells, columns, strict=True))


def table_text(frame: TableFrame) -> list[str]:
    """Return a table as plain lines, as the command line prints it."""
    head = line_text(tuple(c.title for c in frame.columns), frame.columns)
    return [head.rstrip(), *(line_text(row, frame.columns).rstrip() for row in frame.rows)]


class TableView(Board, can_focus=True):
    """Draws a TableFrame: moving the cursor repaints two lines."""

    COMPONENT_CLASSES = {
        "table--head",
        "table--cursor",
        "table--dim",
        "table--block",
        "table--bad",
    }

    DEFAULT_CSS = """
    TableView {
        width: 1fr; height: 1fr;
        & .table--head { color: $text-muted; text-style: bold; }
        & .table--cursor { text-style: bold reverse; }
        & .table--dim { color: $text-muted; }
        & .table--block { color: $accent; }
        & .table--bad { color: $error; text-style: bold; }
    }
    """

    frame: reactive[TableFrame | None] = reactive(None, repaint=False, init=False)

    @dataclass
    class Picked(Message):
        """A row was clicked; ``position`` is its place in the whole table."""

        view: TableView
        position: int

    @dataclass
    class HeadPicked(Message):
        """A column's title was clicked."""

        view: TableView
        column: int

    @dataclass
    class Resized(Message):
        """The table has another size on the screen: rows that fit, and characters."""

        view: TableView
        width: int
        rows: int

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._strips: dict[tuple[object, ...], Strip] = {}

    def watch_frame(self) -> None:
        """Draw the new frame; only lines that differ are repainted."""
        self.redraw()

    def notify_style_update(self) -> None:
        """Draw anew in the theme's colours, once Textual has set those of the components."""
        super().notify_style_update()
        if self.is_mounted:
            self.call_next(self._restyle)

    def _restyle(self) -> None:
        self._strips = {}
        self.redraw()

    def redraw(self) -> None:
        """Draw the frame there is."""
        frame = self.frame
        if frame is None:
            return
        titles = tuple(column.title for column in frame.columns)
        strips = [self._strip(titles, frame.columns, "head")]
        for at, (row, role) in enumerate(zip(frame.rows, frame.roles, strict=True), frame.top):
            look = "cursor" if at == frame.cursor else role
            strips.append(self._strip(row, frame.columns, look))
        self.show(strips)

    def _strip(self, cells: tuple[str, ...], columns: tuple[Column, ...], look: str) -> Strip:
        key = (cells, columns, look)
        if key not in self._strips:
            if len(self._strips) > 4000:
                self._strips = {}
            style: Style | None = None
            if look:
                style = self.get_component_styles(f"table--{look}").rich_style
            self._strips[key] = Strip([Segment(line_text(cells, columns), style)])
        return self._strips[key]

    def on_resize(self, event: events.Resize) -> None:
        """Tell how much room there is."""
        rows = max(1, event.size.height - HEAD_LINES)
        self.post_message(self.Resized(self, event.size.width, rows))

    def on_click(self, event: events.Click) -> None:
        """Tell which row or title lies under the mouse."""
        frame, offset = self.frame, event.get_content_offset(self)
        if frame is None or offset is None:
            return
        if offset.y < HEAD_LINES:
            self.post_message(self.HeadPicked(self, _column_at(frame, offset.x)))
        elif offset.y - HEAD_LINES < len(frame.rows):
            self.post_message(self.Picked(self, frame.top + offset.y - HEAD_LINES))


def _column_at(frame: TableFrame, x: int) -> int:
    """Return the column under a character."""
    for at, column in enumerate(frame.columns):
        if x <= column.width:
            return at
        x -= column.width + 1
    return len(frame.columns) - 1
