"""Random numbers for a block of pictures, all from one generator."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Chance:
    """Draws one number a picture, on the generator's own device, without waiting for it."""

    generator: torch.Generator
    count: int  # pictures, N

    def around(self, middle: float, reach: float) -> Tensor:
        """Return (N,) uniform numbers in ``middle`` ± ``reach``."""
        drawn = torch.rand(self.count, generator=self.generator, device=self.generator.device)
        return drawn.mul_(2 * reach).add_(middle - reach)

    def coin(self, probability: float) -> Tensor:
        """Return (N,) of 1 with ``probability``, else 0, as floats."""
        drawn = torch.rand(self.count, generator=self.generator, device=self.generator.device)
        return (drawn < probability).float()

    def whole(self, low: int, high: int) -> Tensor:
        """Return (N,) uniform integers, ``low`` and ``high`` included."""
        size, device = (self.count,), self.generator.device
        return torch.randint(low, high + 1, size, generator=self.generator, device=device)

    def beta(self, alpha: float) -> Tensor:
        """Return (N,) numbers distributed as Beta(alpha, alpha)."""
        size, device = (self.count, 2), self.generator.device
        shape = max(float(alpha), 0.01)  # below, both parts are too small even for float64
        pair = torch.full(size, shape, dtype=torch.float64, device=device)
        return torch._sample_dirichlet(pair, generator=self.generator)[:, 0].float()

    def order(self) -> Tensor:
        """Return (N,) the pictures' places in a random order."""
        return torch.randperm(self.count, generator=self.generator, device=self.generator.device)

    def normal(self, shape: torch.Size) -> Tensor:
        """Return standard normal numbers of ``shape``."""
        return torch.randn(shape, generator=self.generator, device=self.generator.device)
