"""Turns the rows of a GridFrame into pieces of text with the names of their looks.

Every mark has a sign as well as a look, so that nothing is told by colour alone: brackets round
the window, dots for padding, strokes for a cell that is never read, ``*`` before a winner, ``+``
before a cell met, ``!`` before a changed one.
"""

from __future__ import annotations

from functools import lru_cache

from cnntui.numbers import fitted
from cnntui.ui.frames.boards import (
    CHANGED,
    CURSOR,
    LIT,
    MET,
    PADDING,
    PAST,
    PENDING,
    UNREAD,
    WINNER,
    GridFrame,
)

RAMP = " .:-=+*#%@"
SHADES = " ░▒▓█"
Piece = tuple[str, str]  # text, look

# The look of a cell is that of its first mark here.
LOOKS = (
    (CURSOR, "cursor"),
    (WINNER, "winner"),
    (LIT, "lit"),
    (CHANGED, "changed"),
    (MET, "met"),
    (PENDING, "dim"),
    (PADDING, "dim"),
    (PAST, "dim"),
    (UNREAD, "dim"),
)
HEAT = "heat:"  # the look of a shaded cell: "heat:-12", "heat:-12+lit"


def look_of(marks: int) -> str:
    """Return the name of a cell's look; "" for a plain one."""
    for flag, look in LOOKS:
        if marks & flag:
            return look
    return ""


def grid_rows(frame: GridFrame, colour: bool, unicode: bool) -> list[tuple[Piece, ...]]:
    """Return the pieces of each line below the title."""
    shaded = frame.view if colour else frame.view.replace("heat+", "").replace("heat", "ramp")
    return [
        _row(values, marks, levels, frame.cell, shaded, unicode)
        for values, marks, levels in zip(frame.values, frame.marks, frame.levels, strict=True)
    ]


@lru_cache(maxsize=4096)
def _row(
    values: tuple[float | None, ...],
    marks: tuple[int, ...],
    levels: tuple[int, ...],
    cell: int,
    view: str,
    unicode: bool,
) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    before = 0
    for value, mark, level in zip(values, marks, levels, strict=True):
        text, look = _cell(value, mark, level, cell - 1, view, unicode)
        pieces += [_crowded(_separator(before, mark), text, mark, unicode), (text, look)]
        before = mark
    pieces.append(_separator(before, 0))
    return tuple(_merged(pieces))


def _separator(before: int, mark: int) -> Piece:
    """Return what stands between two cells: a sign, or the brackets of the window.

    Inside the window it looks as the cells beside it do: fewer changes of style are fewer bytes.
    """
    if before & CURSOR or (before & LIT and not mark & LIT):
        return ("[" if mark & CURSOR else "]"), "lit"
    for flag, sign in ((WINNER, "*"), (CHANGED, "!"), (MET, "+")):
        if mark & flag:
            return sign, look_of(flag)
    if mark & (LIT | CURSOR) and (not before & LIT or mark & CURSOR):
        return "[", "lit"
    return " ", "lit" if before & mark & LIT else ""


def _crowded(separator: Piece, text: str, mark: int, unicode: bool) -> Piece:
    """Put the sign of padding or of an unread cell before a number that fills its cell."""
    dot = "·" if unicode else "."
    for flag, sign in ((UNREAD, "/"), (PADDING, dot)):
        if mark & flag and separator[0] == " " and sign not in text and text.strip():
            return sign, separator[1] or "dim"
    return separator


def _cell(
    value: float | None, mark: int, level: int, width: int, view: str, unicode: bool
) -> Piece:
    look = look_of(mark)
    if mark & PENDING or (value is None and not mark & PADDING) or mark & PAST:
        return ("·" if unicode else ".").rjust(width) if mark & PENDING else " " * width, "dim"
    if value is None or (mark & PADDING and value == 0):
        return ("·" if unicode else ".").rjust(width), look or "dim"
    if view == "ramp":
        return _shade(level, width, mark), look
    text = "" if view == "heat" else fitted(value, width)[:width]  # ~0 takes two
    fill = "/" if mark & UNREAD else ("·" if unicode else ".") if mark & PADDING else " "
    text = text.rjust(width, fill)
    if view.startswith("heat"):
        return text, f"{HEAT}{level}" + (f"+{look}" if look else "")
    return text, look


def _shade(level: int, width: int, mark: int) -> str:
    """Return a cell of the ramp: a sign for what is negative, then the shade of its size."""
    sign = "-" if level < 0 else "/" if mark & UNREAD else " "
    shade = RAMP[min(len(RAMP) - 1, (abs(level) * (len(RAMP) - 1) + 16) // 32)]
    return (sign + shade).rjust(width)


def _merged(pieces: list[Piece]) -> list[Piece]:
    """Join neighbouring pieces of one look."""
    merged: list[Piece] = []
    for text, look in pieces:
        if merged and merged[-1][1] == look:
            merged[-1] = (merged[-1][0] + text, look)
        else:
            merged.append((text, look))
    return merged


def title_of(frame: GridFrame) -> str:
    """Return the title, with what is on view where that is not the whole board."""
    rows, columns = len(frame.values), len(frame.values[0]) if frame.values else 0
    if (rows, columns) == (frame.rows, frame.columns):
        return frame.title
    last_row, last_column = frame.top + rows - 1, frame.left + columns - 1
    return f"{frame.title} · {frame.top}…{last_row}, {frame.left}…{last_column}"


def grid_text(frame: GridFrame, unicode: bool = True) -> list[str]:
    """Return a board as plain lines, as the command line prints it."""
    rows = grid_rows(frame, colour=False, unicode=unicode)
    return [title_of(frame), *("".join(text for text, _ in row).rstrip() for row in rows)]
