"""The lock of a run where the file system has none: the heartbeat, and holders of other hosts."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from cnntui.errors import UserError
from cnntui.training.run.locking import FRESH, Holder, Lock, held, this_process

ELSEWHERE = Holder("node-7", "another-boot", 4321, "99")


def left(folder: Path, holder: Holder) -> float:
    """Leave a lock as if its holder had died, and return when it last beat."""
    (folder / "lock").write_text(json.dumps(asdict(holder)))
    return (folder / "lock").stat().st_mtime


@pytest.fixture
def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    def flock(fd: int, how: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", flock)


def test_nobody_holds_a_folder_without_a_lock(tmp_path: Path) -> None:
    assert held(tmp_path) is None
    assert held(tmp_path / "none") is None
    (tmp_path / "lock").write_bytes(b"\xff" * 900)
    assert held(tmp_path) is None


def test_a_lock_tells_its_holder_until_it_is_released(tmp_path: Path) -> None:
    lock = Lock(tmp_path)
    assert held(tmp_path) == this_process()
    lock.release()
    lock.release()
    assert held(tmp_path) is None


def test_a_lock_survives_those_who_look(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from cnntui.training.run.locking import held\n"
        "print('ready', flush=True)\nwhile True: held(Path(sys.argv[1]))"
    )
    (tmp_path / "lock").write_text("")
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        try:
            for _ in range(30):
                Lock(tmp_path).release()
        finally:
            process.kill()


def test_a_host_that_beats_holds_it_and_a_silent_one_does_not(tmp_path: Path) -> None:
    beat = left(tmp_path, ELSEWHERE)
    assert held(tmp_path, lambda: beat + FRESH - 1) == ELSEWHERE
    assert held(tmp_path, lambda: beat + FRESH + 1) is None
    with pytest.raises(UserError, match="process 4321 on node-7"):
        Lock(tmp_path)
    os.utime(tmp_path / "lock", (beat - 2 * FRESH, beat - 2 * FRESH))
    Lock(tmp_path).release()


def test_a_machine_that_was_started_anew_holds_nothing(tmp_path: Path) -> None:
    left(tmp_path, replace(this_process(), boot="before"))
    assert held(tmp_path) is None


@pytest.mark.usefixtures("without_locks")
def test_without_locks_the_process_itself_is_looked_for(tmp_path: Path) -> None:
    parent = replace(this_process(), pid=os.getppid())
    started = Path(f"/proc/{os.getppid()}/stat").read_text().rpartition(")")[2].split()[19]
    left(tmp_path, replace(parent, started=started))
    assert held(tmp_path) == replace(parent, started=started)
    left(tmp_path, replace(parent, started="1"))  # its number was given to another since
    assert held(tmp_path) is None
    Lock(tmp_path).release()


def test_the_heart_beats_every_five_seconds(tmp_path: Path) -> None:
    now = [0.0]
    lock = Lock(tmp_path, lambda: now[0])
    os.utime(tmp_path / "lock", (1.0, 1.0))
    now[0] = 4.9
    lock.beat()
    assert (tmp_path / "lock").stat().st_mtime == 1.0
    now[0] = 5.0
    lock.beat()
    assert (tmp_path / "lock").stat().st_mtime > 1e9
    lock.release()
    lock.beat()
