"""EfficientNet B0 to B7, and V2 small and large."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from torch import Tensor, nn

from cnntui.errors import UserError
from cnntui.nets.mobilenet import Norm, PooledClassifier, SqueezeExcitation, conv_bn, rounded

# depth counts convolutions and dense layers along the net, not those of squeeze-excite gates.
# fmt: off
ABOUT = {
    "entry": "build",
    "family": "EfficientNet",
    "year": 2019,
    "classes": 1000,
    "figures": "torchvision IMAGENET1K_V1 weights",
    "paper": "Tan and Le 2019, EfficientNet: "
    "Rethinking Model Scaling for Convolutional Neural Networks, arXiv:1905.11946",
    "nets": [
        {"name": "efficientnet_b0", "title": "EfficientNet-B0", "depth": 50,
         "input": [3, 224, 224], "params": 5288548,
         "top1": 77.692, "top5": 93.532,
         "idea": "found by search: the inverted residuals of MobileNet with gates and SiLU"},
        {"name": "efficientnet_b1", "title": "EfficientNet-B1", "depth": 70,
         "input": [3, 240, 240], "params": 7794184,
         "top1": 78.642, "top5": 94.186,
         "idea": "B0 scaled at once in depth (×1.1), width (×1) and picture (240)"},
        {"name": "efficientnet_b2", "title": "EfficientNet-B2", "depth": 70,
         "input": [3, 288, 288], "params": 9109994,
         "top1": 80.608, "top5": 95.31,
         "idea": "B0 scaled at once in depth (×1.2), width (×1.1) and picture (288)"},
        {"name": "efficientnet_b3", "title": "EfficientNet-B3", "depth": 79,
         "input": [3, 300, 300], "params": 12233232,
         "top1": 82.008, "top5": 96.054,
         "idea": "B0 scaled at once in depth (×1.4), width (×1.2) and picture (300)"},
        {"name": "efficientnet_b4", "title": "EfficientNet-B4", "depth": 97,
         "input": [3, 380, 380], "params": 19341616,
         "top1": 83.384, "top5": 96.594,
         "idea": "B0 scaled at once in depth (×1.8), width (×1.4) and picture (380)"},
        {"name": "efficientnet_b5", "title": "EfficientNet-B5", "depth": 117,
         "input": [3, 456, 456], "params": 30389784,
         "top1": 83.444, "top5": 96.628,
         "idea": "B0 scaled at once in depth (×2.2), width (×1.6) and picture (456)"},
        {"name": "efficientnet_b6", "title": "EfficientNet-B6", "depth": 135,
         "input": [3, 528, 528], "params": 43040704,
         "top1": 84.008, "top5": 96.916,
         "idea": "B0 scaled at once in depth (×2.6), width (×1.8) and picture (528)"},
        {"name": "efficientnet_b7", "title": "EfficientNet-B7", "depth": 164,
         "input": [3, 600, 600], "params": 66347960,
         "top1": 84.122, "top5": 96.908,
         "idea": "B0 scaled at once in depth (×3.1), width (×2) and picture (600)"},
        {"name": "efficientnet_v2_s", "title": "EfficientNetV2-S", "year": 2021, "depth": 111,
         "input": [3, 384, 384], "params": 21458488,
         "top1": 84.228, "top5": 96.878,
         "idea": "early blocks fused: one full 3×3 trains faster than depthwise and pointwise",
         "paper": "Tan and Le 2021, EfficientNetV2: "
         "Smaller Models and Faster Training, arXiv:2104.00298"},
        {"name": "efficientnet_v2_l", "title": "EfficientNetV2-L", "year": 2021, "depth": 218,
         "input": [3, 480, 480], "params": 118515272,
         "top1": 85.808, "top5": 97.788,
         "idea": "the fused net made deeper and wider in its later stages",
         "paper": "Tan and Le 2021, EfficientNetV2: "
         "Smaller Models and Faster Training, arXiv:2104.00298"},
    ],
}
# fmt: on


@dataclass(frozen=True)
class Stage:
    """A row of the papers' tables: blocks alike but for the first, which may halve the picture."""

    expansion: int
    kernel: int
    stride: int  # of the first block
    channels: int
    blocks: int
    fused: bool = False

    def scaled(self, width: float, depth: float) -> Stage:
        """Return the stage with ``width`` times the channels and ``depth`` times the blocks."""
        channels, blocks = rounded(self.channels * width), math.ceil(self.blocks * depth)
        return Stage(self.expansion, self.kernel, self.stride, channels, blocks, self.fused)


@dataclass(frozen=True)
class Plan:
    """What a net is made from: its first and last convolution, its stages, its regularisation."""

    stem: int
    stages: tuple[Stage, ...]
    head: int
    dropout: float
    norm: Norm


# table 1 of the 2019 paper
B_STAGES = (
    Stage(1, 3, 1, 16, 1),
    Stage(6, 3, 2, 24, 2),
    Stage(6, 5, 2, 40, 2),
    Stage(6, 3, 2, 80, 3),
    Stage(6, 5, 1, 112, 3),
    Stage(6, 5, 2, 192, 4),
    Stage(6, 3, 1, 320, 1),
)

# table 4 of the 2021 paper; L as its authors published it
V2_S_STAGES = (
    Stage(1, 3, 1, 24, 2, fused=True),
    Stage(4, 3, 2, 48, 4, fused=True),
    Stage(4, 3, 2, 64, 4, fused=True),
    Stage(4, 3, 2, 128, 6),
    Stage(6, 3, 1, 160, 9),
    Stage(6, 3, 2, 256, 15),
)
V2_L_STAGES = (
    Stage(1, 3, 1, 32, 4, fused=True),
    Stage(4, 3, 2, 64, 7, fused=True),
    Stage(4, 3, 2, 96, 7, fused=True),
    Stage(4, 3, 2, 192, 10),
    Stage(6, 3, 1, 224, 19),
    Stage(6, 3, 2, 384, 25),
    Stage(6, 3, 1, 640, 7),
)

# Normalisation as torchvision's weights need it; an epsilon of 0.001 is TensorFlow's.
TORCH_NORM: Norm = nn.BatchNorm2d
LARGE_NORM: Norm = partial(nn.BatchNorm2d, eps=0.001, momentum=0.01)
V2_NORM: Norm = partial(nn.BatchNorm2d, eps=0.001)
SKIPPED = 0.2  # how often a block past the last would be skipped in training; earlier ones less


def compound(width: float, depth: float, dropout: float, norm: Norm = TORCH_NORM) -> Plan:
    """Return B0's plan with its channels times ``width`` and its blocks times ``depth``."""
    stages = tuple(stage.scaled(width, depth) for stage in B_STAGES)
    return Plan(rounded(32 * width), stages, 4 * stages[-1].channels, dropout, norm)


PLANS = {
    "efficientnet_b0": compound(1.0, 1.0, 0.2),
    "efficientnet_b1": compound(1.0, 1.1, 0.2),
    "efficientnet_b2": compound(1.1, 1.2, 0.3),
    "efficientnet_b3": compound(1.2, 1.4, 0.3),
    "efficientnet_b4": compound(1.4, 1.8, 0.4),
    "efficientnet_b5": compound(1.6, 2.2, 0.4, LARGE_NORM),
    "efficientnet_b6": compound(1.8, 2.6, 0.5, LARGE_NORM),
    "efficientnet_b7": compound(2.0, 3.1, 0.5, LARGE_NORM),
    "efficientnet_v2_s": Plan(24, V2_S_STAGES, 1280, 0.2, V2_NORM),
    "efficientnet_v2_l": Plan(32, V2_L_STAGES, 1280, 0.4, V2_NORM),
}


def build(name: str, num_classes: int = 1000, in_channels: int = 3) -> nn.Module:
    """Return an untrained net from pictures (N, in_channels, H, W) to logits (N, num_classes).

    Raises UserError for a name that ABOUT does not list.
    """
    if name not in PLANS:
        raise UserError(f"no EfficientNet is called {name!r}: there are {', '.join(PLANS)}")
    net = efficientnet(PLANS[name], num_classes, in_channels)
    initialise(net.modules())
    return net


def initialise(layers: Iterable[nn.Module]) -> None:
    """Draw the weights: He et al. 2015 by the fan out, dense layers within ±1/√outputs."""
    for layer in layers:
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, mode="fan_out")
        elif isinstance(layer, nn.Linear):
            bound = 1 / math.sqrt(layer.out_features)
            nn.init.uniform_(layer.weight, -bound, bound)
        if isinstance(layer, nn.Conv2d | nn.Linear) and layer.bias is not None:
            nn.init.zeros_(layer.bias)


class StochasticDepth(nn.Module):
    """Skips a block for some pictures of a training batch (Huang et al. 2016, arXiv:1603.09382)."""

    def __init__(self, dropped: float) -> None:
        super().__init__()
        self.dropped = dropped

    def forward(self, x: Tensor) -> Tensor:
        """Return x (N, …), in training with some rows zero and the others scaled to the mean."""
        if not self.training or self.dropped == 0:
            return x
        kept = x.new_empty([len(x)] + [1] * (x.ndim - 1)).bernoulli_(1 - self.dropped)
        return x * kept / (1 - self.dropped)

    def extra_repr(self) -> str:
        """Return the probability, for the printed net."""
        return f"dropped={self.dropped:.4g}"


class Block(nn.Module):
    """MBConv or its fused kind; the input is added where the shapes agree."""

    def __init__(self, layers: list[nn.Module], residual: bool, dropped: float) -> None:
        super().__init__()
        self.block = nn.Sequential(*layers)
        self.stochastic_depth = StochasticDepth(dropped)
        self.residual = residual

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, outputs, H/stride, W/stride) of x (N, inputs, H, W)."""
        y: Tensor = self.block(x)
        if not self.residual:
            return y
        kept: Tensor = self.stochastic_depth(y)
        return x + kept


def mbconv(stage: Stage, inputs: int, stride: int, norm: Norm) -> list[nn.Module]:
    """Return the layers: widen by 1×1, filter depthwise, gate, narrow by 1×1."""
    conv = partial(conv_bn, norm=norm, activation=nn.SiLU)
    wide = inputs * stage.expansion
    layers: list[nn.Module] = [] if stage.expansion == 1 else [conv(inputs, wide, 1)]
    layers.append(conv(wide, wide, stage.kernel, stride, groups=wide))
    layers.append(SqueezeExcitation(wide, inputs // 4, nn.SiLU(), nn.Sigmoid()))
    layers.append(conv_bn(wide, stage.channels, 1, norm=norm, activation=None))
    return layers


def fused_mbconv(stage: Stage, inputs: int, stride: int, norm: Norm) -> list[nn.Module]:
    """Return the layers: widen by a full convolution, narrow by 1×1; one if nothing widens."""
    conv = partial(conv_bn, norm=norm)
    if stage.expansion == 1:
        return [conv(inputs, stage.channels, stage.kernel, stride, activation=nn.SiLU)]
    wide = inputs * stage.expansion
    widen = conv(inputs, wide, stage.kernel, stride, activation=nn.SiLU)
    return [widen, conv(wide, stage.channels, 1, activation=None)]


def efficientnet(plan: Plan, classes: int, channels: int) -> nn.Module:
    """Return the net of a plan: a convolution, stages of blocks, a 1×1 convolution, one dense."""
    conv = partial(conv_bn, norm=plan.norm, activation=nn.SiLU)
    features: list[nn.Module] = [conv(channels, plan.stem, 3, 2)]
    inputs, place, total = plan.stem, 0, sum(stage.blocks for stage in plan.stages)
    for stage in plan.stages:
        dropped = [SKIPPED * (place + block) / total for block in range(stage.blocks)]
        features.append(blocks_of(stage, inputs, plan.norm, dropped))
        inputs, place = stage.channels, place + stage.blocks
    features.append(conv(inputs, plan.head, 1))
    return PooledClassifier(features, [nn.Dropout(plan.dropout), nn.Linear(plan.head, classes)])


def blocks_of(stage: Stage, inputs: int, norm: Norm, dropped: list[float]) -> nn.Sequential:
    """Return a stage's blocks: the first from ``inputs`` channels with the stage's stride."""
    layers_of = fused_mbconv if stage.fused else mbconv
    blocks = []
    for number, chance in enumerate(dropped):
        stride = stage.stride if number == 0 else 1
        layers = layers_of(stage, inputs, stride, norm)
        blocks.append(Block(layers, stride == 1 and inputs == stage.channels, chance))
        inputs = stage.channels
    return nn.Sequential(*blocks)
