"""The table of a network's rows: as many columns as there is room for, and their texts."""

from __future__ import annotations

from functools import lru_cache

from cnntui.ground.bars import bar
from cnntui.ground.widths import ended
from cnntui.numbers import counted, pair_text, shape, short_count
from cnntui.parts.networks.columns import BAR, columns_for, marked
from cnntui.parts.networks.folding import Item, field_text
from cnntui.ui.frames.tables import TableFrame


def table_of(
    every: tuple[Item, ...], shown: range, cursor: int, sort: str, width: int, bars: bool = False
) -> TableFrame:
    """Return the visible part of the table of all items, sorted by a column."""
    columns = columns_for(width, bars)
    wide = columns["params bar"].width if "params bar" in columns else BAR
    items = [every[at] for at in shown]
    most = _largest(every)
    cells = (cells_of(item, most, wide) for item in items)
    return TableFrame(
        columns=tuple(marked(column, sort) for column in columns.values()),
        rows=tuple(
            tuple(
                ended(row[key], columns[key].width) if key == "name" else row[key]
                for key in columns
            )
            for row in cells  # a name's end tells the layers of a block apart
        ),
        roles=tuple(_role(item) for item in items),
        top=shown.start,
        total=len(every),
        cursor=cursor,
    )


@lru_cache(maxsize=8)
def _largest(items: tuple[Item, ...]) -> tuple[int, int]:
    return (
        max((item.params for item in items), default=0) or 1,
        max((item.macs for item in items), default=0) or 1,
    )


def cells_of(item: Item, most: tuple[int, int], wide: int = BAR) -> dict[str, str]:
    """Return the texts of one line, by column; bars are full at ``most`` (parameters, MACs)."""
    row = item.row
    kind = f"block of {len(item.rows)}" if item.block else f"{row.type} {row.settings}".strip()
    kind += " frozen" if row.frozen and not item.block else ""
    return {
        "#": str(item.rows[0].index),
        "name": item.name,
        "type": kind,
        "output": shape(row.output_shape[1:]),
        "params": counted(item.params),
        "short params": short_count(item.params),
        "params bar": bar(item.params / most[0], wide),
        "MACs": short_count(item.macs) if item.macs else "0",
        "MACs bar": bar(item.macs / most[1], wide),
        "field": field_text(row),
        "jump": "" if row.jump is None else pair_text(row.jump),
    }


def _role(item: Item) -> str:
    if item.block:
        return "block"
    if item.row.frozen:
        return "dim"
    return ""
