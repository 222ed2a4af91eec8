"""The worker as a process: what kills it, what stops it, and what it leaves."""

from __future__ import annotations

import json
import os
import pickle
import random
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from cnntui.training.run.control import Request, ask
from cnntui.training.run.folder import EVENTS
from tests.training.forked import NET, Worker, history, size
from tests.training.small import same_weights

FEW = ("--dataset", "digits", "--threads", "1", "--log-every", "0", "--checkpoint-every", "0.02")


@pytest.fixture
def net(tmp_path: Path) -> Path:
    path = tmp_path / "net.txt"
    path.write_text(NET)
    return path


def _new(run: Path, net: Path, *more: str, **rest: Any) -> Worker:
    out = run.parent / "out.txt"
    return Worker("--run", run, "--net", net, *FEW, *more, out=out, **rest)


def _begun(worker: Worker, run: Path, steps: int = 1) -> None:
    assert worker.until(lambda: len(history(run).steps) >= steps), worker.said


def _curves(run: Path) -> tuple[Any, ...]:
    """All that the log tells and no clock decides."""
    told = history(run)
    steps = [told.steps[name].tolist() for name in ("step", "epoch", "loss", "accuracy", "lr")]
    names = ("epoch", "step", "train_loss", "train_accuracy", "val_loss", "val_accuracy", "best")
    ended = told.ended
    assert ended is not None
    ending = (ended.step, ended.train_loss, ended.val_loss, ended.test_loss, ended.best_epoch)
    return steps, [told.epochs[name].tolist() for name in names], ending


@pytest.mark.slow
def test_killed_at_ten_moments_it_ends_with_the_very_same_weights(
    tmp_path: Path, net: Path
) -> None:
    more = ("--epochs", "4", "--augment", "shift=0.1,mixup=0.2", "--average", "0.9")
    whole = tmp_path / "whole"
    assert _new(whole, net, *more).ended() == 0
    weights = load_file(whole / "checkpoints/last.safetensors")
    curves = _curves(whole)
    assert curves[0][0] == list(range(1, 4 * 21 + 1))
    draw = random.Random(4)
    for number in range(10):
        run, moment = tmp_path / f"run{number}", draw.randrange(1, size(whole / EVENTS))
        worker = _new(run, net, *more)
        if worker.until(lambda run=run, moment=moment: size(run / EVENTS) >= moment):
            worker.process.kill()
        worker.ended()
        assert history(run).ended is None, "it was not killed in time"
        assert Worker(run, out=tmp_path / "out.txt").ended() == 0
        assert same_weights(load_file(run / "checkpoints/last.safetensors"), weights)
        assert _curves(run) == curves
        assert not list((run / "checkpoints").glob(".*"))


@pytest.mark.slow
def test_a_process_of_its_own_survives_sighup_and_writes_its_settings_once(
    tmp_path: Path, net: Path
) -> None:
    run = tmp_path / "run"
    argv = [sys.executable, "-m", "cnntui.training.worker", "--run", str(run), "--net", str(net)]
    argv += [part for part in FEW if part not in ("--threads", "1")]
    process = subprocess.Popen([*argv, "--epochs", "10"], stderr=subprocess.PIPE, text=True)
    while not size(run / EVENTS):
        assert process.poll() is None
    config = (run / "config.json").read_bytes()
    process.send_signal(signal.SIGHUP)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (0, "")
    assert (run / "config.json").read_bytes() == config
    assert json.loads(config)["threads"] >= 1
    told = history(run)
    assert told.ended is not None
    assert told.ended.stopped == "finished"
    assert told.start is not None
    assert told.start.threads == json.loads(config)["threads"]


@pytest.mark.slow
def test_requests_are_obeyed_and_sigterm_stops_at_the_next_step(tmp_path: Path, net: Path) -> None:
    run = tmp_path / "run"
    worker = _new(run, net, "--epochs", "100000")
    _begun(worker, run)
    second = Worker(run, out=tmp_path / "second.txt")
    assert second.ended() == 2
    assert "being written by process" in second.said
    assert second.said.count("\n") == 1
    ask(run, Request("pause"))
    assert worker.until(lambda: history(run).paused)
    ask(run, Request("learning-rate", 0.125))
    assert worker.until(lambda: any(n.what == "learning-rate" for n in history(run).notes))
    ask(run, Request("resume"))
    assert worker.until(lambda: not history(run).paused)
    os.kill(worker.process.pid or 0, signal.SIGTERM)
    assert worker.ended() == 130
    told = history(run)
    assert told.ended is not None
    assert told.ended.stopped == "asked"
    assert told.checkpoint is not None
    assert told.checkpoint.step == told.ended.step == told.steps["step"][-1]
    assert torch.load(run / "checkpoints/state.pt", weights_only=True)["step"] == told.ended.step


@pytest.mark.slow
def test_a_request_to_stop_can_be_gone_on_from(tmp_path: Path, net: Path) -> None:
    run = tmp_path / "run"
    worker = _new(run, net, "--epochs", "6")
    _begun(worker, run, 5)
    ask(run, Request("stop"))
    assert worker.ended() == 130
    assert Worker(run, out=tmp_path / "out.txt").ended() == 0
    assert history(run).steps["step"].tolist() == list(range(1, 6 * 21 + 1))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("--net", "no_such_net"), "no_such_net"),
        (("--dataset", "no_such_set"), "no_such_set"),
        (("--augment", "fliip"), "did you mean flip?"),
        (("--epochs", "0"), "epochs is 0"),
        (("--graphs",), "CUDA"),
        (("--net", "lenet5", "--size", "8"), "lenet5 can't take pictures of 1x8x8"),
    ],
)
def test_a_wrong_request_leaves_no_folder(
    change: tuple[str, ...], says: str, tmp_path: Path, net: Path
) -> None:
    run = tmp_path / "run"
    worker = _new(run, net, "--device", "cpu", *change)
    assert worker.ended() == 2
    assert says in worker.said
    assert worker.said.startswith("cnntui: ")
    assert worker.said.count("\n") == 1
    assert not run.exists()


def test_a_net_of_another_number_of_classes_is_refused(tmp_path: Path) -> None:
    net = tmp_path / "net.txt"
    net.write_text("input 1x8x8\nflatten\ndense 7\n")
    data = tmp_path / "many.npz"
    images = np.zeros((40, 8, 8), np.uint8)
    np.savez(data, images=images, labels=np.arange(40) % 20)
    worker = Worker(
        *("--run", tmp_path / "run", "--net", net, "--dataset", data), out=tmp_path / "out.txt"
    )
    code = worker.ended()
    assert code in (0, 2), worker.said  # a Build file may take the classes of the data
    assert (code == 0) == (tmp_path / "run").exists()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 200 KB."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(place)]
    if os.getuid() or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("no small disk can be mounted here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def _whole(run: Path) -> None:
    """The checkpoint can be read, and the run says why it ended."""
    told = history(run)
    assert told.failure is not None
    assert "no room" in told.failure.reason
    assert told.checkpoint is not None
    state = torch.load(run / "checkpoints/state.pt", weights_only=True)
    assert state["step"] <= told.failure.step
    assert load_file(run / "checkpoints/last.safetensors")
    assert not list((run / "checkpoints").glob(".*"))


@pytest.mark.slow
def test_a_full_disk_is_told_and_leaves_the_checkpoint_whole(disk: Path, net: Path) -> None:
    run = disk / "run"
    worker = Worker("--run", run, "--net", net, *FEW, "--epochs", "1000", out=net.parent / "out")
    assert worker.ended() == 1
    _whole(run)


def test_a_limit_on_files_is_a_full_disk(tmp_path: Path, net: Path) -> None:
    """The state is larger than any file may be, the log is not."""
    net.write_text(NET.replace("conv 4", "conv 40"))
    run = tmp_path / "run"
    worker = _new(run, net, "--epochs", "1000", largest=40_000)
    assert worker.ended() == 1
    told = history(run)
    assert told.failure is not None
    assert "no room" in told.failure.reason
    assert not list((run / "checkpoints").glob("*.pt"))


def _stopped(run: Path, net: Path) -> Path:
    worker = _new(run, net, "--epochs", "100000")
    assert worker.until((run / "checkpoints/state.pt").exists)
    os.kill(worker.process.pid or 0, signal.SIGTERM)
    assert worker.ended() == 130
    return run / "checkpoints/state.pt"


class Hostile:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.mark),)


@pytest.mark.slow
def test_a_broken_or_hostile_state_is_refused_in_one_line(tmp_path: Path, net: Path) -> None:
    run, mark = tmp_path / "run", tmp_path / "mark"
    state = _stopped(run, net)
    whole = state.read_bytes()
    torch.save({"step": Hostile(mark)}, state)
    hostile = state.read_bytes()
    assert zipfile.is_zipfile(state)
    wrongs = [hostile, pickle.dumps(Hostile(mark)), b"", whole[:-700], b"not a file of torch"]
    for wrong in wrongs:
        state.write_bytes(wrong)
        out = tmp_path / "refused.txt"
        out.unlink(missing_ok=True)
        worker = Worker(run, out=out)
        assert worker.ended() == 2, worker.said
        assert worker.said.count("\n") == 1, worker.said
        assert "can't be gone on from" in worker.said
        assert not mark.exists()
    told = history(run)
    assert told.failure is not None
    assert "can't be gone on from" in told.failure.reason


@pytest.mark.slow
def test_a_state_of_another_network_is_refused(tmp_path: Path, net: Path) -> None:
    state = _stopped(tmp_path / "run", net)
    net.write_text(NET.replace("conv 4", "conv 5"))
    other = _stopped(tmp_path / "other", net)
    other.write_bytes(state.read_bytes())
    worker = Worker(tmp_path / "other", out=tmp_path / "refused.txt")
    assert worker.ended() == 2
    assert "can't be gone on from" in worker.said
