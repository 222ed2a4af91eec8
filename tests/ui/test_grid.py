"""The board of numbers in a ten-line app: what it draws, tells and repaints."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.app import App

from cnntui.ui.drawing.colours import heat_style
from cnntui.ui.frames.boards import CURSOR, LIT, MET, GridFrame
from cnntui.ui.grid import GridView
from tests.waiting import painted

BOARD = GridFrame(
    role="input",
    title="input 2×3",
    rows=2,
    columns=3,
    top=-1,
    left=0,
    cell=4,
    view="numbers",
    values=((1.0, 2.0, 3.0), (4.0, 5.0, 60.0)),
    marks=((LIT, 0, 0), (0, 0, MET)),
    levels=((0, 5, -5), (0, 0, 32)),
)


class Grids(App):
    def __init__(self):
        super().__init__()
        self.told = []

    def compose(self):
        yield GridView(id="board", classes="input")

    def on_grid_view_picked(self, event):
        self.told.append((event.view.id, event.row, event.column))
        assert event.control is event.view

    def on_grid_view_resized(self, event):
        self.told.append((event.width, event.height))


def lines(view):
    return [view.render_line(y).text.rstrip() for y in range(3)]


async def test_it_draws_the_frame_and_tells_its_size():
    app = Grids()
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        assert app.told == [(40, 10)]
        view = app.query_one(GridView)
        assert lines(view) == ["", "", ""]
        view.frame = BOARD
        assert lines(view) == ["input 2×3", "[  1]  2   3", "   4   5+ 60"]
        view.frame = replace(BOARD, focused=True)
        assert lines(view)[0] == "▸ input 2×3"
        await pilot.resize_terminal(30, 8)
        await pilot.pause()
        assert app.told[-1] == (30, 8)


async def test_it_draws_in_ascii():
    app = Grids()
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        view = app.query_one(GridView)
        view.unicode = False
        view.frame = replace(BOARD, focused=True, title="input")
        assert lines(view)[0] == "> input"
        assert all(line.isascii() for line in lines(view))


@pytest.mark.parametrize(
    ("offset", "cell"),
    [
        ((1, 1), (-1, 0)),
        ((3, 1), (-1, 0)),
        ((5, 1), (-1, 1)),
        ((9, 2), (0, 2)),
        ((12, 2), (0, 2)),
        ((13, 2), None),
        ((2, 0), None),
        ((2, 3), None),
    ],
)
async def test_a_click_tells_the_cell(offset, cell):
    app = Grids()
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        await pilot.click("#board", offset=offset)
        app.query_one(GridView).frame = BOARD
        app.told.clear()
        await pilot.click("#board", offset=offset)
        assert app.told == ([("board", *cell)] if cell else [])


async def test_heat_is_a_background_and_without_colours_a_ramp():
    app = Grids()
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        view = app.query_one(GridView)
        view.frame = replace(BOARD, view="heat+numbers", marks=((0,) * 3,) * 2)
        grounds = {segment.style.bgcolor for segment in view.render_line(2)}
        assert heat_style(32).bgcolor in grounds
        view.colour = False
        view.frame = replace(BOARD, view="heat", cell=3, marks=((0,) * 3,) * 2)
        assert lines(view)[2].endswith(" @")


async def test_a_step_repaints_only_what_changed(recorded):
    app = Grids()
    sent = recorded(app)
    async with app.run_test(size=(40, 10)) as pilot:
        await painted(pilot, sent)
        view = app.query_one(GridView)
        view.frame = BOARD
        await painted(pilot, sent)
        sent.clear()
        view.frame = replace(BOARD, marks=((CURSOR, 0, 0), (0, 0, MET)))
        await painted(pilot, sent)
        assert len(sent) == 1
        assert "60" not in sent[0]
        assert "input" not in sent[0]
        sent.clear()
        view.frame = replace(BOARD, marks=((CURSOR, 0, 0), (0, 0, MET)))
        await painted(pilot, sent)
        assert not sent


async def test_a_theme_changes_the_title():
    app = Grids()
    async with app.run_test(size=(40, 10)) as pilot:
        await pilot.pause()
        view = app.query_one(GridView)
        view.frame = BOARD
        before = view.render_line(2).text, next(iter(view.render_line(2))).style
        app.theme = "textual-light"
        await pilot.pause()
        after = view.render_line(2).text, next(iter(view.render_line(2))).style
        assert before[0] == after[0]
        assert before[1] != after[1]
