"""The list of networks beside the table, training memory, and the ways into other panes."""

from __future__ import annotations

import csv
import json

import pytest
import torch
from textual.widgets import Input

from cnntui.errors import UserError
from cnntui.models.naming import known_nets
from cnntui.models.opening import NetRequest
from cnntui.panes.build.state import BuildingState
from cnntui.panes.layers.net_table import NetTable
from cnntui.panes.layers.state import LayersState
from cnntui.sources.networks import NetworkText
from tests.opened import open_network
from tests.panes.driving import app_on, notice, pane_of, press, settled, texts

LENET = open_network("lenet5")
OWN = (
    "from torch import nn\n"
    "def net():\n"
    "    head = nn.Linear(36, 2)\n"
    "    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.MaxPool2d(2), nn.Flatten(), head)\n"
    "def fails():\n"
    "    raise RuntimeError('no luck')\n"
)
PARAMS = 3 * 3 * 3 * 4 + 4 + 36 * 2 + 2


def running(opening=None, size=(120, 40)):
    opening = LayersState.of(LENET) if opening is None else opening
    return app_on("layers", opening, size).run_test(size=size)


async def typed(pilot, key, text):
    """Press a key that asks and answer it."""
    await press(pilot, key)
    return await answered(pilot, text)


async def answered(pilot, text):
    pilot.app.screen.query_one(Input).value = text
    return await press(pilot, "enter")


@pytest.fixture
def own(tmp_path):
    file = tmp_path / "mymodel.py"
    file.write_text(OWN)
    return f"{file}:"


# the list


async def test_tab_goes_to_the_list_and_enter_opens_a_network():
    async with running() as pilot:
        await settled(pilot)
        pane = pane_of(pilot)
        assert pane.nets.display
        assert pane.table.has_focus
        assert pane.nets.frame.cursor == -1  # the keys are not there
        screen = "\n".join(texts(pilot))
        assert "61.1 M     8  56.5" in screen  # AlexNet
        await press(pilot, "tab", "j", "j", "k")
        assert pane.nets.has_focus
        assert pane.nets.frame.cursor == 1
        assert pane.nets.state.chosen.name == "alexnet"
        assert pane.state.cursor == 0
        pane = await press(pilot, "enter")
        assert pane.state.trace.total_params == 61_100_840
        assert pane.nets.state.opened == "alexnet"
        await press(pilot, "tab", "j")
        assert (pane.state.cursor, pane.nets.state.chosen.name) == (1, "alexnet")


async def test_the_list_is_searched_sorted_and_written(tmp_path, own):
    async with running() as pilot:
        await settled(pilot)
        pane = pane_of(pilot)
        await press(pilot, "tab")
        await typed(pilot, "slash", "mobilenet")
        assert pane.nets.has_focus
        assert {net.name for net in pane.nets.state.nets} == {
            net.name for net in known_nets() if "mobilenet" in f"{net.name} {net.idea}".lower()
        }
        await typed(pilot, "slash", "nothing")
        assert "no network's name" in notice(pilot)
        await press(pilot, "s")
        params = [net.params for net in pane.nets.state.nets]
        assert params == sorted(params, reverse=True)
        await typed(pilot, "x", str(tmp_path / "nets.csv"))
        written = csv.DictReader((tmp_path / "nets.csv").read_text().splitlines())
        assert [int(row["params"]) for row in written] == params
        await press(pilot, "r")
        assert len(pane.nets.state.nets) == len(known_nets())
        await typed(pilot, "slash", f"{own}net")
        pane = await answered(pilot, "3x8x8")
        assert pane.state.trace.total_params == PARAMS


async def test_clicks_choose_then_open_and_sort():
    async with running() as pilot:
        await settled(pilot)
        pane = pane_of(pilot)
        await pilot.click(NetTable, offset=(5, 3))
        await settled(pilot)
        assert pane.nets.state.cursor == 2
        assert pane.state.network.name == "lenet5"
        name = pane.nets.state.chosen.name
        await pilot.click(NetTable, offset=(5, 3))
        await settled(pilot)
        assert pane.state.network.name == name
        await pilot.click(NetTable, offset=(29, 0))
        await settled(pilot)
        assert pane.nets.state.sort == "params"


async def test_the_list_needs_a_wide_screen_and_can_be_hidden():
    async with running(size=(80, 24)) as pilot:
        await settled(pilot)
        pane = await press(pilot, "tab", "j")
        assert not pane.nets.display
        assert pane.state.cursor == 1
        await press(pilot, "N", "N")
        assert "110 columns" in notice(pilot)
        await pilot.resize_terminal(120, 40)
        await settled(pilot)
        await press(pilot, "tab")
        assert pane.nets.has_focus
        assert len(pane.table.frame.columns) == 7
        await press(pilot, "N")
        assert not pane.nets.display
        assert pane.table.has_focus
        await settled(pilot)
        assert len(pane.table.frame.columns) == 10
        await press(pilot, "N", "tab")
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert pane.table.has_focus


async def test_bars_stand_beside_the_list():
    async with running() as pilot:
        await settled(pilot)
        frame = pane_of(pilot).table.frame
        titles = [column.title for column in frame.columns]
        assert titles == ["name", "type", "output", "params", "", "MACs", ""]
        assert max(row[4].count("█") for row in frame.rows) == 4


# training memory


async def test_the_batch_and_the_optimizer_change_the_memory():
    async with running() as pilot:
        await settled(pilot)
        pane = await typed(pilot, "b", "64 sgd")
        assert (pane.state.training.batch, pane.state.training.optimizer) == (64, "sgd")
        assert any("training, batch 64, sgd" in text for text in texts(pilot))
        pane = await press(pilot, "right_square_bracket", "o")
        assert (pane.state.training.batch, pane.state.training.optimizer) == (128, "sgd-momentum")
        await typed(pilot, "b", "none")
        assert "no batch" in notice(pilot)
        await press(pilot, "escape", "left_square_bracket")
        assert pane.state.training.batch == 64
        pane = await typed(pilot, "I", "1x36x36")
        assert pane.state.training.batch == 64  # kept


async def test_with_a_gpu_it_says_whether_it_fits(monkeypatch, tmp_path):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 0)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (8 << 20, 16 << 20))
    async with running(NetRequest(text="lenet5", device="auto")) as pilot:
        await settled(pilot)
        assert any("fits on cuda:0, 8 MiB free" in text for text in texts(pilot))
        pane = await typed(pilot, "b", "1024")
        assert pane.state.training.gpu == "cuda:0"
        assert any("does not fit on cuda:0" in text for text in texts(pilot))
        await typed(pilot, "x", str(tmp_path / "table.json"))
        memory = json.loads((tmp_path / "table.json").read_text())["memory"]
        assert (memory["batch"], memory["fits"], memory["free"]) == (1024, False, 8 << 20)


# what the command line asks for


async def test_a_network_asked_for_is_traced_in_the_pane():
    async with running(NetRequest(text="lenet5", batch=4, depth=1)) as pilot:
        await settled(pilot)
        pane = pane_of(pilot)
        assert pane.state.trace.input_shape == (4, 1, 32, 32)
        assert (pane.state.depth, pane.state.training.batch) == (1, 4)


async def test_what_cannot_be_opened_ends_the_app_with_its_problem(own):
    app = app_on("layers", NetRequest(text=f"{own}fails", shapes=((3, 8, 8),)))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
    assert isinstance(app.return_value, UserError)
    assert "no luck" in str(app.return_value)


async def test_an_input_nobody_told_is_asked_for(own):
    app = app_on("layers", NetRequest(text=f"{own}net"))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert pane_of(pilot).asking
        await answered(pilot, "cat")
        assert "3x224x224" in notice(pilot)
        pane = await answered(pilot, "3x8x8")
        assert pane.state.trace.total_params == PARAMS
    app = app_on("layers", NetRequest(text=f"{own}net"))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "escape")
    assert "--input 3x224x224" in str(app.return_value)


# into Compare


async def test_a_network_goes_to_compare(own):
    network = open_network(f"{own}net", shapes=[(3, 8, 8)], batch=2)
    async with running(LayersState.of(network)) as pilot:
        await settled(pilot)
        pane = await press(pilot, "c")
        assert pilot.app.current_mode == "compare"
        left, right = pane.state.pair
        assert (left.params, left.input_shape) == (PARAMS, (3, 8, 8))
        assert left.macs == 36 * 4 * 27 + 72  # of one picture
        assert right.name == "mobilenet_v2"
        await press(pilot, "w")  # and once more, now that the pane is open: on the first side
        pilot.app.switch_mode("layers")
        await settled(pilot)
        pane = await press(pilot, "c")
        assert [each.name for each in pane.state.pair] == ["net (yours)", "net (yours)"]


async def test_what_stops_is_not_compared(own):
    network = open_network(f"{own}net", shapes=[(3, 9, 99)])
    async with running(LayersState.of(network)) as pilot:
        await settled(pilot)
        await press(pilot, "c")
        assert pilot.app.current_mode == "layers"
        assert "stops at" in notice(pilot)


async def test_what_is_built_goes_to_compare_and_layers_and_a_stepper():
    text = "input 1x8x8\nconv 4 3 relu\nflatten\ndense 10\n"
    state = BuildingState.of(NetworkText("mine", text))
    async with app_on("build", state, (120, 40)).run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        pane = await press(pilot, "f6")
        assert pilot.app.current_mode == "compare"
        params = 4 * 9 + 4 + 4 * 36 * 10 + 10
        assert (pane.state.pair[0].name, pane.state.pair[0].params) == ("mine (yours)", params)
        pilot.app.switch_mode("build")
        await settled(pilot)
        pane = await press(pilot, "f4")
        assert pilot.app.current_mode == "layers"
        assert pane.state.trace.total_params == params
        pane = await press(pilot, "c")
        assert pane.state.pair[0].name == "mine (yours)"
        pilot.app.switch_mode("layers")
        await settled(pilot)
        pane = await press(pilot, "enter")
        assert pilot.app.current_mode == "conv"
        assert pane.state.conv.output_shape == (4, 6, 6)
