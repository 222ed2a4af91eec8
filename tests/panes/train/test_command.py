"""``cnntui train`` without the app: its object, its lines, stopping, going on, wrong requests."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from safetensors import safe_open

from cnntui import settings
from cnntui.panes.train.progress import TrainingProgress
from cnntui.training.events import Epoch
from cnntui.training.runs import RunWriter

DENSE = "input 1x8x8\nflatten\ndense 10\n"
KEYS = (
    *("run", "dataset", "net", "epochs", "steps", "params", "device", "seconds"),
    *("images_per_second", "train_loss", "val_loss", "val_accuracy", "test_accuracy"),
    *("best_epoch", "stopped"),
)  # of the issue, in its order
PARAMS = 64 * 10 + 10
TRAIN = 1294  # of 1,797 digits a fifth is for the test, a tenth of the rest for validation
STEPS = -(-TRAIN // 64)
SMALL = ("--threads", 1, "--device", "cpu", "--batch-size", 64)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where the runs of the test lie."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return settings.runs_folder()


@pytest.fixture
def dense(tmp_path):
    """A Build file of one dense layer."""
    file = tmp_path / "small.txt"
    file.write_text(DENSE)
    return file


def events(run) -> list[dict]:
    return [json.loads(line) for line in (Path(run) / "events.jsonl").read_text().splitlines()]


def tensors(path) -> dict:
    with safe_open(path, framework="pt") as file:
        return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118


# what it prints


def test_json_has_the_keys_of_the_issue_and_the_numbers_of_the_log(ran, folder, dense):
    done = ran("train", "--net", dense, "--epochs", 2, *SMALL, "--headless", "--json")
    assert (done.code, done.out.count("\n")) == (0, 1)
    final = json.loads(done.out)
    assert tuple(final) == KEYS
    assert (final["dataset"], final["net"], final["device"]) == ("digits", "small", "cpu")
    assert (final["epochs"], final["steps"], final["params"]) == (2, 2 * STEPS, PARAMS)
    assert final["stopped"] == "finished"
    [*_, ended] = events(final["run"])
    assert ended["event"] == "ended"
    for name in KEYS[7:14]:
        assert final[name] == ended[name], name
    judged = {one["epoch"]: one for one in events(final["run"]) if one["event"] == "epoch"}
    assert final["val_accuracy"] == judged[final["best_epoch"]]["val_accuracy"]
    assert 0 <= final["test_accuracy"] <= 1
    assert "epoch 1/2" in done.err  # the progress is no part of the object
    shapes = {name: tuple(t.shape) for name, t in tensors(best(final["run"])).items()}
    assert sorted(shapes.values()) == [(10,), (10, 64)]


def best(run):
    return f"{run}/checkpoints/best.safetensors"


def test_lines_where_stdout_is_no_terminal(ran, folder, tmp_path):
    run = tmp_path / "mine"
    done = ran("train", "--net", "lenet5", "--epochs", 1, *SMALL, "--headless", "--run", run)
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert "lenet5 (61,706 parameters) on digits: 1,294 pictures 1x32x32, cpu" in lines[0]
    assert any(line.startswith("epoch 1/1  loss ") for line in lines)
    assert lines[-1] == f"run {run}"
    assert all(line.isprintable() for line in lines)
    assert "\x1b" not in done.out
    assert not folder.exists()  # the run lies where it was told to


@pytest.mark.slow
def test_lines_in_ascii_where_there_is_no_more(tmp_path, dense):
    command = [sys.executable, "-m", "cnntui", "train", "--net", dense, "--epochs", 1, *SMALL]
    done = subprocess.run(
        list(map(str, [*command, "--headless"])),
        capture_output=True,
        timeout=60,
        env={**os.environ, "XDG_STATE_HOME": str(tmp_path), "PYTHONIOENCODING": "ascii"},
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"images/s" in done.stdout


def test_a_module_of_ones_own_is_trained(ran, folder, tmp_path):
    file = tmp_path / "mymodel.py"
    file.write_text(
        "from torch import nn\n"
        "def net(num_classes=10):\n"
        "    return nn.Sequential(nn.Flatten(), nn.Linear(64, num_classes))\n"
    )
    done = ran("train", "--net", f"{file}:net", "--size", 8, "--epochs", 1, *SMALL, "--json")
    assert done.code == 0, done.err
    assert json.loads(done.out)["params"] == PARAMS


def test_a_loss_that_is_not_finite_ends_with_1_and_advice(ran, folder, tmp_path):
    file = tmp_path / "endless.py"
    file.write_text(
        "from torch import nn\n"
        "def net():\n"
        "    last = nn.Linear(64, 10)\n"
        "    nn.init.constant_(last.weight, float('inf'))\n"
        "    return nn.Sequential(nn.Flatten(), last)\n"
    )
    done = ran("train", "--net", f"{file}:net", "--size", 8, "--epochs", 9, *SMALL, "--json")
    final = json.loads(done.out)
    assert (done.code, final["stopped"], final["val_loss"]) == (1, "failed", None)
    assert tuple(final)[: len(KEYS)] == KEYS
    assert f"step {final['steps']}" in final["error"]
    assert final["advice"]
    [run] = folder.iterdir()
    done = ran("train", "--resume", run.name, "--headless")  # in words
    assert done.code == 1
    assert done.err.startswith("cnntui: ")
    assert "step" in done.err


# stopping and going on


@pytest.fixture
def interrupted(monkeypatch):
    """Have Ctrl-C pressed as soon as the first epoch is told."""
    show = TrainingProgress.show
    pressed = []

    def pressing(progress, event):
        show(progress, event)
        if isinstance(event, Epoch) and not pressed:
            pressed.append(event)
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(TrainingProgress, "show", pressing)
    return pressed


def test_ctrl_c_stops_and_resume_gives_the_weights_of_the_whole_run(
    ran, folder, dense, interrupted, tmp_path
):
    settings_ = ("--net", dense, "--epochs", 3, "--seed", 5, *SMALL)
    run = tmp_path / "stopped"
    done = ran("train", *settings_, "--json", "--run", run)
    assert done.code == 130
    final = json.loads(done.out)
    assert (final["stopped"], final["test_accuracy"]) == ("asked", None)
    assert STEPS <= final["steps"] < 3 * STEPS
    assert (run / "checkpoints" / "last.safetensors").exists()
    done = ran("train", "--resume", run, "--json")
    assert done.code == 0, done.err
    resumed = json.loads(done.out)
    assert (resumed["epochs"], resumed["steps"], resumed["stopped"]) == (3, 3 * STEPS, "finished")
    whole = ran("train", *settings_, "--json", "--run", tmp_path / "whole")
    straight = json.loads(whole.out)
    for name in ("train_loss", "val_loss", "val_accuracy", "test_accuracy", "best_epoch"):
        assert resumed[name] == straight[name], name
    for one, other in zip(
        tensors(best(run)).values(), tensors(best(tmp_path / "whole")).values(), strict=True
    ):
        assert one.equal(other)


def test_resume_takes_a_name_and_says_so_in_words(ran, folder, dense, interrupted):
    done = ran("train", "--net", dense, "--epochs", 2, *SMALL, "--headless")
    assert done.code == 130
    [run] = folder.iterdir()
    assert f"go on: cnntui train --resume {run.name}" in done.out
    done = ran("train", "--resume", run.name[:-1], "--headless")
    assert done.code == 0
    done = ran("train", "--resume", run.name, "--headless")
    assert (done.code, done.out) == (2, "")
    assert "is finished" in done.err


@pytest.mark.slow
@pytest.mark.parametrize("presses", [1, 2])
def test_a_process_of_its_own_stops_at_ctrl_c(tmp_path, dense, presses):
    run = tmp_path / "mine"
    command = [sys.executable, "-m", "cnntui", "train", "--net", dense, "--epochs", "5000"]
    command += ["--threads", "1", "--device", "cpu", "--json", "--run", run]
    worker = subprocess.Popen(
        list(map(str, command)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "XDG_STATE_HOME": str(tmp_path), "OMP_NUM_THREADS": "1"},
    )
    try:
        assert worker.stderr is not None
        while "1/5000" not in worker.stderr.readline():
            assert worker.poll() is None
        for _ in range(presses):
            worker.send_signal(signal.SIGINT)
        out, err = worker.communicate(timeout=60)
    finally:
        worker.kill()
        worker.communicate()
    assert worker.returncode == 130
    assert "Traceback" not in err
    if presses == 1:
        assert json.loads(out)["stopped"] == "asked"
        assert (run / "checkpoints" / "last.safetensors").exists()


# wrong requests

WRONG = [
    (("--dataset", "digitz"), ["digitz", "digits"]),
    (("--dataset", "shapes:colour"), []),
    (("--dataset", "/no/such/folder"), ["/no/such/folder"]),
    (("--dataset", "mnist", "--data-dir", "/no/such"), ["train-images-idx3-ubyte"]),
    (("--net", "lenet6"), ["lenet6", "lenet5"]),
    (("--net", "/no/such.txt"), ["/no/such.txt"]),
    (("--net", "/no/such.py:net"), ["/no/such.py"]),
    (("--optimizer", "rmsprop"), ["rmsprop", "sgd, adam, adamw"]),
    (("--schedule", "linear"), ["linear", "one-cycle"]),
    (("--recipe", "moon"), ["moon"]),
    (("--precision", "fp8"), ["fp8", "bf16"]),
    (("--device", "tpu"), ["tpu", "cpu"]),
    (("--device", "cuda:99"), ["CUDA"]),
    (("--augment", "flop"), ["flop", "flip"]),
    (("--augment", "rotate=fast"), ["fast"]),
    (("--lr", "fast"), ["fast", "number"]),
    (("--lr", "-1"), ["lr is -1"]),
    (("--lr", "nan"), ["lr is nan"]),
    (("--epochs", "0"), ["epochs is 0"]),
    (("--epochs", "1.5"), ["1.5", "whole number"]),
    (("--batch-size", "0"), ["batch_size is 0"]),
    (("--size", "7", "--net", "lenet5"), ["7"]),
    (("--size", "100000"), ["size is 100000"]),
    (("--threads", "-1"), ["threads"]),
    (("--seed", "-1"), ["seed"]),
    (("--resume", "nosuch"), ["nosuch"]),
    (("--resume", "/no/such"), ["/no/such"]),
    (("--epoch", "3"), ["--epoch"]),
    (("--dataset", "a\x1b[31m"), [r"\x1b"]),
]


@pytest.mark.parametrize(
    ("given", "says"), WRONG, ids=[" ".join(map(ascii, one)) for one, _ in WRONG]
)
def test_wrong_requests_leave_nothing_behind(refused, folder, given, says):
    net = () if {"--net", "--resume"} & set(given) else ("--net", "lenet5")
    line = refused("train", *net, *given, "--headless")
    for words in says:
        assert words in line
    assert not folder.exists() or not list(folder.iterdir())


def test_what_does_not_fit_together_is_refused(refused, folder, tmp_path):
    own = tmp_path / "own.py"
    own.write_text(
        "from torch import nn\n"
        "def three(): return nn.Sequential(nn.Flatten(), nn.Linear(64, 3))\n"
        "def fails(): raise RuntimeError('no luck')\n"
    )
    bad = tmp_path / "bad.txt"
    bad.write_text("input 1x8x8\nconv 3 99\n")
    assert "10" in refused("train", "--net", f"{own}:three", "--size", 8, "--headless")
    assert "no luck" in refused("train", "--net", f"{own}:fails", "--json")
    assert "99" in refused("train", "--net", bad, "--json")
    refused("train", "--net", f"{own}:three", "--size", 9, "--json")
    assert not folder.exists() or not list(folder.iterdir())


def test_a_folder_that_is_taken_is_refused(refused, folder, tmp_path):
    written(tmp_path / "run")
    line = refused("train", "--run", tmp_path / "run", "--headless")
    assert "is a run already" in line
    assert "--resume" in line
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter").write_text("dear")
    assert "no empty folder" in refused("train", "--run", tmp_path / "full", "--headless")
    file = tmp_path / "full" / "letter"
    assert "no empty folder" in refused("train", "--run", file, "--headless")
    assert file.read_text() == "dear"
    assert [one.name for one in (tmp_path / "full").iterdir()] == ["letter"]
    inside = refused("train", "--run", file / "deeper", "--net", "lenet5", "--headless")
    assert str(file) in inside


def test_an_empty_folder_is_left_as_it_was(refused, folder, tmp_path):
    (tmp_path / "empty").mkdir()
    refused("train", "--run", tmp_path / "empty", "--dataset", "digitz", "--headless")
    assert list((tmp_path / "empty").iterdir()) == []
    refused("train", "--run", tmp_path / "new", "--dataset", "digitz", "--headless")
    assert not (tmp_path / "new").exists()


def test_a_run_goes_on_with_its_own_settings(refused, folder):
    written(folder / "mine")
    given = ("--lr", 1), ("--epochs", 9), ("--recipe", "digits"), ("--run", "x"), ("--flip-test",)
    for more in given:
        line = refused("train", "--resume", "mine", *more, "--headless")
        assert "its own settings" in line


def test_a_running_and_a_finished_run_are_not_gone_on_with(refused, folder):
    with RunWriter(folder / "live", {"dataset": "digits", "net": "lenet5"}) as run:
        run.step(1, loss=2.0)
        assert "is running" in refused("train", "--resume", "live", "--headless")
    assert "is finished" in refused("train", "--resume", "live", "--json")


def test_a_strangers_settings_are_refused_in_one_line(refused, folder):
    for values in ({"net": 3}, {"dataset": ["digits"]}, {"lr": "fast"}, {"epochs": 10**9}):
        run = folder / f"odd{len(str(values))}{next(iter(values))}"
        written(run, **values)
        before = sorted(one.name for one in run.iterdir())
        refused("train", "--resume", run, "--headless")
        assert sorted(one.name for one in run.iterdir()) == before


def written(path, **values) -> None:
    """A run that was begun and lost its worker."""
    RunWriter(path, {"dataset": "digits", "net": "lenet5", **values}).close()
