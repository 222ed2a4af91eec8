"""The Runs pane driven by keys: runs of its own writing, live ones written by the test itself."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest
from textual.widgets import Input

import cnntui.panes.watch.pane  # noqa: F401 - imported while runs_folder is the real one
from cnntui import settings
from cnntui.models.opening import NetRequest
from cnntui.panes.watch.state import WatchState
from cnntui.parts.runs import requests
from cnntui.training import launching
from cnntui.training.events import Ended, Epoch, Failed, Noted, Start, Step
from cnntui.training.run.control import Requests
from cnntui.training.runs import RunWriter
from tests.panes.driving import SIZES, app_on, notice, pane_of, press, settled, texts

START = Start("digits", "lenet5", ("0",), (1, 8, 8), 61, 3, 9, (10, 2, 3), "cpu", "fp32", 1)
HOSTILE = "a\x1b[31mred\x1b]0;title\x07\n\x9b2Jend"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The runs' home, with one finished run, one that failed and one that lost its worker."""
    monkeypatch.setattr(settings, "runs_folder", lambda: tmp_path / "runs")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    done = begun(tmp_path / "runs" / "one-done", 1000.0, seed=7)
    done.append(epoch(0.875))
    done.append(Ended(27, 3, "finished", 12.5, 9.0, 0.5, 0.5, 0.875, 3, test_accuracy=0.9))
    done.close()
    failed = begun(tmp_path / "runs" / "two-failed", 2000.0)
    failed.append(Failed(4, "no luck at step 4", "try again"))
    failed.close()
    begun(tmp_path / "runs" / "three-gone", 3000.0).close()
    return tmp_path / "runs"


def begun(path: Path, at: float, **config) -> RunWriter:
    moments = iter(range(10_000))
    given = {"dataset": "digits", "net": "lenet5", **config}
    run = RunWriter(path, given, now=lambda: at + next(moments))
    run.append(START)
    run.append(Step(9, 1.0, 0.75, 0.5, 0.1, 9.0))
    return run


def epoch(accuracy: float) -> Epoch:
    return Epoch(3, 27, 1.0, 0.5, 0.5, accuracy, 1.0, 0.1, 2.0, 9.0, True)


@pytest.fixture
def wanted(monkeypatch):
    """The panes that were asked for, without opening them."""
    from cnntui.ui.shell.laboratory import Laboratory

    asked = []
    monkeypatch.setattr(Laboratory, "open_in", lambda app, pane, state: asked.append((pane, state)))
    return asked


def running(size=(80, 24), **look):
    return app_on("runs", None, size, **look).run_test(size=size)


async def looked(pilot):
    """Have the folder looked at, and wait for what comes of it."""
    pane_of(pilot).poll()
    await settled(pilot)
    return pane_of(pilot)


async def answered(pilot, key, text):
    """Press a key that asks and answer it."""
    await press(pilot, key)
    pilot.app.screen.query_one(Input).value = text
    return await press(pilot, "enter")


def listed(pane):
    return [run.name for run in pane.state.runs]


# what is seen


@pytest.mark.parametrize("size", SIZES)
async def test_the_runs_stand_with_their_states(folder, size):
    async with running(size) as pilot:
        await settled(pilot)
        pane = pane_of(pilot)
        assert listed(pane) == ["three-gone", "two-failed", "one-done"]
        screen = "\n".join(texts(pilot))
        for words in ("failed", "finished", "87.50%", "without a word", str(folder)[:40]):
            assert words in screen
        pane = await press(pilot, "j")
        assert "no luck at step 4" in "\n".join(texts(pilot))
        await press(pilot, "end", "k", "down")
        screen = "\n".join(texts(pilot))
        assert pane.state.chosen.name == "one-done"
        for words in ("test accuracy 90.00%", "12.5 s of training", "seed 7"):
            assert words in screen
        assert "enter watch" in screen
        assert "d delete" in screen


async def test_a_run_that_changes_repaints_its_line_alone(folder, monkeypatch):
    live = begun(folder / "live", 4000.0)
    try:
        async with running() as pilot:
            await settled(pilot)
            pane = pane_of(pilot)
            painted = []
            real = pane.table.refresh
            monkeypatch.setattr(
                pane.table, "refresh", lambda *r, **k: (painted.extend(r), real(*r, **k))[1]
            )
            await looked(pilot)
            assert painted == []
            live.append(epoch(0.25))
            await looked(pilot)
            assert {region.y for region in painted} == {1}
            assert "25.00%" in texts(pilot)[2]
    finally:
        live.close()


async def test_no_runs_say_how_to_begin(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "runs_folder", lambda: tmp_path / "none")
    async with running() as pilot:
        await settled(pilot)
        screen = "\n".join(texts(pilot))
        assert "cnntui train --dataset digits --headless" in screen
        await press(pilot, *"jkvcdoLX", "enter", "space", "pagedown", "home", "end", "s", "r")
        assert "mark two or three" in notice(pilot) or not notice(pilot)
        assert not pane_of(pilot).asking
        begun(tmp_path / "none" / "first", 1.0).close()
        pane = await looked(pilot)
        assert listed(pane) == ["first"]
        assert any("first" in text and "failed" in text for text in texts(pilot))


async def test_the_mark_is_a_sign_with_and_without_colour(folder):
    for look, sign in (({}, "●"), ({"colors": "none", "unicode": False}, "*")):
        async with running(**look) as pilot:
            await settled(pilot)
            await press(pilot, "v")
            row = next(text for text in texts(pilot) if "three-gone" in text)
            assert row.split()[0] == sign


# finding, order, mouse


async def test_words_find_and_r_lists_all(folder):
    async with running() as pilot:
        await settled(pilot)
        pane = await answered(pilot, "slash", "finished")
        assert listed(pane) == ["one-done"]
        await answered(pilot, "slash", "nosuch")
        assert "no run's name" in notice(pilot)
        pane = await press(pilot, "v", "s", "r")
        assert (len(pane.state.runs), pane.state.marks) == (3, ())
        await press(pilot, "slash", "escape", "j")
        assert not pane.asking
        assert pane.has_focus


async def test_clicks_choose_open_and_sort(folder, wanted):
    async with running() as pilot:
        await settled(pilot)
        pane = pane_of(pilot)
        await pilot.click("#table", offset=(5, 2))
        await settled(pilot)
        assert pane.state.chosen.name == "two-failed"
        assert wanted == []
        await pilot.click("#table", offset=(5, 2))
        await settled(pilot)
        assert wanted == [("watch", WatchState.of(folder / "two-failed"))]
        await pilot.click("#table", offset=(4, 0))  # its title
        await settled(pilot)
        assert listed(pane) == sorted(listed(pane))


# other panes


async def test_enter_watches_and_c_compares(folder, wanted):
    async with running() as pilot:
        await settled(pilot)
        await press(pilot, "enter", "c")
        assert "mark two or three" in notice(pilot)
        await press(pilot, "v", "end", "v", "c")
        assert [pane for pane, _ in wanted] == ["watch", "watch"]
        assert [state.runs for _, state in wanted] == [
            (folder / "three-gone",),
            (folder / "three-gone", folder / "one-done"),
        ]


async def test_o_opens_the_network_in_layers(folder, wanted):
    async with running() as pilot:
        await settled(pilot)
        await press(pilot, "j", "o")
        assert wanted == [("layers", NetRequest(text=str(folder / "two-failed")))]


# requests


def asked_of(run: Path):
    return [(one.kind, one.value) for one in Requests(run).poll()]


async def test_a_live_run_is_paused_gone_on_with_stopped_and_given_a_rate(folder):
    run = folder / "live"
    live = begun(run, 4000.0)
    try:
        async with running() as pilot:
            await settled(pilot)
            assert pane_of(pilot).state.chosen.name == "live"
            await press(pilot, "space")
            assert "live: asked to pause" in notice(pilot)
            live.append(Noted(9, "paused", "paused"))
            pane = await looked(pilot)
            assert pane.state.chosen.state == "paused"
            await press(pilot, "space")
            assert "live: asked to go on" in notice(pilot)
            await answered(pilot, "L", "0.5")
            assert "live: asked for learning rate 0.5" in notice(pilot)
            await answered(pilot, "L", "fast")
            assert "no learning rate" in notice(pilot)
            await answered(pilot, "L", "-1")
            assert "above 0" in notice(pilot)
            assert pane.asking
            await press(pilot, "escape")
            await answered(pilot, "X", "n")
            await answered(pilot, "X", "y")
            assert asked_of(run) == [
                ("pause", None),
                ("resume", None),
                ("learning-rate", 0.5),
                ("stop", None),
            ]
            await press(pilot, "d")
            assert "is running" in notice(pilot)
            assert not pane.asking
    finally:
        live.close()


async def test_space_goes_on_with_what_ended_and_asks_before_it_runs_code(folder, monkeypatch):
    launched = []
    monkeypatch.setattr(launching, "launch", lambda run, nice: launched.append(run))
    begun(folder / "own", 4000.0, net="/their/net.py:make").close()
    mark = json.dumps({"v": 1, "net": "/their/net.py:make", "dataset": "digits"})
    (folder / "own" / "config.json").write_text(mark)
    (folder / "own" / "events.jsonl").write_text("")
    async with running() as pilot:
        await settled(pilot)
        pane = pane_of(pilot)
        names = listed(pane)
        await press(pilot, "home", *"j" * names.index("one-done"), "space")
        assert "is finished" in notice(pilot)
        await press(pilot, "home", *"j" * names.index("two-failed"), "space")
        assert "goes on from its last checkpoint" in notice(pilot)
        await press(pilot, "home", *"j" * names.index("own"))
        await answered(pilot, "space", "")
        assert launched == [folder / "two-failed"]
        await answered(pilot, "space", "y")
        assert launched == [folder / "two-failed", folder / "own"]


async def test_a_log_that_names_another_network_does_not_hide_the_code(folder, monkeypatch):
    launched = []
    monkeypatch.setattr(launching, "launch", lambda run, nice: launched.append(run))
    begun(folder / "sly", 4000.0, net="/their/evil.py:F").close()
    async with running((120, 40)) as pilot:
        await settled(pilot)
        pane = await press(pilot, "home", "space")
        assert (pane.state.chosen.name, pane.state.chosen.net) == ("sly", "lenet5")
        assert any("runs the code of /their/evil.py:F" in text for text in texts(pilot))
        await press(pilot, "enter")
        assert launched == []


async def test_a_run_is_deleted_after_a_y_and_what_was_left_is_said(folder):
    (folder / "two-failed" / "notes.txt").write_text("mine")
    async with running() as pilot:
        await settled(pilot)
        pane = pane_of(pilot)
        for answer in ("", "n", "yess"):
            await answered(pilot, "d", answer)
        await press(pilot, "d", "escape")
        assert len(pane.state.runs) == 3
        await answered(pilot, "d", "y")
        assert listed(pane) == ["two-failed", "one-done"]
        assert "three-gone: deleted" in notice(pilot)
        assert not (folder / "three-gone").exists()
        assert pane.state.chosen.name == "two-failed"
        await answered(pilot, "d", "yes")
        assert "notes.txt" in notice(pilot)
        assert [one.name for one in (folder / "two-failed").iterdir()] == ["notes.txt"]
        assert listed(pane) == ["one-done"]


async def test_what_a_thread_could_not_do_is_said(folder):
    async with running() as pilot:
        await settled(pilot)
        pane = pane_of(pilot)
        live = begun(folder / "three-gone", 5000.0)  # since the last look
        await answered(pilot, "d", "y")
        assert "is running" in notice(pilot)
        live.close()
        pane.actions._request(requests.pause, folder / "three-gone")
        await settled(pilot)
        assert "isn't running" in notice(pilot)
        await press(pilot, "X")
        await press(pilot, "L")
        assert "isn't running" in notice(pilot)
        assert not pane.asking


# elsewhere


async def test_a_run_outside_the_folder_is_listed_by_its_path(folder, tmp_path):
    begun(tmp_path / "else" / "mine", 10.0).close()
    begun(tmp_path / "else" / "other", 10.0).close()
    async with running() as pilot:
        await settled(pilot)
        pane = await answered(pilot, "a", str(tmp_path / "else" / "other"))
        assert listed(pane)[-1] == "other"
        assert pane.state.chosen.name == "other"
        pane = await answered(pilot, "a", str(tmp_path / "else"))
        assert pane.state.chosen.name == "mine"
        assert len(pane.state.runs) == 5
        await answered(pilot, "a", str(folder / "one-done"))  # is listed already
        await settled(pilot)
        assert len(pane.state.runs) == 5
        assert pane.state.chosen.name == "one-done"
        for nowhere in ("/no/such\x1b[2J", str(tmp_path / "else" / "mine" / "control")):
            await answered(pilot, "a", nowhere)
            assert "name a run" in notice(pilot) or "holds none" in notice(pilot)
            assert notice(pilot).isprintable()
            await press(pilot, "escape")


# strangers


class Payload:
    """Unpickling it writes a file."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self):
        return exec, (f"open({self.path!r}, 'w')",)


async def test_a_strangers_run_runs_nothing_and_prints_nothing_unprintable(folder, tmp_path):
    sprung = tmp_path / "sprung"
    code = tmp_path / "evil.py"
    code.write_text(f"open({str(sprung)!r}, 'w')\ndef make(): open({str(sprung)!r}, 'w')\n")
    path = folder / "stranger-\x1b[31m"
    config = {"net": f"{code}:make", "dataset": HOSTILE, "batch": HOSTILE, HOSTILE: HOSTILE}
    run = RunWriter(path, config, title=HOSTILE)
    run.append(Start(HOSTILE, f"{code}:make", (HOSTILE,), (1, 8, 8), 6, 3, 9, (9,) * 3, "", "", 1))
    run.append(Noted(1, "data", HOSTILE))
    run.append(Failed(1, HOSTILE, HOSTILE, {HOSTILE: 1.0}))
    for name in ("last.pt", "state.pt", "last.safetensors", "best.safetensors"):
        run.save(name, lambda file: file.write_bytes(pickle.dumps(Payload(str(sprung)))))
    run.close()
    async with running((120, 40)) as pilot:
        await settled(pilot)
        pane = await press(pilot, "home", "v", "j", "k")
        assert pane.state.chosen.path == path
        screen = texts(pilot)
        assert all(text.isprintable() for text in screen)
        assert any("\\x1b[31m" in text for text in screen)
        await press(pilot, "enter")
        assert pilot.app.current_mode == "watch"
        for _ in range(8):
            assert all(text.isprintable() for text in texts(pilot))
            await press(pilot, "tab")
        pilot.app.switch_mode("runs")
        await settled(pilot)
        await press(pilot, "o")
        assert all(text.isprintable() for text in texts(pilot))
    assert not sprung.exists()
