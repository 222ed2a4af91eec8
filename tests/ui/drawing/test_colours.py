"""No colour means none; heat colours keep their order and their numbers readable."""

from __future__ import annotations

import re

import pytest
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.color import Color
from textual.widgets import Button, Input, OptionList, Static

from cnntui.ui.drawing.colours import HEAT, NoColour, heat_style, without_colour
from tests.waiting import painted

DARK = Color.parse("#1e1e1e")
COLOUR_CODES = {*range(30, 40), *range(40, 50), *range(90, 98), *range(100, 108)}


def colour_codes(output):
    """The SGR parameters in ``output`` that set a colour."""
    codes = re.findall(r"\x1b\[([0-9;]*)m", output)
    return {int(p) for code in codes for p in code.split(";") if p} & COLOUR_CODES


def filtered(style, text="text"):
    (segment,) = NoColour().apply([Segment(text, style)], DARK)
    return segment.style


class Plain(App):
    def on_load(self):
        without_colour(self)

    def compose(self):
        yield Static(
            "[bold]strong[/] [italic]slanted[/] [reverse]turned[/] [red]red[/] [dim]dim[/]"
        )
        yield OptionList("first", "second", "third")
        yield Input("text")
        yield Button("press", variant="primary")

    def on_mount(self):
        self.query_one(OptionList).focus()


@pytest.mark.parametrize("name", ["bold", "dim", "italic", "underline", "reverse", "strike"])
def test_attributes_stay(name):
    style = filtered(Style.parse(f"{name} red on #202020"))
    assert getattr(style, name)
    assert style.color is None
    assert style.bgcolor is None


def test_actions_and_links_stay():
    style = filtered(Style(color="red", link="https://example.org", meta={"@click": "app.bell"}))
    assert style.meta == {"@click": "app.bell"}
    assert style.link == "https://example.org"


@pytest.mark.parametrize(
    ("style", "text", "reverse"),
    [
        ("white on #0178d4", "chosen", True),
        ("white on #0178d4", "   ", True),
        ("white on #242f38", "nearly the same", False),
        ("white", "no background", False),
        ("white on default", "the terminal's", False),
        ("white on #0178d4", "│ ▊", False),
        ("reverse white on #0178d4", "turned back", False),
        ("reverse white on #1e1e1e", "turned", True),
    ],
)
def test_reverse_stands_for_a_strong_background(style, text, reverse):
    assert bool(filtered(Style.parse(style), text).reverse) is reverse


def test_segment_without_style_stays():
    assert filtered(None) is None


async def test_screen_without_colour(recorded, snapshot):
    app = Plain()
    sent = recorded(app)
    async with app.run_test(size=(60, 16)) as pilot:
        await pilot.press("down")
        await painted(pilot, sent)
        output = "".join(sent)
        assert colour_codes(output) == set()
        assert "\x1b[1mstrong\x1b[0m" in output
        snapshot(pilot, "no_colour")


PTY_SCRIPT = """
from textual.app import App
from textual.widgets import OptionList, Static
from cnntui.ui.drawing.colours import without_colour

class Plain(App):
    def on_load(self):
        without_colour(self)
    def compose(self):
        yield Static("[bold]strong[/] [red on blue]red[/]")
        yield OptionList("first", "second")
        yield Static("painted")
    def on_mount(self):
        self.query_one(OptionList).focus()

Plain().run()
"""


def test_terminal_gets_no_colour(pty_app):
    app = pty_app(PTY_SCRIPT, NO_COLOR="1")
    app.read_until(b"painted")
    app.read_until(b"\x1b[7m")  # the highlighted option
    app.write(b"\x11")  # Ctrl+Q
    output = app.read_until(None).decode()
    assert colour_codes(output) == set()
    assert "\x1b[1mstrong" in output


def contrast(ink, ground):
    """The contrast ratio of WCAG 2.2 between two triplets, 1..21."""

    def light(triplet):
        parts = [value / 255 for value in triplet]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    low, high = sorted((light(ink), light(ground)))
    return (high + 0.05) / (low + 0.05)


def test_numbers_on_heat_are_readable():
    for style in HEAT:
        assert contrast(style.color.triplet, style.bgcolor.triplet) >= 4.5


@pytest.mark.parametrize("system", [ColorSystem.EIGHT_BIT, ColorSystem.STANDARD])
def test_signs_stay_apart_with_few_colours(system):
    below, above = (
        {heat_style(sign * level).bgcolor.downgrade(system).number for level in range(13, 33)}
        for sign in (-1, 1)
    )
    assert not below & above


def luminance(style):
    red, green, blue = style.bgcolor.triplet
    return 0.299 * red + 0.587 * green + 0.114 * blue


def test_heat_has_65_levels_and_ends():
    assert len(HEAT) == 65
    assert heat_style(0) is HEAT[32]
    assert heat_style(99) is HEAT[64]
    assert heat_style(-99) is HEAT[0]


@pytest.mark.parametrize("sign", [-1, 1])
def test_heat_grows_lighter_from_zero(sign):
    light = [luminance(heat_style(sign * level)) for level in range(33)]
    assert light == sorted(light)
    assert len(set(light)) == 33


def test_heat_is_cool_below_and_warm_above_zero():
    for level in range(1, 33):
        below, above = heat_style(-level).bgcolor.triplet, heat_style(level).bgcolor.triplet
        assert below.blue > below.red
        assert above.red > above.blue
    assert max(heat_style(0).bgcolor.triplet) < 32
