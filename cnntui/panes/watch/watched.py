"""A run that is being watched: what its files tell so far, as curves, and its worker's log.

A thread polls it, the event loop draws from it: whoever touches the curves holds ``lock``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from cnntui.errors import printable
from cnntui.parts.curves.frame import Curve
from cnntui.parts.curves.series import Series
from cnntui.parts.curves.state import EPOCH, STEP
from cnntui.training.run.folder import LOG
from cnntui.training.run.history import EPOCHS, STEPS, History
from cnntui.training.run.listing import RunStatus, status_of
from cnntui.training.run.reading import RunReader

SLICE = 1 << 18  # bytes of the log between two chances for others to draw
SOON = 0.3  # seconds of reading after which what was read is shown
LOG_LINES, LOG_TAIL = 400, 1 << 16  # lines and bytes at the end of what the worker printed
PART = 1 << 14  # points put into a curve between two such chances

# quantity: (column of the steps, column of the epochs)
COLUMNS: dict[str, tuple[str, str]] = {
    "loss": ("loss", "val_loss"),
    "accuracy": ("accuracy", "val_accuracy"),
    "learning rate": ("lr", ""),
    "throughput": ("images_per_second", ""),
    "gradient norm": ("grad_norm", ""),
    "GPU memory": ("gpu_memory", ""),
    "GPU use": ("gpu_use", ""),
    "top-5": ("", "val_top5"),
}
ALWAYS = ("loss", "accuracy", "learning rate", "throughput")
Column = NDArray[np.float64]


@dataclass(frozen=True)
class _Key:
    quantity: str
    per: str
    validation: bool


class Watched:
    """One run: its history, its status and its curves, brought up to date by ``poll``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = Lock()
        self.history = History()
        self.status: RunStatus | None = None
        self.is_read = False  # whether its log was, as far as it goes at once
        self._reader = RunReader(path)
        self._series: dict[_Key, Series] = {}
        self._taken: dict[_Key, int] = {}  # points of the history that a curve has

    def poll(self, pers: tuple[str, ...] = (STEP,), look: bool = True) -> bool:
        """Read what is new, of the log and of the run's status; return whether anything is.

        Costs what is new, and of a long log no more than SOON at once: ``behind`` tells whether
        there is more. Raises UserError where the folder is no run any more.
        """
        before = self.status
        if look:
            self.status = status_of(self.path)
        new, began = False, monotonic()
        while records := self._reader.poll(SLICE):
            self.history.extend(records)
            new = True
            if not self._reader.behind or monotonic() - began > SOON:
                break
        for per in pers:
            for quantity in self.quantities:
                self._follow(quantity, per)
        self.is_read = True
        return new or self.status != before

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes' names, as far as the log tells them."""
        return self.history.start.classes if self.history.start is not None else ()

    @property
    def behind(self) -> bool:
        """Whether the log has more than was read."""
        return self._reader.behind

    @property
    def quantities(self) -> tuple[str, ...]:
        """What there are curves of: the usual ones, then whatever else was logged."""
        steps, epochs = self.history.steps, self.history.epochs
        usual = [*ALWAYS]
        for quantity, (train, judged) in COLUMNS.items():
            if quantity not in usual and (_any(steps[train]) or _any(epochs[judged])):
                usual.append(quantity)
        known = {name for pair in COLUMNS.values() for name in pair}
        others = [n for n in steps.names if n not in STEPS and n not in known and n != "step"]
        others += [n for n in epochs.names if n not in EPOCHS and n not in known]
        return (*usual, *dict.fromkeys(name for name in others if name.isprintable()))

    def curves(self, quantity: str, per: str, name: str = "", style: int = 0) -> list[Curve]:
        """Return the training and the validation curve of a quantity, where there are points.

        ``name`` goes before theirs where several runs are drawn. Hold the lock while drawing.
        """
        curves = []
        for validation, word in ((False, "train"), (True, "validation")):
            series = self._series.get(_Key(quantity, per, validation))
            if series is not None and len(series):
                label = f"{name} {'val' if validation else ''}".strip() if name else word
                curves.append(Curve(label, series, style + validation, smooth=not validation))
        return curves

    def smoothed(self, quantity: str, per: str, weight: float) -> None:
        """Have the training curve smoothed, so that drawing it costs no more than its columns."""
        series = self._series.get(_Key(quantity, per, validation=False))
        if series is not None and len(series):
            with self.lock:
                series.columns(*(series.extent or (0.0, 1.0)), 1, weight)

    def _follow(self, quantity: str, per: str) -> None:
        """Bring the two curves of a quantity up to the history."""
        train, judged = COLUMNS.get(quantity, (quantity, quantity))
        for validation, name in ((False, train), (True, judged)):
            columns = self.history.epochs if validation else self.history.steps
            if name not in columns.names:
                continue
            x = columns["step" if per == STEP else "epoch"]
            if per == EPOCH and not _any(x) and not validation:
                continue
            self._extend(_Key(quantity, per, validation), x, columns[name])

    def _extend(self, key: _Key, x: Column, y: Column) -> None:
        series, taken = self._series.get(key, Series()), self._taken.get(key, 0)
        if taken > len(x) or (taken and len(series) and series.x[-1] != x[taken - 1]):
            series, taken = Series(), 0  # a resume replaced some of it
        self._series[key] = series
        for start in range(taken, len(x), PART):
            part = slice(start, min(start + PART, len(x)))
            with self.lock:
                series.extend(x[part], y[part])
        self._taken[key] = len(x)

    def pace(self) -> float | None:
        """Return steps a second over the last half minute; None where too little is logged."""
        times, steps = self.history.steps["time"], self.history.steps["step"]
        if len(times) < 2:
            return None
        start = int(np.searchsorted(times, times[-1] - 30.0))
        start = min(start, len(times) - 2)
        passed = float(times[-1] - times[start])
        return float(steps[-1] - steps[start]) / passed if passed > 0 else None


def _any(column: Column) -> bool:
    """Whether a column has a number: its ends are looked at first."""
    if not len(column):
        return False
    return bool(np.isfinite(column[-1]) or np.isfinite(column[0]) or np.isfinite(column).any())


def overlaid(watched: Mapping[Path, Watched], quantity: str, per: str) -> Iterator[Curve]:
    """Yield the curves of all runs; one run's have no name of it before theirs."""
    several = len(watched) > 1
    for at, (path, one) in enumerate(watched.items()):
        yield from one.curves(quantity, per, printable(path.name) if several else "", 2 * at)


def log_lines(run: Path) -> tuple[str, ...]:
    """Return the last lines that the worker printed."""
    try:
        with (run / LOG).open("rb") as file:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - LOG_TAIL))
            text = file.read().decode(errors="replace")
    except OSError:
        return ()
    return tuple(printable(line) for line in text.splitlines()[-LOG_LINES:])
