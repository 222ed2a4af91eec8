"""A net for pictures of 8×8."""

from __future__ import annotations

from collections import OrderedDict

from torch import nn

from cnntui.errors import UserError

# year is that of what it is made of: batch normalisation between small convolutions
ABOUT = {
    "entry": "build",
    "family": "Digits",
    "nets": [
        {
            "name": "digits_cnn",
            "title": "Digits net",
            "year": 2015,
            "depth": 5,
            "input": [1, 8, 8],
            "classes": 10,
            "params": 67754,
            "idea": "as small as its pictures: it learns the 8×8 digits in a second",
            "paper": "the curriculum of cnntui",
        },
    ],
}


def build(name: str, num_classes: int = 10, in_channels: int = 1) -> nn.Module:
    """Return the digits net: (N, in_channels, 8, 8) → logits (N, num_classes).

    Two blocks of two 3×3 convolutions, 8 → 4 → 2 pixels. Raises UserError for another name.
    """
    if name != "digits_cnn":
        raise UserError(f"no net for digits is called {name}: there is digits_cnn")
    layers: list[nn.Module] = []
    inputs = in_channels
    for outputs in (32, 64):
        for _ in range(2):
            layers += [nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)]
            layers += [nn.BatchNorm2d(outputs), nn.ReLU()]
            inputs = outputs
        layers.append(nn.MaxPool2d(2))
    classifier = [nn.Flatten(), nn.Dropout(0.3), nn.Linear(64 * 2 * 2, num_classes)]
    parts = [("features", nn.Sequential(*layers)), ("classifier", nn.Sequential(*classifier))]
    return nn.Sequential(OrderedDict(parts))
