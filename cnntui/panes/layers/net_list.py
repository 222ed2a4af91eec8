"""The list of known networks: its order, what is looked for, the line under the cursor."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

from cnntui.models.naming import Net, known_nets
from cnntui.numbers import short_count
from cnntui.parts.lists.state import RowCursor
from cnntui.ui.frames.tables import Column, TableFrame

COLUMNS = (
    Column(" network", 19),
    Column("year", 4),
    Column("params", 6, True),
    Column("depth", 5, True),
    Column("top-1", 5, True),
)
WIDTH = sum(column.width + 1 for column in COLUMNS) - 1
SORTS = ("year", "params", "depth", "top1", "name")
BY_TITLE = dict(zip(("year", "params", "depth", "top-1", " network"), SORTS, strict=True))
DESCENDING = ("params", "depth", "top1")


@dataclass(frozen=True, eq=False, kw_only=True)
class NetList(RowCursor):
    """The networks in the order ``sort`` (one of SORTS), those alone that hold every word of find.

    ``opened`` is the name of the network that is open.
    """

    sort: str = "year"
    find: str = ""
    opened: str = ""

    @cached_property
    def nets(self) -> tuple[Net, ...]:
        """The networks listed, in order."""
        words = self.find.lower().split()
        nets = [net for net in known_nets() if all(word in _searched(net) for word in words)]
        nets.sort(key=lambda net: (net.year, net.params))
        if self.sort in DESCENDING:
            nets.sort(key=lambda net: getattr(net, self.sort) or 0, reverse=True)
        elif self.sort == "name":
            nets.sort(key=lambda net: net.name)
        return tuple(nets)

    @property
    def lines(self) -> int:
        """How many networks are listed."""
        return len(self.nets)

    @property
    def chosen(self) -> Net | None:
        """The network under the cursor."""
        return self.nets[self.cursor] if self.nets else None

    def finding(self, text: str) -> Self:
        """Keep the networks whose name, title, year or idea holds every word."""
        kept = replace(self, find=text, cursor=0, top=0, problem="")
        if not kept.nets:
            return self.refused(f"no network's name, year or idea holds {text!r}")
        return kept._on(self.chosen)

    def sorted_by(self, column: str = "") -> Self:
        """Sort by a column, without one by the next of SORTS; the cursor stays on its network."""
        chosen = column or SORTS[(SORTS.index(self.sort) + 1) % len(SORTS)]
        return replace(self, sort=chosen, cursor=0, top=0, problem="")._on(self.chosen)

    def reset(self) -> Self:
        """List every network by year."""
        return replace(self, sort="year", find="", cursor=0, top=0, problem="")._on(self.chosen)

    def opening(self, name: str) -> Self:
        """Mark a network as the open one, and go to it where it is listed."""
        marked = replace(self, opened=name)
        return marked._on(next((net for net in marked.nets if net.name == name), None))

    def _on(self, net: Net | None) -> Self:
        names = [each.name for each in self.nets]
        return self.to(names.index(net.name)) if net and net.name in names else self.to(self.cursor)


def _searched(net: Net) -> str:
    return f"{net.name} {net.title} {net.year} {net.idea}".lower()


def table_of(state: NetList, keyed: bool = True) -> TableFrame:
    """Return the visible part of the list; the open network stands out.

    Without the keys (``keyed`` false) there is no cursor to be seen.
    """
    shown = [state.nets[at] for at in state.shown]
    return TableFrame(
        columns=tuple(_marked(column, state.sort) for column in COLUMNS),
        rows=tuple(_cells(net, "▸" if net.name == state.opened else " ") for net in shown),
        roles=tuple("block" if net.name == state.opened else "" for net in shown),
        top=state.top,
        total=len(state.nets),
        cursor=state.cursor if keyed else -1,
    )


def _marked(column: Column, sort: str) -> Column:
    if BY_TITLE[column.title] != sort:
        return column
    return replace(column, title=f"{column.title[: column.width - 1]}↓")


def sort_of(title: str) -> str:
    """Return the order that a column's title stands for, whether it is marked or not."""
    start = title.removesuffix("↓")
    return next(sort for name, sort in BY_TITLE.items() if name.startswith(start))


def _cells(net: Net, mark: str) -> tuple[str, ...]:
    top1 = "" if net.top1 is None else f"{net.top1:.1f}"
    depth = "" if net.depth is None else str(net.depth)
    return (mark + net.name, str(net.year), short_count(net.params), depth, top1)
