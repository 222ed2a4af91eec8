"""Starts the training of a hidden fault, or of what it is once repaired.

The training is a process of its own, which waits for its turn as the lessons' trials do.
"""

from __future__ import annotations

from pathlib import Path

from cnntui.course.faults.case import REPAIRED, Case
from cnntui.course.faults.training import config_of
from cnntui.training.config import as_json
from cnntui.training.trials import started


def folder_of(case: Case, runs: Path, repaired: bool = False) -> Path:
    """Return where a case's run lies."""
    return runs / (case.name + (REPAIRED if repaired else ""))


def begun(case: Case, runs: Path, repaired: bool = False) -> Path:
    """Return a case's run, its training started where there is none yet, or it was broken off.

    Raises UserError, DiskFull.
    """
    run = folder_of(case, runs, repaired)
    config = as_json(config_of(case.fault, case.seed, repaired))
    what = (case.fault.name, str(case.seed), *(("repaired",) if repaired else ()))
    started(run, config, ("cnntui.course.faults.training", str(run), *what))
    return run
