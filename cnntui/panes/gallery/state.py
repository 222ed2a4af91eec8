"""Which pictures of a data set are on view, in which order, and which is chosen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from cnntui.datasets.dataset import SPLITS, Dataset, Split
from cnntui.datasets.figures import Figures
from cnntui.errors import UserError
from cnntui.ground.names import cut, whole
from cnntui.numbers import counted
from cnntui.panes.gallery.order import Order, counts_of, label_of, ordered, part_of
from cnntui.parts.sheets.state import Sheet
from cnntui.sources.inputs import Input

FIRST = "digits"
OWN = "dataset"  # the kind of an input that no name loads again


@dataclass(frozen=True)
class Request:
    """What a gallery is to show: a data set by text, and where to begin in it."""

    text: str = FIRST
    data_dir: Path | None = None
    split: str = "train"
    label: str | None = None
    index: int | None = None


@dataclass(frozen=True, eq=False)
class GalleryState:
    """A gallery on the screen; ``data`` is None until it has been loaded.

    ``label`` keeps the pictures of one class. ``seed`` shuffles them; None is the usual order, the
    first example of each class, then the second of each. ``plane`` is the channel whose numbers
    are shown in the place of the large picture, ``top`` the first class in the figures. ``problem``
    is what the last verb refused, ``note`` what is said of the data set; every other verb clears
    both.
    """

    request: Request
    data: Dataset | None = None
    figures: Figures | None = None
    split: str = "train"
    label: int | None = None
    seed: int | None = None
    order: Order | None = None
    sheet: Sheet = field(default_factory=lambda: Sheet((1, 1), 0))
    view: str = "sheet"
    plane: int | None = None
    top: int = 0
    problem: str = ""
    note: str = ""

    def _now(self, **changes: Any) -> Self:
        """Change something; what was said before is over."""
        return replace(self, **{"problem": "", "note": "", **changes})

    @classmethod
    def of(
        cls,
        dataset: str = FIRST,
        data_dir: Path | None = None,
        split: str = "train",
        label: str | int | None = None,
        index: int | None = None,
    ) -> Self:
        """Ask for a data set by its text, a class by name or number. Raises UserError."""
        if split not in SPLITS:
            raise UserError(f"split is {cut(split)!r}; give one of {', '.join(SPLITS)}")
        if index is not None and index < 0:
            raise UserError(f"index is {index}; give a whole number from 0")
        named = None if label is None else str(label)
        return cls(Request(dataset, data_dir, split, named, index), split=split)

    # the data set

    def reading(self, request: Request) -> Self:
        """Say that a data set is being read; what is on view stays."""
        return self._now(note=f"reading {cut(request.text)} …")

    def loaded(self, data: Dataset, request: Request | None = None) -> Self:
        """Show a data set that was read, as it was requested. Raises UserError.

        A split, a class or an index that it lacks is refused.
        """
        request = request or self.request
        fresh = replace(self, request=request, data=data, figures=None, label=None, seed=None)
        fresh = replace(fresh, split=request.split, plane=None, top=0)._ordered()
        if request.label is not None:
            fresh = fresh.labelled(label_of(request.label, data.classes))
        if request.index is not None:
            fresh = fresh.to_index(request.index)
        return replace(fresh, note="; ".join(data.notes))

    def with_figures(self, figures: Figures) -> Self:
        """Take the figures of the data set."""
        return replace(self, figures=figures)

    @property
    def part(self) -> Split | None:
        """The split on view."""
        return None if self.data is None else part_of(self.data, self.split)

    def _ordered(self) -> Self:
        """Put the pictures in their order, the cursor on the first."""
        part = self.part
        if part is None or self.data is None:
            return self
        order = ordered(part, self.label, self.seed)
        sheet = self.sheet.holding(len(order.indices), self.data.shape[1:])
        return self._now(order=order, sheet=sheet)

    # what is on view

    def on_split(self, by: int) -> Self:
        """Show the next split that has pictures."""
        data = self.data
        if data is None:
            return self
        at = SPLITS.index(self.split)
        others = [SPLITS[(at + by * step) % len(SPLITS)] for step in range(1, len(SPLITS))]
        split = next((name for name in others if len(part_of(data, name))), None)
        if split is None:
            return self.refused(f"{data.name} has pictures in {self.split} alone")
        return replace(self, split=split)._ordered()

    def labelled(self, label: int | None) -> Self:
        """Show the pictures of one class, or of all (None)."""
        return replace(self, label=label)._ordered()

    def class_counts(self) -> list[tuple[str, str, str]]:
        """Return (name, examples in this split, what it is) of all classes together and of each."""
        part, data = self.part, self.data
        if part is None or data is None:
            return []
        return counts_of(part, data.classes)

    def next_label(self, by: int) -> Self:
        """Show the next class, or the one before; all of them stand before the first."""
        if self.data is None:
            return self
        at = (0 if self.label is None else self.label + 1) + by
        at %= len(self.data.classes) + 1
        return self.labelled(at - 1 if at else None)

    def shuffled(self) -> Self:
        """Show the pictures in another random order, of the next seed."""
        view = "large" if self.view == "large" else "sheet"
        return replace(self, seed=0 if self.seed is None else self.seed + 1, view=view)._ordered()

    def reset(self) -> Self:
        """Show all classes of the training pictures, in the usual order and size, as a sheet."""
        sheet = replace(self.sheet, zoom=0)
        fresh = replace(self, split="train", label=None, seed=None, sheet=sheet)
        return replace(fresh, view="sheet", plane=None, top=0)._ordered()

    # the chosen picture

    @property
    def index(self) -> int | None:
        """Which example of the split is chosen; None where there is none."""
        order = self.order
        return int(order.indices[self.sheet.cursor]) if order and self.sheet.total else None

    @property
    def image(self) -> npt.NDArray[np.uint8] | None:
        """The chosen picture, (C, H, W)."""
        part, index = self.part, self.index
        return None if part is None or index is None else part.images[index]

    def moved(self, rows: int, columns: int) -> Self:
        """Choose a picture beside; among the figures, move through the classes."""
        if self.view == "figures":
            return self.scrolled(rows)
        if self.view == "large":
            return self.at(self.sheet.cursor + (rows or columns))
        return self._now(sheet=self.sheet.moved(rows, columns))

    def paged(self, by: int) -> Self:
        """Turn pages."""
        if self.view == "figures":
            return self.scrolled(10 * by)
        return self._now(sheet=self.sheet.paged(by))

    def scrolled(self, by: int) -> Self:
        """Move through the classes of the figures."""
        classes = len(self.data.classes) if self.data else 1
        return self._now(top=max(0, min(self.top + by, classes - 1)))

    def at(self, position: int) -> Self:
        """Choose a picture by its place in the order."""
        return self._now(sheet=self.sheet.to(position))

    def last(self) -> Self:
        """Choose the last picture of the order."""
        return self.at(self.sheet.total - 1)

    def to_index(self, index: int) -> Self:
        """Choose an example of the split; of another class than that on view, show all classes.

        Raises UserError where the split has no such example.
        """
        order = self.order
        if order is None:
            return self
        if not 0 <= index < len(order.split):
            raise UserError(_no_example(self.split, index, len(order.split)))
        place = order.place(index)
        if place is None:
            return self.labelled(None).to_index(index)
        return self.at(place)

    def typed(self, text: str) -> Self:
        """Choose an example by what was typed. Raises UserError."""
        index = whole(text)
        if index is None:
            raise UserError(f"{cut(text)!r} is no index; write a whole number from 0")
        return self.to_index(index)

    # how it is shown

    def zoomed(self, by: int) -> Self:
        """Draw the pictures larger, or smaller."""
        return self._now(sheet=self.sheet.zoomed(by))

    def opened(self) -> Self:
        """Show the chosen picture large; a large one goes back to the sheet."""
        if self.index is None:
            return self
        return self.viewed("sheet" if self.view == "large" else "large")

    def viewed(self, view: str) -> Self:
        """Show the sheet, a picture large, or the figures; the figures again go back."""
        if self.data is None:
            return self
        back = view == self.view == "figures"
        return self._now(view="sheet" if back else view)

    def numbered(self) -> Self:
        """Show the picture large, then the numbers of each channel in turn."""
        if self.data is None or self.index is None:
            return self
        if self.view != "large":
            return self._now(view="large", plane=0)
        at = (0 if self.plane is None else self.plane + 1) + 1
        at %= self.data.shape[0] + 1
        return self._now(plane=at - 1 if at else None)

    def sized(self, width: int, height: int) -> Self:
        """Lay out for another room, in characters."""
        return replace(self, sheet=self.sheet.sized(width, height))

    def refused(self, problem: object) -> Self:
        """Say why something can't be done."""
        return replace(self, problem=str(problem))

    def source(self) -> Input:
        """Return the chosen picture as an input of the other panes. Raises UserError."""
        image, data = self.image, self.data
        if image is None or data is None:
            raise UserError("there is no picture to open; d chooses a data set")
        name = f"{data.name} {self.split} {self.index}"
        return Input(name, image.astype(np.float32), OWN)


def _no_example(split: str, index: int, count: int) -> str:
    if not count:
        return f"{split} has no pictures; s shows another split"
    return f"{split} has no picture {index}; it has 0 to {counted(count - 1)}"
