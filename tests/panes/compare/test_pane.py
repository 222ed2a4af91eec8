"""The Compare pane: keys pressed, states asserted; whole screens as snapshots."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from cnntui.app import laboratory
from cnntui.ground.lines import plain
from cnntui.panes.compare.pane import ComparingPane
from cnntui.settings import Settings
from cnntui.ui.prompt import Prompt
from cnntui.ui.shell.laboratory import Laboratory
from cnntui.ui.shell.notice import Notice
from cnntui.ui.terminal import Terminal
from cnntui.ui.words import Words
from tests.waiting import settled

SIZES = [(80, 24), (120, 40)]


def app_of(size=(80, 24), colors="truecolor", unicode=True):
    terminal = Terminal(*size, colors, unicode, True, "")
    app = laboratory(Laboratory, terminal, Settings(), "compare")
    app.after_first_frame = None
    return app


def pane_of(pilot):
    return pilot.app.screen_stack[0].query_one(ComparingPane)


async def press(pilot, *keys):
    for key in keys:
        await pilot.press(key)
        await settled(pilot)
    return pane_of(pilot)


def body(pilot):
    return "\n".join(plain(each) for each in pane_of(pilot).query_one("#body", Words).lines)


def notice(pilot):
    return pilot.app.screen.query_one(Notice).display


async def test_it_opens_on_two_networks():
    async with app_of().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        pair = pane_of(pilot).state.pair
        assert [each.name for each in pair] == ["resnet18", "mobilenet_v2"]
        assert [each.params for each in pair] == [11_689_512, 3_504_872]
        assert "3,504,872" in body(pilot)
        assert "11,689,512" in body(pilot)


async def test_letters_and_v_go_through_the_views():
    async with app_of().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        for key, view in zip("abcdef", ("nets", "sizes", "errors", "scaling", "dense", "separable"), strict=True):  # fmt: skip  # noqa: E501
            assert (await press(pilot, key)).state.view == view
        assert (await press(pilot, "v")).state.view == "nets"
        assert (await press(pilot, "V")).state.view == "separable"


async def test_networks_are_chosen_and_exchanged():
    async with app_of().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        pane = await press(pilot, "m", *"lenet5", "enter")
        assert pane.state.pair[1].params == 61_706
        pane = await press(pilot, "w")
        assert pane.state.names == ("lenet5", "resnet18")
        before = pane.state.pair
        pane = await press(pilot, "n", *"own.py", "colon", "net", "enter")
        assert pane.state.pair == before
        assert pane.state.names == ("lenet5", "resnet18")
        assert notice(pilot)


async def test_numbers_change_with_arrows_brackets_and_typing():
    async with app_of().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        pane = await press(pilot, "e", "right", "down", "right_square_bracket", "j", "h")
        assert (pane.state.dense.channels, pane.state.dense.height) == (4, 448)
        assert pane.state.dense.width == 223
        pane = await press(pilot, "enter", *"100", "enter")
        assert pane.state.dense.width == 100
        assert not pilot.app.screen.query_one(Prompt).asking
        pane = await press(pilot, "r")
        assert pane.state.dense.inputs == 150_528
        pane = await press(pilot, "d", "right", "right", "l")
        assert pane.state.phi == 1.5
        assert "1.2^1.5" in body(pilot)


async def test_a_bad_number_is_said_and_changes_nothing():
    async with app_of().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        pane = await press(pilot, "f", "enter", *"zero", "enter")
        assert pane.state.separable.inputs == 64
        assert notice(pilot)
        await press(pilot, "right")
        assert not notice(pilot)
        pane = await press(pilot, "enter", *"7", "escape")
        assert pane.state.separable.inputs == 65


async def test_sizes_sort_and_scroll():
    async with app_of().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        pane = await press(pilot, "b", "s")
        assert "Tiny VGG" in body(pilot)
        pane = await press(pilot, "down", "down", "pagedown")
        assert pane.state.top > 2
        assert "Tiny VGG" not in body(pilot)
        await press(pilot, "space", "space", "space", "space")
        assert "lines above" in body(pilot)
        await press(pilot, "pageup", "pageup", "pageup", "pageup")
        assert "Tiny VGG" in body(pilot)


@pytest.mark.parametrize("size", [(40, 12), (60, 20), (200, 60)])
async def test_other_sizes_of_the_screen(size):
    async with app_of(size).run_test(size=size) as pilot:
        await settled(pilot)
        for key in "abcdef":
            await press(pilot, key, "down", "right")
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert len(pane_of(pilot).query_one("#body", Words).lines) <= 20


async def test_every_view_is_written(tmp_path):
    async with app_of().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        for key in "abcdef":
            await press(pilot, key, "x")
            file = tmp_path / f"{key}.csv"
            pilot.app.screen.query_one(Input).value = str(file)
            await press(pilot, "enter")
            assert not pane_of(pilot).asking
            assert len(file.read_text().splitlines()) > 2
        await press(pilot, "x")
        pilot.app.screen.query_one(Input).value = str(tmp_path / "f.csv")
        before = (tmp_path / "f.csv").read_text()
        await press(pilot, "left", "enter")
        assert pane_of(pilot).asking  # it is there already
        (tmp_path / "f.csv").write_text("other\n")
        await press(pilot, "enter")
        assert (tmp_path / "f.csv").read_text() == before


async def test_a_network_of_the_users_own_is_asked_for_its_input(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text("from torch import nn\ndef net():\n    return nn.Conv2d(3, 8, 3)\n")
    async with app_of().run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        for answer in ("escape", "enter"):
            await press(pilot, "m")
            pilot.app.screen.query_one(Input).value = f"{file}:net"
            await press(pilot, "enter")
            assert pane_of(pilot).asking
            pilot.app.screen.query_one(Input).value = "3x8x8"
            pane = await press(pilot, answer)
            assert not pane.asking
            assert pane.state.pair[1].params == (3_504_872 if answer == "escape" else 8 * 28)
        assert pane.state.names == ("resnet18", "net (yours)")


def test_bindings_are_told_and_few_are_in_the_footer():
    bindings = ComparingPane.own_bindings()
    assert all(each.id and each.tooltip for each in bindings)
    assert len({each.id for each in bindings}) == len(bindings)
    keys = [key for each in bindings for key in each.key.split(",")]
    assert len(set(keys)) == len(keys)
    assert sum(each.show for each in bindings) <= 4


@pytest.mark.parametrize("size", SIZES)
async def test_screens(size, snapshot):
    async with app_of(size).run_test(size=size) as pilot:
        await settled(pilot)
        for key in "abcdef":
            await press(pilot, key)
            snapshot(pilot, f"comparing_{key}_{size[0]}x{size[1]}")


async def test_screen_without_colour(snapshot):
    async with app_of(colors="none", unicode=False).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "d", "right")
        snapshot(pilot, "comparing_no_colour")
