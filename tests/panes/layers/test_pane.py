"""The Layers pane: its keys pressed and the state asserted; the way into steppers and fields."""

from __future__ import annotations

import csv
import json

import pytest
import torch
from textual.widgets import Input

from cnntui.models.values import with_values
from cnntui.numbers import size_text
from cnntui.panes.layers.field.screen import FieldScreen
from cnntui.panes.layers.pane import LayersPane
from cnntui.panes.layers.state import LayersState
from cnntui.ui.picker import Picker
from cnntui.ui.shell.footer import KeyLine
from tests.engine.test_memory import really_kept
from tests.opened import open_network
from tests.panes.driving import SIZES, app_on, notice, pane_of, press, settled, texts

LENET = open_network("lenet5")
RESNET = open_network("resnet18")


def running(network=LENET, size=(80, 24), **terminal):
    state = LayersState.of(network)
    return app_on("layers", state, size, **terminal).run_test(size=size)


async def typed(pilot, key, text):
    """Press a key that asks and answer it."""
    await press(pilot, key)
    pilot.app.screen.query_one(Input).value = text
    return await press(pilot, "enter")


def row_at(pane, name):
    return next(i for i, item in enumerate(pane.state.items) if item.name == name)


async def go_to(pilot, name):
    pane = pane_of(pilot)
    pane.state = pane.state.to(row_at(pane, name))
    await settled(pilot)


async def stepped_in(pilot):
    """Press enter and wait until the stepper it opens has its state; return its pane."""
    pane = await press(pilot, "enter")
    for _ in range(200):
        if pane.state is not None:
            break
        await pilot.pause(0.02)
        pane = pane_of(pilot)
    return pane


async def test_it_opens_on_resnet18():
    app = app_on("layers")
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert pane_of(pilot).state.trace.total_params == 11_689_512  # torchvision's figure
        screen = "\n".join(texts(pilot))
        assert "11,689,512 parameters" in screen
        assert "64×112×112" in screen


async def test_a_network_is_chosen_from_the_list():
    async with running(RESNET) as pilot:
        await settled(pilot)
        await press(pilot, "n")
        assert isinstance(pilot.app.screen, Picker)
        pane = await press(pilot, *"lenet5", "enter")
        assert pane.state.network.name == "lenet5"
        assert "61,706 parameters" in "\n".join(texts(pilot))


async def test_an_unknown_network_is_said_and_changes_nothing():
    async with running() as pilot:
        await settled(pilot)
        before = pane_of(pilot).state
        await press(pilot, "n")
        pilot.app.screen.query_one(Input).value = "nothing/here.pt"
        pane = await press(pilot, "enter")
        assert "nothing/here.pt" in notice(pilot)
        assert (pane.state.trace, pane.state.cursor) == (before.trace, before.cursor)
        pane = await typed(pilot, "I", "1x36x36")  # of the network there is
        assert pane.state.network.name == "lenet5"


async def test_another_input_and_a_wrong_one():
    async with running() as pilot:
        await settled(pilot)
        pane = await typed(pilot, "I", "3x32x32")
        assert pane.state.network.name == "lenet5"  # not the one it opens without being told
        assert pane.state.trace.input_shape == (1, 3, 32, 32)
        assert pane.state.trace.total_params == 61_706 + 2 * 6 * 25
        pane = await typed(pilot, "I", "1x32x32")
        assert pane.state.trace.total_params == 61_706
        await typed(pilot, "I", "cat")
        assert "3x224x224" in notice(pilot)
        assert pane.state.trace.input_shape == (1, 1, 32, 32)
        await press(pilot, "escape")
        assert not pane.asking
        pane = await typed(pilot, "I", "1x40x40")
        assert pane.state.trace.error is not None
        assert any("in_features=1080" in text for text in texts(pilot))  # 120 · 3 · 3


async def test_what_training_takes_is_counted_for_each_network_and_batch():
    async with running() as pilot:
        pane = await settled(pilot)
        lenet = really_kept(with_values(LENET.loaded, {}), torch.rand(3, 1, 32, 32))
        pane = await typed(pilot, "b", "3")
        assert pane.state.saved.of(3) == lenet
        assert f", {size_text(lenet)} of it kept activations" in "\n".join(texts(pilot))
        resnet = with_values(RESNET.loaded, {})
        pane.open_state(LayersState.of(RESNET))
        await settled(pilot)
        assert pane.state.saved.of(3) == really_kept(resnet, torch.rand(3, 3, 224, 224))


async def test_a_question_leaves_the_table_on_view():
    async with running() as pilot:
        await settled(pilot)
        pane = await press(pilot, "b")
        assert pane.prompt.size.height == 1
        assert any("c1" in text for text in texts(pilot))
        assert any("1 adam" in text for text in texts(pilot)[-3:])


async def test_find_sort_and_fold():
    async with running(RESNET) as pilot:
        await settled(pilot)
        pane = await typed(pilot, "slash", "conv2d")
        assert len(pane.state.items) == 20
        assert any("find 'conv2d'" in text for text in texts(pilot))
        before = pane.state
        await typed(pilot, "slash", "nothing")
        assert "no layer's name or type" in notice(pilot)
        assert pane.state.items == before.items
        pane = await typed(pilot, "slash", "")
        assert len(pane.state.items) == 74
        pane = await press(pilot, "s", "home")
        sizes = [p.numel() for p in RESNET.loaded.model.parameters() if p.dim() == 4]
        assert pane.state.item.params == max(sizes)
        pane = await press(pilot, *["s"] * 7)
        assert pane.state.sort == ""
        pane = await press(pilot, "minus", "minus")
        assert pane.state.depth == 2
        assert sum(item.params for item in pane.state.items) == sum(
            p.numel() for p in RESNET.loaded.model.parameters()
        )
        pane = await press(pilot, "plus", "plus", "plus")
        assert len(pane.state.items) == 74
        await go_to(pilot, "layer3.0.bn2")
        assert (await press(pilot, "space")).state.item.name == "layer3.0"
        assert len((await press(pilot, "space")).state.items) == 74


async def test_the_cursor_stays_on_view():
    async with running(RESNET) as pilot:
        await settled(pilot)
        pane = pane_of(pilot)
        places = []
        for key in ("j", "down", "k", "pagedown", "pagedown", "pageup", "end", "up", "home"):
            state = (await press(pilot, key)).state
            assert state.cursor in state.shown
            assert len(state.shown) == pane.table_rows
            frame = pane.table.frame
            assert frame.rows[frame.cursor - frame.top][1][-6:] == state.item.name[-6:]
            places.append(state.cursor)
        page = pane.table_rows - 1
        assert places == [1, 2, 1, 1 + page, 1 + 2 * page, 1 + page, 73, 72, 0]
        await pilot.click("#table", offset=(10, 4))
        await settled(pilot)
        assert pane.state.cursor == 3


async def test_enter_opens_the_convolution_on_that_layer():
    async with running(RESNET) as pilot:
        await settled(pilot)
        await go_to(pilot, "layer2.0.conv1")
        pane = await stepped_in(pilot)
        assert pilot.app.current_mode == "conv"
        assert pane.state.conv.weight.shape == (128, 64, 3, 3)
        assert pane.state.conv.output_shape == (128, 28, 28)
        assert any("layer2.0.conv1" in text for text in texts(pilot))
        pilot.app.switch_mode("layers")  # and once more, now that the pane is open
        await settled(pilot)
        await go_to(pilot, "conv1")
        pane = await stepped_in(pilot)
        assert pane.state.conv.weight.shape == (64, 3, 7, 7)


async def test_enter_opens_a_pooling_and_refuses_the_rest():
    async with running(RESNET) as pilot:
        await settled(pilot)
        for name, says in (("fc", "Linear"), ("flatten", "a function"), ("bn1", "BatchNorm2d")):
            await go_to(pilot, name)
            await press(pilot, "enter")
            assert says in notice(pilot), name
            assert pilot.app.current_mode == "layers"
        await press(pilot, "home", "minus", "minus", "minus")
        await go_to(pilot, "layer1")
        await press(pilot, "enter")
        assert "is a block" in notice(pilot)
        await go_to(pilot, "maxpool")
        pane = await stepped_in(pilot)
        assert pilot.app.current_mode == "pool"
        assert pane.state.chosen.input_shape == (64, 112, 112)


async def test_the_field_on_the_picture():
    async with running(RESNET) as pilot:
        await settled(pilot)
        await go_to(pilot, "layer1.0.conv1")
        await press(pilot, "f")
        screen = pilot.app.screen
        assert isinstance(screen, FieldScreen)
        assert any("layer1.0.conv1" in text for text in texts(pilot))
        assert screen.state.unit == (28, 28)
        await press(pilot, "left", "up", "up")
        assert screen.state.unit == (26, 27)
        await press(pilot, "j")
        assert screen.state.row.name == "layer1.0.bn1"
        await press(pilot, "k", "k")
        assert screen.state.row.name == "maxpool"
        await press(pilot, "escape")
        assert pilot.app.current_mode == "layers"
        assert not isinstance(pilot.app.screen, FieldScreen)


async def test_the_table_is_written(tmp_path):
    async with running() as pilot:
        await settled(pilot)
        for ending in (".csv", ".json", ".md"):
            file = tmp_path / f"table{ending}"
            await typed(pilot, "x", str(file))
            assert "written" in notice(pilot)
        rows = list(csv.DictReader((tmp_path / "table.csv").read_text().splitlines()))
        assert sum(int(row["params"]) for row in rows) == 61_706
        report = json.loads((tmp_path / "table.json").read_text())
        assert sum(row["params"] for row in report["rows"]) == report["total_params"] == 61_706
        assert (tmp_path / "table.md").read_text().startswith("| ")
        for name, says in (("table.txt", ".csv"), ("none/here.csv", "No such file")):
            await typed(pilot, "x", str(tmp_path / name))
            assert says in notice(pilot)
            await press(pilot, "escape")


async def test_weights_are_loaded_or_refused(tmp_path):
    good, bad = tmp_path / "good.pt", tmp_path / "bad.pt"
    state = {name: torch.zeros(p.shape) for name, p in LENET.loaded.model.state_dict().items()}
    torch.save(state, good)
    torch.save({"other": torch.zeros(2)}, bad)
    async with running() as pilot:
        await settled(pilot)
        await typed(pilot, "w", str(bad))
        assert "doesn't fit" in notice(pilot)
        await typed(pilot, "w", str(good))
        pane = await stepped_in(pilot)
        assert pilot.app.current_mode == "conv"
        assert not pane.state.conv.weight.any()


async def test_the_state_is_remembered():
    async with running(RESNET) as pilot:
        await settled(pilot)
        pane = await press(pilot, "j", "j", "s")
        state = pane.state
        await press(pilot, "escape", "1", "escape", "4")
        assert pane_of(pilot).state is state


async def test_a_failing_model_shows_its_rows_and_the_fix(tmp_path):
    file = tmp_path / "mymodel.py"
    file.write_text(
        "from torch import nn\n"
        "def net():\n"
        "    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(7, 2))\n"
        "def first():\n"
        "    return nn.Sequential(nn.Linear(7, 2))\n"
    )
    async with running(open_network(f"{file}:net", shapes=[(3, 6, 6)])) as pilot:
        await settled(pilot)
        screen = "\n".join(texts(pilot))
        assert "Conv2d" in screen
        assert "in_features=64" in screen  # 4 · 4 · 4
    async with running(open_network(f"{file}:first", shapes=[(3, 6, 6)])) as pilot:
        await settled(pilot)
        pane = await press(pilot, *"jksf", "minus", "plus", "space", "end", "enter")
        assert pane.state.items == ()
        assert any("stopped at 0" in text for text in texts(pilot))


async def test_the_footer_has_few_keys_and_a_click_presses_one():
    async with running() as pilot:
        await settled(pilot)
        line = pilot.app.screen.query_one(KeyLine)
        assert 0 < len(line._places) <= 6
        text = line.render_line(0).text
        await pilot.click(KeyLine, offset=(text.index("find") + 1, 0))
        await settled(pilot)
        assert pane_of(pilot).asking


def test_bindings_are_told_and_do_not_clash():
    bindings = LayersPane.own_bindings()
    assert all(each.id and each.tooltip for each in bindings)
    keys = [key for each in bindings for key in each.key.split(",")]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("size", SIZES)
async def test_screens(size, snapshot):
    async with running(size=size) as pilot:
        await settled(pilot)
        await press(pilot, "j", "j", "j")
        snapshot(pilot, f"layers_{size[0]}x{size[1]}")
