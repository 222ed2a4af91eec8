"""What panes share when something is chosen, typed or checked; knows no operation.

Not a pane itself. A subclass says how an input is opened and what a cell's edit does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import on, work
from textual.message import Message
from textual.reactive import reactive

from cnntui.engine.reference import Reference
from cnntui.errors import UserError
from cnntui.ground.lines import Line, line
from cnntui.sources.inputs import listed_inputs
from cnntui.sources.kernels import Kernel, listed_kernels, load_kernel
from cnntui.sources.tables import typed_number
from cnntui.ui.picker import Picker
from cnntui.ui.prompt import Prompt
from cnntui.ui.shell.pane import Choice, Pane

TYPED_INPUT = "a file: picture.png, grid.csv, array.npy; digit:7, random:3, gradient:12"
TYPED_KERNEL = "numbers: 1 0 -1; 2 0 -2; 1 0 -1, or a file"
WAITING = line("torch …", "dim")  # torch's word while it computes


def input_choices(first: str = "") -> Iterator[Choice]:
    """Yield every sample input, those of the kind ``first`` before all others."""
    for found in sorted(listed_inputs(), key=lambda each: each.kind != first):
        yield Choice(found.name, "×".join(map(str, found.shape)), found.summary)


def kernel_choices(keyed: bool = False) -> Iterator[Choice]:
    """Yield every sample kernel; with ``keyed`` those alone that a key of their own picks."""
    for found in listed_kernels():
        if found.key or not keyed:
            yield Choice(found.name, "×".join(map(str, found.shape)), found.summary)


def tiny(difference: float) -> str:
    """Write a difference with one digit: ``0``, ``3e-07``."""
    return "0" if difference == 0 else f"{difference:.0e}"


def verdict_line(result: Reference, unicode: bool) -> Line:
    """Say whether torch agrees, on which device, and by how much it differs at most."""
    tick, cross = ("✓", "✗") if unicode else ("ok", "NOT")
    sign = f"{tick} torch" if result.agrees else f"{cross} torch differs"
    role = "good" if result.agrees else "bad"
    return ((f"{sign} {result.device}, largest difference {tiny(result.max_abs_diff)}", role),)


class ChoosingPane(Pane):
    """A pane whose input and kernel are chosen, and whose cells are typed."""

    CHOICES: ClassVar[tuple[str, ...]] = ("input", "kernel")  # what is chosen here
    FIRST_KIND: ClassVar[str] = ""  # the kind of input that is listed first
    KEYED_KERNELS: ClassVar[bool] = False  # list those kernels alone that have a key

    state: reactive[Any] = reactive(None, init=False, always_update=True, repaint=False)
    verdict: reactive[Line] = reactive(WAITING, init=False, repaint=False)

    @dataclass
    class Failed(Message):
        """What was to be read could not be."""

        problem: UserError

    @dataclass
    class KernelRead(Message):
        """A kernel was read."""

        kernel: Kernel

    # to be said by the pane

    def action_open_input(self, name: str) -> None:
        """Open an input by its name."""
        raise NotImplementedError

    def cell(self) -> tuple[str, float]:
        """Return what the cell under the cursor is called, and its value."""
        raise NotImplementedError

    def write_cell(self, value: float) -> None:
        """Write the cell under the cursor."""
        raise NotImplementedError

    def cells_left(self) -> None:
        """Editing has ended."""

    # the state

    def open_state(self, state: Any) -> None:
        """Show a state that another pane has made."""
        self.state = state

    def action_do(self, verb: str, *arguments: object) -> None:
        """Apply a verb of the state, once there is one."""
        if self.state is not None:
            self.state = getattr(self.state, verb)(*arguments)

    @on(Failed)
    def _refuse(self, event: Failed) -> None:
        self.refuse(event.problem)

    def refuse(self, problem: UserError) -> None:
        """Say what went wrong; nothing is changed."""
        if self.state is None:
            self.said(str(problem))
        else:
            self.state = self.state.refused(problem)

    # choosing

    def choices(self) -> Iterator[tuple[str, Choice]]:
        """Yield every input and kernel that can be opened here."""
        if "input" in self.CHOICES:
            yield from (("open_input", choice) for choice in input_choices(self.FIRST_KIND))
        if "kernel" in self.CHOICES:
            yield from (("open_kernel", choice) for choice in kernel_choices(self.KEYED_KERNELS))

    def action_choose_input(self) -> None:
        """Let the user choose an input."""
        self._pick_one("Input", "open_input", TYPED_INPUT)

    def action_choose_kernel(self) -> None:
        """Let the user choose a kernel."""
        self._pick_one("Kernel", "open_kernel", TYPED_KERNEL)

    def _pick_one(self, title: str, action: str, typed: str) -> None:
        def picked(name: str | None) -> None:
            if name:
                getattr(self, f"action_{action}")(name)

        choices = [choice for found, choice in self.choices() if found == action]
        self.app.push_screen(Picker(title, choices, typed), picked)

    def action_open_kernel(self, name: str) -> None:
        """Read a kernel by its name, as numbers, or from a file."""
        self.read_kernel(name)

    @work(thread=True, exclusive=True, group="kernel")
    def read_kernel(self, name: str) -> None:
        """Read a kernel that may be a file; ends in one message."""
        try:
            self.post_message(self.KernelRead(load_kernel(name)))
        except UserError as problem:
            self.post_message(self.Failed(problem))

    @on(KernelRead)
    def _take_kernel(self, event: KernelRead) -> None:
        self.action_do("with_kernel", event.kernel)

    # typing cells

    def ask_cell(self) -> None:
        """Ask for the cell under the cursor."""
        name, value = self.cell()
        self.prompt.ask_cells(f"{name} =", f"{value:.6g}")

    @on(Prompt.CellMoved)
    def _write_cell(self, event: Prompt.CellMoved) -> None:
        if event.text is not None:
            try:
                self.write_cell(typed_number(event.text))
            except UserError as problem:
                self.refuse(problem)
                return
        if event.text is None or not self.state.problem:
            self.action_do("moved", event.rows, event.columns)
        self.ask_cell()

    @on(Prompt.CellUndone)
    def _undo_cell(self) -> None:
        self.action_do("undone")
        self.ask_cell()

    @on(Prompt.Left)
    def _leave_prompt(self, event: Prompt.Left) -> None:
        event.prompt.close()
        self.cells_left()
        self.start_focus()
