"""What convolution and pooling share as steppers: the step, the cursor, the view, the edits.

Knows neither operation: a subclass says how many steps there are and what its grids hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self, TypeVar

from cnntui.engine.geometry import Pair, Window
from cnntui.errors import UserError
from cnntui.numbers import counted
from cnntui.parts.boards.grids import Scale
from cnntui.parts.boards.viewport import Viewport
from cnntui.ui.frames.boards import VIEWS

T = TypeVar("T")

# The directions in which the shift test moves the input, and no shift again.
SHIFTS: tuple[tuple[str, Pair], ...] = (
    ("", (0, 0)),
    ("right", (0, 1)),
    ("down", (1, 0)),
    ("left", (0, -1)),
    ("up", (-1, 0)),
)


CAME_IN = "this cell came in with the shift; t moves the input on, and at last back"


@dataclass(frozen=True)
class Edit:
    """One cell of a grid, of the input that was not moved, as it was before an edit."""

    grid: str
    place: tuple[int, ...]
    value: float


@dataclass(frozen=True, eq=False)
class Stepper:
    """Where the user is in an operation that goes cell by cell.

    ``index`` is the step; outputs up to ``seen`` are shown. ``focus`` is the grid the keys act
    on, ``cursor`` the cell of the input under them, ``channel`` the input channel on view.
    ``cells`` and ``gray`` are how a picture is read. ``problem`` is why the last verb changed
    nothing. ``edited_grids`` are those whose numbers are no longer their name's; ``kind`` is the
    input's, as sources tells it. ``scales`` are those of the input and of the two other boards.
    """

    device: str = "auto"
    cells: int | None = None
    gray: bool = False
    index: int = 0
    seen: int = 0
    view: str = "numbers"
    focus: str = "output"
    channel: int = 0
    cursor: Pair = (0, 0)
    coverage: bool = False
    shift: int = 0
    problem: str = ""
    edits: tuple[Edit, ...] = ()
    edited_grids: frozenset[str] = frozenset()
    kind: str = ""
    scales: tuple[Scale, Scale, Scale] = (Scale(2, 1.0),) * 3
    viewports: Mapping[str, Viewport] = field(default_factory=dict)

    def named(self, grid: str, name: str) -> str:
        """Return a grid's name, saying where its numbers were edited."""
        return f"{name} edited" if grid in self.edited_grids else name

    @property
    def grids(self) -> tuple[str, ...]:
        """Names of the grids in the order of the tab key."""
        raise NotImplementedError

    @property
    def outputs(self) -> tuple[str, ...]:
        """The grids on which the keys move the step."""
        raise NotImplementedError

    @property
    def window(self) -> Window:
        """The window that slides."""
        raise NotImplementedError

    @property
    def planes(self) -> int:
        """Number of output planes."""
        raise NotImplementedError

    @property
    def input_size(self) -> tuple[int, int, int]:
        """(C, H, W) of the input."""
        raise NotImplementedError

    def follow(self) -> Self:
        """Return the state with every viewport moved to where its cursor is."""
        raise NotImplementedError

    @property
    def steps(self) -> int:
        """Number of steps: over columns, then rows, then planes."""
        height, width = self.window.output
        return self.planes * height * width

    @property
    def place(self) -> tuple[int, int, int]:
        """(plane, row, column) of the step."""
        height, width = self.window.output
        plane, cell = divmod(self.index, height * width)
        return plane, *divmod(cell, width)

    def viewport(self, grid: str) -> Viewport:
        """Return the viewport of a grid."""
        return self.viewports.get(grid, Viewport())

    def sized(self, grid: str, width: int, height: int) -> Self:
        """Return the state with a grid given another size on the screen."""
        port = self.viewport(grid).sized(width, height)
        return replace(self, viewports={**self.viewports, grid: port}).follow()

    def refused(self, problem: UserError | str) -> Self:
        """Return the same state, saying why nothing was changed."""
        return replace(self, problem=str(problem))

    def on_device(self, device: str) -> Self:
        """Have torch compute on another device."""
        return replace(self, device=device)

    # the step

    def to_step(self, index: int) -> Self:
        """Go to a step, the nearest there is."""
        index = max(0, min(index, self.steps - 1))
        return replace(self, index=index, seen=max(self.seen, index), problem="").follow()

    def stepped(self, by: int = 1) -> Self:
        """Go on by some steps; past the end of a row comes the next row."""
        return self.to_step(self.index + by)

    def last(self) -> Self:
        """Go to the last step: the whole output is shown."""
        return self.to_step(self.steps - 1)

    def all_seen(self) -> Self:
        """Show the whole output without leaving the step."""
        return replace(self, seen=self.steps - 1)

    @property
    def ended(self) -> bool:
        """Whether this is the last step."""
        return self.index == self.steps - 1

    def restarted(self) -> Self:
        """Go to the first step and hide what was computed."""
        return replace(self, index=0, seen=0, problem="").follow()

    def to_plane(self, plane: int) -> Self:
        """Go to the same cell of another output plane, around the end."""
        height, width = self.window.output
        _, row, column = self.place
        return self.to_step(((plane % self.planes) * height + row) * width + column)

    def at(self, row: int, column: int) -> Self:
        """Go to an output cell of the plane on view; refuse one that is not there."""
        height, width = self.window.output
        if not (0 <= row < height and 0 <= column < width):
            return self.refused(
                f"there is no output cell {row},{column}; "
                f"rows are 0 to {height - 1}, columns 0 to {width - 1}"
            )
        return self.to_step((self.place[0] * height + row) * width + column)

    def settled(self, planes: int, output: Pair, size: tuple[int, int, int]) -> dict[str, Any]:
        """Return the changes that keep step, channel and cursor inside other sizes.

        The step goes to the nearest cell; an output that was shown whole stays so.
        """
        plane, row, column = self.place
        height, width = output
        row, column = min(row, height - 1), min(column, width - 1)
        index = (min(plane, planes - 1) * height + row) * width + column
        return {
            "index": index,
            "seen": planes * height * width - 1 if self.seen == self.steps - 1 else index,
            "channel": min(self.channel, size[0] - 1),
            "cursor": (min(self.cursor[0], size[1] - 1), min(self.cursor[1], size[2] - 1)),
            "problem": "",
        }

    # the cursor

    def moved(self, rows: int, columns: int) -> Self:
        """Move the cursor of the focused grid: the step on an output, a cell elsewhere."""
        if self.focus not in self.outputs:
            row, column = self.cursor_on(self.focus)
            return self.pointed(self.focus, row + rows, column + columns)
        _, row, _ = self.place
        height, width = self.window.output
        if not 0 <= row + rows < height:
            return self.to_step(self.index)
        return self.stepped(rows * width + columns)

    def cursor_on(self, grid: str) -> Pair:
        """Return the cursor's cell on a grid."""
        return self.cursor if grid not in self.outputs else self.place[1:]

    def pointed(self, grid: str, row: int, column: int) -> Self:
        """Put the cursor on the nearest cell of the input and focus it."""
        _, height, width = self.input_size
        cursor = max(0, min(row, height - 1)), max(0, min(column, width - 1))
        return replace(self, cursor=cursor, focus=grid, problem="").follow()

    def unmoved(self, cell: Pair) -> Pair | None:
        """Return where a cell of the moved input came from; None where a zero came in."""
        down, right = SHIFTS[self.shift][1]
        row, column = cell[0] - down, cell[1] - right
        _, height, width = self.input_size
        return (row, column) if 0 <= row < height and 0 <= column < width else None

    def focused(self, by: int = 1) -> Self:
        """Focus the next grid."""
        at = (self.grids.index(self.focus) + by) % len(self.grids)
        return replace(self, focus=self.grids[at], problem="").follow()

    def on(self, grid: str) -> Self:
        """Focus a grid."""
        return self if grid == self.focus else replace(self, focus=grid, problem="").follow()

    # what is shown

    def viewed(self, by: int = 1) -> Self:
        """Show the cells in the next of the views."""
        view = VIEWS[(VIEWS.index(self.view) + by) % len(VIEWS)]
        return replace(self, view=view, problem="").follow()

    def to_channel(self, channel: int) -> Self:
        """Show another input channel, around the end."""
        return replace(self, channel=channel % self.input_size[0], problem="").follow()

    def covered(self) -> Self:
        """Show, or hide, how often each input cell is read."""
        return replace(self, coverage=not self.coverage, problem="")

    @property
    def counter(self) -> str:
        """The step in words: ``step 10 of 0–63``."""
        return f"step {counted(self.index)} of 0–{counted(self.steps - 1)}"


def following(choices: Sequence[T], now: T) -> T:
    """Return the choice after ``now``, around the end."""
    return choices[(choices.index(now) + 1) % len(choices)]


def grown(pair: Pair, by: int) -> Pair:
    """Return (height, width) with both changed by ``by``."""
    return pair[0] + by, pair[1] + by
