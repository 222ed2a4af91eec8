"""ASCII in the place of the screens' glyphs: as wide as they are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from cnntui.ui.drawing.ascii import TABLE, in_ascii

GLYPHS = "".join(map(chr, TABLE))


@given(st.text("ab 7·猫犬ｶ한e\u0301" + GLYPHS))
def test_it_is_ascii_of_the_same_width(text):
    assert in_ascii(text).isascii()
    assert len(in_ascii(text)) == cell_len(text)


def test_lines_and_words_stay():
    assert in_ascii("cat\n3×224 · 2·x") == "cat\n3x224 . 2.x"
    assert in_ascii("2·3 猫") == "2*3 ??"
