"""Results on the meta device that are plain from the arguments; knows neither rows nor models.

Torch works a batch norm out there in Python, operation by operation: half of a ResNet's time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F


def plain_result(
    func: Callable[..., Any], args: Sequence[Any], options: Mapping[str, Any]
) -> Tensor | None:
    """Return what ``func`` gives on meta; None where torch has to be asked, or would refuse."""
    return _batch_norm(*args, **options) if func is F.batch_norm else None


def _batch_norm(
    input: Any,
    running_mean: Any = None,
    running_var: Any = None,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor | None:
    """By running statistics, the output is as the input: no value and no mode changes that."""
    if training or type(input) is not Tensor or not input.is_meta or input.dim() < 2:
        return None
    held = [running_mean, running_var, *(x for x in (weight, bias) if x is not None)]
    fits = all(isinstance(x, Tensor) and x.is_meta and x.shape == input.shape[1:2] for x in held)
    return torch.empty_like(input) if fits and input.is_floating_point() else None
