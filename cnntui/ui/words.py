"""Lines of words with roles, repainted where they differ."""

from __future__ import annotations

from rich.segment import Segment
from textual.reactive import reactive
from textual.strip import Strip

from cnntui.errors import printable
from cnntui.ground.lines import Line
from cnntui.ui.drawing.board import Board


class Words(Board):
    """Shows lines whose runs have a role: "", dim, strong, good, bad, input, kernel, output …."""

    PREFIX = "words--"
    COMPONENT_CLASSES = {
        "words--dim",
        "words--strong",
        "words--good",
        "words--bad",
        "words--input",
        "words--kernel",
        "words--output",
        "words--maximum",
        "words--average",
        "words--key",
    }

    DEFAULT_CSS = """
    Words {
        width: 1fr; height: auto;
        & .words--dim { color: $text-muted; }
        & .words--strong { text-style: bold; }
        & .words--good { color: $success; }
        & .words--bad { color: $error; text-style: bold; }
        & .words--input, & .words--maximum { color: #56c8d8; }
        & .words--kernel { color: #e0b050; }
        & .words--output { color: #7ec77e; }
        & .words--average { color: #e08a4a; }
        & .words--key { color: $accent; text-style: bold; }
    }
    """

    lines: reactive[tuple[Line, ...]] = reactive((), repaint=False)

    def watch_lines(self) -> None:
        """Draw the new lines; only what differs is repainted."""
        self.redraw()

    def redraw(self) -> None:
        """Draw the lines there are."""
        self.show_lines(self.lines, self._strip)

    def _strip(self, line: Line) -> Strip:
        return Strip(Segment.simplify(self._segment(text, role) for text, role in line))

    def _segment(self, text: str, role: str) -> Segment:
        return Segment(printable(text), self.style_of(role))
