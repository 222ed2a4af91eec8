"""How long until something is there: the first frame, and ``--version``."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from statistics import median

from tests.bench.commands import CNNTUI, LABEL, PYTHON, ROOT
from tests.bench.figures import Figure, interleaved, medians
from tests.bench.terminals import Program

HEAVY = ("torch", "textual", "numpy", "rich", "argparse")
LOADED = f"""
import sys
from cnntui.cli import main
main(["--version"])
print(len(set(sys.modules) & set({HEAVY!r})))
"""


def figures() -> Iterator[Figure]:
    yield first_frame("first frame: home", (CNNTUI,), "Convolution", 1.3)
    yield first_frame("first frame: conv", (CNNTUI, "conv"), r"step 0 of 0", 0, binding=False)
    for command in ((CNNTUI, "--version"), (PYTHON, "-m", "cnntui", "--version")):
        taken = interleaved(ran(command), ran((PYTHON, "-c", "pass")), 50, 5)
        what = "cnntui --version" if command[0] == CNNTUI else "python -m cnntui --version"
        ours, reference = medians(taken)
        yield Figure(what, ours, "ms", 2, reference)
    found = subprocess.run((PYTHON, "-c", LOADED), cwd=ROOT, capture_output=True, check=True)
    heavy = int(found.stdout.split()[-1])
    yield Figure("--version: heavy modules loaded", heavy, "", 0, relative=False)


def first_frame(
    what: str, command: Sequence[str], text: str, limit: float, binding: bool = True
) -> Figure:
    times: tuple[list[float], list[float]] = ([], [])
    for run in range(16):
        for program, pattern, taken in zip((command, LABEL), (text, "pressed"), times, strict=True):
            with Program(program) as painted:
                seconds = painted.shown(pattern)
            if run >= 1:
                taken.append(seconds * 1000)
    ours, reference = map(median, times)
    return Figure(what, ours, "ms", limit, reference, binding=binding)


def ran(command: Sequence[str]):
    return lambda: subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
