"""Runs in their folder: states told by files alone, finding, deleting, and the printed list."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from cnntui.errors import UserError
from cnntui.numbers import size_text
from cnntui.parts.runs.report import listed, page, span
from cnntui.training.events import (
    Checkpoint,
    Ended,
    Epoch,
    Event,
    Failed,
    Noted,
    Resumed,
    Start,
    Step,
)
from cnntui.training.run.finding import delete_run, find_run, new_run_folder
from cnntui.training.run.listing import list_runs, status_of
from cnntui.training.run.locking import held
from cnntui.training.runs import RunWriter

START = Start("digits", "lenet5", ("0",), (1, 8, 8), 61, 3, 9, (10, 2, 3), "cpu", "fp32", 1)
ENDED = Ended(27, 3, "finished", 1.0, 9.0, 0.5, 0.75, 0.875, 2, test_accuracy=0.5)
NOW = 1000.0


def step(at: int, loss: float = 0.5) -> Step:
    return Step(at, at / 9, loss, 0.25, 0.1, 9.0)


def epoch(at: int, accuracy: float = 0.25, **more: Any) -> Epoch:
    return Epoch(at, 9 * at, 1.0, 0.5, 1.5, accuracy, 1.0, 0.1, 2.0, 9.0, False, **more)


def written(path: Path, *events: Event, **config: Any) -> RunWriter:
    run = RunWriter(path, config, now=lambda: NOW)
    for event in events:
        run.append(event)
    return run


def state(path: Path, later: float = 1.0) -> str:
    return status_of(path, lambda: NOW + later).state


ENDINGS: list[tuple[tuple[Event, ...], str, str]] = [  # events, while written, after
    ((), "starting", "failed"),
    ((START,), "starting", "failed"),
    ((START, step(1)), "running", "failed"),
    ((START, step(1), Noted(1, "paused", "")), "paused", "failed"),
    ((START, step(1), Noted(1, "paused", ""), Checkpoint(1, 0, False)), "paused", "failed"),
    ((START, step(1), Noted(1, "paused", ""), Noted(1, "continued", "")), "running", "failed"),
    ((START, step(1), Noted(1, "paused", ""), step(2)), "running", "failed"),
    ((START, step(1), Noted(1, "warning", "")), "running", "failed"),
    ((START, step(1), Failed(1, "NaN")), "failed", "failed"),
    ((START, step(1), ENDED), "finished", "finished"),
    ((START, step(1), Ended(1, 0, "asked", 1, 1, None, None, None, None)), "stopped", "stopped"),
    ((START, step(1), ENDED, Resumed(1, 0)), "running", "failed"),
    ((START, step(1), Failed(1, "NaN"), Resumed(1, 0), step(2)), "running", "failed"),
]


@pytest.mark.parametrize(("events", "during", "after"), ENDINGS)
def test_a_state_is_told_by_the_files(
    tmp_path: Path, events: tuple[Event, ...], during: str, after: str
) -> None:
    run = written(tmp_path, *events)
    if not events:
        os.utime(tmp_path, (NOW, NOW))
    assert state(tmp_path) == during
    run.close()
    os.utime(tmp_path, (NOW, NOW))
    assert state(tmp_path, 100.0) == after


def test_a_run_that_says_nothing_is_silent(tmp_path: Path) -> None:
    with written(tmp_path, START, step(1)):
        status = status_of(tmp_path, lambda: NOW + 95)
        assert (status.state, status.since) == ("silent", 95.0)
        assert "silent for 1 min" in page([status])
        assert status.holder == held(tmp_path)


@pytest.mark.parametrize("event", [ENDED, step(1), Failed(1, "NaN"), Noted(1, "paused", "")])
def test_a_run_taken_up_again_is_starting_until_it_says_so(tmp_path: Path, event: Event) -> None:
    written(tmp_path, START, event).close()
    with RunWriter(tmp_path, now=lambda: NOW + 500) as run:
        assert state(tmp_path, 501) == "starting"
        assert state(tmp_path, 600) == "silent"
        run.append(Resumed(1, 0))
        assert state(tmp_path, 501) == "running"


def test_a_run_that_logs_seldom_is_not_silent(tmp_path: Path) -> None:
    with written(tmp_path, START, step(1), log_every=60.0):
        assert state(tmp_path, 95) == "running"
        assert state(tmp_path, 200) == "silent"


def test_a_new_folder_is_starting_until_its_worker_comes(tmp_path: Path) -> None:
    path = tmp_path / "run"
    written(path).close()
    changed = path.stat().st_mtime
    assert status_of(path, lambda: changed + 1).state == "starting"
    assert status_of(path, lambda: changed + 100).state == "failed"


def test_figures_are_the_last_ones(tmp_path: Path) -> None:
    events = (START, step(9), epoch(1), step(18), epoch(2, 0.5), step(20, 0.125))
    with written(tmp_path / "mine", *events, dataset="other") as run:
        run.save("last.pt", lambda path: path.write_bytes(bytes(5000)))
        status = status_of(tmp_path / "mine", lambda: NOW)
    assert (status.name, status.dataset, status.net) == ("mine", "digits", "lenet5")
    assert (status.epochs, status.epochs_total, status.step, status.steps_total) == (2, 3, 20, 27)
    assert (status.loss, status.val_loss, status.val_accuracy) == (0.125, 1.5, 0.5)
    assert (status.started, status.updated, status.since) == (NOW, NOW, 0.0)
    assert status.size > 5000


def test_what_a_resume_replaced_is_not_told(tmp_path: Path) -> None:
    events = (START, step(9), epoch(1), step(18), epoch(2, 0.5), step(20), Resumed(12, 1))
    with written(tmp_path, *events) as run:
        status = status_of(tmp_path, lambda: NOW)
        assert (status.step, status.epochs, status.val_accuracy) == (12, 1, 0.25)
        run.append(step(13, 0.75))
        status = status_of(tmp_path, lambda: NOW)
        assert (status.step, status.epochs, status.loss) == (13, 1, 0.75)


@pytest.mark.parametrize("between", [0, 300, 3000])
def test_the_last_epoch_is_found_behind_many_steps(tmp_path: Path, between: int) -> None:
    large = epoch(2, 0.5, kernels=(((tuple([0.123456789] * 9000),),),))
    steps = [step(18 + at) for at in range(1, between + 1)]
    with written(tmp_path, START, epoch(1), large, *steps):
        status = status_of(tmp_path, lambda: NOW)
    assert (status.epochs, status.val_accuracy, status.step) == (2, 0.5, 18 + between)


def test_a_status_reads_little_of_a_long_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with written(tmp_path, START, *map(step, range(1, 2000)), epoch(300), step(2701)):
        read, pread = [], os.pread

        def counted(fd: int, size: int, at: int) -> bytes:
            data = pread(fd, size, at)
            read.append(len(data))
            return data

        monkeypatch.setattr(os, "pread", counted)
        status = status_of(tmp_path, lambda: NOW)
        assert status.epochs == 300
    assert (tmp_path / "events.jsonl").stat().st_size > 300_000
    assert sum(read) <= 2 * (1 << 16) + 1024


def test_a_strangers_run_is_told_by_its_title(tmp_path: Path) -> None:
    with RunWriter(tmp_path / "run", title="my net") as run:
        run.step(5, loss=0.5)
        run.epoch(1, val_accuracy=0.75)
    status = status_of(tmp_path / "run")
    assert (status.state, status.title, status.step) == ("finished", "my net", 5)
    assert (status.epochs, status.val_accuracy, status.val_loss) == (1, 0.75, None)
    assert "my net" in page([status])


@pytest.mark.parametrize("log", [b"", b"\0" * 99, b"{}\n[]\nnull\n", b'{"event":"step"}\n' * 3])
def test_any_log_has_a_status(tmp_path: Path, log: bytes) -> None:
    written(tmp_path).close()
    (tmp_path / "events.jsonl").write_bytes(log)
    assert state(tmp_path, 1e12) == "failed"


def test_runs_are_listed_by_their_beginning(tmp_path: Path) -> None:
    for at, name in enumerate(["b", "c", "a"]):
        with RunWriter(tmp_path / name, now=lambda at=at: NOW + at) as run:  # type: ignore[misc]
            run.step(1, loss=1.0)
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("")
    assert [run.name for run in list_runs(tmp_path)] == ["a", "c", "b"]
    assert find_run("last", tmp_path) == tmp_path / "a"
    assert list_runs(tmp_path / "none") == ()
    with pytest.raises(UserError, match="no run lies"):
        find_run("last", tmp_path / "none")


def test_a_run_is_found_by_name_beginning_and_path(tmp_path: Path) -> None:
    for name in ("digits-lenet5-1f3a", "digits-vgg-22aa", "glyphs-vgg-0000"):
        written(tmp_path / name).close()
    assert find_run("digits-vgg-22aa", tmp_path).name == "digits-vgg-22aa"
    assert find_run("g", tmp_path).name == "glyphs-vgg-0000"
    path = tmp_path / "digits-vgg-22aa"
    assert find_run(str(path), tmp_path / "elsewhere") == path
    with pytest.raises(UserError, match="may be digits-lenet5-1f3a, digits-vgg-22aa"):
        find_run("digits", tmp_path)
    with pytest.raises(UserError, match="near: digits-lenet5-1f3a"):
        find_run("digit-lenet", tmp_path)
    with pytest.raises(UserError, match="is no run: it has no config"):
        find_run(str(tmp_path), tmp_path)
    with pytest.raises(UserError, match="no run ''"):
        find_run("", tmp_path)


@pytest.mark.parametrize(
    ("dataset", "net", "wanted"),
    [
        ("digits", "lenet5", "digits-lenet5"),
        ("digits:split=writers", "digits_cnn", "digits-digits_cnn"),
        ("/data/My Pets/", "models/net.py:Small", "my-pets-small"),
        ("set.npz", "package.module:build", "set-build"),
        ("../..", "::", ""),
        ("x" * 99, "net.txt", "x" * 24 + "-net"),
    ],
)
def test_a_new_folder_is_named_after_its_run(
    tmp_path: Path, dataset: str, net: str, wanted: str
) -> None:
    paths = {new_run_folder(tmp_path / "runs", dataset, net) for _ in range(5)}
    assert len(paths) == 5
    for path in paths:
        assert path.parent == tmp_path / "runs"
        assert re.fullmatch(re.escape(wanted) + r"-?[0-9a-f]{4}", path.name)
        assert path.is_dir()


def test_a_deleted_run_is_gone_and_what_it_linked_to_is_not(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "weights.pt").write_bytes(b"mine")
    with written(tmp_path / "run") as run:
        run.save("last.pt", lambda path: path.write_bytes(b"x"))
    (tmp_path / "run" / "checkpoints" / "link").symlink_to(outside)
    (tmp_path / "run" / "log.txt").symlink_to(outside / "weights.pt")
    assert delete_run(tmp_path / "run") == ()
    assert not (tmp_path / "run").exists()
    assert (outside / "weights.pt").read_bytes() == b"mine"


def test_a_linked_checkpoints_folder_is_left_whole(tmp_path: Path) -> None:
    (tmp_path / "big").mkdir()
    (tmp_path / "big" / "last.pt").write_bytes(b"mine")
    written(tmp_path / "run").close()
    (tmp_path / "run" / "checkpoints").rmdir()
    (tmp_path / "run" / "checkpoints").symlink_to(tmp_path / "big")
    delete_run(tmp_path / "run")
    assert (tmp_path / "big" / "last.pt").exists()


def test_others_files_in_a_run_are_left_and_told(tmp_path: Path) -> None:
    written(tmp_path / "run").close()
    (tmp_path / "run" / "train.py").write_text("mine")
    assert delete_run(tmp_path / "run") == ("train.py",)
    assert os.listdir(tmp_path / "run") == ["train.py"]


def test_what_is_no_run_or_running_is_not_deleted(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "config.json").write_text('{"model_type": "resnet"}')
    for name, said in [("folder", "no run"), ("model", "no run of cnntui"), ("none", "no run")]:
        with pytest.raises(UserError, match=said):
            delete_run(tmp_path / name)
    assert (tmp_path / "model" / "config.json").exists()
    with written(tmp_path / "run"):
        with pytest.raises(UserError, match="is running; stop it first"):
            delete_run(tmp_path / "run")
        (tmp_path / "link").symlink_to(tmp_path / "run")
        with pytest.raises(UserError, match="is a link"):
            delete_run(tmp_path / "link")
    assert status_of(tmp_path / "run").step == 0


def test_the_list_is_told_as_text_and_as_data(tmp_path: Path) -> None:
    events = (START, step(9), epoch(1, 0.9876), Failed(9, "loss is nan\x1b[31m"))
    with written(tmp_path / "run-1", *events):
        runs = list_runs(tmp_path, lambda: NOW)
    title, line, reason = page(runs).splitlines()
    assert title.split()[:5] == ["run", "state", "data", "net", "epoch"]
    assert line.split()[:9] == [
        *("run-1", "failed", "digits", "lenet5", "1/3", "9/27", "1.5", "98.76%"),
        line.split()[8],
    ]
    assert reason == r"run-1: loss is nan\x1b[31m"
    assert max(map(len, page(runs, 40).splitlines())) == 40
    (data,) = json.loads(json.dumps(listed(runs), allow_nan=False))
    assert (data["name"], data["state"], data["val_accuracy"]) == ("run-1", "failed", 0.9876)
    assert data["path"] == str(tmp_path / "run-1")
    assert next(iter(data)) == "name"


def test_an_infinite_loss_is_told_in_json(tmp_path: Path) -> None:
    with written(tmp_path, START, step(1, float("inf")), ENDED):
        (data,) = json.loads(json.dumps(listed([status_of(tmp_path)]), allow_nan=False))
    assert data["loss"] == "Infinity"
    assert data["test_accuracy"] == 0.5


@pytest.mark.parametrize(
    ("size", "text"),
    [
        *((0, "0 B"), (999, "999 B"), (1023, "1023 B"), (1024, "1 KiB"), (1536, "1.5 KiB")),
        *((1 << 20, "1 MiB"), (5 * (1 << 29), "2.5 GiB"), (4_200_000_000, "3.912 GiB")),
    ],
)
def test_sizes_are_written_short(size: int, text: str) -> None:
    assert size_text(size) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.5, "0 s"), (59.9, "59 s"), (60, "1 min"), (7300, "2 h"), (1e6, "11 d")]
)
def test_spans_are_written_in_their_largest_unit(seconds: float, text: str) -> None:
    assert span(seconds) == text
