"""ShuffleNet V2 at width 1."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from cnntui.errors import UserError

ABOUT = {
    "entry": "build",
    "family": "ShuffleNet",
    "nets": [
        {
            "name": "shufflenet_v2_x1_0",
            "title": "ShuffleNetV2 x1.0",
            "year": 2018,
            "depth": 51,
            "input": [3, 224, 224],
            "classes": 1000,
            "params": 2278604,
            "top1": 69.362,
            "top5": 88.316,
            "figures": "torchvision IMAGENET1K_V1 weights",
            "idea": "half the channels pass untouched, then both halves are shuffled together",
            "paper": "Ma et al. 2018, ShuffleNet V2: Practical Guidelines for Efficient CNN "
            "Architecture Design, arXiv:1807.11164",
        },
    ],
}


def build(name: str, num_classes: int = 1000, in_channels: int = 3) -> nn.Module:
    """Return an untrained net from pictures (N, in_channels, H, W) to logits (N, num_classes).

    Raises UserError for a name that ABOUT does not list.
    """
    if name != "shufflenet_v2_x1_0":
        raise UserError(f"no ShuffleNet is called {name!r}: there is shufflenet_v2_x1_0")
    return ShuffleNetV2(num_classes, in_channels)


def pointwise(inputs: int, outputs: int) -> list[nn.Module]:
    """Return the layers that mix channels: 1×1 convolution, normalisation, ReLU."""
    conv = nn.Conv2d(inputs, outputs, 1, bias=False)
    return [conv, nn.BatchNorm2d(outputs), nn.ReLU()]


def depthwise(channels: int, stride: int) -> list[nn.Module]:
    """Return the layers that filter each channel alone: 3×3 convolution and normalisation."""
    conv = nn.Conv2d(channels, channels, 3, stride, padding=1, groups=channels, bias=False)
    return [conv, nn.BatchNorm2d(channels)]


def shuffled(x: Tensor, groups: int) -> Tensor:
    """Return x (N, C, H, W) with its channels dealt out: 0 1 2 | 3 4 5 becomes 0 3 1 4 2 5."""
    n, channels, height, width = x.shape
    grouped = x.reshape(n, groups, channels // groups, height, width)
    return grouped.transpose(1, 2).reshape(n, channels, height, width)


class ShuffleUnit(nn.Module):
    """Figure 3 (c) of the paper: half of the channels go through, half through a bottleneck."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        half = channels // 2
        self.branch2 = nn.Sequential(
            *pointwise(half, half), *depthwise(half, 1), *pointwise(half, half)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, C, H, W) of the same shape as x."""
        passed, worked = x.chunk(2, dim=1)
        return shuffled(torch.cat([passed, self.branch2(worked)], dim=1), 2)


class DownUnit(nn.Module):
    """Figure 3 (d) of the paper: both branches see all channels and halve the picture."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        half = outputs // 2
        self.branch1 = nn.Sequential(*depthwise(inputs, 2), *pointwise(inputs, half))
        self.branch2 = nn.Sequential(
            *pointwise(inputs, half), *depthwise(half, 2), *pointwise(half, half)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, outputs, H/2, W/2) of x (N, inputs, H, W)."""
        return shuffled(torch.cat([self.branch1(x), self.branch2(x)], dim=1), 2)


def stage(inputs: int, outputs: int, units: int) -> nn.Sequential:
    """Return one halving unit and ``units`` − 1 units that keep the shape."""
    return nn.Sequential(
        DownUnit(inputs, outputs), *(ShuffleUnit(outputs) for _ in range(units - 1))
    )


class ShuffleNetV2(nn.Module):
    """Table 5 of the paper, column 1×: three stages of 4, 8 and 4 units."""

    def __init__(self, classes: int, channels: int) -> None:
        super().__init__()
        stem = nn.Conv2d(channels, 24, 3, stride=2, padding=1, bias=False)
        self.conv1 = nn.Sequential(stem, nn.BatchNorm2d(24), nn.ReLU())
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.stage2 = stage(24, 116, 4)
        self.stage3 = stage(116, 232, 8)
        self.stage4 = stage(232, 464, 4)
        self.conv5 = nn.Sequential(*pointwise(464, 1024))
        self.fc = nn.Linear(1024, classes)

    def forward(self, pictures: Tensor) -> Tensor:
        """Return logits (N, classes) of pictures (N, C, H, W)."""
        x = self.maxpool(self.conv1(pictures))
        x = self.stage4(self.stage3(self.stage2(x)))
        logits: Tensor = self.fc(self.conv5(x).mean((2, 3)))
        return logits
