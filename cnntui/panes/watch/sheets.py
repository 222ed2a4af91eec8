"""A run's pictures: the most wrong ones, some samples, the first layer's kernels; knows no screen.

The pictures are read from the data set that the run's settings name; they are not in the run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cnntui.errors import UserError
from cnntui.ground.lines import Line, line
from cnntui.panes.watch.frame import name_of
from cnntui.parts.sheets.frame import Captions, judged, kernel_captions, sheet_frame
from cnntui.parts.sheets.pixels import Pictures
from cnntui.parts.sheets.state import Sheet
from cnntui.training.config import from_json
from cnntui.training.events import Epoch
from cnntui.training.run.folder import config_of
from cnntui.training.run.history import History
from cnntui.ui.frames.sheets import SheetFrame


@dataclass(frozen=True, eq=False)
class Judged:
    """The validation pictures of a run: ``images`` uint8 (N, C, H, W); why there are none."""

    images: NDArray[np.uint8]
    problem: str = ""


def judged_pictures(run: Path) -> Judged:
    """Read the pictures that a run is judged by; a problem where they aren't here."""
    from cnntui.datasets.naming import load_dataset

    try:
        config = from_json(config_of(run))
        folder = Path(config.data_dir) if config.data_dir else None
        data = load_dataset(
            config.dataset, data_dir=folder, validation=config.validation, seed=config.seed
        )
    except UserError as problem:
        return Judged(np.zeros((0, 1, 1, 1), np.uint8), f"the pictures can't be shown: {problem}")
    return Judged((data.validation if len(data.validation) else data.test).images)


def wrong_sheet(
    epoch: Epoch | None,
    pictures: Judged,
    classes: Sequence[str],
    sheet: Sheet,
    colors: str,
    unicode: bool,
) -> tuple[Sheet, SheetFrame]:
    """Return the validation pictures that the network got most wrong, the worst first."""
    wrong = epoch.wrong if epoch is not None else ()

    def captions(at: int, width: int) -> tuple[Line, ...]:
        one = wrong[at]
        true, guess = name_of(classes, one.label), name_of(classes, one.predicted)
        return judged(true, guess, one.probability, width, unicode)

    message = "no validation picture was wrong" if epoch is not None else NOTHING
    indices = [one.index for one in wrong]
    return _sheet(indices, pictures, sheet, captions, colors, message)


def samples_sheet(
    epoch: Epoch | None,
    pictures: Judged,
    classes: Sequence[str],
    sheet: Sheet,
    colors: str,
    unicode: bool,
) -> tuple[Sheet, SheetFrame]:
    """Return the same few validation pictures after every epoch, with the likeliest class."""
    samples = [one for one in epoch.samples if one.top] if epoch is not None else []

    def captions(at: int, width: int) -> tuple[Line, ...]:
        one = samples[at]
        guess, share = one.top[0]
        true = name_of(classes, one.label)
        return judged(true, name_of(classes, guess), share, width, unicode)

    indices = [one.index for one in samples]
    return _sheet(indices, pictures, sheet, captions, colors, NOTHING)


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
    said = f" {name_of(classes, one.label)} was taken for {name_of(classes, one.predicted)}"
    more = f" with {one.probability:.1%} · loss {one.loss:.3g} · validation picture {one.index}"
    return ((said, "bad"), (more, ""))


def kernels_sheet(
    history: History, back: int, sheet: Sheet, colors: str
) -> tuple[Sheet, SheetFrame, Line]:
    """Return the first convolution's kernels ``back`` epochs before the last told, and which."""
    told = history.kernels
    if not told:
        frame = sheet_frame(
            sheet.holding(0),
            Pictures.of_kernels(np.zeros((0, 1, 1, 1))),
            lambda at, width: (),
            colors,
            "the first convolution's kernels come after each epoch; a net without one has none",
        )
        return sheet.holding(0), frame, ()
    epoch, weight = told[max(0, len(told) - 1 - back)]
    largest = max(float(np.abs(each).max()) for _, each in told[-64:])
    pictures = Pictures.of_kernels(weight, largest)
    sheet = _held(sheet, len(pictures), pictures.size)
    captions = kernel_captions(weight)
    frame = sheet_frame(sheet, pictures.part(sheet.shown), captions, colors)
    shape = "×".join(map(str, weight.shape))
    said = f" after epoch {epoch} · {shape} · orange above 0, blue below · [ ] other epochs"
    return sheet, frame, line(said, "dim")


NOTHING = "no epoch is done yet; pictures come after each"


def _sheet(
    indices: Sequence[int],
    pictures: Judged,
    sheet: Sheet,
    captions: Captions,
    colors: str,
    message: str,
) -> tuple[Sheet, SheetFrame]:
    there = not pictures.problem and all(0 <= i < len(pictures.images) for i in indices)
    found = pictures.images[list(indices)] if there and indices else pictures.images[:0]
    size = (pictures.images.shape[2], pictures.images.shape[3])
    sheet = _held(sheet, len(found), size)
    part = Pictures.of_images(found[sheet.shown.start : sheet.shown.stop])
    said = pictures.problem or message
    if not there and not pictures.problem:
        said = "the data set here is another one than the run was judged by"
    return sheet, sheet_frame(sheet, part, captions, colors, said)


def _held(sheet: Sheet, total: int, size: tuple[int, int]) -> Sheet:
    """Return the sheet for so many pictures of a size; the cursor stays where it can."""
    if (sheet.total, sheet.size) == (total, size):
        return sheet
    return sheet.holding(total, size).to(sheet.cursor)
