"""The small nets of the lessons."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from torch import Tensor, nn

from cnntui.errors import UserError

# depth counts convolutions and dense layers along the net; a depthwise and a pointwise are two.
# year is that of what the net teaches: dropout, batch normalisation, pooled heads, residuals, …
ABOUT = {
    "entry": "build",
    "family": "Teaching",
    "year": 2015,
    "input": [3, 64, 64],
    "classes": 10,
    "paper": "the curriculum of cnntui",
    "nets": [
        {
            "name": "tiny_vgg",
            "title": "Tiny VGG",
            "year": 2020,
            "depth": 5,
            "params": 19920,
            "idea": "ten filters a layer: few enough to show every number",
            "paper": "Wang et al. 2020, CNN Explainer: Learning Convolutional Neural Networks with "
            "Interactive Visualization, arXiv:2004.15004",
        },
        {
            "name": "mnist_cnn",
            "title": "MNIST net",
            "year": 2014,
            "depth": 4,
            "input": [1, 28, 28],
            "params": 225034,
            "idea": "convolve and pool twice, then decide; dropout against learning by heart",
        },
        {
            "name": "cifar_cnn",
            "title": "CIFAR net, dense head",
            "depth": 8,
            "input": [3, 32, 32],
            "params": 815082,
            "idea": "batch normalisation after every convolution, dropout after every block",
        },
        {
            "name": "cifar_cnn_gap",
            "title": "CIFAR net, pooled head",
            "year": 2013,
            "depth": 8,
            "input": [3, 32, 32],
            "params": 323050,
            "idea": "the mean of every map instead of flattening: far fewer weights in the head",
        },
        {
            "name": "hierarchy_cnn",
            "title": "Hierarchy demo",
            "year": 2013,
            "depth": 5,
            "params": 390986,
            "idea": "channels double as the picture halves: edges, textures, parts, objects",
        },
        {
            "name": "small_resnet",
            "title": "Small ResNet",
            "depth": 14,
            "params": 2785354,
            "idea": "y = F(x) + x, and a 1×1 convolution of x where the shapes differ",
        },
        {
            "name": "separable_cnn",
            "title": "Hierarchy demo, separable",
            "year": 2017,
            "depth": 8,
            "params": 48938,
            "idea": "the hierarchy demo with depthwise separable convolutions: an eighth of it",
        },
    ],
}


def build(name: str, num_classes: int = 10, in_channels: int | None = None) -> nn.Module:
    """Return an untrained net from pictures (N, C, H, W) to logits (N, num_classes).

    ``in_channels`` None is the net's own. Nets that flatten take pictures of their own size only.
    Raises UserError for a name that ABOUT does not list.
    """
    if name not in NETS:
        raise UserError(f"no teaching net is called {name!r}: there are {', '.join(NETS)}")
    net, channels = NETS[name]
    return net(num_classes, channels if in_channels is None else in_channels)


def in_two_parts(features: list[nn.Module], classifier: list[nn.Module]) -> nn.Sequential:
    """Return the layers as ``features`` and ``classifier``, one after the other."""
    parts = {"features": nn.Sequential(*features), "classifier": nn.Sequential(*classifier)}
    return nn.Sequential(OrderedDict(parts))


def conv_relu(inputs: int, outputs: int, padding: int) -> list[nn.Module]:
    """Return a 3×3 convolution and ReLU: valid with ``padding`` 0, same with 1."""
    return [nn.Conv2d(inputs, outputs, 3, padding=padding), nn.ReLU()]


def conv_bn_relu(inputs: int, outputs: int) -> list[nn.Module]:
    """Return a 3×3 same convolution, normalisation, ReLU; the normalisation has the bias."""
    conv = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
    return [conv, nn.BatchNorm2d(outputs), nn.ReLU()]


def pooled() -> list[nn.Module]:
    """Return the mean over all places: (N, C, H, W) to (N, C)."""
    return [nn.AdaptiveAvgPool2d(1), nn.Flatten()]


def tiny_vgg(classes: int, channels: int) -> nn.Module:
    """Return the net of CNN Explainer: 64 → 62 → 60 → 30 → 28 → 26 → 13 pixels."""
    features: list[nn.Module] = []
    for inputs in (channels, 10):
        features += [*conv_relu(inputs, 10, 0), *conv_relu(10, 10, 0), nn.MaxPool2d(2)]
    return in_two_parts(features, [nn.Flatten(), nn.Linear(10 * 13 * 13, classes)])


def mnist_cnn(classes: int, channels: int) -> nn.Module:
    """Return the net for digits: 28 → 26 → 13 → 11 → 5 pixels."""
    features = [*conv_relu(channels, 32, 0), nn.MaxPool2d(2)]
    features += [*conv_relu(32, 64, 0), nn.MaxPool2d(2)]
    classifier = [nn.Flatten(), nn.Dropout(0.5), nn.Linear(64 * 5 * 5, 128), nn.ReLU()]
    return in_two_parts(features, [*classifier, nn.Dropout(0.5), nn.Linear(128, classes)])


def cifar_features(channels: int) -> list[nn.Module]:
    """Return three blocks, each halving the picture: (N, C, 32, 32) to (N, 128, 4, 4)."""
    features: list[nn.Module] = []
    for inputs, outputs, dropout in ((channels, 32, 0.2), (32, 64, 0.3), (64, 128, 0.4)):
        features += [*conv_bn_relu(inputs, outputs), *conv_bn_relu(outputs, outputs)]
        features += [nn.MaxPool2d(2), nn.Dropout(dropout)]
    return features


def cifar_cnn(classes: int, channels: int) -> nn.Module:
    """Return the CIFAR net whose head reads all 2,048 numbers of the last maps."""
    dense = [nn.Flatten(), nn.Linear(128 * 4 * 4, 256), nn.BatchNorm1d(256), nn.ReLU()]
    classifier = [*dense, nn.Dropout(0.5), nn.Linear(256, classes)]
    return in_two_parts(cifar_features(channels), classifier)


def cifar_cnn_gap(classes: int, channels: int) -> nn.Module:
    """Return the CIFAR net whose head reads the means of the 128 last maps."""
    dense = [*pooled(), nn.Linear(128, 256), nn.ReLU(), nn.Dropout(0.5)]
    return in_two_parts(cifar_features(channels), [*dense, nn.Linear(256, classes)])


def hierarchy_cnn(classes: int, channels: int) -> nn.Module:
    """Return four same convolutions of 32 to 256 filters with two poolings between them."""
    features = [*conv_relu(channels, 32, 1), *conv_relu(32, 64, 1), nn.MaxPool2d(2)]
    features += [*conv_relu(64, 128, 1), nn.MaxPool2d(2), *conv_relu(128, 256, 1)]
    return in_two_parts(features, [*pooled(), nn.Linear(256, classes)])


class SeparableConv(nn.Module):
    """A 3×3 filter for each channel alone, then a 1×1 convolution that mixes the channels.

    9·Cin + Cin·Cout + Cout parameters: 8,896 for 64 to 128, where a full convolution has 73,856.
    """

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(inputs, inputs, 3, padding=1, groups=inputs, bias=False)
        self.pointwise = nn.Conv2d(inputs, outputs, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, outputs, H, W) of x (N, inputs, H, W)."""
        y: Tensor = self.pointwise(self.depthwise(x))
        return y


def separable_cnn(classes: int, channels: int) -> nn.Module:
    """Return the hierarchy demo with every convolution but the first made separable."""
    features = [*conv_relu(channels, 32, 1), SeparableConv(32, 64), nn.ReLU(), nn.MaxPool2d(2)]
    features += [SeparableConv(64, 128), nn.ReLU(), nn.MaxPool2d(2)]
    features += [SeparableConv(128, 256), nn.ReLU()]
    return in_two_parts(features, [*pooled(), nn.Linear(256, classes)])


class ResidualBlock(nn.Module):
    """y = ReLU(F(x) + x); where channels or size change, x goes through a 1×1 convolution."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU()
        self.shortcut = nn.Sequential()
        if stride != 1 or inputs != outputs:
            self.shortcut.append(nn.Conv2d(inputs, outputs, 1, stride, bias=False))
            self.shortcut.append(nn.BatchNorm2d(outputs))

    def forward(self, x: Tensor) -> Tensor:
        """Return (N, outputs, H/stride, W/stride) of x (N, inputs, H, W)."""
        change = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        y: Tensor = self.relu(change + self.shortcut(x))
        return y


def small_resnet(classes: int, channels: int) -> nn.Module:
    """Return a 7×7 convolution and six residual blocks: 64 → 32 → 16 → 8 pixels."""
    stem = nn.Conv2d(channels, 64, 7, stride=2, padding=3, bias=False)
    features = [stem, nn.BatchNorm2d(64), nn.ReLU()]
    inputs = 64
    for outputs, stride in ((64, 1), (64, 1), (128, 2), (128, 1), (256, 2), (256, 1)):
        features.append(ResidualBlock(inputs, outputs, stride))
        inputs = outputs
    return in_two_parts(features, [*pooled(), nn.Linear(256, classes)])


NETS: dict[str, tuple[Callable[[int, int], nn.Module], int]] = {
    "tiny_vgg": (tiny_vgg, 3),
    "mnist_cnn": (mnist_cnn, 1),
    "cifar_cnn": (cifar_cnn, 3),
    "cifar_cnn_gap": (cifar_cnn_gap, 3),
    "hierarchy_cnn": (hierarchy_cnn, 3),
    "small_resnet": (small_resnet, 3),
    "separable_cnn": (separable_cnn, 3),
}
