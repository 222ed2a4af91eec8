"""A fence's TOML as typed fields, each complaint with its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from cnntui.course.format.figures import filled
from cnntui.course.format.scanning import Misplaced
from cnntui.errors import UserError, printable
from cnntui.ground.names import cut, nearest

LARGEST = 16_384  # characters of a fence
_GREATEST = 1e15  # of a number
_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)$")


class Fields:
    """The values of a table that have not been taken yet; ``done`` refuses what is left."""

    def __init__(self, text: str, line: int, what: str) -> None:
        self.line, self.what = line, what
        self._lines = text.split("\n")
        self._values = _parsed(text, line)
        self._known: list[str] = []

    def at(self, name: str) -> int:
        """Return the line on which a field is written; the table's own where it isn't."""
        starts = re.compile(rf"\s*{re.escape(name)}\s*=")
        rows = enumerate(self._lines, self.line + 1)
        return next((number for number, row in rows if starts.match(row)), self.line)

    def wrong(self, name: str, text: str) -> Misplaced:
        """Return a complaint about a field."""
        return Misplaced(self.at(name), f"{self.what}: {text}")

    def has(self, name: str) -> bool:
        """Tell whether a field is there."""
        return name in self._values

    def text(self, name: str, default: str | None = None, fill: bool = True) -> str:
        """Take a text, its figures filled in; without ``default`` it must be there."""
        value = self._take(name, default)
        if not isinstance(value, str) or not (value.strip() or value == default):
            raise self.wrong(name, f"{name} must be a text, not {cut(repr(value))}")
        return self._shown(name, value, fill)

    def texts(self, name: str, fill: bool = True) -> tuple[str, ...]:
        """Take a list of texts, or one text; none where the field isn't there."""
        value = self._take(name, [])
        value = [value] if isinstance(value, str) else value
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self.wrong(name, f"{name} must be texts, not {cut(repr(value))}")
        return tuple(self._shown(name, each, fill) for each in value)

    def number(self, name: str, default: float | None = None, least: float = 0) -> float:
        """Take a number."""
        value = self._take(name, default)
        plain = isinstance(value, int | float) and not isinstance(value, bool)
        if not plain or not least <= value <= _GREATEST:
            raise self.wrong(name, f"{name} must be a number from {least}, not {cut(repr(value))}")
        return float(value)

    def flag(self, name: str) -> bool:
        """Take true or false; false where the field isn't there."""
        value = self._take(name, False)
        if not isinstance(value, bool):
            raise self.wrong(name, f"{name} must be true or false, not {cut(repr(value))}")
        return value

    def answers(self, name: str) -> tuple[str, ...]:
        """Take an answer or several, numbers or texts, as texts."""
        value = self._take(name, None)
        values = value if isinstance(value, list) else [value]
        if not values or not all(_is_answer(each) for each in values):
            raise self.wrong(name, f"{name} must be a number or a text, not {cut(repr(value))}")
        return tuple(self._shown(name, str(each), True) for each in values)

    def tables(self, name: str) -> tuple[Mapping[str, Any], ...]:
        """Take a list of tables; none where the field isn't there."""
        value = self._take(name, [])
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise self.wrong(name, f'{name} must be tables, such as [{{ text = "", why = "" }}]')
        return tuple(value)

    def shown(self, name: str, value: Any, of: str) -> str:
        """Return a text of a table within ``of``, printable, figures filled in."""
        if not isinstance(value, str | int | float) or isinstance(value, bool):
            raise self.wrong(of, f"{of}: {name} must be a text, not {cut(repr(value))}")
        return self._shown(of, str(value), True)

    def done(self) -> None:
        """Refuse the fields that nobody took."""
        for name in self._values:
            known = ", ".join(self._known)
            raise self.wrong(
                name, f"unknown field {cut(name)!r}; {nearest(name, self._known)}known are {known}"
            )

    def _take(self, name: str, default: Any) -> Any:
        self._known.append(name)
        if name in self._values:
            return self._values.pop(name)
        if default is None:
            raise self.wrong(name, f"{name} is missing; write {name} = …")
        return default

    def _shown(self, name: str, text: str, fill: bool) -> str:
        try:
            return printable(filled(" ".join(text.split())) if fill else text)
        except UserError as problem:
            raise self.wrong(name, str(problem)) from None


def _is_answer(value: Any) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool) and value != ""


def _parsed(text: str, line: int) -> dict[str, Any]:
    if len(text) > LARGEST:
        raise Misplaced(line, f"{len(text):,} characters of TOML; at most {LARGEST:,} are read")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        reason = str(problem)
        place = _AT_LINE.search(reason)
        at = int(place[1]) if place else len(text.splitlines())
        raise Misplaced(line + at, f"TOML: {_AT_LINE.sub('', reason)}") from None
    except (RecursionError, ValueError):  # arrays in arrays; a number of too many digits
        raise Misplaced(line, "TOML: nested too deeply or a number is too long") from None
