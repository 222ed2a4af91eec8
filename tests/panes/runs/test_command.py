"""``cnntui runs``: the list, its JSON, and what is asked of a run; strangers' runs run nothing."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest

from cnntui import settings
from cnntui.parts.runs.report import TITLES
from cnntui.training import launching
from cnntui.training.events import Ended, Epoch, Failed, Noted, Start, Step
from cnntui.training.run.control import Requests
from cnntui.training.runs import RunWriter

START = Start("digits", "lenet5", ("0",), (1, 8, 8), 61, 3, 9, (10, 2, 3), "cpu", "fp32", 1)
HOSTILE = "a\x1b[31mred\x1b]0;title\x07\n\x9b2J\u202eend"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Where the runs of the test lie."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return settings.runs_folder()


def begun(path: Path, at: float = 1000.0, **config) -> RunWriter:
    moments = iter(range(10_000))
    given = {"dataset": "digits", "net": "lenet5", **config}
    run = RunWriter(path, given, now=lambda: at + next(moments))
    run.append(START)
    run.append(Step(9, 1.0, 0.75, 0.5, 0.1, 9.0))
    return run


def finished(path: Path, at: float = 1000.0) -> None:
    run = begun(path, at)
    run.append(Epoch(3, 27, 1.0, 0.5, 0.5, 0.875, 1.0, 0.1, 2.0, 9.0, True))
    run.append(Ended(27, 3, "finished", 12.5, 9.0, 0.5, 0.5, 0.875, 3, test_accuracy=0.9))
    run.close()


# the list


def test_none_and_some_are_listed(ran, folder):
    done = ran("runs", "--print")
    assert (done.code, done.out) == (0, f"no run lies in {folder} yet\n")
    assert json.loads(ran("runs", "--json").out) == []
    finished(folder / "old")
    with begun(folder / "new", 2000.0) as live:
        done = ran("runs", "--print")
        head, first, second = done.out.splitlines()
        assert all(title in head for title in TITLES)
        assert first.split()[0] == "new"
        for words in ("old", "finished", "digits", "lenet5", "3/3", "27/27", "87.50%"):
            assert words in second
        live.append(Failed(9, "no luck", "try again"))
    done = ran("runs")  # no terminal: printed all the same
    assert "new: no luck" in done.out
    assert done.err == ""


def test_json_tells_what_the_logs_tell(ran, folder):
    finished(folder / "one")
    done = ran("runs", "--json")
    assert (done.code, done.out.count("\n")) == (0, 1)
    [one] = json.loads(done.out)
    told = {
        "name": "one",
        "path": str(folder / "one"),
        "state": "finished",
        "dataset": "digits",
        "net": "lenet5",
        "epochs": 3,
        "epochs_total": 3,
        "step": 27,
        "steps_total": 27,
        "val_loss": 0.5,
        "val_accuracy": 0.875,
        "test_accuracy": 0.9,
        "seconds": 12.5,
        "started": 1001.0,  # the moment before is the lock's
        "updated": 1004.0,
        "holder": None,
    }
    assert {name: one[name] for name in told} == told
    on_disk = sum(file.stat().st_size for file in (folder / "one").rglob("*") if file.is_file())
    assert one["size"] == on_disk


# requests


def asked_of(run: Path):
    return [(one.kind, one.value) for one in Requests(run).poll()]


def test_a_live_run_is_asked(ran, folder):
    with begun(folder / "live") as live:
        assert ran("runs", "pause", "live").out == "live: asked to pause\n"
        live.append(Noted(9, "paused", "paused"))
        assert ran("runs", "resume", "live").out == "live: asked to go on\n"
        assert ran("runs", "lr", "li", "0.25").out == "live: asked for learning rate 0.25\n"
        done = ran("runs", "stop", folder / "live")
        assert (done.code, done.err) == (0, "")
        assert asked_of(folder / "live") == [
            ("pause", None),
            ("resume", None),
            ("learning-rate", 0.25),
            ("stop", None),
        ]


def test_a_stopped_run_gets_a_worker(ran, folder, monkeypatch):
    launched = []
    monkeypatch.setattr(launching, "launch", lambda run, nice: launched.append((run, nice)))
    begun(folder / "gone").close()
    done = ran("runs", "resume", "last", "--nice", 5)
    assert "goes on from its last checkpoint" in done.out
    assert launched == [(folder / "gone", 5)]


def test_a_run_is_deleted_with_a_yes(ran, refused, folder):
    finished(folder / "one")
    (folder / "one" / "mine.txt").write_text("keep")
    assert "cnntui runs delete one yes" in refused("runs", "delete", "one")
    assert "yes" in refused("runs", "delete", "one", "y")
    assert (folder / "one" / "config.json").exists()
    done = ran("runs", "delete", "one", "yes")
    assert done.out == "one: deleted; left there: mine.txt\n"
    assert [file.name for file in (folder / "one").iterdir()] == ["mine.txt"]
    assert "no run" in refused("runs", "delete", "one", "yes")


WRONG = [
    (("pause",), ["name the run", "cnntui runs pause RUN"]),
    (("pause", "nosuch"), ["nosuch", "near: digits-done, digits-gone"]),
    (("pause", "digits-"), ["may be digits-done, digits-gone"]),
    (("pause", "digits-gone"), ["isn't running", "--resume"]),
    (("stop", "digits-done"), ["isn't running"]),
    (("resume", "digits-done"), ["is finished"]),
    (("lr", "digits-gone"), ["give the learning rate"]),
    (("lr", "digits-gone", "fast"), ["'fast' is no learning rate"]),
    (("lr", "digits-gone", "-1"), ["-1", "above 0"]),
    (("lr", "digits-gone", "nan"), ["nan", "above 0"]),
    (("lr", "digits-gone", "inf"), ["inf", "above 0"]),
    (("stop", "/no/such/run"), ["/no/such/run", "no run"]),
    (("explode", "digits-gone"), ["explode", "stop"]),
    (("pause", "a\x1b[31m"), [r"\x1b"]),
    (("--print", "--json"), ["--json"]),
]


@pytest.mark.parametrize(("given", "says"), WRONG, ids=[" ".join(map(ascii, g)) for g, _ in WRONG])
def test_wrong_requests_change_nothing(refused, folder, given, says):
    finished(folder / "digits-done")
    begun(folder / "digits-gone", 2000.0).close()
    line = refused("runs", *given)
    for words in says:
        assert words in line
    assert not list((folder / "digits-gone" / "control").iterdir())


def test_a_running_run_is_not_deleted_nor_begun_twice(refused, folder):
    with begun(folder / "live"):
        assert "stop it first" in refused("runs", "delete", "live", "yes")
        assert "is running" in refused("train", "--resume", "live", "--headless")


def test_a_link_is_not_deleted_through(refused, folder, tmp_path):
    finished(tmp_path / "far")
    folder.mkdir(parents=True)
    (folder / "near").symlink_to(tmp_path / "far")
    assert "link" in refused("runs", "delete", "near", "yes")
    assert (tmp_path / "far" / "config.json").exists()


# strangers


class Payload:
    """Unpickling it writes a file."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)

    def __reduce__(self):
        return exec, (f"open({self.path!r}, 'w')",)


@pytest.fixture
def stranger(folder, tmp_path):
    """A run whose every text holds control signs and whose every file would run code."""
    sprung = tmp_path / "sprung"
    code = tmp_path / "evil.py"
    code.write_text(f"open({str(sprung)!r}, 'w')\ndef make(): open({str(sprung)!r}, 'w')\n")
    path = folder / "stranger-\x1b[31m\u202e"
    net = f"{code}:make"
    run = RunWriter(path, {"net": net, "dataset": HOSTILE, HOSTILE: HOSTILE}, title=HOSTILE)
    run.append(
        Start(HOSTILE, net, (HOSTILE, "b"), (1, 8, 8), 6, 3, 9, (9, 9, 9), HOSTILE, HOSTILE, 1)
    )
    run.step(1, loss=1.0, **{HOSTILE: 2.0, "lr": 0.1})
    run.append(Noted(1, "data", HOSTILE))
    run.epoch(1, val_loss=1.0, **{HOSTILE: 3.0})
    run.append(Failed(1, HOSTILE, HOSTILE, {HOSTILE: 1.0}))
    for name in ("last.pt", "state.pt", "last.safetensors", "best.safetensors"):
        run.save(name, lambda file: file.write_bytes(pickle.dumps(Payload(sprung))))
    run.close()
    (path / "log.txt").write_text(HOSTILE)
    yield path
    assert not sprung.exists()


COMMANDS = [
    ("runs", "--print"),
    ("runs", "--json"),
    ("watch", "--print"),
    ("watch", "--json"),
    ("watch", "RUN", "--print"),
    ("layers", "RUN", "--print"),
    ("layers", "RUN", "--json"),
    ("runs", "pause", "RUN"),
    ("runs", "delete", "RUN"),
    ("runs", "lr", "RUN", "x"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_strangers_run_runs_nothing_and_prints_nothing_unprintable(ran, stranger, command):
    done = ran(*(str(stranger) if word == "RUN" else word for word in command))
    assert done.code in (0, 2)
    for text in (done.out, done.err):
        assert all(line.isprintable() for line in text.split("\n"))
        assert "Traceback" not in text
    assert done.out or done.err


def test_a_strangers_run_whose_log_hides_its_code_is_not_gone_on_with(
    refused, ran, folder, tmp_path, monkeypatch
):
    launched = []
    monkeypatch.setattr(launching, "launch", lambda run, nice: launched.append(run))
    code = f"{tmp_path / 'evil.py'}:F"
    begun(tmp_path / "sly", net=code).close()  # its log says lenet5
    for command in (("runs", "resume"), ("train", "--headless", "--resume")):
        line = refused(*command, tmp_path / "sly")
        assert "lies outside" in line
        assert f"--net {code}" in line
    begun(folder / "own", net=code).close()
    assert ran("runs", "resume", "own").code == 0
    assert launched == [folder / "own"]


def test_a_strangers_state_is_not_unpickled_by_going_on(ran, folder, tmp_path):
    sprung = tmp_path / "sprung"
    text = "input 1x8x8\nflatten\ndense 10\n"
    with RunWriter(folder / "odd", {"dataset": "digits", "net": "x", "net_text": text}) as run:
        run.append(Step(9, 1.0, 0.75, 0.5, 0.1, 9.0))
        for name in ("last.pt", "state.pt", "last.safetensors"):
            run.save(name, lambda file: file.write_bytes(pickle.dumps(Payload(sprung))))
        run.append(Failed(9, "killed", ""))
    done = ran("train", "--resume", "odd", "--headless")
    assert done.code in (0, 1, 2)
    assert "Traceback" not in done.err
    assert not sprung.exists()


@pytest.mark.parametrize(
    "config", ["", "[]", "{}", '{"v": "one"}', "{" * 5000, "\x00", '{"v": 1, "net": {"a": 1}}']
)
def test_odd_folders_are_no_runs_and_stop_no_list(ran, folder, config):
    finished(folder / "good")
    (folder / "odd").mkdir()
    (folder / "odd" / "config.json").write_text(config)
    (folder / "odd" / "events.jsonl").write_bytes(b'\xff\x00{"event": []}\n{"event":"step"}\n{"v')
    (folder / "empty").mkdir()
    (folder / "file").write_text("x")
    done = ran("runs", "--print")
    assert (done.code, done.err) == (0, "")
    assert "good" in done.out
    assert ran("runs", "--json").code == 0
