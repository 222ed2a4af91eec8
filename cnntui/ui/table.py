"""A table of texts of which the visible rows are drawn."""

from __future__ import annotations

from dataclasses import dataclass

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip

from cnntui.ground.widths import fitted_text
from cnntui.ui.drawing.board import Board
from cnntui.ui.frames.tables import Column, TableFrame

HEAD_LINES = 1


def line_text(cells: tuple[str, ...], columns: tuple[Column, ...]) -> str:
    """Return one line of a table; what is cut ends with an ellipsis."""
    pairs = zip(cells, columns, strict=True)
    return " ".join(fitted_text(text, column.width, column.right) for text, column in pairs)


def table_text(frame: TableFrame) -> list[str]:
    """Return a table as plain lines, as the command line prints it."""
    head = line_text(tuple(c.title for c in frame.columns), frame.columns)
    return [head.rstrip(), *(line_text(row, frame.columns).rstrip() for row in frame.rows)]


class TableView(Board, can_focus=True):
    """Draws a TableFrame: moving the cursor repaints two lines."""

    PREFIX = "table--"
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

    class Resized(Board.Resized):
        """The table has another size on the screen."""

        @property
        def rows(self) -> int:
            """The rows that fit."""
            return max(1, self.height - HEAD_LINES)

    def watch_frame(self) -> None:
        """Draw the new frame; only lines that differ are repainted."""
        self.redraw()

    def redraw(self) -> None:
        """Draw the frame there is."""
        frame = self.frame
        if frame is None:
            return
        lines = [(tuple(column.title for column in frame.columns), frame.columns, "head")]
        for at, (row, role) in enumerate(zip(frame.rows, frame.roles, strict=True), frame.top):
            lines.append((row, frame.columns, "cursor" if at == frame.cursor else role))
        self.show_lines(lines, self._strip)

    def _strip(self, line: tuple[tuple[str, ...], tuple[Column, ...], str]) -> Strip:
        cells, columns, look = line
        return Strip([Segment(line_text(cells, columns), self.style_of(look))])

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
