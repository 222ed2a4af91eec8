"""The sheet of pictures: what is on the screen cell by cell, the chosen one, the mouse."""

from __future__ import annotations

import numpy as np
import pytest
from textual.app import App

from cnntui.ui.frames.pictures import PictureFrame
from cnntui.ui.frames.sheets import SheetFrame, Tile
from cnntui.ui.picture import ascii_lines
from cnntui.ui.sheet import SheetView
from tests.waiting import painted

PALETTE = ((0, 0, 0), (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255))


def picture(height, width, seed):
    drawn = np.random.default_rng(seed).integers(0, len(PALETTE), height * width)
    return PictureFrame(width, height, drawn.astype(np.uint8).tobytes(), PALETTE)


def sheet(count=5, columns=3, cursor=0, height=4, width=5, captions=1, room=(1, 2)):
    tiles = tuple(
        Tile(picture(height, width, at), tuple(((f"p{at}", "good"),) for _ in range(captions)))
        for at in range(count)
    )
    tall = (height + 1) // 2 + captions + room[0]
    return SheetFrame(columns, width + 2 + room[1], tall, tiles, 10, 99, 10 + cursor)


class Page(App[None]):
    def __init__(self, frame, glyphs="half"):
        super().__init__()
        self.first, self.glyphs, self.picked = frame, glyphs, []

    def compose(self):
        view = SheetView()
        view.glyphs = self.glyphs
        yield view

    def on_mount(self):
        self.view.frame = self.first

    @property
    def view(self):
        return self.query_one(SheetView)

    def on_sheet_view_picked(self, event):
        self.picked.append(event.position)


def cells(view):
    """(character, style) of every cell of every line."""
    return [
        [(c, segment.style) for segment in strip for c in segment.text] for strip in view.strips
    ]


def pixel(tile, row, column):
    return PALETTE[tile.picture.indices[row * tile.picture.width + column]]


@pytest.mark.parametrize("height", [1, 2, 4, 5])
async def test_each_cell_has_the_colours_of_its_two_pixels(height):
    frame = sheet(height=height)
    app = Page(frame)
    async with app.run_test(size=(60, 30)) as pilot:
        await pilot.pause()
        shown = cells(app.view)
        for at, tile in enumerate(frame.tiles):
            top = at // 3 * frame.tile_height
            left = at % 3 * frame.tile_width + 1
            for row in range(height):
                for column in range(5):
                    character, style = shown[top + row // 2][left + column]
                    found = style.bgcolor if row % 2 else style.color
                    assert character == "▀"
                    assert tuple(found.triplet) == pixel(tile, row, column)
            caption = shown[top + (height + 1) // 2][left : left + 2]
            assert "".join(c for c, _ in caption) == f"p{at}"


async def test_the_chosen_one_has_brackets_and_reverse():
    app = Page(sheet(cursor=1))
    async with app.run_test(size=(60, 30)) as pilot:
        await pilot.pause()
        lines = ["".join(c for c, _ in line) for line in cells(app.view)]
        left = app.first.tile_width
        assert (lines[0][left], lines[0][left + 6]) == ("┌", "┐")
        assert (lines[1][left], lines[1][left + 6]) == ("└", "┘")
        assert sum(line.count("┌") for line in lines) == 1
        assert cells(app.view)[2][left + 1][1].reverse
        assert not cells(app.view)[2][1][1].reverse
        app.view.frame = sheet(cursor=4)
        await pilot.pause()
        lines = ["".join(c for c, _ in line) for line in cells(app.view)]
        assert "┌" not in lines[0]
        assert lines[4][left] == "┌"


async def test_without_colour_pictures_are_characters():
    frame = sheet()
    app = Page(frame, "ascii")
    async with app.run_test(size=(60, 30)) as pilot:
        await pilot.pause()
        first = "".join(c for c, _ in cells(app.view)[0])
        assert first[1:6] == ascii_lines(frame.tiles[0].picture)[0]
        assert all(style is None for _, style in cells(app.view)[0][1:6])


async def test_moving_the_cursor_sends_two_tiles(recorded):
    app = Page(sheet(width=16))
    sent = recorded(app)
    async with app.run_test(size=(60, 30)) as pilot:
        await painted(pilot, sent)
        sent.clear()
        app.view.frame = sheet(width=16, cursor=1)
        await painted(pilot, sent)
        assert 0 < len("".join(sent)) < 600
        assert "▀" not in "".join(sent)


async def test_a_click_tells_the_picture():
    app = Page(sheet())
    async with app.run_test(size=(60, 30)) as pilot:
        await pilot.pause()
        await pilot.click(SheetView, offset=(app.first.tile_width + 2, 1))
        await pilot.click(SheetView, offset=(2, app.first.tile_height))
        await pilot.click(SheetView, offset=(2, 25))
        assert app.picked == [11, 13]


async def test_an_empty_sheet_says_why():
    app = Page(SheetFrame(1, 1, 1, (), 0, 0, message="no pictures"))
    async with app.run_test(size=(60, 30)) as pilot:
        await pilot.pause()
        assert "".join(c for c, _ in cells(app.view)[0]) == "no pictures"
