"""The figures, their masks and boxes, against corners placed by hand, pixel by pixel."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cnntui.datasets.naming import load_dataset
from cnntui.datasets.sdf import ARM, BAR, BITE, HEART, HOLE, INNER, WIDTH
from cnntui.datasets.shapes import CLASSES, boxes, draw
from cnntui.errors import UserError

COUNT, SIZE = 80, 32


@pytest.fixture(scope="module")
def drawn():
    return draw(COUNT, SIZE, seed=5)


def circle_points(count, radius=1.0, start=0.0):
    turns = [start + 2 * math.pi * n / count for n in range(count)]
    return [(radius * math.cos(turn), radius * math.sin(turn)) for turn in turns]


def star_points():
    outer, inner = circle_points(5), circle_points(5, INNER, math.pi / 5)
    return [point for pair in zip(outer, inner, strict=True) for point in pair]


def rectangle(a, b):
    return [(a, b), (-a, b), (-a, -b), (a, -b)]


DIAMOND = [(HEART, 0), (0, HEART), (-HEART, 0), (0, -HEART)]
DISC = ("disc", 0, 0, 1)
LOBE = HEART / math.sqrt(2)
# what is covered: any of the parts of a row, and none of the holes
PARTS = {
    "circle": ([DISC], []),
    "square": ([circle_points(4, 1, math.pi / 4)], []),
    "triangle": ([circle_points(3, 1, -math.pi / 2)], []),
    "star": ([star_points()], []),
    "cross": ([rectangle(ARM, WIDTH), rectangle(WIDTH, ARM)], []),
    "ring": ([DISC], [("disc", 0, 0, HOLE)]),
    "crescent": ([DISC], [("disc", BITE[0], 0, BITE[1])]),
    "heart": ([DIAMOND, *(("disc", s * HEART / 2, -HEART / 2, LOBE) for s in (-1, 1))], []),
    "bar": ([rectangle(ARM, BAR)], []),
    "half": ([DISC], [[(-2, 0), (2, 0), (2, 2), (-2, 2)]]),
}


def placed(part, pose):
    """Return a part in the picture's own pixels."""
    column, row, radius, turn = pose

    def at(u, v):
        x, y = u * math.cos(turn) - v * math.sin(turn), u * math.sin(turn) + v * math.cos(turn)
        return column + radius * x, row + radius * y

    if part[0] == "disc":
        return ("disc", *at(*part[1:3]), part[3] * radius)
    return [at(u, v) for u, v in part]


def covers(part, x, y):
    if part[0] == "disc":
        return (x - part[1]) ** 2 + (y - part[2]) ** 2 <= part[3] ** 2
    inside = False  # even-odd rule
    for (x1, y1), (x2, y2) in zip(part, [*part[1:], part[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def rasterised(name, pose):
    solid, holes = ([placed(part, pose) for part in parts] for parts in PARTS[name])
    mask = np.zeros((SIZE, SIZE), bool)
    for row in range(SIZE):
        for column in range(SIZE):
            x, y = column + 0.5, row + 0.5
            covered = any(covers(part, x, y) for part in solid)
            mask[row, column] = covered and not any(covers(hole, x, y) for hole in holes)
    return mask


def test_there_are_masks_for_every_class():
    assert set(PARTS) == set(CLASSES)
    assert len(CLASSES) >= 8


def test_masks_are_those_of_the_corners(drawn):
    for label, pose, mask in zip(drawn.labels, drawn.poses.tolist(), drawn.masks, strict=True):
        assert np.array_equal(mask, rasterised(CLASSES[label], pose)), CLASSES[label]


def test_boxes_hold_the_masks_and_no_more(drawn):
    for mask, box in zip(drawn.masks, drawn.boxes.tolist(), strict=True):
        inside = [(r, c) for r in range(SIZE) for c in range(SIZE) if mask[r, c]]
        rows, columns = zip(*inside, strict=True)
        assert box == [min(rows), min(columns), max(rows) + 1, max(columns) + 1]


def test_a_box_of_one_pixel():
    mask = np.zeros((1, 4, 6), bool)
    mask[0, 3, 5] = True
    assert boxes(mask).tolist() == [[3, 5, 4, 6]]


def test_nothing_is_cut_off(drawn):
    centre, radius = drawn.poses[:, :2], drawn.poses[:, 2:3]
    assert (centre - radius >= -1e-4).all()
    assert (centre + radius <= SIZE + 1e-4).all()
    assert drawn.masks.any((1, 2)).all()


def test_a_figure_is_told_from_its_ground(drawn):
    images = drawn.images.astype(float)
    for image, mask in zip(images, drawn.masks, strict=True):
        for channel in image:
            assert abs(np.median(channel[mask]) - np.median(channel[~mask])) > 60


def test_the_draws_vary(drawn):
    assert len({image.tobytes() for image in drawn.images}) == COUNT
    assert np.ptp(drawn.poses[:, 2]) > SIZE / 8
    assert np.ptp(drawn.poses[:, 3]) > 5  # of 2π


def test_grey_is_one_channel_and_sizes_are_kept():
    dataset = load_dataset("shapes:colour=grey,size=20,count=100")
    assert dataset.shape == (1, 20, 20)
    assert np.bincount(dataset.test.labels).tolist() == [2] * 10


def test_a_seed_decides_what_is_drawn():
    one, two, other = (load_dataset(f"shapes:count=50,seed={seed}") for seed in (1, 1, 2))
    assert np.array_equal(one.train.images, two.train.images)
    assert not np.array_equal(one.train.images, other.train.images)
    by_run = load_dataset("shapes:count=50", seed=2)
    assert np.array_equal(by_run.train.images, other.train.images)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("size=7", "size is '7'; give a whole number, 8 to 512"),
        ("size=3.5", "size is '3.5'"),
        ("count=49", "count is '49'; give a whole number, 50 to 1000000"),
        ("count=x", "count is 'x'"),
        ("colour=red", "colour is 'red'; give one of rgb, grey"),
        ("size=512,count=1000000", "more than 4 GiB; give a smaller size or count"),
    ],
)
def test_what_cannot_be_drawn(options, said):
    with pytest.raises(UserError, match=said):
        load_dataset(f"shapes:{options}")
