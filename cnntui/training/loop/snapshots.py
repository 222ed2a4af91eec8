"""A training's state taken out of a job and put back, bit for bit."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor

from cnntui.training.loop.job import Job
from cnntui.training.loop.schedules import Plateau

OWN_STREAM = 1_000_003  # steps apart the random numbers of two processes' resumptions begin


@dataclass(frozen=True)
class Snapshot:
    """What a checkpoint must hold, in memory; tensors are copies, to be read only."""

    step: int
    epoch: int
    best: bool  # whether the weights are the best so far
    ends_epoch: bool  # nobody asked for it, nor did the clock
    weights: dict[str, Tensor]  # as they are judged: averaged where averaging is asked for
    state: dict[str, Any]  # all that is needed to go on


def snapshot(job: Job, best: bool = False, ends_epoch: bool = False) -> Snapshot:
    """Return what going on from here needs. All processes take it together."""
    averaged = None if job.average is None else copied(job.average.model.state_dict())
    model = copied(job.model.state_dict())
    state = {
        "step": job.step,
        "epoch": job.epoch,
        "model": model,
        "averaged": averaged,
        "optimizer": copied(job.optimizer.state_dict()),
        "plateau": asdict(job.plateau),
        "rate": job.rate,
        "rate_factor": job.rate_factor,
        "waited": job.waited,
        "best_epoch": job.best_epoch,
        "best_figures": list(job.best_figures),
        "last_figures": None if job.last_figures is None else list(job.last_figures),
        "sums": job.sums.state(),
        "feed": dict(job.feed.kept()),
        "random": _random(job),
        "threads": torch.get_num_threads(),
    }
    weights = model if averaged is None else averaged
    return Snapshot(job.step, job.epoch, best, ends_epoch, weights, state)


def go_on(job: Job, state: dict[str, Any], best: dict[str, Tensor] | None = None) -> None:
    """Have ``job`` go on from a snapshot's ``state``; ``best`` are the best weights so far."""
    job.resumed = True
    job.step, job.epoch = state["step"], state["epoch"]
    job.model.load_state_dict(state["model"])
    if job.average is not None:
        job.average.model.load_state_dict(state["averaged"])
    job.optimizer.load_state_dict(deepcopy(state["optimizer"]))  # it keeps what it is given
    job.plateau = Plateau(**state["plateau"])
    job.rate, job.rate_factor, job.waited = state["rate"], state["rate_factor"], state["waited"]
    job.best_epoch = state["best_epoch"]
    job.best_figures = _pair(state["best_figures"])
    last = state["last_figures"]
    job.last_figures = None if last is None else _pair(last)
    job.best_weights = best if job.config.patience else None
    job.sums.restore(state["sums"])
    job.feed.restore(state["feed"])
    _restore_random(job, state["random"])
    if not job.config.threads:  # other threads sum in another order
        torch.set_num_threads(state["threads"])


def copied(value: Any) -> Any:
    """Return a copy on the CPU of whatever tensors a state holds."""
    if isinstance(value, Tensor):
        return value.detach().to("cpu", copy=True)
    if isinstance(value, dict):
        return {key: copied(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(copied(each) for each in value)
    return value


def _random(job: Job) -> dict[str, Any]:
    """Return the states that dropout draws from: every process's on the CPU, the first's GPU."""
    states: dict[str, Any] = {"cpu": job.processes.gathered(torch.get_rng_state())}
    if job.device.type == "cuda":
        states["cuda"] = torch.cuda.get_rng_state(job.device)
    return states


def _restore_random(job: Job, states: dict[str, Any]) -> None:
    rank, own = job.processes.rank, states["cpu"]
    if rank < len(own):
        torch.set_rng_state(own[rank])
    else:  # more processes than before
        torch.manual_seed(job.config.seed + rank + OWN_STREAM * job.step)
    if job.device.type != "cuda" or "cuda" not in states:
        return
    if rank:
        torch.cuda.manual_seed(job.config.seed + rank + OWN_STREAM * job.step)
    else:
        torch.cuda.set_rng_state(states["cuda"], job.device)


def _pair(values: list[float]) -> tuple[float, float]:
    first, second = values
    return first, second
