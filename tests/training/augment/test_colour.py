"""Colours against Pillow's ImageEnhance and the formulas in float64."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageEnhance
from scipy import stats

from cnntui.training.augment.chance import Chance
from cnntui.training.augment.colour import Colour, grey, tinted
from cnntui.training.augment.combinations import parse

FACTORS = st.floats(0, 2)


def pictures(count, channels=3, seed=0):
    whole = torch.randint(0, 256, (count, channels, 9, 7), generator=generator(seed))
    return whole / 255


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def augmented(text, images, seed=0):
    return Colour.of(parse(text)).applied(images, Chance(generator(seed), len(images)))


def by_pillow(picture, enhance, factor):
    whole = Image.fromarray((picture.permute(1, 2, 0) * 255).round().byte().numpy())
    return torch.from_numpy(np.array(enhance(whole).enhance(factor))).permute(2, 0, 1) / 255


@given(FACTORS, st.integers(0, 5))
def test_each_is_pillow_s(factor, seed):
    """Pillow rounds grey, mean and result to whole values: up to 2.5 of 255 apart at factor 2."""
    image, one = pictures(1, seed=seed), torch.ones(1)
    for ours, enhance in (
        (tinted(image, one * factor, one, None), ImageEnhance.Brightness),
        (tinted(image, one, one * factor, None), ImageEnhance.Contrast),
        (tinted(image, one, one, one * factor), ImageEnhance.Color),
    ):
        expected = by_pillow(image[0], enhance, factor)
        assert (ours[0] - expected).abs().max() * 255 < 2.5


@given(FACTORS, FACTORS, FACTORS, st.integers(0, 5))
def test_the_three_together_are_one_map_cut_off_once(brightness, contrast, saturation, seed):
    image, one = pictures(1, seed=seed), torch.ones(1)
    found = tinted(image, one * brightness, one * contrast, one * saturation)
    value = image[0].double().numpy()
    light = brightness * value
    mean = (light * np.array([0.299, 0.587, 0.114])[:, None, None]).sum(0).mean()
    sharp = mean + contrast * (light - mean)
    greys = (sharp * np.array([0.299, 0.587, 0.114])[:, None, None]).sum(0)
    expected = greys + saturation * (sharp - greys)
    np.testing.assert_allclose(found[0], expected.clip(0, 1), atol=1e-5)


def test_the_mean_of_brightness_and_contrast_without_saturation_is_the_same():
    images, factor = pictures(5), torch.tensor([0.5, 0.9, 1, 1.3, 1.9])
    without = tinted(images, factor, factor.flip(0), None)
    torch.testing.assert_close(tinted(images, factor, factor.flip(0), torch.ones(5)), without)


def test_saturation_leaves_grey_pictures_alone():
    one_channel = pictures(20, 1)
    torch.testing.assert_close(augmented("saturation=1", one_channel), one_channel)
    three = one_channel.expand(-1, 3, -1, -1)
    torch.testing.assert_close(augmented("saturation=1", three), three)


def test_saturation_of_nothing_is_grey():
    images = pictures(4)
    found = tinted(images, torch.ones(4), torch.ones(4), torch.zeros(4))
    torch.testing.assert_close(found, grey(images).expand_as(found))


@pytest.mark.parametrize("deviation", [0.01, 0.05, 0.1])
def test_noise_has_the_stated_deviation(deviation):
    images = torch.full((50, 3, 32, 32), 0.5)
    noise = (augmented(f"noise={deviation}", images) - images).flatten().double().numpy()
    assert noise.std() == pytest.approx(deviation, rel=0.01)
    assert abs(noise.mean()) < 4 * deviation / np.sqrt(noise.size)
    drawn = stats.kstest(noise[::3], "norm", (0, deviation))  # cut off at 0 and 1: 5 deviations
    assert drawn.pvalue > 0.001


@pytest.mark.parametrize("name", ["brightness", "contrast", "saturation"])
def test_factors_are_drawn_over_the_whole_range(name):
    """A dull colour picture whose values no factor of 0.6 to 1.4 takes out of 0..1."""
    images = (pictures(1) * 0.3 + 0.3).expand(3000, -1, -1, -1)
    found = augmented(f"{name}=0.4", images)
    still = {
        "brightness": torch.zeros(1),
        "contrast": grey(images[:1]).mean(),
        "saturation": grey(images[:1]),
    }[name]
    ratio = ((found - still) / (images - still)).flatten(1).median(1).values.double().numpy()
    assert stats.kstest(ratio, "uniform", (0.6, 0.8)).pvalue > 0.001
