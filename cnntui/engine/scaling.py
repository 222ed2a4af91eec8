"""EfficientNet's compound scaling, and the networks published with it."""

from __future__ import annotations

from dataclasses import dataclass
from math import log2

DEPTH, WIDTH, RESOLUTION = 1.2, 1.1, 1.15  # α, β, γ of Tan and Le 2019, section 3.3
B0_RESOLUTION = 224
B0_MACS = 0.39  # thousand millions; the paper's "FLOPS" count a multiply–add as one


@dataclass(frozen=True)
class Compound:
    """EfficientNet's scaling of B0 by one φ (Tan and Le 2019, equation 3)."""

    phi: float

    @property
    def depth(self) -> float:
        """Layers, α^φ."""
        return float(DEPTH**self.phi)

    @property
    def width(self) -> float:
        """Channels, β^φ."""
        return float(WIDTH**self.phi)

    @property
    def resolution(self) -> float:
        """Height and width of the picture, γ^φ."""
        return float(RESOLUTION**self.phi)

    @property
    def flops(self) -> float:
        """(α·β²·γ²)^φ: channels and picture count twice; about 2^φ."""
        return self.depth * self.width**2 * self.resolution**2


@dataclass(frozen=True)
class Published:
    """One EfficientNet as published: multipliers of the authors' code, figures of the paper."""

    name: str
    depth: float
    width: float
    resolution: int
    macs: float  # thousand millions
    top1: float  # per cent

    @property
    def phi(self) -> float:
        """The φ for which 2^φ is this network's multiply–adds over B0's."""
        return log2(self.macs / B0_MACS)


# efficientnet_builder.py of tensorflow/tpu; table 2 of arXiv:1905.11946v5
EFFICIENTNETS = (
    Published("B0", 1.0, 1.0, 224, 0.39, 77.1),
    Published("B1", 1.1, 1.0, 240, 0.70, 79.1),
    Published("B2", 1.2, 1.1, 260, 1.0, 80.1),
    Published("B3", 1.4, 1.2, 300, 1.8, 81.6),
    Published("B4", 1.8, 1.4, 380, 4.2, 82.9),
    Published("B5", 2.2, 1.6, 456, 9.9, 83.6),
    Published("B6", 2.6, 1.8, 528, 19.0, 84.0),
    Published("B7", 3.1, 2.0, 600, 37.0, 84.3),
)
