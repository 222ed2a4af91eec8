"""What is refused is what torch refuses, and what is offered instead is legal."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cnntui.engine.convolution import Convolution
from cnntui.engine.geometry import IllegalSetting
from cnntui.engine.pooling import Pooling
from cnntui.errors import UserError
from tests.engine.drawn import (
    Settings,
    convolutions,
    pairs,
    poolings,
    torch_accepts,
    torch_accepts_pooling,
)

torch.set_num_threads(1)


@st.composite
def odd_convolutions(draw: st.DrawFn) -> Settings:
    """Settings with one or two things changed, so that about half are illegal."""
    drawn = draw(convolutions(most=6))
    faults = st.lists(st.sampled_from(tuple(FAULTS)), max_size=2, unique=True)
    for name in draw(faults):
        FAULTS[name](draw, drawn)
    return drawn


def resize(draw: st.DrawFn, drawn: Settings) -> None:
    drawn["input"] = drawn["input"][:, : draw(st.integers(1, 4)), : draw(st.integers(1, 4))]


def rekernel(draw: st.DrawFn, drawn: Settings) -> None:
    shape = *drawn["weight"].shape[:2], *draw(pairs(0, 8))
    drawn["weight"] = np.ones(shape, np.float32)


def rechannel(draw: st.DrawFn, drawn: Settings) -> None:
    shape = draw(st.integers(1, 4)), draw(st.integers(1, 6)), *drawn["weight"].shape[2:]
    drawn["weight"] = np.ones(shape, np.float32)


FAULTS = {
    "input": resize,
    "kernel": rekernel,
    "channels": rechannel,
    "stride": lambda draw, drawn: drawn.update(stride=draw(pairs(-1, 3))),
    "dilation": lambda draw, drawn: drawn.update(dilation=draw(pairs(-1, 3))),
    "groups": lambda draw, drawn: drawn.update(groups=draw(st.integers(-1, 6))),
    "bias": lambda draw, drawn: drawn.update(bias=np.ones(draw(st.integers(0, 5)), np.float32)),
    "padding": lambda draw, drawn: drawn.update(padding=draw(pairs(-1, 8))),
    "name": lambda draw, drawn: drawn.update(
        padding=draw(st.sampled_from(("same", "valid", "SAME", "", "half")))
    ),
    "mode": lambda draw, drawn: drawn.update(
        padding_mode=draw(st.sampled_from(("reflect", "circular", "constant", "")))
    ),
}


def refusal(kind: type[Convolution] | type[Pooling], drawn: Settings) -> IllegalSetting | None:
    try:
        kind(**drawn)
    except IllegalSetting as error:
        return error
    return None


@settings(max_examples=1500, deadline=None)
@given(odd_convolutions())
def test_convolutions_are_refused_just_where_torch_refuses(drawn: Settings) -> None:
    error = refusal(Convolution, drawn)
    assert (error is None) == torch_accepts(drawn)
    if error is not None:
        assert isinstance(error, UserError)
        assert re.fullmatch(r"[^\n]+; [^\n]+", str(error))


@settings(max_examples=1500, deadline=None)
@given(poolings(odd=True))
def test_poolings_are_refused_just_where_torch_refuses(drawn: Settings) -> None:
    error = refusal(Pooling, drawn)
    assert (error is None) == torch_accepts_pooling(drawn)
    if error is not None:
        assert re.fullmatch(r"[^\n]+; [^\n]+", str(error))


def conv(height: int, width: int, kernel: tuple[int, int], **more: object) -> Settings:
    return {
        "input": np.zeros((4, height, width), np.float32),
        "weight": np.zeros((2, 4, *kernel), np.float32),
        "bias": None,
        "stride": (1, 1),
        "padding": (0, 0),
        "padding_mode": "zeros",
        "dilation": (1, 1),
        "groups": 1,
        "activation": "none",
        **more,
    }


@pytest.mark.parametrize(
    ("drawn", "says"),
    [
        (conv(5, 5, (6, 1)), "Kernel size can't be greater than actual input size"),
        (conv(5, 5, (3, 3), dilation=(3, 1)), "Kernel size: (7 x 3)"),
        (conv(5, 4, (3, 3), padding=(0, 4), padding_mode="reflect"), "3 is the most for reflect"),
        (conv(5, 4, (3, 3), padding=(0, 5), padding_mode="circular"), "4 is the most for circular"),
        (conv(5, 5, (3, 3), padding="same", stride=(1, 2)), "strided convolutions"),
        (conv(5, 5, (3, 3), padding="some"), "valid, same, full"),
        (conv(5, 5, (3, 3), padding=(0, -1)), "negative padding"),
        (conv(5, 5, (3, 3), padding_mode="mirror"), "zeros, reflect, replicate, circular"),
        (conv(5, 5, (3, 3), stride=(0, 1)), "non-positive stride"),
        (conv(5, 5, (3, 3), dilation=(1, 0)), "non-positive dilation"),
        (conv(5, 5, (0, 3)), "non-positive kernel size"),
        (conv(5, 5, (3, 3), groups=3), "in_channels must be divisible by groups"),
        (conv(5, 5, (3, 3), groups=4), "out_channels must be divisible by groups"),
        (conv(5, 5, (3, 3), groups=0), "groups must be a positive integer"),
        (conv(5, 5, (3, 3), groups=2), "expected input to have 8 channels, but got 4"),
        (conv(5, 5, (3, 3), bias=np.zeros(3, np.float32)), "expected bias to be 1-dimensional"),
    ],
)
def test_the_text_names_the_fault_and_the_remedy(drawn: Settings, says: str) -> None:
    assert not torch_accepts(drawn)
    with pytest.raises(IllegalSetting) as caught:
        Convolution(**drawn)
    assert says in str(caught.value)


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 6), st.integers(1, 6), pairs(1, 8), pairs(1, 3), pairs(0, 2))
def test_the_kernel_and_the_padding_offered_would_fit(
    height: int,
    width: int,
    kernel: tuple[int, int],
    dilation: tuple[int, int],
    padding: tuple[int, int],
) -> None:
    drawn = conv(height, width, kernel, dilation=dilation, padding=padding)
    error = refusal(Convolution, drawn)
    assume(error is not None)
    found = re.search(r"kernel (\d+),(\d+) fits, or padding (\d+) more", str(error))
    assert found is not None
    down, across, more = map(int, found.groups())
    assert torch_accepts({**drawn, "weight": np.zeros((2, 4, down, across), np.float32)})
    assert torch_accepts({**drawn, "padding": (padding[0] + more, padding[1] + more)})
    larger = ((down + 1, across), (down, across + 1))
    for size in larger:
        assert not torch_accepts({**drawn, "weight": np.zeros((2, 4, *size), np.float32)})


@given(st.integers(1, 12), st.integers(1, 12), st.integers(2, 13))
def test_the_groups_offered_are_all_that_divide(channels: int, filters: int, groups: int) -> None:
    assume(channels % groups or filters % groups)
    drawn = conv(1, 1, (1, 1), groups=groups)
    drawn["input"] = np.zeros((channels, 1, 1), np.float32)
    drawn["weight"] = np.zeros((filters, 1, 1, 1), np.float32)
    with pytest.raises(IllegalSetting, match="would do") as caught:
        Convolution(**drawn)
    offered = [int(n) for n in re.findall(r"\d+", str(caught.value).rsplit(";", 1)[1])]
    legal = []
    for n in range(1, 13):
        weight = np.zeros((filters, max(1, channels // n), 1, 1), np.float32)
        if torch_accepts({**drawn, "groups": n, "weight": weight}):
            legal.append(n)
    assert offered == legal


@pytest.mark.parametrize("kernel", range(1, 7))
def test_the_pooling_padding_offered_is_the_most(kernel: int) -> None:
    drawn: Settings = {
        "input": np.zeros((1, 9, 9), np.float32),
        "kind": "max",
        "size": (kernel, kernel),
        "stride": None,
        "padding": (kernel // 2 + 1, 0),
        "dilation": (1, 1),
        "ceil_mode": False,
        "exclude_pad": False,
    }
    with pytest.raises(IllegalSetting) as caught:
        Pooling(**drawn)
    found = re.search(r"padding (\d+) is the most.*kernel size (\d+) the", str(caught.value))
    assert found is not None
    most, least = map(int, found.groups())
    assert torch_accepts_pooling({**drawn, "padding": (most, 0)})
    assert not torch_accepts_pooling({**drawn, "padding": (most + 1, 0)})
    assert torch_accepts_pooling({**drawn, "size": (least, kernel)})
    assert not torch_accepts_pooling({**drawn, "size": (least - 1, kernel)})


@settings(max_examples=200, deadline=None)
@given(pairs(1, 4), pairs(2, 8), pairs(1, 3), pairs(0, 2), st.booleans())
def test_the_pooling_kernel_offered_fits(
    shape: tuple[int, int],
    size: tuple[int, int],
    dilation: tuple[int, int],
    padding: tuple[int, int],
    ceil: bool,
) -> None:
    drawn: Settings = {
        "input": np.zeros((1, *shape), np.float32),
        "kind": "max",
        "size": size,
        "stride": (1, 1),
        "padding": (min(padding[0], size[0] // 2), min(padding[1], size[1] // 2)),
        "dilation": dilation,
        "ceil_mode": ceil,
    }
    error = refusal(Pooling, drawn)
    assume(error is not None)
    pattern = r"kernel size (\d+),(\d+) with padding (\d+),(\d+) fits"
    found = re.search(pattern, str(error))
    assert found is not None
    down, across, *offered = map(int, found.groups())
    assert torch_accepts_pooling({**drawn, "size": (down, across), "padding": tuple(offered)})


def test_pooling_kinds_and_what_only_one_of_them_takes() -> None:
    image = np.zeros((1, 4, 4), np.float32)
    with pytest.raises(IllegalSetting, match="global-max"):
        Pooling(image, "median")
    with pytest.raises(IllegalSetting, match="average pooling has no dilation"):
        Pooling(image, "avg", dilation=(2, 1))
    with pytest.raises(IllegalSetting, match="non-positive output size"):
        Pooling(image, "adaptive-avg", output_size=(1, 0))
