"""The same results by torch, on the chosen device, and how far they are from our own sums.

Imports torch when called, so that a pane can be on the screen before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from cnntui.engine.convolution import LEAK, Convolution, whole_output
from cnntui.engine.device import full_precision, torch_device
from cnntui.engine.pooling import Pooling, whole_pooled
from cnntui.engine.warm import warm_torch

if TYPE_CHECKING:
    import torch

TOLERANCE = 1e-5  # relative to the largest value that takes part
TINY = float(np.finfo(np.float32).tiny)  # below it float32 has no relative precision left

TORCH_PAD = {"zeros": "constant"} | {m: m for m in ("reflect", "replicate", "circular")}


@dataclass(frozen=True, eq=False)
class Reference:
    """What torch computed.

    ``output`` (F, H, W) after the activation, float32; ``max_abs_diff`` is the largest difference
    to our own sums, infinity where one is finite and the other not; ``scale`` the largest
    magnitude that a finite sum or result can have.
    """

    device: str
    output: npt.NDArray[np.float32]
    max_abs_diff: float
    scale: float

    @property
    def agrees(self) -> bool:
        """Whether the difference is within float32 rounding."""
        return self.max_abs_diff <= TOLERANCE * self.scale + TINY


def largest_difference(mine: npt.NDArray[np.floating], theirs: npt.NDArray[np.floating]) -> float:
    """Return max |mine − theirs|; equal infinities and two NaN count as agreement."""
    with np.errstate(invalid="ignore", over="ignore"):
        difference = np.abs(mine - theirs)
    if np.isfinite(difference).all():
        return float(difference.max(initial=0.0))
    same = (mine == theirs) | (np.isnan(mine) & np.isnan(theirs))
    difference[same] = 0.0
    difference[np.isnan(difference)] = np.inf
    return float(difference.max(initial=0.0))


def _magnitude(array: npt.NDArray[np.floating]) -> float:
    """Return the largest finite magnitude in the array."""
    return float(np.abs(array[np.isfinite(array)]).max(initial=0.0))


def compared(
    mine: npt.NDArray[np.float64], theirs: npt.NDArray[np.float32], device: str, scale: float
) -> Reference:
    """Put our own result beside torch's."""
    return Reference(device, theirs, largest_difference(mine, theirs), scale)


def convolve(conv: Convolution, device: str = "auto") -> tuple[str, npt.NDArray[np.float32]]:
    """Return the device's name and the whole output (F, H, W) as torch computes it in float32."""
    warm_torch()
    import torch

    on = torch_device(device)
    with torch.inference_mode(), full_precision():
        data = torch.tensor(conv.input, device=on)[None]
        weight = torch.tensor(conv.weight, device=on)
        bias = None if conv.bias is None else torch.tensor(conv.bias, device=on)
        output = _conv2d(conv, data, weight, bias)
        return str(on), _activated(conv.activation, output)[0].cpu().numpy()


def _conv2d(
    conv: Convolution, data: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor | None
) -> torch.Tensor:
    from torch.nn import functional as F

    (top, bottom), (left, right) = conv.pads
    # padded apart: conv2d's fast kernels skip zeros of the padding where inf·0 is NaN, and an
    # even kernel's "same" makes it warn on stderr of the copy it needs
    if any((top, bottom, left, right)):
        data = F.pad(data, (left, right, top, bottom), mode=TORCH_PAD[conv.padding_mode])
    return F.conv2d(data, weight, bias, conv.stride, 0, conv.dilation, conv.groups)


def _activated(name: str, values: torch.Tensor) -> torch.Tensor:
    import torch
    from torch.nn import functional as F

    if name == "leaky-relu":
        return F.leaky_relu(values, LEAK)
    if name == "none":
        return values
    return {"relu": torch.relu, "sigmoid": torch.sigmoid, "tanh": torch.tanh}[name](values)


def checked_convolution(conv: Convolution, device: str = "auto") -> Reference:
    """Compute the whole output twice, by torch and openly, and compare every value."""
    return checked_output(conv, whole_output(conv), device)


def checked_output(conv: Convolution, mine: npt.NDArray[np.float64], device: str) -> Reference:
    """Compare our own whole output with torch's, every value."""
    name, output = convolve(conv, device)
    scale = _magnitude(conv.input) * _magnitude(conv.weight) * float(conv.weight[0].size)
    scale = max(scale, _magnitude(output))  # a large bias; a sigmoid, near 0.5 for small sums
    return compared(mine, output, name, scale)


def pool(pooling: Pooling, device: str = "auto") -> tuple[str, npt.NDArray[np.float32]]:
    """Return the device's name and the whole pooled output (C, H, W) as torch computes it."""
    warm_torch()
    import torch

    on = torch_device(device)
    with torch.inference_mode():
        data = torch.tensor(pooling.input, device=on)[None]
        return str(on), _pool2d(pooling, data)[0].cpu().numpy()


def _pool2d(pooling: Pooling, data: torch.Tensor) -> torch.Tensor:
    from torch.nn import functional as F

    if pooling.kind in ("global-max", "adaptive-max"):
        return F.adaptive_max_pool2d(data, pooling.window.output)
    if pooling.kind in ("global-avg", "adaptive-avg"):
        return F.adaptive_avg_pool2d(data, pooling.window.output)
    kernel, stride, padding = pooling.size, pooling.strides, pooling.padding
    if pooling.kind == "max":
        return F.max_pool2d(data, kernel, stride, padding, pooling.dilation, pooling.ceil_mode)
    include = not pooling.exclude_pad
    return F.avg_pool2d(data, kernel, stride, padding, pooling.ceil_mode, include)


def checked_pooling(pooling: Pooling, device: str = "auto") -> Reference:
    """Pool the whole input twice, by torch and openly, and compare every value."""
    name, output = pool(pooling, device)
    return compared(whole_pooled(pooling), output, name, _magnitude(pooling.input))
