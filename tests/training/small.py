"""Small sets, nets and jobs that the tests of training share."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from cnntui.datasets.dataset import Dataset, Split
from cnntui.training.config import Config
from cnntui.training.events import Ended, Epoch, Failed
from cnntui.training.loop.job import Job
from cnntui.training.loop.loop import NOTHING, Beat, fit
from cnntui.training.loop.preparing import job_of
from cnntui.training.loop.snapshots import Snapshot

PLAIN = "input 1x6x6\nconv 4 3 same relu\nflatten\ndense 3"
DROPPED = "input 1x6x6\nconv 4 3 same bn relu\nflatten\ndropout 0.3\ndense 3"


def split(count: int, seed: int, side: int = 6, channels: int = 1) -> Split:
    """Pictures that can be learned: a class is a bright row, under noise."""
    draw = np.random.default_rng(seed)
    labels = draw.integers(0, 3, count)
    images = draw.integers(0, 120, (count, channels, side, side))
    for image, label in zip(images, labels, strict=True):
        image[:, label] += 100
    return Split(images.astype(np.uint8), labels.astype(np.int64))


def dataset(train: int = 44, validation: int = 20, test: int = 16) -> Dataset:
    names = ("top", "middle", "low")
    parts = (split(train, 1), split(validation, 2), split(test, 3))
    return Dataset("rows", "rows", names, *parts)


def config(**values: Any) -> Config:
    """Settings of a short run of a tiny net, one thread; ``values`` over them."""
    usual = {"net_text": PLAIN, "net": "tiny", "epochs": 3, "batch_size": 8, "threads": 1}
    return Config(**{**usual, "lr": 0.01, "schedule": "constant", "augment": "", **values})


def job(data: Dataset | None = None, **values: Any) -> Job:
    return job_of(config(**values), data or dataset())


class Told:
    """Beats that a test writes down: what is to be done after a step; then while paused."""

    def __init__(self, steps: dict[int, Beat] | None = None, paused: list[Beat] | None = None):
        self._steps, self._paused = steps or {}, list(paused or [])
        self._step = 0

    def beat(self) -> Beat:
        self._step += 1
        return self._steps.get(self._step, NOTHING)

    def wait(self) -> Beat:
        return self._paused.pop(0)


class Always:
    """Beats that log and save after every step."""

    def beat(self) -> Beat:
        return Beat(log=True, save=True)

    def wait(self) -> Beat:
        return NOTHING


def run(made: Job, beats: Any = None) -> list[Any]:
    return list(fit(made, beats or Told()))


def of(kind: type, events: list[Any]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


def ending(events: list[Any]) -> Ended | Failed:
    last = events[-1]
    assert isinstance(last, Ended | Failed)
    return last


def judged(event: Epoch) -> tuple[Any, ...]:
    """What an epoch says that no clock decides."""
    return (
        *(event.epoch, event.step, event.train_loss, event.train_accuracy),
        *(event.val_loss, event.val_accuracy, event.val_top5, event.lr, event.best),
        *(event.confusion, event.wrong, event.samples, event.kernels),
    )


def same_weights(one: dict[str, torch.Tensor], other: dict[str, torch.Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[n], other[n]) for n in one)


def snapshots(events: list[Any]) -> list[Snapshot]:
    return of(Snapshot, events)
