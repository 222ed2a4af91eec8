"""Letters of fonts, against Pillow's own drawing and a map applied point by point."""

from __future__ import annotations

import math
import string

import numpy as np
import pytest

from cnntui.datasets import fonts
from cnntui.datasets.fonts import OWN, Atlas, atlas
from cnntui.datasets.glyphs import affine, draw, sampled
from cnntui.datasets.naming import load_dataset
from cnntui.errors import UserError


@pytest.fixture
def bare(monkeypatch):
    """A machine without a font."""
    monkeypatch.setattr(fonts, "_folders", list)


def test_pillows_own_font_is_enough(bare):
    dataset = load_dataset("glyphs:letters=digits,count=400")
    assert dataset.classes == tuple(string.digits)
    assert dataset.notes == ("drawn with 1 font: Pillow's own",)
    assert dataset.train.images.max() > 150


@pytest.mark.parametrize(
    ("letters", "classes"),
    [
        ("digits", string.digits),
        ("upper", string.ascii_uppercase),
        ("lower", string.ascii_lowercase),
        ("all", string.digits + string.ascii_uppercase + string.ascii_lowercase),
    ],
)
def test_the_letters_are_the_classes(bare, letters, classes):
    assert load_dataset(f"glyphs:letters={letters},count=310").classes == tuple(classes)


def test_a_capital_stands_in_the_middle_as_high_as_said(bare):
    field = atlas("HEx", 40).fields[0, 0]
    rows, columns = np.nonzero(field > 127)
    assert rows.max() + 1 - rows.min() == pytest.approx(24, abs=1.5)
    assert (rows.max() + rows.min() + 1) / 2 == pytest.approx(20, abs=1)
    assert (columns.max() + columns.min() + 1) / 2 == pytest.approx(20, abs=1)


def test_fonts_that_are_damaged_or_no_letters_are_left_out(monkeypatch, tmp_path):
    for name in ("broken.ttf", "empty.otf", "Some Symbols.ttf", "readme.txt"):
        (tmp_path / name).write_bytes(b"no font" * (name[0] == "b"))
    monkeypatch.setattr(fonts, "_folders", lambda: [tmp_path, tmp_path / "absent"])
    assert [path.name for path in fonts.font_files()] == ["broken.ttf", "empty.otf"]
    assert atlas("AB", 28).fonts == (OWN,)


def test_of_many_fonts_some_are_taken_evenly(monkeypatch, tmp_path):
    for number in range(300):
        (tmp_path / f"f{number:03}.ttf").touch()
    monkeypatch.setattr(fonts, "_folders", lambda: [tmp_path])
    names = [path.stem for path in fonts.font_files()]
    assert len(names) == fonts.MOST
    assert names[0] == "f000"
    assert names == sorted(names)
    assert max(np.diff([int(name[1:]) for name in names])) <= 4


def test_the_identity_reads_the_fields_themselves():
    fields = np.random.default_rng(0).integers(0, 256, (3, 9, 9), dtype=np.uint8)
    maps = np.tile(np.array([[1, 0, 0], [0, 1, 0]], np.float32), (3, 1, 1))
    assert np.allclose(sampled(fields, maps), fields, atol=1e-2)


def test_a_map_is_applied_point_by_point():
    rng = np.random.default_rng(1)
    fields = rng.integers(0, 256, (4, 11, 11), dtype=np.uint8)
    maps = affine(np.random.PCG64(3), 4, 11)
    found = sampled(fields, maps)
    for n, ((a, b, c), (d, e, f)) in enumerate(maps.tolist()):
        for row in range(11):
            for column in range(11):
                x, y = column - 5, row - 5
                wanted = bilinear(fields[n], d * x + e * y + f + 5, a * x + b * y + c + 5)
                assert found[n, row, column] == pytest.approx(wanted, abs=0.3)


def bilinear(field, row, column):
    """Between the four pixels around; 0 outside."""

    def at(r, c):
        return int(field[r, c]) if 0 <= r < len(field) and 0 <= c < len(field[0]) else 0

    r, c = math.floor(row), math.floor(column)
    p, q = row - r, column - c
    upper = at(r, c) * (1 - q) + at(r, c + 1) * q
    return upper * (1 - p) + (at(r + 1, c) * (1 - q) + at(r + 1, c + 1) * q) * p


def test_letters_keep_their_label():
    """Each letter is a field of its own grey: the brightest pixel tells which one was drawn."""
    fields = np.zeros((1, 3, 24, 24), np.uint8)
    for label in range(3):
        fields[0, label, 12 - 2 * label - 1 : 12 + 2 * label + 1, 11:13] = 255
    images, labels = draw(Atlas("abc", ("one",), fields), 300)
    lit = (images[:, 0] > 100).sum((1, 2))
    means = [lit[labels == label].mean() for label in range(3)]
    assert means[0] < means[1] < means[2]
    assert np.bincount(labels).tolist() == [100] * 3


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("letters=greek", "letters is 'greek'; give one of digits, upper, lower, all"),
        ("size=11", "size is '11'; give a whole number, 12 to 128"),
        ("count=309", "count is '309'"),
        ("size=128,count=1000000", "more than 2 GiB"),
    ],
)
def test_what_cannot_be_drawn(options, said):
    with pytest.raises(UserError, match=said):
        load_dataset(f"glyphs:{options}")
