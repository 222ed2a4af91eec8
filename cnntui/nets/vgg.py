"""VGG: 3×3 convolutions and nothing else."""

from __future__ import annotations

from torch import Tensor, nn

from cnntui.errors import UserError

ABOUT = {
    "entry": "build",
    "family": "VGG",
    "year": 2014,
    "input": [3, 224, 224],
    "classes": 1000,
    "figures": "torchvision IMAGENET1K_V1 weights",
    "paper": "Simonyan and Zisserman 2014, Very Deep Convolutional Networks for "
    "Large-Scale Image Recognition, arXiv:1409.1556",
    "nets": [
        {
            "name": "vgg11",
            "title": "VGG-11",
            "depth": 11,
            "params": 132863336,
            "top1": 69.02,
            "top5": 88.628,
            "idea": "configuration A: small 3×3 filters from the first layer to the last",
        },
        {
            "name": "vgg11_bn",
            "title": "VGG-11 BN",
            "depth": 11,
            "params": 132868840,
            "top1": 70.37,
            "top5": 89.81,
            "idea": "VGG-11 with a batch normalization after every convolution",
        },
        {
            "name": "vgg13",
            "title": "VGG-13",
            "depth": 13,
            "params": 133047848,
            "top1": 69.928,
            "top5": 89.246,
            "idea": "configuration B: two 3×3 convolutions before every pooling",
        },
        {
            "name": "vgg13_bn",
            "title": "VGG-13 BN",
            "depth": 13,
            "params": 133053736,
            "top1": 71.586,
            "top5": 90.374,
            "idea": "VGG-13 with a batch normalization after every convolution",
        },
        {
            "name": "vgg16",
            "title": "VGG-16",
            "depth": 16,
            "params": 138357544,
            "top1": 71.592,
            "top5": 90.382,
            "idea": "configuration D: three 3×3 see 7×7 with fewer weights, and bend thrice",
        },
        {
            "name": "vgg16_bn",
            "title": "VGG-16 BN",
            "depth": 16,
            "params": 138365992,
            "top1": 73.36,
            "top5": 91.516,
            "idea": "VGG-16 with a batch normalization after every convolution",
        },
        {
            "name": "vgg19",
            "title": "VGG-19",
            "depth": 19,
            "params": 143667240,
            "top1": 72.376,
            "top5": 90.876,
            "idea": "configuration E: as deep as plain layers were worth stacking",
        },
        {
            "name": "vgg19_bn",
            "title": "VGG-19 BN",
            "depth": 19,
            "params": 143678248,
            "top1": 74.218,
            "top5": 91.842,
            "idea": "VGG-19 with a batch normalization after every convolution",
        },
    ],
}

# convolutions in each of the five stages; a pooling after each
STAGES = {
    "vgg11": (1, 1, 2, 2, 2),
    "vgg13": (2, 2, 2, 2, 2),
    "vgg16": (2, 2, 3, 3, 3),
    "vgg19": (2, 2, 4, 4, 4),
}
WIDTHS = (64, 128, 256, 512, 512)


class VGG(nn.Module):
    """Five stages of 3×3 convolutions, then three dense layers."""

    def __init__(
        self, stages: tuple[int, ...], batch_norm: bool, num_classes: int, in_channels: int
    ) -> None:
        super().__init__()
        self.features = features(stages, batch_norm, in_channels)
        self.avgpool = nn.AdaptiveAvgPool2d(7)
        self.classifier = nn.Sequential(
            nn.Linear(512 * 7 * 7, 4096),
            nn.ReLU(),
            nn.Dropout(0.5),
            nn.Linear(4096, 4096),
            nn.ReLU(),
            nn.Dropout(0.5),
            nn.Linear(4096, num_classes),
        )
        self.apply(initialise)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits: (N, C, H, W) → (N, classes); H and W from 32 up."""
        maps: Tensor = self.avgpool(self.features(x))  # (N, 512, 7, 7)
        logits: Tensor = self.classifier(maps.flatten(1))
        return logits


def features(stages: tuple[int, ...], batch_norm: bool, in_channels: int) -> nn.Sequential:
    """Return the stages: (N, in_channels, H, W) → (N, 512, H/32, W/32)."""
    layers: list[nn.Module] = []
    for count, width in zip(stages, WIDTHS, strict=True):
        for _ in range(count):
            layers.append(nn.Conv2d(in_channels, width, 3, padding=1))
            if batch_norm:
                layers.append(nn.BatchNorm2d(width))
            layers.append(nn.ReLU())
            in_channels = width
        layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers)


def initialise(module: nn.Module) -> None:
    """Draw the weights as He et al. 2015 for convolutions, from N(0, 0.01²) for dense layers."""
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
    elif isinstance(module, nn.Linear):
        nn.init.normal_(module.weight, 0, 0.01)
    if isinstance(module, nn.Conv2d | nn.Linear) and module.bias is not None:
        nn.init.zeros_(module.bias)


def build(name: str, num_classes: int = 1000, in_channels: int = 3) -> nn.Module:
    """Return a VGG with torchvision's parameter names; raises UserError for another name."""
    plain = name.removesuffix("_bn")
    if plain not in STAGES:
        raise UserError(
            f"no VGG is called {name}: there are {', '.join(STAGES)}, and each with _bn"
        )
    return VGG(STAGES[plain], plain != name, num_classes, in_channels)
