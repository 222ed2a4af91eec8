"""``cnntui train``: training in the foreground, and the form it opens the pane with."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnntui.errors import UserError
from cnntui.numbers import in_json
from cnntui.panes.train.progress import TrainingProgress
from cnntui.training.config import Config, from_json
from cnntui.training.events import Ended, Failed, Start
from cnntui.training.options import OPTIONS, SWITCHES, add_options, config_of

if TYPE_CHECKING:
    from cnntui.panes.train.state import SetupState
    from cnntui.parts.printing.output import Output


def prepare(command: argparse.ArgumentParser) -> None:
    """Give the command its options."""
    add = command.add_argument
    add("--run", dest="run_folder", metavar="DIR", help="the run's folder; else one is made")
    add("--resume", metavar="RUN", help="go on with a run that was stopped or killed")
    add("--headless", action="store_true", help="train here, without the app")
    add("--json", action="store_true", help="train here and print one JSON object at the end")
    add("--nice", type=int, metavar="N", help="how far the worker stands back: 0 to 19")
    add_options(command)


def run(options: argparse.Namespace, output: Output) -> int:
    """Train here, or open the pane with these settings."""
    from cnntui.settings import runs_folder

    device = output.settings.device
    order = order_of(options, runs_folder())
    if not (options.headless or options.json):
        return output.open(opening(order, options.nice))
    code, values = train_here(order, runs_folder(), options.json, device)
    if options.json:
        output.json(values)
    return code


@dataclass(frozen=True)
class TrainingOrder:
    """A training that is asked for: its settings, and its folder where that is known."""

    config: Config
    run: Path | None = None
    resumed: bool = False


def order_of(options: argparse.Namespace, runs: Path) -> TrainingOrder:
    """Return what the options ask for. Raises UserError."""
    if options.resume is None:
        run = None if options.run_folder is None else Path(options.run_folder).expanduser()
        if run is not None:
            from cnntui.panes.train.start import check_free

            check_free(run)
        return TrainingOrder(config_of(options), run)
    return _resumed(options, runs)


def _resumed(options: argparse.Namespace, runs: Path) -> TrainingOrder:
    """Return the run that is to go on. Raises UserError."""
    from cnntui.parts.runs.requests import check_code, finished
    from cnntui.training.run.finding import find_run
    from cnntui.training.run.folder import config_of as settings_of
    from cnntui.training.run.listing import status_of

    known = (option for option in (*OPTIONS, *SWITCHES) if option.name != "net")
    given = [f"--{one.name}" for one in known if getattr(options, one.dest) is not None]
    if given or options.recipe or options.run_folder:
        raise UserError(
            f"a run goes on with its own settings: leave {(given or ['--recipe, --run'])[0]} out, "
            "or begin a new run"
        )
    run = find_run(options.resume, runs)
    status = status_of(run)
    if status.is_live:
        raise UserError(f"{run.name} is running; watch it with: cnntui watch {run.name}")
    if status.state == "finished":
        raise finished(run)
    config = from_json(settings_of(run))
    if options.net not in (None, config.net):
        raise UserError(f"{run.name} trains {config.net}, not {options.net}; leave --net out")
    check_code(run, options.net or "", runs)
    return TrainingOrder(config, run, resumed=True)


def opening(order: TrainingOrder, nice: int | None) -> SetupState:
    """Return the form to open on an order. Raises UserError for a niceness that can't be."""
    from cnntui.panes.train.state import SetupState

    if order.resumed and order.run is not None:
        state = SetupState.resuming(order.run, order.config, nice)
    else:
        state = SetupState.of(order.config, order.run, nice)
    if state.problem:
        raise UserError(state.problem)
    return state


def train_here(
    order: TrainingOrder, runs: Path, as_json: bool, device: str
) -> tuple[int, dict[str, Any]]:
    """Train in the foreground and return the exit code with the final object. Raises UserError."""
    from cnntui.training.run.finding import new_run_folder
    from cnntui.training.worker import code_of, train

    config = order.config
    if not order.resumed:
        chosen = device if config.device == "auto" else config.device
        config = replace(config, device=chosen, threads=config.threads or os.cpu_count() or 1)
    run = order.run or new_run_folder(runs, config.dataset, config.net)
    try:
        progress = TrainingProgress(config, sys.stderr if as_json else sys.stdout)
        with progress:
            last = train(run, config, progress.show, progress.ready)
    except UserError:
        if order.run is None:
            with suppress(OSError):  # something was trained and lies there
                run.rmdir()
        raise
    code = code_of(last)
    if not as_json:
        progress.end(run, last)
    return code, final(run, config, progress.start, last)


def final(run: Path, config: Config, start: Start | None, last: Ended | Failed) -> dict[str, Any]:
    """Return the object that ``train --json`` prints."""
    figures = ("seconds", "images_per_second", "train_loss", "val_loss")
    judged = ("val_accuracy", "test_accuracy", "best_epoch")
    values: dict[str, Any] = {
        "run": str(run),
        "dataset": config.dataset,
        "net": config.net,
        "epochs": getattr(last, "epochs", None),
        "steps": last.step,
        "params": start.params if start else None,
        "device": start.device if start else config.device,
        **{name: getattr(last, name, None) for name in (*figures, *judged)},
        "stopped": last.stopped if isinstance(last, Ended) else "failed",
    }
    if isinstance(last, Failed):
        values |= {"error": last.reason, "advice": last.advice}
    plain = in_json(values)
    assert isinstance(plain, dict)
    return plain
