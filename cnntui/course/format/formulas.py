"""The functions a lesson's figures are made of: sizes, parameters, receptive fields, scores.

Every one takes and gives plain numbers. Knows no lesson; docs/lessons.md lists what is in
``FUNCTIONS`` from the docstrings here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

from cnntui.engine import geometry
from cnntui.errors import UserError

_LAYER = re.compile(r"(\d{1,4})(?:/(\d{1,4}))?(?::(\d{1,4}))?")


def out(
    size: int,
    kernel: int,
    stride: int = 1,
    padding: int | str = 0,
    dilation: int = 1,
    ceil: bool = False,
) -> int:
    """Output size ⌊(W + 2P − d(K−1) − 1) / S⌋ + 1; padding is a number, 'same' or 'full'."""
    before, after = pads(kernel, padding, dilation)
    if min(size, kernel, stride, dilation) < 1:
        raise UserError("sizes, kernels, strides and dilations are at least 1")
    axis = geometry.Axis(size, kernel, stride, dilation, before, after, ceil=ceil)
    return axis.outputs


def pads(kernel: int, padding: int | str, dilation: int = 1) -> tuple[int, int]:
    """Return the padding (before, after), torch's for 'same'."""
    if padding == "same":
        return geometry.same_padding(kernel, dilation)
    if padding == "full":
        return (geometry.extent(kernel, dilation) - 1,) * 2
    if padding == "valid":
        return 0, 0
    if not isinstance(padding, int):
        raise UserError(f"padding {padding!r} is not known; give a number, 'same' or 'full'")
    return padding, padding


def keras_out(size: int, stride: int = 1) -> int:
    """Output size of Keras' padding="same": ⌈W / S⌉."""
    return -(-size // stride)


def extent(kernel: int, dilation: int = 1) -> int:
    """Effective kernel K + (K−1)(d−1)."""
    return geometry.extent(kernel, dilation)


def conv_params(kernel: int, cin: int, cout: int, bias: bool = True, groups: int = 1) -> int:
    """Parameters of a convolution: K·K·Cin/groups·Cout, and Cout with a bias."""
    return kernel * kernel * (cin // groups) * cout + (cout if bias else 0)


def separable_params(kernel: int, cin: int, cout: int, bias: bool = True) -> int:
    """Parameters of a depthwise separable one: K·K·Cin + Cin·Cout, and Cout with a bias."""
    return kernel * kernel * cin + cin * cout + (cout if bias else 0)


def dense_params(inputs: int, outputs: int, bias: bool = True) -> int:
    """Parameters of a dense layer: in·out, and out with a bias."""
    return inputs * outputs + (outputs if bias else 0)


def macs(kernel: int, cin: int, cout: int, height: int, width: int, groups: int = 1) -> int:
    """Multiply–adds of a convolution whose output is height × width: K·K·Cin·Cout·H·W."""
    return kernel * kernel * (cin // groups) * cout * height * width


def field(stack: str) -> int:
    """Receptive field of a stack, kernel[/stride][:dilation] a layer, as in 3 3 2/2 3."""
    seen, step = 1, 1
    for kernel, stride, dilation in layers_of(stack):
        seen += (geometry.extent(kernel, dilation) - 1) * step
        step *= stride
    return seen


def jump(stack: str) -> int:
    """Input cells between two neighbours of a stack's output: the strides multiplied."""
    return math.prod(stride for _, stride, _ in layers_of(stack))


def stack_weights(stack: str) -> int:
    """Weights of a stack for one channel: the sum of K·K."""
    return sum(kernel * kernel for kernel, _, _ in layers_of(stack))


def layers_of(stack: str) -> list[tuple[int, int, int]]:
    """Return (kernel, stride, dilation) of each layer. Raises UserError."""
    layers = [_LAYER.fullmatch(word) for word in str(stack).split()]
    if not layers or len(layers) > 200 or not all(layers):
        raise UserError(f"{str(stack)[:40]!r} is no stack; write '3 3 2/2 3:2'")
    return [(int(m[1]), int(m[2] or 1), int(m[3] or 1)) for m in layers if m]


def product(*sizes: float) -> float:
    """The numbers multiplied, or those of one shape: 7×7×512 is 25,088."""
    flat = sizes[0] if len(sizes) == 1 and isinstance(sizes[0], tuple) else sizes
    return math.prod(flat)


def total(*values: float) -> float:
    """All numbers added."""
    return math.fsum(values) if any(isinstance(v, float) for v in values) else sum(values)


def percent(part: float, whole: float = 1.0) -> float:
    """100 · part / whole, in three digits."""
    return rounded(100 * part / whole, 1 if part / whole >= 0.1 else 2)


def rounded(value: float, places: int = 0) -> float:
    """The number rounded to some places behind the point, halves to the even digit."""
    return round(float(value), int(places))


def million(value: float, places: int = 1) -> str:
    """A count in millions: 11689512 is 11.7 million."""
    return f"{value / 1e6:,.{max(0, min(int(places), 6))}f} million"


def megabytes(values: float, each: int = 4) -> str:
    """What numbers of ``each`` bytes take, in units of 1,000,000 bytes."""
    return f"{values * each / 1e6:,.1f} MB"


def root(value: float) -> float:
    """The square root."""
    return math.sqrt(value)


def softmax(logits: Sequence[float], at: int | None = None) -> Any:
    """The shares e^z / Σe^z: the one at an index, or all of them written out."""
    shares = softmaxed(logits)
    return " ".join(f"{share:.3f}" for share in shares) if at is None else shares[at]


def softmaxed(logits: Sequence[float]) -> tuple[float, ...]:
    """Return e^z / Σe^z."""
    largest = max(logits)
    powers = [math.exp(z - largest) for z in logits]
    return tuple(power / math.fsum(powers) for power in powers)


def cross_entropy(probability: float) -> float:
    """−ln p, of the probability given to the right class."""
    return -math.log(probability)


def accuracy(right: int, judged: int) -> float:
    """Right ones among all."""
    return right / judged


def precision(tp: int, fp: int) -> float:
    """Right ones among those called so: TP / (TP + FP)."""
    return tp / (tp + fp)


def recall(tp: int, fn: int) -> float:
    """Right ones among those that are so: TP / (TP + FN)."""
    return tp / (tp + fn)


def f1(tp: int, fp: int, fn: int) -> float:
    """The harmonic mean of both: 2·TP / (2·TP + FP + FN)."""
    return 2 * tp / (2 * tp + fp + fn)


def cosine(rate: float, epoch: float, epochs: float, least: float = 0.0) -> float:
    """The cosine schedule's learning rate at an epoch."""
    return least + (rate - least) * (1 + math.cos(math.pi * epoch / epochs)) / 2


def params(net: str) -> int:
    """Parameters of a known network, with its published input and classes."""
    return int(_net(net).params)


def year(net: str) -> str:
    """The year of a known network, without a separator."""
    return str(_net(net).year)


def depth(net: str) -> int | str:
    """Layers with weights of a known network, as its paper counts them."""
    layers: int | None = _net(net).depth
    return layers or "unknown"


def top1(net: str) -> str:
    """ImageNet top-1 accuracy of a known network in per cent, as its file's source has it."""
    return _figure(_net(net).top1)


def top5(net: str) -> str:
    """ImageNet top-5 accuracy of a known network in per cent."""
    return _figure(_net(net).top5)


def _figure(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.1f} %"


def _net(name: str) -> Any:
    from cnntui.models.naming import find_net

    return find_net(str(name))


TEXTS = ("out", "field", "jump", "stack_weights", "params", "year", "depth", "top1", "top5")
LISTS = ("product", "softmax")  # those that take a tuple

FUNCTIONS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        out, keras_out, extent, conv_params, separable_params, dense_params, macs, field, jump,
        stack_weights, product, total, percent, rounded, million, megabytes, root, softmax,
        cross_entropy, accuracy, precision, recall, f1, cosine, params, year, depth, top1, top5,
    )
}  # fmt: skip
