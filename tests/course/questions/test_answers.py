"""What counts as an answer, however it is typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntui.course.questions.answers import number_of, same_number, shape_of, word_of


@pytest.mark.parametrize(
    ("text", "value"),
    [("1792", 1792), ("1,792", 1792), ("1 792", 1792), ("150,528,000", 150528000), ("-30", -30),
     ("−30", -30), (".5", 0.5), ("0,5", 0.5), ("0.7", 0.7), ("1.8k", 1800), ("68.7M", 68.7e6),
     ("12.5 %", 12.5), ("1e3", 1000), ("+4", 4), (" 7 ", 7)],
)  # fmt: skip
def test_numbers(text, value):
    assert number_of(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["", "x", "3x3", "1,2,3", "1.2.3", "--3", "9" * 200, "1e999", "∞"])
def test_no_numbers(text):
    assert number_of(text) is None


@pytest.mark.parametrize(
    "text", ["3x4", "3×4", "3,4", "3 4", "(3, 4)", "[3,4]", "3 x 4", "3*4", "3X4", "(3, 4,)"]
)
def test_shapes(text):
    assert shape_of(text) == (3, 4)


def test_shapes_of_one_number_and_below_zero():
    assert shape_of("28") == (28,)
    assert shape_of("-1,2") == (-1, 2)
    assert shape_of("three") is shape_of("3..4") is shape_of("") is None


def test_words():
    assert word_of(" The Bias! ") == word_of("bias") == "bias"
    assert word_of("Réseau") == "reseau"


@given(st.text(max_size=200))
def test_nothing_typed_breaks_it(text):
    number_of(text)
    shape_of(text)
    word_of(text)


def test_tolerance():
    assert same_number(0.33, 1 / 3, 0.006)
    assert not same_number(0.35, 1 / 3, 0.006)
    assert not same_number(1792, 1793)
