"""The list of known networks, as plain data and as text; imports neither torch nor a network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cnntui.columns import aligned
from cnntui.models.naming import known_nets
from cnntui.numbers import counted, shape

TOLD = (
    *("name", "title", "year", "params", "depth", "input", "top1", "top5", "idea", "paper"),
    *("figures", "family", "classes"),
)
TITLES = ("name", "year", "params", "depth", "input", "top-1", "top-5", "idea")
RIGHT = ("params", "depth", "top-1", "top-5")


def listed() -> list[dict[str, Any]]:
    """Return what is known of each network; top-1 and top-5 in per cent, null where unpublished."""
    return [{name: getattr(net, name) for name in TOLD} for net in known_nets()]


def page(nets: Sequence[dict[str, Any]], width: int | None = None) -> str:
    """Lay the list out as text; where a ``width`` is given, ideas are cut to it."""
    lines = aligned(TITLES, [_cells(net) for net in nets], RIGHT)
    return "\n".join(lines if width is None else [_cut(line, width) for line in lines])


def _cells(net: dict[str, Any]) -> tuple[str, ...]:
    top1, top5 = ("" if net[name] is None else f"{net[name]:.1f}" for name in ("top1", "top5"))
    depth = "" if net["depth"] is None else str(net["depth"])
    numbers = (str(net["year"]), counted(net["params"]), depth, shape(net["input"]))
    return (net["name"], *numbers, top1, top5, net["idea"])


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else line[: width - 1] + "…"
