"""A hidden fault with the seed of its training, and the run it is found by."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from cnntui.course.faults.kinds import FAULTS, Fault

SEEDS = 5  # trainings of each fault: as many are known to show it, and to be mended
REPAIRED = "-repaired"
TRAINED = tuple(fault for fault in FAULTS if fault.place == "training")


@dataclass(frozen=True)
class Case:
    """A fault in a training."""

    fault: Fault
    seed: int = 0

    @property
    def name(self) -> str:
        """The name of its run, which gives nothing away."""
        hidden = random.Random(f"{self.fault.name}/{self.seed}").getrandbits(20)
        return f"case-{hidden:05x}"


def drawn(chance: random.Random, among: Sequence[Fault] = TRAINED) -> Case:
    """Hide one of the faults."""
    return Case(chance.choice(among), chance.randrange(SEEDS))


@cache
def _cases() -> dict[str, Case]:
    cases = [Case(fault, seed) for fault in TRAINED for seed in range(SEEDS)]
    return {case.name: case for case in cases}


def case_of(run: str) -> Case | None:
    """Return the case that a run's name is of, faulty or repaired; None for another run."""
    return _cases().get(run.removesuffix(REPAIRED))
