"""ResNet: layers that learn a change to their input."""

from __future__ import annotations

from torch import Tensor, nn

from cnntui.errors import UserError

ABOUT = {
    "entry": "build",
    "family": "ResNet",
    "year": 2015,
    "input": [3, 224, 224],
    "classes": 1000,
    "figures": "torchvision IMAGENET1K_V1 weights",
    "paper": "He et al. 2015, Deep Residual Learning for Image Recognition, arXiv:1512.03385",
    "nets": [
        {
            "name": "resnet18",
            "title": "ResNet-18",
            "depth": 18,
            "params": 11689512,
            "top1": 69.758,
            "top5": 89.078,
            "idea": "y = F(x) + x: layers learn a change to their input",
        },
        {
            "name": "resnet34",
            "title": "ResNet-34",
            "depth": 34,
            "params": 21797672,
            "top1": 73.314,
            "top5": 91.42,
            "idea": "with shortcuts, 34 layers train better than 18; without, worse",
        },
        {
            "name": "resnet50",
            "title": "ResNet-50",
            "depth": 50,
            "params": 25557032,
            "top1": 76.13,
            "top5": 92.862,
            "idea": "bottlenecks: 1×1 narrows, 3×3 works, 1×1 widens again",
        },
        {
            "name": "resnet101",
            "title": "ResNet-101",
            "depth": 101,
            "params": 44549160,
            "top1": 77.374,
            "top5": 93.546,
            "idea": "23 bottlenecks in the third stage: depth goes on paying",
        },
        {
            "name": "resnet152",
            "title": "ResNet-152",
            "depth": 152,
            "params": 60192808,
            "top1": 78.312,
            "top5": 94.046,
            "idea": "eight times as deep as VGG-19, and still fewer multiplications",
        },
    ],
}


class BasicBlock(nn.Module):
    """y = relu(F(x) + x), F two 3×3 convolutions: (N, C, H, W) → (N, width, H/stride, W/stride)."""

    expansion = 1

    def __init__(self, channels: int, width: int, stride: int) -> None:
        super().__init__()
        self.conv1 = convolution(channels, width, 3, stride)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU()
        self.conv2 = convolution(width, width, 3)
        self.bn2 = nn.BatchNorm2d(width)
        self.downsample = shortcut(channels, width, stride)

    def forward(self, x: Tensor) -> Tensor:
        """Return F(x) plus the shortcut, rectified."""
        change = self.relu(self.bn1(self.conv1(x)))
        change = self.bn2(self.conv2(change))
        y: Tensor = self.relu(change + self.downsample(x))
        return y


class Bottleneck(nn.Module):
    """y = relu(F(x) + x), F 1×1, 3×3, 1×1: (N, C, H, W) → (N, 4 width, H/stride, W/stride).

    The stride is in the 3×3 (torchvision's ResNet "v1.5"; the paper has it in the first 1×1).
    """

    expansion = 4

    def __init__(self, channels: int, width: int, stride: int) -> None:
        super().__init__()
        self.conv1 = convolution(channels, width, 1)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = convolution(width, width, 3, stride)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = convolution(width, width * 4, 1)
        self.bn3 = nn.BatchNorm2d(width * 4)
        self.relu = nn.ReLU()
        self.downsample = shortcut(channels, width * 4, stride)

    def forward(self, x: Tensor) -> Tensor:
        """Return F(x) plus the shortcut, rectified."""
        change = self.relu(self.bn1(self.conv1(x)))
        change = self.relu(self.bn2(self.conv2(change)))
        change = self.bn3(self.conv3(change))
        y: Tensor = self.relu(change + self.downsample(x))
        return y


class ResNet(nn.Module):
    """A 7×7 stem, four stages of blocks, global average pooling and one dense layer."""

    def __init__(
        self,
        block: type[BasicBlock | Bottleneck],
        blocks: tuple[int, int, int, int],
        num_classes: int,
        in_channels: int,
    ) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.layer1 = stage(block, blocks[0], 64, 64, stride=1)
        self.layer2 = stage(block, blocks[1], 64 * block.expansion, 128, stride=2)
        self.layer3 = stage(block, blocks[2], 128 * block.expansion, 256, stride=2)
        self.layer4 = stage(block, blocks[3], 256 * block.expansion, 512, stride=2)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(512 * block.expansion, num_classes)
        self.apply(initialise)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits: (N, C, H, W) → (N, classes)."""
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))  # (N, 64, H/4, W/4)
        x = self.layer2(self.layer1(x))
        x = self.layer4(self.layer3(x))  # (N, 512 or 2048, H/32, W/32)
        logits: Tensor = self.fc(self.avgpool(x).flatten(1))
        return logits


def convolution(channels: int, width: int, kernel: int, stride: int = 1) -> nn.Conv2d:
    """Return a convolution that keeps H and W at stride 1; the batch norm after it has the bias."""
    return nn.Conv2d(channels, width, kernel, stride, padding=kernel // 2, bias=False)


def shortcut(channels: int, width: int, stride: int) -> nn.Module:
    """Return the way around F: x itself, or 1×1 where the shape changes."""
    if stride == 1 and channels == width:
        return nn.Identity()
    return nn.Sequential(convolution(channels, width, 1, stride), nn.BatchNorm2d(width))


def stage(
    block: type[BasicBlock | Bottleneck], count: int, channels: int, width: int, stride: int
) -> nn.Sequential:
    """Return ``count`` blocks; the first one widens and strides."""
    first = block(channels, width, stride)
    rest = [block(width * block.expansion, width, 1) for _ in range(count - 1)]
    return nn.Sequential(first, *rest)


def initialise(module: nn.Module) -> None:
    """Draw the convolutions' weights as He et al. 2015, by the fan out."""
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")


BLOCKS: dict[str, tuple[type[BasicBlock | Bottleneck], tuple[int, int, int, int]]] = {
    "resnet18": (BasicBlock, (2, 2, 2, 2)),
    "resnet34": (BasicBlock, (3, 4, 6, 3)),
    "resnet50": (Bottleneck, (3, 4, 6, 3)),
    "resnet101": (Bottleneck, (3, 4, 23, 3)),
    "resnet152": (Bottleneck, (3, 8, 36, 3)),
}


def build(name: str, num_classes: int = 1000, in_channels: int = 3) -> nn.Module:
    """Return a ResNet with torchvision's parameter names; raises UserError for another name."""
    if name not in BLOCKS:
        raise UserError(f"no ResNet is called {name}: there are {', '.join(BLOCKS)}")
    block, blocks = BLOCKS[name]
    return ResNet(block, blocks, num_classes, in_channels)
