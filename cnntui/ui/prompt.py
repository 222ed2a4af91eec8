"""A line at the bottom that asks for a typed answer; knows no question."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Label

from cnntui.errors import printable

CELL = "cell"
ARROWS = {"up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1)}


class PromptInput(Input):
    """The typed part of a prompt."""

    DEFAULT_CSS = """
    PromptInput { width: 1fr; height: 1; border: none; padding: 0; background: $surface; }
    PromptInput:focus { border: none; }
    """

    in_cells = False

    async def _on_key(self, event: events.Key) -> None:
        prompt = self.parent
        assert isinstance(prompt, Prompt)
        if event.key == "escape":
            event.stop()
            prompt.post_message(prompt.Left(prompt))
        elif self.in_cells and event.key in (*ARROWS, "tab", "shift+tab", "u"):
            event.stop()
            event.prevent_default()
            prompt.cell_key(event.key)
        else:
            await super()._on_key(event)


class Prompt(Horizontal):
    """Asks on one line: ``ask`` shows it, enter answers, escape leaves.

    ``ask_cells`` is for editing a grid: arrows and tab write the number and go on to the next
    cell, ``u`` takes the last one back.
    """

    DEFAULT_CSS = """
    Prompt { dock: bottom; height: 1; display: none; padding: 0 1; background: $surface; }
    Prompt #question { width: auto; color: $accent; text-style: bold; padding: 0 1 0 0; }
    Prompt #keys { width: auto; color: $text-muted; padding: 0 0 0 1; }
    """

    class Answered(Message):
        """Enter was pressed on an answer to the question ``purpose``."""

        def __init__(self, prompt: Prompt, purpose: str, text: str) -> None:
            super().__init__()
            self.prompt, self.purpose, self.text = prompt, purpose, text

    class CellMoved(Message):
        """While cells are edited: an arrow, with what was typed, or None if nothing was."""

        def __init__(self, rows: int, columns: int, text: str | None) -> None:
            super().__init__()
            self.rows, self.columns, self.text = rows, columns, text

    class CellUndone(Message):
        """While cells are edited: the last edit is to be taken back."""

    class Left(Message):
        """Escape was pressed: nothing is to be changed."""

        def __init__(self, prompt: Prompt) -> None:
            super().__init__()
            self.prompt = prompt

    purpose = ""
    _given = ""

    def compose(self) -> ComposeResult:
        """Compose the question, the typed part and the keys."""
        yield Label(id="question")
        yield PromptInput(select_on_focus=True)
        yield Label(id="keys")

    def ask(self, purpose: str, question: str, value: str = "") -> None:
        """Show the line and take the keys."""
        self._open(purpose, question, value, "enter · escape")

    def ask_cells(self, question: str, value: str) -> None:
        """Show the line for editing a grid, with the value of the present cell."""
        self._open(CELL, question, value, "arrows: next cell · u undo · escape done")

    def _open(self, purpose: str, question: str, value: str, keys: str) -> None:
        self.purpose, self._given = purpose, value
        field = self.query_one(PromptInput)
        field.in_cells = purpose == CELL
        self.query_one("#question", Label).update(Content(printable(question)))
        self.query_one("#keys", Label).update(keys)
        field.value = value
        self.display = True
        field.focus()
        field.select_all()
        self.screen.refresh_bindings()

    def close(self) -> None:
        """Hide the line."""
        self.display = False
        self.screen.refresh_bindings()

    @property
    def asking(self) -> bool:
        """Whether it waits for an answer."""
        return bool(self.display)

    def cell_key(self, key: str) -> None:
        """Tell about a key that moves from cell to cell."""
        text = self.query_one(PromptInput).value
        typed = None if text == self._given else text
        if key == "u":
            self.post_message(self.CellUndone())
        else:
            way = {"tab": (0, 1), "shift+tab": (0, -1)} | ARROWS
            self.post_message(self.CellMoved(*way[key], typed))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Tell the answer."""
        event.stop()
        if self.purpose == CELL:
            typed = None if event.value == self._given else event.value
            self.post_message(self.CellMoved(0, 1, typed))
        else:
            self.post_message(self.Answered(self, self.purpose, event.value))
