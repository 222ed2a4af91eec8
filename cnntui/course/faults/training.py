"""Trains the digits with one fault in data, labels, network, settings or judging, for real.

``python -m cnntui.course.faults.training RUN FAULT SEED`` is the process that does it; its run is
watched like any other. torch is imported where it is needed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnntui.course.faults.kinds import EASY, Fault, fault
from cnntui.errors import UserError
from cnntui.training.config import Config, as_json, checked

if TYPE_CHECKING:
    from numpy.random import Generator

    from cnntui.datasets.dataset import Dataset
    from cnntui.training.events import Ended, Failed
    from cnntui.training.loop.job import Job

THREADS = 1


def config_of(fault: Fault, seed: int, repaired: bool = False) -> Config:
    """Return the settings that a case is trained with."""
    wrong = {} if repaired else fault.faulty
    values = {**EASY, "threads": THREADS, "seed": seed, **fault.config, **wrong}
    return checked(Config(**values))


def job_with(fault: Fault, seed: int, repaired: bool = False) -> Job:
    """Return the job of a case at its beginning, the fault in it unless it is repaired."""
    import numpy as np

    from cnntui.datasets.naming import load_dataset
    from cnntui.training.loop.preparing import job_of

    config = config_of(fault, seed, repaired)
    data = load_dataset(config.dataset, validation=config.validation, seed=seed)
    if not repaired and fault.name in _DATA:
        data = _DATA[fault.name](data, np.random.default_rng(seed))
    job = job_of(config, data)
    if not repaired and fault.name in _JOB:
        _JOB[fault.name](job)
    return job


def train(run: Path, fault: Fault, seed: int, repaired: bool = False) -> Ended | Failed:
    """Train a case into a run's directory with the real loop. Raises UserError."""
    from cnntui.training.fitting import work
    from cnntui.training.listening import RunBeats
    from cnntui.training.runs import RunWriter

    job = job_with(fault, seed, repaired)
    with RunWriter(run, as_json(job.config)) as writer:
        config = job.config
        every = config.log_every, config.checkpoint_every
        request = RunBeats(run, *every, job.processes, writer.beat)
        return work(job, writer, request, lambda event: None)


# The faults in the data


def _shuffled(data: Dataset, chance: Generator) -> Dataset:
    train = data.train
    return replace(data, train=replace(train, labels=chance.permutation(train.labels)))


def _leaked(data: Dataset, chance: Generator) -> Dataset:
    import numpy as np

    parts = data.train, data.test
    images = np.concatenate([part.images for part in parts])
    labels = np.concatenate([part.labels for part in parts])
    return replace(data, train=replace(data.train, images=images, labels=labels))


# The faults in the network and in judging


def _zeroed(job: Job) -> None:
    import torch

    with torch.no_grad():
        for values in job.model.parameters():
            if values.ndim > 1:  # norms and biases begin as they always do
                values.zero_()


def _unnormalised(job: Job) -> None:
    """Judge pictures as the 0 to 255 that they are read as."""
    import torch

    from cnntui.training.loop.feeding import Normal

    of = job.normal
    job.normal = Normal(torch.zeros_like(of.mean), torch.full_like(of.deviation, 1 / 255))


def _unswitched(job: Job) -> None:
    """Judge without the switch to eval mode."""

    @contextmanager
    def judging() -> Iterator[Any]:
        job.model.train()
        yield job.model

    job.judging = judging  # type: ignore[method-assign]


_DATA: dict[str, Callable[[Dataset, Generator], Dataset]] = {"labels": _shuffled, "leak": _leaked}
_JOB: dict[str, Callable[[Job], None]] = {
    "zeros": _zeroed,
    "normal": _unnormalised,
    "eval": _unswitched,
}


def main(argv: list[str] | None = None) -> int:
    """Train RUN FAULT SEED [repaired] once no other trial is trained; return the exit code."""
    import os

    from cnntui.training.launching import NICE
    from cnntui.training.trials import in_turn

    run, name, seed, *rest = sys.argv[1:] if argv is None else argv
    os.nice(NICE)
    try:
        with in_turn(Path(run)):
            train(Path(run), fault(name), int(seed), bool(rest))
    except (UserError, OSError) as problem:
        print(f"cnntui: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
