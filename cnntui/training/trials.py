"""Small trainings that lessons watch, by name: started in the folder of runs where they aren't yet.

Each takes seconds on the digits that come with the program; standard library only. A name is the
run's folder too: ``watch?run=trial-digits``. A lesson asks for several at once: their processes,
``python -m cnntui.training.trials RUN``, wait for each other before they import torch.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from cnntui.errors import UserError
from cnntui.training.config import Config, as_json
from cnntui.training.launching import NICE
from cnntui.training.recipes import recipe
from cnntui.training.run.folder import LOG, is_run, write_config
from cnntui.training.run.listing import status_of
from cnntui.training.run.locking import Lock

BEFORE = "trial-"  # every name
WAITING = ".trials"  # a file beside the runs, held by the trial that is trained
UNTRAINED = "CNNTUI_UNTRAINED"  # set while lessons are only checked: runs are there, and empty
LOOK = 0.2  # seconds between two looks whether it is free
SMALL_NET = """input 1x8x8
conv 32 3 same relu
conv 64 3 same relu
maxpool 2
flatten
dense 256 relu
dense 10
"""
DROPPED_NET = """input 1x8x8
conv 32 3 same relu
conv 64 3 same relu
maxpool 2
flatten
dropout 0.5
dense 256 relu
dropout 0.5
dense 10
"""
MOVED = "shift=0.12,rotate=12,zoom=0.12"

_DIGITS = replace(recipe("digits-fast").config, device="cpu", precision="fp32", threads=1)
_FEW = replace(  # 144 pictures to learn from, 1,294 to judge by
    _DIGITS,
    net="small",
    net_text=SMALL_NET,
    validation=0.9,
    batch_size=16,
    epochs=40,
    lr=2e-3,
    schedule="cosine",
)
_LEARNT = replace(_FEW, schedule="constant", weight_decay=0.0, lr=3e-3)
_CURED = replace(_LEARNT, net="dropped", net_text=DROPPED_NET)

TRIALS: Mapping[str, Config] = {
    f"{BEFORE}{name}": config
    for name, config in {
        "digits": _DIGITS,
        "sgd": replace(_DIGITS, optimizer="sgd", lr=0.1),
        "too-fast": replace(_DIGITS, lr=0.5),
        "too-slow": replace(_DIGITS, lr=5e-6),
        "overfit": _LEARNT,
        "cured": replace(
            _LEARNT,
            net="dropped",
            net_text=DROPPED_NET,
            augment=MOVED,
            schedule="cosine",
            epochs=60,
        ),
        "plain": _FEW,
        "moved": replace(_FEW, augment=MOVED),
        "mirrored": replace(_FEW, augment="flip=0.5"),
        "thrown": replace(_FEW, augment="shift=0.4,rotate=90"),
    }.items()
}

_workers: dict[Path, subprocess.Popen[bytes]] = {}  # kept, so that ended ones are waited for


def begun(name: str, runs: Path) -> None:
    """Start the training of a trial unless it is there; any other name is left alone.

    One that was broken off goes on. Raises UserError, DiskFull.
    """
    config = TRIALS.get(name)
    if config is None:
        return
    run = runs / name
    started(run, as_json(config), ("cnntui.training.trials", str(run)))


def started(run: Path, config: Mapping[str, Any], command: Sequence[str]) -> None:
    """Start ``python -m command`` for a run of these settings, unless it is there already.

    One that was broken off goes on. Raises UserError, DiskFull.
    """
    if not is_run(run):
        write_config(run, config)
    elif run in _workers or status_of(run).state not in ("stopped", "failed"):
        return
    if os.environ.get(UNTRAINED):
        return
    with (run / LOG).open("ab") as log:
        _workers[run] = subprocess.Popen(
            [sys.executable, "-m", *command],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def main(argv: list[str] | None = None) -> int:
    """Train the run that is named once no other trial is trained; return the exit code."""
    from cnntui.training import worker

    run = Path((sys.argv[1:] if argv is None else argv)[0])
    try:
        with in_turn(run):
            return worker.main([str(run), "--nice", str(NICE)])
    except (UserError, OSError) as problem:
        print(f"cnntui: {problem}", file=sys.stderr)
        return 1


@contextmanager
def in_turn(run: Path) -> Iterator[None]:
    """Wait until no other trial is trained, and import torch; others then wait for this one."""
    with (run.parent / WAITING).open("wb") as file:
        lock = Lock(run)  # held while it waits, so that the run counts as alive
        try:
            _wait(file.fileno(), lock)
            import cnntui.training.loop.preparing  # noqa: F401
        finally:
            lock.release()
        yield


def _wait(fd: int, lock: Lock) -> None:
    """Wait until no other process holds the file."""
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            lock.beat()
            time.sleep(LOOK)


if __name__ == "__main__":
    sys.exit(main())
