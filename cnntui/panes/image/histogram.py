"""How often each value comes in each channel of a picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cnntui.ground.bars import bars
from cnntui.ground.lines import Line, cropped, line, width_of
from cnntui.numbers import counted, short
from cnntui.panes.image.reading import Floats, Photo
from cnntui.panes.image.state import AS_IT_IS, PicturesState

BINS = 64  # at most: four levels of a byte each
AT_ONCE = 1 << 20  # pixels converted at a time


@dataclass(frozen=True)
class Counts:
    """One channel: how many of its values lie in each of equally wide bins, and their moments."""

    name: str
    edges: tuple[float, float]
    counts: tuple[int, ...]
    low: float
    high: float
    mean: float
    deviation: float
    whole: bool

    @property
    def last(self) -> float:
        """The largest value that can be: of whole numbers one less than the last edge."""
        return self.edges[1] - 1 if self.whole else self.edges[1]

    def bin_of(self, value: float) -> int:
        """Return the bin a value lies in."""
        first, last = self.edges
        at = int((value - first) / (last - first) * len(self.counts))
        return max(0, min(at, len(self.counts) - 1))


def counts_of(state: PicturesState, bins: int = BINS) -> tuple[Counts, ...]:
    """Return the counts of every channel in the chosen space, of all pixels."""
    key = "counts", state.space, bins
    return state.photo.kept(key, lambda: _counts(state.photo, state.space, bins))


def _counts(photo: Photo, space: str, bins: int) -> tuple[Counts, ...]:
    state = PicturesState.of(photo, space=space)
    whole = photo.dtype != "float32" and space in AS_IT_IS
    edges = [(low, high + whole) for low, high in state.ranges]  # of whole numbers 0..255: 0..256
    channels = len(edges)
    totals = np.zeros((channels, bins), np.int64)
    first, second = np.zeros(channels), np.zeros(channels)
    low, high = np.full(channels, np.inf), np.full(channels, -np.inf)
    for part in _parts(state):
        for at, span in enumerate(edges):
            totals[at] += np.histogram(part[at].clip(*state.ranges[at]), bins, span)[0]
        first += part.sum(axis=1)
        second += np.square(part).sum(axis=1)
        low, high = np.minimum(low, part.min(axis=1)), np.maximum(high, part.max(axis=1))
    mean = first / photo.pixels
    deviation = np.sqrt((second / photo.pixels - mean**2).clip(0, None))
    return tuple(
        Counts(
            name,
            edges[at],
            tuple(totals[at].tolist()),
            float(low[at]),
            float(high[at]),
            float(mean[at]),
            float(deviation[at]),
            whole,
        )
        for at, name in enumerate(state.spaced.channels)
    )


def _parts(state: PicturesState) -> Iterator[Floats]:
    """Yield (channels, n) of all pixels, some rows at a time."""
    height, width = state.photo.size
    step = max(1, AT_ONCE // width)
    for top in range(0, height, step):
        part = state.part(slice(top, top + step), slice(0, width))
        yield part.reshape(len(part), -1)


def histogram_lines(state: PicturesState, width: int, height: int, unicode: bool) -> list[Line]:
    """Return the histogram of every channel, below each other; ``width`` × ``height`` at most."""
    bins = next((n for n in (BINS, 32, 16) if n <= width), 8)
    channels = counts_of(state, bins)
    if state.space == "gray3":
        channels = channels[:1]
    tall = max(1, min(8, height // len(channels) - 2))
    spread = max(1, min(width, 128) // bins)
    lines: list[Line] = []
    for channel, value in zip(channels, state.converted[: len(channels)], strict=True):
        counts = tuple(count for count in channel.counts for _ in range(spread))
        lines.append(_title(channel, value, width))
        lines += [line(row, "input") for row in bars(counts, tall, unicode)]
        lines.append(_axis(channel, value, len(counts), spread, unicode))
    return lines


def _title(channel: Counts, value: float, width: int) -> Line:
    figures = f"{short(channel.low)} to {short(channel.high)}, mean {channel.mean:.4g}"
    rest = f"  {figures}, deviation {channel.deviation:.4g}"
    here = channel.counts[channel.bin_of(value)]
    note = f"  here {value:.4g}: {counted(here)} in its bin"
    title: Line = ((channel.name, "strong"), (rest, ""))
    return cropped(
        (*title, (note, "dim")) if width_of(title) + len(note) <= width else title, width
    )


def _axis(channel: Counts, value: float, width: int, spread: int, unicode: bool) -> Line:
    """Return the range below the bars; an arrow marks the bin of the cursor's value."""
    first, last = short(channel.edges[0]), short(channel.last)
    at = channel.bin_of(value) * spread
    text = first + last.rjust(width - len(first))
    if at < len(first) or at >= width - len(last):
        return line(text, "dim")
    return ((text[:at], "dim"), ("▲" if unicode else "^", "strong"), (text[at + 1 :], "dim"))
