"""Lets the user choose from a list by typing a part of it, or type something else."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label, OptionList
from textual.widgets.option_list import Option

from cnntui.errors import printable
from cnntui.ground.widths import padded
from cnntui.ui.shell.pane import Choice


class Picker(ModalScreen[str | None]):
    """Returns the chosen name, or the typed text where no line matches it; None on escape."""

    DEFAULT_CSS = """
    Picker { align: center middle; }
    Picker > Vertical {
        width: 76; max-width: 100%; height: 80%; min-height: 12;
        border: round $accent; padding: 0 1; background: $surface;
    }
    Picker Input, Picker Input:focus { border: none; height: 1; padding: 0; background: $panel; }
    Picker OptionList, Picker OptionList:focus {
        height: 1fr; border: none; padding: 0; background: $surface;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    Picker Label { color: $text-muted; }
    """

    BINDINGS = [
        Binding("escape", "leave", "leave", id="picker.leave", tooltip="Close without choosing"),
        Binding("down", "move(1)", "next", show=False, id="picker.down"),
        Binding("up", "move(-1)", "previous", show=False, id="picker.up"),
    ]

    def __init__(self, title: str, choices: Sequence[Choice], typed: str) -> None:
        super().__init__()
        self.heading, self.all_choices, self.typed_hint = title, choices, typed

    def compose(self) -> ComposeResult:
        """Compose the question, the field and the list."""
        with Vertical() as box:
            box.border_title = self.heading
            yield Input(placeholder=f"type a part of a name, or {self.typed_hint}")
            yield OptionList()
            yield Label("↑↓ choose   enter take it   escape leave")

    def on_mount(self) -> None:
        """List everything."""
        self._list("")

    def _list(self, text: str) -> None:
        words = text.lower().split()
        choices = [choice for choice in self.all_choices if _matches(choice, words)]
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options(Option(_row(choice), id=choice.name) for choice in choices)
        options.highlighted = 0 if choices else None

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list; say what enter would take."""
        self._list(event.value)
        taken = f"{event.value.strip()} as typed" if is_own(event.value) else "it"
        self.query_one(Label).update(Content(f"↑↓ choose   enter take {taken}   escape leave"))

    def action_move(self, by: int) -> None:
        """Move the highlighted line."""
        options = self.query_one(OptionList)
        if by > 0:
            options.action_cursor_down()
        else:
            options.action_cursor_up()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the highlighted line; the typed text where it is the user's own."""
        options = self.query_one(OptionList)
        at = options.highlighted
        if at is None or is_own(event.value):
            self.dismiss(event.value.strip() or None)
        else:
            self.dismiss(options.get_option_at_index(at).id)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take a line."""
        self.dismiss(event.option.id)

    def action_leave(self) -> None:
        """Choose nothing."""
        self.dismiss(None)


def is_own(text: str) -> bool:
    """Whether a typed text is a file, a numbered sample or numbers, and no part of a name."""
    return any(sign in text for sign in ":/\\.;,~") or text.strip()[:1].isdigit()


def _matches(choice: Choice, words: list[str]) -> bool:
    """Words are looked for everywhere; digit:7, 1 0 -1 and files.csv in the names alone."""
    name, text = choice.name.lower(), choice.summary.lower()
    return all(word in name or (word.isalpha() and word in text) for word in words)


def _row(choice: Choice) -> Content:
    return Content.assemble(
        (padded(choice.name, 16), "bold"),
        f" {padded(choice.detail, 10)} ",
        (printable(choice.summary), "dim"),
    )
