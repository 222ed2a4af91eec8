"""A written network as a torch module."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from torch import nn

from cnntui.engine.building.blueprint import Blueprint, ImageShape
from cnntui.engine.building.parts import Part, fitting, parts
from cnntui.engine.building.residual import Residual


def build(
    blueprint: Blueprint, input_shape: ImageShape | None = None, num_classes: int | None = None
) -> nn.Sequential:
    """Return the network as a Sequential with names: ``conv1``, ``bn1``, ``pool1``, ``dense1``.

    It takes (N, C, H, W); ``num_classes`` replaces the units of the last dense layer. Modules are
    made on the default device, so under ``torch.device("meta")`` they cost no memory. Raises
    UserError with the first wrong line.
    """
    made = parts(fitting(blueprint, input_shape, num_classes))
    return nn.Sequential(OrderedDict((part.name, _module(part)) for part in made))


def _module(part: Part) -> nn.Module:
    kind: Callable[..., nn.Module] = getattr(nn, part.kind, Residual)
    return kind(*part.positional, **part.named)
