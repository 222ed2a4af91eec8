"""What a data set looks like in numbers, and its examples by the page."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnntui.datasets.dataset import SPLITS, Dataset, Split

BINS = 32  # of a histogram: eight levels each
_LEVELS = 256
_AT_ONCE = 2**22  # pixels counted at a time


@dataclass(frozen=True)
class Figures:
    """The figures of a data set; those of pixels are of the training pictures."""

    name: str
    title: str
    classes: tuple[str, ...]
    shape: tuple[int, int, int]  # (C, H, W)
    counts: dict[str, tuple[int, ...]]  # split → examples of each class
    mean: tuple[float, ...]  # of each channel, in 0..1
    deviation: tuple[float, ...]  # the population's, in 0..1
    histogram: tuple[tuple[int, ...], ...]  # of each channel, BINS counts
    notes: tuple[str, ...] = ()

    def examples(self, split: str) -> int:
        """Return how many examples a split has."""
        return sum(self.counts[split])


@dataclass(frozen=True, eq=False)
class Page:
    """Some of a split's examples."""

    images: NDArray[np.uint8]  # (n, C, H, W)
    labels: tuple[int, ...]
    indices: tuple[int, ...]  # into the split
    first: int  # place of the first one among all that there are to turn through
    total: int


def figures_of(dataset: Dataset) -> Figures:
    """Count the classes of each split and the pixels of the training pictures, exactly."""
    levels = level_counts(dataset.train.images)
    mean, deviation = _moments(levels)
    bins = levels.reshape(len(levels), BINS, _LEVELS // BINS).sum(2)
    return Figures(
        dataset.name,
        dataset.title,
        dataset.classes,
        dataset.shape,
        {name: _counts(getattr(dataset, name), len(dataset.classes)) for name in SPLITS},
        mean,
        deviation,
        tuple(tuple(row) for row in bins.tolist()),
        dataset.notes,
    )


def level_counts(images: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return (C, 256): how often each level comes in each channel of (N, C, H, W)."""
    count, channels, height, width = images.shape
    levels = np.zeros((channels, _LEVELS), np.int64)
    step = max(1, _AT_ONCE // (height * width))
    for start in range(0, count, step):
        for channel in range(channels):
            pixels = images[start : start + step, channel].ravel()
            levels[channel] += np.bincount(pixels, minlength=_LEVELS)
    return levels


def page(split: Split, *, label: int | None = None, first: int = 0, count: int = 20) -> Page:
    """Return up to ``count`` examples from the ``first`` on: of one class, else classes in turn."""
    order = in_turn(split.labels) if label is None else np.flatnonzero(split.labels == label)
    first = max(0, min(first, len(order) - 1))
    indices = order[first : first + count]
    labels = tuple(split.labels[indices].tolist())
    return Page(split.images[indices], labels, tuple(indices.tolist()), first, len(order))


def in_turn(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return all indices: the first example of each class, then the second of each, and so on."""
    if not len(labels):
        return np.zeros(0, np.int64)
    by_class = np.argsort(labels, kind="stable")
    counts = np.bincount(labels)
    rank = np.empty(len(labels), np.int64)
    rank[by_class] = np.arange(len(labels)) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.lexsort((labels, rank)).astype(np.int64)


def _counts(split: Split, classes: int) -> tuple[int, ...]:
    return tuple(np.bincount(split.labels, minlength=classes).tolist())


def _moments(levels: NDArray[np.int64]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return mean and deviation of each channel in 0..1, from whole numbers without rounding."""
    values = range(_LEVELS)
    means, deviations = [], []
    for row in levels.tolist():
        total = sum(row) or 1
        first = sum(value * n for value, n in zip(values, row, strict=True))
        second = sum(value * value * n for value, n in zip(values, row, strict=True))
        means.append(first / total / 255)
        deviations.append((second * total - first * first) ** 0.5 / total / 255)
    return tuple(means), tuple(deviations)
