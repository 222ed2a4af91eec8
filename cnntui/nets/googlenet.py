"""GoogLeNet, Inception's first version: parallel paths behind 1×1 bottlenecks.

Structure and parameter names are torchvision's: batch normalization throughout, 3×3 where the
paper has 5×5. Its published weights want pixels scaled to [−1, 1].
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from cnntui.errors import UserError

ABOUT = {
    "entry": "build",
    "family": "GoogLeNet",
    "year": 2014,
    "input": [3, 224, 224],
    "classes": 1000,
    "paper": "Szegedy et al. 2014, Going Deeper with Convolutions, arXiv:1409.4842",
    "nets": [
        {
            "name": "googlenet",
            "title": "GoogLeNet",
            "depth": 22,
            "params": 6624904,
            "top1": 69.778,
            "top5": 89.530,
            "figures": "torchvision IMAGENET1K_V1 weights",
            "idea": "filters of several sizes side by side, made cheap by 1×1 bottlenecks",
        },
        {
            "name": "googlenet_aux",
            "title": "GoogLeNet + heads",
            "depth": 22,
            "params": 13004888,
            "top1": 69.778,
            "top5": 89.530,
            "figures": "torchvision IMAGENET1K_V1 weights; the two heads play no part in it",
            "idea": "two classifiers halfway bring the gradient to early layers in training",
        },
    ],
}


class GoogLeNetOutputs(NamedTuple):
    """What training gives: three logits (N, classes); the paper weighs the auxiliary losses 0.3."""

    logits: Tensor
    aux_logits2: Tensor
    aux_logits1: Tensor


class BasicConv2d(nn.Module):
    """Convolution, batch normalization, ReLU."""

    def __init__(
        self,
        channels: int,
        width: int,
        kernel: int | tuple[int, int],
        stride: int = 1,
        padding: int | tuple[int, int] = 0,
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, width, kernel, stride, padding, bias=False)
        self.bn = nn.BatchNorm2d(width, eps=0.001)
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """Return the rectified maps."""
        y: Tensor = self.relu(self.bn(self.conv(x)))
        return y


class Inception(nn.Module):
    """Four paths side by side: (N, C, H, W) → (N, one + three + five + pool, H, W)."""

    def __init__(
        self, channels: int, one: int, three: tuple[int, int], five: tuple[int, int], pool: int
    ) -> None:
        super().__init__()
        self.branch1 = BasicConv2d(channels, one, 1)
        self.branch2 = nn.Sequential(
            BasicConv2d(channels, three[0], 1), BasicConv2d(*three, 3, padding=1)
        )
        # 3×3, not the paper's 5×5: torchvision's weights are so (pytorch/vision issue 906)
        self.branch3 = nn.Sequential(
            BasicConv2d(channels, five[0], 1), BasicConv2d(*five, 3, padding=1)
        )
        self.branch4 = nn.Sequential(
            nn.MaxPool2d(3, stride=1, padding=1, ceil_mode=True), BasicConv2d(channels, pool, 1)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return the maps of the four paths behind each other."""
        return torch.cat([self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x)], 1)


class AuxiliaryHead(nn.Module):
    """A classifier halfway: (N, C, 14, 14) → (N, classes)."""

    def __init__(self, channels: int, num_classes: int) -> None:
        super().__init__()
        self.avgpool = nn.AdaptiveAvgPool2d(4)
        self.conv = BasicConv2d(channels, 128, 1)
        self.fc1 = nn.Linear(128 * 4 * 4, 1024)
        self.relu = nn.ReLU()
        self.fc2 = nn.Linear(1024, num_classes)
        self.dropout = nn.Dropout(0.7)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits."""
        x = self.conv(self.avgpool(x)).flatten(1)  # (N, 2048)
        logits: Tensor = self.fc2(self.dropout(self.relu(self.fc1(x))))
        return logits


class GoogLeNet(nn.Module):
    """Three convolutions, nine inception modules, global average pooling and one dense layer."""

    def __init__(self, num_classes: int, in_channels: int, heads: bool) -> None:
        super().__init__()
        self.conv1 = BasicConv2d(in_channels, 64, 7, stride=2, padding=3)
        self.maxpool1 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.conv2 = BasicConv2d(64, 64, 1)
        self.conv3 = BasicConv2d(64, 192, 3, padding=1)
        self.maxpool2 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.inception3a = Inception(192, 64, (96, 128), (16, 32), 32)
        self.inception3b = Inception(256, 128, (128, 192), (32, 96), 64)
        self.maxpool3 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.inception4a = Inception(480, 192, (96, 208), (16, 48), 64)
        self.inception4b = Inception(512, 160, (112, 224), (24, 64), 64)
        self.inception4c = Inception(512, 128, (128, 256), (24, 64), 64)
        self.inception4d = Inception(512, 112, (144, 288), (32, 64), 64)
        self.inception4e = Inception(528, 256, (160, 320), (32, 128), 128)
        self.maxpool4 = nn.MaxPool2d(2, stride=2, ceil_mode=True)
        self.inception5a = Inception(832, 256, (160, 320), (32, 128), 128)
        self.inception5b = Inception(832, 384, (192, 384), (48, 128), 128)
        self.aux1 = AuxiliaryHead(512, num_classes) if heads else None
        self.aux2 = AuxiliaryHead(528, num_classes) if heads else None
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.dropout = nn.Dropout(0.2)
        self.fc = nn.Linear(1024, num_classes)
        self.apply(initialise)

    def forward(self, x: Tensor) -> Tensor | GoogLeNetOutputs:
        """Return the logits: (N, C, H, W) → (N, classes); with heads and in training, all three."""
        early = self.early(x)
        middle = self.inception4d(self.inception4c(self.inception4b(early)))  # (N, 528, 14, 14)
        logits = self.late(middle)
        if self.training and self.aux1 is not None and self.aux2 is not None:
            return GoogLeNetOutputs(logits, self.aux2(middle), self.aux1(early))
        return logits

    def early(self, x: Tensor) -> Tensor:
        """Return what the first head sees: (N, C, 224, 224) → (N, 512, 14, 14)."""
        x = self.maxpool1(self.conv1(x))  # (N, 64, 56, 56)
        x = self.maxpool2(self.conv3(self.conv2(x)))  # (N, 192, 28, 28)
        x = self.maxpool3(self.inception3b(self.inception3a(x)))  # (N, 480, 14, 14)
        maps: Tensor = self.inception4a(x)
        return maps

    def late(self, x: Tensor) -> Tensor:
        """Return the logits from what the second head sees: (N, 528, 14, 14) → (N, classes)."""
        x = self.maxpool4(self.inception4e(x))  # (N, 832, 7, 7)
        x = self.inception5b(self.inception5a(x))  # (N, 1024, 7, 7)
        logits: Tensor = self.fc(self.dropout(self.avgpool(x).flatten(1)))
        return logits


def initialise(module: nn.Module) -> None:
    """Draw the weights from N(0, 0.01²), as torchvision does."""
    if isinstance(module, nn.Conv2d | nn.Linear):
        nn.init.trunc_normal_(module.weight, std=0.01)


def build(name: str, num_classes: int = 1000, in_channels: int = 3) -> nn.Module:
    """Return GoogLeNet, with or without auxiliary heads; raises UserError for another name."""
    if name not in ("googlenet", "googlenet_aux"):
        raise UserError(f"no GoogLeNet is called {name}: there are googlenet, googlenet_aux")
    return GoogLeNet(num_classes, in_channels, heads=name == "googlenet_aux")
