"""Palettes: levels of grey and of a sign, whatever the last digit of a value."""

from __future__ import annotations

import numpy as np
import pytest

from cnntui.parts.pictures.palettes import diverging_frame, palette_frame


@pytest.mark.parametrize("colors", [2, 32, 64, 256])
@pytest.mark.parametrize("noise", [-1e-4, 0.0, 1e-4])
def test_a_whole_number_is_its_level_with_noise_in_the_last_digit(colors, noise):
    values = np.arange(256, dtype=np.float32)[None, None]
    frame = palette_frame(values + np.float32(noise), colors)
    assert list(frame.indices) == [value * colors // 256 for value in range(256)]


@pytest.mark.parametrize("noise", [-1e-4, 0.0, 1e-4])
def test_colours_are_those_of_the_whole_numbers(noise):
    values = np.random.default_rng(0).integers(0, 256, (3, 5, 8)).astype(np.float32)
    assert palette_frame(values + np.float32(noise)) == palette_frame(values)


def test_signs_have_levels_of_their_own():
    frame = diverging_frame(np.array([[-2.0, -1.0, 0.0, 0.5, np.inf, np.nan]], np.float32), 1.0)
    assert list(frame.indices) == [0, 0, 32, 48, 64, 65]
