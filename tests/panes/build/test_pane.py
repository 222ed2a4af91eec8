"""The Build pane: keys typed, states asserted; whole screens as snapshots."""

from __future__ import annotations

import pytest
from textual.events import Paste

from cnntui.app import laboratory
from cnntui.ground.lines import plain
from cnntui.panes.build.pane import BuildingPane
from cnntui.panes.layers.state import LayersState
from cnntui.settings import Settings
from cnntui.sources.networks import read_network
from cnntui.ui.prompt import Prompt
from cnntui.ui.shell.laboratory import Laboratory
from cnntui.ui.shell.notice import Notice
from cnntui.ui.terminal import Terminal
from tests.panes.driving import pressed
from tests.waiting import settled

SIZES = [(80, 24), (120, 40)]


def app_of(size=(80, 24), colors="truecolor", unicode=True):
    terminal = Terminal(*size, colors, unicode, True, "")
    app = laboratory(Laboratory, terminal, Settings(), "build")
    app.after_first_frame = None
    return app


async def press(pilot, *keys):
    named = {" ": "space", "/": "slash", ".": "full_stop"}
    await pressed(pilot, *(named.get(key, key) for key in keys))
    return pane_of(pilot)


def pane_of(pilot):
    return pilot.app.screen_stack[0].query(BuildingPane).first() if on_it(pilot) else None


def on_it(pilot):
    return pilot.app.current_mode == "build"


def notice(pilot):
    found = pilot.app.screen.query_one(Notice)
    return str(found.content) if found.display else ""


async def test_it_opens_on_the_mnist_net_and_its_table():
    async with app_of().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        state = pane_of(pilot).state
        assert state.text == read_network("mnist_cnn").text
        assert state.params == state.current.trace.total_params == 225_034
        assert pane_of(pilot).editor.has_focus


async def test_typing_updates_the_totals_and_the_table():
    async with app_of().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        pane = await press(pilot, "down", "down", "end", *" bn")
        assert "conv 32 3 relu bn" in pane.state.text
        assert pane.state.params == pane.state.current.trace.total_params == 225_034 + 64
        pane = await press(pilot, "x")
        assert pane.state.fault is not None
        assert not pane.table.frame.rows
        assert plain(pane.errors.lines[0]).startswith("line 3:")


@pytest.mark.parametrize("key", ["f2", "ctrl+t"])
async def test_the_first_fix_is_put_in_and_undone(key):
    async with app_of().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        pane = await press(pilot, "down", "down", "down", "x", key)
        assert pane.state.text == read_network("mnist_cnn").text
        assert pane.editor.cursor_location[0] == 3
        pane = await press(pilot, "ctrl+z")
        assert pane.state.mendable.line == 4


async def test_letters_are_text_and_escape_leaves():
    async with app_of().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        pane = await press(pilot, *"1?jq")
        assert pane.state.text.startswith("1?jq# Hand")
        assert pilot.app.current_mode == "build"
        pane = await press(pilot, "ctrl+z", "escape", "j", "j")
        assert not pane.editor.has_focus
        assert pane.state.layers.cursor == 2
        pane = await press(pilot, "e", "x")
        text = pane.state.text
        await press(pilot, "escape", "escape")
        assert pilot.app.current_mode == "home"
        pane = await press(pilot, "5")
        assert pane.state.text == pane.editor.text == text


async def test_escape_leaves_a_wrong_text_too():
    async with app_of().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        pane = await press(pilot, "down", "x", "escape")
        assert not pane.editor.has_focus
        pane = await press(pilot, "enter", "delete", "backspace", "i")
        assert pane.editor.has_focus
        assert pane.state.fault is None


async def test_reset_takes_the_opened_text():
    async with app_of().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        pane = await press(pilot, "down", *"xyz", "escape", "r")
        assert pane.editor.text == pane.state.text == read_network("mnist_cnn").text
        pane = await press(pilot, "space", "ctrl+z")
        assert "xyz" in pane.state.text


async def test_help_opens_from_the_text():
    async with app_of().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "f1")
        assert len(pilot.app.screen_stack) == 2


async def test_a_sample_and_a_file_are_opened(tmp_path):
    (tmp_path / "own.txt").write_text("input 1x9x9\nconv 2 3\n")
    async with app_of().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        pane = await press(pilot, "ctrl+o", *"lenet", "enter")
        assert pane.state.params == 61_706
        assert not pane.state.changed
        pane = await press(pilot, "ctrl+o", Paste(str(tmp_path / "own.txt")), "enter")
        assert pane.state.current.trace.total_params == 20
        pane = await press(pilot, "ctrl+o", Paste(str(tmp_path / "none.txt")), "enter")
        assert "no such file" in notice(pilot)
        assert pane.editor.text == "input 1x9x9\nconv 2 3\n"


async def test_saving_asks_before_it_writes_over(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mnist_cnn.txt").write_text("mine")
    async with app_of().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        pane = await press(pilot, "ctrl+s", "enter")
        assert "once more" in notice(pilot)
        assert (tmp_path / "mnist_cnn.txt").read_text() == "mine"
        pane = await press(pilot, "enter")
        assert (tmp_path / "mnist_cnn.txt").read_text() == pane.state.text
        assert not pilot.app.screen.query_one(Prompt).asking
        assert pane.editor.has_focus
        await press(pilot, "ctrl+s", "home", *"no/", "enter")
        assert "nothing was written" in notice(pilot)
        assert pilot.app.screen.query_one(Prompt).asking
        pane = await press(pilot, "escape")
        assert pane.editor.has_focus
        assert notice(pilot) == ""


async def test_code_is_exported_once_the_text_is_right(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with app_of().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "ctrl+e", "enter")
        assert "class Net(nn.Module)" in (tmp_path / "mnist_cnn.py").read_text()
        await press(pilot, "down", "x", "ctrl+e")
        assert "line 2" in notice(pilot)
        assert not pilot.app.screen.query_one(Prompt).asking


async def test_the_network_opens_in_the_layers_pane():
    async with app_of().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "f4")
        assert pilot.app.current_mode == "layers"
        state = pilot.app.screen.pane.state
        assert isinstance(state, LayersState)
        assert state.trace.total_params == 225_034


@pytest.mark.parametrize("size", [(40, 12), (20, 8), (200, 60)])
async def test_other_sizes_and_scrolling(size):
    async with app_of(size).run_test(size=size) as pilot:
        await settled(pilot)
        pane = await press(pilot, *["down"] * 11, *"relu", "enter", *"bn")
        assert pane.state.text.endswith("dense 10\nrelu\nbn")
        pane = await press(pilot, "x")
        assert pane.state.errors[0].line == 13


def test_bindings_are_told_and_few_are_in_the_footer():
    bindings = BuildingPane.own_bindings()
    assert all(each.id and each.tooltip for each in bindings)
    assert len({each.id for each in bindings}) == len(bindings)
    assert sum(each.show for each in bindings) <= 4


@pytest.mark.parametrize("size", SIZES)
async def test_screens(size, snapshot):
    async with app_of(size).run_test(size=size) as pilot:
        await settled(pilot)
        snapshot(pilot, f"building_{size[0]}x{size[1]}")
        await press(pilot, "down", "down", "x", *["down"] * 4, "home", "delete")
        snapshot(pilot, f"building_wrong_{size[0]}x{size[1]}")


async def test_screen_without_colour(snapshot):
    async with app_of(colors="none", unicode=False).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "escape", "j")
        snapshot(pilot, "building_no_colour")
