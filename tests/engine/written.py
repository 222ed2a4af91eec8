"""Networks drawn for the tests: lines of text, each with the torch modules it stands for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from hypothesis import assume
from hypothesis import strategies as st
from torch import nn

Shape = tuple[int, ...]  # without the batch
ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "relu": nn.ReLU,
    "leaky-relu": nn.LeakyReLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "silu": nn.SiLU,
    "gelu": nn.GELU,
    "softmax": lambda: nn.Softmax(1),
}


@dataclass(frozen=True)
class Drawn:
    """A line, and how torch's own modules for it are made from the shape that comes in."""

    line: str
    modules: Callable[[Shape], list[nn.Module]]


def norm(shape: Shape) -> nn.Module:
    return nn.BatchNorm2d(shape[0]) if len(shape) == 3 else nn.BatchNorm1d(shape[0])


def size(draw: st.DrawFn, most: int, least: int = 1) -> tuple[str, tuple[int, int]]:
    rows = draw(st.integers(least, most))
    if draw(st.booleans()):
        return str(rows), (rows, rows)
    columns = draw(st.integers(least, most))
    return f"{rows}x{columns}", (rows, columns)


def shuffled(draw: st.DrawFn, head: str, words: list[str]) -> str:
    line = " ".join([head, *draw(st.permutations([word for word in words if word]))])
    return line.upper() if draw(st.integers(0, 9)) == 0 else line


@st.composite
def convs(draw: st.DrawFn) -> Drawn:
    filters = draw(st.integers(1, 12))
    kernel_text, kernel = size(draw, 5)
    padding = draw(st.sampled_from(["", "valid", "same", "full", "number"]))
    stride_text, stride = size(draw, 3) if draw(st.booleans()) else ("", (1, 1))
    dilation_text, dilation = size(draw, 3) if draw(st.booleans()) else ("", (1, 1))
    groups = draw(st.sampled_from([1, 1, 1, 2, 3, 0]))  # 0: depthwise
    bias, bn = draw(st.booleans()), draw(st.booleans())
    activation = draw(st.sampled_from(["", *ACTIVATIONS]))
    around: tuple[int, int] | str = "same" if padding == "same" else (0, 0)
    if padding == "full":
        around = (dilation[0] * (kernel[0] - 1), dilation[1] * (kernel[1] - 1))
    if padding == "number":
        padding_text, around = size(draw, 3, 0)
        padding = "p" + padding_text
    words = [
        padding,
        stride_text and f"s{stride_text}",
        dilation_text and f"d{dilation_text}",
        "depthwise" if groups == 0 else f"g{groups}" if groups > 1 else "",
        "" if bias else "nobias",
        "bn" if bn else "",
        activation,
    ]

    def modules(shape: Shape) -> list[nn.Module]:
        each = groups or shape[0]
        conv = nn.Conv2d(
            shape[0], filters, kernel, stride, around, dilation, groups=each, bias=bias
        )
        after = [nn.BatchNorm2d(filters)] if bn else []
        return [conv, *after, *([ACTIVATIONS[activation]()] if activation else [])]

    return Drawn(shuffled(draw, f"conv {filters} {kernel_text}", words), modules)


@st.composite
def depthwises(draw: st.DrawFn) -> Drawn:
    kernel_text, kernel = size(draw, 4)
    stride, padding, filters = (draw(st.integers(least, 3)) for least in (1, 0, 1))
    words = [f"s{stride}", f"p{padding}"]
    if draw(st.booleans()):
        return Drawn(
            shuffled(draw, f"depthwise {kernel_text}", words),
            lambda s: [nn.Conv2d(s[0], s[0], kernel, stride, padding, groups=s[0])],
        )
    return Drawn(
        shuffled(draw, f"separable {filters} {kernel_text}", words),
        lambda s: [
            nn.Conv2d(s[0], s[0], kernel, stride, padding, groups=s[0], bias=False),
            nn.Conv2d(s[0], filters, 1),
        ],
    )


@st.composite
def pools(draw: st.DrawFn) -> Drawn:
    kind = draw(st.sampled_from(["max", "avg"]))
    kernel_text, kernel = size(draw, 4)
    stride_text, stride = size(draw, 3) if draw(st.booleans()) else ("", None)
    padding_text, padding = size(draw, 2, 0) if draw(st.booleans()) else ("", (0, 0))
    ceil = draw(st.booleans())
    words = [
        stride_text and f"s{stride_text}",
        padding_text and f"p{padding_text}",
        "ceil" if ceil else "",
    ]
    made = nn.MaxPool2d if kind == "max" else nn.AvgPool2d
    return Drawn(
        shuffled(draw, f"{kind}pool {kernel_text}", words),
        lambda s: [made(kernel, stride, padding, ceil_mode=ceil)],
    )


@st.composite
def others(draw: st.DrawFn) -> Drawn:
    number, twice = draw(st.integers(1, 6)), draw(st.integers(1, 3))
    text, target = size(draw, 5)
    kind = draw(st.sampled_from(list(ACTIVATIONS)))
    plain: list[Drawn] = [
        Drawn("bn", lambda s: [norm(s)]),
        Drawn(kind, lambda s: [ACTIVATIONS[kind]()]),
        Drawn(f"dropout 0.{number}", lambda s: [nn.Dropout(number / 10)]),
        Drawn(f"adaptive {text}", lambda s: [nn.AdaptiveAvgPool2d(target)]),
        Drawn(f"adaptive {text} max", lambda s: [nn.AdaptiveMaxPool2d(target)]),
        Drawn(f"pointwise {number}", lambda s: [nn.Conv2d(s[0], number, 1)]),
        Drawn(f"upsample {twice}", lambda s: [nn.Upsample(scale_factor=twice)]),
        Drawn(f"dense {number}", lambda s: [nn.Linear(s[0], number)]),
        Drawn("flatten", lambda s: [nn.Flatten()]),
        Drawn("gap", lambda s: [nn.AdaptiveAvgPool2d(1), nn.Flatten()]),
        Drawn("globalmax", lambda s: [nn.AdaptiveMaxPool2d(1), nn.Flatten()]),
        Drawn(
            f"block {number} x2",
            lambda s: [
                nn.Conv2d(s[0], number, 3, padding=1),
                nn.BatchNorm2d(number),
                nn.ReLU(),
                nn.Conv2d(number, number, 3, padding=1),
                nn.BatchNorm2d(number),
                nn.ReLU(),
            ],
        ),
    ]
    return draw(st.sampled_from(plain))


@st.composite
def legal_networks(draw: st.DrawFn) -> tuple[str, Shape, list[nn.Module]]:
    """Draw a network torch takes: its text, its input (C, H, W) and torch's modules for it."""
    start: Shape = draw(st.tuples(st.integers(1, 4), st.integers(4, 10), st.integers(4, 10)))
    shape, lines, modules = start, [f"input {'x'.join(map(str, start))}"], []
    for drawn in draw(st.lists(drawn_lines, min_size=1, max_size=6)):
        after = torch_takes(drawn, shape)
        if after is not None and max(after) <= 200:
            lines.append(drawn.line)
            modules += drawn.modules(shape)
            shape = after
    assume(len(lines) > 1)
    return "\n".join(lines), start, modules


drawn_lines = st.one_of(convs(), pools(), depthwises(), others(), others())
drawn_inputs = st.tuples(st.integers(1, 6), st.integers(1, 24), st.integers(1, 24))


def torch_takes(drawn: Drawn, shape: Shape) -> Shape | None:
    """Return the shape torch makes of ``shape``, None where torch refuses."""
    if drawn.line.lower().startswith("dense") and len(shape) == 3:
        return None  # torch would take the width for the features
    x = torch.empty(2, *shape, device="meta")
    try:
        with torch.device("meta"):
            for module in drawn.modules(shape):
                pictures = isinstance(module, nn.Conv2d | nn.MaxPool2d | nn.Upsample)
                pooled = "Pool" in type(module).__name__
                if (pictures or pooled) and x.dim() != 4:
                    return None  # torch would take (N, F) for an unbatched picture
                x = module.eval()(x)
    except (RuntimeError, ValueError):
        return None
    return tuple(x.shape[1:])
