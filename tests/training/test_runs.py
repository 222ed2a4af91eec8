"""The run's writer: whole lines, one writer, kills, full disks, and three lines of a stranger's."""

from __future__ import annotations

import errno
import json
import math
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import torch

from cnntui.errors import UserError
from cnntui.ground.atomic_write import DiskFull
from cnntui.models.runs import config_of as net_config
from cnntui.training.config import Config, as_json, from_json
from cnntui.training.events import Ended, Failed, Noted, Step, number
from cnntui.training.run.folder import config_of, is_run, write_config
from cnntui.training.run.locking import held
from cnntui.training.runs import RunWriter

STEP = Step(1, 0.5, 2.25, 0.125, 1e-3, 640.0)


def lines(run: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (run / "events.jsonl").read_bytes().splitlines() if line]


def told(run: Path) -> list[tuple[object, object]]:
    return [(line["event"], line.get("step")) for line in lines(run)]


@contextmanager
def other(code: str, *arguments: object) -> Iterator[subprocess.Popen[bytes]]:
    """Run a script that says ``ready`` once it has done its part and then waits to be told."""
    wait = "\nprint('ready', flush=True)\nimport sys\nsys.stdin.readline()\n"
    command = [sys.executable, "-c", code + wait, *map(str, arguments)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin
    assert process.stdout
    try:
        assert process.stdout.readline() == b"ready\n"
        yield process
    finally:
        process.kill()
        process.stdin.close()
        process.stdout.close()
        process.wait()


WRITER = """
import sys
from cnntui.training.runs import RunWriter
run = RunWriter(sys.argv[1])
for step in range(1, 4): run.step(step, loss=1 / step)
"""


def test_events_are_one_json_object_a_line(tmp_path: Path) -> None:
    with RunWriter(tmp_path / "run", now=lambda: 1234.5678) as run:
        run.append(STEP)
        run.append(Noted(1, "warning", "two\nlines"))
        run.append(Ended(1, 0, "asked", 1.0, 640.0, 2.25, None, None, None))
    first, second, last = lines(tmp_path / "run")
    assert first == {
        "v": 1,
        "event": "step",
        "time": 1234.568,
        "step": 1,
        "epoch": 0.5,
        "loss": 2.25,
        "accuracy": 0.125,
        "lr": 1e-3,
        "images_per_second": 640.0,
        "grad_norm": None,
        "gpu_memory": None,
        "gpu_use": None,
    }
    assert second["text"] == "two\nlines"
    assert last["stopped"] == "asked"


def test_what_is_not_finite_comes_back(tmp_path: Path) -> None:
    with RunWriter(tmp_path) as run:
        run.append(Step(1, 0.0, math.nan, math.inf, -math.inf, 1.0))
        run.step(2, loss=float("nan"), lr=np.float32("inf"))
    first, second, _ = lines(tmp_path)
    assert math.isnan(number(first["loss"]))
    assert (number(first["accuracy"]), number(first["lr"])) == (math.inf, -math.inf)
    assert math.isnan(number(second["loss"]))
    assert number(second["lr"]) == math.inf


def test_settings_stand_under_plain_keys_and_are_written_once(tmp_path: Path) -> None:
    asked = Config(net="lenet5", lr=0.25)
    with RunWriter(tmp_path, as_json(asked), title="mine"):
        assert net_config(tmp_path)["net"] == "lenet5"  # as networks are loaded from runs
    with RunWriter(tmp_path, as_json(Config(net="vgg16"))):
        assert from_json(config_of(tmp_path)) == asked
    assert config_of(tmp_path)["title"] == "mine"
    with pytest.raises(UserError, match="there already"):
        write_config(tmp_path, {})


def test_settings_may_lie_there_before_the_writer_comes(tmp_path: Path) -> None:
    write_config(tmp_path / "run", {"net": "lenet5"})
    with RunWriter(tmp_path / "run", {"net": "other"}):
        assert config_of(tmp_path / "run")["net"] == "lenet5"


def test_another_programs_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "resnet"}')
    with pytest.raises(UserError, match="no run of cnntui"):
        RunWriter(tmp_path)
    assert not is_run(tmp_path)
    assert not (tmp_path / "events.jsonl").exists()
    assert held(tmp_path) is None


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_place_that_cannot_be_made_is_refused(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="can't be made"):
        RunWriter(tmp_path / place)


def test_settings_that_are_no_json_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no JSON"):
        RunWriter(tmp_path, {"lr": math.nan})
    assert held(tmp_path) is None


def test_a_second_writer_is_refused_by_name(tmp_path: Path) -> None:
    with other(WRITER, tmp_path) as process:
        with pytest.raises(UserError, match=f"process {process.pid} on "):
            RunWriter(tmp_path)
        holder = held(tmp_path)
        assert holder is not None
        assert holder.pid == process.pid
    assert held(tmp_path) is None


def test_a_second_writer_of_the_same_process_is_refused(tmp_path: Path) -> None:
    with RunWriter(tmp_path) as run:
        with pytest.raises(UserError, match=f"process {os.getpid()}"):
            RunWriter(tmp_path)
        run.step(1, loss=1.0)
    with RunWriter(tmp_path):
        pass


def test_a_killed_writer_leaves_its_lines_and_lets_go(tmp_path: Path) -> None:
    with other(WRITER, tmp_path) as process:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert held(tmp_path) is None
        with RunWriter(tmp_path) as run:
            run.step(4, loss=0.25)
    steps = [("step", step) for step in (1, 2, 3, 4)]
    assert told(tmp_path) == [*steps, ("ended", 4)]


def test_a_forked_child_does_not_hold_the_lock_after_its_parent(tmp_path: Path) -> None:
    code = (
        WRITER
        + """
import os, signal
read, write = os.pipe()
if os.fork() == 0:
    os.write(write, b"x")
    signal.pause()
os.read(read, 1)
"""
    )
    with other(code, tmp_path) as process:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        assert len(children) == 1
        try:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            assert held(tmp_path) is None
        finally:
            os.kill(int(children[0]), signal.SIGKILL)


@pytest.mark.parametrize("torn", [b'{"v":1,"event":"st', b"{", b'{"v":1}'])
def test_a_torn_line_is_closed_before_the_next(tmp_path: Path, torn: bytes) -> None:
    with RunWriter(tmp_path) as run:
        run.append(STEP)
    before = (tmp_path / "events.jsonl").read_bytes()
    (tmp_path / "events.jsonl").write_bytes(before + torn)
    with RunWriter(tmp_path) as run:
        run.append(STEP)
    after = (tmp_path / "events.jsonl").read_bytes()
    assert after.startswith(before + torn + b"\n{")
    assert after.endswith(b"}\n")


def test_an_unfinished_file_is_swept_and_a_finished_one_kept(tmp_path: Path) -> None:
    with RunWriter(tmp_path) as run:
        run.save("last.pt", lambda path: path.write_bytes(b"whole"))
    (tmp_path / "checkpoints" / ".tmp-last.pt").write_bytes(b"ha")
    (tmp_path / ".tmp-config.json").write_bytes(b"{")
    (tmp_path / "control" / "1-1-1.json").write_text('{"kind": "stop"}')
    with RunWriter(tmp_path):
        left = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*"))
    assert left == [".room", "checkpoints/last.pt", "config.json", "events.jsonl"]
    assert not (tmp_path / ".room").exists()


def test_a_checkpoint_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    def broken(path: Path) -> None:
        path.write_bytes(b"half")
        raise RuntimeError("the writer broke")

    with RunWriter(tmp_path) as run:
        place = run.save("last.pt", lambda path: path.write_bytes(b"first"))
        with pytest.raises(RuntimeError, match="broke"):
            run.save("last.pt", broken)
        assert place.read_bytes() == b"first"
        run.save("last.pt", lambda path: path.write_bytes(b"second"))
        assert os.listdir(place.parent) == ["last.pt"]
    assert place.read_bytes() == b"second"


def test_the_log_is_on_the_disk_before_a_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []

    def kept(name: str) -> None:
        real = getattr(os, name)
        monkeypatch.setattr(os, name, lambda *args: (order.append(name), real(*args))[1])

    def wrote(path: Path) -> None:
        path.write_bytes(b"")
        order.append("write")

    with RunWriter(tmp_path, clock=lambda: 0.0) as run:
        run.append(STEP)
        for name in ("fdatasync", "fsync", "replace"):
            kept(name)
        run.save("last.pt", wrote)
        monkeypatch.undo()
    assert order == ["fdatasync", "write", "fsync", "replace", "fsync"]


def test_the_log_is_synced_every_five_seconds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, synced = [0.0], []
    with RunWriter(tmp_path, clock=lambda: now[0]) as run:
        monkeypatch.setattr(os, "fdatasync", lambda fd: synced.append(now[0]))
        for second in range(12):
            now[0] = second
            run.append(STEP)
    assert synced == [5.0, 10.0, 11.0]  # the last: closing


@pytest.mark.parametrize("name", ["../out", "a/b", "", ".hidden", ".."])
def test_a_checkpoint_stays_in_its_folder(tmp_path: Path, name: str) -> None:
    with RunWriter(tmp_path) as run, pytest.raises(UserError, match="no name of a checkpoint"):
        run.save(name, lambda path: path.write_bytes(b""))


def test_a_full_disk_is_told_and_leaves_the_lines_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room, write = [10], os.write

    def full(fd: int, data: bytes) -> int:
        if not room[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        part = data[: room[0]]
        room[0] -= len(part)
        return write(fd, part)

    run = RunWriter(tmp_path)
    run.append(STEP)
    monkeypatch.setattr(os, "write", full)
    with pytest.raises(DiskFull, match="no room is left"):
        run.append(STEP)
    monkeypatch.undo()
    assert not (tmp_path / ".room").exists()
    run.append(Failed(1, "the disk is full"))
    run.close()
    whole, torn, failed = (tmp_path / "events.jsonl").read_bytes().splitlines()
    assert json.loads(whole)["step"] == json.loads(failed)["step"] == 1
    assert torn == whole[:10]


def test_a_full_device_is_told(tmp_path: Path) -> None:
    write_config(tmp_path, {})
    (tmp_path / "events.jsonl").symlink_to("/dev/full")
    run = RunWriter(tmp_path)
    with pytest.raises(DiskFull):
        run.append(STEP)
    run.close()


def test_a_checkpoint_too_large_leaves_the_one_before(tmp_path: Path) -> None:
    with RunWriter(tmp_path) as run:
        place = run.save("last.pt", lambda path: path.write_bytes(b"whole"))
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 17, limits[1]))
        try:
            with pytest.raises(DiskFull):
                run.save("last.pt", lambda path: path.write_bytes(bytes(1 << 18)))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert place.read_bytes() == b"whole"
    assert os.listdir(place.parent) == ["last.pt"]


@pytest.mark.parametrize("error", [RuntimeError, ValueError])
def test_a_full_disk_in_a_librarys_words_is_told(tmp_path: Path, error: type[Exception]) -> None:
    def full(path: Path) -> None:
        raise error("I/O error: No space left on device (os error 28)")

    with RunWriter(tmp_path) as run, pytest.raises(DiskFull):
        run.save("last.safetensors", full)


def test_a_strangers_numbers_of_any_library_are_taken(tmp_path: Path) -> None:
    with RunWriter(tmp_path, now=lambda: 5.0) as run:
        run.step(1, loss=torch.tensor(0.5), accuracy=np.float64(0.25), lr=1, seen=np.int64(7))
        run.epoch(1, val_loss=torch.tensor([2.0]).mean(), val_accuracy=0.5)
        run.end()
    step, epoch, end = lines(tmp_path)
    assert step == {
        "v": 1,
        "event": "step",
        "time": 5.0,
        "step": 1,
        "loss": 0.5,
        "accuracy": 0.25,
        "lr": 1,
        "seen": 7,
    }
    assert (epoch["epoch"], epoch["step"], epoch["val_loss"]) == (1, 1, 2.0)
    assert (end["stopped"], end["val_accuracy"], end["epochs"]) == ("finished", 0.5, 1)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"loss": "low"}, "give a number"),
        ({"event": 1}, "a word of the log"),
        ({"x": None}, "None"),
    ],
)
def test_a_strangers_mistake_is_told(tmp_path: Path, values: dict[str, object], said: str) -> None:
    with RunWriter(tmp_path) as run, pytest.raises(UserError, match=said):
        run.step(1, **values)


def test_a_script_run_again_takes_the_place_of_what_it_logs_anew(tmp_path: Path) -> None:
    with RunWriter(tmp_path) as run:
        run.step(1, loss=3.0)
        run.step(2, loss=2.0)
        run.step(2, val_loss=2.5)  # more of the same step
    with RunWriter(tmp_path) as run:
        run.step(2, loss=1.0)
    events = [("step", 1), ("step", 2), ("step", 2), ("ended", 2)]
    assert told(tmp_path) == [*events, ("resumed", 1), ("step", 2), ("ended", 2)]


@pytest.mark.parametrize(
    ("error", "event", "said"),
    [
        (ValueError("bad batch"), "failed", "ValueError: bad batch"),
        (KeyboardInterrupt(), "ended", "asked"),
        (None, "ended", "finished"),
    ],
)
def test_the_ending_is_told_where_the_script_told_none(
    tmp_path: Path, error: BaseException | None, event: str, said: str
) -> None:
    def script() -> None:
        with RunWriter(tmp_path) as run:
            run.step(1, loss=1.0)
            if error:
                raise error

    if error:
        with pytest.raises(type(error)):
            script()
    else:
        script()
    last = lines(tmp_path)[-1]
    assert (last["event"], last.get("reason", last.get("stopped"))) == (event, said)


def test_a_worker_that_leaves_without_an_ending_has_none(tmp_path: Path) -> None:
    with RunWriter(tmp_path) as run:
        run.append(STEP)
    assert told(tmp_path) == [("step", 1)]


def test_the_writer_needs_neither_torch_nor_textual(tmp_path: Path) -> None:
    code = """
import sys
from cnntui.training.runs import RunWriter
with RunWriter(sys.argv[1]) as run:
    run.step(1, loss=2.0, accuracy=0.5)
heavy = {"torch", "numpy", "textual", "rich", "orjson", "PIL"} & set(sys.modules)
sys.exit(", ".join(heavy) or 0)
"""
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    assert told(tmp_path) == [("step", 1), ("ended", 1)]
