"""Filtering against torch, SciPy and Pillow; figures against NumPy."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFilter
from scipy import ndimage
from torch.nn import functional as F

from cnntui.engine.filtering import (
    MOST_TIMES,
    Filtering,
    checked,
    filtered,
    stages,
    statistics,
)
from cnntui.engine.geometry import IllegalSetting
from tests.engine.drawn import data, pairs

torch.set_num_threads(1)

many = settings(max_examples=200, deadline=None)


@st.composite
def filterings(draw: st.DrawFn) -> Filtering:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    picture = data(rng, (draw(st.sampled_from((1, 2, 3))), *draw(pairs(1, 12))), 0, 255)
    kernel = data(rng, draw(pairs(1, 6)), -2, 2)
    return Filtering(picture, kernel, draw(st.integers(1, 4)), draw(st.integers(1, 4)))


def by_torch(filtering: Filtering) -> np.ndarray:
    """Every application by ``F.conv2d`` in float64, each channel as a picture of its own."""
    values = torch.tensor(filtering.input)[:, None].double()
    weight = torch.tensor(filtering.kernel)[None, None].double()
    high, wide = filtering.kernel.shape
    same = filtering.stride == 1
    top, left = ((high - 1) // 2, (wide - 1) // 2) if same else (high // 2, wide // 2)
    bottom, right = (high - 1 - top, wide - 1 - left) if same else (top, left)
    for _ in range(filtering.times):
        padded = F.pad(values.float().double(), (left, right, top, bottom), mode="replicate")
        values = F.conv2d(padded, weight, stride=filtering.stride)
    return values[:, 0].numpy()


@many
@given(filterings())
def test_every_value_is_torchs(drawn: Filtering) -> None:
    expected, found = by_torch(drawn), filtered(drawn)
    assert found.shape == expected.shape == drawn.output_shape
    assert found.dtype == np.float32
    scale = 255 * max(1.0, float(np.abs(drawn.kernel).sum())) ** drawn.times
    assert np.abs(found - expected).max() <= 1e-6 * scale


@many
@given(filterings())
def test_torch_agrees_with_every_application(drawn: Filtering) -> None:
    result = checked(drawn, "cpu")
    assert result.agrees
    assert result.device == "cpu"
    assert result.output.shape == drawn.output_shape


def test_a_disagreement_in_any_application_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    from cnntui.engine import reference

    convolve, calls = reference.convolve, []

    def wrong_once(conv, device):
        name, output = convolve(conv, device)
        calls.append(conv)
        return name, output + (5 if len(calls) == 2 else 0)

    monkeypatch.setattr(reference, "convolve", wrong_once)
    picture = np.arange(48, dtype=np.float32).reshape(3, 4, 4)
    result = checked(Filtering(picture, np.full((3, 3), 1 / 9, np.float32), times=3), "cpu")
    assert len(calls) == 3
    assert not result.agrees
    assert result.max_abs_diff == pytest.approx(5, abs=1e-4)


@pytest.mark.parametrize("side", [1, 3, 5, 7])
def test_odd_kernels_are_scipys_correlation(side: int) -> None:
    rng = np.random.default_rng(side)
    picture = rng.integers(0, 256, (3, 21, 17)).astype(np.float32)
    kernel = rng.uniform(-1, 1, (side, side)).astype(np.float32)
    expected = [ndimage.correlate(c.astype(float), kernel, mode="nearest") for c in picture]
    assert np.abs(filtered(Filtering(picture, kernel)) - expected).max() < 1e-3


def test_box_blur_is_pillows() -> None:
    rng = np.random.default_rng(3)
    pixels = rng.integers(0, 256, (24, 30, 3), dtype=np.uint8)
    blurred = np.asarray(Image.fromarray(pixels).filter(ImageFilter.BoxBlur(1))).transpose(2, 0, 1)
    picture = pixels.transpose(2, 0, 1).astype(np.float32)
    found = filtered(Filtering(picture, np.full((3, 3), 1 / 9, np.float32)))
    assert np.abs(found - blurred)[:, 1:-1, 1:-1].max() <= 1  # Pillow rounds to whole numbers


def test_repeating_is_filtering_the_result() -> None:
    rng = np.random.default_rng(5)
    picture = rng.uniform(0, 255, (3, 9, 8)).astype(np.float32)
    kernel = rng.uniform(-1, 1, (3, 3)).astype(np.float32)
    three = list(stages(Filtering(picture, kernel, 1, 3)))
    assert len(three) == 3
    once_more = filtered(Filtering(three[1], kernel))
    assert (three[2] == once_more).all()


@many
@given(filterings())
def test_with_stride_one_the_size_stays(drawn: Filtering) -> None:
    assume(drawn.stride == 1)
    assert drawn.output_shape == drawn.input.shape
    assert drawn.macs == drawn.times * drawn.input.size * drawn.kernel.size


@pytest.mark.parametrize(("stride", "times"), [(0, 1), (-1, 1), (1, 0), (1, MOST_TIMES + 1)])
def test_what_cannot_be_done_is_refused(stride: int, times: int) -> None:
    with pytest.raises(IllegalSetting):
        Filtering(np.zeros((1, 3, 3), np.float32), np.ones((3, 3), np.float32), stride, times)


ANY = st.lists(
    st.floats(-1e6, 1e6, width=32) | st.sampled_from((np.nan, np.inf, -np.inf)), max_size=40
)


@many
@given(ANY, st.integers(1, 20))
def test_figures_are_numpys(listed: list[float], bins: int) -> None:
    values = np.array(listed, np.float32).reshape(1, 1, -1)
    finite = values[np.isfinite(values)].astype(np.float64)
    found = statistics(values, bins)
    assert found.strange == values.size - finite.size
    assert len(found.counts) == bins == len(found.edges) - 1
    assert sum(found.counts) == finite.size
    if finite.size:
        assert (found.min, found.max) == (finite.min(), finite.max())
        assert found.mean == pytest.approx(finite.mean(), abs=1e-6)
        assert found.negative == np.mean(finite < 0)
        counts, _ = np.histogram(finite, np.array(found.edges))
        assert found.counts == tuple(counts.tolist())


def test_a_given_range_leaves_out_what_lies_beyond() -> None:
    found = statistics(np.array([[-1.0, 0, 1, 2, 9]], np.float32), 2, (0, 2))
    assert found.counts == (1, 2)
    assert found.edges == (0, 1, 2)
    assert (found.min, found.max) == (-1, 9)
