"""The bytes that change a screen: the same picture as Textual's own, and never more of them."""

from __future__ import annotations

import io
import re

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.color import Color
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate
from textual.strip import Strip

from cnntui.ui.drawing import ansi_difference as wire

WIDTH, HEIGHT = 40, 4
SYSTEMS = ("truecolor", "256", "standard")
ATTRIBUTES = ("bold", "dim", "italic", "underline", "reverse", "strike", "underline2", "overline")
PEN = ("data", "fg", "bg", "bold", "italics", "underscore", "strikethrough", "reverse")

colours = st.one_of(
    st.none(),
    st.just(Color.parse("default")),
    st.integers(0, 255).map(Color.from_ansi),
    st.builds(Color.from_rgb, *[st.integers(0, 255)] * 3),
)
styles = st.builds(
    lambda ink, ground, names: Style(color=ink, bgcolor=ground, **dict.fromkeys(names, True)),
    colours,
    colours,
    st.sets(st.sampled_from(ATTRIBUTES), max_size=3),
)
runs = st.lists(
    st.tuples(st.text("ab·×█ ", min_size=1, max_size=6), st.one_of(st.none(), styles)).map(
        lambda run: Segment(*run)
    ),
    min_size=1,
    max_size=6,
)


@st.composite
def updates(draw):
    """A few lines in one or two pieces, and the spans of them that are to be painted."""
    chops, ends, spans = [], [], []
    for y in range(HEIGHT):
        pieces = [Strip(draw(runs)) for _ in range(draw(st.integers(1, 2)))]
        chops.append({})
        ends.append([])
        x = 0
        for strip in pieces:
            strip = strip.crop(0, WIDTH - x)
            if strip.cell_length:
                chops[y][x] = strip
                x += strip.cell_length
                ends[y].append(x)
        for _ in range(draw(st.integers(0, 2))):
            first = draw(st.integers(0, x - 1))
            spans.append((y, first, draw(st.integers(first + 1, x))))
    spans = spans or [(0, 0, ends[0][-1])]
    return ChopsUpdate(chops, sorted(spans), ends)


def console(system):
    return Console(file=io.StringIO(), color_system=system, force_terminal=True, width=WIDTH)


def painted(data, around="#"):
    """The cells of a terminal that was full of ``around`` before the bytes came."""
    screen = pyte.Screen(WIDTH, HEIGHT)
    stream = pyte.Stream(screen)
    stream.feed("\x1b[H" + around * (WIDTH * HEIGHT))
    stream.feed(data)
    cells = {
        (y, x): tuple(getattr(screen.buffer[y][x], name) for name in PEN)
        for y in range(HEIGHT)
        for x in range(WIDTH)
    }
    stream.feed("\x1b[1;1Hz")  # what comes next is in no style
    after = screen.buffer[0][0]
    assert tuple(getattr(after, name) for name in PEN) == ("z", "default", "default", *[False] * 5)
    return cells


@settings(max_examples=200, deadline=None)
@given(updates(), st.sampled_from(SYSTEMS))
def test_the_terminal_shows_what_textuals_own_bytes_show(update, system):
    ours = update.render_segments(console(system))
    theirs = wire.RENDER_SEGMENTS(update, console(system))
    assert len(ours) <= len(theirs)
    expected, found = painted(theirs), painted(ours)
    asked = {(y, x) for y, first, end in update.spans for x in range(first, end)}
    for place in asked:
        assert found[place] == expected[place]
    untouched = set(found) - asked
    assert all(found[place][0] == "#" for place in untouched)


def sgr(data):
    """(character, attributes, ink, ground) of a text, by ECMA-48's select graphic rendition."""
    look, ink, ground, shown = set(), "39", "49", []
    ends = {"22": "12", "23": "3", "24": ["4", "21"], "25": "56", "27": "7", "28": "8", "29": "9",
            "54": ["51", "52"], "55": ["53"]}  # fmt: skip
    for codes, character in re.findall(r"\x1b\[([\d;]*)m|(.)", data, re.S):
        if character:
            shown.append((character, frozenset(look), ink, ground))
            continue
        left = codes.split(";")
        while left:
            code = left.pop(0)
            if code in ("38", "48"):
                count = 4 if left[0] == "2" else 2
                colour, left = ";".join([code, *left[:count]]), left[count:]
                ink, ground = (colour, ground) if code == "38" else (ink, colour)
            elif code in ("0", ""):
                look, ink, ground = set(), "39", "49"
            elif code in ends:
                look -= set(ends[code])
            elif len(code) == 2 and code[0] in "39":
                ink = code
            elif (code[0] == "4" and len(code) == 2) or code[:2] == "10":
                ground = code
            else:
                look.add(code)
    return shown


@settings(max_examples=300, deadline=None)
@given(runs, st.sampled_from(SYSTEMS))
def test_every_attribute_begins_and_ends_where_it_must(segments, system):
    kind = console(system)._color_system
    data, look = wire.encoded(segments, wire.PLAIN, kind)
    theirs = "".join(
        text if style is None else style.render(text, color_system=kind)
        for text, style, _ in segments
    )
    assert sgr(data) == sgr(theirs)
    assert sgr(data + wire.change(look, wire.PLAIN) + "z")[-1] == ("z", frozenset(), "39", "49")


def test_a_link_is_written_as_rich_writes_it():
    style = Style(link="https://example.org", bold=True)
    kind = console("truecolor")._color_system
    data, look = wire.encoded(
        [Segment("a", Style(italic=True)), Segment("b", style)], wire.PLAIN, kind
    )
    assert "https://example.org" in data
    assert look == wire.PLAIN


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_style_that_goes_on_is_sent_once(system):
    style = Style.parse("bold #102030 on #405060")
    kind = console(system)._color_system
    data, _ = wire.encoded([Segment(letter, style) for letter in "abc"], wire.PLAIN, kind)
    assert data.count("\x1b") == 1
    assert data.endswith("mabc")


def test_without_colours_it_is_textuals_own():
    update = ChopsUpdate([{0: Strip([Segment("a", Style(bold=True))])}], [(0, 0, 1)], [[1]])
    plain = Console(file=io.StringIO(), color_system=None)
    assert update.render_segments(plain) == wire.RENDER_SEGMENTS(update, plain)
