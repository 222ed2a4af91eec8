"""The data sets, and the figures of one, as plain data and as text; imports no torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnntui.columns import aligned
from cnntui.numbers import counted, shape, short
from cnntui.sources.datasets import Known, data_folders, found_in, known_datasets

if TYPE_CHECKING:
    from cnntui.datasets.figures import Figures
    from cnntui.datasets.member import Layout

TITLES = ("name", "classes", "shape", "train", "test", "here", "what")
RIGHT = ("classes", "shape", "train", "test")
CLASS_TITLES = ("class", "train", "validation", "test")
BLOCKS = " ▁▂▃▄▅▆▇█"


def listed(data_dir: Path | None = None) -> list[dict[str, Any]]:
    """Return what is known of each data set; ``found`` is where its files lie, null if nowhere."""
    return [_about(known, found_in(known, data_dir)) for known in known_datasets()]


def page(sets: Sequence[dict[str, Any]], data_dir: Path | None = None) -> str:
    """Lay the list out as text: the sets, their options, then the files that have to be there."""
    lines = aligned(TITLES, [_cells(one) for one in sets], RIGHT)
    for one in sets:
        lines += ["", f"{one['name']}: {one['source']}", f"  licence: {one['licence']}"]
        lines += [f"  found in {one['found']}"] if one["found"] else []
        lines += [
            f"  :{name}={option['default']}  {option['means']}"
            for name, option in one["options"].items()
        ]
        lines += [line for layout in one["files"] for line in _layout_lines(layout)]
    folders = " or ".join(str(folder) for folder in data_folders(data_dir))
    return "\n".join([*lines, "", f"files are looked for in {folders}; nothing is downloaded"])


def figures_json(figures: Figures) -> dict[str, Any]:
    """Return the figures of a data set as plain data."""
    return {
        "name": figures.name,
        "title": figures.title,
        "classes": list(figures.classes),
        "shape": list(figures.shape),
        "counts": {name: list(counts) for name, counts in figures.counts.items()},
        "mean": list(figures.mean),
        "deviation": list(figures.deviation),
        "histogram": [list(row) for row in figures.histogram],
        "notes": list(figures.notes),
    }


def figures_text(figures: Figures) -> str:
    """Lay the figures out as text: what it is, its pixels, and the examples of each class."""
    rows = [
        (name, *(counted(figures.counts[split][label]) for split in CLASS_TITLES[1:]))
        for label, name in enumerate(figures.classes)
    ]
    totals = ("all", *(counted(figures.examples(split)) for split in CLASS_TITLES[1:]))
    lines = [f"{figures.title}: {len(figures.classes)} classes, {shape(figures.shape)}"]
    lines += [
        f"channel {channel}: mean {short(mean)}, deviation {short(deviation)}  {_bars(row)}"
        for channel, (mean, deviation, row) in enumerate(
            zip(figures.mean, figures.deviation, figures.histogram, strict=True)
        )
    ]
    lines += ["", *aligned(CLASS_TITLES, [*rows, totals], CLASS_TITLES[1:])]
    return "\n".join([*lines, *(f"note: {note}" for note in figures.notes)])


def _about(known: Known, found: Path | None) -> dict[str, Any]:
    classes = list(known.classes) if isinstance(known.classes, tuple) else known.classes
    told = {name: getattr(known, name) for name in ("name", "title", "train", "test")}
    return {
        **told,
        "classes": classes,
        "shape": known.shape and list(known.shape),
        "offline": known.offline,
        "found": None if found is None else str(found),
        "flip": known.flip,
        "licence": known.licence,
        "source": known.source,
        "options": {
            name: {"default": option.default, "means": option.means}
            for name, option in known.options.items()
        },
        "files": [_layout(layout) for layout in known.files],
    }


def _layout(layout: Layout) -> dict[str, Any]:
    return {
        "form": layout.form,
        "folder": layout.folders[0],
        "archive": layout.archive,
        "archive_md5": layout.archive_md5,
        "files": dict(layout.files),
    }


def _cells(one: dict[str, Any]) -> tuple[str, ...]:
    classes = one["classes"]
    number = len(classes) if isinstance(classes, list) else classes
    counts = ("" if n is None else counted(n) for n in (number, one["train"], one["test"]))
    classes_told, train, test = counts
    size = "" if one["shape"] is None else shape(tuple(one["shape"]))
    asked = "" if number is None and not one["files"] else "no"
    here = "always" if one["offline"] else "yes" if one["found"] else asked
    return (one["name"], classes_told, size, train, test, here, one["title"])


def _layout_lines(layout: dict[str, Any]) -> list[str]:
    """Return the files of one layout with their checksums."""
    lines = [f"  {layout['form']} files, in {layout['folder']}:"]
    if layout["archive"]:
        lines += [f"    {layout['archive']}  md5 {layout['archive_md5']}  (unpack it)"]
    return [
        *lines,
        *(f"    {name}{f'  md5 {md5}' if md5 else ''}" for name, md5 in layout["files"].items()),
    ]


def _bars(counts: Sequence[int]) -> str:
    """Draw a histogram in one line; what is not empty shows."""
    most = max(counts) or 1
    steps = len(BLOCKS) - 1
    return "".join(BLOCKS[-(-count * steps // most)] for count in counts)
