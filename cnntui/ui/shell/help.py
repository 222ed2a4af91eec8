"""The help of a pane, made from its bindings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.keys import format_key
from textual.screen import ModalScreen
from textual.widgets import Static

from cnntui.ground.widths import padded

KEY_WIDTH = 16


def key_names(keys: str) -> str:
    """Write a binding's keys as a person reads them: ``left,h`` is ``← h``."""
    return " ".join(format_key(key) for key in keys.split(","))


def help_rows(bindings: Iterable[Binding]) -> list[tuple[str, str]]:
    """Return (keys, what they do) for every binding that has a description, in order."""
    rows: list[tuple[str, str]] = []
    for binding in bindings:
        if binding.description:
            shown = binding.key_display or key_names(binding.key)
            rows.append((shown, binding.tooltip or binding.description))
    return rows


class Help(ModalScreen[None]):
    """Shows what a pane is for and every key of it; any of escape, ? and q closes it."""

    DEFAULT_CSS = """
    Help { align: center middle; }
    Help > VerticalScroll {
        width: 78; max-width: 100%; height: 90%; border: round $accent; padding: 0 1;
        background: $surface;
    }
    """

    BINDINGS = [
        Binding("escape,question_mark,q", "dismiss(None)", "close", id="help.close"),
        Binding("down,j", "scroll(1)", "down", show=False, id="help.down"),
        Binding("up,k", "scroll(-1)", "up", show=False, id="help.up"),
    ]

    def __init__(
        self, title: str, text: str, sections: Sequence[tuple[str, Iterable[Binding]]]
    ) -> None:
        super().__init__()
        self.heading, self.text, self.sections = title, text, sections

    def compose(self) -> ComposeResult:
        """Compose the text and one table a section."""
        with VerticalScroll() as box:
            box.border_title = f"{self.heading}: help"
            box.border_subtitle = "↑↓ scroll · escape closes"
            if self.text:
                yield Static(Content(self.text + "\n"))
            for title, bindings in self.sections:
                yield Static(self._table(title, bindings))

    def _table(self, title: str, bindings: Iterable[Binding]) -> Content:
        lines = [Content.styled(title, "bold")]
        for keys, what in help_rows(bindings):
            lines.append(Content.assemble((f"  {padded(keys, KEY_WIDTH)} ", "bold"), what))
        return Content("\n").join([*lines, Content("")])

    def action_scroll(self, by: int) -> None:
        """Scroll by a line."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)
