"""Two processes train one model with gloo; the oracle is one process alone."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from cnntui.training.loop.processes import Processes
from cnntui.training.run.control import Request, ask
from tests.training.forked import Worker, history, size

pytestmark = pytest.mark.slow

PLAIN = "input 1x8x8\nconv 4 3 same relu\nmaxpool 2\nflatten\ndense 10\n"  # no batch norm
FEW = ("--dataset", "digits", "--threads", "1", "--device", "cpu", "--lr", "0.01")


@pytest.fixture
def net(tmp_path: Path) -> Path:
    path = tmp_path / "net.txt"
    path.write_text(PLAIN)
    return path


def _port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _pair(*argv: str | Path, out: Path) -> list[Worker]:
    """Two workers as torchrun would start them."""
    where = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(_port()), "WORLD_SIZE": "2"}
    return [
        Worker(*argv, out=out / f"out{rank}", environment={**where, "RANK": str(rank)})
        for rank in (0, 1)
    ]


def _alone(run: Path, *argv: str | Path) -> None:
    assert Worker("--run", run, *argv, out=run.parent / "alone.txt").ended() == 0


def _agree(one: Path, other: Path) -> None:
    ours, theirs = (load_file(run / "checkpoints/last.safetensors") for run in (one, other))
    for name in ours:
        torch.testing.assert_close(ours[name], theirs[name], rtol=1e-3, atol=1e-4)
    first, second = history(one), history(other)
    for name in ("train_loss", "train_accuracy", "val_loss", "val_accuracy"):
        assert first.epochs[name] == pytest.approx(second.epochs[name], rel=1e-4)
    assert first.ended is not None
    assert second.ended is not None
    assert first.ended.test_loss == pytest.approx(second.ended.test_loss, rel=1e-4)
    assert first.ended.confusion == second.ended.confusion


def test_under_torchrun_two_agree_with_one(tmp_path: Path, net: Path) -> None:
    argv = ["--net", str(net), *FEW, "--epochs", "3", "--clip", "1", "--average", "0.9"]
    _alone(tmp_path / "one", *argv)
    command = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node=2"]
    command += [f"--master-port={_port()}", "-m", "cnntui.training.worker"]
    command += ["--run-dir", str(tmp_path / "two"), *argv]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    assert history(tmp_path / "two").start.processes == 2  # type: ignore[union-attr]
    _agree(tmp_path / "one", tmp_path / "two")


def test_six_of_six_end_cleanly(tmp_path: Path, net: Path) -> None:
    argv = ["--net", net, *FEW, "--epochs", "1", "--batch-size", "63"]  # 1,294 = 20 · 63 + 34
    _alone(tmp_path / "one", *argv)
    for number in range(6):
        run = tmp_path / f"two{number}"
        pair = _pair("--run", run, *argv, out=tmp_path)
        assert [worker.ended() for worker in pair] == [0, 0], [worker.said for worker in pair]
        _agree(tmp_path / "one", run)


def test_both_pause_stop_and_go_on(tmp_path: Path, net: Path) -> None:
    run, whole = tmp_path / "run", tmp_path / "whole"
    net.write_text(PLAIN.replace("flatten", "flatten\ndropout 0.3"))
    argv = ["--net", net, *FEW, "--epochs", "12", "--log-every", "0", "--augment", "shift=0.1"]
    pair = _pair("--run", run, *argv, out=tmp_path)
    assert pair[0].until(lambda: len(history(run).steps) >= 3), pair[0].said
    ask(run, Request("pause"))
    assert pair[0].until(lambda: history(run).paused)
    ask(run, Request("resume"))
    ask(run, Request("stop"))
    assert [worker.ended() for worker in pair] == [130, 130], [worker.said for worker in pair]
    pair = _pair(run, out=tmp_path)
    assert [worker.ended() for worker in pair] == [0, 0], [worker.said for worker in pair]
    assert history(run).steps["step"].tolist() == list(range(1, 12 * 21 + 1))
    pair = _pair("--run", whole, *argv, out=tmp_path)
    assert [worker.ended() for worker in pair] == [0, 0]
    _agree(run, whole)


def test_a_wrong_request_ends_both(tmp_path: Path, net: Path) -> None:
    run = tmp_path / "run"
    pair = _pair("--run", run, "--net", net, *FEW, "--batch-size", "3", out=tmp_path)
    assert [worker.ended() for worker in pair] == [2, 2]
    assert "give --batch-size 4" in pair[0].said
    assert not run.exists()


def test_what_breaks_one_ends_it_at_once(tmp_path: Path, net: Path) -> None:
    run = tmp_path / "run"
    argv = ["--run", run, "--net", net, *FEW, "--epochs", "100000"]
    pair = _pair(*argv, out=tmp_path)
    assert pair[0].until(lambda: size(run / "events.jsonl"))
    pair[1].process.kill()
    assert pair[0].ended() == 1
    assert history(run).failure is not None


def test_shares_of_a_batch_are_all_of_it() -> None:
    for count in (2, 3, 7):
        for whole in (2, 9, 64):
            parts = [Processes(rank, count).share(whole) for rank in range(count)]
            seen = [i for part in parts for i in range(whole)[part]]
            assert seen == list(range(whole))
