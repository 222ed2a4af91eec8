"""The settings of a convolution, each said once for the command line and for links."""

from __future__ import annotations

from typing import Any

from cnntui.ground.options import (
    LARGEST,
    Option,
    checked,
    float32s,
    listed,
    pair,
    pair_text,
    two,
    whole,
)
from cnntui.parts.stepping.options import INPUT

NAMED_PADDINGS = ("valid", "same", "full")
PADDING_MODES = ("zeros", "reflect", "replicate", "circular")
ACTIVATIONS = ("none", "relu", "leaky-relu", "sigmoid", "tanh")


def padding(text: str) -> tuple[int, int] | str:
    """Read a padding: cells, or a name. Raises ValueError."""
    if text in NAMED_PADDINGS:
        return text
    says = f"is no padding; give a number or height,width up to {LARGEST}, or valid, same, full"
    return checked(two, says)(text)


def padding_text(value: tuple[int, int] | str) -> str:
    """Write a padding."""
    return value if isinstance(value, str) else pair_text(value)


def activation(text: str) -> str:
    """Read an activation, with ``_`` for ``-``. Raises ValueError."""
    name = text.replace("_", "-")
    if name not in ACTIVATIONS:
        raise ValueError(f"{text!r} is no activation; give {listed(ACTIVATIONS)}")
    return name


def bias_text(values: Any) -> str:
    """Write one number a filter."""
    from cnntui.parts.links.values import numbers_text

    return numbers_text(values)


KERNEL = Option(
    "kernel", default="sobel-x", metavar="K", help='name, file, or "1 0 -1; 2 0 -2; 1 0 -1"'
)
BIAS = Option(
    "bias",
    checked(float32s, "is no bias; give one float32 number, or one a filter: 0.5,-1"),
    metavar="B",
    help="one number, or one a filter: 0.5,-1",
    write=bias_text,
)
SETTINGS = (
    Option("stride", pair("stride"), (1, 1), None, "S", write=pair_text),
    Option("padding", padding, (0, 0), "a number, or valid, same, full", "P", write=padding_text),
    Option("padding-mode", choices=PADDING_MODES, default="zeros", metavar="M"),
    Option("dilation", pair("dilation"), (1, 1), None, "D", write=pair_text),
    Option("groups", whole("number of groups"), 1, None, "G"),
    Option("activation", activation, "none", listed(ACTIVATIONS), "A"),
)
OPTIONS = (INPUT[0], KERNEL, *SETTINGS[:-1], BIAS, SETTINGS[-1], *INPUT[1:])
