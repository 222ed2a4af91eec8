"""Runs a job into a run's directory: events to the log, snapshots to files."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from contextlib import suppress

import torch

from cnntui.errors import UserError
from cnntui.ground.atomic_write import DiskFull
from cnntui.training.checkpoints import Checkpoints
from cnntui.training.events import Ended, Event, Failed
from cnntui.training.listening import RunBeats
from cnntui.training.loop.job import Job
from cnntui.training.loop.loop import fit
from cnntui.training.loop.snapshots import Snapshot
from cnntui.training.runs import RunWriter

OnEvent = Callable[[Event], object]


class Broken(Exception):
    """The run ended by what only this process may know of: the others can't be waited for."""

    def __init__(self, event: Failed) -> None:
        super().__init__(event.reason)
        self.event = event


def work(job: Job, writer: RunWriter | None, beats: RunBeats, on_event: OnEvent) -> Ended | Failed:
    """Run the job to its end; ``writer`` is None in all processes but the first.

    Whatever goes wrong is an event too, as long as the disk takes it; its traceback is printed.
    Raises Broken where it went wrong among several processes.
    """
    notes = None if writer is None else RunLog(writer, on_event)
    last: Event | Snapshot | None = None
    try:
        for last in fit(job, beats):
            if notes is not None:
                notes.take(last)
    except Exception as problem:  # a stranger's network may raise anything
        last = failure(job, problem)
        if not isinstance(problem, DiskFull | UserError):
            traceback.print_exc(file=sys.stderr)
        if notes is not None:
            notes.fail(last, problem)
        if job.processes.count > 1:
            raise Broken(last) from problem
    assert isinstance(last, Ended | Failed)
    return last


class RunLog:
    """Where events and snapshots go."""

    def __init__(self, writer: RunWriter, on_event: OnEvent) -> None:
        self._writer, self._on_event = writer, on_event
        self._checkpoints = Checkpoints(writer)

    def take(self, event: Event | Snapshot) -> None:
        """Write an event to the log, or a snapshot to the checkpoints. Raises DiskFull."""
        if isinstance(event, Snapshot):
            self._checkpoints.take(event)
            return
        if isinstance(event, Ended | Failed):
            self._checkpoints.flush()
        self._writer.append(event)
        self._on_event(event)

    def fail(self, event: Failed, problem: Exception) -> None:
        """Tell of it as far as the disk takes it."""
        with suppress(OSError, UserError):
            if not isinstance(problem, DiskFull):
                self._checkpoints.flush()
        with suppress(OSError, UserError):
            self._writer.append(event)
        self._on_event(event)


def failure(job: Job, problem: Exception) -> Failed:
    """Return the event that tells of a problem, with what helps."""
    reason = (str(problem).strip().splitlines() or [type(problem).__name__])[0][:300]
    advice = ""
    if isinstance(problem, MemoryError | torch.OutOfMemoryError):
        reason, advice = (
            "no memory is left",
            f"a batch smaller than {job.config.batch_size} may fit",
        )
    elif isinstance(problem, DiskFull):
        advice = "the last checkpoint is whole: `cnntui train --resume` goes on from it"
    return Failed(job.step, reason, advice, job.rate)
