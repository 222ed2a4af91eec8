"""Inception-v3: large filters factorised into rows and columns.

Structure and parameter names are torchvision's. Its published weights want pixels in [−1, 1].
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from cnntui.errors import UserError
from cnntui.nets.googlenet import BasicConv2d

# depth is the paper's word; the longest path through the net below has 48 weighted layers
ABOUT = {
    "entry": "build",
    "family": "Inception",
    "nets": [
        {
            "name": "inception_v3",
            "title": "Inception-v3",
            "year": 2015,
            "depth": 42,
            "input": [3, 299, 299],
            "classes": 1000,
            "params": 27161264,
            "top1": 77.294,
            "top5": 93.450,
            "figures": "torchvision IMAGENET1K_V1 weights",
            "idea": "7×7 as 1×7 and 7×1: the same view for a fraction of the weights",
            "paper": "Szegedy et al. 2015, Rethinking the Inception Architecture for Computer "
            "Vision, arXiv:1512.00567",
        },
    ],
}


class InceptionOutputs(NamedTuple):
    """What training gives: two logits (N, classes)."""

    logits: Tensor
    aux_logits: Tensor


class Inception35(nn.Module):
    """1×1, 5×5, twice 3×3 and pooling: (N, C, 35, 35) → (N, 224 + pool, 35, 35)."""

    def __init__(self, channels: int, pool: int) -> None:
        super().__init__()
        self.branch1x1 = BasicConv2d(channels, 64, 1)
        self.branch5x5_1 = BasicConv2d(channels, 48, 1)
        self.branch5x5_2 = BasicConv2d(48, 64, 5, padding=2)
        self.branch3x3dbl_1 = BasicConv2d(channels, 64, 1)
        self.branch3x3dbl_2 = BasicConv2d(64, 96, 3, padding=1)
        self.branch3x3dbl_3 = BasicConv2d(96, 96, 3, padding=1)
        self.pool = nn.AvgPool2d(3, stride=1, padding=1)
        self.branch_pool = BasicConv2d(channels, pool, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Return the maps of the four paths behind each other."""
        five = through(x, self.branch5x5_1, self.branch5x5_2)
        double = through(x, self.branch3x3dbl_1, self.branch3x3dbl_2, self.branch3x3dbl_3)
        pooled = through(x, self.pool, self.branch_pool)
        return torch.cat([self.branch1x1(x), five, double, pooled], 1)


class Reduction35(nn.Module):
    """Halves the grid by stride: (N, C, 35, 35) → (N, C + 480, 17, 17)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.branch3x3 = BasicConv2d(channels, 384, 3, stride=2)
        self.branch3x3dbl_1 = BasicConv2d(channels, 64, 1)
        self.branch3x3dbl_2 = BasicConv2d(64, 96, 3, padding=1)
        self.branch3x3dbl_3 = BasicConv2d(96, 96, 3, stride=2)
        self.pool = nn.MaxPool2d(3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        """Return the maps of the three paths behind each other."""
        double = through(x, self.branch3x3dbl_1, self.branch3x3dbl_2, self.branch3x3dbl_3)
        return torch.cat([self.branch3x3(x), double, self.pool(x)], 1)


class Inception17(nn.Module):
    """1×1, 7×7 and twice 7×7 as rows and columns, pooling: (N, C, 17, 17) → (N, 768, 17, 17)."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.branch1x1 = BasicConv2d(channels, 192, 1)
        self.branch7x7_1 = BasicConv2d(channels, width, 1)
        self.branch7x7_2 = row(width, width, 7)
        self.branch7x7_3 = column(width, 192, 7)
        self.branch7x7dbl_1 = BasicConv2d(channels, width, 1)
        self.branch7x7dbl_2 = column(width, width, 7)
        self.branch7x7dbl_3 = row(width, width, 7)
        self.branch7x7dbl_4 = column(width, width, 7)
        self.branch7x7dbl_5 = row(width, 192, 7)
        self.pool = nn.AvgPool2d(3, stride=1, padding=1)
        self.branch_pool = BasicConv2d(channels, 192, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Return the maps of the four paths behind each other."""
        seven = through(x, self.branch7x7_1, self.branch7x7_2, self.branch7x7_3)
        double = through(x, self.branch7x7dbl_1, self.branch7x7dbl_2, self.branch7x7dbl_3)
        double = through(double, self.branch7x7dbl_4, self.branch7x7dbl_5)
        pooled = through(x, self.pool, self.branch_pool)
        return torch.cat([self.branch1x1(x), seven, double, pooled], 1)


class Reduction17(nn.Module):
    """Halves the grid by stride: (N, C, 17, 17) → (N, C + 512, 8, 8)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.branch3x3_1 = BasicConv2d(channels, 192, 1)
        self.branch3x3_2 = BasicConv2d(192, 320, 3, stride=2)
        self.branch7x7x3_1 = BasicConv2d(channels, 192, 1)
        self.branch7x7x3_2 = row(192, 192, 7)
        self.branch7x7x3_3 = column(192, 192, 7)
        self.branch7x7x3_4 = BasicConv2d(192, 192, 3, stride=2)
        self.pool = nn.MaxPool2d(3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        """Return the maps of the three paths behind each other."""
        three = through(x, self.branch3x3_1, self.branch3x3_2)
        seven = through(x, self.branch7x7x3_1, self.branch7x7x3_2, self.branch7x7x3_3)
        return torch.cat([three, self.branch7x7x3_4(seven), self.pool(x)], 1)


class Inception8(nn.Module):
    """1×1, 3×3 and twice 3×3 as row beside column, pooling: (N, C, 8, 8) → (N, 2048, 8, 8)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.branch1x1 = BasicConv2d(channels, 320, 1)
        self.branch3x3_1 = BasicConv2d(channels, 384, 1)
        self.branch3x3_2a = row(384, 384, 3)
        self.branch3x3_2b = column(384, 384, 3)
        self.branch3x3dbl_1 = BasicConv2d(channels, 448, 1)
        self.branch3x3dbl_2 = BasicConv2d(448, 384, 3, padding=1)
        self.branch3x3dbl_3a = row(384, 384, 3)
        self.branch3x3dbl_3b = column(384, 384, 3)
        self.pool = nn.AvgPool2d(3, stride=1, padding=1)
        self.branch_pool = BasicConv2d(channels, 192, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Return the maps of the six ends behind each other."""
        three = self.branch3x3_1(x)
        double = through(x, self.branch3x3dbl_1, self.branch3x3dbl_2)
        threes = [self.branch3x3_2a(three), self.branch3x3_2b(three)]
        doubles = [self.branch3x3dbl_3a(double), self.branch3x3dbl_3b(double)]
        pooled = through(x, self.pool, self.branch_pool)
        return torch.cat([self.branch1x1(x), *threes, *doubles, pooled], 1)


class AuxiliaryHead(nn.Module):
    """A classifier on the way: (N, C, 17, 17) → (N, classes)."""

    def __init__(self, channels: int, num_classes: int) -> None:
        super().__init__()
        self.pool = nn.AvgPool2d(5, stride=3)
        self.conv0 = BasicConv2d(channels, 128, 1)
        self.conv1 = BasicConv2d(128, 768, 5)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(768, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits."""
        x = through(x, self.pool, self.conv0, self.conv1, self.avgpool)  # (N, 768, 1, 1)
        logits: Tensor = self.fc(x.flatten(1))
        return logits


class InceptionV3(nn.Module):
    """Five convolutions, modules on grids of 35, 17 and 8, average pooling and a dense layer."""

    def __init__(self, num_classes: int, in_channels: int) -> None:
        super().__init__()
        self.Conv2d_1a_3x3 = BasicConv2d(in_channels, 32, 3, stride=2)
        self.Conv2d_2a_3x3 = BasicConv2d(32, 32, 3)
        self.Conv2d_2b_3x3 = BasicConv2d(32, 64, 3, padding=1)
        self.maxpool1 = nn.MaxPool2d(3, stride=2)
        self.Conv2d_3b_1x1 = BasicConv2d(64, 80, 1)
        self.Conv2d_4a_3x3 = BasicConv2d(80, 192, 3)
        self.maxpool2 = nn.MaxPool2d(3, stride=2)
        self.Mixed_5b = Inception35(192, pool=32)
        self.Mixed_5c = Inception35(256, pool=64)
        self.Mixed_5d = Inception35(288, pool=64)
        self.Mixed_6a = Reduction35(288)
        self.Mixed_6b = Inception17(768, width=128)
        self.Mixed_6c = Inception17(768, width=160)
        self.Mixed_6d = Inception17(768, width=160)
        self.Mixed_6e = Inception17(768, width=192)
        self.AuxLogits = AuxiliaryHead(768, num_classes)
        self.Mixed_7a = Reduction17(768)
        self.Mixed_7b = Inception8(1280)
        self.Mixed_7c = Inception8(2048)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.dropout = nn.Dropout(0.5)
        self.fc = nn.Linear(2048, num_classes)
        self.apply(initialise)
        nn.init.trunc_normal_(self.AuxLogits.fc.weight, std=0.001)

    def forward(self, x: Tensor) -> Tensor | InceptionOutputs:
        """Return the logits: (N, C, H, W) → (N, classes), H and W from 75 up; in training both."""
        x = self.grid35(x)
        x = through(x, self.Mixed_6a, self.Mixed_6b, self.Mixed_6c, self.Mixed_6d, self.Mixed_6e)
        top = through(x, self.Mixed_7a, self.Mixed_7b, self.Mixed_7c)  # (N, 2048, 8, 8)
        logits: Tensor = self.fc(self.dropout(self.avgpool(top).flatten(1)))
        if self.training:
            return InceptionOutputs(logits, self.AuxLogits(x))
        return logits

    def grid35(self, x: Tensor) -> Tensor:
        """Return the maps on the first grid: (N, C, 299, 299) → (N, 288, 35, 35)."""
        x = through(x, self.Conv2d_1a_3x3, self.Conv2d_2a_3x3, self.Conv2d_2b_3x3, self.maxpool1)
        x = through(x, self.Conv2d_3b_1x1, self.Conv2d_4a_3x3, self.maxpool2)
        return through(x, self.Mixed_5b, self.Mixed_5c, self.Mixed_5d)


def row(channels: int, width: int, length: int) -> BasicConv2d:
    """Return a convolution of 1×length that keeps H and W."""
    return BasicConv2d(channels, width, (1, length), padding=(0, length // 2))


def column(channels: int, width: int, length: int) -> BasicConv2d:
    """Return a convolution of length×1 that keeps H and W."""
    return BasicConv2d(channels, width, (length, 1), padding=(length // 2, 0))


def through(x: Tensor, *layers: nn.Module) -> Tensor:
    """Return ``x`` led through the layers in turn."""
    for layer in layers:
        x = layer(x)
    return x


def initialise(module: nn.Module) -> None:
    """Draw the weights from N(0, 0.1²), as torchvision does."""
    if isinstance(module, nn.Conv2d | nn.Linear):
        nn.init.trunc_normal_(module.weight, std=0.1)


def build(name: str, num_classes: int = 1000, in_channels: int = 3) -> nn.Module:
    """Return Inception-v3 with its auxiliary head; raises UserError for another name."""
    if name != "inception_v3":
        raise UserError(f"no Inception is called {name}: there is inception_v3")
    return InceptionV3(num_classes, in_channels)
