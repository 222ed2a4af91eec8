"""The figures of a set, against the same sums done one pixel at a time."""

from __future__ import annotations

import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cnntui.datasets.dataset import Dataset, Split
from cnntui.datasets.figures import figures_of, in_turn, page

IMAGES = st.tuples(
    st.integers(1, 6), st.sampled_from([1, 3]), st.integers(1, 4), st.integers(1, 4)
).flatmap(lambda shape: arrays(np.uint8, shape))


def dataset_of(images: np.ndarray) -> Dataset:
    split = Split(images, np.arange(len(images)) % 3)
    empty = Split(images[:0], np.zeros(0, np.int64))
    return Dataset("some", "Some", ("a", "b", "c"), split, empty, split)


@given(IMAGES)
def test_pixels_against_statistics(images):
    figures = figures_of(dataset_of(images))
    for channel in range(images.shape[1]):
        values = [value / 255 for value in images[:, channel].ravel().tolist()]
        assert figures.mean[channel] == pytest.approx(statistics.fmean(values), abs=1e-12)
        assert figures.deviation[channel] == pytest.approx(statistics.pstdev(values), abs=1e-9)
        levels = images[:, channel].ravel().tolist()
        wanted = [sum(8 * b <= level < 8 * b + 8 for level in levels) for b in range(32)]
        assert list(figures.histogram[channel]) == wanted


def test_classes_are_counted_in_each_split():
    figures = figures_of(dataset_of(np.zeros((7, 1, 2, 2), np.uint8)))
    assert figures.counts == {"train": (3, 2, 2), "validation": (0, 0, 0), "test": (3, 2, 2)}
    assert [figures.examples(name) for name in figures.counts] == [7, 0, 7]
    assert figures.shape == (1, 2, 2)


def test_many_pictures_are_counted_in_pieces():
    images = np.random.default_rng(0).integers(0, 256, (1100, 1, 64, 64), dtype=np.uint8)
    figures = figures_of(dataset_of(images))
    assert figures.mean[0] == pytest.approx(images.mean(dtype=np.float64) / 255, abs=1e-12)
    assert figures.deviation[0] == pytest.approx(images.std(dtype=np.float64) / 255, abs=1e-9)


@given(st.lists(st.integers(0, 4), max_size=40).map(lambda x: np.array(x, np.int64)))
def test_the_classes_come_in_turn(labels):
    found = in_turn(labels).tolist()
    queues = {y: [i for i, label in enumerate(labels.tolist()) if label == y] for y in range(5)}
    wanted = []
    while any(queues.values()):
        wanted += [queue.pop(0) for _, queue in sorted(queues.items()) if queue]
    assert found == wanted


def test_a_page_of_all_and_of_one_class():
    split = dataset_of(np.arange(9, dtype=np.uint8).reshape(9, 1, 1, 1)).train
    first = page(split, count=4)
    assert (first.labels, first.indices, first.total) == ((0, 1, 2, 0), (0, 1, 2, 3), 9)
    assert first.images[:, 0, 0, 0].tolist() == [0, 1, 2, 3]
    rest = page(split, label=1, first=1)
    assert (rest.labels, rest.indices, rest.first, rest.total) == ((1, 1), (4, 7), 1, 3)
    assert page(split, first=99).indices == (8,)
    assert page(split, first=-5, count=1).indices == (0,)


def test_a_page_of_nothing():
    nothing = page(dataset_of(np.zeros((3, 1, 2, 2), np.uint8)).validation)
    assert (nothing.labels, nothing.total, len(nothing.images)) == ((), 0, 0)
