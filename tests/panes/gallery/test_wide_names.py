"""A folder of pictures whose classes have Chinese names: nothing is lost, columns line up."""

from __future__ import annotations

import re

import numpy as np
import pytest
from PIL import Image
from rich.cells import cell_len

from cnntui.datasets.figures import figures_of
from cnntui.datasets.naming import load_dataset
from cnntui.ground.lines import plain, width_of
from cnntui.panes.gallery.figures import class_lines
from cnntui.panes.gallery.state import GalleryState
from cnntui.ui.sheet import SheetView
from cnntui.ui.words import Words
from tests.panes.driving import app_on, press, settled, texts

COUNTS = {"猫": 30, "犬": 20, "cow": 12, "とても長い名前の組": 10}


@pytest.fixture
def folder(tmp_path):
    random = np.random.default_rng(0)
    for name, count in COUNTS.items():
        (tmp_path / name).mkdir()
        for at in range(count):
            pixels = random.integers(0, 256, (16, 16, 3)).astype(np.uint8)
            Image.fromarray(pixels).save(tmp_path / name / f"{at}.png")
    return tmp_path


def ends(line):
    """The cells in which the words of a line end."""
    return [
        cell_len(line[: at + 1])
        for at, c in enumerate(line)
        if c != " " and line[at + 1 : at + 2] in (" ", "")
    ]


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_captions_stand_below_their_pictures(folder, size):
    app = app_on("gallery", GalleryState.of(str(folder)), size)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        view = app.screen.query_one(SheetView)
        frame = view.frame
        captions = view.strips[frame.picture_lines]
        assert captions.cell_length == len(frame.tiles[: frame.columns]) * frame.tile_width
        for at, tile in enumerate(frame.tiles[: frame.columns]):
            left = at * frame.tile_width + 1
            text = captions.crop(left, left + frame.tile_width - 1).text
            (caption,) = tile.captions
            assert text.rstrip() == plain(caption)
            assert width_of(caption) < frame.tile_width
        named = [plain(tile.captions[0]) for tile in frame.tiles]
        assert sum("猫" in text and "#" in text for text in named) > 1


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 12)])
async def test_the_figures_lose_no_number(folder, size):
    app = app_on("gallery", GalleryState.of(str(folder)), size)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        pane = await press(pilot, "f")
        lines = pane.query_one("#figures", Words).lines
        assert all(cell_len(plain(line).rstrip()) <= pane.state.sheet.width for line in lines)
        rows = class_lines(pane.state.figures, pane.state.sheet.width, 5, 0)[1:]
        assert len({width_of(row) for row in rows}) == 1
        for row, label in zip(rows, range(4), strict=True):
            assert str(pane.state.figures.counts["train"][label]) in plain(row)


async def test_in_ascii_nothing_moves(folder):
    app = app_on("gallery", GalleryState.of(str(folder), label="猫"), colors="none", unicode=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        lines = texts(pilot)
        assert all(line.isascii() and len(line) <= 80 for line in lines)
        assert any(re.fullmatch(r"  \?\?( +#\d+   \?\?)+ +#\d+", line) for line in lines)
        (status,) = [line for line in lines if " of 22 " in line]
        assert status.endswith("page 1 of 3")
        assert len(status) == 79


def test_printed_columns_line_up(folder, ran):
    done = ran("gallery", folder, "--print")
    assert done.code == 0
    figures = figures_of(load_dataset(str(folder)))
    lines = done.out.splitlines()
    head = next(line for line in lines if line.startswith("class"))
    table = lines[lines.index(head) : lines.index(head) + 2 + len(figures.classes)]
    assert [line.split()[0] for line in table] == ["class", *figures.classes, "all"]
    assert len({tuple(ends(line)[1:]) for line in table}) == 1
