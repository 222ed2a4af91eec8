"""The list of known networks as plain data, CSV, JSON, Markdown and a page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from cnntui.ground.tables import aligned, csv_text, markdown_text
from cnntui.ground.widths import shortened_to
from cnntui.models.naming import known_nets
from cnntui.numbers import counted, shape

FIELDS = (
    *("name", "title", "year", "params", "depth", "input", "top1", "top5", "idea", "paper"),
    *("figures", "family", "classes"),
)
TITLES = ("name", "year", "params", "depth", "input", "top-1", "top-5", "idea")
RIGHT = ("params", "depth", "top-1", "top-5")


def listed() -> list[dict[str, Any]]:
    """Return what is known of each network; top-1 and top-5 in per cent, null where unpublished."""
    return [{name: getattr(net, name) for name in FIELDS} for net in known_nets()]


def written(names: Sequence[str], form: str) -> str:
    """Return networks in the order of their ``names`` as a file holds them: csv, json, markdown."""
    known = {net["name"]: net for net in listed()}
    return as_text([known[name] for name in names], form) + "\n"


def as_text(nets: Sequence[dict[str, Any]], form: str) -> str:
    """Return the list as csv, json or markdown."""
    if form == "json":
        return json.dumps(nets, allow_nan=False)
    if form == "markdown":
        return markdown_text(TITLES, [_cells(net) for net in nets], RIGHT)
    rows = [[_plain(net[name]) for name in FIELDS] for net in nets]
    return csv_text(FIELDS, rows)


def _plain(value: object) -> object:
    return "x".join(map(str, value)) if isinstance(value, (list, tuple)) else value


def page(nets: Sequence[dict[str, Any]], width: int | None = None) -> str:
    """Lay the list out as text; where a ``width`` is given, ideas are cut to it."""
    lines = aligned(TITLES, [_cells(net) for net in nets], RIGHT)
    return "\n".join(lines if width is None else [shortened_to(line, width) for line in lines])


def _cells(net: dict[str, Any]) -> tuple[str, ...]:
    top1, top5 = ("" if net[name] is None else f"{net[name]:.1f}" for name in ("top1", "top5"))
    depth = "" if net["depth"] is None else str(net["depth"])
    numbers = (str(net["year"]), counted(net["params"]), depth, shape(net["input"]))
    return (net["name"], *numbers, top1, top5, net["idea"])
