"""What the Pictures pane shows, as frames and words. Slow: for a thread."""

from __future__ import annotations

from dataclasses import dataclass

from cnntui.ground.lines import Line, cropped, line, listed, width_of
from cnntui.numbers import counted, shape
from cnntui.panes.image.cells import (
    boards_of,
    cell_words,
    picture_of,
    spaces_line,
    words_of,
    zoom_words,
)
from cnntui.panes.image.chain import chain_lines, checked
from cnntui.panes.image.histogram import histogram_lines
from cnntui.panes.image.sheets import augment_sheet, channels_sheet, reduced_words, resize_sheet
from cnntui.panes.image.state import MODES, PicturesState
from cnntui.ui.frames.boards import GridFrame
from cnntui.ui.frames.pictures import PictureFrame
from cnntui.ui.frames.sheets import SheetFrame

HINTS = {
    "numbers": ("arrows pixel", "HJKL far", "-/+ zoom", "space colour space", "/ row, column"),
    "channels": ("space colour space", "arrows pixel", "-/+ zoom to the numbers", "/ row, column"),
    "histogram": ("space colour space", "arrows pixel", "/ row, column", "-/+ to the numbers"),
    "resize": ("←→ method", "↑↓ size", "-/+ whole or pixel by pixel", "r reset"),
    "preprocess": (
        "space next chain",
        "p a chain or a data set's",
        "arrows pixel",
        "/ row, column",
    ),
    "augment": ("↑↓ kind", "←→ strength", "space new seed", "enter combine", "a type", "f outside"),
}


@dataclass(frozen=True)
class PicturesFrame:
    """One screenful: of picture, boards and sheet those there are in this mode."""

    heading: Line
    modes: Line
    picture: PictureFrame | None
    boards: tuple[GridFrame, ...]
    sheet: SheetFrame | None
    words: tuple[Line, ...]
    beside: bool  # the words stand beside the picture or sheet, else below
    status: Line
    hints: Line


@dataclass(frozen=True)
class _Body:
    """What a mode shows between the heading and the status."""

    words: tuple[Line, ...]
    picture: PictureFrame | None = None
    boards: tuple[GridFrame, ...] = ()
    sheet: SheetFrame | None = None
    beside: bool = False
    status: str = ""


def frame_of(
    state: PicturesState, colors: str = "truecolor", unicode: bool = True
) -> PicturesFrame:
    """Return the frame of a state; resize, preprocess and augment load torch."""
    body = _body(state, colors, unicode)
    used = 0 if body.beside else _used(body.picture, body.sheet)
    return PicturesFrame(
        _heading(state),
        modes_line(state, unicode),
        body.picture,
        body.boards,
        body.sheet,
        _cut(state, body.words, state.height - used),
        body.beside,
        _status(state, body.status, unicode),
        listed(HINTS[state.mode], state.width),
    )


def _body(state: PicturesState, colors: str, unicode: bool) -> _Body:
    if state.mode == "numbers":
        return _numbers(state, colors)
    if state.mode == "channels":
        sheet, words = channels_sheet(state, colors)
        return _Body(words, sheet=sheet, beside=state.beside)
    if state.mode == "histogram":
        return _Body(tuple(histogram_lines(state, state.width, state.height, unicode)))
    if state.mode == "resize":
        sheet, words = resize_sheet(state, state.height, colors, unicode)
        return _Body(words, sheet=sheet)
    if state.mode == "preprocess":
        check = checked(state.photo, state.recipe)
        return _Body(tuple(chain_lines(state, check, unicode, state.low)))
    sheet, words = augment_sheet(state, colors)
    status = f"seed {state.augmenting.seed}, {reduced_words(state)}"
    return _Body(words, sheet=sheet, beside=state.beside and bool(words), status=status)


def _numbers(state: PicturesState, colors: str) -> _Body:
    if state.in_cells:
        words = cell_words(state)
        return _Body(words, boards=boards_of(state, max(2, state.height - len(words))))
    picture, crop = picture_of(state, colors)
    return _Body(words_of(state), picture, beside=state.beside, status=zoom_words(state, crop))


def _used(picture: PictureFrame | None, sheet: SheetFrame | None) -> int:
    """Return the lines that a picture or a sheet takes."""
    if picture is not None:
        return (picture.height + 1) // 2
    return -(-len(sheet.tiles) // sheet.columns) * sheet.tile_height if sheet is not None else 0


def _cut(state: PicturesState, words: tuple[Line, ...], most: int) -> tuple[Line, ...]:
    """Keep as many lines as there is room for; of the augmentations those around the cursor."""
    most = max(0, most)
    row = state.augmenting.row if state.mode == "augment" else 0
    first = max(0, min(row - most // 2, len(words) - most))
    return tuple(cropped(each, state.width) for each in words[first : first + most])


def _heading(state: PicturesState) -> Line:
    photo = state.photo
    size = shape((*photo.size, photo.channels))
    figures = (
        f" · {size} {photo.dtype} · {counted(state.pixels)} pixels, {counted(state.values)} values"
    )
    runs = (("Pictures  ", "strong"), (photo.source.name, ""), (figures, "dim"))
    return cropped(runs, state.width)


def modes_line(state: PicturesState, unicode: bool) -> Line:
    """Return the names of the modes, the present one marked."""
    sign = "▸" if unicode else ">"
    names = [
        (f"{sign}{name}  ", "strong") if name == state.mode else (f" {name}  ", "dim")
        for name in MODES
    ]
    at = MODES.index(state.mode)
    while at and width_of(names[: at + 1]) > state.width:  # those before give way
        del names[0]
        at -= 1
    return cropped(tuple(names), state.width)


def _status(state: PicturesState, right: str, unicode: bool) -> Line:
    """Return the colour spaces, the chosen one marked, or what else space goes through."""
    left = _left(state, unicode)
    gap = state.width - width_of(left) - len(right)
    if gap < 2:
        return cropped(left, state.width)
    return (*left, (" " * gap, ""), (right, "dim"))


def _left(state: PicturesState, unicode: bool) -> Line:
    if state.mode in ("numbers", "channels", "histogram"):
        return spaces_line(state, unicode)
    if state.mode == "resize":
        sign = "▸" if unicode else ">"
        return tuple(
            (f"{sign}{shape(size)} ", "input")
            if size == state.resized_to
            else (f" {shape(size)} ", "dim")
            for size in state.sizes
        )
    if state.mode == "augment":
        return line("training pictures alone are augmented", "dim")
    return line("a pretrained net wants its own preprocessing", "dim")
