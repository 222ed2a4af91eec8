"""The Pictures pane: keys pressed, states asserted; whole screens as snapshots."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from textual.widgets import Input

from cnntui.panes.image import ABOUT
from cnntui.panes.image.pane import PicturesPane
from cnntui.panes.image.state import MODES, PicturesState
from cnntui.ui.grid import GridView
from cnntui.ui.picker import Picker
from cnntui.ui.picture import PictureView
from cnntui.ui.sheet import SheetView
from cnntui.ui.shell.footer import KeyLine
from tests.panes.driving import SIZES, app_on, notice, pane_of, press, settled, texts


def running(name="chelsea", size=(80, 24), colors="truecolor", unicode=True, **more):
    app = app_on("image", PicturesState.open(name, **more), size, colors, unicode)
    return app.run_test(size=size)


async def started(pilot):
    await settled(pilot)
    return pane_of(pilot)


def screen(pilot):
    return "\n".join(texts(pilot))


def test_what_it_says_of_itself():
    assert (ABOUT["title"], ABOUT["commands"][0], ABOUT["key"]) == ("Pictures", "image", "f8")
    assert len(ABOUT["summary"]) <= 60
    bindings = PicturesPane.own_bindings()
    assert all(each.id and each.tooltip for each in bindings)
    keys = [key for each in bindings for key in each.key.split(",")]
    assert len(set(keys)) == len(keys)
    assert sum(each.show for each in bindings) <= 4


async def test_it_opens_on_the_cat_by_itself():
    app = app_on("image")
    async with app.run_test(size=(80, 24)) as pilot:
        pane = await started(pilot)
        assert pane.state.photo.source.name == "chelsea"
        assert "68,160 pixels, 204,480 values" in screen(pilot)
        shown = [s.text for s in pilot.app.screen.query_one(KeyLine).strips[0]]
        assert len(shown) <= 12  # a key and its word, six times


async def test_tab_goes_through_the_parts():
    async with running() as pilot:
        await started(pilot)
        for mode in (*MODES[1:], MODES[0], MODES[1]):
            pane = await press(pilot, "tab")
            assert pane.state.mode == mode
            assert f"▸{mode}" in texts(pilot)[1]
        pane = await press(pilot, "shift+tab", "shift+tab")
        assert pane.state.mode == "augment"


async def test_the_cursor_moves_by_arrows_and_letters():
    async with running() as pilot:
        await started(pilot)
        for keys, cursor in (
            (("right",), (106, 161)),
            (("l", "j"), (107, 162)),
            (("left", "h", "up", "k"), (105, 160)),
            (("L",), (105, 192)),
            (("shift+down",), (137, 192)),
            (("H", "K"), (105, 160)),
            (("home",), (0, 0)),
            (("end",), (212, 319)),
        ):
            pane = await press(pilot, *keys)
            assert pane.state.cursor == cursor
        red, green, blue = (int(value) for value in pane.state.pixel)
        assert f"#{red:02x}{green:02x}{blue:02x}" in screen(pilot)


async def test_plus_zooms_to_the_cells_and_minus_back():
    async with running() as pilot:
        pane = await started(pilot)
        for _ in range(pane.state.most_zoom):
            pane = await press(pilot, "plus")
        assert pane.state.in_cells
        boards = [grid for grid in pilot.app.screen.query(GridView) if grid.display]
        assert len(boards) == 3
        assert not pilot.app.screen.query_one(PictureView).display
        assert f"[{int(pane.state.pixel[0])}]" in screen(pilot)
        await press(pilot, "space", "space")
        assert [grid.display for grid in pilot.app.screen.query(GridView)] == [True, False, False]
        for _ in range(pane.state.most_zoom):
            pane = await press(pilot, "minus")
        assert pane.state.zoom == 0


async def test_space_and_r_do_something_in_every_part():
    async with running() as pilot:
        pane = await started(pilot)
        for _ in MODES:
            before = pane.state
            pane = await press(pilot, "space")
            assert pane.state is not before
            pane = await press(pilot, "r")
            assert pane.state.space == "rgb"
            pane = await press(pilot, "tab")


async def test_a_pixel_is_typed():
    async with running() as pilot:
        await started(pilot)
        await press(pilot, "slash")
        assert pane_of(pilot).asking
        pilot.app.screen.query_one(Input).value = "999, 1"
        await press(pilot, "enter")
        assert "rows are 0 to 212" in notice(pilot)
        pilot.app.screen.query_one(Input).value = "3, 4"
        pane = await press(pilot, "enter")
        assert pane.state.cursor == (3, 4)
        assert not pane.asking
        await press(pilot, "slash")
        pane = await press(pilot, "escape")
        assert (pane.asking, pane.state.cursor) == (False, (3, 4))


async def test_a_picture_is_chosen_or_typed(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (6, 9, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "own.png")
    async with running() as pilot:
        await started(pilot)
        pane = await press(pilot, "i", *"coff", "enter")
        assert pane.state.photo.source.name == "coffee"
        await press(pilot, "i")
        pilot.app.screen.query_one(Input).value = str(tmp_path / "own.png")
        pane = await press(pilot, "enter")
        assert pane.state.photo.size == (6, 9)
        await press(pilot, "i")
        pilot.app.screen.query_one(Input).value = str(tmp_path / "none.png")
        pane = await press(pilot, "enter")
        assert "no such file" in notice(pilot)
        assert pane.state.photo.size == (6, 9)


async def test_a_preprocessing_is_chosen_or_a_data_sets():
    async with running() as pilot:
        await started(pilot)
        await press(pilot, "p")
        assert isinstance(pilot.app.screen, Picker)
        pane = await press(pilot, *"caff", "enter")
        assert (pane.state.mode, pane.state.recipe.name) == ("preprocess", "caffe")
        assert "✓ torch, 68,160 pixels" in screen(pilot)
        pane = await press(pilot, "p", *"digits", "enter")
        assert pane.state.recipe.name == "digits"
        assert "grey by ITU-R" in screen(pilot)
        assert notice(pilot) == ""


async def test_augmentations_are_strengthened_combined_and_typed():
    async with running(mode="augment") as pilot:
        await started(pilot)
        pane = await press(pilot, "down", "down", "right")
        assert pane.state.augmenting.strength("zoom") == 0.2
        assert "zoom" not in pane.state.augmenting.chosen
        pane = await press(pilot, "enter", "f", "space")
        assert "zoom" in pane.state.augmenting.chosen
        assert (pane.state.augmenting.fill, pane.state.augmenting.seed) == ("edge", 1)
        assert "seed 1" in screen(pilot)
        await press(pilot, "a")
        pilot.app.screen.query_one(Input).value = "flop"
        await press(pilot, "enter")
        assert "did you mean flip" in notice(pilot)
        pilot.app.screen.query_one(Input).value = "rotate=45"
        pane = await press(pilot, "enter")
        assert str(pane.state.augmenting.combination) == "rotate=45"
        assert "rotate=45" in screen(pilot)


async def test_methods_of_resizing_are_compared():
    async with running(mode="resize") as pilot:
        await started(pilot)
        pane = await press(pilot, "right", "right", "down")
        assert (pane.state.method, pane.state.target) == (2, 1)
        assert "bilinear: weights" in screen(pilot)
        assert pilot.app.screen.query_one(SheetView).frame.cursor == 2
        await pilot.click(SheetView, offset=(5, 2))
        await settled(pilot)
        assert pane_of(pilot).state.method == 0


async def test_the_screen_may_change_its_size():
    async with running() as pilot:
        await started(pilot)
        await pilot.resize_terminal(120, 40)
        await settled(pilot)
        assert pilot.app.screen.query_one(PictureView).frame.width == 82
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert pilot.app.screen.query_one(PictureView).frame.width == 42


@pytest.mark.parametrize("size", [(40, 12), (60, 20), (200, 60)])
async def test_other_sizes_of_the_screen(size):
    async with running(size=size) as pilot:
        await started(pilot)
        for mode in MODES[1:]:
            pane = await press(pilot, "tab")
            assert pane.state.mode == mode
            assert pane.frame.modes
            assert notice(pilot) == ""


@pytest.mark.parametrize("size", SIZES)
async def test_screens(size, snapshot):
    async with running(size=size) as pilot:
        await started(pilot)
        for mode in MODES:
            snapshot(pilot, f"pictures_{mode}_{size[0]}x{size[1]}")
            await press(pilot, "tab")


async def test_the_screen_of_cells(snapshot):
    async with running() as pilot:
        await started(pilot)
        await press(pilot, *["plus"] * 4)
        snapshot(pilot, "pictures_cells_80x24")


@pytest.mark.parametrize("mode", ["numbers", "augment"])
async def test_screens_without_colour(mode, snapshot):
    async with running(colors="none", unicode=False, mode=mode) as pilot:
        await started(pilot)
        snapshot(pilot, f"pictures_{mode}_no_colour")
        assert screen(pilot).isascii()
