"""The Watch pane: a run's tabs, its curves by keys, what is asked of its worker."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from textual.widgets import Input

from cnntui.panes.watch.pane import WatchingPane
from cnntui.panes.watch.state import TABS, Rows, WatchState
from cnntui.training import launching
from cnntui.training.run.control import Requests
from cnntui.training.runs import RunWriter
from tests.panes.driving import SIZES, app_on, notice, pane_of, press, settled, texts
from tests.training.logged import epoch, start, step, written


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A run of three epochs; the pane looks at it when it is told to, not by the clock."""
    monkeypatch.setattr(WatchingPane, "set_interval", lambda *given: None)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return written(tmp_path / "state" / "cnntui" / "runs" / "digits-lenet5-1f3a")


def watching(run, size=(80, 24), **terminal):
    return app_on("watch", WatchState.of(run), size, **terminal).run_test(size=size)


async def polled(pilot):
    """Look at the run once more, and wait for what comes of it."""
    pane = pane_of(pilot)
    pane.poller._polling = False
    pane.poll()
    await settled(pilot)
    return pane


async def test_it_opens_on_the_last_run(run):
    app = app_on("watch")
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        pane = await polled(pilot)
        assert pane.state.run == run
        assert any("digits · lenet5 · epoch 3/3" in line for line in texts(pilot))


async def test_without_a_run_it_says_how_to_start_one(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    async with app_on("watch").run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert "cnntui train" in notice(pilot)
        await press(pilot, "tab", "space", "right", "plus", "s", "L", "X", "o")


@pytest.mark.parametrize("size", SIZES)
async def test_screens(run, snapshot, size):
    async with watching(run, size) as pilot:
        await settled(pilot)
        for tab in TABS:
            await polled(pilot)
            snapshot(pilot, f"watching_{tab}_{size[0]}x{size[1]}")
            await press(pilot, "tab")


async def test_curves_without_colour_and_unicode(run, snapshot):
    async with watching(run, colors="none", unicode=False) as pilot:
        await settled(pilot)
        await polled(pilot)
        snapshot(pilot, "watching_ascii")


async def test_the_arrows_read_the_curves(run):
    async with watching(run) as pilot:
        await settled(pilot)
        pane = await press(pilot, "right")
        assert pane.state.curves.cursor == 60
        pane = await press(pilot, "left")
        assert pane.state.curves.cursor < 60
        pane = await press(pilot, "down")
        assert pane.state.curves.quantity == "accuracy"
        pane = await press(pilot, "plus", "plus")
        assert pane.state.curves.window is not None
        pane = await press(pilot, "g", "e", "s")
        assert pane.state.curves.is_log
        assert pane.state.curves.per == "epoch"
        assert pane.state.curves.weight == 0.3
        pane = await press(pilot, "r")
        assert (pane.state.curves.window, pane.state.curves.weight) == (None, 0)


async def test_the_row_of_a_link_waits_for_the_log(run):
    state = replace(WatchState.of(run).on_tab("epochs"), rows=Rows(count=2).to(1))
    async with app_on("watch", state, (80, 24)).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        pane = await polled(pilot)
        assert (pane.state.rows.cursor, pane.state.rows.count) == (1, 3)
        pane = await press(pilot, "end", "down", "down", "down")
        assert pane.state.rows.cursor == 2


async def test_kernels_of_epochs_before(run):
    async with watching(run) as pilot:
        await settled(pilot)
        for _ in range(TABS.index("kernels")):
            await press(pilot, "tab")
        assert "after epoch 3" in "\n".join(texts(pilot))
        await press(pilot, "left_square_bracket")
        assert "after epoch 2" in "\n".join(texts(pilot))
        await press(pilot, *["left_square_bracket"] * 5)
        assert "after epoch 1" in "\n".join(texts(pilot))
        await press(pilot, "right_square_bracket")
        assert "after epoch 2" in "\n".join(texts(pilot))


async def test_what_comes_is_drawn_and_the_worker_is_asked(run):
    live = run.with_name("live")
    with RunWriter(live, {"dataset": "digits", "net": "lenet5"}) as writer:
        writer.append(start())
        async with watching(live) as pilot:
            await settled(pilot)
            for n in range(1, 31):
                writer.append(step(n))
            writer.append(epoch(1))
            pane = await polled(pilot)
            assert pane.state.curves.extent == (1.0, 30.0)
            asked = Requests(live)
            await press(pilot, "space")
            await press(pilot, "L")
            pilot.app.screen.query_one(Input).value = "0.01"
            await press(pilot, "enter")
            await press(pilot, "X")
            pilot.app.screen.query_one(Input).value = "y"
            await press(pilot, "enter")
            found = [(one.kind, one.value) for one in asked.poll()]
            assert found == [("pause", None), ("learning-rate", 0.01), ("stop", None)]


async def test_a_wrong_rate_is_refused_and_the_question_stays(run):
    live = run.with_name("live")
    with RunWriter(live, {"dataset": "digits", "net": "lenet5"}) as writer:
        writer.append(start())
        async with watching(live) as pilot:
            await settled(pilot)
            await press(pilot, "L", *"fast", "enter")
            assert "'fast' is no learning rate" in notice(pilot)
            assert pane_of(pilot).asking
            pane = await press(pilot, "escape")
            assert not pane.asking
            assert pane.has_focus


async def test_nothing_is_asked_of_a_run_that_has_no_worker(run):
    async with watching(run) as pilot:
        await settled(pilot)
        for key in "LX":
            pane = await press(pilot, key)
            assert "isn't running" in notice(pilot)
            assert not pane.asking


async def test_a_log_that_names_another_network_does_not_hide_the_code(run, monkeypatch):
    began = []
    monkeypatch.setattr(launching, "launch", lambda run, nice: began.append(run))
    sly = written(run.with_name("sly"), until=2, end=False)
    config = json.loads((sly / "config.json").read_text()) | {"net": "/their/evil.py:F"}
    (sly / "config.json").write_text(json.dumps(config))
    async with watching(sly, (120, 40)) as pilot:
        await settled(pilot)
        pane = await press(pilot, "space")
        assert pane.status.net == "lenet5"
        assert any("runs the code of /their/evil.py:F" in text for text in texts(pilot))
        await press(pilot, "n", "enter")
        assert began == []
        await press(pilot, "space", "y", "enter")
        assert began == [sly]


async def test_a_finished_run_is_not_gone_on_with_and_a_killed_one_is(run, monkeypatch):
    began = []
    monkeypatch.setattr(launching, "launch", lambda run, nice: began.append(run))
    async with watching(run) as pilot:
        await settled(pilot)
        await polled(pilot)
        await press(pilot, "space")
        assert "finished" in notice(pilot)
        killed = written(run.with_name("killed"), until=2, end=False)
        pane = pane_of(pilot)
        pane.open_state(WatchState.of(killed))
        await settled(pilot)
        await press(pilot, "space")
        assert began == [killed]
    assert launching.NICE == 10


async def test_a_folder_that_is_gone_is_said(tmp_path):
    async with watching(tmp_path / "gone") as pilot:
        await settled(pilot)
        assert "is no run" in notice(pilot)


async def test_the_network_opens_in_layers(run, monkeypatch):
    opened = []
    async with watching(run) as pilot:
        await settled(pilot)
        monkeypatch.setattr(pilot.app, "open_in", lambda pane, state: opened.append((pane, state)))
        await press(pilot, "o")
    assert [(pane, state.text) for pane, state in opened] == [("layers", str(run))]


async def test_fewer_pictures_than_the_state_was_fitted_to(run):
    """A thread may have read a later epoch between the fitting of a state and its drawing."""
    async with watching(run) as pilot:
        await settled(pilot)
        pane = await polled(pilot)
        pane = await press(pilot, *["tab"] * TABS.index("wrong"))
        sheet = pane.state.sheet
        before = replace(pane.state, sheet=sheet.holding(sheet.total + 9, sheet.size))
        assert pane.tabs.draw(before, pane.size)
        assert pane.tabs.sheet.frame.total == sheet.total
