"""AlexNet, with which deep networks won ImageNet."""

from __future__ import annotations

from torch import Tensor, nn

from cnntui.errors import UserError

ABOUT = {
    "entry": "build",
    "family": "AlexNet",
    "nets": [
        {
            "name": "alexnet",
            "title": "AlexNet",
            "year": 2012,
            "depth": 8,
            "input": [3, 224, 224],
            "classes": 1000,
            "params": 61100840,
            "top1": 56.522,
            "top5": 79.066,
            "figures": "torchvision IMAGENET1K_V1 weights",
            "idea": "ReLU, dropout, augmentation and two GPUs make a large net trainable",
            "paper": "Krizhevsky et al. 2012, ImageNet Classification with Deep Convolutional "
            "Neural Networks; these widths: Krizhevsky 2014, arXiv:1404.5997",
        },
    ],
}


class AlexNet(nn.Module):
    """AlexNet on one GPU, without local response normalization, as in arXiv:1404.5997."""

    def __init__(self, num_classes: int, in_channels: int) -> None:
        super().__init__()
        self.features = features(in_channels)
        self.avgpool = nn.AdaptiveAvgPool2d(6)
        self.classifier = nn.Sequential(
            nn.Dropout(0.5),
            nn.Linear(256 * 6 * 6, 4096),
            nn.ReLU(),
            nn.Dropout(0.5),
            nn.Linear(4096, 4096),
            nn.ReLU(),
            nn.Linear(4096, num_classes),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits: (N, C, H, W) → (N, classes); H and W from 63 up."""
        maps: Tensor = self.avgpool(self.features(x))  # (N, 256, 6, 6)
        logits: Tensor = self.classifier(maps.flatten(1))
        return logits


def features(in_channels: int) -> nn.Sequential:
    """Return the five convolutions: (N, in_channels, 224, 224) → (N, 256, 6, 6)."""
    return nn.Sequential(
        nn.Conv2d(in_channels, 64, 11, stride=4, padding=2),  # (N, 64, 55, 55)
        nn.ReLU(),
        nn.MaxPool2d(3, stride=2),
        nn.Conv2d(64, 192, 5, padding=2),  # (N, 192, 27, 27)
        nn.ReLU(),
        nn.MaxPool2d(3, stride=2),
        nn.Conv2d(192, 384, 3, padding=1),  # (N, 384, 13, 13)
        nn.ReLU(),
        nn.Conv2d(384, 256, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(256, 256, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(3, stride=2),
    )


def build(name: str, num_classes: int = 1000, in_channels: int = 3) -> nn.Module:
    """Return AlexNet with torchvision's parameter names; raises UserError for another name."""
    if name != "alexnet":
        raise UserError(f"no AlexNet is called {name}: there is alexnet")
    return AlexNet(num_classes, in_channels)
