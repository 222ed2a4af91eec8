"""The Gallery pane: keys pressed, states asserted; whole screens as snapshots."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from textual.widgets import Input

from cnntui.panes.conv.state import ConvolutionState
from cnntui.panes.gallery.state import GalleryState
from cnntui.ui.picker import Picker
from cnntui.ui.sheet import SheetView
from cnntui.ui.shell.footer import KeyLine
from tests.panes.driving import SIZES, app_on, notice, pane_of, press, settled, texts

SHAPES = "shapes:count=60,size=16"


def running(text="digits", size=(80, 24), colors="truecolor", unicode=True, **asked):
    app = app_on("gallery", GalleryState.of(text, **asked), size, colors, unicode)
    return app.run_test(size=size)


async def started(pilot):
    await settled(pilot)
    return pane_of(pilot)


def screen(pilot):
    return "\n".join(texts(pilot))


@pytest.fixture
def folder(tmp_path):
    random = np.random.default_rng(0)
    for name in ("cats", "dogs"):
        (tmp_path / name).mkdir()
        for at in range(8):
            pixels = random.integers(0, 256, (24, 24, 3)).astype(np.uint8)
            Image.fromarray(pixels).save(tmp_path / name / f"{at}.png")
    (tmp_path / "cats" / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\nno picture")
    return tmp_path


async def test_it_opens_on_the_digits():
    app = app_on("gallery")
    async with app.run_test(size=(80, 24)) as pilot:
        pane = await started(pilot)
        assert pane.state.data.name == "digits"
        assert pane.state.figures.examples("train") == 1294
        assert "1,294 train" in screen(pilot)
        assert notice(pilot) == ""


async def test_the_arrows_and_letters_move_and_pages_turn():
    async with running() as pilot:
        pane = await started(pilot)
        across, count = pane.state.sheet.plan.columns, pane.state.sheet.plan.count
        for keys, cursor in (
            (("right",), 1),
            (("l", "j"), across + 2),
            (("h", "k"), 1),
            (("left",), 0),
            (("n",), count),
            (("pagedown",), 2 * count),
            (("p", "pageup"), 0),
            (("end",), 1293),
            (("home",), 0),
        ):
            pane = await press(pilot, *keys)
            assert pane.state.sheet.cursor == cursor


async def test_escape_goes_out_one_level():
    async with running() as pilot:
        await started(pilot)
        pane = await press(pilot, "enter")
        assert pane.state.view == "large"
        pane = await press(pilot, "escape")
        assert pane.state.view == "sheet"
        pane = await press(pilot, "f")
        assert pane.state.view == "figures"
        assert "mean" in screen(pilot)
        pane = await press(pilot, "escape")
        assert pane.state.view == "sheet"
        await pilot.press("escape")
        await settled(pilot)
        assert pilot.app.current_mode == "home"


async def test_a_data_set_is_chosen_from_the_list():
    async with running() as pilot:
        await started(pilot)
        await press(pilot, "d")
        assert isinstance(pilot.app.screen, Picker)
        names = [choice.name for choice in pilot.app.screen.all_choices]
        assert names[:3] == ["digits", "shapes", "glyphs"]
        assert "cifar10" in names
        pilot.app.screen.query_one(Input).value = SHAPES
        pane = await press(pilot, "enter")
        assert pane.state.data.shape == (3, 16, 16)
        assert "shapes" in texts(pilot)[0]


async def test_what_is_on_the_disk_is_told(tmp_path):
    async with running(data_dir=tmp_path) as pilot:
        await started(pilot)
        await press(pilot, "d")
        found = {choice.name: choice.summary for choice in pilot.app.screen.all_choices}
        assert found["mnist"].endswith("not found")
        assert found["digits"].endswith("built in")


async def test_a_missing_set_is_said_and_changes_nothing(tmp_path):
    async with running(data_dir=tmp_path) as pilot:
        before = (await started(pilot)).state.data
        await press(pilot, "d")
        pane = await press(pilot, *"mnist", "enter")
        assert "mnist is not in" in notice(pilot)
        assert pane.state.data is before
        pane = await press(pilot, "right")
        assert notice(pilot) == ""
        assert pane.state.sheet.cursor == 1


async def test_a_bad_request_leaves_a_pane_that_can_be_used():
    async with running("no/such/folder") as pilot:
        pane = await started(pilot)
        assert "no/such/folder" in notice(pilot)
        assert pane.state.data is None
        for key in ("space", "enter", "f", "s", "c", "slash", "o", "v", "n", "plus", "r"):
            pane = await press(pilot, key)
        assert not pane.asking
        await press(pilot, "d")
        pane = await press(pilot, *"digits", "enter")
        assert pane.state.data.name == "digits"


@pytest.mark.parametrize("asked", [{"label": "eleven"}, {"index": 5000}])
async def test_a_class_or_index_that_is_not_there_is_said(asked):
    async with running(**asked) as pilot:
        pane = await started(pilot)
        assert "class" in notice(pilot) or "no picture 5000" in notice(pilot)
        assert pane.state.sheet.total == 1294


async def test_it_opens_where_it_was_asked_to():
    async with running(split="test", label=7) as pilot:
        pane = await started(pilot)
        assert (pane.state.split, pane.state.label) == ("test", 7)
        assert "class 7" in screen(pilot)
        assert set(pane.state.part.labels[pane.state.order.indices]) == {7}


async def test_splits_and_classes_by_key():
    async with running() as pilot:
        await started(pilot)
        pane = await press(pilot, "s")
        assert (pane.state.split, pane.state.sheet.total) == ("validation", 144)
        pane = await press(pilot, "right_square_bracket")
        assert pane.state.label == 0
        await press(pilot, "c")
        assert [choice.name for choice in pilot.app.screen.all_choices][:2] == ["all", "0"]
        pane = await press(pilot, "7", "enter")
        assert pane.state.label == 7
        await press(pilot, "c")
        pane = await press(pilot, *"all", "enter")
        assert pane.state.label is None
        pane = await press(pilot, "r")
        assert (pane.state.split, pane.state.sheet.total) == ("train", 1294)


async def test_an_index_is_typed():
    async with running() as pilot:
        await started(pilot)
        pane = await press(pilot, "slash")
        assert pane.asking
        pane = await press(pilot, *"123", "enter")
        assert (pane.asking, pane.state.index) == (False, 123)
        pane = await press(pilot, "colon", *"9999", "enter")
        assert pane.asking
        assert "0 to 1,293" in notice(pilot)
        pane = await press(pilot, "escape")
        assert (pane.asking, pane.state.index) == (False, 123)
        pane = await press(pilot, "right")
        assert pane.state.index != 123


async def test_space_shows_another_page_at_random():
    async with running() as pilot:
        pane = await started(pilot)
        seen = {tuple(pane.state.order.indices[:8])}
        for _ in range(3):
            pane = await press(pilot, "space")
            seen.add(tuple(pane.state.order.indices[:8]))
        assert len(seen) == 4
        assert "seed 2" in screen(pilot)


async def test_sizes_by_key():
    async with running() as pilot:
        pane = await started(pilot)
        count = pane.state.sheet.plan.count
        pane = await press(pilot, "minus")
        assert pane.state.sheet.plan.count > count
        pane = await press(pilot, "plus")
        assert pane.state.sheet.plan.count == count


async def test_numbers_of_the_picture():
    async with running(index=0) as pilot:
        await started(pilot)
        pane = await press(pilot, "v")
        text = screen(pilot)
        for value in pane.state.image.max(axis=(0, 1)):
            assert str(value) in text
        assert pilot.app.screen.query_one("#numbers").display
        await press(pilot, "v")
        assert pilot.app.screen.query_one("#picture").display


@pytest.mark.parametrize(("key", "mode"), [("o", "conv"), ("P", "pool"), ("F", "filters")])
async def test_a_picture_goes_to_another_pane(key, mode):
    async with running(SHAPES, index=3) as pilot:
        pane = await started(pilot)
        values = pane.state.image
        await press(pilot, "enter", key)
        assert pilot.app.current_mode == mode
        found = pane_of(pilot).state
        if isinstance(found, ConvolutionState):
            assert (found.conv.input == values).all()
            assert found.input_name == "shapes train 3"
        await pilot.press("9")
        await settled(pilot)
        assert pilot.app.current_mode == "gallery"


async def test_a_click_chooses_and_another_opens():
    async with running() as pilot:
        pane = await started(pilot)
        at = (pane.state.sheet.plan.tile_width + 3, 2)
        await pilot.click(SheetView, offset=at)
        assert (await press(pilot)).state.sheet.cursor == 1
        await pilot.click(SheetView, offset=at)
        assert (await press(pilot)).state.view == "large"
        assert (await press(pilot, "right")).state.sheet.cursor == 2


async def test_a_folder_tells_what_it_skipped(folder):
    async with running(str(folder)) as pilot:
        pane = await started(pilot)
        assert pane.state.data.classes == ("cats", "dogs")
        assert "bad.png" in notice(pilot)
        await press(pilot, "f")
        assert "note:" in screen(pilot)


async def test_another_size_lays_out_anew():
    async with running() as pilot:
        pane = await started(pilot)
        count = pane.state.sheet.plan.count
        await pilot.resize_terminal(120, 40)
        pane = await started(pilot)
        assert pane.state.sheet.plan.count > count


async def test_the_footer_and_help_tell_the_keys():
    async with running() as pilot:
        await started(pilot)
        line = "".join(
            s.text for strip in pilot.app.screen.query_one(KeyLine).strips for s in strip
        )
        assert line.split()[:5] == ["d", "data", "set", "enter", "large"]
        await press(pilot, "question_mark")
        assert "Convolution stepper" in screen(pilot) or "Gallery" in screen(pilot)


@pytest.mark.parametrize("keys", [(), ("enter",), ("v",), ("f",)])
async def test_a_small_screen_without_unicode_is_ascii(keys):
    async with running(size=(40, 12), colors="none", unicode=False) as pilot:
        await started(pilot)
        await press(pilot, *keys)
        lines = texts(pilot)
        assert all(line.isascii() and len(line) <= 40 for line in lines)
        assert any(character in "".join(lines[2:9]) for character in "#@0")


# whole screens


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("name", "text", "keys"),
    [
        ("sheet", "digits", ("right", "down")),
        ("colour", SHAPES, ()),
        ("large", "digits", ("right", "enter")),
        ("figures", "digits", ("f",)),
    ],
)
async def test_snapshots(snapshot, size, name, text, keys):
    async with running(text, size) as pilot:
        await started(pilot)
        await press(pilot, *keys)
        snapshot(pilot, f"gallery_{name}_{size[0]}x{size[1]}")


async def test_snapshot_without_colour(snapshot):
    async with running(colors="none") as pilot:
        await started(pilot)
        await press(pilot, "right")
        snapshot(pilot, "gallery_no_colour")
