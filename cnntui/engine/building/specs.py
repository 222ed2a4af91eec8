"""The layers of a network written as text, each a frozen spec.

A spec says what the line said: ``written`` gives the line back, ``primitives`` takes a line with
several things on it apart. The channels that come in are not known here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from cnntui.engine.geometry import Pair

ACTIVATIONS = ("relu", "leaky-relu", "tanh", "sigmoid", "silu", "gelu", "softmax")
ONE = (1, 1)


@dataclass(frozen=True)
class Conv:
    """A convolution, with what may follow it on the same line.

    ``filters`` None: as many as channels come in; ``groups`` None: one a channel (depthwise);
    ``padding`` (height, width), ``valid``, ``same`` or ``full``; ``norm``: batch norm follows.
    ``separable``: a depthwise convolution without bias, then a 1×1 one to ``filters``.
    """

    filters: int | None
    kernel: Pair
    padding: Pair | str = "valid"
    stride: Pair = ONE
    dilation: Pair = ONE
    groups: int | None = 1
    bias: bool = True
    norm: bool = False
    activation: str | None = None
    separable: bool = False


@dataclass(frozen=True)
class Norm:
    """Batch normalisation, of channels or of features."""


@dataclass(frozen=True)
class Activation:
    """One of ACTIVATIONS; softmax goes over channels or features."""

    kind: str


@dataclass(frozen=True)
class Pool:
    """Max or average pooling; ``stride`` None: as long as the window."""

    kind: str  # max, avg
    kernel: Pair
    stride: Pair | None = None
    padding: Pair = (0, 0)
    ceil: bool = False


@dataclass(frozen=True)
class Adaptive:
    """Pooling to a (height, width) that is given."""

    kind: str
    size: Pair


@dataclass(frozen=True)
class Global:
    """Global pooling: (N, C, H, W) to (N, C)."""

    kind: str


@dataclass(frozen=True)
class Dropout:
    """Dropout with a chance from 0 to 1."""

    chance: float


@dataclass(frozen=True)
class Flatten:
    """(N, C, H, W) to (N, C·H·W)."""


@dataclass(frozen=True)
class Dense:
    """A fully connected layer, with what may follow it on the same line."""

    units: int
    bias: bool = True
    norm: bool = False
    activation: str | None = None


@dataclass(frozen=True)
class Upsample:
    """Each cell ``factor`` × ``factor`` times."""

    factor: int


@dataclass(frozen=True)
class Residual:
    """Two 3×3 convolutions with batch norm, and a shortcut: relu(F(x) + x)."""

    filters: int
    stride: int = 1


Spec = (
    Conv
    | Norm
    | Activation
    | Pool
    | Adaptive
    | Global
    | Dropout
    | Flatten
    | Dense
    | Upsample
    | Residual
)


def primitives(spec: Spec) -> tuple[Spec, ...]:
    """Return the single operations a line stands for, in the order they are applied."""
    if isinstance(spec, Global):
        return (Adaptive(spec.kind, ONE), Flatten())
    if not isinstance(spec, Conv | Dense):
        return (spec,)
    bare = replace(spec, norm=False, activation=None)
    norm = (Norm(),) if spec.norm else ()
    activation = (Activation(spec.activation),) if spec.activation else ()
    return (*_convolutions(bare), *norm, *activation)


def _convolutions(spec: Conv | Dense) -> tuple[Spec, ...]:
    if isinstance(spec, Dense) or not spec.separable:
        return (spec,)
    depthwise = replace(spec, filters=None, groups=None, bias=False, separable=False)
    return (depthwise, Conv(spec.filters, ONE, bias=spec.bias))


def written(spec: Spec) -> str:
    """Write the line that reads as ``spec``."""
    match spec:
        case Conv():
            return _line(_conv_head(spec), _sliding(spec), _followed(spec))
        case Dense():
            return _line(f"dense {spec.units}", _followed(spec))
        case Pool():
            stride = f"s{by(spec.stride)}" if spec.stride else ""
            padding = f"p{by(spec.padding)}" if spec.padding != (0, 0) else ""
            ceil = "ceil" if spec.ceil else ""
            return _line(f"{spec.kind}pool {by(spec.kernel)}", stride, padding, ceil)
        case Adaptive():
            return _line(f"adaptive {by(spec.size)}", "max" if spec.kind == "max" else "")
        case Residual():
            return _line(f"residual {spec.filters}", f"s{spec.stride}" if spec.stride > 1 else "")
    return _short(spec)


def _short(spec: Spec) -> str:
    match spec:
        case Norm():
            return "bn"
        case Activation():
            return spec.kind
        case Global():
            return "gap" if spec.kind == "avg" else "globalmax"
        case Dropout():
            return f"dropout {spec.chance:.9f}".rstrip("0").rstrip(".")
        case Upsample():
            return f"upsample {spec.factor}"
    return "flatten"


def by(sizes: Pair) -> str:
    """Write (height, width) as the language has it: ``3`` or ``3x5``."""
    return str(sizes[0]) if sizes[0] == sizes[1] else f"{sizes[0]}x{sizes[1]}"


def _line(*words: str) -> str:
    return " ".join(word for word in words if word)


def _conv_head(spec: Conv) -> str:
    if spec.filters is None:
        return f"depthwise {by(spec.kernel)}"
    return f"{'separable' if spec.separable else 'conv'} {spec.filters} {by(spec.kernel)}"


def _sliding(spec: Conv) -> str:
    padding = spec.padding if isinstance(spec.padding, str) else f"p{by(spec.padding)}"
    depthwise = "depthwise" if spec.groups is None and spec.filters is not None else ""
    return _line(
        "" if padding == "valid" else padding,
        f"s{by(spec.stride)}" if spec.stride != ONE else "",
        f"d{by(spec.dilation)}" if spec.dilation != ONE else "",
        f"g{spec.groups}" if spec.groups not in (1, None) else depthwise,
    )


def _followed(spec: Conv | Dense) -> str:
    return _line("" if spec.bias else "nobias", "bn" if spec.norm else "", spec.activation or "")
