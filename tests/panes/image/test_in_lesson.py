"""The Pictures pane beside a lesson's words: it lays out for its own room, not the screen's."""

from __future__ import annotations

import pytest
import torch  # noqa: F401 - imported by the test itself, not in a thread
from textual import events

from cnntui.ground.lines import plain
from cnntui.panes.image.pane import PicturesPane
from cnntui.panes.image.state import MODES
from cnntui.panes.learn.state import LearningState
from cnntui.ui.words import Words
from tests.panes.driving import SIZES, app_on, press, settled


@pytest.fixture(autouse=True)
def no_progress(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def running(size):
    return app_on("learn", LearningState.of("pictures"), size).run_test(size=size)


async def beside(pilot):
    await settled(pilot)
    await settled(pilot)
    return pilot.app.screen.query_one(PicturesPane)


def outside(pane):
    """Return what is on view and does not lie within the pane."""
    shown = [each for each in pane.query("Words, PictureView, SheetView, GridView") if each.display]
    shown = [each for each in shown if each.region]
    assert {"heading", "modes", "status"} <= {each.id for each in shown}
    return [each.id for each in shown if not pane.region.contains_region(each.region)]


@pytest.mark.parametrize("size", SIZES)
async def test_every_part_fits_beside_the_words(size):
    async with running(size) as pilot:
        pane = await beside(pilot)
        assert pane.size.height < size[1] - 2
        for mode in MODES:
            pane.state = pane.state.shown(mode)
            await settled(pilot)
            assert not outside(pane), mode
        pane.state = pane.state.shown("numbers").zoomed(9)
        await settled(pilot)
        assert pane.state.in_cells
        assert not outside(pane)


async def test_what_the_cursor_changes_is_seen_in_the_few_lines_there_are():
    async with running((80, 24)) as pilot:
        pane = await beside(pilot)
        for mode, seen in (
            ("numbers", ("192", "151", "123")),
            ("channels", ("red 192", "green 151", "blue 123")),
            ("preprocess", ("0.7529", "/ deviation")),
        ):
            pane.state = pane.state.shown(mode)
            await settled(pilot)
            words = "\n".join(map(plain, pane.query_one("#words", Words).lines))
            assert not [text for text in seen if text not in words], mode
        pane.state = pane.state.shown("augment").moved(14, 0)
        await settled(pilot)
        assert "> combined" in "\n".join(map(plain, pane.query_one("#words", Words).lines))


async def test_a_resize_that_is_not_told_is_noticed(monkeypatch):
    """Textual sends none where a lookup of widgets comes between a mount and its layout."""
    own = PicturesPane.post_message

    def without_resize(self, message):
        return True if type(message) is events.Resize else own(self, message)

    monkeypatch.setattr(PicturesPane, "post_message", without_resize)
    async with running((80, 24)) as pilot:
        assert not outside(await beside(pilot))


async def test_the_first_task_is_done_by_its_keys():
    async with running((80, 24)) as pilot:
        pane = await beside(pilot)
        assert not pane.state.in_cells
        await press(pilot, "plus", "plus", "plus", "plus")
        assert pane.state.in_cells
