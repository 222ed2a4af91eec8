"""A real pseudo-terminal to run small apps in, and a record of what an app would send."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

DEADLINE = 30.0  # seconds until a silent app counts as hung; no test waits for it to pass

OWN_TERMINAL = "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"


class PtyApp:
    """A Python script whose controlling terminal is a new pty of ``size`` (columns, rows)."""

    def __init__(self, script: str, size: tuple[int, int] = (80, 24), **environ: str) -> None:
        self.master, slave = pty.openpty()
        self.resize(*size)
        inherited = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES")}
        self.process = subprocess.Popen(
            [sys.executable, "-c", OWN_TERMINAL + script],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            cwd=Path(__file__).parents[2],
            env=inherited | {"TERM": "xterm-256color", "COLORTERM": "truecolor"} | environ,
        )
        os.close(slave)
        self.output = b""

    def read_until(self, marker: bytes | None) -> bytes:
        """Return all output so far once it holds ``marker``; None: read to the end."""
        end = time.monotonic() + DEADLINE
        while marker is None or marker not in self.output:
            if not self.read_more(end - time.monotonic()):
                assert marker is None, f"ended without {marker!r}: {self.output[-2000:]!r}"
                break
        return self.output

    def read_more(self, seconds: float = DEADLINE) -> bytes:
        """Wait for more output, add it and return it; nothing when the app has ended."""
        ready, _, _ = select.select([self.master], [], [], max(0, seconds))
        assert ready, f"silent after {self.output[-2000:]!r}"
        data = self._read()
        self.output += data
        return data

    def _read(self) -> bytes:
        try:
            return os.read(self.master, 65536)
        except OSError:  # Linux answers EIO when the last process has closed its side
            return b""

    def resize(self, columns: int, rows: int) -> None:
        """Give the terminal another size; the kernel tells the app."""
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def write(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self.master, keys)

    def hang_up(self) -> None:
        """Close the terminal's side, as a closed window or a lost connection does."""
        if self.master >= 0:
            os.close(self.master)
            self.master = -1

    def ended(self) -> int:
        """Return the exit code, the process having ended by itself."""
        return self.process.wait(DEADLINE)


@pytest.fixture
def pty_app() -> Iterator[Callable[..., PtyApp]]:
    """Start scripts in pseudo-terminals; whatever still runs afterwards is killed."""
    started: list[PtyApp] = []

    def start(script: str, size: tuple[int, int] = (80, 24), **environ: str) -> PtyApp:
        started.append(PtyApp(script, size, **environ))
        return started[-1]

    yield start
    for app in started:
        if app.process.poll() is None:
            app.process.kill()
            app.process.wait()
        app.hang_up()


@pytest.fixture
def recorded() -> Callable[[Any], list[str]]:
    """Let a headless app append what it would send to a terminal, one text an update."""

    def record(app: Any) -> list[str]:
        sent: list[str] = []

        def display(screen: Any, update: Any) -> None:
            if update is not None:
                sent.append(update.render_segments(app.console))

        app._display = display
        return sent

    return record
