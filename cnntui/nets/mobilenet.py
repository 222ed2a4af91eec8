"""The MobileNets of 2017, 2018 and 2019."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn

from cnntui.errors import UserError

# depth counts convolutions and dense layers along the net, not those of squeeze-excite gates.
ABOUT = {
    "entry": "build",
    "family": "MobileNet",
    "input": [3, 224, 224],
    "classes": 1000,
    "figures": "torchvision IMAGENET1K_V1 weights",
    "nets": [
        {
            "name": "mobilenet_v1",
            "title": "MobileNet",
            "year": 2017,
            "depth": 28,
            "params": 4231976,
            "top1": 70.9,
            "top5": 89.9,
            "figures": "TensorFlow-Slim MobileNet_v1_1.0_224 weights",
            "idea": "a depthwise 3×3, then a pointwise 1×1: about a ninth of a convolution's cost",
            "paper": "Howard et al. 2017, MobileNets: Efficient Convolutional Neural Networks for "
            "Mobile Vision Applications, arXiv:1704.04861",
        },
        {
            "name": "mobilenet_v2",
            "title": "MobileNetV2",
            "year": 2018,
            "depth": 53,
            "params": 3504872,
            "top1": 71.878,
            "top5": 90.286,
            "idea": "inverted residuals: widen, filter depthwise, narrow without ReLU, add x",
            "paper": "Sandler et al. 2018, MobileNetV2: Inverted Residuals and Linear Bottlenecks, "
            "arXiv:1801.04381",
        },
        {
            "name": "mobilenet_v3_large",
            "title": "MobileNetV3-Large",
            "year": 2019,
            "depth": 48,
            "params": 5483032,
            "top1": 74.042,
            "top5": 91.34,
            "idea": "blocks found by search, with channel gates (squeeze-excite) and hard swish",
            "paper": "Howard et al. 2019, Searching for MobileNetV3, arXiv:1905.02244",
        },
    ],
}

# (filters, stride) of the separable blocks: table 1 of the paper. Its last stride of 2 is a
# misprint: the output is 7×7 before and after.
V1_BLOCKS = (
    (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *((512, 1),) * 5, (1024, 2),
    (1024, 1),
)  # fmt: skip

# (expansion, channels, blocks, stride of the first): table 2 of the paper
V2_STAGES = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)

# (kernel, expanded channels, channels, gate, activation, stride): table 1 of the paper
V3_BLOCKS: tuple[tuple[int, int, int, bool, type[nn.Module], int], ...] = (
    (3, 16, 16, False, nn.ReLU, 1),
    (3, 64, 24, False, nn.ReLU, 2),
    (3, 72, 24, False, nn.ReLU, 1),
    (5, 72, 40, True, nn.ReLU, 2),
    (5, 120, 40, True, nn.ReLU, 1),
    (5, 120, 40, True, nn.ReLU, 1),
    (3, 240, 80, False, nn.Hardswish, 2),
    (3, 200, 80, False, nn.Hardswish, 1),
    (3, 184, 80, False, nn.Hardswish, 1),
    (3, 184, 80, False, nn.Hardswish, 1),
    (3, 480, 112, True, nn.Hardswish, 1),
    (3, 672, 112, True, nn.Hardswish, 1),
    (5, 672, 160, True, nn.Hardswish, 2),
    (5, 960, 160, True, nn.Hardswish, 1),
    (5, 960, 160, True, nn.Hardswish, 1),
)

Norm = Callable[[int], nn.Module]
V3_NORM: Norm = partial(nn.BatchNorm2d, eps=0.001, momentum=0.01)


def build(name: str, num_classes: int = 1000, in_channels: int = 3) -> nn.Module:
    """Return an untrained net from pictures (N, in_channels, H, W) to logits (N, num_classes).

    Raises UserError for a name that ABOUT does not list.
    """
    if name not in BUILDERS:
        raise UserError(f"no MobileNet is called {name!r}: there are {', '.join(BUILDERS)}")
    return initialised(BUILDERS[name](num_classes, in_channels))


def conv_bn(
    inputs: int,
    outputs: int,
    kernel: int = 3,
    stride: int = 1,
    groups: int = 1,
    norm: Norm = nn.BatchNorm2d,
    activation: type[nn.Module] | None = nn.ReLU,
) -> nn.Sequential:
    """Return convolution, normalisation, activation: (N, inputs, H, W) to (N, outputs, H/s, W/s).

    The kernel is odd and its padding half of it; H/s is rounded up. The normalisation has the bias.
    """
    conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)
    layers: list[nn.Module] = [conv, norm(outputs)]
    if activation is not None:
        layers.append(activation())
    return nn.Sequential(*layers)


def rounded(channels: float) -> int:
    """Return the multiple of 8 nearest to ``channels``, never more than a tenth below it."""
    near = max(8, int(channels + 4) // 8 * 8)
    return near if near >= 0.9 * channels else near + 8


def initialised(net: nn.Module) -> nn.Module:
    """Draw the weights: He et al. 2015 by the fan out, dense layers with a deviation of 0.01."""
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, mode="fan_out")
        elif isinstance(layer, nn.Linear):
            nn.init.normal_(layer.weight, std=0.01)
        if isinstance(layer, nn.Conv2d | nn.Linear) and layer.bias is not None:
            nn.init.zeros_(layer.bias)
    return net


class PooledClassifier(nn.Module):
    """Features, their mean over all places, a classifier."""

    def __init__(self, features: list[nn.Module], classifier: list[nn.Module]) -> None:
        super().__init__()
        self.features = nn.Sequential(*features)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(*classifier)

    def forward(self, pictures: Tensor) -> Tensor:
        """Return logits (N, classes) of pictures (N, C, H, W)."""
        pooled = torch.flatten(self.avgpool(self.features(pictures)), 1)
        logits: Tensor = self.classifier(pooled)
        return logits


class SqueezeExcitation(nn.Module):
    """A gate per channel, from the means of all channels (Hu et al. 2018, arXiv:1709.01507)."""

    def __init__(
        self, channels: int, squeezed: int, activation: nn.Module, gate: nn.Module
    ) -> None:
        super().__init__()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc1 = nn.Conv2d(channels, squeezed, 1)
        self.fc2 = nn.Conv2d(squeezed, channels, 1)
        self.activation = activation
        self.scale_activation = gate

    def forward(self, x: Tensor) -> Tensor:
        """Return x (N, C, H, W) times its gates (N, C, 1, 1), which lie between 0 and 1."""
        squeezed = self.activation(self.fc1(self.avgpool(x)))
        gates: Tensor = self.scale_activation(self.fc2(squeezed))
        return x * gates


class InvertedResidualV2(nn.Module):
    """Widen by 1×1, filter depthwise, narrow by 1×1; the input is added where shapes agree."""

    def __init__(self, inputs: int, outputs: int, stride: int, expansion: int) -> None:
        super().__init__()
        wide = inputs * expansion
        layers: list[nn.Module] = []
        if expansion != 1:
            layers.append(conv_bn(inputs, wide, 1, activation=nn.ReLU6))
        layers.append(conv_bn(wide, wide, 3, stride, groups=wide, activation=nn.ReLU6))
        layers += [nn.Conv2d(wide, outputs, 1, bias=False), nn.BatchNorm2d(outputs)]
        self.conv = nn.Sequential(*layers)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, outputs, H/stride, W/stride) of x (N, inputs, H, W)."""
        y: Tensor = self.conv(x)
        return x + y if self.residual else y


class InvertedResidualV3(nn.Module):
    """The block of MobileNetV2 with a gate before the narrowing, where ``gate`` says so."""

    def __init__(
        self,
        inputs: int,
        kernel: int,
        wide: int,
        outputs: int,
        gate: bool,
        activation: type[nn.Module],
        stride: int,
    ) -> None:
        super().__init__()
        conv = partial(conv_bn, norm=V3_NORM)
        layers: list[nn.Module] = []
        if wide != inputs:
            layers.append(conv(inputs, wide, 1, activation=activation))
        layers.append(conv(wide, wide, kernel, stride, groups=wide, activation=activation))
        if gate:
            layers.append(SqueezeExcitation(wide, rounded(wide // 4), nn.ReLU(), nn.Hardsigmoid()))
        layers.append(conv(wide, outputs, 1, activation=None))
        self.block = nn.Sequential(*layers)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, outputs, H/stride, W/stride) of x (N, inputs, H, W)."""
        y: Tensor = self.block(x)
        return x + y if self.residual else y


def mobilenet_v1(classes: int, channels: int) -> nn.Module:
    """Return the net of 2017: a convolution, 13 separable blocks, one dense layer."""
    features: list[nn.Module] = [conv_bn(channels, 32, stride=2)]
    inputs = 32
    for outputs, stride in V1_BLOCKS:
        depthwise = conv_bn(inputs, inputs, 3, stride, groups=inputs)
        features.append(nn.Sequential(depthwise, conv_bn(inputs, outputs, 1)))
        inputs = outputs
    return PooledClassifier(features, [nn.Linear(inputs, classes)])


def mobilenet_v2(classes: int, channels: int) -> nn.Module:
    """Return the net of 2018: 17 inverted residuals between two convolutions."""
    features: list[nn.Module] = [conv_bn(channels, 32, stride=2, activation=nn.ReLU6)]
    inputs = 32
    for expansion, outputs, blocks, stride in V2_STAGES:
        for block in range(blocks):
            first = block == 0
            features.append(InvertedResidualV2(inputs, outputs, stride if first else 1, expansion))
            inputs = outputs
    features.append(conv_bn(inputs, 1280, 1, activation=nn.ReLU6))
    return PooledClassifier(features, [nn.Dropout(0.2), nn.Linear(1280, classes)])


def mobilenet_v3_large(classes: int, channels: int) -> nn.Module:
    """Return the larger net of 2019: 15 searched blocks and a head of two dense layers."""
    conv = partial(conv_bn, norm=V3_NORM, activation=nn.Hardswish)
    features: list[nn.Module] = [conv(channels, 16, stride=2)]
    inputs = 16
    for kernel, wide, outputs, gate, activation, stride in V3_BLOCKS:
        features.append(InvertedResidualV3(inputs, kernel, wide, outputs, gate, activation, stride))
        inputs = outputs
    features.append(conv(inputs, 960, 1))
    head = [nn.Linear(960, 1280), nn.Hardswish(), nn.Dropout(0.2), nn.Linear(1280, classes)]
    return PooledClassifier(features, head)


BUILDERS: dict[str, Callable[[int, int], nn.Module]] = {
    "mobilenet_v1": mobilenet_v1,
    "mobilenet_v2": mobilenet_v2,
    "mobilenet_v3_large": mobilenet_v3_large,
}
