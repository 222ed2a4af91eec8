"""Text made safe for a terminal."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cnntui.errors import UserError, printable

ANY = st.text(alphabet=st.characters(exclude_categories=()))
CONTROLS = st.text(alphabet=st.characters(categories=("Cc", "Cf", "Zl", "Zp", "Cs", "Co", "Cn")))


@given(ANY | CONTROLS)
@example("\x1b[2J\x1b]0;title\x07")
@example("one\r\ntwo\x85three\u2028four\x0bfive")
@example("\u202egnp.exe")
@example("\ud800")
def test_no_control_character_survives(text: str) -> None:
    found = printable(text)
    assert not {unicodedata.category(c) for c in found} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert len(found.splitlines()) <= 1
    found.encode("utf-8")


@given(st.text(alphabet=st.characters(categories=("L", "N", "P", "S"))))
@example("5×5 − ⌊x⌋ = Größe; 日本 😀")
def test_what_is_printable_stays_as_it_is(text: str) -> None:
    assert printable(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\nb", r"a\nb"),
        ("\x1b[31m", r"\x1b[31m"),
        ("\x00", r"\x00"),
        ("\x9b", r"\x9b"),
        ("\u202e", r"\u202e"),
        ("a b", "a b"),
    ],
)
def test_what_is_not_is_written_as_python_writes_it(text: str, expected: str) -> None:
    assert printable(text) == expected


@given(ANY)
def test_an_error_is_one_line_and_a_value_error(text: str) -> None:
    error = UserError(text)
    assert isinstance(error, ValueError)
    assert str(error) == printable(text)
    assert len(str(error).splitlines()) <= 1
