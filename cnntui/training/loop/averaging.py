"""A moving average of a network's weights: Polyak and Juditsky 1992."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

import torch
from torch import Tensor, nn


class Average:
    """A copy of a network whose weights and running statistics follow it slowly."""

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.model, self._decay = deepcopy(model), decay
        self._ours, self._theirs = list(_floats(self.model)), list(_floats(model))
        pairs = zip(self.model.buffers(), model.buffers(), strict=True)
        self._counts = [pair for pair in pairs if not pair[0].is_floating_point()]

    @torch.no_grad()
    def follow(self, step: int) -> None:
        """Move by a part of the way; early on it is greater, as in the mean of few steps."""
        decay = min(self._decay, (1 + step) / (10 + step))
        torch._foreach_lerp_(self._ours, self._theirs, 1 - decay)
        for own, other in self._counts:
            own.copy_(other)


def _floats(model: nn.Module) -> Iterator[Tensor]:
    for tensor in (*model.parameters(), *model.buffers()):
        if tensor.is_floating_point():
            yield tensor.detach()
