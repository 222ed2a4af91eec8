"""Turns the cells of a CurveFrame into text, braille or ASCII, with roles."""

from __future__ import annotations

import codecs
import re

from cnntui.ground.lines import Line, Run
from cnntui.ui.drawing.ascii import in_ascii
from cnntui.ui.frames.curves import CurveFrame

BRAILLE = "".join(chr(0x2800 + bits) for bits in range(256)).replace("\u2800", " ", 1)
# one sign a style, where there is no braille
SIGNS = "*o+x#="
RUNS = re.compile(rb"(.)\1*", re.S)  # neighbouring cells of one line
CURSOR, CURSOR_ROLE = "│", "cursor"


def curve_rows(frame: CurveFrame, unicode: bool = True) -> list[Line]:
    """Return every line of a frame; ``unicode`` chooses the signs of the lines alone.

    Roles: "line0" … and "edge0" … for styles, "cursor", and those of the head.
    """
    plot = [_plot_row(frame, row, unicode) for row in range(len(frame.dots))]
    return [
        *(_head_line(line, unicode) for line in frame.head),
        *plot,
        *(((text, "dim"),) for text in frame.foot),
    ]


def curve_text(frame: CurveFrame, unicode: bool = True) -> list[str]:
    """Return a frame as plain lines, as the command line prints it."""
    lines = ["".join(text for text, _ in line).rstrip() for line in curve_rows(frame, unicode)]
    return lines if unicode else [in_ascii(line) for line in lines]


def _head_line(line: Line, unicode: bool) -> Line:
    """Put the sign of a style for its sample, and its style for its role."""
    return tuple(
        (text if unicode else SIGNS[int(role[-1])] * len(text), f"line{role[-1]}")
        if role.startswith("sample")
        else (text, role)
        for text, role in line
    )


def _plot_row(frame: CurveFrame, row: int, unicode: bool) -> Line:
    label = next((text for at, text in frame.ticks if at == row), "")
    axis = f"{label:>{frame.left - 2}} {'┤' if label else '│'}"
    if frame.message and row == (len(frame.dots) - 1) // 2:
        return (axis, "dim"), (frame.message.center(frame.columns)[: frame.columns], "dim")
    runs = _cells(frame.dots[row], frame.owners[row], unicode)
    if row in (0, len(frame.dots) - 1):
        for column, up, style in frame.edges:
            if row == (0 if up else len(frame.dots) - 1):
                runs = _with_cell(runs, column, ("▲" if up else "▼", f"edge{style}"))
    if frame.cursor is not None:
        runs = _with_cursor(runs, frame.cursor)
    return ((axis, "dim"), *runs)


def _cells(dots: bytes, owners: bytes, unicode: bool) -> list[Run]:
    """Return the runs of a row, each in the role of its line."""
    runs: list[Run] = []
    for match in RUNS.finditer(owners):
        start, end = match.span()
        owner = owners[start]
        if not owner:
            runs.append((" " * (end - start), ""))
        elif unicode:
            text = codecs.charmap_decode(dots[start:end], "strict", BRAILLE)[0]
            runs.append((text, f"line{owner - 1}"))
        else:
            runs.append((SIGNS[owner - 1] * (end - start), f"line{owner - 1}"))
    return runs


def _with_cell(runs: list[Run], column: int, cell: Run) -> list[Run]:
    """Put one cell over what is in its column."""
    row: list[Run] = []
    for text, role in runs:
        if 0 <= column < len(text):
            pieces = ((text[:column], role), cell, (text[column + 1 :], role))
            row += [piece for piece in pieces if piece[0]]
        else:
            row.append((text, role))
        column -= len(text)
    return row


def _with_cursor(runs: list[Run], column: int) -> list[Run]:
    """Draw the cursor: a stroke where no line is, the line's own cell reversed."""
    at = column
    for text, role in runs:
        if 0 <= at < len(text):
            blank = text[at] == " "
            cell = (CURSOR, CURSOR_ROLE) if blank else (text[at], f"{role}+{CURSOR_ROLE}")
            return _with_cell(runs, column, cell)
        at -= len(text)
    return runs
