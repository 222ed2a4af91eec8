"""Squares blanked, and pictures mixed with their labels: cutout, mixup and CutMix.

cutout: DeVries and Taylor, arXiv 1708.04552. mixup: Zhang et al., arXiv 1710.09412. CutMix: Yun et
al., arXiv 1905.04899. Partners are drawn within a block; every picture has a weight of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from cnntui.training.augment.chance import Chance


@dataclass(frozen=True)
class Mixed:
    """Two labels a picture, all (N,): ``labels`` count for ``weight``, ``others`` for the rest."""

    labels: Tensor  # int64
    others: Tensor  # int64
    weight: Tensor  # float32, 0..1

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, part: slice | Tensor) -> Mixed:
        return Mixed(self.labels[part], self.others[part], self.weight[part])

    def loss(self, of: Callable[[Tensor], Tensor]) -> Tensor:
        """Return (N,) weight · of(labels) + (1 - weight) · of(others); ``of`` gives (N,) losses."""
        return torch.lerp(of(self.others), of(self.labels), self.weight)


def blanked(images: Tensor, side: float, fill: str, chance: Chance) -> Tensor:
    """Return the pictures with a square of ``side`` (a part of theirs) blanked, cut at the edges.

    The hole is black, or the picture's mean colour where ``fill`` is "mean".
    """
    height, width = images.shape[2:]
    whole = torch.ones(len(images), dtype=torch.int64, device=images.device)
    inside = _boxes(images, whole * round(side * height), whole * round(side * width), chance)
    left = images * (1 - inside)
    return left.add_(inside * images.mean((2, 3), keepdim=True)) if fill == "mean" else left


def mixed(
    images: Tensor, labels: Tensor, mixup: float, cutmix: float, chance: Chance
) -> tuple[Tensor, Mixed]:
    """Return pictures and labels mixed with those of another; alphas of 0 leave a kind out.

    Where both are asked for, a fair coin decides for each picture.
    """
    order = chance.order()
    share, weight = _shares(images, mixup, cutmix, chance)
    others = images.index_select(0, order)
    return torch.lerp(images, others, share), Mixed(labels, labels[order], weight)


def _shares(images: Tensor, mixup: float, cutmix: float, chance: Chance) -> tuple[Tensor, Tensor]:
    """Return the other's share of a pixel (N, 1, H or 1, W or 1), the own label's weight (N,)."""
    if not cutmix:
        weight = chance.beta(mixup)
        return (1 - weight).view(-1, 1, 1, 1), weight
    inside = _mixed_boxes(images, chance.beta(cutmix), chance)
    if mixup:
        blend = (1 - chance.beta(mixup)).view(-1, 1, 1, 1)
        inside = torch.lerp(inside, blend.expand_as(inside), chance.coin(0.5).view(-1, 1, 1, 1))
    return inside, 1 - inside.mean((1, 2, 3))


def _mixed_boxes(images: Tensor, weight: Tensor, chance: Chance) -> Tensor:
    """Return boxes of 1 - ``weight`` of the area, before the edges cut them."""
    part = (1 - weight).sqrt_()
    height, width = images.shape[2:]
    return _boxes(images, (part * height).long(), (part * width).long(), chance)


def _boxes(images: Tensor, tall: Tensor, wide: Tensor, chance: Chance) -> Tensor:
    """Return (N, 1, H, W) of 1 within a box about a pixel drawn anywhere, else 0."""
    rows, columns = (
        _spans(side, size, chance)
        for side, size in zip(images.shape[2:], (tall, wide), strict=True)
    )
    return (rows[:, :, None] * columns[:, None]).unsqueeze_(1)


def _spans(side: int, size: Tensor, chance: Chance) -> Tensor:
    """Return (N, side) of 1 in the ``size`` (N,) places about a drawn one, else 0."""
    first = chance.whole(0, side - 1) - size // 2
    place = torch.arange(side, device=size.device) - first[:, None]
    return ((place >= 0) & (place < size[:, None])).float()
