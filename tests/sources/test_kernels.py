"""Kernels by name and in words, against the textbooks' values written by hand."""

from __future__ import annotations

import contextlib
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnntui.errors import UserError
from cnntui.sources.kernels import listed_kernels, load_kernel, resized

TEXTBOOK = {
    "identity": "0 0 0; 0 1 0; 0 0 0",
    "vertical-edge": "-1 0 1; -1 0 1; -1 0 1",
    "horizontal-edge": "-1 -1 -1; 0 0 0; 1 1 1",
    "sobel-x": "-1 0 1; -2 0 2; -1 0 1",
    "sobel-y": "-1 -2 -1; 0 0 0; 1 2 1",
    "prewitt-x": "-1 0 1; -1 0 1; -1 0 1",
    "prewitt-y": "-1 -1 -1; 0 0 0; 1 1 1",
    "laplacian": "0 1 0; 1 -4 1; 0 1 0",
    "sharpen": "0 -1 0; -1 5 -1; 0 -1 0",
    "emboss": "-2 -1 0; -1 1 1; 0 1 2",
    "ridge": "-1 -1 -1; -1 8 -1; -1 -1 -1",
    "corner": "1 -2 1; -2 4 -2; 1 -2 1",
}
KEYS = {
    "identity": "n",
    "vertical-edge": "v",
    "horizontal-edge": "h",
    "sobel-x": "x",
    "sobel-y": "Y",
    "prewitt-x": "X",
    "prewitt-y": "P",
    "laplacian": "l",
    "sharpen": "t",
    "box-blur": "b",
    "gaussian-3": "g",
    "gaussian-5": "G",
    "emboss": "m",
    "ridge": "d",
    "corner": "c",
    "random": "z",
}


def matrix(text: str) -> np.ndarray:
    return np.array([row.split() for row in text.split(";")], dtype=np.float32)


@pytest.mark.parametrize("name", TEXTBOOK)
def test_textbook_values(name):
    assert np.array_equal(load_kernel(name).values, matrix(TEXTBOOK[name]))


def test_the_smoothing_kernels():
    assert load_kernel("box-blur").values == pytest.approx(np.full((3, 3), 1 / 9))
    three = matrix("1 2 1; 2 4 2; 1 2 1") / 16
    five = np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1]) / 256
    assert np.array_equal(load_kernel("gaussian-3").values, three)
    assert np.array_equal(load_kernel("gaussian-5").values, five)


def test_random_is_numpys_by_seed():
    rng = np.random.default_rng
    assert np.array_equal(load_kernel("random").values, rng(0).integers(-3, 4, (3, 3)))
    assert np.array_equal(load_kernel("random:5").values, rng(5).integers(-3, 4, (3, 3)))
    shape = (4, 2, 3, 5)
    assert np.array_equal(load_kernel("random:5:4,2,3,5").values, rng(5).integers(-3, 4, shape))


def test_the_banks():
    edges = load_kernel("edges-bank").values
    for index, name in enumerate(("sobel-x", "sobel-y", "laplacian", "sharpen")):
        assert np.array_equal(edges[index, 0], matrix(TEXTBOOK[name]))
    assert load_kernel("rgb-bank").values.shape == (2, 3, 3, 3)


@pytest.mark.parametrize("listed", listed_kernels(), ids=lambda listed: listed.name)
def test_everything_listed_loads_as_it_is_listed(listed):
    kernel = load_kernel(listed.name)
    assert (kernel.name, kernel.values.shape) == (listed.name, listed.shape)
    assert kernel.values.dtype == np.float32
    assert not kernel.values.flags.writeable
    assert listed.summary


def test_one_key_each():
    keyed = {listed.name: listed.key for listed in listed_kernels() if listed.key}
    assert keyed == KEYS


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1 0 -1; 2 0 -2; 1 0 -1", [[1, 0, -1], [2, 0, -2], [1, 0, -1]]),
        ("1,0,-1\n2, 0, -2\n", [[1, 0, -1], [2, 0, -2]]),
        (" 1/4 -1/2 ; .5 1e1 ;", [[0.25, -0.5], [0.5, 10]]),
        ("3", [[3]]),
        ("inf -inf", [[math.inf, -math.inf]]),
    ],
)
def test_a_kernel_written_out(text, values):
    kernel = load_kernel(text)
    assert kernel.values.tolist() == values
    assert kernel.name.isprintable()
    assert load_kernel(kernel.name).values.tolist() == values


@settings(max_examples=60)
@given(
    st.integers(1, 5).flatmap(
        lambda width: st.lists(
            st.lists(st.floats(width=32, allow_nan=False), min_size=width, max_size=width),
            min_size=1,
            max_size=5,
        )
    )
)
def test_what_is_written_is_read_back(rows):
    text = ";".join(" ".join(repr(value) for value in row) for row in rows)
    assert load_kernel(text).values.tolist() == rows


def test_a_kernel_from_a_file(tmp_path):
    bank = np.arange(24).reshape(2, 3, 2, 2)
    np.save(tmp_path / "bank.npy", bank)
    (tmp_path / "k.txt").write_text("# mine\n1 2\n3 4\n")
    assert np.array_equal(load_kernel(str(tmp_path / "bank.npy")).values, bank)
    kernel = load_kernel(str(tmp_path / "k.txt"))
    assert (kernel.name, kernel.values.tolist()) == (str(tmp_path / "k.txt"), [[1, 2], [3, 4]])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("sobel", "did you mean 'sobel-[xy]'.*`cnntui samples` lists them"),
        ("", "no kernel is called"),
        ("1 2; 3", "row 2 of the kernel has 1 values and row 1 has 2"),
        ("1 a; 2 3", "row 1 of the kernel: 'a' is not a number"),
        ("a b; 1.5 c", "'a' is not a number"),
        ("1 1/0", "'1/0' is not a number"),
        ("1 1_0", "'1_0' is not a number"),
        ("1 1e999", "'1e999' is not a number"),
        ("1e39 1", "does not fit float32"),
        (";;", "no numbers"),
        ("gaussian-0", "gaussian-1 to gaussian-99"),
        ("gaussian-1000", "gaussian-1 to gaussian-99"),
        ("random:x", "no seed"),
        ("random:1:1,1,1,1,1", "1 to 4096"),
        ("random:1:0", "1 to 4096"),
        ("missing.npy", "no such file"),
        ("1 \x1b[31m", r"\\x1b"),
    ],
)
def test_what_cannot_be_loaded_is_told_on_one_line(text, told):
    with pytest.raises(UserError, match=told) as caught:
        load_kernel(text)
    assert str(caught.value).isprintable()


@settings(max_examples=100)
@given(st.text(st.sampled_from("0123456789 ,;/.-+einfa\n\t:_\x1bé"), max_size=20))
def test_any_text_is_loaded_or_refused(text):
    with contextlib.suppress(UserError):
        kernel = load_kernel(text)
        assert kernel.values.size
        assert kernel.name.isprintable()


def test_families_are_made_anew():
    three = np.zeros((3, 3), dtype=np.float32)
    assert resized("box-blur", three, (2, 4)) == pytest.approx(np.full((2, 4), 1 / 8))
    assert (
        resized("gaussian-3", three, (5, 5)).tolist() == load_kernel("gaussian-5").values.tolist()
    )
    assert resized("gaussian-5", three, (2, 4)).tolist() == (
        (np.outer([1, 1], [1, 3, 3, 1]) / 16).tolist()
    )
    assert (
        resized("identity", three, (4, 5)).tolist()
        == matrix("0 0 0 0 0; 0 0 1 0 0; 0 0 0 0 0; 0 0 0 0 0").tolist()
    )
    expected = np.random.default_rng(7).integers(-3, 4, (2, 3, 5, 4))
    assert np.array_equal(resized("random:7", np.zeros((2, 3, 3, 3)), (5, 4)), expected)


@settings(max_examples=40)
@given(st.integers(1, 12), st.integers(1, 12))
def test_smoothing_sums_to_one_at_any_size(height, width):
    for name in ("box-blur", "gaussian-3", "identity"):
        made = resized(name, np.zeros((3, 3)), (height, width))
        assert made.shape == (height, width)
        assert made.sum() == pytest.approx(1, abs=1e-6)


def test_a_family_keeps_its_leading_axes():
    made = resized("box-blur", np.zeros((2, 3, 3, 3)), (5, 5))
    assert made.shape == (2, 3, 5, 5)
    made[0] = 0  # a copy, not a view of one kernel
    assert made[1].min() > 0


def test_others_are_padded_or_cropped_around_the_centre():
    ramp = np.arange(1, 10).reshape(3, 3)
    assert resized("mine", ramp, (4, 3)).tolist() == matrix("1 2 3; 4 5 6; 7 8 9; 0 0 0").tolist()
    assert (
        resized("mine", ramp, (3, 5)).tolist() == matrix("0 1 2 3 0; 0 4 5 6 0; 0 7 8 9 0").tolist()
    )
    assert resized("mine", ramp, (1, 1)).tolist() == [[5]]
    assert resized("mine", ramp, (2, 3)).tolist() == [[1, 2, 3], [4, 5, 6]]
    assert resized("mine", ramp[None, None], (1, 5)).tolist() == [[[[0, 4, 5, 6, 0]]]]


@settings(max_examples=60)
@given(st.integers(1, 7), st.integers(1, 7), st.integers(0, 6), st.integers(0, 6))
def test_growing_and_shrinking_again_changes_nothing(height, width, down, across):
    values = np.random.default_rng(0).integers(1, 9, (height, width)).astype(np.float32)
    grown = resized("mine", values, (height + down, width + across))
    assert grown.sum() == values.sum()
    assert np.array_equal(resized("mine", grown, (height, width)), values)


@pytest.mark.parametrize("size", [(0, 3), (3, -1), (3, 5000)])
def test_a_size_out_of_range_is_refused(size):
    with pytest.raises(UserError, match="1 to 4096"):
        resized("mine", np.zeros((3, 3)), size)
