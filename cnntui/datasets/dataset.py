"""What a data set is once it is read: pictures and labels as arrays."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

SPLITS = ("train", "validation", "test")


@dataclass(frozen=True)
class Wanted:
    """What is asked of a data set's file: a member's name, where to look, and its options.

    ``digits:split=writers`` is name ``digits`` with options ``{"split": "writers"}``.
    """

    name: str
    folder: Path | None = None  # --data-dir; None: the user's data folder
    options: dict[str, str] = field(default_factory=dict)
    seed: int = 0  # of what is drawn or split


@dataclass(frozen=True)
class Split:
    """Examples: ``images`` uint8 (N, C, H, W), ``labels`` int64 (N,)."""

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Dataset:
    """A data set in memory. ``validation`` is cut from the training pictures, never the test's."""

    name: str
    title: str
    classes: tuple[str, ...]
    train: Split
    validation: Split
    test: Split
    notes: tuple[str, ...] = ()  # what was skipped or assumed while reading, one line each

    @property
    def shape(self) -> tuple[int, int, int]:
        """Channels, height and width of a picture."""
        _, channels, height, width = self.train.images.shape
        return channels, height, width
