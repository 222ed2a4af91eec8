"""Turns a line's object back into the event it tells of.

Lines may come from strangers' scripts, other versions and torn files: what is missing or of the
wrong kind becomes NaN, 0, an empty text or nothing, and never raises. Texts come printable.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any

from cnntui.errors import printable
from cnntui.training.events import KINDS, ClassFigures, Event, Sample, WrongExample, number

Turn = Callable[[Any], Any]


def event_of(record: Mapping[str, Any]) -> Event | None:
    """Return the event of a record, None for a kind that isn't known."""
    kind = record.get("event")
    event: Event | None = None
    if isinstance(kind, str) and kind in KINDS:
        event = _filled(KINDS[kind], record)
    return event


def whole(value: Any) -> int:
    """Return the whole number that a line holds, 0 for what is none."""
    if isinstance(value, int):
        return int(value)
    return int(value) if isinstance(value, float) and math.isfinite(value) else 0


def _filled(kind: type[Any], record: Mapping[str, Any]) -> Any:
    """Make a dataclass of a record's fields."""
    values = {one.name: _TURNS[str(one.type)](record.get(one.name)) for one in fields(kind)}
    return kind(**values)


def _text(value: Any) -> str:
    return printable(value) if isinstance(value, str) else ""


def _or_none(turn: Turn) -> Turn:
    return lambda value: None if value is None else turn(value)


def _many(turn: Turn) -> Turn:
    return lambda value: tuple(map(turn, value)) if isinstance(value, list) else ()


def _three(value: Any) -> tuple[int, ...]:
    return (*_many(whole)(value), 0, 0, 0)[:3]


def _table(value: Any) -> tuple[tuple[int, ...], ...]:
    """Return a square table of counts, () for any other."""
    rows: tuple[tuple[int, ...], ...] = _many(_many(whole))(value)
    return rows if all(len(row) == len(rows) for row in rows) else ()


def _pairs(value: Any) -> tuple[tuple[int, float], ...]:
    pairs = [pair for pair in _many(_frozen)(value) if isinstance(pair, tuple) and len(pair) == 2]
    return tuple((whole(first), number(second)) for first, second in pairs)


def _made(kind: type[Any]) -> Turn:
    return lambda value: _filled(kind, value if isinstance(value, dict) else {})


def _norms(value: Any) -> dict[str, float]:
    norms = value if isinstance(value, dict) else {}
    return {printable(str(name)): number(norm) for name, norm in norms.items()}


def _frozen(value: Any, depth: int = 8) -> Any:
    """Return lists as tuples; nothing of what is nested deeper than anything that is written."""
    if not isinstance(value, list):
        return value
    return tuple(_frozen(each, depth - 1) for each in value) if depth else ()


_TURNS: dict[str, Turn] = {
    "int": whole,
    "float": number,
    "bool": bool,
    "str": _text,
    "int | None": _or_none(whole),
    "float | None": _or_none(number),
    "tuple[str, ...]": _many(_text),
    "tuple[int, ...]": _many(whole),
    "tuple[float, ...]": _many(number),
    "tuple[int, int, int]": _three,
    "tuple[tuple[int, ...], ...]": _table,
    "tuple[tuple[int, float], ...]": _pairs,
    "tuple[ClassFigures, ...]": _many(_made(ClassFigures)),
    "tuple[WrongExample, ...]": _many(_made(WrongExample)),
    "tuple[Sample, ...]": _many(_made(Sample)),
    "tuple[Any, ...]": _many(_frozen),
    "dict[str, float]": _norms,
}
