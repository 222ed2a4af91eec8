"""Which columns the Layers table has at a width, and what each sorts by."""

from __future__ import annotations

from dataclasses import replace

from cnntui.ui.frames.tables import Column

WIDE = 110
BAR = 6
COLUMNS = {
    "#": Column("#", 4, True),
    "name": Column("name", 8),
    "type": Column("type", 6),
    "output": Column("output", 11),
    "params": Column("params", 11, True),
    "params bar": Column("", BAR),
    "MACs": Column("MACs", 7, True),
    "MACs bar": Column("", BAR),
    "field": Column("field", 5, True),
    "jump": Column("jump", 4, True),
}
BARS = ("params bar", "MACs bar")
LEAST_WANTED = ("jump", "field", "output", "type", "#", "MACs")  # dropped first where it is narrow
BARRED_COLUMNS = COLUMNS | {
    "name": Column("name", 21),
    "type": Column("type", 15),
    "short params": Column("params", 6, True),
    "params bar": Column("", 4),
    "MACs": Column("MACs", 6, True),
    "MACs bar": Column("", 4),
}
BARRED = (
    *("#", "name", "type", "output", "short params", "params bar", "MACs", "MACs bar"),
    *("field", "jump"),
)
BARRED_LEAST = ("#", "jump", "field")


def columns_for(width: int, bars: bool = False) -> dict[str, Column]:
    """Return the columns that fit a width: name and type grow, bars need a wide screen.

    With ``bars`` they are there on a narrower one too, and counts are written shorter.
    """
    if bars and 72 <= width < WIDE:
        return _barred(width)
    kept = list(COLUMNS if width >= WIDE else [key for key in COLUMNS if key not in BARS])
    for key in LEAST_WANTED:
        if sum(COLUMNS[each].width + 1 for each in kept) <= width + 1:
            break
        kept.remove(key)
    left = width + 1 - sum(COLUMNS[each].width + 1 for each in kept)
    widths = {key: COLUMNS[key].width for key in kept}
    if "type" in kept:
        both = left + widths["name"] + widths["type"]
        widths["name"] = max(widths["name"], min(34, both * 11 // 20))
        widths["type"] = both - widths["name"]
    else:
        widths["name"] += max(0, left)
    return {key: replace(COLUMNS[key], width=widths[key]) for key in kept}


def _barred(width: int) -> dict[str, Column]:
    """Return the columns with bars, those that are least wanted dropped."""
    kept = list(BARRED)
    for key in BARRED_LEAST:
        if sum(BARRED_COLUMNS[each].width + 1 for each in kept) <= width + 1:
            break
        kept.remove(key)
    left = width + 1 - sum(BARRED_COLUMNS[each].width + 1 for each in kept)
    columns = {key: BARRED_COLUMNS[key] for key in kept}
    more = max(0, min(13, left // 2))
    columns["name"] = replace(columns["name"], width=columns["name"].width + more)
    columns["type"] = replace(columns["type"], width=columns["type"].width + left - more)
    return columns


SORTED = {
    "params": "params",
    "MACs": "macs",
    "output": "activation_bytes",
    "field": "receptive_field",
    "jump": "jump",
    "name": "name",
    "type": "kind",
}


def sort_of(title: str) -> str:
    """Return what a column's title sorts by, whether it is marked or not; "" for call order."""
    start = title.removesuffix("↓").strip()
    return next((sort for name, sort in SORTED.items() if start and name.startswith(start)), "")


def marked(column: Column, sort: str) -> Column:
    """Mark the title of the column that the table is sorted by."""
    if sort and SORTED.get(column.title) == sort:
        return replace(column, title=f"{column.title[: column.width - 2]} ↓")
    return column
