"""Lines of words with roles, repainted where they differ; knows no pane."""

from __future__ import annotations

from typing import Any

from rich.segment import Segment
from rich.style import Style
from textual.reactive import reactive
from textual.strip import Strip

from cnntui.errors import printable
from cnntui.ground.lines import Line
from cnntui.ui.drawing.board import Board


class Words(Board):
    """Shows lines whose runs have a role: "", dim, strong, good, bad, input, kernel, output …."""

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

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._shown: dict[Line, Strip] = {}
        self._styles: dict[str, Style | None] = {}

    lines: reactive[tuple[Line, ...]] = reactive((), repaint=False)

    def watch_lines(self) -> None:
        """Draw the new lines; only what differs is repainted."""
        self.redraw()

    def notify_style_update(self) -> None:
        """Draw anew in the theme's colours, once Textual has set those of the components."""
        super().notify_style_update()
        if self.is_mounted:
            self.call_next(self._restyle)

    def _restyle(self) -> None:
        self._shown, self._styles = {}, {}
        self.redraw()

    def redraw(self) -> None:
        """Draw the lines there are."""
        self._shown = {line: self._shown.get(line) or self._strip(line) for line in self.lines}
        self.show(self._shown[line] for line in self.lines)

    def _strip(self, line: Line) -> Strip:
        return Strip(Segment.simplify(self._segment(text, role) for text, role in line))

    def _segment(self, text: str, role: str) -> Segment:
        if role not in self._styles:
            styles = self.get_component_styles(f"words--{role}") if role else None
            self._styles[role] = styles.rich_style if styles else None
        return Segment(printable(text), self._styles[role])
