"""Runs written by hand for the tests of what watches them; no test itself."""

from __future__ import annotations

from itertools import count
from math import exp

from cnntui.training.config import Config, as_json
from cnntui.training.events import (
    ClassFigures,
    Ended,
    Epoch,
    Noted,
    Sample,
    Start,
    Step,
    WrongExample,
)
from cnntui.training.runs import RunWriter

CLASSES = tuple(str(i) for i in range(10))
EPOCHS, STEPS = 3, 20


def start(epochs=EPOCHS):
    return Start(
        "digits", "lenet5", CLASSES, (1, 32, 32), 61706, epochs, STEPS, (1294, 144, 359),
        "cpu", "fp32", 1, notes=("two pictures were skipped",),
    )  # fmt: skip


def step(n):
    return Step(n, n / STEPS, 2.3 * exp(-n / 20), 1 - exp(-n / 20), 1e-3, 5000.0)


def confusion():
    """144 pictures: 14 or 15 of each digit; two 8s are taken for 1s and a 3 for a 2."""
    rows = [[0] * 10 for _ in range(10)]
    for i in range(10):
        rows[i][i] = 15 if i in (1, 3, 5, 6) else 14
    for true, predicted, n in ((8, 1, 2), (3, 2, 1)):
        rows[true][true] -= n
        rows[true][predicted] += n
    return tuple(map(tuple, rows))


def epoch(n):
    wrong = (WrongExample(5, 8, 1, 0.91, 2.5), WrongExample(17, 3, 2, 0.6, 1.2))
    samples = tuple(Sample(i * 12, i % 10, ((i % 10, 0.9), (9, 0.1))) for i in range(12))
    figures = tuple(ClassFigures(0.9, 0.8, 0.85, 14) for _ in CLASSES)
    kernel = (((0.5, -0.25 * n), (0.0, 0.125)),)
    return Epoch(
        n, n * STEPS, 0.5 / n, 0.9, 0.6 / n, 0.8 + 0.05 * n, 1.0, 1e-3, 0.25, 5000.0, True,
        confusion(), figures, wrong, samples, (kernel, kernel),
    )  # fmt: skip


def ended():
    return Ended(60, 3, "finished", 0.75, 5000.0, 0.17, 0.2, 0.95, 3, 0.1, 0.97)


def written(path, *, until=EPOCHS, end=True):
    """Write a run of three epochs, up to an epoch."""
    ticks = count(1_700_000_000)
    with RunWriter(path, as_json(Config(net="lenet5", epochs=3)), now=lambda: next(ticks)) as run:
        run.append(start())
        for n in range(1, until + 1):
            for k in range(STEPS * (n - 1) + 1, STEPS * n + 1):
                run.append(step(k))
            run.append(epoch(n))
        run.append(Noted(STEPS, "learning-rate", "learning rate 0.001 from here on"))
        if end:
            run.append(ended())
    return path
