"""Torch's own float32 results beside ours: when they agree, and when they must not."""

from __future__ import annotations

import dataclasses
import warnings

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cnntui.engine.convolution import Convolution, whole_output
from cnntui.engine.pooling import Pooling, whole_pooled
from cnntui.engine.reference import (
    checked_convolution,
    checked_pooling,
    compared,
    convolve,
    largest_difference,
    pool,
)
from tests.engine.drawn import (
    Settings,
    convolutions,
    poolings,
    torch_accepts,
    torch_accepts_pooling,
    torch_convolution,
    torch_pooling,
)

torch.set_num_threads(1)

many = settings(max_examples=300, deadline=None)
some = settings(max_examples=100, deadline=None)

NAN, INF = float("nan"), float("inf")
MAGNITUDES = st.sampled_from([1e-20, 1e-6, 1e-3, 1.0, 255.0, 65_535.0, 1e9])


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        ([], [], 0),
        ([1, 2], [1, 2], 0),
        ([1, 2], [1.5, 1.75], 0.5),
        ([-1], [1], 2),
        ([NAN, 1], [NAN, 1.25], 0.25),
        ([INF, -INF], [INF, -INF], 0),
        ([NAN], [1], INF),
        ([1], [NAN], INF),
        ([INF], [1], INF),
        ([1], [-INF], INF),
        ([INF], [-INF], INF),
        ([INF], [NAN], INF),
        ([NAN], [INF], INF),
        ([INF, 3], [INF, 1], 2),
        ([[NAN, 0]], [[NAN, 4]], 4),
    ],
)
def test_the_largest_difference(mine: list[float], theirs: list[float], expected: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert largest_difference(np.float64(mine), np.float32(theirs)) == expected


@many
@given(convolutions(), MAGNITUDES, MAGNITUDES, MAGNITUDES)
def test_convolutions_agree_at_any_magnitude(
    drawn: Settings, pixels: float, weights: float, biases: float
) -> None:
    assume(torch_accepts(drawn))
    drawn["input"] = drawn["input"] * np.float32(pixels / 9)
    drawn["weight"] = drawn["weight"] * np.float32(weights / 3)
    if drawn["bias"] is not None:
        drawn["bias"] = drawn["bias"] * np.float32(biases)
    reference = checked_convolution(Convolution(**drawn), "cpu")
    assert reference.device == "cpu"
    assert reference.output.dtype == np.float32
    assert reference.agrees


@many
@given(convolutions(high=65_535))
def test_torchs_output_is_the_layers(drawn: Settings) -> None:
    assume(torch_accepts(drawn))
    name, found = convolve(Convolution(**drawn), "cpu")
    expected, magnitude = torch_convolution(drawn), torch_convolution(drawn, magnitude=True)
    assert name == "cpu"
    assert found.shape == expected.shape
    assert (np.abs(found - expected) <= 1e-5 * (magnitude + np.abs(expected))).all()


@some
@given(convolutions(), MAGNITUDES, MAGNITUDES, st.data())
def test_a_wrong_cell_does_not_agree(
    drawn: Settings, pixels: float, weights: float, choose: st.DataObject
) -> None:
    drawn["activation"] = "none"
    drawn["bias"] = None
    drawn["input"] = np.full_like(drawn["input"], pixels)
    drawn["weight"] = np.full_like(drawn["weight"], weights)
    assume(torch_accepts(drawn))
    conv = Convolution(**drawn)
    reference = checked_convolution(conv, "cpu")
    wrong = reference.output.copy()
    place = choose.draw(st.integers(0, wrong.size - 1))
    wrong.flat[place] += np.float32(0.01 * reference.scale)
    assert reference.agrees
    assume(reference.scale > 1e-30)  # smaller ones have no float32 of full precision
    assert not compared(whole_output(conv), wrong, "cpu", reference.scale).agrees


@some
@given(convolutions(), st.sampled_from([NAN, INF, -INF]), st.data())
def test_a_cell_that_is_not_finite_does_not_agree(
    drawn: Settings, value: float, choose: st.DataObject
) -> None:
    assume(torch_accepts(drawn))
    conv = Convolution(**drawn)
    reference = checked_convolution(conv, "cpu")
    wrong = reference.output.copy()
    wrong.flat[choose.draw(st.integers(0, wrong.size - 1))] = value
    judged = compared(whole_output(conv), wrong, "cpu", reference.scale)
    assert judged.max_abs_diff == INF
    assert not judged.agrees


@settings(max_examples=500, deadline=None)
@given(convolutions(most=5), st.integers(0, 2**32 - 1))
def test_nan_and_infinity_agree(drawn: Settings, seed: int) -> None:
    assume(torch_accepts(drawn))
    rng = np.random.default_rng(seed)
    for name, share in (("input", 0.05), ("weight", 0.1)):
        strange = rng.choice(np.float32([np.nan, np.inf, -np.inf]), drawn[name].shape)
        drawn[name] = np.where(rng.random(drawn[name].shape) < share, strange, drawn[name])
    assert checked_convolution(Convolution(**drawn), "cpu").agrees


def test_nothing_is_said_about_even_kernels() -> None:
    """Torch warns of the copy that ``same`` needs there, on top of a running screen."""
    image, weight = np.ones((1, 5, 5), np.float32), np.ones((1, 1, 2, 4), np.float32)
    once = torch.is_warn_always_enabled()
    torch.set_warn_always(True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert checked_convolution(Convolution(image, weight, padding="same"), "cpu").agrees
    finally:
        torch.set_warn_always(once)


def test_a_large_bias_is_part_of_the_scale() -> None:
    image, weight = np.float32([[[0.1, 0.3]]]), np.float32([[[[0.7]]]])
    reference = checked_convolution(Convolution(image, weight, np.float32([1e6 / 3])), "cpu")
    assert reference.max_abs_diff > 0  # float32 cannot hold it
    assert reference.agrees


def test_small_numbers_are_held_to_small_differences() -> None:
    image, weight = np.full((1, 3, 3), 1e-3, np.float32), np.full((1, 1, 3, 3), 1e-3, np.float32)
    conv = Convolution(image, weight)
    reference = checked_convolution(conv, "cpu")
    assert reference.agrees
    doubled = compared(whole_output(conv), reference.output * 2, "cpu", reference.scale)
    assert not doubled.agrees


@many
@given(poolings(), MAGNITUDES)
def test_poolings_agree_at_any_magnitude(drawn: Settings, pixels: float) -> None:
    assume(torch_accepts_pooling(drawn))
    drawn["input"] = drawn["input"] * np.float32(pixels)
    reference = checked_pooling(Pooling(**drawn), "cpu")
    assert reference.device == "cpu"
    assert reference.agrees


@many
@given(poolings())
def test_torchs_pooled_output_is_torchs(drawn: Settings) -> None:
    assume(torch_accepts_pooling(drawn))
    name, found = pool(Pooling(**drawn), "cpu")
    assert name == "cpu"
    np.testing.assert_allclose(found, torch_pooling(drawn), rtol=1e-6, atol=1e-6)


@some
@given(poolings(), st.data())
def test_a_wrong_pooled_cell_does_not_agree(drawn: Settings, choose: st.DataObject) -> None:
    assume(torch_accepts_pooling(drawn))
    pooling = Pooling(**drawn)
    reference = checked_pooling(pooling, "cpu")
    wrong = reference.output.copy()
    place = choose.draw(st.integers(0, wrong.size - 1))
    wrong.flat[place] = 0 if np.isnan(wrong.flat[place]) else wrong.flat[place] + 1
    assume(np.isfinite(wrong.flat[place]))
    assert not compared(whole_pooled(pooling), wrong, "cpu", reference.scale).agrees


def test_a_reference_is_frozen() -> None:
    reference = checked_pooling(Pooling(np.ones((1, 2, 2), np.float32)), "cpu")
    with pytest.raises(dataclasses.FrozenInstanceError):
        reference.device = "cuda"  # type: ignore[misc]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@some
@given(convolutions(high=65_535))
def test_convolutions_agree_on_cuda(drawn: Settings) -> None:
    assume(torch_accepts(drawn))
    reference = checked_convolution(Convolution(**drawn), "cuda")
    assert reference.device.startswith("cuda")
    assert reference.agrees


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@some
@given(poolings())
def test_poolings_agree_on_cuda(drawn: Settings) -> None:
    assume(torch_accepts_pooling(drawn))
    assert checked_pooling(Pooling(**drawn), "cuda").agrees
