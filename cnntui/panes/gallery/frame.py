"""What the Gallery pane shows, as frames and words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnntui.ground.lines import Line, cropped, line, listed, width_of
from cnntui.ground.widths import cells, padded
from cnntui.numbers import counted, shape
from cnntui.panes.gallery.figures import figures_lines
from cnntui.panes.gallery.order import pictures
from cnntui.panes.gallery.state import GalleryState
from cnntui.parts.sheets.frame import CHANNELS, caption, described, numbers_frame, sheet_frame
from cnntui.parts.sheets.pixels import Array, Pictures, drawn
from cnntui.parts.sheets.state import filling
from cnntui.ui.frames.boards import GridFrame
from cnntui.ui.frames.pictures import PictureFrame
from cnntui.ui.frames.sheets import SheetFrame

BESIDE = 60  # columns from which the words stand beside the large picture
WORDS = 34  # columns of those words
TALL = 18  # lines from which all of those words stand below it
HINTS = {
    "sheet": (
        "s split",
        "c class",
        "[/] other class",
        "n/p page",
        "-/+ size",
        "/ index",
        "r reset",
    ),
    "large": ("enter back", "v numbers", "o Convolution", "P Pooling", "F Filters", "←→ others"),
    "figures": ("f back", "↑↓ classes", "d data set"),
}


@dataclass(frozen=True)
class GalleryFrame:
    """One screenful: of sheet, picture, grid and figures those there are in this view."""

    heading: Line
    about: Line
    sheet: SheetFrame | None
    picture: PictureFrame | None
    grid: GridFrame | None
    words: tuple[Line, ...]
    status: Line
    hints: Line
    beside: bool = False  # the words stand beside the picture, else below


def frame_of(state: GalleryState, colors: str = "truecolor") -> GalleryFrame:
    """Return the frame of a state, for the room of its sheet."""
    width, height = state.sheet.width, state.sheet.height
    beside = width >= BESIDE
    sheet, picture, grid = None, None, None
    words: tuple[Line, ...] = ()
    if state.data is not None and state.view == "figures":
        words = figures_lines(state, width, height)
    elif state.view == "large" and state.index is not None:
        words = picture_words(state, WORDS if beside else width)
        if not beside and height < TALL:
            words = words[:2]
        room = (width - WORDS - 2, height) if beside else (width, max(1, height - len(words)))
        picture, grid = _large(state, colors, *room)
    else:
        sheet = _sheet(state, colors)
    return GalleryFrame(
        cropped(_heading(state), width),
        _about(state, width),
        sheet,
        picture,
        grid,
        words,
        _status(state, width),
        listed(HINTS[state.view], width),
        beside,
    )


def _large(
    state: GalleryState, colors: str, width: int, height: int
) -> tuple[PictureFrame | None, GridFrame | None]:
    assert state.image is not None
    if state.plane is not None:
        plane = state.image[state.plane].astype(np.float32)
        return None, numbers_frame(plane, _channel(state, state.plane), width, height)
    page = pictures_at(state)
    return drawn(page, filling(page.size, (2 * height, width)), colors)[0], None


def pictures_at(state: GalleryState) -> Pictures:
    """Return the chosen picture alone."""
    assert state.order is not None
    cursor = state.sheet.cursor
    return pictures(state.order, range(cursor, cursor + 1))


def _sheet(state: GalleryState, colors: str) -> SheetFrame:
    order, data = state.order, state.data
    if order is None or data is None:
        return SheetFrame(1, 1, 1, (), 0, 0, message="no data set has been read; d chooses one")

    def captions(position: int, width: int) -> tuple[Line, ...]:
        index = int(order.indices[position])
        name = data.classes[int(order.split.labels[index])]
        return (caption(name, f"#{index}", width),)

    empty = f"no pictures in {state.split}" + (
        "" if state.label is None else f" of class {data.classes[state.label]}"
    )
    return sheet_frame(
        state.sheet,
        pictures(order, state.sheet.shown),
        captions,
        colors,
        f"{empty}; s, c change it",
    )


# the words


def _heading(state: GalleryState) -> Line:
    data = state.data
    name = state.request.text if data is None else f"{data.name} · {data.title}"
    return (("Gallery  ", "strong"), (name, "" if data else "dim"))


def _about(state: GalleryState, width: int) -> Line:
    data = state.data
    if data is None:
        return line("")
    parts = [f"{counted(len(data.train))} train", f"{counted(len(data.validation))} validation"]
    parts += [f"{counted(len(data.test))} test", f"{len(data.classes)} classes", shape(data.shape)]
    kept: Line = ()
    for part in parts:
        role = "input" if part.endswith(f" {state.split}") else "dim"
        longer = (*kept, (" · ", "dim"), (part, role)) if kept else ((part, role),)
        if width_of(longer) > width:
            break
        kept = longer
    return kept


def _status(state: GalleryState, width: int) -> Line:
    """Say which pictures are on view, and where among them one is."""
    data, sheet = state.data, state.sheet
    if data is None:
        return line("")
    kept = "every class" if state.label is None else f"class {data.classes[state.label]}"
    how = "classes in turn" if state.label is None else "as they lie"
    order = how if state.seed is None else f"shuffled, seed {state.seed}"
    left = f"{state.split} · {kept} · {order}"
    at = f"{counted(min(sheet.cursor + 1, sheet.total))} of {counted(sheet.total)}"
    right = f"{at} · page {counted(sheet.page + 1)} of {counted(sheet.pages)}"
    gap = width - cells(left) - cells(right)
    if gap < 2:
        return cropped(line(f"{left} · {at}", "dim"), width)
    return cropped(((left, "dim"), (" " * gap, ""), (right, "dim")), width)


def picture_words(state: GalleryState, width: int) -> tuple[Line, ...]:
    """Say what the chosen picture is: its class, place, size and values."""
    data, image, index = state.data, state.image, state.index
    assert data is not None
    assert image is not None
    assert state.order is not None
    label = int(state.order.split.labels[index])
    lines = (
        (
            (data.classes[label], "strong"),
            (f"  class {label} of 0 to {len(data.classes) - 1}", "dim"),
        ),
        line(f"{state.split} {index}", "input"),
        line(f"{shape(image.shape)}, values {image.min()} to {image.max()}"),
        *(line(text) for text in _statistics(image, width)),
        line(_shown(state), "dim"),
    )
    return tuple(cropped(each, width) for each in lines)


def _statistics(image: Array, width: int) -> list[str]:
    """Write mean and deviation of each channel, 0 to 255."""
    means = [float(value) for value in image.mean(axis=(1, 2))]
    spreads = [float(value) for value in image.std(axis=(1, 2))]
    means, spreads = [round(v, 1) for v in means], [round(v, 1) for v in spreads]
    together = f"{described('mean', means)} · {described('deviation', spreads)}"
    if cells(together) <= width and len(means) == 1:
        return [together]
    if len(means) not in CHANNELS:
        return [f"mean {round(float(image.mean()), 1)} of {len(means)} channels"]
    if len(means) == 1:
        return [described("mean", means), described("deviation", spreads)]
    rows = zip(CHANNELS[len(means)], means, spreads, strict=True)
    return [
        f"{padded(name, 6)} mean {mean:5.1f} deviation {spread:5.1f}" for name, mean, spread in rows
    ]


def _shown(state: GalleryState) -> str:
    if state.plane is None:
        return "drawn as it is; v shows numbers"
    return f"numbers of {_channel(state, state.plane)}; v goes on"


def _channel(state: GalleryState, plane: int) -> str:
    assert state.data is not None
    channels = state.data.shape[0]
    return CHANNELS[channels][plane] if channels in CHANNELS else f"channel {plane}"
