"""What flows into one layer for one picture, as a convolution or pooling that can be stepped.

Imports torch. The model is left as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cnntui.engine.convolution import Convolution
from cnntui.engine.padded import Array
from cnntui.engine.pooling import Pooling
from cnntui.engine.tracing.running import left_alone
from cnntui.errors import UserError

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # ImageNet's, of RGB in [0, 1]


class _Reached(Exception):
    """The layer was reached: the rest of the network need not run."""


def prepared(picture: Array, shape: Sequence[int]) -> Tensor:
    """Return a picture (C, H, W) of 0..255 as a network's input (1, C, H, W).

    Resized bilinearly to ``shape``, scaled to [0, 1] and, for RGB, normalised by ImageNet's mean
    and deviation. A grey net gets the mean of the channels, an RGB net a grey picture three times.
    """
    data = torch.tensor(picture)[None] / 255.0
    channels, height, width = shape
    data = F.interpolate(data, (height, width), mode="bilinear", antialias=True)
    if data.shape[1] != channels:
        data = data.mean(dim=1, keepdim=True).expand(1, channels, -1, -1)
    if channels == 3:
        data = (data - torch.tensor(MEAN).view(3, 1, 1)) / torch.tensor(DEVIATION).view(3, 1, 1)
    return data.contiguous()


def input_of(model: nn.Module, name: str, call: int, data: Tensor) -> Tensor:
    """Return what the layer ``name`` reads at its ``call``-th call, (1, C, H, W).

    The pass is in eval mode, without gradients, and stops there. Raises UserError where the layer
    is not called so often, or the network fails before.
    """
    seen: list[Tensor] = []

    def catch(_: nn.Module, given: tuple[Any, ...], named: dict[str, Any]) -> None:
        read = (*given, *named.values())[0]
        seen.append(read.detach().clone())  # a later in-place operation must not change it
        if len(seen) > call:
            raise _Reached

    layer = model.get_submodule(name)
    try:
        with (
            left_alone(model, "real"),
            torch.no_grad(),
            layer.register_forward_pre_hook(catch, with_kwargs=True),
        ):
            model(_like_parameters(data, model))
    except _Reached:
        return seen[call]
    except (RuntimeError, ValueError, TypeError, IndexError) as error:
        message = str(error).partition("\n")[0]
        raise UserError(f"the network stops before it reaches {name}: {message}") from error
    raise UserError(f"{name} is not called {call + 1} times in a forward pass")


def _like_parameters(data: Tensor, model: nn.Module) -> Tensor:
    """Return the data in the parameters' type and on their device."""
    first = next((p for p in model.parameters() if p.is_floating_point()), data)
    return data.to(first.device, first.dtype)


def stepped(layer: nn.Module, activation: Tensor) -> Convolution | Pooling:
    """Return the layer on its activation (1, C, H, W) as an operation that can be stepped.

    Raises UserError for a layer that is no 2-D convolution or pooling.
    """
    data = activation[0].to("cpu", torch.float32).numpy()
    if isinstance(layer, nn.Conv2d) and _is_plain(layer):
        return _convolution(layer, data)
    if isinstance(layer, nn.MaxPool2d | nn.AvgPool2d | nn.AdaptiveAvgPool2d | nn.AdaptiveMaxPool2d):
        return _pooling(layer, data)
    kind = type(layer).__name__
    raise UserError(f"a {kind} can't be stepped; choose a plain 2-D convolution or pooling")


def _is_plain(layer: nn.Conv2d) -> bool:
    """Whether it computes as torch's own does; a subclass may change the weights on the way."""
    kind = type(layer)
    own = nn.Conv2d
    return kind.forward is own.forward and kind._conv_forward is own._conv_forward


def _convolution(layer: nn.Conv2d, data: Array) -> Convolution:
    bias = None if layer.bias is None else layer.bias.detach().cpu().float().numpy()
    padding = layer.padding if isinstance(layer.padding, str) else _pair(layer.padding)
    return Convolution(
        data,
        layer.weight.detach().cpu().float().numpy(),
        bias,
        _pair(layer.stride),
        padding,
        layer.padding_mode,
        _pair(layer.dilation),
        layer.groups,
    )


def _pooling(layer: Any, data: Array) -> Pooling:
    if isinstance(layer, nn.AdaptiveAvgPool2d | nn.AdaptiveMaxPool2d):
        height, width = _pair(layer.output_size)  # None: as many as there are
        size = height or int(data.shape[1]), width or int(data.shape[2])
        kind = "adaptive-avg" if isinstance(layer, nn.AdaptiveAvgPool2d) else "adaptive-max"
        return Pooling(data, kind, output_size=size)
    maximum = isinstance(layer, nn.MaxPool2d)
    if not maximum and layer.divisor_override:
        raise UserError("this average pooling divides by a number of its own; it is not stepped")
    return Pooling(
        data,
        "max" if maximum else "avg",
        _pair(layer.kernel_size),
        _pair(layer.stride),
        _pair(layer.padding),
        _pair(layer.dilation) if maximum else (1, 1),
        layer.ceil_mode,
        not maximum and not layer.count_include_pad,
    )


def _pair(value: Any) -> tuple[int, int]:
    pair: tuple[int, int] = tuple(value) if isinstance(value, tuple | list) else (value, value)
    return pair
