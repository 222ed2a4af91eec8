"""Writes a run's directory, for the worker or anyone's own script.

::

    from cnntui.training.runs import RunWriter
    with RunWriter("runs/mine") as run:
        run.step(1, loss=2.3, accuracy=0.1)
"""

from __future__ import annotations

import json
import math
import operator
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from cnntui.errors import UserError
from cnntui.ground.atomic_write import TEMPORARY, DiskFull, ensure_folder, is_disk_full, write_whole
from cnntui.training.events import SCHEMA, Event, Failed, Resumed, line_of, record_of
from cnntui.training.run.folder import (
    CHECKPOINTS,
    CONFIG,
    CONTROL,
    EVENTS,
    ROOM,
    config_of,
    write_config,
)
from cnntui.training.run.locking import Lock

SYNC = 5.0  # seconds of events that a power cut may take
_TAIL = 1 << 16
_RESERVED = ("v", "event", "time")


class RunWriter:
    """The one writer of a run's directory; holds its lock until ``close``."""

    def __init__(
        self,
        path: str | os.PathLike[str],
        config: Mapping[str, Any] | None = None,
        *,
        title: str = "",
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Open or make the folder. Raises UserError where another process writes it, DiskFull."""
        self.path = Path(path).expanduser()
        self._clock, self._now, self._synced, self._began = clock, now, clock(), clock()
        self._torn = self._over = self._stepped = self._judged = False
        self._step, self._epoch, self._values = 0, 0, dict[str, Any]()
        self._fd = -1
        ensure_folder(self.path)
        try:
            self._lock = Lock(self.path, clock, now)
        except OSError as error:
            raise _refused(error, self.path) from error
        try:
            self._open(config, title)
        except OSError as error:
            self.close()
            raise _refused(error, self.path) from error
        except BaseException:
            self.close()
            raise

    def _open(self, config: Mapping[str, Any] | None, title: str) -> None:
        if (self.path / CONFIG).exists():
            config_of(self.path)  # another program's folder is refused
        else:
            write_config(self.path, config or {}, title)
        for name in (CHECKPOINTS, CONTROL):
            ensure_folder(self.path / name)
        _sweep(self.path)
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        self._fd = os.open(self.path / EVENTS, flags, 0o644)
        tail = _tail(self._fd)
        self._torn = bool(tail) and not tail.endswith(b"\n")
        if self._torn:
            self._write(b"")
        self._step, self._epoch = _reached(tail)
        with suppress(OSError):
            (self.path / ROOM).write_bytes(bytes(_TAIL))

    def append(self, event: Event) -> None:
        """Write an event as one line. Raises DiskFull."""
        self._step = getattr(event, "step", self._step)
        self._record(record_of(event, self._now()))

    def step(self, step: int, **values: Any) -> None:
        """Log a step (from 1) with its loss, accuracy (0..1), lr or any other numbers.

        An earlier step, or one that a former process logged, takes the place of all from there on.
        """
        if step < self._step or (step == self._step and not self._stepped):
            self.append(Resumed(step - 1, self._epoch))
        self._step, self._stepped = step, True
        self._log("step", {"step": step} | values)

    def epoch(self, epoch: int, **values: Any) -> None:
        """Log an epoch done (from 1) with val_loss, val_accuracy, train_loss or other numbers."""
        if epoch < self._epoch or (epoch == self._epoch and not self._judged):
            self.append(Resumed(self._step, epoch - 1))
        self._epoch, self._judged, self._values = epoch, True, values
        self._log("epoch", {"epoch": epoch, "step": self._step} | values)

    def end(self, stopped: str = "finished") -> None:
        """Say that the run is over: finished, or asked where it was stopped early."""
        values = {
            name: self._values.get(name) for name in ("train_loss", "val_loss", "val_accuracy")
        }
        numbers = {
            name: _number(name, value) for name, value in values.items() if value is not None
        }
        counts = {"step": self._step, "epochs": self._epoch, "stopped": stopped}
        self._record(self._head("ended") | counts | {"seconds": self.seconds} | numbers)

    @property
    def seconds(self) -> float:
        """Seconds since the run was opened."""
        return round(self._clock() - self._began, 3)

    def save(self, name: str, write: Callable[[Path], object]) -> Path:
        """Have ``write`` make ``checkpoints/name``, whole or not at all. Raises DiskFull.

        The log is on the disk before it: a checkpoint never knows more than the log.
        """
        if not name or Path(name).name != name or name.startswith("."):
            raise UserError(f"{name!r} is no name of a checkpoint; give a file name like last.pt")
        self.sync()
        try:
            return write_whole(self.path / CHECKPOINTS / name, write)
        except DiskFull:
            self._give_room()
            raise

    def beat(self) -> None:
        """Show other hosts that the run lives; to be called now and then where no event comes."""
        self._lock.beat()

    def sync(self) -> None:
        """Have the log on the disk. Raises DiskFull."""
        self._synced = self._clock()
        try:
            getattr(os, "fdatasync", os.fsync)(self._fd)
        except OSError as error:
            self._give_room()
            raise _refused(error, self.path) from error

    def close(self) -> None:
        """Let go of the folder; a second call does nothing."""
        if self._fd >= 0:
            with suppress(OSError, UserError):
                self.sync()
            os.close(self._fd)
            self._fd = -1
        self._give_room()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if not self._over:
                self._tell(error)
        finally:
            self.close()

    def _tell(self, error: BaseException | None) -> None:
        """Write the ending that a script left out; a worker's events have their own."""
        if error is None and (self._stepped or self._judged):
            self.end()
        elif isinstance(error, KeyboardInterrupt):
            self.end("asked")
        elif isinstance(error, Exception):
            with suppress(OSError, UserError):
                text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
                self.append(Failed(self._step, text))

    def _log(self, kind: str, values: dict[str, Any]) -> None:
        for name in _RESERVED:
            if name in values:
                raise UserError(f"{name!r} is a word of the log; name that number otherwise")
        numbers = {name: _number(name, value) for name, value in values.items()}
        self._record(self._head(kind) | numbers)

    def _head(self, kind: str) -> dict[str, Any]:
        return {"v": SCHEMA, "event": kind, "time": round(self._now(), 3)}

    def _record(self, record: dict[str, Any]) -> None:
        self._over = record["event"] in ("ended", "failed")
        self._write(line_of(record))
        if self._clock() - self._synced >= SYNC or self._over:
            self.sync()
        self._lock.beat()

    def _write(self, line: bytes) -> None:
        """Write a line at once; what a full disk tore off is closed with a newline next time."""
        line = b"\n" + line if self._torn else line
        wrote = 0
        try:
            while wrote < len(line):
                wrote += os.write(self._fd, line[wrote:])
        except OSError as error:
            self._torn = self._torn or wrote > 0
            self._give_room()
            raise _refused(error, self.path) from error
        self._torn = False

    def _give_room(self) -> None:
        with suppress(OSError):
            os.unlink(self.path / ROOM)


def _refused(error: OSError, folder: Path) -> Exception:
    """Return what the system's refusal to write means."""
    if isinstance(error, DiskFull) or is_disk_full(error, folder):
        return DiskFull(folder)
    return UserError(f"{folder} can't be written: {error.strerror or error}")


def _sweep(path: Path) -> None:
    """Remove what a killed writer left half done, and requests that it never read."""
    for folder in (path, path / CHECKPOINTS):
        for left in folder.glob(f"{TEMPORARY}*"):
            left.unlink(missing_ok=True)
    for left in (path / CONTROL).glob("*.json"):
        left.unlink(missing_ok=True)


def _tail(fd: int) -> bytes:
    size = os.fstat(fd).st_size
    return os.pread(fd, min(size, _TAIL), max(0, size - _TAIL))


def _reached(tail: bytes) -> tuple[int, int]:
    """Return the last step and epoch that the log's end tells of."""
    step = epoch = None
    for line in reversed(tail.splitlines()):
        try:
            record = json.loads(line)
            kind = record["event"]
            if step is None and kind in ("step", "epoch", "resumed"):
                step = int(record["step"])
            if epoch is None and kind in ("epoch", "resumed"):
                epoch = int(record["epoch"])
        except (ValueError, TypeError, KeyError, RecursionError):
            continue
        if step is not None and epoch is not None:
            break
    return step or 0, epoch or 0


def _number(name: str, value: Any) -> int | float | str:
    """Return a script's number as a line holds it. Raises UserError for what is none."""
    try:
        return operator.index(value)
    except (TypeError, ValueError, RuntimeError):
        pass
    try:
        number = float(value)
    except (TypeError, ValueError, RuntimeError) as error:
        raise UserError(f"{name} is {str(value)[:40]!r}; give a number") from error
    return number if math.isfinite(number) else str(number)
