"""The classes of a data set, and the order in which its pictures are turned through."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from cnntui.datasets import drawing
from cnntui.datasets.dataset import Dataset, Split
from cnntui.datasets.figures import in_turn
from cnntui.errors import UserError
from cnntui.ground.names import cut, whole
from cnntui.numbers import counted
from cnntui.parts.sheets.pixels import Pictures


@dataclass(frozen=True, eq=False)
class Order:
    """Examples of a split in the order in which they are turned through."""

    split: Split
    indices: npt.NDArray[np.int64]

    def place(self, index: int) -> int | None:
        """Return where an example of the split stands; None where it is not among them."""
        places = np.flatnonzero(self.indices == index)
        return int(places[0]) if len(places) else None


@lru_cache(maxsize=2)
def pictures(order: Order, shown: range) -> Pictures:
    """Return the pictures at some places of an order."""
    return Pictures.of_images(order.split.images[order.indices[shown.start : shown.stop]])


def ordered(part: Split, label: int | None = None, seed: int | None = None) -> Order:
    """Put the examples of a class as they lie, of all classes in turn, or shuffle them."""
    indices = in_turn(part.labels) if label is None else np.flatnonzero(part.labels == label)
    if seed is not None:
        indices = indices[drawing.order(len(indices), seed)]
    return Order(part, indices)


def part_of(data: Dataset, split: str) -> Split:
    """Return a split by its name."""
    part: Any = getattr(data, split)
    assert isinstance(part, Split)
    return part


def label_of(text: str, classes: tuple[str, ...]) -> int:
    """Return the class of that name or, where none is called so, number. Raises UserError."""
    plain = text.strip().casefold()
    named = [label for label, name in enumerate(classes) if name.casefold() == plain]
    if named:
        return named[0]
    number = whole(plain)
    if number is not None and number < len(classes):
        return number
    few = ", ".join(classes[:8]) + (", …" if len(classes) > 8 else "")
    raise UserError(f"no class is called {cut(text)!r}; there is {few}, or 0 to {len(classes) - 1}")


def counts_of(part: Split, classes: tuple[str, ...]) -> list[tuple[str, str, str]]:
    """Return (name, examples, what it is) of all classes together and of each.

    Names that are not unique are numbers instead.
    """
    counts = np.bincount(part.labels, minlength=len(classes)).tolist()
    names = (
        classes
        if len({*classes, "all"}) == len(classes) + 1
        else tuple(map(str, range(len(classes))))
    )
    rows = [
        (name, counted(count), f"class {label}, {classes[label]}")
        for label, (name, count) in enumerate(zip(names, counts, strict=True))
    ]
    return [("all", counted(len(part)), "every class"), *rows]
