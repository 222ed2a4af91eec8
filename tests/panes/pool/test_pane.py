"""The Pooling pane: every key of it pressed, and the state asserted; screens as snapshots."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from cnntui.panes.pool.pane import PoolingPane
from cnntui.panes.pool.state import PoolingState
from cnntui.sources.inputs import load_input
from cnntui.ui.grid import GridView
from cnntui.ui.player import Player
from cnntui.ui.prompt import PromptInput
from tests.panes.driving import SIZES, app_on, notice, pane_of, press, settled, texts


def opened(source="digit", **more):
    return PoolingState.of(load_input(source), device="cpu", **more)


def running(state=None, size=(80, 24), **terminal):
    return app_on("pool", state or opened(), size, **terminal).run_test(size=size)


async def test_it_opens_on_the_curriculums_example_and_torch_agrees():
    app = app_on("pool")
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert pane_of(pilot).state.input_name == "pool-4x4"
        assert any("✓ torch" in line for line in texts(pilot))


async def test_both_boards_build_up_step_by_step():
    async with running(opened("pool-4x4")) as pilot:
        await settled(pilot)
        pane = await press(pilot, "right", "right")
        image = torch.tensor(load_input("pool-4x4").values)[None]
        top, mean = F.max_pool2d(image, 2)[0, 0], F.avg_pool2d(image, 2)[0, 0]
        screen = "\n".join(texts(pilot))
        for grid, expected in (("maximum", top), ("average", mean)):
            view = pilot.app.screen.query_one(f"#{grid}", GridView)
            rows = [view.render_line(y).text for y in (1, 2)]
            numbers = [float(n) for row in rows for n in re.findall(r"\d+\.?\d*", row)]
            assert numbers == expected.flatten().tolist()[:3]  # the last is not computed yet
            assert "·" in rows[1]
        assert f"= {top[1, 0]:g}" in screen
        assert f"/ 4 = {mean[1, 0]:g}" in screen
        assert pane.state.index == 2


async def test_the_winner_is_marked():
    async with running(opened("pool-4x4")) as pilot:
        await settled(pilot)
        image = load_input("pool-4x4").values[0]
        for step in range(4):
            window = image[step // 2 * 2 :, step % 2 * 2 :][:2, :2]
            view = pilot.app.screen.query_one("#input", GridView)
            rows = "\n".join(view.render_line(y).text for y in range(1, 5))
            assert re.findall(r"\*\s*(\d+)", rows) == [f"{window.max():g}"]
            await press(pilot, "right")


SETTINGS = [
    ("w", lambda p: p.size, (3, 3), "W", (2, 2)),
    ("s", lambda p: p.strides, (3, 3), "S", (2, 2)),
    ("p", lambda p: p.padding, (1, 1), "P", (0, 0)),
    ("d", lambda p: p.dilation, (2, 2), "D", (1, 1)),
    ("C", lambda p: p.ceil_mode, True, "C", False),
    ("x", lambda p: p.exclude_pad, True, "x", False),
    ("g", lambda p: p.kind, "global-max", "g", "max"),
    ("A", lambda p: p.kind, "adaptive-max", "A", "max"),
]


async def test_keys_change_settings_and_back():
    async with running() as pilot:
        await settled(pilot)
        for key, of, there, back, again in SETTINGS:
            assert of((await press(pilot, key)).state.chosen) == there, key
            assert any("✓ torch cpu" in line for line in texts(pilot))
            assert of((await press(pilot, back)).state.chosen) == again, key
            assert of((await press(pilot, key, "r")).state.chosen) == again


async def test_moving_and_focus():
    async with running() as pilot:  # 4×4 outputs
        await settled(pilot)
        assert (await press(pilot, "right", "l", "j")).state.place == (0, 1, 2)
        assert (await press(pilot, "h", "k", "left", "left")).state.index == 0
        assert (await press(pilot, "end")).state.ended
        assert (await press(pilot, "home")).state.index == 0
        focus = []
        for _ in range(3):
            pane = await press(pilot, "tab")
            focus.append((pane.state.focus, pane.state.chosen.kind))
        assert focus == [("average", "avg"), ("input", "avg"), ("maximum", "max")]
        pane = await press(pilot, "colon", *"3,2", "enter")
        assert pane.state.place == (0, 3, 2)
        await press(pilot, "colon", *"4,0", "enter")
        assert "rows are 0 to 3" in notice(pilot)
        await press(pilot, "escape", "o", "v")
        assert (pane.state.coverage, pane.state.view) == (True, "ramp")


async def test_channels():
    async with running(opened("random:1:3,6,6")) as pilot:
        await settled(pilot)
        places = [(await press(pilot, "c")).state.place[0] for _ in range(3)]
        assert places == [1, 2, 0]


async def test_the_shift_test_compares_both():
    async with running() as pilot:
        await settled(pilot)
        await press(pilot, "t")
        lines = texts(pilot)
        image = torch.tensor(load_input("digit").values)[None]
        moved = F.pad(image, (1, 0))[..., :8]
        for name, pool in (("maximum", F.max_pool2d), ("average", F.avg_pool2d)):
            changed = int((pool(image, 2) != pool(moved, 2)).sum())
            assert any(re.search(rf"{name} +{changed} of 16 cells changed", t) for t in lines)
        assert any("equivariance" in line for line in lines)
        marks = sum(row.count("!") for row in lines)
        assert marks >= 2
        await press(pilot, "t", "t", "t", "t")
        assert not any("input moved" in line for line in texts(pilot))


async def test_the_input_is_edited_and_bad_numbers_refused():
    async with running() as pilot:
        await settled(pilot)
        pane = await press(pilot, "e", "9", "9", "down", "u", "escape")
        assert np.array_equal(pane.state.chosen.input, load_input("digit").values)
        await press(pilot, "e")
        pilot.app.screen.query_one(PromptInput).value = "1e99"
        pane = await press(pilot, "right")
        assert "float32" in notice(pilot)
        assert np.array_equal(pane.state.chosen.input, load_input("digit").values)


async def test_the_player_ticks(monkeypatch):
    monkeypatch.setattr(Player, "_tick", lambda self: None)  # no tick but the test's own
    async with running() as pilot:
        await settled(pilot)
        pane = await press(pilot, "space")
        before = pane.state.index
        pane.player.post_message(Player.Ticked())
        await settled(pilot)
        assert pane.state.index == before + 1
        assert not (await press(pilot, "space")).player.playing


REFUSED = [
    (("S", "S"), "non-positive stride"),
    (("W", "W"), "non-positive kernel size"),
    (("p", "p"), "pad should be at most half of kernel size"),
    (("P",), "pad must be non-negative"),
    (("g", "w"), "g goes back to a window"),
    (("g", "s"), "global-max pooling has no such setting"),
    (("i", *"nothing.csv", "enter"), "no such file"),
    (("u",), "nothing to undo"),
]


async def test_what_cannot_be_done_is_said_and_changes_nothing():
    async with running() as pilot:
        await settled(pilot)
        for keys, says in REFUSED:
            before = (await press(pilot, "r", *keys[:-1])).state
            pane = await press(pilot, keys[-1])
            assert says in notice(pilot)
            assert pane.state.chosen is before.chosen
            assert pane.state.partner is before.partner


async def test_clicks():
    async with running() as pilot:
        await settled(pilot)
        for grid, kind in (("average", "avg"), ("maximum", "max")):
            frame = pilot.app.screen.query_one(f"#{grid}", GridView).frame
            await pilot.click(f"#{grid}", offset=(1 + 2 * frame.cell, 2))
            await settled(pilot)
            state = pane_of(pilot).state
            assert (state.place, state.focus, state.chosen.kind) == ((0, 1, 2), grid, kind)
        frame = pilot.app.screen.query_one("#input", GridView).frame
        await pilot.click("#input", offset=(1 + 5 * frame.cell, 4))
        await settled(pilot)
        assert pane_of(pilot).state.cursor == (3, 5)
        assert any("is read by 1 pooled cell:" in line for line in texts(pilot))


def test_bindings_are_told_and_few_are_in_the_footer():
    bindings = PoolingPane.own_bindings()
    assert all(each.id and each.tooltip for each in bindings)
    keys = [key for each in bindings for key in each.key.split(",")]
    assert len(set(keys)) == len(keys)
    assert sum(each.show for each in bindings) <= 6


@pytest.mark.parametrize("size", SIZES)
async def test_screens(size, snapshot):
    async with running(size=size) as pilot:
        await settled(pilot)
        await press(pilot, "down", "right")
        snapshot(pilot, f"pooling_{size[0]}x{size[1]}")


async def test_screen_of_a_shift_without_colour(snapshot):
    async with running(colors="none", unicode=False) as pilot:
        await settled(pilot)
        await press(pilot, "right", "t")
        snapshot(pilot, "pooling_no_colour")
