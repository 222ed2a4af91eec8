"""Examples on their way to the network: resident on the device, taken by index, in float.

Several batches are gathered, augmented and normalised at once, since a small batch costs more in
calls than in arithmetic. What is drawn at random comes from two generators whose states are kept,
so that an epoch can be gone on with in its middle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from cnntui.datasets.dataset import Split

CHUNK = 16 << 20  # bytes of float pictures made at once
SPARE = 0.4  # of a GPU's free memory, for the pictures
Targets = Any  # labels (N,), or what an augmentation makes of them


@dataclass(frozen=True)
class Pictures:
    """A split on the device: ``images`` uint8 (N, C, H, W), ``labels`` int64 (N,)."""

    images: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Normal:
    """A channel's mean and deviation in 0..1, as (1, C, 1, 1) float32."""

    mean: Tensor
    deviation: Tensor

    def __call__(self, images: Tensor) -> Tensor:
        """Return (images - mean) / deviation, in place."""
        return images.sub_(self.mean).div_(self.deviation)


@dataclass(frozen=True)
class Batch:
    """Normalised pictures (n, C, H, W), their targets, and how many the whole batch has."""

    images: Tensor
    targets: Targets
    labels: Tensor
    total: int


def resident(split: Split, size: int, device: torch.device) -> Pictures:
    """Return a split's pictures, ``size`` pixels a side if not 0, on the device where they fit."""
    images = torch.from_numpy(np.ascontiguousarray(split.images))
    if size and images.shape[2:] != (size, size):
        images = resized(images, size)
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        images = images.to(device) if images.nbytes < SPARE * free else images.pin_memory()
    else:
        images = images.to(device)
    return Pictures(images, torch.from_numpy(split.labels.copy()).to(device))


def resized(images: Tensor, size: int) -> Tensor:
    """Return uint8 pictures (N, C, size, size), bilinear and antialiased."""
    return torch.cat(
        [
            F.interpolate(part, (size, size), mode="bilinear", antialias=True)
            for part in torch.split(images, 4096)
        ]
    )


def statistics(images: NDArray[np.uint8] | Tensor) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return each channel's mean and deviation over all pixels in 0..1, exact from counts.

    The deviation of a channel that never changes is told as 1, so that it can be divided by.
    """
    images = torch.as_tensor(images)
    values = torch.arange(256, dtype=torch.float64) / 255
    means, deviations = [], []
    for channel in range(images.shape[1]):
        counts = torch.zeros(256, dtype=torch.int64)
        for part in torch.split(images[:, channel], 8192):
            counts += torch.bincount(part.flatten().int().cpu(), minlength=256)
        share = counts.double() / counts.sum()
        mean = float((share * values).sum())
        variance = float((share * (values - mean) ** 2).sum())
        means.append(mean)
        deviations.append(variance**0.5 or 1.0)
    return tuple(means), tuple(deviations)


@dataclass
class Feed:
    """The training pictures, an epoch at a time, in an order drawn anew each time."""

    pictures: Pictures
    normal: Normal
    batch_size: int
    order: torch.Generator  # on the CPU
    drawn: torch.Generator  # on the device: what augmentations draw from
    augment: Callable[[Tensor, Tensor, torch.Generator], tuple[Tensor, Targets]] | None = None
    layout: torch.memory_format = torch.contiguous_format
    least: int = 2  # pictures of an epoch's last batch: batch norm can't take one alone
    position: int = 0  # batches of this epoch that were given out

    def __post_init__(self) -> None:
        self._kept = self.states()

    @property
    def batches(self) -> int:
        """Batches of an epoch; the last may be smaller, or left out where it is too small."""
        whole, rest = divmod(len(self.pictures), self.batch_size)
        return whole + (rest >= self.least or not whole)

    @property
    def chunk(self) -> int:
        """How many batches are made at once."""
        each = 4 * self.batch_size * self.pictures.images[0].numel()
        return max(1, min(CHUNK // each, 64))

    def states(self) -> dict[str, Any]:
        """Return what ``restore`` needs to go on after ``position`` batches."""
        return {"order": self.order.get_state(), "drawn": self.drawn.get_state()}

    def kept(self) -> dict[str, Any]:
        """Return the position in the epoch with the generators' states that lead to it."""
        return {**self._kept, "position": self.position}

    def restore(self, kept: dict[str, Any]) -> None:
        """Go on where ``kept`` was taken."""
        self.order.set_state(kept["order"])
        self.drawn.set_state(kept["drawn"])
        self.position = kept["position"]

    def epoch(self, part: Callable[[int], slice]) -> Iterator[Batch]:
        """Yield the rest of an epoch, ``part`` of each batch; all processes draw the same."""
        self._kept = self.states()
        index = torch.randperm(len(self.pictures), generator=self.order)
        index = index.to(self.pictures.images.device)
        for start in range(0, self.batches, self.chunk):
            stop = min(start + self.chunk, self.batches)
            chosen = index[start * self.batch_size : stop * self.batch_size]
            if stop <= self.position:
                continue
            self._kept["drawn"] = self.drawn.get_state()
            images, targets, labels = self._made(chosen)
            yield from self._batches(images, targets, labels, start, part)
        self.position = 0
        self._kept = self.states()

    def _made(self, chosen: Tensor) -> tuple[Tensor, Targets, Tensor]:
        device = self.pictures.labels.device
        images = self.pictures.images[chosen].to(device, non_blocking=True)
        labels = self.pictures.labels[chosen.to(device)]
        floats = images.to(torch.float32, memory_format=self.layout).div_(255)
        targets: Targets = labels
        if self.augment is not None:
            floats, targets = self.augment(floats, labels, self.drawn)
        floats = self.normal(floats)
        return floats.contiguous(memory_format=self.layout), targets, labels

    def _batches(
        self,
        images: Tensor,
        targets: Targets,
        labels: Tensor,
        first: int,
        part: Callable[[int], slice],
    ) -> Iterator[Batch]:
        for start in range(0, len(labels), self.batch_size):
            number = first + start // self.batch_size
            stop = min(start + self.batch_size, len(labels))
            if number < self.position or number >= self.batches:
                continue
            mine = part(stop - start)
            own = slice(start + mine.start, start + mine.stop)
            self.position = number + 1
            if stop == len(labels):  # the next chunk draws from here
                self._kept["drawn"] = self.drawn.get_state()
            yield Batch(images[own], targets[own], labels[own], stop - start)
