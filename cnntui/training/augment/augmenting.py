"""Augmentation of many pictures at once, on the device where they lie.

Every random number comes from the generator that is given, so that a resumed run draws the same.
Nothing waits for the device, and there is no loop over pictures.
"""

from __future__ import annotations

import torch
from torch import Tensor

from cnntui.training.augment.chance import Chance
from cnntui.training.augment.colour import Colour
from cnntui.training.augment.combinations import Augmentations
from cnntui.training.augment.geometric import Geometry
from cnntui.training.augment.mixing import Mixed, blanked, mixed

Targets = Tensor | Mixed
BLOCK = 3 << 18  # values worked on together on a CPU, what its caches hold: 256 of 3×32×32


class Augmenter:
    """Applies what is asked for, in the order of KINDS: moves, colours, noise, holes, mixing.

    Called with images (N, C, H, W), uint8 or float32 in 0..1 before normalisation, labels int64
    (N,) and a generator of the images' device; returns float32 images in 0..1 and targets. What it
    is given stays as it is. channels_last comes back as channels_last. N is free: several batches
    at once cost less than one at a time; partners of mixup and CutMix come from the same
    block of at least 32 pictures, on a GPU from all that are given.
    """

    def __init__(self, wanted: Augmentations) -> None:
        self._geometry, self._colour = Geometry.of(wanted), Colour.of(wanted)
        self._cutout, self._fill = wanted.strength("cutout"), wanted.fill
        self._mixup, self._cutmix = wanted.strength("mixup"), wanted.strength("cutmix")
        self._idle = not wanted

    @property
    def mixes(self) -> bool:
        """Whether the targets are Mixed."""
        return bool(self._mixup or self._cutmix)

    def __call__(
        self,
        images: Tensor,
        labels: Tensor,
        generator: torch.Generator,
        out: Tensor | None = None,
    ) -> tuple[Tensor, Targets]:
        """Return the augmented images and their targets; ``out`` takes the images if given.

        A buffer used again saves the new memory's first touch, the greater part of a long call. It
        may have another layout.
        """
        if self._idle or not len(images):
            return in_floats(images) if out is None else out.copy_(in_floats(images)), labels
        size = _block(images)
        pictures = torch.empty_like(images, dtype=torch.float32) if out is None else out
        targets = []
        blocks = zip(*(torch.split(each, size) for each in (images, labels, pictures)), strict=True)
        for block, block_labels, place in blocks:
            altered, target = self._altered(block, block_labels, generator)
            place.copy_(altered)
            targets.append(target)
        return pictures, _joined(targets)

    def _altered(
        self, images: Tensor, labels: Tensor, generator: torch.Generator
    ) -> tuple[Tensor, Targets]:
        chance = Chance(generator, len(images))
        images = in_floats(images.contiguous())  # in this layout all of it is fastest on a CPU
        images = self._colour.applied(self._geometry.applied(images, chance), chance)
        if self._cutout:
            images = blanked(images, self._cutout, self._fill, chance)
        if self.mixes:
            return mixed(images, labels, self._mixup, self._cutmix, chance)
        return images, labels


def _block(images: Tensor) -> int:
    """Return how many pictures are worked on together."""
    if images.device.type != "cpu":
        return len(images)
    return max(32, BLOCK // max(1, images[0].numel()))


def in_floats(images: Tensor) -> Tensor:
    """Return uint8 pictures as float32 in 0..1, and others as they are."""
    return images.to(torch.float32).div_(255) if images.dtype == torch.uint8 else images


def _joined(targets: list[Targets]) -> Targets:
    if len(targets) == 1:
        return targets[0]
    whole, pieces = [], [each for each in targets if isinstance(each, Mixed)]
    if not pieces:
        return torch.cat([each for each in targets if isinstance(each, Tensor)])
    for name in ("labels", "others", "weight"):
        whole.append(torch.cat([getattr(each, name) for each in pieces]))
    return Mixed(*whole)
