"""Texts measured, cut and padded in cells: as a terminal (pyte) and Rich's own table have them."""

from __future__ import annotations

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import get_character_cell_size

from cnntui.errors import printable
from cnntui.ground.lines import cropped, flowed, listed, plain, sized, width_of, wrapped
from cnntui.ground.tables import aligned
from cnntui.ground.widths import cells, cropped_text, ended, fitted_text, padded, shortened_to

WORDS = st.text("ab 猫犬ｶﾞé\u0301…", max_size=12)  # a full and a half width, an accent of its own
WIDTHS = st.integers(0, 14)


def size(text):
    return sum(get_character_cell_size(c) for c in text)


@pytest.mark.parametrize(
    ("text", "width"), [("cat", 3), ("猫", 2), ("ｶﾞ", 2), ("e\u0301", 1), ("", 0), ("\x07", 4)]
)
def test_a_text_takes_so_many_cells(text, width):
    assert cells(text) == width


@pytest.mark.parametrize("text", ["cat", "猫犬 x", "한국어", "ｶﾞ·…"])
def test_a_terminal_moves_its_cursor_as_far(text):
    screen = pyte.Screen(40, 2)
    pyte.Stream(screen).feed(text)
    assert screen.cursor.x == cells(text)


@given(WORDS, WIDTHS)
def test_what_is_cropped_fits_and_lacks_no_whole_character(text, width):
    head = cropped_text(text, width)
    assert text.startswith(head)
    assert size(head) <= width
    rest = text[len(head) :]
    assert not rest or size(head) + size(rest[0]) > width or width == 0


@given(WORDS, WIDTHS)
def test_what_is_shortened_fits_and_says_so(text, width):
    head, tail = shortened_to(text, width), ended(text, width)
    assert size(head) <= width >= size(tail)
    if size(text) <= width:
        assert head == tail == text
    elif width:
        assert head[-1] == tail[0] == "…"
        assert text.startswith(head[:-1])
        assert text.endswith(tail[1:])
        assert min(size(head), size(tail)) >= width - 1


@given(WORDS, WIDTHS, st.booleans())
def test_what_is_fitted_takes_its_width(text, width, right):
    fitted = fitted_text(text, width, right)
    assert size(fitted) == width
    if size(text) <= width:
        assert fitted == padded(text, width, right)
        assert fitted.strip(" ") == text.strip(" ")
        assert fitted.endswith(text) if right else fitted.startswith(text)


@given(st.lists(st.tuples(WORDS, st.sampled_from(("", "dim")))), WIDTHS)
def test_a_line_is_cropped_in_cells(runs, width):
    kept = cropped(tuple(runs), width)
    assert plain(tuple(runs)).startswith(plain(kept))
    assert width_of(kept) == size(plain(kept)) <= width


@given(st.lists(st.text("ab猫犬", max_size=6), min_size=1), st.integers(12, 40), st.integers(1, 4))
def test_terms_are_wrapped_in_cells(texts, width, most):
    rows = wrapped([((text, ""),) for text in texts], width, most)
    assert len(rows) <= most
    assert all(size(plain(row)) <= width for row in rows)


def test_words_break_where_they_no_longer_fit():
    assert [plain(row) for row in flowed((("猫犬 猫犬 猫犬", ""),), 9, 9)] == ["猫犬 猫犬", "猫犬"]


def test_parts_and_formulas_are_left_out_by_cells():
    assert plain(listed(["猫 cat", "犬 dog"], 12)) == "猫 cat"
    assert plain(listed(["猫 cat", "犬 dog"], 15)) == "猫 cat · 犬 dog"
    assert plain(sized("高さ ", "(8 − 3) + 1 = 6", 6, 18)) == "高さ 6"
    assert plain(sized("高さ ", "(8 − 3) + 1 = 6", 6, 20)) == "高さ (8 − 3) + 1 = 6"


def test_columns_line_up_in_cells():
    lines = aligned(("class", "train"), [("猫", "7"), ("dog", "12"), ("\x07", "3")], ("train",))
    assert lines == ["class  train", "猫         7", "dog       12", "\\x07       3"]
    assert {size(line) for line in lines} == {12}


@given(st.text(max_size=20), WIDTHS)
def test_what_cannot_be_printed_is_escaped(text, width):
    assert fitted_text(text, width).isprintable()
    assert cells(text) == cells(printable(text))
