"""What a folder of runs holds and how each fares, told by its files alone.

A run's log may have gigabytes: its two ends are read, and a little more where the last epoch lies
further back.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from cnntui.errors import UserError, printable
from cnntui.training.events import Ended, Epoch, Failed, Noted, Resumed, Start, Step
from cnntui.training.run.event_parsing import event_of
from cnntui.training.run.folder import CHECKPOINTS, CONTROL, EVENTS, config_of
from cnntui.training.run.locking import Holder, held
from cnntui.training.run.reading import Record, parsed

State = Literal["starting", "running", "silent", "paused", "finished", "stopped", "failed"]
SILENT = 30.0  # seconds without an event after which a running run counts as silent
_BLOCK = 1 << 16  # bytes read at either end
_MOST = 1 << 20  # bytes looked through for the last epoch
_ROUNDED = 0.01  # seconds: times of events are rounded
_STEP = b'"event":"step"'


@dataclass(frozen=True)
class RunStatus:
    """How a run fares. None where nothing was told yet."""

    path: Path
    state: State
    since: float  # seconds since the last event, or since its process or the run began
    title: str
    dataset: str
    net: str
    started: float | None  # seconds since 1970
    updated: float | None
    epochs: int  # whole epochs done
    epochs_total: int | None
    step: int
    steps_total: int | None
    loss: float | None  # of the last step
    val_loss: float | None
    val_accuracy: float | None
    test_accuracy: float | None
    reason: str  # why it failed
    size: int  # bytes on disk
    holder: Holder | None  # who writes it
    seconds: float | None = None  # of training, told at its end

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.path.name

    @property
    def is_live(self) -> bool:
        """Whether a process writes the run."""
        return self.holder is not None


@dataclass
class _End:
    """What the log's end tells, gathered backwards; a resume hides what it replaced."""

    last: Ended | Failed | Noted | Step | Epoch | Resumed | Start | None = None
    time: float | None = None
    step: Step | None = None
    epoch: Epoch | None = None
    ended: Ended | None = None
    reached: int | None = None
    to_step: float = math.inf
    to_epoch: float = math.inf

    @property
    def is_known(self) -> bool:
        return self.last is not None and self.reached is not None and self.epoch is not None

    def take(self, record: Record) -> None:
        self.time = self.time or _time(record)
        if self.step and self.last and record["event"] == Step.kind:
            return  # most of a log: an older one tells nothing
        event = event_of(record)
        if isinstance(event, Ended | Failed | Resumed | Start | Step | Epoch) or _turns(event):
            self.last = self.last or event  # type: ignore[assignment]
        if isinstance(event, Resumed):
            self._return(event)
        elif isinstance(event, Step) and event.step <= self.to_step:
            self.step, self.reached = self.step or event, _either(self.reached, event.step)
        elif isinstance(event, Epoch) and self._stands(event):
            self.epoch, self.reached = self.epoch or event, _either(self.reached, event.step)
        elif isinstance(event, Ended) and event is self.last:
            self.ended, self.reached = event, _either(self.reached, event.step)

    def _return(self, to: Resumed) -> None:
        self.reached = _either(self.reached, to.step)
        self.to_step = min(self.to_step, to.step)
        self.to_epoch = min(self.to_epoch, to.epoch)

    def _stands(self, epoch: Epoch) -> bool:
        return epoch.step <= self.to_step and epoch.epoch <= self.to_epoch


def status_of(path: Path, now: Callable[[], float] = time.time) -> RunStatus:
    """Return how a run fares. Raises UserError for a folder that is no run."""
    config = config_of(path)
    holder = held(path)
    first, end = _log(path)  # after the lock: a run that ended meanwhile has its ending
    since = max(0.0, now() - max(end.time or _changed(path), holder.taken if holder else 0.0))
    silent = max(SILENT, 3 * _positive(config.get("log_every")))
    return RunStatus(
        path=path,
        state=_state(end, holder, since, silent),
        since=since,
        started=next((time for time in map(_time, first) if time is not None), None),
        updated=end.time,
        reason=printable(end.last.reason) if isinstance(end.last, Failed) else "",
        size=_size(path),
        holder=holder,
        **_about(config, first),
        **_figures(end),
    )


def _about(config: dict[str, Any], first: list[Record]) -> dict[str, Any]:
    """Return what the run is: as its first event tells it, else its settings."""
    event = next((event_of(one) for one in first if one["event"] == Start.kind), None)
    start = event if isinstance(event, Start) else None
    epochs = start.epochs if start else int(_positive(config.get("epochs")))
    return {
        "title": _text(config.get("title")),
        "dataset": _text(start.dataset if start else config.get("dataset")),
        "net": _text(start.net if start else config.get("net")),
        "epochs_total": epochs or None,
        "steps_total": (start.epochs * start.steps_per_epoch if start else 0) or None,
    }


def _figures(end: _End) -> dict[str, Any]:
    """Return how far the run is and how good."""
    judged = end.epoch or end.ended
    return {
        "epochs": _epochs(end),
        "step": end.reached or 0,
        "loss": _finite(end.step.loss if end.step else None),
        "val_loss": _finite(judged.val_loss if judged else None),
        "val_accuracy": _finite(judged.val_accuracy if judged else None),
        "test_accuracy": _finite(end.ended.test_accuracy if end.ended else None),
        "seconds": _finite(end.ended.seconds if end.ended else None),
    }


def list_runs(folder: Path, now: Callable[[], float] = time.time) -> tuple[RunStatus, ...]:
    """Return the runs in a folder, the last begun first; none where there is no folder."""
    runs = []
    for path in _folders(folder):
        try:
            runs.append(status_of(path, now))
        except UserError:  # no run, or deleted meanwhile
            continue
    return tuple(sorted(runs, key=lambda one: one.started or _changed(one.path), reverse=True))


def _state(end: _End, holder: Holder | None, since: float, silent: float) -> State:
    last = end.last
    if holder and (end.time or 0.0) < holder.taken - _ROUNDED:  # told nothing yet
        return "silent" if since >= silent else "starting"
    if isinstance(last, Ended):
        return "stopped" if last.stopped == "asked" else "finished"
    if isinstance(last, Failed):
        return "failed"
    if holder is None:
        return "starting" if last is None and since < silent else "failed"
    if isinstance(last, Noted) and last.what == "paused":
        return "paused"
    if since >= silent:
        return "silent"
    return "starting" if last is None or isinstance(last, Start) else "running"


def _log(path: Path) -> tuple[list[Record], _End]:
    """Return the records of the log's beginning, and what its end tells."""
    end = _End()
    try:
        fd = os.open(path / EVENTS, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return [], end
    try:
        first = parsed(os.pread(fd, _BLOCK, 0).split(b"\n")[:-1])
        for record in _backwards(fd, os.fstat(fd).st_size):
            end.take(record)
            if end.is_known:
                break
    except OSError:  # a network file system that is away
        return [], end
    finally:
        os.close(fd)
    return first, end


def _backwards(fd: int, size: int) -> Iterator[Record]:
    """Give a log's records from its end; steps of the last block alone."""
    at, rest = size, b""
    while at > max(0, size - _MOST):
        block = min(_BLOCK, at)
        at -= block
        lines = (os.pread(fd, block, at) + rest).split(b"\n")
        rest = lines.pop(0) if at else b""
        last = at + block == size
        lines = [line for line in lines if line and (last or _STEP not in line)]
        yield from reversed(parsed(lines))


def _turns(event: object) -> bool:
    return isinstance(event, Noted) and event.what in ("paused", "continued")


def _epochs(end: _End) -> int:
    if end.epoch:
        return end.epoch.epoch
    if end.ended:
        return end.ended.epochs
    return 0 if math.isinf(end.to_epoch) else int(end.to_epoch)


def _either(known: int | None, size: int) -> int:
    return size if known is None else known


def _time(record: Record) -> float | None:
    seconds = record.get("time")
    return float(seconds) if isinstance(seconds, int | float) else None


def _text(value: object) -> str:
    return printable(value) if isinstance(value, str) else ""


def _positive(value: object) -> float:
    return float(value) if isinstance(value, int | float) and 0 < value < 1e9 else 0.0


def _finite(value: float | None) -> float | None:
    return value if value is not None and not math.isnan(value) else None


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _folders(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.is_dir()]
    except OSError:
        return []


def _size(path: Path) -> int:
    """Return the bytes of a run's files, its checkpoints included; follows no link."""
    return sum(map(_bytes, (path, path / CHECKPOINTS, path / CONTROL)))


def _bytes(folder: Path) -> int:
    try:
        with os.scandir(folder) as entries:
            stats = [one.stat(follow_symlinks=False) for one in entries if one.is_file()]
    except OSError:
        return 0
    return sum(stat.st_size for stat in stats)
