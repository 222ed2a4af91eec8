"""A line at the bottom that asks for a typed answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Label

from cnntui.errors import UserError, printable

Answer = Callable[[str], object]  # of what was typed; raises UserError for what is wrong

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
            prompt.leave()
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

    @dataclass
    class CellMoved(Message):
        """While cells are edited: an arrow, with what was typed, or None if nothing was."""

        rows: int
        columns: int
        text: str | None

    class CellUndone(Message):
        """While cells are edited: the last edit is to be taken back."""

    @dataclass
    class Refused(Message):
        """An answer was refused: the question stays open."""

        problem: UserError

    class Closed(Message):
        """The keys are given back, and what had them before is not there any more."""

    _given = ""
    _before: Widget | None = None  # what had the keys
    _answer: Answer | None = None  # None: cells are edited
    _left: Callable[[], None] | None = None

    def compose(self) -> ComposeResult:
        """Compose the question, the typed part and the keys."""
        yield Label(id="question")
        yield PromptInput(select_on_focus=True)
        yield Label(id="keys")

    def ask(
        self,
        question: str,
        answer: Answer,
        value: str = "",
        left: Callable[[], None] | None = None,
    ) -> None:
        """Show the line and take the keys; ``answer`` is given what was typed, stripped.

        Where it raises UserError the question stays open; else the keys go back to what had them.
        ``left`` is called where escape leaves instead.
        """
        self._answer, self._left = answer, left
        self._open(question, value, "enter · escape")

    def ask_cells(self, question: str, value: str, left: Callable[[], None] | None = None) -> None:
        """Show the line for editing a grid, with the value of the present cell.

        ``left`` is called where escape ends the editing.
        """
        self._answer, self._left = None, left
        self._open(question, value, "arrows: next cell · u undo · escape done")

    def _open(self, question: str, value: str, keys: str) -> None:
        if not self.asking:
            self._before = self.screen.focused
        self._given = value
        field = self.query_one(PromptInput)
        field.in_cells = self._answer is None
        self.query_one("#question", Label).update(Content(printable(question)))
        self.query_one("#keys", Label).update(keys)
        field.value = value
        self.display = True
        field.focus()
        field.select_all()
        self.screen.refresh_bindings()

    def close(self) -> None:
        """Hide the line and give the keys back."""
        self.display = False
        self.screen.refresh_bindings()
        before = self._before
        if before is not None and before.is_attached and before.display:
            before.focus()
        else:
            self.post_message(self.Closed())

    def leave(self) -> None:
        """Close the question without an answer."""
        left = self._left
        self.close()
        if left is not None:
            left()

    def _take(self, answer: Answer, text: str) -> None:
        try:
            answer(text.strip())
        except UserError as problem:
            self.post_message(self.Refused(problem))
            return
        if self._answer is answer:  # it has not asked on
            self.close()

    @property
    def asking(self) -> bool:
        """Whether it waits for an answer."""
        return self.is_attached and bool(self.display)

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
        if self._answer is None:
            self.cell_key("tab")
        else:
            self._take(self._answer, event.value)
