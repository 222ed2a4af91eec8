"""Torch's ways to resize a picture, with and without antialiasing."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
Pair = tuple[int, int]  # (height, width)

# torch's modes, in the order of the methods; "nearest-exact" is Pillow's nearest
MODES = ("nearest", "nearest-exact", "bilinear", "bicubic", "area")
ANTIALIASED = ("bilinear", "bicubic")


def resized(values: Array, size: Pair, mode: str, antialias: bool = False) -> Array:
    """Return (C, H, W) in another size as torch.nn.functional.interpolate makes it.

    ``mode`` is one of MODES; ``antialias`` is for those of ANTIALIASED. Worked out in float64: in
    float32 a place in the picture, and with it a value, differs between CPUs in the third decimal.
    """
    import torch
    from torch.nn.functional import interpolate

    resized = interpolate(
        torch.from_numpy(np.array(values, np.float64))[None],
        size=size,
        mode=mode,
        antialias=antialias,
    )[0]
    array: Array = resized.float().numpy()
    return array
