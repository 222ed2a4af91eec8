"""LeNet-5, which read zip codes."""

from __future__ import annotations

from collections import OrderedDict

from torch import nn

from cnntui.errors import UserError

# depth: the two subsamplings had weights in 1998, and made seven layers of these five
ABOUT = {
    "entry": "build",
    "family": "LeNet",
    "nets": [
        {
            "name": "lenet5",
            "title": "LeNet-5",
            "year": 1998,
            "depth": 5,
            "input": [1, 32, 32],
            "classes": 10,
            "params": 61706,
            "idea": "convolve, subsample, convolve again: features are learned, not designed",
            "paper": "LeCun et al. 1998, Gradient-Based Learning Applied to Document Recognition",
        },
    ],
}


def build(name: str, num_classes: int = 10, in_channels: int = 1) -> nn.Module:
    """Return LeNet-5: (N, in_channels, 32, 32) → logits (N, num_classes).

    The layers have the paper's names. Simpler than in 1998, as today's implementations are: every
    map of C3 sees all six maps of S2, the subsampling has no weights, tanh is not scaled, and the
    last layer is linear. Raises UserError for another name.
    """
    if name != "lenet5":
        raise UserError(f"no LeNet is called {name}: there is lenet5")
    layers: list[tuple[str, nn.Module]] = [
        ("c1", nn.Conv2d(in_channels, 6, 5)),  # (N, 6, 28, 28)
        ("tanh1", nn.Tanh()),
        ("s2", nn.AvgPool2d(2)),  # (N, 6, 14, 14)
        ("c3", nn.Conv2d(6, 16, 5)),  # (N, 16, 10, 10)
        ("tanh3", nn.Tanh()),
        ("s4", nn.AvgPool2d(2)),  # (N, 16, 5, 5)
        ("c5", nn.Conv2d(16, 120, 5)),  # (N, 120, 1, 1)
        ("tanh5", nn.Tanh()),
        ("flatten", nn.Flatten()),
        ("f6", nn.Linear(120, 84)),
        ("tanh6", nn.Tanh()),
        ("output", nn.Linear(84, num_classes)),
    ]
    return nn.Sequential(OrderedDict(layers))
