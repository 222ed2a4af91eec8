"""How long until something is there: the first frame, and ``--version``."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence

from tests.bench.commands import CNNTUI, LABEL, PYTHON, ROOT
from tests.bench.figures import Action, Figure, interleaved, medians
from tests.bench.terminals import Program

HEAVY = ("torch", "textual", "numpy", "rich", "argparse")
RUNS = 20
LOADED = f"""
import sys
from cnntui.cli import main
main(["--version"])
print(len(set(sys.modules) & set({HEAVY!r})))
"""


def figures() -> Iterator[Figure]:
    yield first_frame("first frame: home", (CNNTUI,), "Convolution", 1.3)
    yield first_frame("first frame: conv", (CNNTUI, "conv"), "step 0 of 0", 2, binding=False)
    for what, command in (("cnntui", (CNNTUI,)), ("python -m cnntui", (PYTHON, "-m", "cnntui"))):
        taken = interleaved(ran((*command, "--version")), ran((PYTHON, "-c", "pass")), 50, 5)
        yield Figure(f"{what} --version", *medians(taken), unit="ms", limit=2)
    found = subprocess.run((PYTHON, "-c", LOADED), cwd=ROOT, capture_output=True, check=True)
    heavy = int(found.stdout.split()[-1])
    yield Figure("--version: heavy modules loaded", heavy, None, "", 0, relative=False)


def first_frame(
    what: str, command: Sequence[str], text: str, limit: float, binding: bool = True
) -> Figure:
    times: tuple[list[float], list[float]] = ([], [])
    for run in range(1 + RUNS):
        for program, pattern, taken in zip((command, LABEL), (text, "pressed"), times, strict=True):
            with Program(program) as painted:
                seconds = painted.shown(pattern)
            if run:
                taken.append(seconds * 1000)
    return Figure(what, *medians(times), unit="ms", limit=limit, binding=binding)


def ran(command: Sequence[str]) -> Action:
    return lambda: subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
