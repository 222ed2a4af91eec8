"""Preprocessing chains against torch, and against what their makers publish."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from cnntui.engine.preprocessing import (
    Step,
    normalised,
    recipe_called,
    recipes,
    torch_difference,
)
from cnntui.errors import UserError

RNG = np.random.default_rng(0)
PIXELS = RNG.integers(0, 256, (3, 6, 7)).astype(np.float32)
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # torchvision's documentation


def result(name, pixels=PIXELS, scale=255.0):
    return recipe_called(name, scale).stages(pixels)[-1]


def channels(numbers):
    return torch.tensor(numbers).view(3, 1, 1)


def test_imagenet_is_torchs():
    expected = (torch.from_numpy(PIXELS) / 255 - channels(MEAN)) / channels(DEVIATION)
    assert result("imagenet") == pytest.approx(expected.numpy(), abs=1e-6)


def test_one_pixel_by_hand():
    pixel = np.array([128, 64, 255], np.float32).reshape(3, 1, 1)
    assert result("unit", pixel).ravel() == pytest.approx([128 / 255, 64 / 255, 1])
    assert result("signed", pixel).ravel() == pytest.approx(
        [128 / 127.5 - 1, 64 / 127.5 - 1, 1], abs=1e-6
    )
    # Keras: caffe_utils "caffe" mode: BGR minus 103.939 116.779 123.68
    assert result("caffe", pixel).ravel() == pytest.approx(
        [255 - 103.939, 64 - 116.779, 128 - 123.68], abs=1e-5
    )
    assert result("none", pixel).ravel().tolist() == [128, 64, 255]


@pytest.mark.parametrize("name", [recipe.name for recipe in recipes()])
def test_ends_of_the_ranges(name):
    black, white = (np.full((3, 1, 1), value, np.float32) for value in (0, 255))
    low, high = result(name, black).min(), result(name, white).max()
    published = {
        "none": (0, 255),
        "unit": (0, 1),
        "imagenet": (-2.1179, 2.64),  # (0 − 0.485) / 0.229, (1 − 0.406) / 0.225
        "signed": (-1, 1),
        "caffe": (-123.68, 151.061),
    }
    assert (low, high) == pytest.approx(published[name], abs=1e-4)


def test_sixteen_bits_come_to_the_same():
    for recipe in recipes(65535.0):
        if recipe.name != "none":
            found = recipe.stages(PIXELS * 257)[-1]
            assert found == pytest.approx(result(recipe.name), abs=1e-3)


def test_a_grey_picture_becomes_three_equal_channels():
    grey = PIXELS[:1]
    stages = recipe_called("imagenet").stages(grey)
    assert [len(stage) for stage in stages] == [1, 3, 3, 3, 3]
    assert stages[1][0].tolist() == stages[1][2].tolist()
    expected = (torch.from_numpy(grey) / 255 - channels(MEAN)) / channels(DEVIATION)
    assert stages[-1] == pytest.approx(expected.numpy(), abs=1e-6)


def test_a_grey_data_set_takes_pillows_grey():
    recipe = normalised("digits", "", (0.3,), (0.2,))
    stages = recipe.stages(PIXELS)
    pillow = Image.fromarray(PIXELS.astype(np.uint8).transpose(1, 2, 0)).convert("L")
    assert np.abs(stages[1][0] - np.asarray(pillow)).max() <= 0.51
    assert stages[-1] == pytest.approx((stages[1] / 255 - 0.3) / 0.2, abs=1e-5)


def test_a_deviation_of_zero_counts_as_one():
    found = normalised("flat", "", (0.5,), (0.0,)).stages(PIXELS[:1])[-1]
    assert found == pytest.approx(PIXELS[:1] / 255 - 0.5, abs=1e-6)


@pytest.mark.parametrize("name", [recipe.name for recipe in recipes()])
@pytest.mark.parametrize("count", [1, 3])
def test_torch_agrees_and_would_say_if_not(name, count):
    recipe, pixels = recipe_called(name), PIXELS[:count]
    right = recipe.stages(pixels)[-1]
    assert torch_difference(recipe, pixels, right) <= 1e-5
    wrong = right.copy()
    wrong[0, 1, 2] += 0.5
    assert torch_difference(recipe, pixels, wrong) == pytest.approx(0.5, abs=1e-4)


def test_formulas_hold_the_pixels_own_numbers():
    assert Step("divide", "", (255.0,)).formula((128, 64, 32), 1) == "64 / 255"
    assert Step("subtract", "", MEAN).formula((0.5, 0.25, 0.125), 2) == "0.125 − 0.406"
    assert Step("reverse", "").formula((1, 2, 3), 0) == "3"
    assert Step("gray", "").formula((1, 2, 3), 0) == "0.299·1 + 0.587·2 + 0.114·3"


def test_unknown_names_tell_the_known():
    with pytest.raises(UserError, match="none, unit, imagenet, signed, caffe, or a data set"):
        recipe_called("vgg")
