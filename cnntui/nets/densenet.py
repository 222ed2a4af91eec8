"""DenseNet: every layer sees all the maps before it."""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import Tensor, nn

from cnntui.errors import UserError

ABOUT = {
    "entry": "build",
    "family": "DenseNet",
    "nets": [
        {
            "name": "densenet121",
            "title": "DenseNet-121",
            "year": 2016,
            "depth": 121,
            "input": [3, 224, 224],
            "classes": 1000,
            "params": 7978856,
            "top1": 74.434,
            "top5": 91.972,
            "figures": "torchvision IMAGENET1K_V1 weights",
            "idea": "every layer reads all the maps before it and adds 32 of its own",
            "paper": "Huang et al. 2016, Densely Connected Convolutional Networks, "
            "arXiv:1608.06993",
        },
    ],
}

GROWTH = 32  # maps that a layer adds: the paper's k
BLOCKS = {"densenet121": (6, 12, 24, 16)}


class DenseLayer(nn.Module):
    """Hands on what it got and what it made of it: (N, C, H, W) → (N, C + 32, H, W)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm1 = nn.BatchNorm2d(channels)
        self.relu1 = nn.ReLU()
        self.conv1 = nn.Conv2d(channels, 4 * GROWTH, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(4 * GROWTH)
        self.relu2 = nn.ReLU()
        self.conv2 = nn.Conv2d(4 * GROWTH, GROWTH, 3, padding=1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Return the input's maps, and behind them the new ones."""
        narrow = self.conv1(self.relu1(self.norm1(x)))  # (N, 128, H, W)
        new = self.conv2(self.relu2(self.norm2(narrow)))  # (N, 32, H, W)
        return torch.cat([x, new], 1)


class DenseNet(nn.Module):
    """A 7×7 stem, dense blocks with a transition between them, and one dense layer."""

    def __init__(self, blocks: tuple[int, ...], num_classes: int, in_channels: int) -> None:
        super().__init__()
        self.features = stem(in_channels)
        channels = 64
        for number, layers in enumerate(blocks, 1):
            self.features.add_module(f"denseblock{number}", dense_block(channels, layers))
            channels += layers * GROWTH
            if number < len(blocks):
                self.features.add_module(f"transition{number}", transition(channels))
                channels //= 2
        self.features.add_module("norm5", nn.BatchNorm2d(channels))
        self.relu = nn.ReLU()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(channels, num_classes)
        self.apply(initialise)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits: (N, C, H, W) → (N, classes); H and W from 29 up."""
        maps: Tensor = self.avgpool(self.relu(self.features(x)))  # (N, 1024, 1, 1)
        logits: Tensor = self.classifier(maps.flatten(1))
        return logits


def stem(in_channels: int) -> nn.Sequential:
    """Return the first layers: (N, in_channels, H, W) → (N, 64, H/4, W/4)."""
    layers: list[tuple[str, nn.Module]] = [
        ("conv0", nn.Conv2d(in_channels, 64, 7, stride=2, padding=3, bias=False)),
        ("norm0", nn.BatchNorm2d(64)),
        ("relu0", nn.ReLU()),
        ("pool0", nn.MaxPool2d(3, stride=2, padding=1)),
    ]
    return nn.Sequential(OrderedDict(layers))


def dense_block(channels: int, layers: int) -> nn.Sequential:
    """Return a block: (N, C, H, W) → (N, C + 32 layers, H, W)."""
    named = {f"denselayer{i + 1}": DenseLayer(channels + i * GROWTH) for i in range(layers)}
    return nn.Sequential(OrderedDict(named))


def transition(channels: int) -> nn.Sequential:
    """Return what halves all: (N, C, H, W) → (N, C/2, H/2, W/2)."""
    layers: list[tuple[str, nn.Module]] = [
        ("norm", nn.BatchNorm2d(channels)),
        ("relu", nn.ReLU()),
        ("conv", nn.Conv2d(channels, channels // 2, 1, bias=False)),
        ("pool", nn.AvgPool2d(2)),
    ]
    return nn.Sequential(OrderedDict(layers))


def initialise(module: nn.Module) -> None:
    """Draw the convolutions' weights as He et al. 2015; the dense layer's bias starts at 0."""
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight)
    elif isinstance(module, nn.Linear):
        nn.init.zeros_(module.bias)


def build(name: str, num_classes: int = 1000, in_channels: int = 3) -> nn.Module:
    """Return a DenseNet with torchvision's parameter names; raises UserError for another name."""
    if name not in BLOCKS:
        raise UserError(f"no DenseNet is called {name}: there are {', '.join(BLOCKS)}")
    return DenseNet(BLOCKS[name], num_classes, in_channels)
