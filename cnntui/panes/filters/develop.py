"""Filters a picture and makes it ready to be drawn; slow work, for a thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cnntui.engine.filtering import Filtering, Statistics, stages, statistics
from cnntui.engine.geometry import Pair
from cnntui.engine.padded import Array
from cnntui.numbers import short
from cnntui.panes.filters.state import FiltersState
from cnntui.parts.pictures.palettes import diverging_frame, fitted, limited, palette_frame
from cnntui.sources.inputs import Input
from cnntui.ui.frames.pictures import PictureFrame

MOST_BINS = 64
TAIL = 99.0  # per cent of the pixels within the limits of a signed or magnitude picture


@dataclass(frozen=True, eq=False)
class Developed:
    """A filtered picture: both pictures to draw, how, and the figures of all their values."""

    filtering: Filtering
    board: Pair
    result: Array
    source_picture: PictureFrame
    result_picture: PictureFrame
    mapping: str  # "signed ±320", "clip 0–255", "|x| 0–320"
    source: Statistics
    output: Statistics


def develop(
    state: FiltersState,
    colors: str = "truecolor",
    before: Developed | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Developed | None:
    """Filter the picture of a state; what ``before`` has of it already is taken from there.

    ``colors`` is what the screen has: truecolor, 256, 16, or none; with none a signed picture
    is grey and zero is mid-grey. ``cancelled`` is asked between applications; None where it says
    so.
    """
    filtering = state.filtering
    if before and before.filtering is filtering:
        result: Array | None = before.result
    else:
        result = _filtered(filtering, cancelled)
    if result is None:
        return None
    span = span_of(state.picture.source)
    bins = max(2, min(MOST_BINS, state.board[1]))
    if before and before.filtering.input is filtering.input and before.board == state.board:
        source, figures = before.source_picture, before.source
    else:
        source = limited(_clipped(fitted(_shown(filtering.input), *state.board), span), colors)
        figures = figures_of(filtering.input, bins)
    mapping, picture = _mapped(state, result, span, colors == "none")
    return Developed(
        filtering=filtering,
        board=state.board,
        result=result,
        source_picture=source,
        result_picture=limited(picture, colors),
        mapping=mapping,
        source=figures,
        output=figures_of(result, bins),
    )


def figures_of(values: Array, most: int) -> Statistics:
    """Return the figures of a picture in at most so many bins.

    Whole numbers get bins that hold equally many of them: others would make a comb.
    """
    finite = values[np.isfinite(values)]
    if not finite.size or not bool((finite == np.rint(finite)).all()):
        return statistics(values, most)
    low, high = float(finite.min()), float(finite.max())
    numbers = high - low + 1
    width = np.ceil(numbers / most)
    bins = max(1, int(np.ceil(numbers / width)))
    return statistics(values, bins, (low, low + float(width) * bins))


def _filtered(filtering: Filtering, cancelled: Callable[[], bool]) -> Array | None:
    result = None
    for stage in stages(filtering):
        if cancelled():
            return None
        result = stage
    return result


def span_of(source: Input) -> tuple[float, float]:
    """Return the values that are black and white: 0 and 255 for pictures, else the range.

    A file counts as a picture where all its values are whole and fit a byte, and some need one.
    """
    values = source.values[np.isfinite(source.values)]
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)
    bytes_ = low >= 0 and 16 < high <= 255 and bool((values == np.rint(values)).all())
    if source.kind == "picture" or (source.kind == "file" and (bytes_ or len(source.values) == 3)):
        return (0.0, 255.0) if low >= 0 and high <= 255 else (min(0.0, low), high)
    return (min(0.0, low), high) if high > min(0.0, low) else (low - 1, low + 1)


def _shown(values: Array) -> Array:
    """Return one channel or three; of any other number the mean."""
    return values if len(values) in (1, 3) else values.mean(axis=0, keepdims=True)


def _mapped(
    state: FiltersState, result: Array, span: tuple[float, float], mono: bool
) -> tuple[str, PictureFrame]:
    """Return how the result is drawn, in words, and the picture."""
    if state.shown_as == "clipped":
        picture = _clipped(fitted(_shown(result), *state.board), span)
        return f"clip {short(span[0])}–{short(span[1])}", picture
    if state.shown_as == "magnitude":
        sizes = fitted(np.abs(_shown(result)), *state.board)
        limit = _limit(sizes)
        return f"|x| 0–{short(limit)}", _clipped(sizes, (0.0, limit))
    with np.errstate(invalid="ignore", over="ignore"):
        plane = result.mean(axis=0, keepdims=True)
    plane = fitted(plane, *state.board)
    limit = _limit(plane)
    drawn = _clipped(plane, (-limit, limit)) if mono else diverging_frame(plane[0], limit)
    return f"signed ±{short(limit)}", drawn


def _limit(values: Array) -> float:
    """Return the magnitude within which TAIL per cent of the pixels lie, to two digits."""
    finite = np.abs(values[np.isfinite(values)])
    if not finite.size:
        return 1.0
    limit = float(np.percentile(finite, TAIL)) or float(finite.max())
    return float(f"{limit:.2g}") if limit > 0 else 1.0


def _clipped(values: Array, span: tuple[float, float]) -> PictureFrame:
    """Return (1 or 3, H, W) as a picture; ``span`` is black and white."""
    low, high = span
    with np.errstate(invalid="ignore", over="ignore"):
        scaled = (values - np.float32(low)) * np.float32(255 / (high - low))
    return palette_frame(values if span == (0.0, 255.0) else scaled)
