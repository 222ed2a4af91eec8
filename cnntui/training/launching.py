"""Starts a worker that outlives whoever starts it.

The worker is a session of its own, so that a closed terminal, a lost connection or a crash of the
app leaves it running. It stands back by its niceness, lest it slow the keys of the app.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from cnntui.errors import UserError
from cnntui.training.cores import threads
from cnntui.training.run.finding import new_run_folder
from cnntui.training.run.folder import LOG, write_config
from cnntui.training.run.locking import held

NICE = 10
LOGIND = (Path("/etc/systemd/logind.conf"), Path("/etc/systemd/logind.conf.d"))
_workers: list[subprocess.Popen[bytes]] = []  # kept, so that ended ones are waited for


def begin(runs: Path, values: Mapping[str, Any], nice: int = NICE) -> Path:
    """Make a folder for a run of these settings, start its worker, and return the folder.

    Raises UserError, DiskFull.
    """
    run = new_run_folder(runs, str(values["dataset"]), str(values["net"]))
    write_config(run, {**values, "threads": threads(int(values.get("threads", 0)))})
    launch(run, nice)
    return run


def launch(run: Path, nice: int = NICE) -> None:
    """Start the worker of a run, new or to be gone on with. Raises UserError where one works."""
    if held(run) is not None:
        raise UserError(f"{run.name} is running already; watch it with: cnntui watch {run.name}")
    _workers[:] = [worker for worker in _workers if worker.poll() is None]
    command = [sys.executable, "-m", "cnntui.training.worker", str(run), "--nice", str(nice)]
    with (run / LOG).open("ab") as log:
        worker = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    _workers.append(worker)


def exit_code(run: Path) -> int | None:
    """Return the exit code of a worker that this process started and that has ended."""
    for worker in _workers:
        if str(run) in worker.args:  # type: ignore[operator]
            return worker.poll()
    return None


def logout_kills() -> bool:
    """Whether this machine ends even a session's own processes when its user logs out.

    systemd's KillUserProcesses=yes does; `systemd-run --user --scope` with lingering helps.
    """
    if "XDG_SESSION_ID" not in os.environ:
        return False
    files = [LOGIND[0]]
    with suppress(OSError):
        files += sorted(LOGIND[1].glob("*.conf"))
    kills = False
    for file in files:
        with suppress(OSError, UnicodeDecodeError):
            for value in re.findall(r"^\s*KillUserProcesses\s*=\s*(\w+)", file.read_text(), re.M):
                kills = value.lower() in ("yes", "true", "1", "on")
    return kills
