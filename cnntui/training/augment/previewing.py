"""Shows what augmentations do to one picture: arrays in, arrays out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch

from cnntui.training.augment.augmenting import Augmenter
from cnntui.training.augment.combinations import Augmentations
from cnntui.training.augment.mixing import Mixed

Bytes = npt.NDArray[np.uint8]

NEARLY = 0.001  # of 255: what lies no further below a half is rounded up on every CPU


def augmented(
    picture: Bytes, others: Bytes, wanted: Augmentations, count: int, seed: int
) -> tuple[Bytes, tuple[float, ...]]:
    """Return ``count`` samples (count, C, H, W) of an augmented ``picture`` (C, H, W).

    ``others`` (N, C, H, W) are what mixup and CutMix mix in. The second result is the weight that
    the picture's own label keeps in each sample.
    """
    mine = np.broadcast_to(picture, (count, *picture.shape))
    batch = torch.from_numpy(np.concatenate([mine, others]).copy())
    labels = torch.zeros(len(batch), dtype=torch.int64)
    labels[count:] = torch.arange(1, len(others) + 1)
    generator = torch.Generator().manual_seed(seed)
    images, targets = Augmenter(wanted)(batch, labels, generator)
    levels = images[:count].clamp(0, 1) * 255 + NEARLY
    return levels.round().to(torch.uint8).numpy(), _weights(targets, count)


def _weights(targets: torch.Tensor | Mixed, count: int) -> tuple[float, ...]:
    if not isinstance(targets, Mixed):
        return (1.0,) * count
    alike = targets.others == targets.labels  # a partner of the same label changes nothing of it
    weight = torch.where(alike, torch.ones_like(targets.weight), targets.weight)
    return tuple(weight[:count].tolist())
