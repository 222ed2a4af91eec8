"""Which torch modules a written network is made of: names, classes and arguments.

``built`` calls them and ``exporting`` writes the calls down, so that both make the same network.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from cnntui.engine.building.blueprint import Blueprint, ImageShape, first_error
from cnntui.engine.building.rules import Shape, after, conv_padding
from cnntui.engine.building.shapes import Shaped, shaped
from cnntui.engine.building.specs import (
    ONE,
    Activation,
    Adaptive,
    Conv,
    Dense,
    Dropout,
    Global,
    Norm,
    Pool,
    Residual,
    Spec,
    Upsample,
    primitives,
)
from cnntui.engine.geometry import Pair
from cnntui.errors import UserError

Argument = int | float | str | bool | Pair
CLASSES = {
    "relu": "ReLU",
    "leaky-relu": "LeakyReLU",
    "tanh": "Tanh",
    "sigmoid": "Sigmoid",
    "silu": "SiLU",
    "gelu": "GELU",
    "softmax": "Softmax",
}
ALONE = {"flatten", "gap", "globalmax", "softmax"}  # mostly one: the first has no number


@dataclass(frozen=True)
class Part:
    """One module: the call that makes it, and its output's shape without the batch."""

    name: str
    kind: str  # the torch.nn class; Residual is this project's
    positional: tuple[Argument, ...]
    named: dict[str, Argument]
    output: Shape


def fitting(
    blueprint: Blueprint, input_shape: ImageShape | None = None, num_classes: int | None = None
) -> Shaped:
    """Return the shapes of a network that has no fault; raises UserError with the first line."""
    given = shaped(blueprint, input_shape)
    if given.errors:
        raise first_error(given.errors)
    if not given.layers:
        raise UserError("the network has no layer; write one a line, for example `conv 32 3 relu`")
    if num_classes is None or given.output == (num_classes,):
        return given
    return shaped(blueprint.for_classes(num_classes), input_shape)


def parts(network: Shaped) -> list[Part]:
    """Return the modules of a network without fault, in the order they are applied."""
    counts: Counter[str] = Counter()
    made: list[Part] = []
    for layer in network.layers:
        shape = layer.input
        for one in primitives(layer.layer.spec):
            before, shape = shape, after(one, shape)
            kind, positional, named = _call(one, before)
            called = _called(one, layer.layer.spec)
            counts[called] += 1
            number = "" if called in ALONE and counts[called] == 1 else str(counts[called])
            made.append(Part(called + number, kind, positional, named, shape))
    return made


def _called(one: Spec, line: Spec) -> str:
    match one:
        case Activation():
            return one.kind.replace("-", "_")
        case Adaptive() if isinstance(line, Global):
            return "gap" if one.kind == "avg" else "globalmax"
        case Norm():
            return "bn"
    return type(one).__name__.lower()


def _call(spec: Spec, shape: Shape) -> tuple[str, tuple[Argument, ...], dict[str, Argument]]:
    """Return the class, the arguments and the named arguments that are not torch's defaults."""
    match spec:
        case Conv():
            return _conv_call(spec, shape)
        case Dense():
            return "Linear", (shape[0], spec.units), {} if spec.bias else {"bias": False}
        case Norm():
            return f"BatchNorm{'2d' if len(shape) == 3 else '1d'}", (shape[0],), {}
        case Activation():
            return CLASSES[spec.kind], (), {"dim": 1} if spec.kind == "softmax" else {}
        case Pool():
            return _pool_call(spec)
        case Adaptive():
            return f"Adaptive{spec.kind.title()}Pool2d", (_single(spec.size),), {}
        case Dropout():
            return "Dropout", (spec.chance,), {}
        case Upsample():
            return "Upsample", (), {"scale_factor": spec.factor}
        case Residual():
            stride: dict[str, Argument] = {"stride": spec.stride} if spec.stride > 1 else {}
            return "Residual", (shape[0], spec.filters), stride
    return "Flatten", (), {}


def _conv_call(spec: Conv, shape: Shape) -> tuple[str, tuple[Argument, ...], dict[str, Argument]]:
    channels = shape[0]
    groups = spec.groups or channels
    (top, bottom), (left, right) = conv_padding(spec)
    padding = _single((top, left)) if (top, left) == (bottom, right) else "same"
    named: dict[str, Argument] = {"kernel_size": _single(spec.kernel)}
    if spec.stride != ONE:
        named["stride"] = _single(spec.stride)
    if padding != 0:
        named["padding"] = padding
    if spec.dilation != ONE:
        named["dilation"] = _single(spec.dilation)
    if groups != 1:
        named["groups"] = groups
    if not spec.bias:
        named["bias"] = False
    return "Conv2d", (channels, spec.filters or channels), named


def _pool_call(spec: Pool) -> tuple[str, tuple[Argument, ...], dict[str, Argument]]:
    named: dict[str, Argument] = {}
    if spec.stride not in (None, spec.kernel):
        named["stride"] = _single(spec.stride or spec.kernel)
    if spec.padding != (0, 0):
        named["padding"] = _single(spec.padding)
    if spec.ceil:
        named["ceil_mode"] = True
    return f"{spec.kind.title()}Pool2d", (_single(spec.kernel),), named


def _single(sizes: Pair) -> int | Pair:
    return sizes[0] if sizes[0] == sizes[1] else sizes
