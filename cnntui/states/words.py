"""Lines of words with roles: terms wrapped to a width; knows no operation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cnntui.frames import Line, Run, plain
from cnntui.numbers import short


def line(text: str, role: str = "") -> Line:
    """Return a line in one role."""
    return ((text, role),)


def width_of(runs: Iterable[Run]) -> int:
    """Return the characters of some runs."""
    return sum(len(text) for text, _ in runs)


def wrapped(terms: Sequence[Line], width: int, most: int, indent: str = "") -> list[Line]:
    """Fill lines with terms, at most ``most`` lines; what does not fit is counted at the end."""
    lines: list[Line] = []
    current: Line = ()
    for at, term in enumerate(terms):
        if current and width_of(current) + width_of(term) + 1 > width:
            lines.append(current)
            current = ((indent, ""),) if indent else ()
            if len(lines) == most:
                return _cut(lines, len(terms) - at, width)
        current = (*current, *(((" ", ""),) if plain(current).strip() else ()), *term)
    return [*lines, current] if current else lines


def _cut(lines: list[Line], left: int, width: int) -> list[Line]:
    note = f" … {left} more"
    text = plain(lines[-1])
    last = cropped(lines[-1], width - len(note)) if len(text) + len(note) > width else lines[-1]
    return [*lines[:-1], (*last, (note, "dim"))]


def cropped(runs: Line, width: int) -> Line:
    """Cut a line to a width."""
    kept: list[Run] = []
    for text, role in runs:
        kept.append((text[: max(0, width)], role))
        width -= len(text)
    return tuple(run for run in kept if run[0])


def added(values: Sequence[float]) -> list[Line]:
    """Write a sum as terms: ``7``, ``- 16``, ``+ 0``."""
    terms = [line(short(values[0]))] if values else []
    for value in values[1:]:
        negative = value < 0
        terms.append(line(f"- {short(-value)}" if negative else f"+ {short(value)}"))
    return terms
