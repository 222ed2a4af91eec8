"""The prompt of a pane whose cells are typed one by one: arrows write a number and go on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, Self

from textual import on

from cnntui.errors import UserError
from cnntui.sources.tables import typed_number
from cnntui.ui.prompt import Prompt


class Cells(Protocol):
    """A state with a cell under the keys."""

    @property
    def cell(self) -> tuple[str, float]:
        """Its name and number."""

    @property
    def problem(self) -> str:
        """Why the last verb changed nothing."""

    def with_cell(self, value: float) -> Self:
        """Write it."""

    def moved(self, rows: int, columns: int) -> Self:
        """Go to another one."""

    def undone(self) -> Self:
        """Take back the last one that was written."""


class CellPane(Protocol):
    """A pane with such a state."""

    state: Any

    def refuse(self, problem: UserError) -> None:
        """Say what went wrong."""


class CellPrompt(Prompt):
    """A prompt that also edits a pane's state cell by cell."""

    def __init__(self, pane: CellPane) -> None:
        super().__init__()
        self._pane = pane
        self._done: Callable[[], None] | None = None

    def edit(self, done: Callable[[], None] | None = None) -> None:
        """Ask for the cell under the keys, then for the next one; ``done`` is called at the end."""
        self._done = done
        self._ask_cell(self._pane.state)

    def _ask_cell(self, state: Cells) -> None:
        name, value = state.cell
        self.ask_cells(f"{name} =", f"{value:.6g}", self._done)

    @on(Prompt.CellMoved)
    def _write(self, event: Prompt.CellMoved) -> None:
        event.stop()
        state: Cells = self._pane.state
        try:
            written = state if event.text is None else state.with_cell(typed_number(event.text))
        except UserError as problem:
            self._pane.refuse(problem)
            return
        if event.text is None or not written.problem:
            written = written.moved(event.rows, event.columns)
        self._pane.state = written
        self._ask_cell(written)

    @on(Prompt.CellUndone)
    def _undo(self, event: Prompt.CellUndone) -> None:
        event.stop()
        self._pane.state = self._pane.state.undone()
        self._ask_cell(self._pane.state)
