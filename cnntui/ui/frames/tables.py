"""What is to be drawn of a table: the rows on view, as text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column of a table: its title, its width in cells, and whether it aligns right."""

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
