"""Drawn states and verbs of the steppers, and torch's answer to a state; no test itself."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import torch
from hypothesis import strategies as st
from torch.nn import functional as F

from cnntui.errors import UserError
from cnntui.panes.conv.state import ConvolutionState
from cnntui.panes.pool.state import PoolingState
from cnntui.sources.inputs import Input
from cnntui.sources.kernels import Kernel, load_kernel
from tests.engine.drawn import torch_convolution, torch_padded, torch_pooling

torch.set_num_threads(1)

Verb = tuple[str, tuple[Any, ...]]
NUMBERS = st.one_of(st.integers(-99, 99).map(float), st.floats(width=32))
SMALL = st.integers(-3, 3)
BY_ONE = st.sampled_from((1, -1))


def grid(*shape: int, seed: int = 0, name: str = "drawn") -> Input:
    """Whole numbers from -9 to 9."""
    return Input(
        name, np.random.default_rng(seed).integers(-9, 10, shape).astype(np.float32), "grid"
    )


def kernel(*shape: int, seed: int = 0) -> Kernel:
    return Kernel("drawn", np.random.default_rng(seed).integers(-3, 4, shape).astype(np.float32))


inputs = st.builds(
    grid,
    st.sampled_from((1, 3)),
    st.integers(1, 7),
    st.integers(1, 7),
    seed=st.integers(0, 99),
)
kernels = st.one_of(
    st.builds(kernel, st.integers(1, 3), st.integers(1, 3), seed=st.integers(0, 99)),
    st.builds(kernel, st.integers(1, 4), st.sampled_from((1, 3)), st.just(2), st.just(3)),
    st.sampled_from(("gaussian-3", "box-blur", "sobel-x", "rgb-bank", "edges-bank")).map(
        load_kernel
    ),
)


def verbs(grids: tuple[str, ...], own: dict[str, tuple[Any, ...]]) -> st.SearchStrategy[Verb]:
    """Every verb with drawn arguments, those on the steppers alike and the state's ``own``."""
    name = st.sampled_from(grids)
    common: dict[str, tuple[Any, ...]] = {
        "to_step": (st.integers(-5, 300),),
        "stepped": (SMALL,),
        "last": (),
        "restarted": (),
        "all_seen": (),
        "to_plane": (SMALL,),
        "at": (st.integers(-1, 7), st.integers(-1, 7)),
        "moved": (SMALL, SMALL),
        "pointed": (name, st.integers(-3, 9), st.integers(-3, 9)),
        "focused": (BY_ONE,),
        "on": (name,),
        "viewed": (),
        "to_channel": (SMALL,),
        "covered": (),
        "sized": (name, st.integers(1, 50), st.integers(1, 12)),
        "resized": (BY_ONE,),
        "strided": (BY_ONE,),
        "padded": (BY_ONE,),
        "dilated": (BY_ONE,),
        "with_input": (inputs,),
        "shifted": (),
        "edited": (name, NUMBERS),
        "undone": (),
        "reset": (),
    }
    return st.one_of(
        *(st.tuples(st.just(verb), st.tuples(*takes)) for verb, takes in (common | own).items())
    )


CONVOLUTION_VERBS = verbs(
    ("output", "input", "kernel"),
    {
        "to_filter": (SMALL,),
        "padded_by_name": (),
        "in_next_mode": (),
        "activated": (),
        "biased": (st.one_of(st.none(), st.lists(NUMBERS, min_size=1, max_size=3).map(tuple)),),
        "with_bias_or_without": (),
        "grouped": (),
        "with_kernel": (kernels,),
        "with_step_as_row": (),
    },
)
POOLING_VERBS = verbs(
    ("maximum", "average", "input"),
    {"with_ceil": (), "with_padding_counted": (), "globally": (), "adaptively": ()},
)


def applied(state: Any, verb: Verb) -> Any:
    """Press one key."""
    name, arguments = verb
    return getattr(state, name)(*arguments)


@st.composite
def convolution_states(draw: st.DrawFn) -> ConvolutionState:
    """A state with a drawn input, kernel and a few legal settings."""
    source = draw(inputs)
    for chosen in (draw(kernels), kernel(1, 1)):
        try:
            return ConvolutionState.of(source, chosen, device="cpu")
        except UserError:
            continue
    raise AssertionError("a kernel of one cell always fits")


@st.composite
def pooling_states(draw: st.DrawFn) -> PoolingState:
    source = draw(inputs)
    kind = draw(st.sampled_from(("max", "avg", "global-max", "adaptive-avg")))
    try:
        return PoolingState.of(source, kind=kind, device="cpu")
    except UserError:
        return PoolingState.of(source, kind=kind, size=(1, 1), device="cpu")


def settings_of(operation: Any) -> dict[str, Any]:
    """The settings of a convolution or a pooling, as ``tests.engine.drawn`` has them."""
    return {field.name: getattr(operation, field.name) for field in fields(operation)}


def pooled_by_torch(pool: Any) -> np.ndarray:
    """(C, H, W) in float64."""
    settings = settings_of(pool)
    if pool.kind == "adaptive-max":
        image = torch.tensor(pool.input, dtype=torch.float64)[None]
        return F.adaptive_max_pool2d(image, pool.output_size)[0].numpy()
    return torch_pooling({**settings, "stride": pool.stride or pool.size})


def convolved_by_torch(conv: Any) -> np.ndarray:
    """(F, H, W) in float64."""
    return torch_convolution(settings_of(conv))


def padded_by_torch(conv: Any) -> np.ndarray:
    """(C, H + padding, W + padding) in float64."""
    image = torch.tensor(conv.input, dtype=torch.float64)[None]
    return torch_padded(settings_of(conv), image)[0].numpy()


def reads_by_torch(conv: Any) -> np.ndarray:
    """How often each cell is read, (H, W): the gradient of a sum under a kernel of ones."""
    image = torch.zeros(1, 1, *conv.input.shape[1:], dtype=torch.float64, requires_grad=True)
    weight = torch.ones(1, 1, *conv.kernel, dtype=torch.float64)
    settings = settings_of(conv)
    padded = torch_padded(settings, image)
    F.conv2d(padded, weight, None, conv.stride, 0, conv.dilation).sum().backward()
    return image.grad[0, 0].numpy()
