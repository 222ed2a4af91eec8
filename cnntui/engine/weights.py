"""Makes a weight (F, C/groups, kh, kw) fit an input's channels and groups."""

from __future__ import annotations

import numpy as np

from cnntui.engine.geometry import IllegalSetting
from cnntui.engine.padded import Array


def weight_for(kernel: Array, channels: int, groups: int = 1) -> Array:
    """Return ``kernel`` as a convolution weight.

    (kh, kw) is applied to each channel and summed, in each group: (groups, C/groups, kh, kw).
    (C/groups, kh, kw) is one filter. (F, C/groups, kh, kw) is taken as it is. Raises
    IllegalSetting where groups do not divide the channels of a 2-D kernel, or for other shapes.
    """
    if kernel.ndim == 2:
        if groups < 1 or channels % groups:
            legal = ", ".join(str(n) for n in divisors(channels))
            raise IllegalSetting(
                f"in_channels must be divisible by groups: {channels} input channels, "
                f"groups={groups}; groups {legal} would do"
            )
        return np.tile(kernel, (groups, channels // groups, 1, 1))
    if kernel.ndim == 3:
        return kernel[None]
    if kernel.ndim == 4:
        return kernel
    raise IllegalSetting(
        f"a kernel of {kernel.ndim} dimensions; give (kh, kw), (C, kh, kw) or (F, C/groups, kh, kw)"
    )


def divisors(number: int) -> list[int]:
    """Return the divisors of ``number`` in ascending order."""
    return [n for n in range(1, number + 1) if number % n == 0]


def regrouped(weight: Array, channels: int, groups: int) -> Array:
    """Return ``weight`` for other groups: its channels repeat or are cut.

    One filter, or one a group, becomes one a group; several filters stay as many.
    """
    filters, per_group = weight.shape[0], channels // groups
    old_groups = channels // weight.shape[1]
    if filters in (1, old_groups) and filters != groups:
        weight = weight[np.arange(groups) % filters]
    return np.ascontiguousarray(weight[:, np.arange(per_group) % weight.shape[1]])
