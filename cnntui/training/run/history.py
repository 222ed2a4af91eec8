"""A run so far, as columns of numbers and its last events, made of its records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnntui.training.events import (
    Checkpoint,
    Ended,
    Epoch,
    Event,
    Failed,
    Noted,
    Resumed,
    Start,
)
from cnntui.training.run.columns import Columns, Record
from cnntui.training.run.event_parsing import event_of
from cnntui.training.run.reading import OVER

STEPS = (
    *("time", "step", "epoch", "loss", "accuracy", "lr"),
    *("images_per_second", "grad_norm", "gpu_memory", "gpu_use"),
)
EPOCHS = (
    *("time", "epoch", "step", "train_loss", "train_accuracy", "val_loss", "val_accuracy"),
    *("val_top5", "lr", "seconds", "images_per_second", "best"),
)
_PART = 4096  # records at once: what one call of numpy holds other threads back is under 1 ms
_KEPT = 8  # last epochs whose tables and pictures are kept, for a resume that goes back
_NOTES = 10_000


class History:
    """What the records told, what a resume replaced left out. One thread extends, any may read.

    ``steps`` and ``epochs`` are columns of float64: ``history.steps["loss"]``.
    """

    def __init__(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self.steps, self.epochs = Columns(STEPS), Columns(EPOCHS)
        self.start: Start | None = None
        self.notes: list[Noted] = []
        self.checkpoint: Checkpoint | None = None
        self.best: Checkpoint | None = None  # the last one that was the best so far
        self.failure: Failed | None = None
        self.ended: Ended | None = None
        self.paused = False
        self.updated = float("nan")  # time of the last record
        self.kernels: list[tuple[int, NDArray[np.float32]]] = []  # epoch, (out, in, row, column)
        self._last: list[Epoch] = []

    @property
    def epoch(self) -> Epoch | None:
        """The last epoch with its tables and examples, without its kernels."""
        return self._last[-1] if self._last else None

    def extend(self, records: Iterable[Record]) -> None:
        """Take new records in, in their order; costs what is new."""
        for kind, group in groupby(records, _KIND):
            for part in _parts(group):
                self._take(kind, part)

    def _take(self, kind: Any, records: list[Record]) -> None:
        self.updated = _time(records[-1], self.updated)
        if kind == "step":
            self._goes_on()
            self.steps.extend(records)
        elif kind == OVER:
            self._forget()
        else:
            for record in records:
                self._tell(record)

    def _tell(self, record: Record) -> None:
        if record["event"] == Epoch.kind:
            self._judge(record)
            return
        event = event_of(record)
        if isinstance(event, Resumed):
            self._return(event)
        elif event is not None:
            self._note(event)

    def _note(self, event: Event) -> None:
        match event:
            case Start():
                self.start = event
                self._goes_on()
            case Noted():
                self.notes = [*self.notes[-_NOTES:], event]
                self.paused = {"paused": True, "continued": False}.get(event.what, self.paused)
            case Checkpoint():
                self.checkpoint = event
                self.best = event if event.best else self.best
            case Failed():
                self.failure = event
            case Ended():
                self.ended = event
            case _:
                pass

    def _judge(self, record: Record) -> None:
        """Take in an epoch: its row, its kernels as one array, the rest of its tables as told."""
        self._goes_on()
        self.epochs.extend([record])
        event = event_of({**record, "kernels": []})
        if not isinstance(event, Epoch):
            return
        self._last = [*self._last[1 - _KEPT :], event]
        kernels = _kernels(record.get("kernels"))
        if kernels is not None:
            self.kernels.append((event.epoch, kernels))

    def _return(self, to: Resumed) -> None:
        """Drop what came after the checkpoint that the run went on from."""
        self._goes_on()
        self.steps.keep(self.steps["step"] <= to.step)
        kept = (self.epochs["step"] <= to.step) & (self.epochs["epoch"] <= to.epoch)
        self.epochs.keep(kept)
        self._last = [one for one in self._last if one.step <= to.step and one.epoch <= to.epoch]
        rest = set(self.epochs["epoch"].tolist())
        self.kernels = [one for one in self.kernels if one[0] in rest]

    def _goes_on(self) -> None:
        self.failure = self.ended = None
        self.paused = False


_KIND = itemgetter("event")


def _parts(records: Iterator[Record]) -> Iterator[list[Record]]:
    while part := list(islice(records, _PART)):
        yield part


def _time(record: Mapping[str, Any], last: float) -> float:
    time = record.get("time")
    return float(time) if isinstance(time, int | float) else last


def _kernels(value: Any) -> NDArray[np.float32] | None:
    """Return an epoch's kernels; None where they are none."""
    try:
        with np.errstate(over="ignore"):  # a stranger's number is infinite then
            kernels = np.array(value, dtype=np.float32)
    except (TypeError, ValueError, OverflowError):
        return None
    return kernels if kernels.ndim == 4 and kernels.size else None
