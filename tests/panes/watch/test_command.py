"""``cnntui watch`` where no app opens: its numbers are the log's; a stranger's three lines."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from cnntui import settings
from cnntui.training.events import Ended, Epoch, Failed, Start, Step
from cnntui.training.runs import RunWriter

START = Start("digits", "lenet5", ("0",), (1, 8, 8), 61, 2, 10, (10, 2, 3), "cpu", "fp32", 1)
SCRIPT = """\
from cnntui.training.runs import RunWriter
with RunWriter({path!r}) as run:
    for step in range(1, 101): run.step(step, loss=2 / step, accuracy=step / 100, mine=step)
import sys
assert not {{"torch", "textual", "numpy", "rich"}} & set(sys.modules), "it imports the least"
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where the runs of the test lie."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return settings.runs_folder()


def written(path) -> None:
    """Two epochs of ten steps, a logged step in two."""
    moments = iter(range(1000, 9000))
    with RunWriter(path, {"dataset": "digits", "net": "lenet5"}, now=lambda: next(moments)) as run:
        run.append(START)
        for step in range(2, 22, 2):
            run.append(Step(step, step / 10, 3 / step, step / 40, 0.1 / step, 1000.0 + step))
            if step % 10 == 0:
                at = step // 10
                run.append(
                    Epoch(at, step, 1.0 / at, 0.5, 2.0 / at, 0.3 * at, 1.0, 0.01, 2.5, 900.0, True)
                )
        run.append(Ended(20, 2, "finished", 5.0, 900.0, 0.5, 1.0, 0.6, 2, test_accuracy=0.55))


def records(path, kind):
    lines = (path / "events.jsonl").read_text().splitlines()
    return [one for one in map(json.loads, lines) if one["event"] == kind]


def test_json_has_the_numbers_of_the_log(ran, folder):
    written(folder / "mine")
    done = ran("watch", "mine", "--json")
    assert (done.code, done.err, done.out.count("\n")) == (0, "", 1)
    told = json.loads(done.out)
    assert (told["name"], told["state"], told["test_accuracy"]) == ("mine", "finished", 0.55)
    for name in ("time", "step", "epoch", "loss", "accuracy", "lr", "images_per_second"):
        assert told["steps"][name] == [one[name] for one in records(folder / "mine", "step")]
    for name in ("epoch", "step", "val_loss", "val_accuracy", "train_loss", "seconds"):
        said = [one[name] for one in records(folder / "mine", "epoch")]
        assert told["epoch_figures"][name] == said
    assert set(told["steps"]["grad_norm"]) == {"NaN"}  # none was told


def test_the_page_has_curves_epochs_and_the_result(ran, folder):
    written(folder / "mine")
    done = ran("watch", "--print")  # the last one
    assert (done.code, done.err) == (0, "")
    for words in ("digits · lenet5", "epoch 2/2", "100%", "loss", "accuracy %", "validation 1"):
        assert words in done.out
    assert "test accuracy 55.00%" in done.out
    assert "best epoch 2" in done.out
    rows = [line.split() for line in done.out.splitlines() if line.endswith("best")]
    assert [row[:3] for row in rows] == [["2", "0.5", "1"], ["1", "1", "2"]]
    assert all(line.isprintable() for line in done.out.splitlines())
    assert max(map(len, done.out.splitlines())) <= 100


def test_ascii_where_there_is_no_more(folder):
    written(folder / "mine")
    command = [sys.executable, "-m", "cnntui", "watch", "mine", "--print"]
    environment = {"XDG_STATE_HOME": str(folder.parent.parent), "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, capture_output=True, env=environment, timeout=60, check=True)
    assert done.stdout.isascii()
    assert b"accuracy" in done.stdout


def test_a_strangers_three_lines_are_watched(ran, tmp_path):
    path = tmp_path / "runs" / "theirs"
    script = tmp_path / "train.py"
    script.write_text(SCRIPT.format(path=str(path)))
    done = subprocess.run([sys.executable, script], capture_output=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
    page = ran("watch", path, "--print")
    assert (page.code, page.err) == (0, "")
    for words in ("theirs", "loss", "accuracy", "train 0.02"):  # 2 / 100
        assert words in page.out
    told = json.loads(ran("watch", path, "--json").out)
    assert told["steps"]["loss"] == [2 / step for step in range(1, 101)]
    assert told["steps"]["mine"] == list(range(1, 101))
    assert told["state"] == "finished"
    listed = json.loads(ran("runs", "--json").out)
    assert [run for run in listed if run["name"] == "theirs"] == []  # it lies elsewhere


@pytest.mark.parametrize("line", [b"", b'{"v":1,"event":"step","step":3', b"\x00\xff\n[]\n{}\n"])
def test_what_is_torn_or_strange_in_a_log_is_left_out(ran, folder, line):
    written(folder / "mine")
    with (folder / "mine" / "events.jsonl").open("ab") as log:
        log.write(line)
    told = json.loads(ran("watch", "mine", "--json").out)
    assert len(told["steps"]["step"]) == 10


def test_not_finite_numbers_and_a_failure_are_told(ran, folder):
    with RunWriter(folder / "bad", {"dataset": "digits", "net": "lenet5"}) as run:
        run.append(START)
        run.step(1, loss=float("inf"), lr=1.0)
        run.step(2, loss=float("nan"), lr=1.0)
        run.append(Failed(2, "the loss is not finite at step 2", "a lower rate helps"))
    told = json.loads(ran("watch", "bad", "--json").out)
    assert told["steps"]["loss"] == ["Infinity", "NaN"]
    assert told["state"] == "failed"
    page = ran("watch", "bad", "--print")
    assert page.code == 0
    assert "the loss is not finite at step 2; a lower rate helps" in page.out


def test_an_empty_run_is_a_page_too(ran, folder):
    RunWriter(folder / "new").close()
    for form in ("--print", "--json"):
        done = ran("watch", "new", form)
        assert (done.code, done.err) == (0, "")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ((), ["no run lies in", "cnntui train"]),
        (("nosuch",), ["no run 'nosuch'"]),
        (("/no/such",), ["/no/such is no run"]),
        (("a", "b"), ["b"]),
        (("--print", "--json"), ["--json"]),
        (("a\x1b[2J",), [r"\x1b"]),
    ],
)
def test_wrong_requests(refused, folder, given, says):
    line = refused("watch", *given)
    for words in says:
        assert words in line
    assert not folder.exists()
