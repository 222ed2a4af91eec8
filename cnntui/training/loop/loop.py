"""The training loop: a generator of events.

``for event in fit(job, beats): run.append(event)``. A ``Snapshot`` among the events is what a
checkpoint must hold, for whoever writes it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

from torch import Tensor

from cnntui.training.events import Ended, Epoch, Event, Failed, Noted, Resumed, Step
from cnntui.training.loop import metrics
from cnntui.training.loop.job import Job, NotFinite
from cnntui.training.loop.judging import judged
from cnntui.training.loop.metrics import Answers, confusion_of
from cnntui.training.loop.snapshots import Snapshot, snapshot


@dataclass(frozen=True)
class Beat:
    """What is to be done after a step, the same in every process."""

    log: bool = False
    save: bool = False
    pause: bool = False
    stop: bool = False
    lr: float | None = None  # another learning rate from here on


NOTHING = Beat()


class Beats(Protocol):
    """Whoever decides when to log and save, and hears what the user asks."""

    def beat(self) -> Beat:
        """Return what is to be done after this step; cheap."""

    def wait(self) -> Beat:
        """Return the first thing asked while paused."""


class Steady:
    """Beats of so many seconds, with nobody asking for anything."""

    def __init__(self, log_every: float = 0.25, save_every: float = math.inf) -> None:
        self.log_every, self.save_every = log_every, save_every
        self._logged = self._saved = perf_counter()

    def beat(self) -> Beat:
        """Return what the clock says."""
        now = perf_counter()
        log, save = now - self._logged >= self.log_every, now - self._saved >= self.save_every
        self._logged = now if log else self._logged
        self._saved = now if save else self._saved
        return Beat(log, save)

    def wait(self) -> Beat:
        """Go on at once."""
        return NOTHING


class _Stopped(Exception):
    """The user asked the run to stop."""


def fit(job: Job, beats: Beats) -> Iterator[Event | Snapshot]:
    """Train ``job`` from where it stands to its end, and yield what happens.

    After each epoch the validation data are judged, at the end the test data, once. The last event
    is an ``Ended`` or a ``Failed``.
    """
    yield Resumed(job.step, job.epoch) if job.resumed else job.about
    stopped = "finished"
    try:
        while job.epoch < job.config.epochs and not job.tired:
            yield from _epoch(job, beats)
    except _Stopped:
        yield snapshot(job)
        stopped = "asked"
    except NotFinite as problem:
        yield _failure(job, problem)
        return
    if stopped != "asked" and job.epoch < job.config.epochs:
        stopped = "patience"
    yield _ending(job, stopped)


def _epoch(job: Job, beats: Beats) -> Iterator[Event | Snapshot]:
    job.model.train()
    job.sums.start_clock()
    for batch in job.feed.epoch(job.processes.share):
        job.train_step(batch)
        beat = beats.beat()
        if beat != NOTHING:
            yield from _heard(job, beats, beat)
    yield from _log(job)
    yield _judge(job)
    yield snapshot(job, best=job.waited == 0, ends_epoch=True)


def _heard(job: Job, beats: Beats, beat: Beat) -> Iterator[Event | Snapshot]:
    """Do what a beat says: log, save, take another rate, wait, stop."""
    yield from _log(job)
    if (beat.save or beat.pause) and not beat.stop:
        yield snapshot(job)
    yield from _changed(job, beat)
    if beat.pause:
        yield Noted(job.step, "paused", f"paused at step {job.step}")
        while beat.pause:
            beat = beats.wait()
            yield from _changed(job, beat)
        if not beat.stop:
            yield Noted(job.step, "continued", f"went on at step {job.step}")
    if beat.stop:
        raise _Stopped
    job.sums.start_clock()


def _changed(job: Job, beat: Beat) -> Iterator[Event]:
    if beat.lr is not None:
        job.change_rate(beat.lr)
        yield Noted(job.step, "learning-rate", f"learning rate {beat.lr:g} from here on")


def _log(job: Job) -> Iterator[Event]:
    """Yield the means since the last logged step; nothing where there was none."""
    figures = job.sums.read()
    if figures is None:
        return
    if not math.isfinite(figures.loss):
        raise NotFinite(f"at step {job.step} or shortly before", job.step)
    yield Step(
        step=job.step,
        epoch=round(job.step / job.feed.batches, 6),
        loss=figures.loss,
        accuracy=figures.accuracy,
        lr=job.rate,
        images_per_second=figures.images_per_second,
        grad_norm=figures.grad_norm,
        gpu_memory=job.gpu_memory(),
        gpu_use=job.gpu_use(),
    )


def _judge(job: Job) -> Epoch:
    """End an epoch: judge the validation data and keep the best weights."""
    answers = _answers(job, "validation")
    if not math.isfinite(answers.loss):
        raise NotFinite(f"on the validation data after step {job.step}", job.step)
    job.epoch += 1
    trained = job.sums.end_epoch()
    better = job.judged(answers)
    confusion = confusion_of(answers.labels, answers.top[:, 0], job.classes)
    few = job.classes <= metrics.MOST_CLASSES
    return Epoch(
        epoch=job.epoch,
        step=job.step,
        train_loss=trained.loss,
        train_accuracy=trained.accuracy,
        val_loss=answers.loss,
        val_accuracy=answers.accuracy,
        val_top5=answers.top5,
        lr=job.rate,
        seconds=round(trained.seconds, 4),
        images_per_second=trained.images_per_second,
        best=better,
        confusion=_rows(confusion) if few else (),
        per_class=metrics.per_class(confusion),
        wrong=metrics.most_wrong(answers),
        samples=metrics.fixed_samples(answers),
        kernels=job.kernels(),
    )


def _answers(job: Job, split: str) -> Answers:
    with job.judging() as answer:
        return judged(
            answer,
            job.split(split),
            job.normal,
            job.classes,
            layout=job.layout,
            flip=job.config.flip_test,
            processes=job.processes,
        )


def _ending(job: Job, stopped: str) -> Ended:
    """Judge the test data, unless the run is to be gone on with."""
    test = None
    if stopped != "asked":
        job.take_best()
        test = _answers(job, "test") if len(job.split("test")) else None
    confusion: tuple[tuple[int, ...], ...] = ()
    if test is not None and job.classes <= metrics.MOST_CLASSES:
        confusion = _rows(confusion_of(test.labels, test.top[:, 0], job.classes))
    accuracy, loss = job.last_figures or (None, None)
    return Ended(
        step=job.step,
        epochs=job.epoch,
        stopped=stopped,
        seconds=round(job.sums.seconds, 4),
        images_per_second=job.sums.overall,
        train_loss=job.sums.last_loss,
        val_loss=loss,
        val_accuracy=accuracy,
        best_epoch=job.best_epoch,
        test_loss=None if test is None else test.loss,
        test_accuracy=None if test is None else test.accuracy,
        confusion=confusion,
    )


def _failure(job: Job, problem: NotFinite) -> Failed:
    """Tell where the loss stopped being a number, and what usually helps."""
    norms = job.grad_norms()
    return Failed(
        step=problem.step,
        reason=f"the loss was no finite number {problem.at} (learning rate {job.rate:.3g})",
        advice=_advice(job, norms),
        lr=job.rate,
        grad_norms=norms,
    )


def _advice(job: Job, norms: dict[str, float]) -> str:
    lower = f"a lower learning rate ({job.rate / 10:.1g}), or a warm-up"
    clip = "" if job.config.clip else "; clipping gradients (clip 1)"
    precision = "; full precision (fp32)" if job.precision == "bf16" else ""
    bad = [name for name, norm in norms.items() if not math.isfinite(norm)]
    first = f"; the gradient broke at {bad[0]}" if bad and len(bad) < len(norms) else ""
    return f"what usually helps: {lower}{clip}{precision}{first}"


def _rows(matrix: Tensor) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(row) for row in matrix.tolist())
