"""SqueezeNet: AlexNet's accuracy with a fiftieth of its weights."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from cnntui.errors import UserError

ABOUT = {
    "entry": "build",
    "family": "SqueezeNet",
    "nets": [
        {
            "name": "squeezenet1_1",
            "title": "SqueezeNet 1.1",
            "year": 2016,
            "depth": 18,
            "input": [3, 224, 224],
            "classes": 1000,
            "params": 1235496,
            "top1": 58.178,
            "top5": 80.624,
            "figures": "torchvision IMAGENET1K_V1 weights",
            "idea": "fire modules: squeeze to few channels by 1×1, then expand by 1×1 and 3×3",
            "paper": "Iandola et al. 2016, SqueezeNet: AlexNet-level accuracy with 50x fewer "
            "parameters and <0.5MB model size, arXiv:1602.07360; 1.1: its authors' repository",
        },
    ],
}


class Fire(nn.Module):
    """Squeezes, then expands by 1×1 and 3×3: (N, C, H, W) → (N, 2 expand, H, W)."""

    def __init__(self, channels: int, squeeze: int, expand: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(channels, squeeze, 1)
        self.squeeze_activation = nn.ReLU()
        self.expand1x1 = nn.Conv2d(squeeze, expand, 1)
        self.expand1x1_activation = nn.ReLU()
        self.expand3x3 = nn.Conv2d(squeeze, expand, 3, padding=1)
        self.expand3x3_activation = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """Return the 1×1 maps, and behind them the 3×3 maps."""
        x = self.squeeze_activation(self.squeeze(x))
        ones = self.expand1x1_activation(self.expand1x1(x))
        threes = self.expand3x3_activation(self.expand3x3(x))
        return torch.cat([ones, threes], 1)


class SqueezeNet(nn.Module):
    """A convolution, eight fire modules, and a 1×1 convolution to the classes; nothing dense."""

    def __init__(self, num_classes: int, in_channels: int) -> None:
        super().__init__()
        self.features = features(in_channels)
        last = nn.Conv2d(512, num_classes, 1)
        self.classifier = nn.Sequential(
            nn.Dropout(0.5), last, nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()
        )
        self.apply(initialise)
        nn.init.normal_(last.weight, 0, 0.01)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits, none below 0: (N, C, H, W) → (N, classes); H and W from 17 up."""
        logits: Tensor = self.classifier(self.features(x))
        return logits


def features(in_channels: int) -> nn.Sequential:
    """Return all but the head: (N, in_channels, 224, 224) → (N, 512, 13, 13)."""
    return nn.Sequential(
        nn.Conv2d(in_channels, 64, 3, stride=2),  # (N, 64, 111, 111)
        nn.ReLU(),
        nn.MaxPool2d(3, stride=2, ceil_mode=True),
        Fire(64, 16, 64),  # (N, 128, 55, 55)
        Fire(128, 16, 64),
        nn.MaxPool2d(3, stride=2, ceil_mode=True),
        Fire(128, 32, 128),  # (N, 256, 27, 27)
        Fire(256, 32, 128),
        nn.MaxPool2d(3, stride=2, ceil_mode=True),
        Fire(256, 48, 192),  # (N, 384, 13, 13)
        Fire(384, 48, 192),
        Fire(384, 64, 256),  # (N, 512, 13, 13)
        Fire(512, 64, 256),
    )


def initialise(module: nn.Module) -> None:
    """Draw the weights as He et al. 2015, uniformly; biases start at 0."""
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_uniform_(module.weight)
        if module.bias is not None:
            nn.init.zeros_(module.bias)


def build(name: str, num_classes: int = 1000, in_channels: int = 3) -> nn.Module:
    """Return SqueezeNet with torchvision's parameter names; raises UserError for another name."""
    if name != "squeezenet1_1":
        raise UserError(f"no SqueezeNet is called {name}: there is squeezenet1_1")
    return SqueezeNet(num_classes, in_channels)
