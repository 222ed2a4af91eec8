"""Columns of numbers that grow by a log's records."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnntui.training.events import number

Record = dict[str, Any]
_MOST = 256  # columns: a log that names new ones at every step ends there
_LEAST = 1024  # rows of room
_SKIPPED = ("v", "event")  # fields that are no numbers


class Columns:
    """Named columns of float64, all of ``len(columns)`` rows; NaN where nothing was told.

    Arrays given out stay as they are, whatever is appended or dropped later.
    """

    def __init__(self, names: Sequence[str]) -> None:
        """Begin with the columns that a record is expected to have."""
        self._arrays = {name: np.empty(0) for name in names}
        self._rows = 0

    def __len__(self) -> int:
        return self._rows

    @property
    def names(self) -> tuple[str, ...]:
        """The expected columns, then others as they came."""
        return tuple(self._arrays)

    def __getitem__(self, name: str) -> NDArray[np.float64]:
        """Return a column, read-only; all NaN where no record had it."""
        array = self._arrays.get(name)
        view = np.full(self._rows, np.nan) if array is None else array[: self._rows]
        view.flags.writeable = False
        return view

    def extend(self, records: Sequence[Record]) -> None:
        """Append a row a record."""
        if not records:
            return
        rows = self._rows + len(records)
        columns = self._columns_of(records)
        for name in dict.fromkeys((*self._arrays, *columns)):
            array = self._with_room(name, rows)
            array[self._rows : rows] = columns.get(name, np.nan)
        self._rows = rows

    def keep(self, kept: NDArray[np.bool_]) -> None:
        """Drop the rows that aren't ``kept`` (rows,)."""
        if kept.all():
            return
        self._arrays = {name: self[name][kept] for name in self._arrays}
        self._rows = int(kept.sum())

    def _columns_of(self, records: Sequence[Record]) -> dict[str, NDArray[np.float64]]:
        """Return the columns of these records alone."""
        names = [name for name in records[0] if name not in _SKIPPED]
        if set(map(len, records)) == {len(names) + len(_SKIPPED)} and len(names) < _LEAST:
            try:
                values = {name: list(map(itemgetter(name), records)) for name in names}
                return self._with_numbers(values)
            except KeyError:
                pass
        keys = dict.fromkeys(chain(self._arrays, *records))
        every = [name for name in keys if name not in _SKIPPED][:_MOST]
        return self._with_numbers(
            {name: [record.get(name) for record in records] for name in every}
        )

    def _with_numbers(self, values: dict[str, list[Any]]) -> dict[str, NDArray[np.float64]]:
        """Return as arrays the columns that are known already or have a number in them."""
        columns = {name: _numbers(column) for name, column in values.items()}
        known = {name: one for name, one in columns.items() if name in self._arrays}
        rest = [name for name in columns if name not in known and not _empty(columns[name])]
        return known | {name: columns[name] for name in rest[: _MOST - len(self._arrays)]}

    def _with_room(self, name: str, rows: int) -> NDArray[np.float64]:
        """Return the column's array with room for so many rows."""
        array = self._arrays.get(name, np.empty(0))
        if len(array) < rows:
            grown = np.empty(max(_LEAST, 2 * rows))
            had = min(len(array), self._rows)
            grown[:had] = array[:had]
            grown[had : self._rows] = np.nan
            self._arrays[name] = array = grown
        return array


def _empty(column: NDArray[np.float64]) -> bool:
    return bool(np.isnan(column).all())


def _numbers(values: list[Any]) -> NDArray[np.float64]:
    """Return values of a line as numbers, NaN for what is none."""
    try:
        column = np.array(values, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        column = np.empty(0)
    return column if column.ndim == 1 and len(column) == len(values) else _each(values)


def _each(values: list[Any]) -> NDArray[np.float64]:
    return np.array([_number(value) for value in values], dtype=np.float64)


def _number(value: Any) -> float:
    try:
        return number(value)
    except OverflowError:
        return float("inf")
