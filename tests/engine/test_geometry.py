"""Where windows land, counted by torch's gradients and by unfolding a picture of indices."""

from __future__ import annotations

import re
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from cnntui.engine.convolution import Convolution
from cnntui.engine.geometry import (
    AdaptiveAxis,
    Axis,
    Window,
    extent,
    formula,
    keras_same_padding,
    same_padding,
)
from cnntui.engine.pooling import Pooling
from tests.engine.drawn import (
    Settings,
    convolutions,
    poolings,
    torch_accepts,
    torch_accepts_pooling,
    torch_average,
    torch_padded,
)

torch.set_num_threads(1)

some = settings(max_examples=200, deadline=None)


def reads_of(window: Window) -> list[list[int]]:
    rows, columns = range(window.rows.size), range(window.columns.size)
    return [[window.reads(r, c) for c in columns] for r in rows]


def cells_read(drawn: Settings) -> torch.Tensor:
    """Which input cell each tap of each output reads, (taps, outputs); -1 for a padding zero."""
    height, width = drawn["input"].shape[1:]
    index = torch.arange(height * width, dtype=torch.float64).reshape(1, 1, height, width)
    padded = torch_padded(drawn, index, value=-1.0)
    how = (drawn["weight"].shape[2:], drawn["dilation"], 0, drawn["stride"])
    return F.unfold(padded, *how)[0].long()


@some
@given(convolutions())
def test_zero_padded_reads_are_torchs_gradient(drawn: Settings) -> None:
    drawn["padding_mode"] = "zeros"
    assume(torch_accepts(drawn))
    window = Convolution(**drawn).window
    image = torch.zeros(1, 1, *drawn["input"].shape[1:], requires_grad=True)
    ones = torch.ones(1, 1, *drawn["weight"].shape[2:])
    padded = torch_padded(drawn, image)
    F.conv2d(padded, ones, None, drawn["stride"], 0, drawn["dilation"]).sum().backward()
    assert image.grad is not None
    assert reads_of(window) == image.grad[0, 0].tolist()
    assert window.never_read == int((image.grad == 0).sum())


@some
@given(convolutions())
def test_reads_are_a_count_of_what_is_unfolded(drawn: Settings) -> None:
    assume(torch_accepts(drawn))
    window = Convolution(**drawn).window
    height, width = drawn["input"].shape[1:]
    read = cells_read(drawn)
    counts = torch.bincount(read[read >= 0], minlength=height * width)
    assert reads_of(window) == counts.reshape(height, width).tolist()
    assert window.never_read == int((counts == 0).sum())


@some
@given(convolutions(most=7))
def test_readers_are_the_outputs_that_unfold_the_cell(drawn: Settings) -> None:
    assume(torch_accepts(drawn))
    window = Convolution(**drawn).window
    read = cells_read(drawn)
    across = window.output[1]
    for cell in range(window.rows.size * window.columns.size):
        outputs = (read == cell).any(dim=0).nonzero().flatten().tolist()
        place = divmod(cell, window.columns.size)
        assert window.readers(*place) == [divmod(output, across) for output in outputs]


@some
@given(convolutions(most=7))
def test_taps_and_sources_are_what_is_unfolded(drawn: Settings) -> None:
    assume(torch_accepts(drawn))
    window = Convolution(**drawn).window
    rows, columns, found = window.rows, window.columns, []
    for row, column in np.ndindex(*window.output):
        for down in rows.taps(row):
            for across in columns.taps(column):
                source = rows.source(down), columns.source(across)
                padding = source[0] is None or source[1] is None
                found.append(-1 if padding else source[0] * columns.size + source[1])
        assert rows.start(row) == rows.taps(row)[0]
    assert found == cells_read(drawn).T.flatten().tolist()


@some
@given(convolutions())
def test_output_and_extent_are_torchs(drawn: Settings) -> None:
    assume(torch_accepts(drawn))
    window = Convolution(**drawn).window
    drawn["weight"] = np.ones((1, 1, *drawn["weight"].shape[2:]), np.float32)
    image = torch.zeros(1, 1, *drawn["input"].shape[1:])
    padded = torch_padded(drawn, image).requires_grad_()
    weight = torch.tensor(drawn["weight"])
    output = F.conv2d(padded, weight, None, drawn["stride"], 0, drawn["dilation"])
    assert window.output == tuple(output.shape[2:])
    output[0, 0, -1, -1].backward()
    assert padded.grad is not None
    seen = padded.grad[0, 0].nonzero()
    spread = (seen.max(dim=0).values - seen.min(dim=0).values + 1).tolist()
    assert list(window.extent) == spread


@some
@given(poolings(kinds=("avg",)))
def test_pooling_reads_are_torchs_gradient(drawn: Settings) -> None:
    """An average that divides by one passes each window's ones back to the cells it read."""
    assume(torch_accepts_pooling(drawn))
    window = Pooling(**drawn).window
    image = torch.zeros(1, 1, *drawn["input"].shape[1:], requires_grad=True)
    output = torch_average(drawn, image, divisor=1)
    assert window.output == tuple(output.shape[2:])
    output.sum().backward(retain_graph=True)
    assert image.grad is not None
    assert reads_of(window) == image.grad[0, 0].tolist()
    assert window.never_read == int((image.grad == 0).sum())
    readers: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for place in np.ndindex(*window.output):
        (grad,) = torch.autograd.grad(output[0, 0][place], image, retain_graph=True)
        for row, column in grad[0, 0].nonzero().tolist():
            readers.setdefault((row, column), []).append(place)
    for place in np.ndindex(*image.shape[2:]):
        assert window.readers(*place) == readers.get(place, [])


@pytest.mark.parametrize("size", range(1, 14))
@pytest.mark.parametrize("target", range(1, 19))
def test_adaptive_windows_are_torchs_gradient(size: int, target: int) -> None:
    axis = AdaptiveAxis(size, 1, target=target)
    image = torch.zeros(1, 1, size, requires_grad=True)
    output = F.adaptive_avg_pool1d(image, target)[0, 0]
    windows = []
    for value in output:
        (grad,) = torch.autograd.grad(value, image, retain_graph=True)
        windows.append(grad[0, 0].nonzero().flatten().tolist())
    assert axis.outputs == len(windows)
    assert [list(axis.taps(i)) for i in range(target)] == windows
    assert [axis.start(i) for i in range(target)] == [window[0] for window in windows]
    assert axis.extent == max(map(len, windows))
    assert axis.reads == tuple(sum(cell in window for window in windows) for cell in range(size))
    for cell in range(size):
        expected = tuple(i for i, window in enumerate(windows) if cell in window)
        assert axis.readers(cell) == expected


def test_a_two_by_two_window_at_stride_two_leaves_nine_of_twenty_five() -> None:
    window = Window(Axis(5, 2, 2), Axis(5, 2, 2))
    assert window.never_read == 9
    assert window.reads(4, 0) == window.reads(0, 4) == 0
    assert window.readers(4, 4) == []
    assert window.readers(3, 3) == [(1, 1)]


@pytest.mark.parametrize(
    ("kernel", "dilation", "expected"), [(3, 1, 3), (3, 2, 5), (3, 3, 7), (5, 2, 9), (1, 7, 1)]
)
def test_effective_kernel_sizes(kernel: int, dilation: int, expected: int) -> None:
    assert extent(kernel, dilation) == expected == kernel + (kernel - 1) * (dilation - 1)


@pytest.mark.parametrize("kernel", range(1, 8))
@pytest.mark.parametrize("dilation", range(1, 4))
def test_same_padding_is_that_of_torchs_layer(kernel: int, dilation: int) -> None:
    layer = torch.nn.Conv1d(1, 1, kernel, padding="same", dilation=dilation)
    assert list(same_padding(kernel, dilation)) == layer._reversed_padding_repeated_twice


@given(st.integers(1, 500), st.integers(1, 11), st.integers(1, 11), st.integers(1, 4))
def test_keras_same_gives_the_rounded_up_quotient(
    size: int, kernel: int, stride: int, dilation: int
) -> None:
    before, after = keras_same_padding(size, kernel, stride, dilation)
    assert 0 <= before <= after <= before + 1
    outputs = len(range(0, size + before + after - dilation * (kernel - 1), stride))
    assert outputs == -(-size // stride)
    assert Axis(size, kernel, stride, dilation, before, after).outputs == outputs
    # no cell more than needed: with one less, the last window would not fit
    if before + after:
        fewer = len(range(0, size + before + after - 1 - dilation * (kernel - 1), stride))
        assert fewer < outputs


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "expected"),
    [
        (224, 7, 2, (2, 3)),  # ResNet's stem in Keras; torch's padding 3 gives (3, 3)
        (224, 3, 2, (0, 1)),  # MobileNet's stem
        (28, 3, 1, (1, 1)),
        (5, 2, 1, (0, 1)),
        (13, 6, 5, (1, 2)),  # the example of TensorFlow's own documentation
        (10, 1, 3, (0, 0)),
        (4, 2, 2, (0, 0)),
    ],
)
def test_keras_same_by_hand(size: int, kernel: int, stride: int, expected: tuple[int, int]) -> None:
    assert keras_same_padding(size, kernel, stride) == expected


def evaluated(text: str) -> int:
    """Work out a written formula: ⌊…⌋ and ⌈…⌉, ``·`` for times, and the note that takes 1 off."""
    less = ", less 1 " in text
    text = text.split(",")[0]
    rounded, inner, rest = re.fullmatch(r"([⌊⌈])(.*)[⌋⌉] \+ (\d+)", text).groups()  # type: ignore[union-attr]
    left, right = inner.rsplit(" / ", 1)
    assert re.fullmatch(r"[\d +()·-]+", left)
    quotient = Fraction(eval(left.replace("·", "*")), int(right))
    whole = quotient.numerator // quotient.denominator
    up = rounded == "⌈" and whole != quotient
    return whole + up + int(rest) - less


@settings(max_examples=500, deadline=None)
@given(
    size=st.integers(1, 40),
    kernel=st.integers(1, 7),
    stride=st.integers(1, 9),
    dilation=st.integers(1, 4),
    before=st.integers(0, 4),
    after=st.integers(0, 4),
    ceil=st.booleans(),
)
def test_the_written_formula_comes_to_the_output_size(
    size: int, kernel: int, stride: int, dilation: int, before: int, after: int, ceil: bool
) -> None:
    axis = Axis(size, kernel, stride, dilation, before, after, ceil=ceil)
    assume(axis.outputs >= 1)
    written, result = formula(axis).rsplit(" = ", 1)
    assert int(result) == axis.outputs
    assert evaluated(written) == axis.outputs
    for number in (size, kernel, stride, dilation):
        assert str(number) in re.findall(r"\d+", written)


def test_the_formula_of_the_curriculum() -> None:
    assert formula(Axis(32, 3, 2, 1, 1, 1)) == "⌊(32 + 2·1 - 1·(3-1) - 1) / 2⌋ + 1 = 16"


def test_adaptive_pooling_is_written_without_the_windows_formula() -> None:
    assert formula(AdaptiveAxis(7, 1, target=3)) == "the size asked for = 3"
