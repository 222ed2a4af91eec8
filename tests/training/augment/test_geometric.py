"""Moved pictures against SciPy's affine transform, torch's flips and shifts by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from cnntui.training.augment.chance import Chance
from cnntui.training.augment.combinations import parse
from cnntui.training.augment.geometric import Geometry, matrices, mirrored, moved, sampled

SCIPY = {"zeros": "grid-constant", "edge": "nearest", "reflect": "reflect", "mean": "grid-constant"}
NUMPY = {"zeros": "constant", "edge": "edge", "reflect": "symmetric"}


def pictures(count, channels=3, height=11, width=8, seed=0):
    return torch.rand(count, channels, height, width, generator=generator(seed))


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def augmented(text, images, seed=0):
    return Geometry.of(parse(text)).applied(images, Chance(generator(seed), len(images)))


def by_scipy(picture, angle, slant, factor, mirror, down, right, fill):
    """Compose the transforms forwards, one matrix each, and let SciPy sample the inverse."""
    flip = np.diag([-1.0 if mirror else 1.0, 1.0])
    shear = np.array([[1, np.tan(slant)], [0, 1]])
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    inverse = np.linalg.inv(turn @ shear @ (factor * np.eye(2)) @ flip)
    matrix = inverse[::-1, ::-1]  # (row, column) instead of (x, y)
    middle = (np.array(picture.shape[1:]) - 1) / 2
    offset = middle - matrix @ np.add(middle, (down, right))
    return np.stack(
        [
            ndimage.affine_transform(
                channel, matrix, offset, order=1, mode=SCIPY[fill],
                cval=channel.mean() if fill == "mean" else 0.0,
            )
            for channel in picture.astype(np.float64)
        ]
    )  # fmt: skip


@settings(max_examples=60)
@given(
    st.floats(-np.pi, np.pi), st.floats(-1, 1), st.floats(0.2, 1.9), st.booleans(),
    st.integers(-6, 6), st.integers(-6, 6), st.sampled_from(sorted(SCIPY)),
    st.integers(1, 9), st.integers(1, 9),
)  # fmt: skip
def test_sampled_is_scipy_s_affine_transform(
    angle, slant, factor, mirror, down, right, fill, height, width
):
    images = pictures(2, 2, height, width)
    one = torch.ones(2)
    matrix = matrices(one * angle, one * slant, one * factor, one if mirror else one * 0)
    found = sampled(images, matrix, one * down, one * right, fill)
    for picture, ours in zip(images.numpy(), found.numpy(), strict=True):
        expected = by_scipy(picture, angle, slant, factor, mirror, down, right, fill)
        np.testing.assert_allclose(ours, expected.clip(0, 1), atol=2e-4)


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_quarter_turns_are_clockwise(turns):
    images, one = pictures(3, 3, 8, 8), torch.ones(3)
    matrix = matrices(one * turns * np.pi / 2, one * 0, one, None)
    found = sampled(images, matrix, one * 0, one * 0, "zeros")
    torch.testing.assert_close(found, torch.rot90(images, -turns, (2, 3)), atol=1e-5, rtol=0)


def by_hand(picture, down, right, fill):
    reach = 30
    pad = ((0, 0), (reach, reach), (reach, reach))
    if fill == "mean":
        means = picture.mean((1, 2), keepdims=True)
        framed = np.broadcast_to(means, np.add(picture.shape, (0, 2 * reach, 2 * reach))).copy()
        framed[:, reach:-reach, reach:-reach] = picture
    else:
        framed = np.pad(picture, pad, mode=NUMPY[fill])
    _, height, width = picture.shape
    top, left = reach - down, reach - right
    return framed[:, top : top + height, left : left + width]


@given(
    st.integers(0, 25), st.integers(0, 25), st.integers(1, 7), st.integers(1, 7),
    st.sampled_from(sorted(SCIPY)), st.data(),
)  # fmt: skip
def test_whole_pixels_move_exactly(rows, columns, height, width, fill, data):
    images = pictures(4, 2, height, width)
    down = torch.tensor(data.draw(st.lists(st.integers(-rows, rows), min_size=4, max_size=4)))
    right = torch.tensor(
        data.draw(st.lists(st.integers(-columns, columns), min_size=4, max_size=4))
    )
    found = moved(images, down, right, (rows, columns), fill)
    for number, picture in enumerate(images.numpy()):
        expected = by_hand(picture, int(down[number]), int(right[number]), fill)
        if fill == "mean":  # NumPy and torch round a mean differently
            np.testing.assert_allclose(found[number], expected, atol=1e-6)
        else:
            assert np.array_equal(found[number], expected)


def test_mirrored_is_torch_s_flip_bit_for_bit():
    images = pictures(6)
    mirror = torch.tensor([0.0, 1, 1, 0, 1, 0])
    expected = torch.where(mirror.view(-1, 1, 1, 1) == 1, images.flip(3), images)
    assert torch.equal(mirrored(images, mirror), expected)
    assert torch.equal(augmented("flip=1", images), images.flip(3))


def test_flips_come_as_often_as_asked():
    images = pictures(4000, 1, 1, 2)
    flipped = (augmented("flip=0.3", images) != images).any(1).any(1).any(1)
    assert flipped.float().mean().item() == pytest.approx(0.3, abs=0.03)


@pytest.mark.parametrize(
    ("text", "rows", "columns"), [("crop=2", 2, 2), ("shift=0.2", 2, 1), ("crop=1,shift=0.1", 2, 2)]
)
def test_moves_reach_all_and_only_what_was_asked(text, rows, columns):
    images = pictures(2000, 1, 10, 7).clamp_(0.1)
    found = augmented(text, images).numpy()
    reached = set()
    for picture, ours in zip(images.numpy(), found, strict=True):
        right = [
            (down, across)
            for down in range(-rows, rows + 1)
            for across in range(-columns, columns + 1)
            if np.array_equal(by_hand(picture, down, across, "zeros"), ours)
        ]
        assert len(right) == 1
        reached.update(right)
    assert len(reached) == (2 * rows + 1) * (2 * columns + 1)


def test_a_crop_is_drawn_evenly():
    images = torch.zeros(9000, 1, 9, 9)
    images[:, :, 4, 4] = 1
    places = augmented("crop=1", images).flatten(1).argmax(1)
    counts = torch.bincount(places, minlength=81)
    assert (counts > 0).sum() == 9
    assert counts[counts > 0].float().sub(1000).abs().max() < 120  # four deviations


@pytest.mark.parametrize("fill", sorted(SCIPY))
def test_a_small_shift_of_a_sampled_picture_is_the_shift_alone(fill):
    images, none = pictures(5), torch.zeros(5)
    down, right = torch.tensor([0, 1, -2, 3, -3]), torch.tensor([2, 0, -1, 3, -3])
    matrix = matrices(none, none, none + 1, none)
    expected = moved(images, down, right, (3, 3), fill)
    torch.testing.assert_close(
        sampled(images, matrix, down, right, fill), expected, atol=1e-5, rtol=0
    )


@pytest.mark.parametrize(
    ("text", "least", "most"), [("zoom=0.5", 0.5, 1.5), ("zoom=0.2", 0.8, 1.2)]
)
def test_zoom_keeps_within_its_factors(text, least, most):
    """The area of a bright square grows by the square of the factor."""
    images = torch.zeros(500, 1, 64, 64)
    images[:, :, 24:40, 24:40] = 1
    factors = (augmented(text, images).sum((1, 2, 3)) / 256).sqrt()
    assert least * 0.98 <= factors.min() < least * 1.1
    assert most * 0.9 < factors.max() <= most * 1.02


def test_turns_keep_within_their_angle():
    images = torch.zeros(500, 1, 33, 33)
    images[:, :, 16, 28] = 1  # to the right of the middle
    found = augmented("rotate=30", images)[:, 0]
    weight = found / found.sum((1, 2), keepdim=True)
    place = torch.arange(33.0) - 16
    down, right = (weight.sum(2) * place).sum(1), (weight.sum(1) * place).sum(1)
    angles = torch.rad2deg(torch.atan2(down, right))
    assert angles.abs().max() <= 30.5
    assert angles.min() < -27
    assert angles.max() > 27
