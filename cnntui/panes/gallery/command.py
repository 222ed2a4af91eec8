"""``cnntui gallery``: the figures of a data set as it prints them, and the state it opens."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnntui.ground.bars import rising
from cnntui.ground.options import fill
from cnntui.ground.tables import aligned
from cnntui.numbers import counted, shape, short
from cnntui.panes.gallery.options import OPTIONS
from cnntui.parts.printing.output import add_forms

if TYPE_CHECKING:
    from cnntui.datasets.figures import Figures
    from cnntui.parts.printing.output import Output

CLASS_TITLES = ("class", "train", "validation", "test")


def prepare(command: argparse.ArgumentParser) -> None:
    """Give the command its options."""
    from cnntui.datasets.naming import file_names

    what = f"a name (cnntui datasets), a folder of pictures or {file_names()}"
    command.add_argument("dataset", nargs="?", default="digits", metavar="DATASET", help=what)
    fill(command, OPTIONS)
    add_forms(command)


def run(options: argparse.Namespace, output: Output) -> int:
    """Print a data set's figures, or open the pane on it."""
    from cnntui.datasets.figures import figures_of
    from cnntui.datasets.naming import load_dataset, parse_spec
    from cnntui.panes.gallery.state import GalleryState

    folder = None if options.data_dir is None else Path(options.data_dir).expanduser()
    if not output.prints(options):
        parse_spec(options.dataset)  # what is no data set is refused before the app opens
        return output.open(GalleryState.of(options.dataset, folder, options.split, options.label))
    figures = figures_of(load_dataset(options.dataset, data_dir=folder))
    return output.json(report(figures)) if options.json else output.say(page(figures))


def report(figures: Figures) -> dict[str, Any]:
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


def page(figures: Figures) -> str:
    """Lay the figures out as text: what it is, its pixels, and the examples of each class."""
    rows = [
        (name, *(counted(figures.counts[split][label]) for split in CLASS_TITLES[1:]))
        for label, name in enumerate(figures.classes)
    ]
    totals = ("all", *(counted(figures.examples(split)) for split in CLASS_TITLES[1:]))
    lines = [f"{figures.title}: {len(figures.classes)} classes, {shape(figures.shape)}"]
    lines += [
        f"channel {channel}: mean {short(mean)}, deviation {short(deviation)}  {rising(row)[0]}"
        for channel, (mean, deviation, row) in enumerate(
            zip(figures.mean, figures.deviation, figures.histogram, strict=True)
        )
    ]
    lines += ["", *aligned(CLASS_TITLES, [*rows, totals], CLASS_TITLES[1:])]
    return "\n".join([*lines, *(f"note: {note}" for note in figures.notes)])
