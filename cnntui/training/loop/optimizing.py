"""The optimizer of a network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from cnntui.training.config import Config
from cnntui.training.loop.schedules import peak_rate

NORMS = (nn.modules.batchnorm._NormBase, nn.LayerNorm, nn.GroupNorm, nn.RMSNorm)


def optimizer_of(model: nn.Module, config: Config, device: torch.device) -> torch.optim.Optimizer:
    """Return the optimizer of the trainable parameters; norms and biases don't decay.

    It is the fused one where the device has it: one pass over all parameters a step.
    """
    groups = [
        {"params": decaying, "weight_decay": decay}
        for decaying, decay in zip(split_by_decay(model), (config.weight_decay, 0.0), strict=True)
        if decaying
    ]
    rest: dict[str, Any] = {"lr": peak_rate(config), "fused": device.type in ("cpu", "cuda")}
    if config.optimizer == "sgd":
        nesterov = config.nesterov and config.momentum > 0
        return torch.optim.SGD(groups, momentum=config.momentum, nesterov=nesterov, **rest)
    kind = torch.optim.Adam if config.optimizer == "adam" else torch.optim.AdamW
    return kind(groups, **rest)


def split_by_decay(model: nn.Module) -> tuple[list[Tensor], list[Tensor]]:
    """Return the trainable parameters that decay, and those that don't: norms' and biases."""
    decaying: list[Tensor] = []
    kept: list[Tensor] = []
    seen: set[int] = set()
    for module, name, parameter in _own_parameters(model):
        if id(parameter) in seen or not parameter.requires_grad:
            continue
        seen.add(id(parameter))
        spared = "bias" in name or isinstance(module, NORMS)
        (kept if spared else decaying).append(parameter)
    return decaying, kept


def _own_parameters(model: nn.Module) -> Iterator[tuple[nn.Module, str, nn.Parameter]]:
    for module in model.modules():
        for name, parameter in module.named_parameters(recurse=False):
            yield module, name, parameter


def set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Give every group this learning rate."""
    for group in optimizer.param_groups:
        if isinstance(group["lr"], Tensor):
            group["lr"].fill_(rate)
        else:
            group["lr"] = rate
