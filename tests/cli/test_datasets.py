"""``cnntui datasets`` and ``cnntui gallery --json``: counts, statistics, files and their sums."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.datasets import written

MD5 = {  # as published
    "mnist": ("f68b3c2dcbeaaa9fbdd348bbdeb94873", "d53e105ee54ea40749a09fcbcd1e9432"),
    "fashion_mnist": ("8d4fb7e6c68d591d4c3dfef9ec88bf0d", "25c81989df183df01b3e8a0aad5dffbe"),
    "cifar10": ("c58f30108f718f92721af3b95e74349a",),
    "cifar100": ("eb9058c3a382ffc7106e4002c42a8d85",),
}
SIZES = {  # training and test pictures, shape: as published
    "digits": (1438, 359, [1, 8, 8]),
    "mnist": (60_000, 10_000, [1, 28, 28]),
    "fashion_mnist": (60_000, 10_000, [1, 28, 28]),
    "cifar10": (50_000, 10_000, [3, 32, 32]),
    "cifar100": (50_000, 10_000, [3, 32, 32]),
}


@pytest.fixture(autouse=True)
def nowhere(tmp_path, monkeypatch):
    """Keep the data folders of whoever runs the tests out of it."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    monkeypatch.chdir(tmp_path)


# the list


def test_json_lists_every_set_with_its_sizes_and_files(ran):
    done = ran("datasets", "--json")
    assert (done.code, done.err, done.out.count("\n")) == (0, "", 1)
    sets = {one["name"]: one for one in json.loads(done.out)}
    assert {"shapes", "glyphs", "folder", "npz"} <= set(sets)
    for name, (train, test, shape) in SIZES.items():
        one = sets[name]
        assert (one["train"], one["test"], one["shape"]) == (train, test, shape)
        assert one["licence"]
        assert one["source"]
    for name, sums in MD5.items():
        assert sets[name]["found"] is None
        assert not sets[name]["offline"]
        assert all(md5 in json.dumps(sets[name]["files"]) for md5 in sums)
    assert [name for name, one in sets.items() if one["offline"]] == ["digits", "shapes", "glyphs"]


def test_the_page_names_files_sums_and_folders(ran, tmp_path):
    done = ran("datasets")
    assert (done.code, done.err) == (0, "")
    for name, sums in MD5.items():
        assert any(line.startswith(name) for line in done.out.splitlines())
        assert all(md5 in done.out for md5 in sums)
    assert str(tmp_path / "share" / "cnntui" / "data") in done.out
    assert "nothing is downloaded" in done.out


def test_files_that_lie_there_are_found(ran, tmp_path):
    written.mnist(tmp_path / "files" / "MNIST" / "raw")
    given = ("datasets", "--data-dir", tmp_path / "files")
    sets = {one["name"]: one for one in json.loads(ran(*given, "--json").out)}
    assert sets["mnist"]["found"] == str(tmp_path / "files" / "MNIST" / "raw")
    assert sets["fashion_mnist"]["found"] is None
    assert f"found in {tmp_path / 'files'}" in ran(*given).out


def test_wrong_requests(refused):
    assert "digits" in refused("datasets", "digits")
    assert "--jsn" in refused("datasets", "--jsn")


# the gallery's figures


def counted(labels, classes=10):
    return np.bincount(labels, minlength=classes).tolist()


def test_the_digits_figures_are_those_of_the_file(ran):
    """All 1,797 digits; a fifth of them is the test's, a tenth of the rest validation's."""
    figures = json.loads(ran("gallery", "--json").out)
    counts = {split: np.array(each) for split, each in figures["counts"].items()}
    # of the archive: 178 noughts, 182 ones, 177 twos, …
    published = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert sum(counts.values()).tolist() == published
    assert counts["test"].sum() == 359
    assert abs(counts["test"] - np.array(published) / 5).max() < 1
    assert [sum(row) for row in figures["histogram"]] == [int(counts["train"].sum()) * 64]


def test_the_figures_of_files_are_numpys(ran, tmp_path):
    _, labels, _, test_labels = written.mnist(tmp_path / "MNIST" / "raw")
    done = ran("gallery", "mnist", "--data-dir", tmp_path, "--json")
    assert (done.code, done.err) == (0, "")
    figures = json.loads(done.out)
    train, validation = (figures["counts"][name] for name in ("train", "validation"))
    assert [sum(pair) for pair in zip(train, validation, strict=True)] == counted(labels)
    assert figures["counts"]["test"] == counted(test_labels)
    assert figures["shape"] == [1, 28, 28]
    assert sum(figures["histogram"][0]) == sum(train) * 28 * 28


def test_the_figures_of_arrays_are_numpys(ran, tmp_path):
    rng = np.random.default_rng(3)
    images = rng.integers(0, 256, (12, 3, 5, 4), dtype=np.uint8)
    labels = np.arange(12) % 3
    np.savez(
        tmp_path / "mine.npz",
        x_train=images,
        y_train=labels,
        x_val=images[:3],
        y_val=labels[:3],
        x_test=images[:6],
        y_test=labels[:6],
    )
    figures = json.loads(ran("gallery", tmp_path / "mine.npz", "--json").out)
    assert figures["counts"] == {"train": [4, 4, 4], "validation": [1, 1, 1], "test": [2, 2, 2]}
    channels = images.transpose(1, 0, 2, 3).reshape(3, -1) / 255
    assert figures["mean"] == pytest.approx(channels.mean(1), abs=1e-12)
    assert figures["deviation"] == pytest.approx(channels.std(1), abs=1e-12)
    bins = [np.histogram(row * 255, 32, (0, 256))[0].tolist() for row in channels]
    assert figures["histogram"] == bins


def test_the_page_has_each_class(ran):
    done = ran("gallery", "digits", "--print")
    assert (done.code, done.err) == (0, "")
    rows = [line.split() for line in done.out.splitlines()]
    assert ["0", "128", "14", "36"] in rows  # of 178: 36 and a tenth of the rest
    assert "10 classes, 1×8×8" in done.out


def test_folders_of_pictures_with_a_broken_one_and_odd_names(ran, tmp_path):
    """A stranger's file names print nothing unprintable, and what is broken is counted."""
    for name in ("cat", "dog\x1b[31m\u202e"):
        for at in range(6):
            path = tmp_path / "pets" / name / f"{at}\x07.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(np.full((9, 9, 3), 40 * at, np.uint8)).save(path)
    (tmp_path / "pets" / "cat" / "broken\x1b[2J.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    done = ran("gallery", tmp_path / "pets", "--print")
    assert (done.code, done.err) == (0, "")
    assert all(line.isprintable() for line in done.out.split("\n"))
    assert "note: " in done.out
    figures = json.loads(ran("gallery", tmp_path / "pets", "--json").out)
    assert sum(map(sum, figures["counts"].values())) == 12
    assert [note for note in figures["notes"] if note.startswith("1 ") or " 1 " in note]


WRONG = [
    (("gallery", "digitz"), ["digitz", "digits"]),
    (("gallery", "mnist"), ["train-images-idx3-ubyte.gz", *MD5["mnist"], "MNIST/raw"]),
    (("gallery", "cifar10"), MD5["cifar10"]),
    (("gallery", "shapes:size=4"), ["size", "8"]),
    (("gallery", "shapes:sides=4"), ["sides", "size"]),
    (("gallery", "/no/such.npz"), ["/no/such.npz"]),
    (("gallery", "/no/such/"), ["/no/such"]),
    (("gallery", "digits", "--split", "half"), ["half", "train"]),
    (("gallery", "a\x1b[2J"), [r"\x1b"]),
]


@pytest.mark.parametrize(("given", "says"), WRONG, ids=[" ".join(map(ascii, g)) for g, _ in WRONG])
def test_what_is_not_there_is_said_in_one_line(refused, given, says):
    line = refused(*given, "--json")
    for words in says:
        assert words in line


def test_files_of_another_kind_are_refused(refused, tmp_path):
    raw = tmp_path / "MNIST" / "raw"
    written.mnist(raw)
    first = raw / f"{written.IDX_NAMES[0]}.gz"
    for content in (b"no gzip", gzip.compress(b"\x00\x00\x08\x01short"), gzip.compress(b"")):
        first.write_bytes(content)
        assert Path(first).name in refused("gallery", "mnist", "--data-dir", tmp_path, "--json")
