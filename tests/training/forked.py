"""Worker processes that start at once: forked by a server that has torch already."""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any

from cnntui.training.run.history import History
from cnntui.training.run.reading import RunReader

NET = "input 1x8x8\nconv 4 3 same bn relu\nmaxpool 2\nflatten\ndropout 0.2\ndense 10\n"
DEADLINE = 60.0  # seconds that any fact is waited for

server = multiprocessing.get_context("forkserver")
server.set_forkserver_preload(
    ["cnntui.training.worker", "cnntui.training.loop.preparing", "cnntui.training.fitting"]
)


def worked(argv: list[str], out: Path, largest: int, environment: dict[str, str]) -> None:
    """What the forked process does: all that ``python -m cnntui.training.worker`` does."""
    from cnntui.training.worker import main

    os.environ |= environment
    fd = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(fd, 1)
    os.dup2(fd, 2)
    if largest:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
    sys.exit(main(argv))


class Worker:
    """A worker process and what it printed."""

    def __init__(
        self, *argv: str | Path, out: Path, largest: int = 0, environment: Any = None
    ) -> None:
        self.out = out
        told = ([str(a) for a in argv], out, largest, environment or {})
        self.process = server.Process(target=worked, args=told)
        self.process.start()

    def ended(self) -> int | None:
        self.process.join(DEADLINE)
        assert not self.process.is_alive(), "the worker goes on and on"
        return self.process.exitcode

    def until(self, fact: Callable[[], Any]) -> bool:
        """Whether ``fact`` came true while the worker lived."""
        end = monotonic() + DEADLINE
        while not fact():
            assert monotonic() < end, "waited too long"
            self.process.join(0.001)
            if not self.process.is_alive():
                return bool(fact())
        return True

    @property
    def said(self) -> str:
        return self.out.read_text() if self.out.exists() else ""


def history(run: Path) -> History:
    found = History()
    found.extend(RunReader(run).poll())
    return found


def size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
