"""A run's pictures: the most wrong ones, some samples, the first layer's kernels.

The pictures are read from the data set that the run's settings name; they are not in the run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnntui.errors import UserError
from cnntui.ground.lines import Line, line
from cnntui.panes.watch.frame import name_of
from cnntui.panes.watch.state import NO_PICTURES
from cnntui.parts.sheets.frame import Captions, judged, kernel_captions, sheet_frame
from cnntui.parts.sheets.pixels import Pictures
from cnntui.parts.sheets.state import Sheet
from cnntui.training.config import from_json
from cnntui.training.events import Epoch
from cnntui.training.run.folder import config_of
from cnntui.training.run.history import History
from cnntui.ui.frames.sheets import SheetFrame


@dataclass(frozen=True, eq=False)
class RunPictures:
    """The pictures a run is judged by: ``images`` uint8 (N, C, H, W); why there are none."""

    images: NDArray[np.uint8]
    problem: str = ""


def read_pictures(run: Path) -> RunPictures:
    """Read the pictures that a run is judged by; a problem where they aren't here."""
    from cnntui.datasets.naming import load_dataset

    try:
        config = from_json(config_of(run))
        folder = Path(config.data_dir) if config.data_dir else None
        data = load_dataset(
            config.dataset, data_dir=folder, validation=config.validation, seed=config.seed
        )
    except UserError as problem:
        return RunPictures(
            np.zeros((0, 1, 1, 1), np.uint8), f"the pictures can't be shown: {problem}"
        )
    return RunPictures((data.validation if len(data.validation) else data.test).images)


@dataclass(frozen=True, eq=False)
class SheetContent:
    """What a tab's sheet shows: ``count`` pictures of ``size``, of which a page is made.

    ``about(position)`` is the line on the chosen one, ``message`` what stands where there is none.
    """

    count: int
    size: tuple[int, int]  # (height, width)
    page: Callable[[range], Pictures]
    captions: Captions
    about: Callable[[int], Line]
    message: str = ""

    def held_by(self, sheet: Sheet) -> Sheet:
        """Return the sheet for these pictures; the cursor stays where it can."""
        if (sheet.total, sheet.size) == (self.count, self.size):
            return sheet
        return sheet.holding(self.count, self.size).to(sheet.cursor)

    def frame(self, sheet: Sheet, colors: str) -> SheetFrame:
        """Return the page that is shown."""
        return sheet_frame(sheet, self.page(sheet.shown), self.captions, colors, self.message)


def wrong_ones(
    epoch: Epoch | None, pictures: RunPictures, classes: Sequence[str], unicode: bool
) -> SheetContent:
    """Return the validation pictures that the network got most wrong, the worst first."""
    wrong = epoch.wrong if epoch is not None else ()

    def captions(at: int, width: int) -> tuple[Line, ...]:
        one = wrong[at]
        true, guess = name_of(classes, one.label), name_of(classes, one.predicted)
        return judged(true, guess, one.probability, width, unicode)

    message = "no validation picture was wrong" if epoch is not None else NOTHING
    about = partial(wrong_line, epoch, classes)
    return _content([one.index for one in wrong], pictures, captions, about, message)


def samples(
    epoch: Epoch | None, pictures: RunPictures, classes: Sequence[str], unicode: bool
) -> SheetContent:
    """Return the same few validation pictures after every epoch, with the likeliest class."""
    shown = [one for one in epoch.samples if one.top] if epoch is not None else []

    def captions(at: int, width: int) -> tuple[Line, ...]:
        one = shown[at]
        guess, share = one.top[0]
        true = name_of(classes, one.label)
        return judged(true, name_of(classes, guess), share, width, unicode)

    about = partial(sample_line, epoch, classes)
    return _content([one.index for one in shown], pictures, captions, about, NOTHING)


def sample_line(epoch: Epoch | None, classes: Sequence[str], at: int) -> Line:
    """Return the probabilities of the chosen sample's likeliest classes."""
    if epoch is None or not 0 <= at < len(epoch.samples):
        return ()
    one = epoch.samples[at]
    parts: list[tuple[str, str]] = [(f" {name_of(classes, one.label)}:", "strong")]
    for label, share in one.top:
        role = "good" if label == one.label else ""
        parts.append((f"  {name_of(classes, label)} {share:.1%}", role))
    return tuple(parts)


def wrong_line(epoch: Epoch | None, classes: Sequence[str], at: int) -> Line:
    """Return what was taken for what, how surely, and at what loss."""
    if epoch is None or not 0 <= at < len(epoch.wrong):
        return ()
    one = epoch.wrong[at]
    mistake = f" {name_of(classes, one.label)} was taken for {name_of(classes, one.predicted)}"
    more = f" with {one.probability:.1%} · loss {one.loss:.3g} · validation picture {one.index}"
    return ((mistake, "bad"), (more, ""))


def kernels(history: History, back: int) -> SheetContent:
    """Return the first convolution's kernels ``back`` epochs before the last logged."""
    if not history.kernels:
        nothing = Pictures.of_kernels(np.zeros((0, 1, 1, 1)))
        return SheetContent(
            0, NO_PICTURES.size, lambda _: nothing, lambda *_: (), lambda _: (), NO_KERNELS
        )
    epoch, weight = history.kernels[max(0, len(history.kernels) - 1 - back)]
    largest = max(float(np.abs(each).max()) for _, each in history.kernels[-64:])
    pictures = Pictures.of_kernels(weight, largest)
    shape = "×".join(map(str, weight.shape))
    about = f" after epoch {epoch} · {shape} · orange above 0, blue below · [ ] other epochs"
    return SheetContent(
        len(pictures),
        pictures.size,
        pictures.part,
        kernel_captions(weight),
        lambda _: line(about, "dim"),
    )


NOTHING = "no epoch is done yet; pictures come after each"
NO_KERNELS = "the first convolution's kernels come after each epoch; a net without one has none"
OTHER_DATA = "the data set here is another one than the run was judged by"


def _content(
    indices: Sequence[int],
    pictures: RunPictures,
    captions: Captions,
    about: Callable[[int], Line],
    message: str,
) -> SheetContent:
    there = all(0 <= i < len(pictures.images) for i in indices)
    images = pictures.images[list(indices)] if there and indices else pictures.images[:0]
    return SheetContent(
        len(images),
        (pictures.images.shape[2], pictures.images.shape[3]),
        lambda shown: Pictures.of_images(images[shown.start : shown.stop]),
        captions,
        about,
        pictures.problem or (message if there else OTHER_DATA),
    )
