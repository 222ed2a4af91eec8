"""Pictures of few colours, against the values they draw."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from cnntui.parts.pictures.palettes import diverging_frame, fitted, palette_frame
from cnntui.sources.inputs import load_input
from cnntui.ui.frames.pictures import PictureFrame


def drawn(frame: PictureFrame) -> np.ndarray:
    """Return the colours of a frame as (H, W, 3)."""
    indices = np.frombuffer(frame.indices, np.uint8).reshape(frame.height, frame.width)
    return np.array(frame.palette)[indices]


def test_grey_is_drawn_within_two_levels_of_a_64th():
    values = np.arange(256, dtype=np.float32).reshape(1, 16, 16)
    frame = palette_frame(values)
    assert len(frame.palette) == 64
    assert all(red == green == blue for red, green, blue in frame.palette)
    assert np.abs(drawn(frame)[..., 0] - values[0]).max() <= 4
    assert (frame.palette[0], frame.palette[-1]) == ((0, 0, 0), (255, 255, 255))


def test_values_outside_are_clipped_and_nan_is_black():
    values = np.array([[[-5, 300, np.nan, np.inf, -np.inf]]], dtype=np.float32)
    assert drawn(palette_frame(values))[0, :, 0].tolist() == [0, 255, 0, 255, 0]
    assert drawn(palette_frame(np.repeat(values, 3, 0)))[0, :, 2].tolist() == [0, 255, 0, 255, 0]


def test_a_photograph_keeps_its_look_in_64_colours():
    values = load_input("astronaut", cells=224).values
    frame = palette_frame(values)
    assert (frame.height, frame.width) == values.shape[1:]
    assert len(frame.palette) <= 64
    assert all(0 <= part <= 255 for color in frame.palette for part in color)
    image = Image.fromarray(values.transpose(1, 2, 0).astype(np.uint8))
    cut = np.asarray(image.quantize(64, Image.Quantize.MEDIANCUT, dither=0).convert("RGB"))
    original = np.asarray(image, dtype=float)
    error = np.abs(drawn(frame) - original).mean()
    assert error < 1.25 * np.abs(cut - original).mean()


def test_few_colours_are_drawn_as_they_are():
    values = np.zeros((3, 200, 200), dtype=np.float32)
    values[:, 101, 3] = (255, 0, 0)
    values[:, 7, 55] = (0, 200, 10)
    assert np.array_equal(drawn(palette_frame(values)), values.transpose(1, 2, 0))


def test_the_colours_of_zero_and_of_both_limits():
    values = np.array([[-2, -1, 0, 1, 2, 9, np.nan]], dtype=np.float32)
    cool, _, neutral, _, warm, beyond, wrong = drawn(diverging_frame(values, 2.0))[0].tolist()
    assert cool[2] > cool[0]
    assert warm[0] > warm[2]
    assert max(neutral) < 40
    assert beyond == warm
    assert wrong == [255, 0, 255]
    assert len(diverging_frame(values, 2.0).palette) == 66


@settings(max_examples=60)
@given(arrays(np.float32, (3, 4), elements=st.floats(width=32)), st.floats())
def test_levels_are_symmetric_for_any_values_and_limit(values, limit):
    plus = np.frombuffer(diverging_frame(values, limit).indices, np.uint8).astype(int)
    minus = np.frombuffer(diverging_frame(-values, limit).indices, np.uint8).astype(int)
    wrong = np.isnan(values).ravel()
    assert (plus[wrong] == 65).all()
    assert np.array_equal((plus + minus)[~wrong], np.full((~wrong).sum(), 64))
    shown, meant = np.sign(plus - 32)[~wrong], np.sign(values.ravel())[~wrong]
    assert ((shown == 0) | (shown == meant)).all()


def test_fitted_averages_and_keeps_the_aspect():
    values = np.arange(64, dtype=np.float32).reshape(1, 8, 8)
    means = values.reshape(1, 4, 2, 4, 2).mean((2, 4))
    assert np.allclose(fitted(values, 4, 100), means)
    assert fitted(np.zeros((3, 10, 20), np.float32), 50, 40).shape == (3, 20, 40)
    assert np.array_equal(fitted(values, 16, 16), values.repeat(2, 1).repeat(2, 2))


@settings(max_examples=60)
@given(*[st.integers(1, 60)] * 4)
def test_fitted_fits(rows, columns, height, width):
    got = fitted(np.zeros((1, rows, columns), np.float32), height, width).shape[1:]
    assert got[0] <= height
    assert got[1] <= width
    assert got[0] == height or got[1] == width


@pytest.mark.parametrize("channels", [1, 3])
def test_a_frame_is_quick(channels):
    values = np.random.default_rng(0).integers(0, 256, (channels, 224, 224)).astype(np.float32)
    palette_frame(values)
    times = []
    for _ in range(5):
        start = time.process_time()
        palette_frame(values)
        diverging_frame(values[0], 255)
        times.append(time.process_time() - start)
    assert min(times) < 0.03  # measured at 3 ms, with room for a busy machine
