"""A program in a real pseudo-terminal: when its screen changes, and with how many bytes.

Chunks are stamped when they are read; the emulator is fed afterwards, so that its own cost is not
in the figures.
"""

from __future__ import annotations

import fcntl
import os
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Sequence
from types import TracebackType

import pyte

COLUMNS, ROWS = 120, 40
# Seconds that end a reaction. TYPED: so soon comes the next key that it may fall inside Textual's
# 1/60 between two frames, as in MEASURED's figures; SILENCE: it never does.
TYPED, SILENCE = 0.004, 0.024
PATIENCE = 60.0
UNSET = ("COLUMNS", "LINES", "TMUX", "NO_COLOR", "TERM_PROGRAM", "LC_ALL", "LC_CTYPE")
ENVIRON = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
ANSWERS = {
    rb"\x1b\[\?2026\$p": b"\x1b[?2026;2$y",
    rb"\x1b\[\?2048\$p": b"\x1b[?2048;0$y",
    rb"\x1b\[0?c": b"\x1b[?62;22c",
}
# kitty's keyboard, mode queries, DCS and APC: pyte would print or misread them
UNKNOWN = re.compile(rb"\x1b\[[<>=][0-9;:]*[A-Za-z]|\x1b\[\?[0-9;]*\$p|\x1b[_P].*?\x1b\\", re.S)


class Program:
    """A program that paints on a terminal of 120 by 40; leave the ``with`` to end it."""

    def __init__(self, command: Sequence[str], directory: str | None = None) -> None:
        self.screen = pyte.Screen(COLUMNS, ROWS)
        self.stream = pyte.ByteStream(self.screen)
        self.seen: dict[int, object] = {}
        self.started = time.perf_counter()
        self.pid, self.terminal = os.forkpty()
        if self.pid == 0:
            self._become(command, directory)
        os.set_blocking(self.terminal, False)

    def _become(self, command: Sequence[str], directory: str | None) -> None:
        try:
            fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
            if directory:
                os.chdir(directory)
            environ = {k: v for k, v in os.environ.items() if k not in UNSET} | ENVIRON
            os.execvpe(command[0], list(command), environ)
        finally:
            os._exit(127)

    def __enter__(self) -> Program:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)

    def shown(self, pattern: str) -> float:
        """Wait for text on the screen; return the seconds from the start to it."""
        wanted = re.compile(pattern)
        while time.perf_counter() - self.started < PATIENCE:
            if (chunk := self._read(0.5)) is None:
                continue
            stamp, data = chunk
            self._feed(data)
            if wanted.search("\n".join(self.screen.display)):
                return stamp - self.started
        raise TimeoutError(f"no {pattern!r} on the screen:\n" + "\n".join(self.screen.display))

    def settled(self, seconds: float = 0.3) -> None:
        """Read on until nothing has come for so long."""
        while chunk := self._read(seconds):
            self._feed(chunk[1])
        self._changed()

    def press(self, key: str, silence: float = SILENCE) -> tuple[float, int]:
        """Press a key; return (ms until the screen has changed, bytes of the reaction)."""
        os.write(self.terminal, key.encode())
        sent = time.perf_counter()
        changed, size, patience = None, 0, PATIENCE
        while chunk := self._read(patience):
            stamp, data = chunk
            size += len(data)
            self._feed(data)
            if changed is None and self._changed():
                changed, patience = stamp, silence
        if changed is None:
            shown = "\n".join(self.screen.display)
            raise TimeoutError(f"{key!r} changed nothing:\n{shown}")
        self._changed()
        return (changed - sent) * 1000, size

    def _changed(self) -> bool:
        """Tell whether characters or colours differ from those at the last call."""
        rows = self.screen.dirty
        looks = {y: tuple(self.screen.buffer[y][x] for x in range(COLUMNS)) for y in rows}
        rows.clear()
        found = any(self.seen.get(y) != look for y, look in looks.items())
        self.seen |= looks
        return found

    def _read(self, patience: float) -> tuple[float, bytes] | None:
        """Return (time, bytes) of the next chunk, None after so many seconds of silence."""
        ready, _, _ = select.select([self.terminal], [], [], patience)
        if not ready:
            return None
        try:
            data = os.read(self.terminal, 1 << 16)
        except OSError as error:  # the program has closed its side
            raise EOFError("ended:\n" + "\n".join(self.screen.display)) from error
        stamp = time.perf_counter()
        for query, answer in ANSWERS.items():
            for _ in re.findall(query, data):
                os.write(self.terminal, answer)
        return stamp, data

    def _feed(self, data: bytes) -> None:
        self.stream.feed(UNKNOWN.sub(b"", data))
