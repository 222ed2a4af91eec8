"""The Training pane: keys pressed, states asserted, a start that writes; screens as snapshots."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from textual.widgets import Input

import cnntui.panes.watch.pane  # noqa: F401 - imported while runs_folder is the real one
from cnntui.ground.lines import plain
from cnntui.panes.train.fields import fields_of
from cnntui.panes.train.state import SetupState
from cnntui.training.recipes import recipe
from cnntui.ui.picker import Picker
from cnntui.ui.shell.pane import Pane
from cnntui.ui.words import Words
from tests.panes.driving import SIZES, app_on, notice, press, settled, texts

LENET = recipe("digits-lenet5").config


@pytest.fixture(autouse=True)
def runs(monkeypatch):
    """No test writes where a user's runs lie."""
    monkeypatch.setattr("cnntui.settings.runs_folder", lambda: Path("/runs"))


def app(size=(80, 24), state=None, **terminal):
    return app_on("train", state or SetupState.of(LENET), size, **terminal)


def figures(pilot):
    lines = pilot.app.screen_stack[0].query_one("#figures", Words).lines
    return "\n".join(plain(each) for each in lines)


async def test_it_opens_on_the_first_recipe_and_knows_its_figures():
    async with app_on("train").run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        pane = await press(pilot)
        assert pane.state.config == recipe("digits").config
        assert pane.state.known.pictures.classes == 10
        assert not notice(pilot)


async def test_arrows_walk_and_change():
    async with app().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        pane = await press(pilot, *["down"] * 7, "right")
        assert pane.state.config.batch_size == 128
        assert "11 steps an epoch, 660 in all" in figures(pilot)
        pane = await press(pilot, "h", "h")
        assert pane.state.config.batch_size == 32
        pane = await press(pilot, "j", "l")
        assert pane.state.config.optimizer == "sgd"
        pane = await press(pilot, "k", "backspace")
        assert pane.state.config.batch_size == 64
        pane = await press(pilot, "r")
        assert pane.state.config == LENET


async def test_every_setting_is_reached_at_80_by_24():
    async with app().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        for at, field in enumerate(fields_of(LENET)):
            pane = await press(pilot, *(["j"] if at else []))
            assert pane.state.field == field
            assert any(line.startswith(f" ▸ {field.label}") for line in texts(pilot))
        await press(pilot, "home")
        assert (await press(pilot, "tab")).state.at == "net"
        assert (await press(pilot, "tab", "tab")).state.at == "device"
        assert (await press(pilot, "end")).state.at == "seed"


async def test_values_are_typed_and_wrong_ones_refused():
    async with app().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        pane = await press(pilot, *["j"] * 6, "enter", *"12", "enter")
        assert pane.state.config.epochs == 12
        assert not pane.asking
        pane = await press(pilot, "space", *"lots", "enter")
        assert pane.state.config.epochs == 12
        assert pane.asking
        assert "no epochs" in notice(pilot)
        pane = await press(pilot, "escape")
        assert not pane.asking
        pane = await press(pilot, "j", "j", "j", "enter", *"3e-4", "enter")
        assert pane.state.config.lr == 3e-4


async def picked(pilot, key, text):
    """Open a list, write into its field, and take what it finds."""
    await press(pilot, key)
    assert isinstance(pilot.app.screen, Picker)
    pilot.app.screen.query_one(Input).value = text
    return await press(pilot, "enter")


async def test_data_sets_are_listed_with_where_they_are_and_taken():
    async with app().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "enter")
        assert any("always here" in line for line in texts(pilot))
        await press(pilot, "escape")
        pane = await picked(pilot, "d", "digits:split=writers")
        assert pane.state.config.dataset == "digits:split=writers"
        assert sum(pane.state.known.pictures.images) == 1797
        assert pane.state.known.pictures.images[2] == 899


async def test_networks_augmentations_and_recipes_are_listed_and_taken():
    async with app().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        pane = await picked(pilot, "a", "cutout")
        assert "cutout=0.25" in pane.state.config.augment
        pane = await picked(pilot, "n", "mnist_cnn")
        assert pane.state.config.net == "mnist_cnn"
        pane = await picked(pilot, "R", "digits-lenet5")
        assert pane.state.config == LENET
        await press(pilot, "tab", *["j"] * 2)
        pane = await picked(pilot, "enter", "sgd")
        assert pane.state.config.optimizer == "sgd"


async def test_what_cannot_be_trained_is_shown_and_not_started(tmp_path, monkeypatch):
    monkeypatch.setattr("cnntui.settings.runs_folder", lambda: tmp_path)
    async with app().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        pane = await press(pilot, "j", "j", "enter", *"8", "enter")
        assert "can't take pictures of 1x8x8" in figures(pilot)
        pane = await press(pilot, "g")
        assert "can't start: lenet5" in notice(pilot)
        assert not pane.state.starting
        assert not list(tmp_path.iterdir())
        pane = await press(pilot, "backspace")
        assert "61,706 parameters" in figures(pilot)
        assert not notice(pilot)


async def test_a_start_writes_a_run_and_opens_its_curves(tmp_path, monkeypatch):
    monkeypatch.setattr("cnntui.settings.runs_folder", lambda: tmp_path)
    commands, wanted = [], []

    class Worker:
        def __init__(self, command, **options):
            self.args = command
            commands.append(command)

        def poll(self):
            return None

    monkeypatch.setattr("subprocess.Popen", Worker)
    monkeypatch.setattr("cnntui.training.launching._workers", [])
    monkeypatch.setattr(
        "cnntui.ui.shell.laboratory.Laboratory.on_pane_wanted",
        lambda _, event: wanted.append(event),
    )
    async with app().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        pane = await press(pilot, *["j"] * 6, "enter", *"2", "enter", "g")
        assert not pane.state.starting
    (run,) = tmp_path.iterdir()
    kept = json.loads((run / "config.json").read_text())
    assert (kept["net"], kept["epochs"], kept["device"]) == ("lenet5", 2, "cpu")
    assert kept["threads"] >= 1
    assert commands[0][1:] == ["-m", "cnntui.training.worker", str(run), "--nice", "10"]
    assert isinstance(wanted[0], Pane.Wanted)
    assert wanted[0].pane == "watch"
    assert wanted[0].state.runs == (run,)


async def test_a_run_that_goes_on_shows_its_settings():
    state = SetupState.resuming(Path("/runs/digits-lenet5-1f3a"), LENET)
    async with app(state=state).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        pane = await press(pilot, "l")
        assert pane.state.config.threads == 1
        pane = await press(pilot, "home", "l")
        assert pane.state.config.dataset == "digits"
        assert "own settings" in notice(pilot)
        await press(pilot, "enter")
        assert not isinstance(pilot.app.screen, Picker)


async def test_a_built_network_that_comes_again_is_looked_at_again():
    text = "input 1x8x8\nflatten\ndense 10\n"
    async with app(state=SetupState.with_text("mine", text)).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert "650 parameters" in figures(pilot)  # 64 × 10 + 10
        pane = await press(pilot)
        pane.open_state(SetupState.with_text("mine", text))
        await settled(pilot)
        assert "650 parameters" in figures(pilot)


async def test_a_click_chooses_and_a_second_one_changes():
    async with app().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.click("#form", offset=(5, 8))  # a group's title
        assert (await press(pilot)).state.at == "dataset"
        await pilot.click("#form", offset=(5, 7))
        assert (await press(pilot)).state.at == "net"
        assert not isinstance(pilot.app.screen, Picker)
        await pilot.click("#form", offset=(5, 7))
        await settled(pilot)
        assert isinstance(pilot.app.screen, Picker)


@pytest.mark.parametrize("size", SIZES)
async def test_screens(size, snapshot):
    async with app(size).run_test(size=size) as pilot:
        await settled(pilot)
        await press(pilot, *["j"] * 8, "l")
        snapshot(pilot, f"training_{size[0]}x{size[1]}")


async def test_the_screen_without_colour_in_ascii(snapshot):
    async with app(colors="none", unicode=False).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert all(line.isascii() for line in texts(pilot))
        snapshot(pilot, "training_no_colour")
