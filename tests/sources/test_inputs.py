"""Inputs by name, against values written by hand, numpy and Pillow."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cnntui.errors import UserError
from cnntui.sources import samples
from cnntui.sources.inputs import Listed, listed_inputs, load_input

GRIDS = {
    "rows-5x5": "1 2 3 0 1; 0 1 2 3 0; 1 0 1 2 3; 2 1 0 1 2; 3 2 1 0 1",
    "edge-5x5": "; ".join(["10 10 10 0 0"] * 5),
    "edge-6x6": "; ".join(["0 0 0 255 255 255"] * 6),
    "pool-4x4": "1 3 2 4; 5 6 1 2; 3 2 8 1; 4 7 3 9",
}


def matrix(text: str) -> np.ndarray:
    return np.array([row.split() for row in text.split(";")], dtype=np.float32)


@pytest.mark.parametrize("name", GRIDS)
def test_the_grids_of_the_lessons(name):
    loaded = load_input(name)
    assert loaded.kind == "grid"
    assert np.array_equal(loaded.values, matrix(GRIDS[name])[None])


def test_the_ramp_counts_row_by_row():
    assert np.array_equal(load_input("ramp-8x8").values, np.arange(64).reshape(1, 8, 8))


@pytest.mark.parametrize("listed", listed_inputs(), ids=lambda listed: listed.name)
def test_everything_listed_loads_as_it_is_listed(listed: Listed):
    loaded = load_input(listed.name)
    assert (loaded.name, loaded.kind, loaded.values.shape) == (
        listed.name,
        listed.kind,
        listed.shape,
    )
    assert loaded.values.dtype == np.float32
    assert listed.summary
    with pytest.raises(ValueError, match="read-only"):
        loaded.values[0, 0, 0] = 1


def test_names_are_listed_once():
    listed = [listed.name for listed in listed_inputs()]
    assert len(set(listed)) == len(listed)


PATTERNS = {
    "vertical-edge:2,4": "0 0 9 9; 0 0 9 9",
    "horizontal-edge:4,2": "0 0; 0 0; 9 9; 9 9",
    "diagonal-edge:3": "9 9 9; 0 9 9; 0 0 9",
    "checkerboard:4": "0 0 9 9; 0 0 9 9; 9 9 0 0; 9 9 0 0",
    "gradient:2,4": "0 1 2 3; 0 1 2 3",
    "cross:3": "0 9 0; 9 9 9; 0 9 0",
    "cross:4": "0 9 9 0; 9 9 9 9; 9 9 9 9; 0 9 9 0",
    "ring:4": "0 9 9 0; 9 0 0 9; 9 0 0 9; 0 9 9 0",
    "impulse:3,5": "0 0 0 0 0; 0 0 9 0 0; 0 0 0 0 0",
}


@pytest.mark.parametrize("name", PATTERNS)
def test_patterns(name):
    loaded = load_input(name)
    assert (loaded.kind, loaded.name) == ("pattern", name)
    assert np.array_equal(loaded.values, matrix(PATTERNS[name])[None])


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([listed.name for listed in listed_inputs() if listed.kind == "pattern"]),
    st.integers(1, 40),
    st.integers(1, 40),
)
def test_patterns_have_any_size_and_few_levels(name, height, width):
    values = load_input(f"{name}:{height},{width}").values
    assert values.shape == (1, height, width)
    assert set(np.unique(values)) <= (set(range(width)) if name == "gradient" else {0, 9})


def test_patterns_reach_the_largest_size():
    assert load_input("gradient:4096").values.max() == 4095


def test_a_digit_is_the_data_sets():
    with np.load(samples.folder() / "digits.npz") as archive:
        images, labels = archive["images"], archive["labels"]
    assert np.array_equal(load_input("digit:1796").values[0], images[1796])
    shown = load_input("digit").values[0]
    assert [label for image, label in zip(images, labels, strict=True) if (image == shown).all()]
    assert labels[[(image == shown).all() for image in images].index(True)] == 7


def test_random_is_numpys_by_seed():
    expected = np.random.default_rng(7).integers(0, 10, (3, 4, 5))
    assert np.array_equal(load_input("random:7:3,4,5").values, expected)
    square = np.random.default_rng(0).integers(0, 10, (8, 8))
    assert np.array_equal(load_input("random").values, square[None])
    assert load_input("random:0:2,6").values.shape == (1, 2, 6)


def test_a_picture_is_pillows():
    with Image.open(samples.folder() / "chelsea.png") as image:
        rgb, grey = np.asarray(image.convert("RGB")), np.asarray(image.convert("L"))
    assert np.array_equal(load_input("chelsea").values, rgb.transpose(2, 0, 1))
    assert np.array_equal(load_input("chelsea", gray=True).values[0], grey)


def test_a_picture_is_reduced_as_by_pillow():
    with Image.open(samples.folder() / "camera.png") as image:
        expected = np.asarray(image.convert("L").resize((32, 32), Image.Resampling.LANCZOS))
    assert np.array_equal(load_input("camera", cells=32).values[0], expected)


def test_cells_is_the_longer_side_of_a_picture():
    height, width = load_input("chelsea").values.shape[1:]
    reduced = load_input("chelsea", cells=40).values
    assert reduced.shape == (3, round(40 * height / width), 40)
    assert load_input("camera", cells=512).values.shape == (1, 512, 512)
    assert load_input("chelsea", cells=1).values.shape == (3, 1, 1)


def test_enlarging_repeats_pixels():
    small = load_input("camera").values
    assert np.array_equal(load_input("camera", cells=512).values[:, ::2, ::2], small)


def test_cells_leaves_everything_else_alone():
    assert load_input("ramp-8x8", cells=4).values.shape == (1, 8, 8)
    assert load_input("ring:9", cells=20).values.shape == (1, 9, 9)


@pytest.mark.parametrize("cells", [0, -3, 4097])
def test_cells_has_a_range(cells):
    with pytest.raises(UserError, match="1 to 4096"):
        load_input("camera", cells=cells)


def test_gray_weighs_the_three_channels_of_an_array(tmp_path):
    np.save(tmp_path / "a.npy", np.array([[[100.0]], [[10.0]], [[1.0]]]))
    assert load_input(str(tmp_path / "a.npy"), gray=True).values.item() == pytest.approx(35.884)
    two = load_input("random:1:2,4,4", gray=True).values
    assert two.shape == (2, 4, 4)


def test_a_file_by_its_path(tmp_path, monkeypatch):
    (tmp_path / "mine.csv").write_text("1,2\n3,4\n")
    (tmp_path / "bare").write_text("5 6\n")
    (tmp_path / "ring").write_text("1\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    loaded = load_input("mine.csv")
    assert (loaded.name, loaded.kind, loaded.values.tolist()) == (
        "mine.csv",
        "file",
        [[[1, 2], [3, 4]]],
    )
    assert load_input("bare").values.tolist() == [[[5, 6]]]
    assert load_input("~/bare").name == "~/bare"
    assert load_input("ring").kind == "pattern"
    assert load_input("./ring").kind == "file"


def test_cells_resizes_a_users_picture(tmp_path):
    Image.new("L", (10, 1), 7).save(tmp_path / "thin.png")
    assert load_input(str(tmp_path / "thin.png"), cells=4).values.tolist() == [[[7, 7, 7, 7]]]


def test_a_name_with_control_characters_is_printable(tmp_path):
    path = tmp_path / "a\x1b[31m.csv"
    path.write_text("1\n")
    assert load_input(str(path)).name.isprintable()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("chelsae", "did you mean 'chelsea'.*`cnntui samples` lists them"),
        ("rows-5x5:3", "did you mean 'rows-5x5'"),
        ("", "no input is called ''"),
        ("q" * 5000, "no input is called"),
        ("checkerboard:", "1 to 4096"),
        ("checkerboard:0", "1 to 4096"),
        ("checkerboard:-1", "1 to 4096"),
        ("checkerboard:4097", "1 to 4096"),
        ("checkerboard:2.5", "1 to 4096"),
        ("ring:1,2,3", "ring:9,13"),
        ("ring:1_0", "1 to 4096"),
        ("ring:" + "9" * 5000, "1 to 4096"),
        ("digit:1797", "digit:0 to digit:1796"),
        ("digit:-1", "digit:0 to digit:1796"),
        ("digit:", "digit:0 to digit:1796"),
        ("random:", "no seed"),
        ("random:x", "no seed"),
        ("random:-1", "no seed"),
        ("random:1:", "1 to 4096"),
        ("random:1:1,2,3,4", "1 to 4096"),
        ("random:1:4096,4096,4096", "at most 16,777,216"),
        ("missing.png", "no such file"),
        ("no/such", "no such file"),
        ("a\0b.npy", "not a file name"),
        ("é" * 300 + ".npy", "too long"),
        ("\ud800.npy", "not a file name"),
    ],
)
def test_what_cannot_be_loaded_is_told_on_one_line(text, told):
    with pytest.raises(UserError, match=told) as caught:
        load_input(text)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 300


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=12))
def test_any_text_is_loaded_or_refused(text):
    for name in (text, f"ring:{text}", f"random:{text}", f"digit:{text}"):
        with contextlib.suppress(UserError):
            assert load_input(name).values.size


def test_the_samples_lie_in_the_wheel_or_in_the_clone(tmp_path, monkeypatch):
    package = tmp_path / "cnntui"
    monkeypatch.setattr(samples, "_PACKAGE", package)
    with pytest.raises(UserError, match="install cnntui again"):
        samples.folder()
    for expected in (tmp_path / "samples", package / "samples"):
        expected.mkdir(parents=True)
        (expected / "SOURCES.md").touch()
        assert samples.folder() == expected


def test_no_import_of_pillow_at_start():
    code = (
        "import sys, cnntui.sources.inputs, cnntui.sources.kernels\n"
        "import cnntui.parts.pictures.palettes\n"
        "print({'PIL', 'torch', 'textual'} & set(sys.modules))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"
