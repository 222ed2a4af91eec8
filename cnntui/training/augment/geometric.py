"""Pictures mirrored, moved, turned, zoomed and sheared, a whole block at once.

Positive is to the right, down and clockwise. A picture is mirrored, zoomed, sheared, turned and
moved in this order about its middle, and sampled once: bilinear, pixels as squares
(``align_corners=False``). Where whole pixels are moved nothing is sampled and values stay exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import radians

import torch
import torch.nn.functional as F
from torch import Tensor

from cnntui.training.augment.chance import Chance
from cnntui.training.augment.combinations import Augmentations

_PADDING = {"zeros": "zeros", "edge": "border", "reflect": "reflection", "mean": "zeros"}


@dataclass(frozen=True)
class Geometry:
    """How far a picture may be moved; the strengths are those of the list."""

    flip: float = 0.0
    zoom: float = 0.0
    shear: float = 0.0  # degrees
    rotate: float = 0.0  # degrees
    shift: float = 0.0
    crop: int = 0  # pixels
    fill: str = "zeros"

    @classmethod
    def of(cls, wanted: Augmentations) -> Geometry:
        """Return the geometric part of what is asked for."""
        names = "flip", "zoom", "shear", "rotate", "shift"
        flip, zoom, shear, rotate, shift = map(wanted.strength, names)
        return cls(flip, zoom, shear, rotate, shift, int(wanted.strength("crop")), wanted.fill)

    def applied(self, images: Tensor, chance: Chance) -> Tensor:
        """Return the pictures (N, C, H, W), each changed by its own draw."""
        mirror = chance.coin(self.flip) if self.flip else None
        if self.zoom or self.shear or self.rotate:
            angle = chance.around(0, radians(self.rotate))
            matrix = matrices(angle, *self._scales(chance), mirror)
            return sampled(images, matrix, *self._moves(images, chance), self.fill)
        if mirror is not None:
            images = mirrored(images, mirror)
        if not any(map(self._reach, images.shape[2:])):
            return images
        reach = self._reach(images.shape[2]), self._reach(images.shape[3])
        return moved(images, *self._moves(images, chance), reach, self.fill)

    def _scales(self, chance: Chance) -> tuple[Tensor, Tensor]:
        """Return (N,) shears as angles in radians, and factors of size."""
        return chance.around(0, radians(self.shear)), chance.around(1, self.zoom)

    def _reach(self, side: int) -> int:
        """Return the most pixels by which a picture of this side moves."""
        return round(self.shift * side) + self.crop

    def _moves(self, images: Tensor, chance: Chance) -> tuple[Tensor, Tensor]:
        """Return (N,) whole pixels down and to the right, as integers."""
        height, width = images.shape[2:]
        return self._move(height, chance), self._move(width, chance)

    def _move(self, side: int, chance: Chance) -> Tensor:
        most = round(self.shift * side)
        shift = chance.around(0, self.shift * side).round_().clamp_(-most, most).long()
        return shift.add_(chance.whole(-self.crop, self.crop)) if self.crop else shift


def mirrored(images: Tensor, mirror: Tensor) -> Tensor:
    """Return the pictures, left to right where ``mirror`` (N,) is 1 and as they are where 0."""
    return torch.lerp(images, images.flip(3), mirror.view(-1, 1, 1, 1))  # exact at 0 and 1


def moved(images: Tensor, down: Tensor, right: Tensor, reach: tuple[int, int], fill: str) -> Tensor:
    """Return the pictures moved by whole pixels (N,), none farther than ``reach``."""
    count, channels, height, width = images.shape
    framed = _framed(images, reach, fill)
    row = framed.shape[3]  # not its strides: one channel's plane may have any, in channels_last
    plane = framed.shape[2] * row
    # a moved picture is one run of values in its frame: from its first to its last
    run = (channels - 1) * plane + (height - 1) * row + width
    runs = framed.flatten().unfold(0, run, 1)  # a view of all runs, (places, run)
    first = torch.arange(count, device=images.device) * (channels * plane)
    chosen = runs.index_select(0, first + (reach[0] - down) * row + (reach[1] - right))
    return chosen.as_strided(images.shape, (run, plane, row, 1))


def matrices(angle: Tensor, slant: Tensor, factor: Tensor, mirror: Tensor | None) -> Tensor:
    """Return (N, 2, 2): from a place in the new picture to (x, y) in the old, from the middle.

    The inverse of rotation · shear · zoom · mirror; ``angle`` and ``slant`` (N,) in radians.
    """
    sin, cos, slope = angle.sin(), angle.cos(), slant.tan()
    rows = [cos + slope * sin, sin - slope * cos, -sin, cos]
    matrix = torch.stack(rows, 1).view(-1, 2, 2) / factor.view(-1, 1, 1)
    if mirror is not None:
        matrix[:, 0] *= (1 - 2 * mirror)[:, None]
    return matrix


def sampled(images: Tensor, matrix: Tensor, down: Tensor, right: Tensor, fill: str) -> Tensor:
    """Return the pictures through ``matrix`` (N, 2, 2), then moved by pixels (N,)."""
    mean = images.mean((2, 3), keepdim=True) if fill == "mean" else None
    grid = _grid(matrix, down, right, *images.shape[2:])
    source = images if mean is None else images - mean
    sampled = F.grid_sample(source, grid, padding_mode=_PADDING[fill], align_corners=False)
    return (sampled if mean is None else sampled.add_(mean)).clamp_(0, 1)  # rounding may leave 0..1


def _grid(matrix: Tensor, down: Tensor, right: Tensor, height: int, width: int) -> Tensor:
    """Return (N, H, W, 2) places in -1..1, x and y in planes of their own.

    What F.affine_grid gives, without its product: a part of each row and one of each column.
    """
    x = _middles(width, matrix) - right[:, None]  # (N, W) pixels from the middle
    y = _middles(height, matrix) - down[:, None]
    across = matrix[:, :, :1] * x[:, None]  # (N, 2, W)
    along = matrix[:, :, 1:] * y[:, None]  # (N, 2, H)
    for part in (across, along):
        part[:, 0] *= 2 / width
        part[:, 1] *= 2 / height
    return (across[:, :, None] + along[:, :, :, None]).permute(0, 2, 3, 1)


def _middles(side: int, like: Tensor) -> Tensor:
    return torch.arange(side, dtype=like.dtype, device=like.device) - (side - 1) / 2


def _framed(images: Tensor, reach: tuple[int, int], fill: str) -> Tensor:
    """Return the pictures with a border of ``reach`` rows and columns on each side."""
    rows, columns = reach
    border = (columns, columns, rows, rows)
    if fill == "zeros":
        return F.pad(images, border)
    if fill == "edge":
        return F.pad(images, border, mode="replicate")
    if fill == "reflect":
        down, right = (
            _folded(*each, images.device) for each in zip(images.shape[2:], reach, strict=True)
        )
        return images.index_select(2, down).index_select(3, right)
    height, width = images.shape[2:]
    mean = images.mean((2, 3), keepdim=True)
    framed = mean.repeat(1, 1, height + 2 * rows, width + 2 * columns)
    framed[:, :, rows : rows + height, columns : columns + width] = images
    return framed


def _folded(side: int, reach: int, device: torch.device) -> Tensor:
    """Return the place of each row of a picture mirrored at its edges: 1 0 0 1 2 2 1."""
    place = torch.arange(-reach, side + reach, device=device) % (2 * side)
    return torch.minimum(place, 2 * side - 1 - place)
