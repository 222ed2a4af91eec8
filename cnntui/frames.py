"""What is to be drawn: plain numbers, cut down to what is on view; imports nothing.

The engine and the states make frames, the widgets draw them and the command line prints them.
"""

from __future__ import annotations

from dataclasses import dataclass

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
class PictureFrame:
    """A picture as indices into a small palette.

    ``indices`` holds ``height * width`` bytes, row by row from the top; ``palette[i]`` is (red,
    green, blue), each 0..255.
    """

    width: int
    height: int
    indices: bytes
    palette: tuple[tuple[int, int, int], ...]


Run = tuple[str, str]  # a piece of text and its role: "", "dim", "strong", "good", "bad", …
Line = tuple[Run, ...]


def plain(line: Line) -> str:
    """Return the text of a line without its roles."""
    return "".join(text for text, _ in line)


@dataclass(frozen=True)
class StepperFrame:
    """One screenful of a stepper: its boards by name, and the words about them."""

    subtitle: str
    counter: str
    boards: dict[str, GridFrame]
    words: tuple[Line, ...]


@dataclass(frozen=True)
class Column:
    """One column of a table: its title, its width in characters, and whether it aligns right."""

    title: str
    width: int
    right: bool = False


@dataclass(frozen=True)
class TableFrame:
    """The rows of a table that are on view.

    ``rows[i]`` holds a text for each column; ``roles[i]`` is the row's role ("", "dim", "block",
    "bad"). ``top`` is the position of the first row on view among ``total``; ``cursor`` the
    position of the chosen one.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    roles: tuple[str, ...]
    top: int
    total: int
    cursor: int
