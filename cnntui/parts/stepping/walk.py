"""Where one is in an operation that goes cell by cell: step, cursor, focus, view, viewports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, Self

from cnntui.engine.geometry import Pair, Window
from cnntui.errors import UserError
from cnntui.numbers import counted
from cnntui.parts.boards.grids import Scale, shared
from cnntui.parts.boards.viewport import Viewport
from cnntui.ui.frames.boards import VIEWS

Area = tuple[range, range]  # rows and columns


@dataclass(frozen=True, eq=False, kw_only=True)
class Walk:
    """A place in an operation, of which it knows the sizes alone.

    ``index`` is the step; outputs up to ``seen`` are shown. ``focus`` is the grid the keys act
    on, ``cursor`` the cell of the input under them, ``channel`` the input channel on view.
    ``problem`` is why the last verb changed nothing. ``scales`` are those of the boards.
    """

    boards: ClassVar[tuple[str, ...]]  # names of the grids from left to right
    grids: ClassVar[tuple[str, ...]]  # the same in the order of the tab key
    outputs: ClassVar[tuple[str, ...]]  # those on which the keys move the step

    index: int = 0
    seen: int = 0
    view: str = "numbers"
    focus: str = "output"
    channel: int = 0
    cursor: Pair = (0, 0)
    coverage: bool = False
    problem: str = ""
    scales: tuple[Scale, Scale, Scale] = (Scale(2, 1.0),) * 3
    viewports: Mapping[str, Viewport] = field(default_factory=dict)

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

    @property
    def nearest_channel(self) -> int:
        """The input channel to show: the one on view, or the nearest that the step reads."""
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

    # the boards

    def area(self, grid: str) -> Area:
        """Return the rows and columns of a board; those of the input with its padding."""
        rows, columns = self.window.rows, self.window.columns
        if grid in self.outputs:
            return range(rows.outputs), range(columns.outputs)
        return rows.span, columns.span

    def area_in_view(self, grid: str) -> Area:
        """Return the rows and columns that are to be seen: the cursor's cell, or the window."""
        if grid == "input" and self.focus != "input":
            rows, columns = self.window.rows, self.window.columns
            top, left = rows.start(self.place[1]), columns.start(self.place[2])
            return range(top, top + rows.extent), range(left, left + columns.extent)
        row, column = self.cursor_on(grid)
        return range(row, row + 1), range(column, column + 1)

    def cell_widths(self) -> dict[str, int]:
        """Return the characters of a cell of each board."""
        return {
            grid: scale.cell_in(self.view)
            for grid, scale in zip(self.boards, self.scales, strict=True)
        }

    def follow(self) -> Self:
        """Return the state with every viewport moved to where its cursor is."""
        ports = {
            grid: self.viewport(grid).following(*self.area_in_view(grid), self.area(grid), cell)
            for grid, cell in self.cell_widths().items()
        }
        return replace(self, viewports=ports, channel=self.nearest_channel)

    @property
    def tallest(self) -> int:
        """Rows of the tallest board."""
        return max(len(self.area(grid)[0]) for grid in self.boards)

    def widths(self, total: int) -> dict[str, int]:
        """Share ``total`` characters among the boards, as they need."""
        cells = self.cell_widths()
        return shared({grid: len(self.area(grid)[1]) * cells[grid] + 2 for grid in cells}, total)
