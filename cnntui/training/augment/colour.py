"""Brightness, contrast, saturation and noise of a block of pictures in 0..1.

As Pillow's ImageEnhance defines them, in floats. Grey is 0.299 R + 0.587 G + 0.114 B (the mean of
the channels where there aren't three). The three come in this order as one linear map of each
picture, cut off to 0..1 once, at its end.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from cnntui.training.augment.chance import Chance
from cnntui.training.augment.combinations import Augmentations

_GREY = (0.299, 0.587, 0.114)


@dataclass(frozen=True)
class Colour:
    """How far the colours of a picture may change; the strengths are those of the list."""

    brightness: float = 0.0
    contrast: float = 0.0
    saturation: float = 0.0
    noise: float = 0.0

    @classmethod
    def of(cls, wanted: Augmentations) -> Colour:
        """Return the colours' part of what is asked for."""
        return cls(*map(wanted.strength, ("brightness", "contrast", "saturation", "noise")))

    def applied(self, images: Tensor, chance: Chance) -> Tensor:
        """Return the pictures (N, C, H, W), each changed by its own draw."""
        if self.brightness or self.contrast or self.saturation:
            images = self._tinted(images, chance)
        if self.noise:
            noise = chance.normal(images.shape)
            images = noise.mul_(self.noise).add_(images).clamp_(0, 1)
        return images

    def _tinted(self, images: Tensor, chance: Chance) -> Tensor:
        brightness, contrast = chance.around(1, self.brightness), chance.around(1, self.contrast)
        saturation = chance.around(1, self.saturation) if self.saturation else None
        return tinted(images, brightness, contrast, saturation)


def tinted(
    images: Tensor, brightness: Tensor, contrast: Tensor, saturation: Tensor | None
) -> Tensor:
    """Return the pictures with factors (N,) of brightness, contrast and saturation applied.

    With b, c, s and the grey g of a pixel, m of the picture:
    v → b c (s v + (1 - s) g) + b (1 - c) m.
    """
    gain = (brightness * contrast).view(-1, 1, 1, 1)
    rest = brightness.view(-1, 1, 1, 1) - gain
    if saturation is None or images.shape[1] == 1:
        means = images.mean((2, 3), keepdim=True)
        return (images * gain).add_(rest * grey(means)).clamp_(0, 1)
    own = gain * saturation.view(-1, 1, 1, 1)
    greys = grey(images)  # (N, 1, H, W)
    added = rest * greys.mean((2, 3), keepdim=True) + (gain - own) * greys
    return (images * own).add_(added).clamp_(0, 1)


def grey(images: Tensor) -> Tensor:
    """Return (N, 1, H, W) the grey of each pixel."""
    if images.shape[1] != 3:
        return images.mean(1, keepdim=True)
    red, green, blue = torch.split(images, 1, 1)
    return (red * _GREY[0]).add_(green, alpha=_GREY[1]).add_(blue, alpha=_GREY[2])
