"""What is to be drawn of a board of numbers, and of a stepper's screenful: plain values."""

from __future__ import annotations

from dataclasses import dataclass

from cnntui.ground.lines import Line

# What a cell is, as flags to be added up.
PADDING = 1  # outside the input; its value is what the padding mode reads there
PENDING = 2  # not computed yet
UNREAD = 4  # no window ever reads it
LIT = 8  # inside the window of this step
CURSOR = 16  # the cell the keys move
WINNER = 32  # the cell whose value a max pool takes
MET = 64  # read by, or reading, the cell under the cursor
CHANGED = 128  # differs after the shift
PAST = 256  # part of a window that overhangs the padded input

# How cells are shown; ``VIEWS`` is the order in which a key goes through them.
VIEWS = ("numbers", "ramp", "heat", "heat+numbers")


@dataclass(frozen=True)
class GridFrame:
    """The cells of one channel that are on view.

    ``values[i][j]`` is the cell at row ``top + i``, column ``left + j`` of a board of ``rows`` by
    ``columns``; padding has negative indices or indices past the data. ``None`` is an empty cell.
    ``marks[i][j]`` adds up the flags above. ``levels[i][j]`` is the colour level of the value,
    -32 (most negative) to 32, or 0 to 32 where nothing is negative.
    """

    role: str  # "input", "kernel", "output", "maximum", "average": decides the accent colour
    title: str  # "input 8×8 · channel 1 of 3"
    rows: int
    columns: int
    top: int
    left: int
    cell: int  # width of one cell in characters, separator included
    view: str  # one of VIEWS
    values: tuple[tuple[float | None, ...], ...]
    marks: tuple[tuple[int, ...], ...]
    levels: tuple[tuple[int, ...], ...]
    focused: bool = False


@dataclass(frozen=True)
class StepperFrame:
    """One screenful of a stepper: its boards by name, and the words about them."""

    subtitle: str
    counter: str
    boards: dict[str, GridFrame]
    words: tuple[Line, ...]
