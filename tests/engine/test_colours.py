"""Colour spaces, against colorsys, Pillow and published values."""

from __future__ import annotations

import colorsys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from cnntui.engine.colours import NAMES, SPACES, WHITE, gray_bytes, hsv, lab, space_called
from cnntui.errors import UserError

bytes_ = st.tuples(*[st.integers(0, 255)] * 3)

# B. Lindbloom, brucelindbloom.com, Color Calculator: sRGB, D65, no adaptation
LAB = {
    (255, 0, 0): (53.2408, 80.0925, 67.2032),
    (0, 255, 0): (87.7347, -86.1827, 83.1793),
    (0, 0, 255): (32.2970, 79.1875, -107.8602),
    (255, 255, 255): (100, 0, 0),
    (0, 0, 0): (0, 0, 0),
    (119, 119, 119): (50.0344, 0, 0),
    (255, 255, 0): (97.1393, -21.5537, 94.4780),
    (0, 255, 255): (91.1132, -48.0875, -14.1312),
    (255, 0, 255): (60.3242, 98.2343, -60.8249),
}


def column(rgb):
    return np.array(rgb, np.float64) / 255


@given(bytes_)
def test_hsv_is_that_of_colorsys(rgb):
    hue, saturation, value = colorsys.rgb_to_hsv(*column(rgb))
    assert hsv(column(rgb)) == pytest.approx([360 * hue, saturation, value], abs=1e-9)


@pytest.mark.parametrize(("rgb", "published"), LAB.items())
def test_lab_is_what_is_published(rgb, published):
    assert lab(column(rgb)) == pytest.approx(published, abs=0.01)


def test_the_white_is_d65():
    assert pytest.approx((0.95047, 1, 1.08883), abs=1e-6) == WHITE


def test_small_light_is_on_the_straight_part_of_lab():
    # Y = 1 / 255 / 12.92 is below 216 / 24389: L* = 24389 / 27 Y
    assert lab(column((1, 1, 1)))[0] == pytest.approx(24389 / 27 / 255 / 12.92, abs=1e-4)


def test_a_grey_has_no_colour_in_lab():
    greys = np.arange(256).repeat(3).reshape(256, 3).T / 255
    assert not lab(greys)[1:].any()  # 0 itself, not a power's last digit


def test_grey_bytes_are_those_of_pillow():
    pixels = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    pixels[:2] = [[[0, 0, 0]], [[255, 255, 255]]]
    expected = np.asarray(Image.fromarray(pixels).convert("L"))
    assert np.array_equal(gray_bytes(pixels.transpose(2, 0, 1))[0], expected)


@given(bytes_)
def test_grey_is_within_half_a_level_of_pillow(rgb):
    pillow = Image.new("RGB", (1, 1), rgb).convert("L").getpixel((0, 0))
    assert abs(space_called("gray").convert(column(rgb))[0] * 255 - pillow) <= 0.5 + 1e-3


@given(bytes_)
def test_bgr_and_three_greys(rgb):
    assert space_called("bgr").convert(column(rgb)).tolist() == column(rgb)[::-1].tolist()
    three = space_called("gray3").convert(column(rgb))
    assert three[0] == three[1] == three[2] == space_called("gray").convert(column(rgb))[0]


@given(bytes_)
def test_every_space_stays_in_its_ranges(rgb):
    for space in SPACES:
        values = space.convert(column(rgb))
        assert len(values) == len(space.channels) == len(space.ranges)
        for value, (low, high) in zip(values, space.ranges, strict=True):
            assert low - 1e-3 <= value <= high + 1e-3


def test_pictures_are_converted_as_their_pixels():
    rgb = np.random.default_rng(1).random((3, 4, 5))
    for space in SPACES:
        whole = space.convert(rgb)
        assert whole.shape == (len(space.channels), 4, 5)
        assert whole[:, 2, 3] == pytest.approx(space.convert(rgb[:, 2, 3]))


def test_names():
    assert NAMES == ("rgb", "bgr", "gray", "gray3", "hsv", "lab")
    assert space_called("Grey") is space_called("gray")
    with pytest.raises(UserError, match="give one of rgb, bgr"):
        space_called("cmyk")
