"""Curves in a ten-line app: what is sent, what a screen without colour or braille still tells."""

from __future__ import annotations

import numpy as np
import pyte
import pytest
from textual.app import App
from textual.strip import Strip

from cnntui.parts.curves.frame import Curve, curve_frame, extent_of
from cnntui.parts.curves.series import Series
from cnntui.parts.curves.state import CurvesState
from cnntui.ui.curve import CurveView
from cnntui.ui.drawing.ascii import without_unicode
from cnntui.ui.drawing.braille import BRAILLE, curve_rows, curve_text
from cnntui.ui.drawing.colours import without_colour
from cnntui.ui.frames.curves import CurveFrame
from tests.waiting import painted


def curves(n=672):
    x = np.arange(1, n + 1)
    noise = np.exp(np.random.default_rng(0).normal(0, 0.2, n))
    y = 2.3 * np.exp(-x / 120) * noise + 0.03
    return [Curve("train", Series(x, y)), Curve("validation", Series(x[::48], y[::48] + 0.1), 1)]


def frame_of(shown, size=(80, 12), state=None):
    state = (state or CurvesState()).with_extent(*extent_of(shown))
    return curve_frame(state, shown, *size)


def small(**changes):
    """Four cells by two: train above in the first row, validation in the second."""
    plain = {
        "width": 7, "height": 4, "head": (((" loss", "strong"), ("──", "sample0")),), "left": 3,
        "ticks": ((0, "1"),), "dots": (b"\xff\x01\x00\x00", b"\x00\x00\x08\x80"),
        "owners": (b"\x01\x01\x00\x00", b"\x00\x00\x02\x02"), "edges": (), "foot": ("  └────",),
    }  # fmt: skip
    return CurveFrame(**plain | changes)


class Curves(App):
    CSS = "CurveView { height: 12; }"

    def __init__(self):
        super().__init__()
        self.told = []

    def compose(self):
        yield CurveView()

    def on_curve_view_picked(self, event):
        self.told.append(("column", event.column))

    def on_curve_view_resized(self, event):
        self.told.append(("size", event.width, event.height))


# text


def test_dots_are_those_of_unicode():
    # the braille patterns of Unicode 15, chapter 21.1: dot n of the cell is bit n - 1
    assert BRAILLE[0b1] == "⠁"
    assert BRAILLE[0b1000] == "⠈"
    assert BRAILLE[0x80] == "⢀"
    assert BRAILLE[0xFF] == "⣿"
    assert BRAILLE[0] == " "
    assert len(BRAILLE) == 256


def test_a_frame_as_plain_lines():
    assert curve_text(small()) == [" loss──", "1 ┤⣿⠁", "  │  ⠈⢀", "  └────"]
    assert curve_text(small(), unicode=False) == [" loss**", "1 +**", "  |  oo", "  +----"]


def test_cursor_infinities_and_messages():
    assert curve_text(small(cursor=2))[1:3] == ["1 ┤⣿⠁│", "  │  ⠈⢀"]
    assert curve_rows(small(cursor=0))[1][1] == ("⣿", "line0+cursor")
    edges = small(edges=((3, True, 0), (0, False, 1)))
    assert curve_text(edges)[1:3] == ["1 ┤⣿⠁ ▲", "  │▼ ⠈⢀"]
    assert curve_text(edges, unicode=False)[1:3] == ["1 +** ^", "  |v oo"]
    assert curve_text(small(message="none"))[1] == "1 ┤none"


@pytest.mark.parametrize("unicode", [True, False])
@pytest.mark.parametrize("size", [(20, 6), (80, 12), (120, 38)])
def test_every_line_fits_its_rectangle(size, unicode):
    frame = frame_of(curves(), size, CurvesState().cursor_moved(0))
    lines = curve_text(frame, unicode)
    assert len(lines) == size[1]
    assert all(len(line) <= size[0] for line in lines)
    assert unicode or all(line.isascii() and "?" not in line for line in lines)


# the widget


async def test_a_live_tick_sends_little_and_shows_the_frame(recorded):
    app, shown = Curves(), curves()
    sent = recorded(app)
    terminal = pyte.Screen(80, 24)
    stream = pyte.Stream(terminal)
    sizes = []
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.query_one(CurveView)
        view.frame = frame_of(shown)
        await painted(pilot, sent)
        for step in range(673, 699):
            before = len(sent)
            shown[0].series.append(step, 0.05)
            view.frame = frame_of(shown)
            await painted(pilot, sent)
            sizes.append(len("".join(sent[before:]).encode()))
        for text in sent:
            stream.feed(text)
        update = app.screen._compositor.render_update(full=True)
        lines = [Strip.join(line).text for line in update.strips]
        assert terminal.display == lines
        assert [line.rstrip() for line in lines[:12]] == curve_text(view.frame)
        assert 0 < max(sizes) < 2048
        before = len(sent)
        view.frame = frame_of(shown)
        await painted(pilot, sent)
        assert len(sent) == before


async def test_a_cursor_moves_for_two_columns_of_bytes(recorded):
    app, shown = Curves(), curves()
    sent = recorded(app)
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.query_one(CurveView)
        state = CurvesState(columns=74).with_extent(*extent_of(shown)).cursor_at(40)
        view.frame = frame_of(shown, state=state)
        await painted(pilot, sent)
        before = len(sent)
        view.frame = frame_of(shown, state=state.cursor_moved(1))
        await painted(pilot, sent)
        assert 0 < len("".join(sent[before:]).encode()) < 1024


async def test_lines_have_a_colour_each_in_every_theme():
    app = Curves()
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.query_one(CurveView)
        view.frame = small(cursor=0)
        found = []
        for theme in ("textual-dark", "textual-light"):
            app.theme = theme
            await pilot.pause()
            train, validation = view.render_line(1), view.render_line(2)
            first, other = list(train)[1].style, list(train)[2].style
            assert first.reverse
            assert not other.reverse
            assert other.color == first.color
            assert list(validation)[2].style.color != first.color
            assert next(iter(view.render_line(0))).style.bold
            found.append(other.color)
        assert found[0] != found[1]


async def test_without_colour_lines_differ_by_their_dashes():
    app, shown = Curves(), curves()
    without_colour(app)
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.query_one(CurveView)
        view.frame = frame_of(shown)
        await pilot.pause()
        lines = [view.render_line(y) for y in range(12)]
        assert not any(segment.style.color for line in lines for segment in _filtered(app, line))
        assert "── train" in lines[0].text
        assert "┄┄ validation" in lines[0].text
    gaps = []
    for curve in shown:
        rows = [line[6:60].ljust(54) for line in curve_text(frame_of([curve]))[1:-2]]
        gaps.append(sum(not "".join(column).strip() for column in zip(*rows, strict=True)))
    assert gaps[0] == 0
    assert gaps[1] > 10


def _filtered(app, line):
    return line.apply_filter(app._filters[0], app.screen.background_colors[1])


async def test_without_unicode_lines_have_signs_of_their_own():
    app = Curves()
    without_unicode(app)
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.query_one(CurveView)
        view.frame = frame_of(curves())
        view.unicode = False
        await pilot.pause()
        update = app.screen._compositor.render_update(full=True)
        lines = [Strip.join(line).text.rstrip() for line in update.strips]
        assert lines[:12] == curve_text(view.frame, unicode=False)
        assert "** train" in lines[0]
        assert "oo validation" in lines[0]


async def test_sizes_and_clicks_are_told():
    app = Curves()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert app.told == [("size", 80, 12)]
        app.told.clear()
        await pilot.click(CurveView, offset=(5, 5))  # nothing there yet
        view = app.query_one(CurveView)
        view.frame = small()
        await pilot.pause()
        for offset in ((3, 1), (6, 2), (2, 1), (7, 1), (4, 0), (4, 3)):
            await pilot.click(CurveView, offset=offset)
        assert app.told == [("column", 0), ("column", 3)]
