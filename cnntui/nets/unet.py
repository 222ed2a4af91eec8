"""Two U-Nets, a small padded one and the paper's."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import torch
from torch import Tensor, nn

from cnntui.errors import UserError

# depth counts every convolution, as the paper does: its 23 include 4 up-convolutions.
ABOUT = {
    "entry": "build",
    "family": "U-Net",
    "year": 2015,
    "classes": 2,
    "nets": [
        {
            "name": "unet",
            "title": "U-Net, small",
            "depth": 11,
            "input": [3, 128, 128],
            "params": 471586,
            "idea": "a class for every pixel: shrink to see far, grow back, copy details across",
            "paper": "the curriculum of cnntui",
        },
        {
            "name": "unet_paper",
            "title": "U-Net",
            "depth": 23,
            "input": [1, 572, 572],
            "params": 31030658,
            "idea": "cropped copies of early maps give the upward path back its borders",
            "paper": "Ronneberger et al. 2015, U-Net: Convolutional Networks for Biomedical Image "
            "Segmentation, arXiv:1505.04597",
        },
    ],
}


def build(name: str, num_classes: int = 2, in_channels: int | None = None) -> nn.Module:
    """Return an untrained net from pictures (N, C, H, W) to logits (N, num_classes, h, w).

    ``in_channels`` None is the net's own. ``unet`` keeps sides that are multiples of 4;
    ``unet_paper`` maps 572×572 to 388×388. Raises UserError for a name that ABOUT does not list.
    """
    if name not in NETS:
        raise UserError(f"no U-Net is called {name!r}: there are {', '.join(NETS)}")
    make, channels = NETS[name]
    net = make(num_classes, channels if in_channels is None else in_channels)
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight)  # deviation √(2/fan in): section 3 of the paper
    return net


def double_conv(inputs: int, outputs: int, padding: int) -> nn.Sequential:
    """Return two 3×3 convolutions with ReLU: (N, inputs, H, W) to (N, outputs, H', W').

    H' is H with ``padding`` 1 and H − 4 without.
    """
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=padding),
        nn.ReLU(),
        nn.Conv2d(outputs, outputs, 3, padding=padding),
        nn.ReLU(),
    )


def cropped(x: Tensor, like: Tensor) -> Tensor:
    """Return the middle of x (N, C, H, W), as high and wide as ``like``."""
    height, width = like.shape[-2:]
    top, left = (x.shape[-2] - height) // 2, (x.shape[-1] - width) // 2
    return x[..., top : top + height, left : left + width]


class UNet(nn.Module):
    """A way down over the widths, the way back up, and a copy across at every level."""

    def __init__(
        self,
        down: list[nn.Sequential],
        up: list[nn.Module],
        merge: list[nn.Sequential],
        head: nn.Conv2d,
    ) -> None:
        super().__init__()
        self.down = nn.ModuleList(down[:-1])
        self.pool = nn.MaxPool2d(2)
        self.bottom = down[-1]
        self.up = nn.ModuleList(up)
        self.merge = nn.ModuleList(merge)
        self.head = head

    def forward(self, pictures: Tensor) -> Tensor:
        """Return logits (N, classes, h, w) of pictures (N, C, H, W)."""
        x, copies = pictures, []
        for convs in self.down:
            x = convs(x)
            copies.append(x)
            x = self.pool(x)
        x = self.bottom(x)
        for up, convs in zip(self.up, self.merge, strict=True):
            x = up(x)
            x = convs(torch.cat([cropped(copies.pop(), x), x], dim=1))
        logits: Tensor = self.head(x)
        return logits


def unet(classes: int, channels: int) -> nn.Module:
    """Return the small net: padded, 32, 64 and 128 filters, up-sampling that repeats pixels."""
    widths = (32, 64, 128)
    down = [double_conv(a, b, padding=1) for a, b in pairwise((channels, *widths))]
    up: list[nn.Module] = [nn.Upsample(scale_factor=2) for _ in widths[1:]]
    merge = [double_conv(a + b, b, padding=1) for a, b in pairwise(reversed(widths))]
    return UNet(down, up, merge, nn.Conv2d(widths[0], classes, 1))


def unet_paper(classes: int, channels: int) -> nn.Module:
    """Return figure 1 of the paper: valid convolutions, 64 to 1024 filters, up-convolutions.

    Dropout 0.5 stands at the end of the two deepest levels: the paper has it "at the end of the
    contracting path".
    """
    widths = (64, 128, 256, 512, 1024)
    down = [double_conv(a, b, padding=0) for a, b in pairwise((channels, *widths))]
    for convs in down[-2:]:
        convs.append(nn.Dropout(0.5))
    steps = list(pairwise(reversed(widths)))
    up: list[nn.Module] = [nn.ConvTranspose2d(a, b, 2, stride=2) for a, b in steps]
    merge = [double_conv(2 * b, b, padding=0) for _, b in steps]
    return UNet(down, up, merge, nn.Conv2d(widths[0], classes, 1))


NETS: dict[str, tuple[Callable[[int, int], nn.Module], int]] = {
    "unet": (unet, 3),
    "unet_paper": (unet_paper, 1),
}
