"""The sheets of the Pictures pane: channels, resized pictures, augmented samples."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from cnntui.engine.colours import bgr, gray
from cnntui.ground.lines import Line, cropped, flowed, line
from cnntui.numbers import counted, shape, short
from cnntui.panes.image.augment import COMBINED, EACH, SIDE, Sample, samples, small
from cnntui.panes.image.drawing import (
    Crop,
    channel_picture,
    coloured,
    crossed,
    in_pixels,
    sheet_of,
    tile_room,
)
from cnntui.panes.image.histogram import counts_of
from cnntui.panes.image.reading import Floats
from cnntui.panes.image.resize import LIKE, METHODS, Resized, resized
from cnntui.panes.image.state import WORDS, PicturesState
from cnntui.training.augment.combinations import KINDS
from cnntui.ui.frames.pictures import PictureFrame
from cnntui.ui.frames.sheets import SheetFrame

ENOUGH = 18  # pixels of a sample's longer side below which fewer are shown
NUMBERS = 4  # lines below the resized pictures
SEEN_BY = {"bgr": bgr, "gray": gray, "gray3": gray}

Shown = tuple[SheetFrame, tuple[Line, ...]]


# channels


def channels_sheet(state: PicturesState, colors: str) -> Shown:
    """Return the picture and each of its channels in the chosen space, and the words about them."""
    space = state.spaced
    words = channel_words(state)
    room = state.picture_room
    columns, size = tile_room(1 + len(space.channels), state.photo.size, room, 1)
    key = "channels", state.space, size, colors
    pictures = state.photo.kept(key, lambda: _channel_pictures(state, size, colors))
    height, width = state.photo.size
    box = Crop((0, height), (0, width), size).box(state.cursor)
    title = {"bgr": "taken for RGB", "gray": "grey", "gray3": "all three"}.get(state.space, "RGB")
    values = zip(space.channels, state.converted, strict=True)
    names = [title, *(f"{name} {value:.4g}" for name, value in values)]
    tiles = [
        (crossed(picture, box, colors), (line(name, "strong"),))
        for picture, name in zip(pictures, names, strict=True)
    ]
    return sheet_of(tiles, columns, room), words


def _channel_pictures(
    state: PicturesState, size: tuple[int, int], colors: str
) -> tuple[PictureFrame, ...]:
    """Return the picture, then each channel, in ``size`` pixels."""
    height, width = state.photo.size
    drawn = state.photo.reduced((0, height), (0, width), size)
    rgb = drawn if len(drawn) == 3 else drawn.repeat(3, axis=0)
    space, seen = state.spaced, SEEN_BY.get(state.space)
    planes = space.convert(rgb)
    channels = (
        channel_picture(planes[at], space.name, name, space.ranges[at], colors)
        for at, name in enumerate(space.channels)
    )
    return (coloured(seen(rgb) if seen else rgb, colors), *channels)


def channel_words(state: PicturesState) -> tuple[Line, ...]:
    """Return the pixel in the chosen space, the figures of each channel, and the formula."""
    row, column = state.cursor
    rows: list[Line] = [
        line(f"pixel [{row}, {column}]", "strong"),
        line(f"  {' '.join(short(value) for value in state.pixel)} as read"),
        *([line("")] if state.beside and not state.low else []),
        line(state.spaced.title, "strong"),
    ]
    for counts, value in zip(counts_of(state), state.converted, strict=True):
        span = f"{counts.low:.4g} to {counts.high:.4g}, mean {counts.mean:.4g}"
        rows.append(((f"  {counts.name} ", ""), (f"{value:.4g}", "strong")))
        rows += [] if state.low else [line(f"    {span}", "dim")]
    return (*rows, line(""), *(line(f"  {text}", "dim") for text in state.spaced.formula))


# resize


def resize_sheet(state: PicturesState, lines: int, colors: str, unicode: bool) -> Shown:
    """Return the picture resized by every method, and how far the chosen one is from the others.

    Loads torch.
    """
    versions = resized(state.photo, state.resized_to)
    words = _resize_words(state, versions)[: 2 if state.low else NUMBERS]
    room = max(3, lines - len(words)), state.width
    near = state.zoom > 0
    columns, size = tile_room(len(METHODS), versions.size, room, 2)
    if near:
        size = (
            2 * max(1, room[0] // -(-len(METHODS) // columns) - 2),
            max(1, state.width // columns - 2),
        )
    tiles = [
        (picture, _resized_caption(versions, at, unicode))
        for at, picture in enumerate(_resized_pictures(state, versions, size, colors))
    ]
    return sheet_of(tiles, columns, room, state.method), words


def _resized_pictures(
    state: PicturesState, versions: Resized, size: tuple[int, int], colors: str
) -> list[PictureFrame]:
    """Return every method's picture, whole or about the cursor; those drawn last are kept."""
    last: dict[object, list[PictureFrame]] = state.photo.kept("drawn resized", dict)
    key = versions.size, state.cursor if state.zoom else None, size, colors
    if key not in last:
        drawn = [_resized_picture(state, versions, at, size, colors) for at in range(len(METHODS))]
        last.clear()
        last[key] = drawn
        return drawn
    return last[key]


def _resized_picture(
    state: PicturesState, versions: Resized, at: int, size: tuple[int, int], colors: str
) -> PictureFrame:
    values = versions.images[at] / state.photo.white
    if state.zoom:
        scale = [new / old for new, old in zip(versions.size, state.photo.size, strict=True)]
        middle = int(state.cursor[0] * scale[0]), int(state.cursor[1] * scale[1])
        factor = 1.0 if versions.size[0] >= size[0] and versions.size[1] >= size[1] else 2.0
        crop = Crop.around(middle, versions.size, size, factor)
        return coloured(
            in_pixels(values[:, slice(*crop.rows), slice(*crop.columns)], crop.drawn), colors
        )
    return coloured(in_pixels(values, size), colors)


def _resized_caption(versions: Resized, at: int, unicode: bool) -> tuple[Line, ...]:
    delta = "Δ" if unicode else "diff"
    same = versions.torch[at]
    if at in LIKE:
        other = METHODS[LIKE[at]].name
        words = f"{delta} {other} {versions.difference(at, LIKE[at])[0]:.3g}"
    else:
        words = "torch has none" if same is None else f"torch {delta} {same:.3g}"
    return line(METHODS[at].name, "strong"), line(words, "dim")


def _resize_words(state: PicturesState, versions: Resized) -> tuple[Line, ...]:
    method, channels = METHODS[state.method], state.photo.channels
    pixels = versions.size[0] * versions.size[1]
    size = f"{shape(state.photo.size)} to {shape((*versions.size, channels))}"
    counts = f"{counted(pixels)} pixels, {counted(pixels * channels)} values"
    apart = [
        f"{METHODS[at].name} {versions.difference(state.method, at)[0]:.3g}"
        for at in range(len(METHODS))
        if at != state.method
    ]
    furthest = max(range(len(METHODS)), key=lambda at: versions.difference(state.method, at)[0])
    value, (row, column) = versions.difference(state.method, furthest)
    where = f" (largest {value:.3g} at [{row}, {column}])"
    apart_line = line(f"largest difference from {', '.join(apart)}", "dim")
    return (
        cropped(((size, "input"), (f": {counts}", "")), state.width),
        cropped(((method.name, "strong"), (f": {method.words}{where}", "")), state.width),
        *flowed(apart_line, state.width, 2),
    )


# augment


@dataclass(frozen=True)
class Plan:
    """How many samples are shown, in how many columns, of how many pixels."""

    count: int
    columns: int
    size: tuple[int, int]


def augment_sheet(state: PicturesState, colors: str) -> Shown:
    """Return the samples, and beside them the list of what is done. Loads torch."""
    own = state.augmenting
    room = (state.height, state.width) if own.row == EACH else state.picture_room
    natural = small(state.photo).shape[1:]
    plan = _plan(own.row, (natural[0], natural[1]), room)
    shown = samples(state.photo, own, plan.count - 1)
    tiles = [
        (_sample_picture(each, plan.size, colors), _sample_caption(state, each)) for each in shown
    ]
    words = () if own.row == EACH else augment_words(state)
    return sheet_of(tiles, plan.columns, room), words


def _plan(row: int, size: tuple[int, int], room: tuple[int, int]) -> Plan:
    """Show a sample of each kind, or as many as are still large enough to be made out."""
    if row == EACH:
        count = COMBINED + 1
        return Plan(count, *tile_room(count, size, room, 1))
    for count in (12, 9, 6, 4):
        columns, pixels = tile_room(count, size, room, 1)
        if max(pixels) >= ENOUGH or count == 4:
            return Plan(count, columns, pixels)
    raise AssertionError("the loop returns")


@lru_cache(maxsize=256)
def _sample_picture(sample: Sample, size: tuple[int, int], colors: str) -> PictureFrame:
    values: Floats = sample.image.astype(np.float64) / 255
    return coloured(in_pixels(values, size), colors)


def _sample_caption(state: PicturesState, sample: Sample) -> tuple[Line, ...]:
    if sample.name == "original":
        return (line("original", "strong"),)
    if sample.weight < 1:
        return (line(f"{sample.name} {100 * sample.weight:.0f}% own"),)
    if state.augmenting.row != EACH or sample.name == "combined":
        return (line(sample.name, "dim"),)
    return (line(f"{sample.name} {short(state.augmenting.strength(sample.name))}"),)


def augment_words(state: PicturesState) -> tuple[Line, ...]:
    """Return the list of kinds with their strengths; the one under the cursor is explained below."""
    own = state.augmenting
    rows: list[Line] = [_row(state, EACH, "one by one", "")]
    for at, (kind, strength) in enumerate(zip(KINDS, own.strengths, strict=True), 1):
        sign = "+" if kind.name in own.chosen else " "
        unit = kind.unit.removeprefix("part ") if " " in kind.unit else kind.unit
        rows.append(_row(state, at, f"{sign} {kind.name:<11}{short(strength):>5}", unit))
    rows.append(_row(state, COMBINED, f"combined ({len(own.chosen)} with +)", ""))
    rows.append(line(f"  outside: {own.fill}", "dim"))
    about = own.kind.words if own.kind else str(own.combination)
    return (*rows, *flowed(line(about.replace(",", ", "), "input"), WORDS, 3))


def _row(state: PicturesState, at: int, text: str, unit: str) -> Line:
    here = at == state.augmenting.row
    lead = "> " if here else "  "
    return ((lead + text, "strong" if here else ""), (f" {unit}", "dim"))


def reduced_words(state: PicturesState) -> str:
    """Say at which size the picture is augmented."""
    height, width = small(state.photo).shape[1:]
    return f"at {shape((height, width))}" + (
        f", {SIDE} the longer side" if max(state.photo.size) > SIDE else ""
    )
