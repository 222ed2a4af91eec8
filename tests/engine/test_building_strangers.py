"""A stranger's text: read within bounds, never run, never an exception."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from cnntui.engine.building.forms import FORMS
from cnntui.engine.building.parsing import mended, parse, shaped


def test_sizes_are_bounded() -> None:
    deep = parse("repeat 1000\n" * 30 + "relu\n" + "end\n" * 30)
    assert len(deep.layers) <= 5000
    assert any("5,000 layers" in error.text for error in deep.errors)
    assert len(parse("block 8 x1000\n" * 6).layers) == 5000
    many = shaped(parse("input 3x32x32\n" + "upsample 64\n" * 6))
    assert "too large" in many.errors[0].text
    assert many.errors[0].instead is None
    heavy = shaped(parse("input 3x32x32\npointwise 1048576\nconv 1048576 1024 p512"))
    assert "weight of 1048576×1048576×1024×1024" in heavy.errors[-1].text


def test_a_repeat_is_cut_to_the_room_that_is_left() -> None:
    text = "relu\n" * 3000 + "repeat 1000\nrelu\ntanh\nsilu\nend"
    found = parse(text)
    assert len(found.layers) == 3000 + 666 * 3
    assert (found.errors[0].line, found.errors[0].instead) == (3001, "repeat 666")
    assert parse(mended(text, found.errors[0])).errors == ()


def test_repeats_are_bounded_in_depth() -> None:
    found = parse("repeat 2\n" * 3000 + "relu\n" * 3000 + "end\n" * 3000)
    assert len(found.layers) <= 5000
    assert "more than 8 repeats" in found.errors[-1].text
    assert len(parse("repeat 2\n" * 8 + "relu\n" + "end\n" * 8).layers) == 2**8
    nine = parse("repeat 2\n" * 9 + "relu\n" + "end\n" * 9)
    assert [(error.line, len(nine.layers)) for error in nine.errors] == [(9, 2**8)]


def test_a_very_long_text_is_cut() -> None:
    found = parse("zz\n" * 30_000)
    assert len(found.errors) == 10_001
    assert found.errors[-1].text == "more than 10,000 lines"


words = st.sampled_from([*FORMS, "input", "3", "3x3", "s2", "p1", "same", "x2", "0.5", "#", "\n"])
scraps = st.one_of(words, words, words, st.text(max_size=6), st.just("\n"))


def check_harmless(text: str) -> None:
    for error in shaped(parse(text), (3, 8, 8)).errors:
        assert error.line >= 1
        assert error.text
        assert error.fix
        assert (error.text + error.fix).isprintable()
        mended(text, error)


@settings(max_examples=400)
@given(st.text())
@example("conv 8 3 \x00\x1b[2J")
@example("__import__('os').system('x')")
@example("input " + "9" * 5000 + "x1x1")
def test_any_text_is_read_without_an_exception(text: str) -> None:
    check_harmless(text)


@settings(max_examples=600)
@given(st.lists(scraps, max_size=40).map(" ".join))
def test_any_words_are_read_without_an_exception(text: str) -> None:
    check_harmless(text)
