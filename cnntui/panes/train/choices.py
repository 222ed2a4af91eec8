"""What the Training pane lets choose from lists: data sets, networks, augmentations, recipes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cnntui.datasets.naming import Known, file_kinds, found_in, known_datasets
from cnntui.models.naming import known_nets
from cnntui.numbers import counted, shape, short_count
from cnntui.panes.train.fields import CHOICE_WORDS, FIELD_OF
from cnntui.training.augment.combinations import FILLS, KINDS, parse
from cnntui.training.config import Config
from cnntui.training.recipes import RECIPES
from cnntui.ui.shell.pane import Choice

TYPED = {
    "dataset": f"a folder, a {file_kinds()}, digits:split=writers",
    "net": "net.txt, file.py:callable, module:callable",
    "augment": "rotate=20, or a list: flip,shift=0.1",
    "recipe": "the name",
}
FILL_WORDS = {
    "zeros": "what comes in from outside a picture is black",
    "edge": "what comes in repeats the edge's pixels",
    "reflect": "what comes in is the picture mirrored",
    "mean": "what comes in is the mean colour; cutout's hole too",
}


def dataset_choices(config: Config) -> Iterator[Choice]:
    """Yield the data sets, those that are here first."""
    folder = Path(config.data_dir) if config.data_dir else None
    listed = [(known, found_in(known, folder)) for known in known_datasets() if known.shape]
    for known, place in sorted(listed, key=lambda each: not (each[0].offline or each[1])):
        where = "always here" if known.offline else f"in {place}" if place else "not on this disk"
        yield Choice(known.name, shape(known.shape or ()), f"{where} · {_counts(known)}")


def _counts(known: Known) -> str:
    train, test = known.train or 0, known.test or 0
    return f"{counted(train)} + {counted(test)} · {known.title}"


def net_choices() -> Iterator[Choice]:
    """Yield the networks, older and smaller ones first."""
    for net in sorted(known_nets(), key=lambda each: (each.year, each.params)):
        size = f"{net.year} {short_count(net.params)}"
        yield Choice(net.name, size, f"made for {shape(net.input)} · {net.idea}")


def augment_choices(config: Config) -> Iterator[Choice]:
    """Yield the augmentations, those in the list marked with their strength."""
    now = parse(config.augment)
    chosen = {item.name: item for item in now.items}
    for kind in KINDS:
        item = chosen.get(kind.name)
        span = f"{kind.default:g}" if item is None else f"* {item.strength:g}"
        words = f"{kind.words} ({kind.least:g} to {kind.most:g}, {kind.unit})"
        yield Choice(kind.name, span, words)
    for fill in FILLS:
        yield Choice(f"fill={fill}", "*" if fill == now.fill else "", FILL_WORDS[fill])
    yield Choice("none", "", "the pictures as they are")


def recipe_choices() -> Iterator[Choice]:
    """Yield the recipes."""
    for one in RECIPES:
        yield Choice(one.name, one.config.dataset, f"{one.title} · {one.config.epochs} epochs")


def choices_of(name: str, config: Config) -> Iterator[Choice]:
    """Yield what a setting may be."""
    match name:
        case "dataset":
            yield from dataset_choices(config)
        case "net":
            yield from net_choices()
        case "augment":
            yield from augment_choices(config)
        case _:
            for step in FIELD_OF[name].steps:
                yield Choice(str(step), "", CHOICE_WORDS.get(str(step), ""))
