"""Who writes a run: a lock that ends with its process, and a heartbeat.

The lock is an flock on ``RUN/lock``, which the kernel drops with the process. The file names its
holder and its time of change is the heartbeat, for file systems whose locks don't reach other
hosts: there a holder counts as alive for a minute after its last beat.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from cnntui.errors import UserError

FRESH = 60.0  # seconds a heartbeat of another host counts
_BEAT = 5.0  # seconds between two beats
_ROOM = 512  # bytes of the holder in the file: one write, never half of it to be seen
_TRIES, _PAUSE = 10, 0.02  # somebody who only looks holds the lock for some microseconds


@dataclass(frozen=True)
class Holder:
    """The process that writes a run."""

    host: str
    boot: str  # the boot of its machine; "" where none is told
    pid: int
    started: str  # when the process began, as its machine tells it
    taken: float = field(default=0.0, compare=False)  # when it took the lock, since 1970


UNKNOWN = Holder("", "", 0, "")


class Lock:
    """The one writer's hold on a run's folder, until ``release`` or the end of the process."""

    def __init__(
        self,
        folder: Path,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Take it. Raises UserError that names the holder, and OSError."""
        self._clock, self._beaten = clock, clock()
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
        self.fd: int | None = os.open(folder / "lock", flags, 0o644)
        try:
            _take(self.fd, folder)
            _tell(self.fd, replace(this_process(), taken=now()))
        except BaseException:
            self._close()
            raise
        _held_here.add(self)

    def beat(self) -> None:
        """Show that the holder lives; costs something only every few seconds."""
        now = self._clock()
        if self.fd is not None and now - self._beaten >= _BEAT:
            self._beaten = now
            with suppress(OSError):
                os.utime(self.fd)

    def release(self) -> None:
        """Let others write; a second call does nothing."""
        if self.fd is not None:
            with suppress(OSError):
                _tell(self.fd, None)
            self._close()

    def _close(self) -> None:
        _held_here.discard(self)
        if self.fd is not None:
            os.close(self.fd)  # not LOCK_UN: that would end the hold of a forked child's parent
            self.fd = None


_held_here: weakref.WeakSet[Lock] = weakref.WeakSet()


def _forked() -> None:
    """Let go in a forked child: a loader's process must not hold the lock after its parent."""
    for lock in list(_held_here):
        lock._close()


os.register_at_fork(after_in_child=_forked)


def held(folder: Path, now: Callable[[], float] = time.time) -> Holder | None:
    """Return who writes the run, None for nobody. Writes nothing and waits for nothing."""
    try:
        fd = os.open(folder / "lock", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        return _holder(fd, fcntl.LOCK_SH, now())
    finally:
        os.close(fd)


def this_process() -> Holder:
    """Return this process as it would stand in a lock."""
    return Holder(socket.gethostname(), _boot(), os.getpid(), _began(os.getpid()))


def _take(fd: int, folder: Path) -> None:
    for left in reversed(range(_TRIES)):
        holder = _holder(fd, fcntl.LOCK_EX, time.time())
        if holder is None:
            return
        if left:
            time.sleep(_PAUSE)
    who = f"process {holder.pid} on {holder.host}" if holder and holder.pid else "another process"
    raise UserError(f"{folder} is being written by {who}; stop that first, or name another folder")


def _holder(fd: int, how: int, now: float) -> Holder | None:
    """Return who else holds ``fd``'s lock; where nobody does, it is taken as ``how`` says."""
    holder, locked = _holder_in(fd), _locked(fd, how)
    if locked is False:
        return holder or UNKNOWN
    return holder if holder and _alive(holder, locked, now - os.fstat(fd).st_mtime) else None


def _alive(holder: Holder, locked: bool | None, age: float) -> bool:
    """Tell whether a holder lives whom no lock told of; ``locked`` is None without locks."""
    here = this_process()
    if holder == here:
        return False  # a leftover of this very process
    if holder.boot == here.boot and (here.boot or holder.host == here.host):
        return locked is None and _began(holder.pid) == holder.started != ""
    return holder.host != here.host and age < FRESH


def _locked(fd: int, how: int) -> bool | None:
    """Lock without waiting: whether it worked, None where the file system has no locks."""
    try:
        fcntl.flock(fd, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def _tell(fd: int, holder: Holder | None) -> None:
    text = json.dumps(asdict(holder)) if holder else ""
    os.pwrite(fd, text.encode()[:_ROOM].ljust(_ROOM - 1) + b"\n", 0)


def _holder_in(fd: int) -> Holder | None:
    try:
        values = json.loads(os.pread(fd, _ROOM, 0))
        texts = [str(values[name]) for name in ("host", "boot", "started")]
        taken = float(values.get("taken", 0.0))
        return Holder(texts[0], texts[1], int(values["pid"]), texts[2], taken)
    except (ValueError, TypeError, KeyError, AttributeError, OSError, RecursionError):
        return None


def _boot() -> str:
    return _text("/proc/sys/kernel/random/boot_id").strip()


def _began(pid: int) -> str:
    """Return when a process began, in ticks since the boot; "" where there is none such."""
    fields = _text(f"/proc/{pid}/stat").rpartition(")")[2].split()
    return fields[19] if len(fields) > 19 else ""


def _text(path: str) -> str:
    try:
        return Path(path).read_text(errors="replace")
    except OSError:
        return ""
