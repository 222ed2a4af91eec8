"""Our convolution against ``torch.nn.Conv2d`` and SciPy."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import signal
from torch.nn import functional as F

from cnntui.engine.convolution import (
    Convolution,
    output_block,
    padded_plane,
    patch_of,
    step_at,
    whole_output,
)
from tests.engine.drawn import (
    Settings,
    convolutions,
    pads,
    torch_accepts,
    torch_convolution,
    torch_padded,
)

torch.set_num_threads(1)

many = settings(max_examples=300, deadline=None)
some = settings(max_examples=100, deadline=None)


def assert_equal(found: np.ndarray, expected: np.ndarray, magnitude: np.ndarray) -> None:
    """Within 1e-12 of the sum of the products' magnitudes; every activation has a slope ≤ 1."""
    assert found.shape == expected.shape
    assert (np.abs(found - expected) <= 1e-12 * (1 + magnitude)).all()


def plain(image: list[list[float]], kernel: list[list[float]], **more: object) -> Convolution:
    return Convolution(np.float32([image]), np.float32([[kernel]]), **more)  # type: ignore[arg-type]


@many
@given(convolutions())
def test_whole_output_is_torchs(drawn: Settings) -> None:
    assume(torch_accepts(drawn))
    conv = Convolution(**drawn)
    expected = torch_convolution(drawn)
    assert conv.output_shape == expected.shape
    assert conv.steps == expected.size
    assert_equal(whole_output(conv), expected, torch_convolution(drawn, magnitude=True))


@many
@given(convolutions(), st.data())
def test_any_block_is_torchs(drawn: Settings, choose: st.DataObject) -> None:
    assume(torch_accepts(drawn))
    conv, expected = Convolution(**drawn), torch_convolution(drawn)
    filters, height, width = expected.shape
    filter = choose.draw(st.integers(0, filters - 1))
    top = choose.draw(st.integers(0, height - 1))
    left = choose.draw(st.integers(0, width - 1))
    rows = range(top, choose.draw(st.integers(top + 1, height)))
    columns = range(left, choose.draw(st.integers(left + 1, width)))
    cut = (filter, slice(rows.start, rows.stop), slice(columns.start, columns.stop))
    magnitude = torch_convolution(drawn, magnitude=True)[cut]
    assert_equal(output_block(conv, filter, rows, columns), expected[cut], magnitude)


@some
@given(convolutions(most=5))
def test_every_step_is_torchs_and_adds_up(drawn: Settings) -> None:
    assume(torch_accepts(drawn))
    conv, expected = Convolution(**drawn), torch_convolution(drawn)
    raw = torch_convolution({**drawn, "activation": "none"})
    magnitude = torch_convolution(drawn, magnitude=True)
    bias = np.zeros(len(expected)) if drawn["bias"] is None else drawn["bias"]
    for index, place in enumerate(np.ndindex(expected.shape)):
        step = step_at(conv, index)
        assert (step.filter, step.row, step.column) == place == conv.place(index)
        assert conv.index(*place) == step.index == index
        slack = 1e-12 * (1 + magnitude[place])
        assert step.activation == pytest.approx(expected[place], abs=slack, rel=0)
        assert step.sum == pytest.approx(raw[place], abs=slack, rel=0)
        products = np.array(step.patch) * np.array(step.kernel)
        assert (np.array(step.products) == products).all()
        assert step.channel_sums == pytest.approx(products.sum(axis=(1, 2)), abs=slack)
        assert step.bias == bias[step.filter]
        assert step.sum == pytest.approx(sum(step.channel_sums) + step.bias, abs=slack)


@some
@given(convolutions(most=5))
def test_patches_and_padding_flags_are_those_of_unfold(drawn: Settings) -> None:
    assume(torch_accepts(drawn))
    conv = Convolution(**drawn)
    image = torch.tensor(drawn["input"], dtype=torch.float64)[None]
    outside = F.pad(torch.zeros_like(image[:, :1]), pads(drawn), value=1.0)
    kernel, how = drawn["weight"].shape[2:], (drawn["dilation"], 0, drawn["stride"])
    padded = torch_padded(drawn, image)
    assert (padded_plane(conv) == padded[0].numpy()).all()
    channels, taps = len(drawn["input"]), kernel[0] * kernel[1]
    patches = F.unfold(padded, kernel, *how)[0].reshape(channels, taps, -1).numpy()
    flags = F.unfold(outside, kernel, *how)[0].numpy()
    filters, per_group = drawn["weight"].shape[:2]
    for index in range(conv.steps):
        step = step_at(conv, index)
        first = step.filter // (filters // drawn["groups"]) * per_group
        cell = index % (conv.steps // filters)
        seen = patches[first : first + per_group, :, cell].reshape(per_group, *kernel)
        assert step.first_channel == first
        assert (np.array(step.patch) == seen).all()
        assert (patch_of(conv, step.filter, step.row, step.column) == seen).all()
        assert (np.array(step.padding) == flags[:, cell].reshape(kernel)).all()
        assert (np.array(step.kernel) == drawn["weight"][step.filter]).all()


@many
@given(convolutions(most=5), st.integers(0, 2**32 - 1))
def test_nan_and_infinity_are_where_torch_has_them(drawn: Settings, seed: int) -> None:
    assume(torch_accepts(drawn))
    rng = np.random.default_rng(seed)
    for name, share in (("input", 0.05), ("weight", 0.1)):
        strange = rng.choice(np.float32([np.nan, np.inf, -np.inf]), drawn[name].shape)
        drawn[name] = np.where(rng.random(drawn[name].shape) < share, strange, drawn[name])
    conv, expected = Convolution(**drawn), torch_convolution(drawn)
    filters, height, width = expected.shape
    np.testing.assert_allclose(whole_output(conv), expected, rtol=1e-9, atol=1e-9)
    blocks = [output_block(conv, f, range(height), range(width)) for f in range(filters)]
    np.testing.assert_allclose(blocks, expected, rtol=1e-9, atol=1e-9)
    for index in (0, expected.size // 2, expected.size - 1):
        value = step_at(conv, index).activation
        np.testing.assert_allclose(value, expected.flat[index], rtol=1e-9, atol=1e-9)


def test_zero_times_infinity_is_nan_in_a_single_cell() -> None:
    """BLAS leaves out a zero factor where a matrix product is one column by one number."""
    weight = np.float32([[[[1]]], [[[np.inf]]], [[[np.nan]]]])
    conv = Convolution(np.zeros((1, 1, 1), np.float32), weight)
    expected = [0, np.nan, np.nan]
    np.testing.assert_array_equal(whole_output(conv).ravel(), expected)
    np.testing.assert_array_equal([step_at(conv, f).sum for f in range(3)], expected)


@some
@given(
    st.integers(1, 12), st.integers(1, 12), st.integers(0, 2), st.integers(0, 2), st.integers(0, 99)
)
@pytest.mark.parametrize("mode", ["valid", "same", "full"])
def test_one_channel_is_scipys_correlation(
    mode: str, height: int, width: int, half_height: int, half_width: int, seed: int
) -> None:
    kernel_shape = (2 * half_height + 1, 2 * half_width + 1)
    assume(mode != "valid" or (kernel_shape[0] <= height and kernel_shape[1] <= width))
    rng = np.random.default_rng(seed)
    image = rng.integers(-9, 10, (height, width)).astype(np.float32)
    kernel = rng.integers(-9, 10, kernel_shape).astype(np.float32)
    conv = Convolution(image[None], kernel[None, None], padding=mode)
    assert (whole_output(conv)[0] == signal.correlate2d(image, kernel, mode)).all()


@pytest.mark.parametrize("kernel", [(2, 2), (4, 3), (3, 4), (2, 5)])
@pytest.mark.parametrize("dilation", [(1, 1), (2, 1), (3, 2)])
@pytest.mark.parametrize("mode", ["zeros", "reflect", "replicate", "circular"])
def test_same_with_even_kernels_pads_as_torch(
    kernel: tuple[int, int], dilation: tuple[int, int], mode: str
) -> None:
    drawn = {
        "input": np.arange(120, dtype=np.float32).reshape(1, 10, 12) ** 2,
        "weight": np.arange(1, 1 + kernel[0] * kernel[1]).reshape(1, 1, *kernel).astype(np.float32),
        "bias": None,
        "stride": (1, 1),
        "padding": "same",
        "padding_mode": mode,
        "dilation": dilation,
        "groups": 1,
        "activation": "none",
    }
    found = whole_output(Convolution(**drawn))
    assert found.shape == (1, 10, 12)
    assert (found == torch_convolution(drawn)).all()


def test_the_bands_of_a_tall_picture_meet() -> None:
    image = np.arange(40_000 * 3, dtype=np.float32).reshape(1, 40_000, 3) % 251
    kernel = np.float32([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    found = whole_output(Convolution(image, kernel[None, None], stride=(1, 1), padding="same"))
    assert (found[0] == signal.correlate2d(image[0], kernel, "same")).all()


# curriculum, lesson 4 and "Network and number facts"
ROWS = [[1, 2, 3, 0, 1], [0, 1, 2, 3, 0], [1, 0, 1, 2, 3], [2, 1, 0, 1, 2], [3, 2, 1, 0, 1]]
HORIZONTAL = [[-1, -1, -1], [0, 0, 0], [1, 1, 1]]
VERTICAL = [[-1, 0, 1]] * 3


def test_the_five_by_five_example() -> None:
    found = whole_output(plain(ROWS, HORIZONTAL))
    assert (found[0] == signal.correlate2d(ROWS, HORIZONTAL, "valid")).all()
    # by hand: (1+0+1) − (1+2+3) at the top left
    assert found[0, 0, 0] == -4


def test_the_vertical_edge_examples() -> None:
    narrow = whole_output(plain([[10, 10, 10, 0, 0]] * 5, VERTICAL))
    assert narrow.tolist() == [[[0, -30, -30]] * 3]
    wide = whole_output(plain([[0, 0, 0, 255, 255, 255]] * 6, VERTICAL))
    assert wide.tolist() == [[[0, 765, 765, 0]] * 4]


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "padding", "expected"),
    [
        (32, 5, 1, 0, 28),
        (32, 5, 1, 2, 32),
        (32, 3, 2, 1, 16),
        (28, 5, 1, 0, 24),
        (32, 5, 2, 0, 14),
        (224, 3, 1, 0, 222),
        (8, 3, 1, 0, 6),
        (32, 5, 1, "full", 36),  # W + K − 1
        (32, 5, 1, "same", 32),
        (32, 5, 1, "valid", 28),
    ],
)
def test_published_output_sizes(
    size: int, kernel: int, stride: int, padding: int | str, expected: int
) -> None:
    conv = Convolution(
        np.zeros((1, size, size), np.float32),
        np.zeros((1, 1, kernel, kernel), np.float32),
        stride=(stride, stride),
        padding=padding if isinstance(padding, str) else (padding, padding),
    )
    assert conv.output_shape == (1, expected, expected)
    assert conv.window.extent == (kernel, kernel)


@pytest.mark.parametrize(
    ("channels", "filters", "kernel", "params"),
    [
        (3, 32, 3, 896),
        (64, 32, 1, 2_080),
        (32, 64, 3, 18_496),
        (64, 128, 3, 73_856),
        (3, 64, 3, 1_792),
    ],
)
def test_published_parameter_counts(channels: int, filters: int, kernel: int, params: int) -> None:
    image = np.zeros((channels, 3, 3), np.float32)
    weight = np.zeros((filters, channels, kernel, kernel), np.float32)
    with_bias = Convolution(image, weight, np.zeros(filters, np.float32))
    layer = torch.nn.Conv2d(channels, filters, kernel)
    assert with_bias.params == params == sum(p.numel() for p in layer.parameters())
    assert Convolution(image, weight).params == with_bias.weights == params - filters


def test_depthwise_separable_parameters() -> None:
    depthwise = Convolution(
        np.zeros((64, 3, 3), np.float32),
        np.zeros((64, 1, 3, 3), np.float32),
        np.zeros(64, np.float32),
        groups=64,
    )
    pointwise = Convolution(
        np.zeros((64, 3, 3), np.float32),
        np.zeros((128, 64, 1, 1), np.float32),
        np.zeros(128, np.float32),
    )
    # 64·(9 + 1) + 64·128 + 128: the 8,896 of the curriculum has one bias, not two
    assert depthwise.weights + pointwise.params == 8_896


def test_a_published_count_of_multiply_adds() -> None:
    # AlexNet's first layer, 227×227×3, 96 filters of 11×11 at stride 4: 105,415,200 (55²·96·363)
    conv = Convolution(
        np.zeros((3, 227, 227), np.float32),
        np.zeros((96, 3, 11, 11), np.float32),
        stride=(4, 4),
    )
    assert conv.output_shape == (96, 55, 55)
    assert conv.macs == 105_415_200


@some
@given(convolutions(most=6))
def test_multiply_adds_are_the_products_formed(drawn: Settings) -> None:
    assume(torch_accepts(drawn))
    conv = Convolution(**drawn)
    ones = {
        **drawn,
        "input": np.ones_like(drawn["input"]),
        "weight": np.ones_like(drawn["weight"]),
        "bias": None,
        "padding": (0, 0),
        "activation": "none",
    }
    # ones everywhere, padding included: each output counts its own products
    padded = torch_padded(drawn, torch.ones(1, *drawn["input"].shape), value=1.0)
    ones["input"] = padded[0].numpy()
    assert conv.macs == torch_convolution({**ones, "padding_mode": "zeros"}).sum()


@pytest.mark.parametrize("mode", ["zeros", "reflect", "replicate", "circular"])
def test_never_read_counts_all_channels(mode: str) -> None:
    conv = Convolution(
        np.zeros((3, 5, 5), np.float32),
        np.zeros((1, 3, 2, 2), np.float32),
        stride=(2, 2),
        padding_mode=mode,
    )
    assert conv.window.never_read == 9  # of 25
    assert conv.never_read == 27
