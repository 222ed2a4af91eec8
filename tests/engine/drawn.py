"""Drawn settings and torch's answer to them; knows nothing of the code under test."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import torch
from hypothesis import strategies as st
from torch.nn import functional as F

MODES = ("zeros", "reflect", "replicate", "circular")
ACTIVATIONS = {
    "none": lambda x: x,
    "relu": torch.relu,
    "leaky-relu": F.leaky_relu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
}

Settings = dict[str, Any]


def data(rng: np.random.Generator, shape: tuple[int, ...], low: int, high: int) -> np.ndarray:
    """Half the time whole numbers, half the time fractions."""
    if rng.random() < 0.5:
        return rng.integers(low, high + 1, shape).astype(np.float32)
    return rng.uniform(low, high, shape).astype(np.float32)


def pairs(low: int, high: int) -> st.SearchStrategy[tuple[int, int]]:
    return st.tuples(st.integers(low, high), st.integers(low, high))


@st.composite
def convolutions(draw: st.DrawFn, most: int = 12, high: int = 9) -> Settings:
    """Settings of one convolution, mostly legal; ``assume(torch_accepts(…))`` takes the rest."""
    groups = draw(st.sampled_from((1, 1, 1, 2, 2, 3, 4)))
    per_group = draw(st.integers(1, max(1, 6 // groups)))
    filters = groups * draw(st.integers(1, max(1, 4 // groups)))
    kernel = draw(pairs(1, 5))
    padding = draw(st.one_of(pairs(0, 4), st.sampled_from(("valid", "same", "full"))))
    height, width = (draw(st.integers(min(k, most) if most < 8 else 1, most)) for k in kernel)
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return {
        "input": data(rng, (groups * per_group, height, width), -high, high),
        "weight": data(rng, (filters, per_group, *kernel), -3, 3),
        "bias": data(rng, (filters,), -9, 9) if draw(st.booleans()) else None,
        "stride": (1, 1) if padding == "same" else draw(pairs(1, 4)),
        "padding": padding,
        "padding_mode": draw(st.sampled_from(MODES)),
        "dilation": draw(st.one_of(st.just((1, 1)), pairs(1, 3))),
        "groups": groups,
        "activation": draw(st.sampled_from(tuple(ACTIVATIONS))),
    }


def pads(settings: Settings) -> tuple[int, int, int, int]:
    """(left, right, top, bottom) as nn.Conv2d pads; ``full`` is d(K−1) on every side."""
    sides: list[int] = []
    for axis in (1, 0):
        free = settings["dilation"][axis] * (settings["weight"].shape[axis + 2] - 1)
        named = {"valid": (0, 0), "same": (free // 2, free - free // 2), "full": (free, free)}
        padding = settings["padding"]
        sides += named[padding] if isinstance(padding, str) else [padding[axis]] * 2
    return sides[0], sides[1], sides[2], sides[3]


def torch_padded(settings: Settings, image: torch.Tensor, value: float = 0.0) -> torch.Tensor:
    """``image`` (1, C, H, W) padded in the mode drawn; ``value`` is what zeros mode puts there."""
    if settings["padding_mode"] == "zeros":
        return F.pad(image, pads(settings), value=value)
    return F.pad(image, pads(settings), mode=settings["padding_mode"])


def torch_convolution(settings: Settings, magnitude: bool = False) -> np.ndarray:
    """What ``torch.nn.Conv2d`` computes in float64, (F, H, W).

    With ``magnitude`` the sum of the products' magnitudes and the bias's, without activation.
    Raises what torch raises.
    """
    sizes = np.abs if magnitude else np.asarray
    padding = settings["padding"]
    if padding == "full":
        left, _, top, _ = pads(settings)
        padding = (top, left)
    weight = torch.tensor(sizes(settings["weight"]), dtype=torch.float64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a kernel of no cells cannot be initialised
        layer = torch.nn.Conv2d(
            settings["input"].shape[0],
            settings["weight"].shape[0],
            weight.shape[2:],
            settings["stride"],
            padding,
            settings["dilation"],
            settings["groups"],
            settings["bias"] is not None,
            settings["padding_mode"],
            device="meta",
            dtype=torch.float64,
        )
    layer.weight = torch.nn.Parameter(weight, requires_grad=False)
    if settings["bias"] is not None:
        bias = torch.tensor(sizes(settings["bias"]), dtype=torch.float64)
        layer.bias = torch.nn.Parameter(bias, requires_grad=False)
    image = torch.tensor(sizes(settings["input"]), dtype=torch.float64)[None]
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # even kernels with "same" are slower; not our concern
        output = layer(image)
        if not magnitude:
            output = ACTIVATIONS[settings["activation"]](output)
    return output[0].numpy()


def torch_accepts(settings: Settings) -> bool:
    """Whether ``torch.nn.Conv2d`` takes the settings.

    Negative padding is refused whatever the mode, as ``F.conv2d`` refuses it: nn.Conv2d crops
    with it where the mode is not zeros, which its documentation does not know.
    """
    if not isinstance(settings["padding"], str) and min(settings["padding"]) < 0:
        settings = {**settings, "padding_mode": "zeros"}
    try:
        torch_convolution(settings)
    except (RuntimeError, ValueError):
        return False
    return True


KINDS = ("max", "max", "max", "avg", "avg", "avg", "adaptive-avg", "global-max", "global-avg")


@st.composite
def poolings(draw: st.DrawFn, odd: bool = False, kinds: tuple[str, ...] = KINDS) -> Settings:
    """Settings of one pooling; with ``odd`` any number may be illegal.

    Small whole numbers, so that ties are everywhere; sometimes with NaN and infinities.
    """
    kind = draw(st.sampled_from(kinds))
    size = draw(pairs(0 if odd else 1, 5))
    shape = draw(st.integers(1, 3)), draw(st.integers(1, 10)), draw(st.integers(1, 10))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    values = rng.integers(-2, 3, shape).astype(np.float32)
    if draw(st.integers(0, 3)) == 0:
        strange = rng.choice(np.array([np.nan, np.inf, -np.inf], np.float32), shape)
        values = np.where(rng.random(shape) < 0.3, strange, values)
    half = tuple(draw(st.integers(0, k // 2)) for k in size)
    dilation = draw(st.one_of(st.just((1, 1)), pairs(0 if odd else 1, 3)))
    return {
        "input": values,
        "kind": kind,
        "size": size,
        "stride": draw(st.one_of(st.none(), pairs(0 if odd else 1, 4))),
        "padding": draw(st.one_of(st.just(half), pairs(-1, 3))) if odd else half,
        "dilation": dilation if kind == "max" else (1, 1),
        "ceil_mode": draw(st.booleans()),
        "exclude_pad": draw(st.booleans()),
        "output_size": draw(pairs(1, 13)),
    }


def torch_pooling(settings: Settings, indices: bool = False) -> np.ndarray:
    """What torch pools in float64, (C, H, W), or the flat index of each winner."""
    image = torch.tensor(settings["input"], dtype=torch.float64)[None]
    kind = settings["kind"]
    if kind == "global-max":
        found = F.adaptive_max_pool2d(image, 1, return_indices=True)[int(indices)]
    elif kind == "max":
        found = F.max_pool2d(
            image,
            settings["size"],
            settings["stride"],
            settings["padding"],
            settings["dilation"],
            settings["ceil_mode"],
            return_indices=True,
        )[int(indices)]
    elif kind == "avg":
        found = torch_average(settings, image)
    else:
        output = (1, 1) if kind == "global-avg" else settings["output_size"]
        found = F.adaptive_avg_pool2d(image, output)
    return found[0].numpy()


def torch_average(
    settings: Settings, image: torch.Tensor, divisor: int | None = None
) -> torch.Tensor:
    return F.avg_pool2d(
        image,
        settings["size"],
        settings["stride"],
        settings["padding"],
        settings["ceil_mode"],
        not settings["exclude_pad"],
        divisor,
    )


def torch_accepts_pooling(settings: Settings) -> bool:
    try:
        torch_pooling(settings)
    except (RuntimeError, ValueError):
        return False
    return True
