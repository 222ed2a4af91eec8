"""Cuts a set by class and by a seed, the same way on every machine."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cnntui.datasets.dataset import Dataset, Split, Wanted
from cnntui.datasets.drawing import order
from cnntui.datasets.member import validation_share

Indices = NDArray[np.int64]

SEED = 0  # of every cut that is to be the same in all runs


def stratified(labels: Indices, share: float, seed: int = SEED) -> tuple[Indices, Indices]:
    """Return the indices that are kept and those that are held out, both ascending.

    Of n examples round(share·n) are held out, of each class its part of them (largest remainders
    first), and never a class's last example.
    """
    counts = np.bincount(labels)
    wanted = _apportioned(counts, share)
    shuffled = order(len(labels), seed)
    shuffled = shuffled[np.argsort(labels[shuffled], kind="stable")]  # class by class
    rank = np.arange(len(labels)) - np.repeat(np.cumsum(counts) - counts, counts)
    held = rank < np.repeat(wanted, counts)
    return np.sort(shuffled[~held]), np.sort(shuffled[held])


def _apportioned(counts: Indices, share: float) -> Indices:
    """Return how many of each class are held out: Hamilton's method of largest remainders."""
    exact = counts * share
    parts = np.floor(exact).astype(np.int64)
    missing = round(float(counts.sum()) * share) - int(parts.sum())
    largest = np.argsort(-(exact - parts), kind="stable")[: max(0, missing)]
    parts[largest] += 1
    capped: Indices = np.minimum(parts, np.maximum(counts - 1, 0))
    return capped


def taken(split: Split, indices: Indices) -> Split:
    """Return the examples of those indices, in their order."""
    return Split(split.images[indices], split.labels[indices])


def divided(split: Split, share: float, seed: int = SEED) -> tuple[Split, Split]:
    """Return what is kept of ``split`` and what is held out, by class."""
    if share == 0 or not len(split):
        return split, Split(split.images[:0], split.labels[:0])
    kept, held = stratified(split.labels, share, seed)
    return taken(split, kept), taken(split, held)


def finished(
    wanted: Wanted,
    title: str,
    classes: tuple[str, ...],
    parts: tuple[Split, Split | None, Split],
    notes: tuple[str, ...] = (),
) -> Dataset:
    """Return the data set of (train, validation, test); validation is cut from train if None."""
    train, validation, test = parts
    share = validation_share(wanted)
    if validation is None:
        train, validation = divided(train, share)
    train, validation, test = _owned(train), _owned(validation), _owned(test)
    return Dataset(wanted.name, title, classes, train, validation, test, notes)


def _owned(split: Split) -> Split:
    """Return the split in arrays that may be written to: torch warns of others."""
    images = np.require(split.images, requirements=["C", "W"])
    return Split(images, np.require(split.labels, requirements=["C", "W"]))
