"""A pane that steps: keys, boards, player, typing and mouse, the same for every stepper."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.reactive import reactive

from cnntui.engine.reference import Reference
from cnntui.errors import UserError
from cnntui.ground.lines import Line, cropped, line
from cnntui.parts.background.widget import Background
from cnntui.parts.choosing.cells import CellPrompt
from cnntui.parts.choosing.choices import TYPED_INPUT, input_choices, pick
from cnntui.parts.choosing.verdict import WAITING, Status, verdict_line
from cnntui.parts.stepping.boards import Boards
from cnntui.parts.stepping.state import Stepper
from cnntui.sources.inputs import load_input
from cnntui.ui.frames.boards import StepperFrame
from cnntui.ui.grid import GridView
from cnntui.ui.player import Player
from cnntui.ui.shell.pane import Choice, Pane
from cnntui.ui.words import Words

LEAST_WORDS = 7
STEPPED_CELLS = 32
CELLS: tuple[int | None, ...] = (8, 16, 24, 32, 48, 64, 96, 128, 256, None)  # None: all there are


class SteppingPane(Pane):
    """A pane that goes over its input cell by cell, by key, mouse or player."""

    TITLE: ClassVar[str]
    BOARDS: ClassVar[tuple[str, ...]]  # the state's, from left to right
    HINTS: ClassVar[str]  # keys that the footer has no room for
    PRIMARY: ClassVar[str] = "output"  # the grid the keys start on
    EDITED: ClassVar[str] = "input"  # the grid that e edits while an output has the focus

    BINDINGS = [
        Binding("space", "play", "play", id="step.play", tooltip="Play, or pause"),
        Binding("left,h", "move(0,-1)", "left", show=False, id="step.left", tooltip="Cell before"),
        Binding("right,l", "move(0,1)", "right", show=False, id="step.right", tooltip="Next cell; past the end of a row, the next row"),
        Binding("up,k", "move(-1,0)", "up", show=False, id="step.up", tooltip="Row above"),
        Binding("down,j", "move(1,0)", "down", show=False, id="step.down", tooltip="Row below"),
        Binding("colon", "goto", "go to", show=False, id="step.goto", tooltip="Go to a typed row,column of the output"),
        Binding("home", "do('to_step',0)", "first", show=False, id="step.first", tooltip="First step"),
        Binding("end", "do('last')", "last", show=False, id="step.last", tooltip="Last step: all of the output"),
        Binding("plus,equals_sign", "faster(1)", "faster", show=False, id="step.faster", tooltip="Play faster"),
        Binding("minus", "faster(-1)", "slower", show=False, id="step.slower", tooltip="Play slower"),
        Binding("tab", "do('focused',1)", "grid", id="step.grid", tooltip="Next grid: the arrows move on it"),
        Binding("shift+tab", "do('focused',-1)", "grid before", show=False, id="step.grid_back", tooltip="Grid before"),
        Binding("i", "choose_input", "input", id="step.input", tooltip="Choose the input: a sample, a digit, a picture, a file"),
        Binding("e", "edit", "edit", show=False, id="step.edit", tooltip="Edit the focused grid cell by cell"),
        Binding("u", "do('undone')", "undo", show=False, id="step.undo", tooltip="Take the last edit back"),
        Binding("v", "do('viewed',1)", "view", show=False, id="step.view", tooltip="Numbers, ASCII ramp, colour heat, heat with numbers"),
        Binding("o", "do('covered')", "coverage", show=False, id="step.coverage", tooltip="How often each input cell is read"),
        Binding("t", "do('shifted')", "shift test", show=False, id="step.shift", tooltip="Shift test: move the input by one cell (right, down, left, up, back) and see what changes"),
        Binding("Z", "resize_input(-1)", "fewer cells", show=False, id="step.smaller", tooltip="Fewer cells of a picture"),
        Binding("z", "resize_input(1)", "more cells", show=False, id="step.larger", tooltip="More cells of a picture"),
        Binding("Y", "gray", "grey", show=False, id="step.gray", tooltip="Read the input in grey, or in colour"),
        Binding("r", "reset", "reset", show=False, id="step.reset", tooltip="Undo every edit and setting; back to the first step"),
    ]  # fmt: skip

    DEFAULT_CSS = """
    SteppingPane #heading, SteppingPane #status { height: 1; padding: 0 1; }
    SteppingPane #words { height: 1fr; padding: 0 1; }
    """

    state: reactive[Any] = reactive(None, init=False, always_update=True, repaint=False)
    report: reactive[tuple[Line, ...]] = reactive((), init=False, repaint=False)

    def __init__(self, *setting: Any) -> None:
        super().__init__(*setting)
        self.heading, self.words = Words(id="heading"), Words(id="words")
        self.status, self.player, self.background = Status(id="status"), Player(), Background()
        self.prompt: CellPrompt = CellPrompt(self)
        self.boards = Boards(self.BOARDS, self.PRIMARY, self.terminal)
        self._layout: object = None
        self._tall = 0

    # to be said by the pane

    def first_state(self) -> Any:
        """Return the state the pane opens with where none was asked for."""
        raise NotImplementedError

    def framed(self, state: Any, width: int, lines: int) -> StepperFrame:
        """Return the frame: subtitle, counter, boards, words."""
        raise NotImplementedError

    def check(self, state: Any) -> tuple[Reference, tuple[Line, ...]]:
        """Compute the whole output with torch and say what else takes the whole output."""
        raise NotImplementedError

    # composition

    def compose(self) -> ComposeResult:
        """Compose the heading, the boards, the status and the words."""
        yield self.heading
        yield self.boards
        yield self.status
        yield self.words
        yield self.prompt
        yield self.player
        yield self.background

    def on_mount(self) -> None:
        """Show the first state."""
        self.state = self.opening or self.first_state().on_device(self.device)

    def start_focus(self) -> None:
        """Take the keys."""
        self.boards.primary.focus()

    @on(GridView.Resized)
    def _fit(self, event: GridView.Resized) -> None:
        if self.state is not None and event.view.id:
            self.state = self.state.sized(event.view.id, event.width, event.height)

    def on_resize(self) -> None:
        """Lay the boards out for the new size."""
        self._show()

    # state to screen

    def watch_state(self, old: Stepper[Any] | None, new: Stepper[Any]) -> None:
        """Show the state; have torch check an operation that changed."""
        if old is None or old.operation is not new.operation:
            self.report, self.status.verdict = (), WAITING
            if old is None:
                self.call_after_refresh(self._check, new)  # the screen first, then torch
            else:
                self._check(new)
        self.said(new.problem)
        self._show()

    def watch_report(self) -> None:
        """Show what the check found out."""
        self._show()

    def _show(self) -> None:
        if self.state is None or not self.size.width:
            return
        width, lines = self.size.width - 2, self._laid_out()
        frame = self.framed(self.state, width, lines)
        self.boards.show(frame.boards)
        heading = ((f"{self.TITLE}  ", "strong"), (frame.subtitle, ""))
        self.heading.lines = (cropped(heading, width),)
        self.words.lines = self._hinted(frame.words, width, lines)
        self._show_status()

    def _show_status(self) -> None:
        self.status.text = f"{self.state.counter} · {self.player.status}"

    def _laid_out(self) -> int:
        """Return the lines there are for the words, after giving the boards what they need."""
        state = self.state
        key = (state.operation, state.view, state.coverage, self.size)
        if key != self._layout:
            self._layout = key
            self._lay_out()
        return max(1, self.size.height - self._tall - 2)

    def _lay_out(self) -> None:
        most = max(4, self.size.height - LEAST_WORDS - 2)
        self._tall = min(most, self.state.tallest + 2)  # a title and a blank line
        self.boards.lay_out(self._tall, self.state.widths(self.size.width - 3))

    def _hinted(self, words: tuple[Line, ...], width: int, lines: int) -> tuple[Line, ...]:
        """Put the keys that the footer has no room for below the words, where there is room."""
        if lines < len(words) + 2:
            return words
        return (*words, *((),) * (lines - len(words) - 1), cropped(line(self.HINTS, "dim"), width))

    # torch's check

    def _check(self, state: Stepper[Any]) -> None:
        """Ask torch for the whole output."""

        def checked(outcome: tuple[Reference, tuple[Line, ...]]) -> None:
            if state.operation is self.state.operation:
                self.status.verdict = verdict_line(outcome[0], self.terminal.unicode)
                self.report = outcome[1]

        def failed(problem: UserError) -> None:
            if state.operation is self.state.operation:
                self.status.verdict = line(f"✗ {problem}", "bad")

        self.background.run("torch", partial(self.check, state), checked, failed)

    # actions

    def action_move(self, rows: int, columns: int) -> None:
        """Move the cursor of the focused grid."""
        self.action_do("moved", rows, columns)

    def action_play(self) -> None:
        """Play from here, or from the start after the end; or pause."""
        player = self.player
        if not player.playing and self.state.ended:
            self.state = self.state.restarted()
        player.toggle()

    def action_faster(self, by: int) -> None:
        """Change the speed."""
        self.player.faster(by)

    def action_reset(self) -> None:
        """Go back to what was opened."""
        self.player.playing = False
        self.state = self.state.reset()

    @on(Player.Ticked)
    def _tick(self) -> None:
        if self.state.ended:
            self.player.playing = False
        else:
            self.state = self.state.stepped()

    @on(Player.Changed)
    def _speed_changed(self) -> None:
        if self.state is not None:
            self._show_status()

    # the input

    def choices(self) -> Iterator[tuple[str, Choice]]:
        """Yield every input that can be opened here."""
        return (("open_input", choice) for choice in input_choices())

    def action_choose_input(self) -> None:
        """Let the user choose an input."""
        pick(self, "Input", input_choices(), TYPED_INPUT, self.action_open_input)

    def action_open_input(self, name: str) -> None:
        """Open an input by its name; a picture with as many cells as are easily stepped."""
        self.load(name, STEPPED_CELLS, self.state.gray)

    def action_resize_input(self, by: int) -> None:
        """Show a picture with more or fewer cells."""
        if not self._is_picture():
            return
        at = CELLS.index(self.state.cells) if self.state.cells in CELLS else len(CELLS) - 1
        at += by
        if not 0 <= at < len(CELLS):
            most = "these are all the cells there are; Z takes fewer"
            least = f"{CELLS[0]} cells are the fewest; z takes more"
            self.refuse(UserError(most if by > 0 else least))
        else:
            self.load(self.state.input_name, CELLS[at], self.state.gray)

    def action_gray(self) -> None:
        """Read the input in grey, or with its own channels."""
        if not self._is_picture():
            return
        self.load(self.state.input_name, self.state.cells, not self.state.gray)

    def _is_picture(self) -> bool:
        if self.state.kind in ("picture", "file"):
            return True
        self.refuse(UserError("only pictures are read larger, smaller or in grey; i chooses one"))
        return False

    def load(self, name: str, cells: int | None, gray: bool) -> None:
        """Read an input off the event loop."""
        self.background.run(
            "input",
            lambda: load_input(name, cells=cells, gray=gray),
            lambda source: self.action_do("with_input", source, cells, gray),
            self.refuse,
        )

    # typing: a place, or cells

    def action_goto(self) -> None:
        """Ask for an output cell."""
        height, width = self.state.window.output
        self.prompt.ask(f"go to row,column (0–{height - 1}, 0–{width - 1}):", self._go_to)

    def _go_to(self, text: str) -> None:
        self.take(self.state.at(*whole_numbers(text, "row,column such as 2,3")))

    def take(self, state: Stepper[Any]) -> None:
        """Take a state that an answer made. Raises UserError where its verb was refused."""
        if state.problem:
            raise UserError(state.problem)
        self.state = state

    def action_edit(self) -> None:
        """Edit the focused grid cell by cell; the output is computed."""
        if self.state.focus in self.state.outputs:
            self.state = self.state.on(self.EDITED)
        self.prompt.edit()

    # the mouse

    @on(GridView.Picked)
    def _pick(self, event: GridView.Picked) -> None:
        grid = event.view.id or ""
        if grid in self.state.outputs:
            self.state = self.state.on(grid).at(event.row, event.column)
        else:
            self.state = self.state.pointed(grid, event.row, event.column)


def whole_numbers(text: str, example: str) -> tuple[int, int]:
    """Return two typed whole numbers. Raises UserError that shows the example."""
    parts = text.replace(",", " ").split()
    if len(parts) != 2 or not all(part.isdecimal() for part in parts):
        raise UserError(f"{text!r} is not a cell; type {example}")
    return int(parts[0]), int(parts[1])
