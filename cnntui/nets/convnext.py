"""ConvNeXt-Tiny."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from cnntui.errors import UserError
from cnntui.nets.efficientnet import StochasticDepth

ABOUT = {
    "entry": "build",
    "family": "ConvNeXt",
    "nets": [
        {
            "name": "convnext_tiny",
            "title": "ConvNeXt-Tiny",
            "year": 2022,
            "depth": 59,
            "input": [3, 224, 224],
            "classes": 1000,
            "params": 28589128,
            "top1": 82.52,
            "top5": 96.146,
            "figures": "torchvision IMAGENET1K_V1 weights",
            "idea": "a ResNet remade after transformers: patches, 7×7 depthwise, LayerNorm, GELU",
            "paper": "Liu et al. 2022, A ConvNet for the 2020s, arXiv:2201.03545",
        },
    ],
}

WIDTHS = (96, 192, 384, 768)
BLOCKS = (3, 3, 9, 3)
DROPPED = 0.1  # how often the last block is skipped in training; earlier ones less, in proportion


def build(name: str, num_classes: int = 1000, in_channels: int = 3) -> nn.Module:
    """Return an untrained net from pictures (N, in_channels, H, W) to logits (N, num_classes).

    Raises UserError for a name that ABOUT does not list.
    """
    if name != "convnext_tiny":
        raise UserError(f"no ConvNeXt is called {name!r}: there is convnext_tiny")
    net = ConvNeXt(num_classes, in_channels)
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            nn.init.trunc_normal_(layer.weight, std=0.02)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
    return net


class Permute(nn.Module):
    """Another order of the axes."""

    def __init__(self, *order: int) -> None:
        super().__init__()
        self.order = order

    def forward(self, x: Tensor) -> Tensor:
        """Return a view of x whose axis i is axis ``order[i]`` of x."""
        return x.permute(self.order)


class LayerNorm2d(nn.LayerNorm):
    """Normalises over the channels of each place alone."""

    def __init__(self, channels: int) -> None:
        super().__init__(channels, eps=1e-6)

    def forward(self, input: Tensor) -> Tensor:
        """Return (N, C, H, W) of the same shape as the input."""
        return super().forward(input.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class Block(nn.Module):
    """y = x + scale · F(x): depthwise 7×7, LayerNorm, four times wider by a dense layer, back."""

    def __init__(self, channels: int, dropped: float) -> None:
        super().__init__()
        self.block = nn.Sequential(
            nn.Conv2d(channels, channels, 7, padding=3, groups=channels),
            Permute(0, 2, 3, 1),  # dense layers want the channels last
            nn.LayerNorm(channels, eps=1e-6),
            nn.Linear(channels, 4 * channels),
            nn.GELU(),
            nn.Linear(4 * channels, channels),
            Permute(0, 3, 1, 2),
        )
        self.layer_scale = nn.Parameter(torch.full((channels, 1, 1), 1e-6))
        self.stochastic_depth = StochasticDepth(dropped)

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, C, H, W) of the same shape as x."""
        change: Tensor = self.stochastic_depth(self.layer_scale * self.block(x))
        return x + change


class ConvNeXt(nn.Module):
    """Four stages of blocks; between them the picture is halved and the channels doubled."""

    def __init__(self, classes: int, channels: int) -> None:
        super().__init__()
        stem = nn.Conv2d(channels, WIDTHS[0], 4, stride=4)  # patches of 4×4, as a transformer's
        layers = [nn.Sequential(stem, LayerNorm2d(WIDTHS[0]))]
        for number, width in enumerate(WIDTHS):
            if number > 0:
                before = WIDTHS[number - 1]
                halve = nn.Conv2d(before, width, 2, stride=2)
                layers.append(nn.Sequential(LayerNorm2d(before), halve))
            layers.append(stage(number))
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        last = WIDTHS[-1]
        self.classifier = nn.Sequential(LayerNorm2d(last), nn.Flatten(1), nn.Linear(last, classes))

    def forward(self, pictures: Tensor) -> Tensor:
        """Return logits (N, classes) of pictures (N, C, H, W)."""
        logits: Tensor = self.classifier(self.avgpool(self.features(pictures)))
        return logits


def stage(number: int) -> nn.Sequential:
    """Return the blocks of a stage; the chance to be skipped grows from 0 to DROPPED."""
    first, last = sum(BLOCKS[:number]), sum(BLOCKS) - 1
    places = range(first, first + BLOCKS[number])
    return nn.Sequential(*(Block(WIDTHS[number], DROPPED * place / last) for place in places))
