"""How fast it trains, beside the loops that users write, and how well the recipes do."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from statistics import mean, median
from typing import Any

from tests.bench.commands import PYTHON, ROOT
from tests.bench.figures import Figure

TURNS = 5
SECONDS = {"lenet5": 0.6, "cifar_cnn": 1.0}  # of a turn
SEEDS = range(5)


def figures() -> Iterator[Figure]:
    for threads, least in ((2, 3.3), (1, 2.3)):
        yield faster("users", "ours", least, threads, "lenet5", 64)
    for batch in (64, 128):
        for precision, least in (("fp32", 1.2), ("bf16", 2.2)):
            yield faster("users", "ours", least, 2, "cifar_cnn", batch, precision)
    yield faster("resident", "ours", 0.97, 1, "lenet5", 64)
    yield faster("resident", "ours", 0.97, 2, "cifar_cnn", 128)
    yield faster("ours", "worker", 0.98, 1, "lenet5", 64)
    yield faster("ours", "watched", 0.95, 1, "lenet5", 64)
    yield from digits()


def faster(
    reference: str,
    kind: str,
    least: float,
    threads: int,
    net: str,
    batch: int,
    precision: str = "fp32",
) -> Figure:
    """Milliseconds of 1,000 pictures, the median of ratios taken in turn."""
    what = f"{net}, batch {batch}, {precision}, threads {threads}: {kind} against {reference}"
    ratios, ours = rates(reference, kind, threads, net, batch, precision)
    spent = 1e6 / median(ours)
    return Figure(what, spent, spent * median(ratios), "ms/1,000", 1 / least)


def rates(
    reference: str, kind: str, threads: int, net: str, batch: int, precision: str
) -> tuple[list[float], list[float]]:
    count = 20_000 if net == "lenet5" else 4_000
    with ExitStack() as ends:
        loops = []
        for one in (kind, reference):
            how = "fp32" if one == "users" else precision
            argv = (one, str(threads), net, str(batch), str(count), how)
            loop = ends.enter_context(_started(*argv))
            ends.callback(loop.kill)
            run = _line(loop) if one in ("worker", "watched") else ""
            if one == "watched":
                watching = ends.enter_context(_started("watch", run))
                ends.callback(watching.kill)
            assert _line(loop) == "ready"
            loops.append(loop)
        _turn(loops, SECONDS[net])
        turns = [_turn(loops, SECONDS[net]) for _ in range(TURNS)]
    return [ours / theirs for ours, theirs in turns], [ours for ours, _ in turns]


def _turn(loops: list[Any], seconds: float) -> list[float]:
    """Let each train for a while, the other waiting; return their pictures a second."""
    found = []
    for loop in loops:
        loop.stdin.write(f"{seconds}\n")
        loop.stdin.flush()
        found.append(float(_line(loop)))
    return found


def _line(loop: Any) -> str:
    line: str = loop.stdout.readline().strip()
    return line


def _started(*argv: str) -> subprocess.Popen[str]:
    command = (PYTHON, "-m", "tests.bench.loops", *argv)
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True)


def digits() -> Iterator[Figure]:
    """Training time and errors of the recipes, the mean of five seeds, two threads."""
    from cnntui.training.recipes import recipe

    best = recipe("digits").config
    seconds, errors = trained(recipe("digits-fast").config)
    yield Figure("digits-fast: training time", seconds, None, "s", 1.5, relative=False)
    yield Figure("digits-fast: test error", errors, None, "%", 1.0, relative=False)
    seconds, errors = trained(best)
    yield Figure("digits: training time", seconds, None, "s", 30, relative=False)
    yield Figure("digits: test error", errors, None, "%", 0.3, relative=False)
    _, errors = trained(replace(best, dataset="digits:split=writers"))
    yield Figure("digits, by writers: test error", errors, None, "%", 1.0, relative=False)


def trained(config: Any) -> tuple[float, float]:
    """Return the median of the training's seconds and the mean test error in percent."""
    from cnntui.training.loop.loop import Steady, fit
    from cnntui.training.loop.preparing import job_from

    lasts: list[Any] = []
    for seed in SEEDS:
        *_, last = fit(job_from(replace(config, seed=seed, threads=2, device="cpu")), Steady())
        lasts.append(last)
    return median(one.seconds for one in lasts), mean(
        100 - 100 * one.test_accuracy for one in lasts
    )
