"""Results on the meta device that are plain from the arguments: batch norms.

Torch works a batch norm out there in Python, operation by operation: half of a ResNet's time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode

Given = Mapping[str, Any]


def plain_result(func: Callable[..., Any], args: Sequence[Any], options: Given) -> Tensor | None:
    """Return what ``func`` gives on meta; None where torch has to be asked, or would refuse.

    By running statistics, a batch norm's output is as its input: no value and no mode changes that.
    """
    if func is not F.batch_norm:
        return None
    x, mean, variance, weight, bias, training = _normed(*args, **options)
    plain = not training and mean is not None and variance is not None
    return torch.empty_like(x) if plain and _fits(x, mean, variance, weight, bias) else None


class TrainingShortcuts(TorchFunctionMode):
    """Batch norms in training on meta that save for the backward pass what torch's save."""

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Sequence[Any] = (),
        kwargs: Given | None = None,
    ) -> Any:  # fmt: skip
        """Call a torch function."""
        options = kwargs or {}
        if func is F.batch_norm:
            x, mean, variance, weight, bias, training = _normed(*args, **options)
            if training and _fits(x, mean, variance, weight, bias):
                return _BatchNorm.apply(x, weight, bias)  # type: ignore[no-untyped-call]
        return func(*args, **options)


class _BatchNorm(torch.autograd.Function):
    """Saves the input, the weight, and the batch's mean and deviation of each channel."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor | None, bias: Tensor | None) -> Tensor:
        channels = x.shape[1]
        ctx.save_for_backward(x, weight, x.new_empty(channels), x.new_empty(channels))
        return torch.empty_like(x)


def _normed(
    input: Any,
    running_mean: Any = None,
    running_var: Any = None,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> tuple[Any, Any, Any, Any, Any, bool]:
    """Return the arguments of a batch norm that say what comes out."""
    return input, running_mean, running_var, weight, bias, training


def _fits(x: Any, *vectors: Any) -> bool:
    """Whether all is on meta, floating point, and one number a channel."""
    if type(x) is not Tensor or not x.is_meta or x.dim() < 2 or not x.is_floating_point():
        return False
    held = [vector for vector in vectors if vector is not None]
    return all(isinstance(v, Tensor) and v.is_meta and v.shape == x.shape[1:2] for v in held)
