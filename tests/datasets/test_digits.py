"""The digits, against the file they are in."""

from __future__ import annotations

import numpy as np
import pytest

from cnntui.datasets.dataset import SPLITS
from cnntui.datasets.naming import load_dataset
from cnntui.errors import UserError
from cnntui.sources import samples


@pytest.fixture(scope="module")
def file():
    with np.load(samples.folder() / "digits.npz") as archive:
        return archive["images"], archive["labels"]


def rows(split):
    flat = split.images.reshape(len(split), -1)
    return sorted((*image, label) for image, label in zip(flat.tolist(), split.labels, strict=True))


def test_every_digit_is_in_one_split_with_its_own_label(file):
    images, labels = file
    levels = [round(value * 255 / 16) for value in range(17)]
    wanted = [
        (*(levels[v] for v in image.ravel()), y) for image, y in zip(images, labels, strict=True)
    ]
    dataset = load_dataset("digits")
    assert sorted(row for name in SPLITS for row in rows(getattr(dataset, name))) == sorted(wanted)


def test_the_test_is_a_fifth_of_each_class(file):
    counts = np.bincount(file[1])
    dataset = load_dataset("digits")
    held = np.bincount(dataset.test.labels)
    assert held.sum() == 359
    assert (abs(held - counts * 0.2) < 1).all()


def test_the_split_is_fixed_whatever_the_seed_and_the_validation():
    one = load_dataset("digits")
    two = load_dataset("digits", seed=9, validation=0.3)
    assert np.array_equal(one.test.images, two.test.images)


def test_by_writers_the_first_898_train(file):
    images, labels = file
    dataset = load_dataset("digits:split=writers", validation=0)
    assert len(dataset.validation) == 0
    assert np.array_equal(dataset.train.labels, labels[:898])
    assert np.array_equal(dataset.test.labels, labels[898:])
    assert len(dataset.test) == 899
    assert np.array_equal(dataset.test.images[:, 0] > 0, images[898:] > 0)


def test_validation_comes_from_training_alone():
    whole = load_dataset("digits:split=writers", validation=0)
    cut = load_dataset("digits:split=writers", validation=0.25)
    assert np.array_equal(whole.test.images, cut.test.images)
    assert sorted([*rows(cut.train), *rows(cut.validation)]) == rows(whole.train)
    assert len(cut.validation) == round(898 * 0.25)


def test_another_split_is_refused():
    with pytest.raises(UserError, match="split is 'authors'; give one of random, writers"):
        load_dataset("digits:split=authors")
