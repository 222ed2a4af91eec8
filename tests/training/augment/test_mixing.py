"""Cutout, mixup and CutMix by brute force, on pictures whose values tell their origin."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from scipy import stats

from cnntui.training.augment.chance import Chance
from cnntui.training.augment.mixing import Mixed, blanked, mixed

COUNT, HEIGHT, WIDTH = 400, 10, 13


def chance(seed=0, count=COUNT):
    return Chance(torch.Generator().manual_seed(seed), count)


def numbered(count=COUNT):
    """Return pictures that hold their own number, over 1024 so that floats are exact."""
    numbers = torch.arange(count) / 1024
    return numbers.view(-1, 1, 1, 1).expand(-1, 3, HEIGHT, WIDTH).contiguous()


def span(inside):
    """Return the first and last of a run of True, which must be whole."""
    places = np.flatnonzero(inside)
    assert len(places) == places[-1] - places[0] + 1
    return places[0], places[-1]


def box(hole):
    """Return top, bottom, left, right of a whole rectangle (H, W) of True."""
    top, bottom = span(hole.any(1))
    left, right = span(hole.any(0))
    assert hole[top : bottom + 1, left : right + 1].all()
    return top, bottom, left, right


@pytest.mark.parametrize("side", [0.1, 0.3, 0.5, 1.0])
def test_cutout_blanks_one_square_cut_at_the_edges(side):
    images = torch.ones(COUNT, 3, HEIGHT, WIDTH)
    found = blanked(images, side, "zeros", chance()).numpy()
    tall, wide = round(side * HEIGHT), round(side * WIDTH)
    for picture in found:
        assert set(np.unique(picture)) <= {0, 1}
        assert (picture == picture[0]).all()  # the same hole in each channel
        top, bottom, left, right = box(picture[0] == 0)
        for first, last, size, most in (
            (top, bottom, tall, HEIGHT - 1),
            (left, right, wide, WIDTH - 1),
        ):
            length = last - first + 1
            assert length == size or (length < size and (first == 0 or last == most))
            assert length >= min(size // 2, 1)


def test_cutout_s_middle_is_drawn_evenly():
    """The mean hole is the mean over all middles, by brute force."""
    found = blanked(torch.ones(20000, 1, HEIGHT, WIDTH), 0.3, "zeros", chance(1, 20000))
    expected = np.zeros((HEIGHT, WIDTH))
    for row in range(HEIGHT):
        for column in range(WIDTH):
            top, left = row - 3 // 2, column - 4 // 2
            expected[max(top, 0) : top + 3, max(left, 0) : left + 4] += 1 / (HEIGHT * WIDTH)
    np.testing.assert_allclose(1 - found.mean((0, 1)), expected, atol=0.01)


def test_cutout_fills_with_the_mean_colour():
    images = torch.rand(COUNT, 3, HEIGHT, WIDTH, generator=torch.Generator().manual_seed(3))
    black = blanked(images, 0.4, "zeros", chance()) == 0
    found = blanked(images, 0.4, "mean", chance())
    means = images.mean((2, 3), keepdim=True).expand_as(images)
    torch.testing.assert_close(found[black], means[black])
    assert torch.equal(found[~black], images[~black])


def test_mixup_blends_values_as_labels():
    images, labels = numbered(), torch.arange(COUNT)
    found, targets = mixed(images, labels, 0.7, 0, chance())
    weight, others = targets.weight.double(), targets.others.double()
    expected = (weight * labels + (1 - weight) * others) / 1024
    for place in (found[:, 0, 0, 0], found[:, 2, -1, -1]):
        torch.testing.assert_close(place.double(), expected, atol=1e-6, rtol=0)
    assert torch.equal(targets.labels, labels)
    assert sorted(targets.others.tolist()) == labels.tolist()  # each is a partner once


def own_share(picture, number, other):
    own = np.isclose(picture[0], number / 1024, atol=1e-7)
    assert np.isclose(picture[0][~own], other / 1024, atol=1e-7).all()
    return own


def test_cutmix_weighs_labels_by_area():
    labels = torch.arange(COUNT)
    found, targets = mixed(numbered(), labels, 0, 1.0, chance())
    for number, picture in enumerate(found.numpy()):
        other = int(targets.others[number])
        own = own_share(picture, number, other)
        if other != number:
            assert targets.weight[number].item() == pytest.approx(own.mean(), abs=1e-6)
            assert own.all() or box(~own)


def test_cutmix_s_boxes_have_beta_s_area():
    """Where nothing is cut off at an edge, the box has the sides √(1 - weight), rounded down."""
    ones = torch.arange(2)[:, None].repeat(5000, 1).view(-1)
    images = ones.view(-1, 1, 1, 1).expand(-1, 1, 64, 64).float()
    _, targets = mixed(images, ones, 0, 1.0, chance(5, 10000))
    drawn = np.random.default_rng(0)
    cut = []
    for _ in range(20000):
        size = int(64 * np.sqrt(drawn.random()))
        spans = drawn.integers(0, 64, 2) - size // 2
        sides = np.minimum(spans + size, 64) - np.maximum(spans, 0)
        cut.append(1 - sides.prod() / 4096)
    assert stats.ks_2samp(targets.weight.numpy(), cut).pvalue > 0.001


@pytest.mark.parametrize("alpha", [0.2, 1.0, 3.0])
def test_weights_are_beta(alpha):
    drawn = chance(2, 5000).beta(alpha).double().numpy()
    assert stats.kstest(drawn, stats.beta(alpha, alpha).cdf).pvalue > 0.001


@pytest.mark.parametrize("alpha", [1e-30, 1e-6, 0.01])
def test_tiny_alphas_take_one_or_the_other(alpha):
    drawn = chance().beta(alpha)
    assert ((drawn < 1e-3) | (drawn > 1 - 1e-3)).float().mean() > 0.8
    assert 0.35 < drawn.mean() < 0.65
    assert (drawn == 0.5).sum() == 0  # nothing underflows


def test_both_asked_for_is_one_or_the_other_for_each_picture():
    found, targets = mixed(numbered(), torch.arange(COUNT), 1.0, 1.0, chance())
    blends = 0
    for number, picture in enumerate(found.numpy()):
        weight, other = float(targets.weight[number]), int(targets.others[number])
        assert picture.mean() == pytest.approx(
            (weight * number + (1 - weight) * other) / 1024, abs=1e-6
        )
        blends += np.ptp(picture) < 1e-7 and other != number and 0.01 < weight < 0.99
    assert 0.4 * COUNT < blends < 0.6 * COUNT


def test_the_loss_is_that_of_soft_labels():
    logits = torch.randn(COUNT, 7, generator=torch.Generator().manual_seed(0))
    labels = torch.arange(COUNT) % 7
    _, targets = mixed(numbered(), labels, 0.5, 0, chance())
    found = targets.loss(lambda each: F.cross_entropy(logits, each, reduction="none"))
    own, other = F.one_hot(targets.labels, 7), F.one_hot(targets.others, 7)
    weight = targets.weight[:, None]
    soft = F.cross_entropy(logits, weight * own + (1 - weight) * other, reduction="none")
    torch.testing.assert_close(found, soft)


def test_a_part_of_mixed_targets():
    targets = Mixed(torch.arange(5), torch.arange(5).flip(0), torch.linspace(0, 1, 5))
    part = targets[1:3]
    assert len(targets) == 5
    assert len(part) == 2
    assert part.others.tolist() == [3, 2]
    assert part.weight.tolist() == [0.25, 0.5]
