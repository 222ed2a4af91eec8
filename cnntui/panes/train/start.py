"""Starts what the set-up form asks for, in a process of its own.

Checks first what the worker would refuse, so that the form can say it: in a thread.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

from cnntui.errors import UserError
from cnntui.ground.atomic_write import write_whole
from cnntui.panes.train.forecast import forecast_of
from cnntui.panes.train.state import SetupState
from cnntui.training.config import Config, as_json
from cnntui.training.launching import begin, launch
from cnntui.training.run.folder import CONFIG, config_of, is_run, write_config
from cnntui.training.run.locking import held


def started(state: SetupState, runs: Path, device: str = "auto") -> Path:
    """Start the run, or have it go on, and return its folder. Raises UserError, OSError."""
    if state.resumed:
        assert state.run is not None
        return _gone_on(state.run, state.config, state.nice)
    forecast_of(state.basis, device)
    values = as_json(ready(state.config, device))
    if state.run is None:
        return begin(runs, values, state.nice)
    check_free(state.run)
    write_config(state.run, values)
    launch(state.run, state.nice)
    return state.run


def ready(config: Config, device: str = "auto") -> Config:
    """Return the settings as they are kept: threads counted, auto as the app's settings say."""
    threads = config.threads or max(1, (os.cpu_count() or 2) - 1)
    chosen = device if config.device == "auto" else config.device
    return replace(config, threads=threads, device=chosen)


def check_free(run: Path) -> None:
    """Refuse a folder that holds a run or anything else. Raises UserError."""
    if is_run(run):
        raise UserError(f"{run} is a run already; go on with it: cnntui train --resume {run}")
    if run.exists() and (not run.is_dir() or any(run.iterdir())):
        raise UserError(f"{run} is no empty folder; name a new one for the run")


def _gone_on(run: Path, config: Config, nice: int) -> Path:
    """Have a run go on; another number of threads replaces the one in its settings."""
    kept = config_of(run)
    if kept.get("threads") != config.threads and held(run) is None:
        text = json.dumps(kept | {"threads": config.threads}, indent=1) + "\n"
        write_whole(run / CONFIG, lambda file: file.write_text(text, encoding="utf-8"))
    launch(run, nice)
    return run
