"""What may stand on a line of the language and the spec it makes: tables, one entry a word.

Knows no shapes, no torch, and not how a line is read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cnntui.engine.building.specs import (
    ACTIVATIONS,
    ONE,
    Activation,
    Adaptive,
    Conv,
    Dense,
    Dropout,
    Flatten,
    Global,
    Norm,
    Pool,
    Residual,
    Spec,
    Upsample,
)
from cnntui.engine.geometry import NAMED_PADDINGS, Pair

ALIASES = {
    "conv2d": "conv",
    "linear": "dense",
    "fc": "dense",
    "batchnorm": "bn",
    "batchnorm2d": "bn",
    "leakyrelu": "leaky-relu",
    "leaky_relu": "leaky-relu",
    "swish": "silu",
    "maxpool2d": "maxpool",
    "avgpool2d": "avgpool",
    "gmp": "globalmax",
    "stride": "s",
    "padding": "p",
    "pad": "p",
    "dilation": "d",
    "groups": "g",
}


@dataclass(frozen=True)
class Repeat:
    """Opens a part that is there ``times`` times."""

    times: int


@dataclass(frozen=True)
class End:
    """Closes what ``repeat`` opened."""


@dataclass(frozen=True)
class Input:
    """The shape (C, H, W) of one input."""

    shape: tuple[int, int, int]


Read = tuple[Spec, ...] | Repeat | End | Input


@dataclass(frozen=True)
class Number:
    """What a number on a line may be; ``usual`` stands in where it is missing."""

    least: int
    most: int
    usual: str
    pair: bool = False


NUMBERS = {
    "filters": Number(1, 2**20, "32"),
    "units": Number(1, 2**20, "10"),
    "kernel": Number(1, 1024, "3", pair=True),
    "window": Number(1, 1024, "2", pair=True),
    "size": Number(1, 1024, "1", pair=True),
    "factor": Number(1, 64, "2"),
    "times": Number(1, 1000, "2"),
    "chance": Number(0, 1, "0.5"),
    "s": Number(1, 1024, "1", pair=True),
    "p": Number(0, 1024, "0", pair=True),
    "d": Number(1, 1024, "1", pair=True),
    "g": Number(1, 2**20, "1"),
    "x": Number(1, 1000, "1"),
}
NAMES = {"s": "stride", "p": "padding", "d": "dilation", "g": "groups", "x": "times"}


@dataclass(frozen=True)
class Given:
    """What stood on a line: sizes by name, bare words, and the chance of a dropout."""

    sizes: Mapping[str, Pair]
    words: tuple[str, ...]
    chance: float = 0.0

    def one(self, name: str, usual: int = 1) -> int:
        """Return a size that is one number."""
        return self.sizes.get(name, (usual, usual))[0]

    @property
    def activation(self) -> str | None:
        """The activation that was named."""
        return next((word for word in self.words if word in ACTIVATIONS), None)

    @property
    def padding(self) -> Pair | str:
        """The padding as a number or a name; ``valid`` where there is none."""
        named = next((word for word in self.words if word in NAMED_PADDINGS), "valid")
        return self.sizes.get("p", named)


def _conv(given: Given, *, separable: bool = False) -> tuple[Spec, ...]:
    depthwise = "depthwise" in given.words or "filters" not in given.sizes
    return (
        Conv(
            filters=given.one("filters") if "filters" in given.sizes else None,
            kernel=given.sizes.get("kernel", ONE),
            padding=given.padding,
            stride=given.sizes.get("s", ONE),
            dilation=given.sizes.get("d", ONE),
            groups=None if depthwise else given.one("g"),
            bias="nobias" not in given.words,
            norm="bn" in given.words,
            activation=given.activation,
            separable=separable,
        ),
    )


def _dense(given: Given) -> tuple[Spec, ...]:
    bias, norm = "nobias" not in given.words, "bn" in given.words
    return (Dense(given.one("units"), bias, norm, given.activation),)


def _pool(kind: str) -> Callable[[Given], tuple[Spec, ...]]:
    def pool(given: Given) -> tuple[Spec, ...]:
        sizes = given.sizes
        padding, ceil = sizes.get("p", (0, 0)), "ceil" in given.words
        return (Pool(kind, sizes["window"], sizes.get("s"), padding, ceil),)

    return pool


def _adaptive(given: Given) -> tuple[Spec, ...]:
    return (Adaptive("max" if "max" in given.words else "avg", given.sizes["size"]),)


def _block(given: Given) -> tuple[Spec, ...]:
    activation, bias = given.activation or "relu", "nobias" not in given.words
    one = Conv(given.one("filters"), (3, 3), "same", bias=bias, norm=True, activation=activation)
    return (one,) * given.one("x")


def _alone(spec: Spec) -> Callable[[Given], tuple[Spec, ...]]:
    return lambda given: (spec,)


@dataclass(frozen=True)
class Form:
    """What may stand after a layer's word, in any order save that of the numbers."""

    make: Callable[[Given], Read]
    numbers: tuple[str, ...] = ()
    settings: str = ""
    words: tuple[str, ...] = ()


AFTER = ("nobias", "bn", *ACTIVATIONS)
FORMS = {
    "conv": Form(_conv, ("filters", "kernel"), "spdg", (*NAMED_PADDINGS, "depthwise", *AFTER)),
    "depthwise": Form(_conv, ("kernel",), "spd", (*NAMED_PADDINGS, *AFTER)),
    "pointwise": Form(_conv, ("filters",), "sg", AFTER),
    "separable": Form(
        lambda given: _conv(given, separable=True),
        ("filters", "kernel"),
        "spd",
        (*NAMED_PADDINGS, *AFTER),
    ),
    "block": Form(_block, ("filters",), "x", ("nobias", *ACTIVATIONS)),
    "residual": Form(
        lambda given: (Residual(given.one("filters"), given.one("s")),), ("filters",), "s"
    ),
    "bn": Form(_alone(Norm())),
    **{kind: Form(_alone(Activation(kind))) for kind in ACTIVATIONS},
    "maxpool": Form(_pool("max"), ("window",), "sp", ("ceil",)),
    "avgpool": Form(_pool("avg"), ("window",), "sp", ("ceil",)),
    "adaptive": Form(_adaptive, ("size",), "", ("max",)),
    "gap": Form(_alone(Global("avg"))),
    "globalmax": Form(_alone(Global("max"))),
    "dropout": Form(lambda given: (Dropout(given.chance),), ("chance",)),
    "flatten": Form(_alone(Flatten())),
    "dense": Form(_dense, ("units",), "", AFTER),
    "upsample": Form(lambda given: (Upsample(given.one("factor")),), ("factor",)),
    "repeat": Form(lambda given: Repeat(given.one("times")), ("times",)),
    "end": Form(lambda given: End()),
}
