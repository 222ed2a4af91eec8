"""Lines of words with roles, for frames: cut and wrapped to a width in terminal cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cnntui.ground.widths import cells, cropped_text
from cnntui.numbers import short

Run = tuple[str, str]  # a piece of text and its role: "", "dim", "strong", "good", "bad", …
Line = tuple[Run, ...]


def plain(line: Line) -> str:
    """Return the text of a line without its roles."""
    return "".join(text for text, _ in line)


def line(text: str, role: str = "") -> Line:
    """Return a line in one role."""
    return ((text, role),)


def width_of(runs: Iterable[Run]) -> int:
    """Return the cells that some runs take."""
    return sum(cells(text) for text, _ in runs)


def wrapped(
    terms: Sequence[Line], width: int, most: int, indent: str = "", more: int = 0
) -> list[Line]:
    """Fill lines with whole terms, at most ``most`` lines; what does not fit is counted.

    ``more`` terms follow that were not worth writing: those given fill the lines.
    """
    rows: list[list[Line]] = []
    for at, term in enumerate(terms):
        room = width - (cells(indent) if len(rows) > 1 else 0)
        if not rows or width_of(_joined([*rows[-1], term])) > room:
            if len(rows) >= most:
                rows[-1:] = [_counted(row, len(terms) - at + more, room) for row in rows[-1:]]
                break
            rows.append([])
        rows[-1].append(term)
    lead = ((indent, ""),) if indent else ()
    return [(*(lead if at else ()), *_joined(row)) for at, row in enumerate(rows)]


def _counted(row: list[Line], left: int, width: int) -> list[Line]:
    """Drop terms until there is room to say how many are left; never a part of a number."""
    while row and width_of(_joined([*row, line(f"… {left} more")])) > width:
        row, left = row[:-1], left + 1
    return [*row, line(f"… {left} more", "dim")]


def _joined(row: Sequence[Line]) -> Line:
    runs: Line = ()
    for term in row:
        runs = (*runs, (" ", ""), *term) if runs else term
    return runs


def flowed(runs: Line, width: int, most: int) -> list[Line]:
    """Wrap text between its words."""
    words = [line(word, role) for text, role in runs for word in text.split()]
    return wrapped(words, width, most)


def listed(parts: Sequence[str], width: int, role: str = "dim") -> Line:
    """Put parts on one line, as many as fit whole."""
    kept = list(parts)
    while len(kept) > 1 and cells(" · ".join(kept)) > width:
        kept.pop()
    return cropped(line(" · ".join(kept), role), width)


def sized(name: str, formula: str, size: int, width: int) -> Line:
    """Write an output size with its formula, or without where that does not fit."""
    text = f"{name}{formula}"
    return cropped(line(text if cells(text) <= width else f"{name}{size}", "dim"), width)


def cropped(runs: Line, width: int) -> Line:
    """Cut a line to a width."""
    kept: list[Run] = []
    for text, role in runs:
        kept.append((cropped_text(text, width), role))
        width -= cells(text)
    return tuple(run for run in kept if run[0])


def added(values: Sequence[float]) -> list[Line]:
    """Write a sum as terms: ``7``, ``- 16``, ``+ 0``."""
    terms = [line(short(values[0]))] if values else []
    for value in values[1:]:
        negative = value < 0
        terms.append(line(f"- {short(-value)}" if negative else f"+ {short(value)}"))
    return terms
