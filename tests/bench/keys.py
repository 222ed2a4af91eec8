"""How long a key takes to change the screen, and what it sends."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from statistics import fmean

import numpy as np

from tests.bench.commands import CNNTUI, LABEL
from tests.bench.figures import Figure, percentile
from tests.bench.terminals import SILENCE, TYPED, Program

CHECKED = r"torch (cpu|cuda|mps)"  # torch's thread has ended and disturbs nothing any more
STEPS = 200
WARM_UP = 20


@dataclass
class Pressed:
    """The reactions to the keys of one program."""

    times: list[float] = field(default_factory=list)  # ms
    sizes: list[int] = field(default_factory=list)  # bytes


def figures() -> Iterator[Figure]:
    step = conv("random:1:32,32"), CHECKED, "l", LABEL, "pressed", "l", STEPS
    ours, reference = pressed_after(*step, silence=TYPED)
    yield latency("32×32, key p95, the next key at once", ours, reference, 0.95, 1.5)
    ours, reference = pressed_after(*step)
    yield latency("32×32, key p50, after a pause", ours, reference, 0.5, 1.5, binding=False)
    yield latency("32×32, key p95, after a pause", ours, reference, 0.95, 1.5)
    size, label = fmean(ours.sizes), fmean(reference.sizes)
    yield Figure("32×32, bytes a step", size, label, "B", 1000, relative=False)
    with tempfile.TemporaryDirectory() as folder:
        large, small = (grid(Path(folder), side) for side in (1024, 8))
        ours, reference = pressed(conv(large), "lh", conv(small), "lh", CHECKED, STEPS)
    yield latency("1024×1024 beside 8×8, key p50", ours, reference, 0.5, 1.3)
    yield latency("1024×1024 beside 8×8, key p95", ours, reference, 0.95, 1.3, binding=False)


def latency(
    what: str, ours: Pressed, reference: Pressed, share: float, limit: float, binding: bool = True
) -> Figure:
    mine, theirs = percentile(ours.times, share), percentile(reference.times, share)
    return Figure(what, mine, theirs, "ms", limit, binding=binding)


def conv(source: str) -> tuple[str, ...]:
    return CNNTUI, "conv", "--input", source


def grid(folder: Path, side: int) -> str:
    path = folder / f"{side}.npy"
    np.save(path, np.random.default_rng(0).random((side, side), dtype=np.float32))
    return str(path)


def pressed(
    first: Sequence[str], keys: str, second: Sequence[str], others: str, text: str, count: int
) -> tuple[Pressed, Pressed]:
    """Press keys in a stepper, once torch has checked it, and in another program in turn."""
    return pressed_after(first, CHECKED, keys, second, text, others, count)


def pressed_after(
    first: Sequence[str],
    ready: str,
    keys: str,
    second: Sequence[str],
    text: str,
    others: str,
    count: int,
    silence: float = SILENCE,
) -> tuple[Pressed, Pressed]:
    """Press keys in two programs, each after the reaction to the one before.

    In turn; with a short ``silence`` all of one and then all of the other, because the time the
    other takes is a pause as well. ``ready`` and ``text`` are what the first and the second show
    once they can take keys.
    """
    found = Pressed(), Pressed()
    with Program(first) as ours, Program(second) as reference:
        ours.shown(ready)
        reference.shown(text)
        programs = [(ours, cycle(keys), found[0]), (reference, cycle(others), found[1])]
        for program, _, _ in programs:
            program.settled()
        blocks = [programs] if silence == SILENCE else [[one] for one in programs]
        for block in blocks:
            for run in range(WARM_UP + count):
                for program, sequence, taken in block:
                    time, size = program.press(next(sequence), silence)
                    if run >= WARM_UP:
                        taken.times.append(time)
                        taken.sizes.append(size)
    return found
