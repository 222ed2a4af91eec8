"""Builds a known network by its entry, on meta without drawing a single weight."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from cnntui.errors import UserError
from cnntui.ground.names import cut
from cnntui.models.naming import Net

FILLS = {"normal_", "uniform_", "kaiming_normal_", "kaiming_uniform_", "constant_"}
FILLS |= {"fill_", "zero_", "erfinv_", "mul_", "add_", "clamp_"}  # trunc_normal_ is made of these


def build_net(net: Net, classes: int, in_channels: int, on_meta: bool = True) -> nn.Module:
    """Build a known network, untrained. Raises UserError where it can't be that size."""
    for count, what in ((classes, "classes"), (in_channels, "input channels")):
        if not 1 <= count < 1 << 31:
            raise UserError(f"{net.name} can't have {count} {what}; give a whole number from 1 on")
    build = net.entry.load()
    try:
        if on_meta:
            with meta():
                model = build(net.name, classes, in_channels)
        else:
            model = build(net.name, classes, in_channels)
    except (RuntimeError, MemoryError, OverflowError) as error:
        size = f"{classes} classes and {in_channels} input channels"
        raise UserError(f"{net.name} can't be built with {size}: {cut(str(error), 160)}") from error
    assert isinstance(model, nn.Module)
    return model


@contextmanager
def meta() -> Iterator[None]:
    """Make what is built inside on the meta device, without initialising it."""
    with torch.device("meta"), _Unfilled():
        yield


class _Unfilled(TorchFunctionMode):
    """Leaves tensors on meta as they are: torch would import its compiler (3 s) to fill nothing."""

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        named = kwargs or {}
        filled = args[0] if args else named.get("tensor")  # torch.nn.init passes it by name
        fills = getattr(func, "__name__", "") in FILLS
        if fills and isinstance(filled, Tensor) and filled.is_meta:
            return filled
        return func(*args, **named)
