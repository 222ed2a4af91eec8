"""``cnntui train``: training in the foreground, and the form it opens the pane with."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnntui.errors import UserError, printable
from cnntui.numbers import counted, in_json, short
from cnntui.training.config import Config, from_json
from cnntui.training.events import Ended, Epoch, Event, Failed, Noted, Start, Step
from cnntui.training.options import OPTIONS, SWITCHES, add_options, config_of

if TYPE_CHECKING:
    from rich.progress import Progress

    from cnntui.panes.train.state import SetupState
    from cnntui.parts.printing.output import Output
    from cnntui.training.loop.job import Job


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
    code, found = train_here(order, runs_folder(), options.json, device)
    if options.json:
        output.json(found)
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
        _check_free(run)
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


def _check_free(run: Path | None) -> None:
    from cnntui.training.run.folder import is_run

    if run is None or not run.exists():
        return
    if is_run(run):
        raise UserError(f"{run} is a run already; go on with it: cnntui train --resume {run}")
    if not run.is_dir() or any(run.iterdir()):
        raise UserError(f"{run} is no empty folder; name a new one for the run")


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
        shown = _Shown(config, sys.stderr if as_json else sys.stdout)
        with shown:
            last = train(run, config, shown.told, shown.ready)
    except UserError:
        if order.run is None:
            with suppress(OSError):  # something was trained and lies there
                run.rmdir()
        raise
    code = code_of(last)
    if not as_json:
        shown.end(run, last)
    return code, final(run, config, shown, last)


class _Shown:
    """Shows a training as it goes: a bar on a terminal, else a line an epoch."""

    def __init__(self, config: Config, out: Any) -> None:
        self.config, self._out = config, out
        self.start: Start | None = None
        self._steps = 1
        self._bar: Progress | None = _bar(out) if out.isatty() else None
        self._task: Any = None

    def __enter__(self) -> _Shown:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def ready(self, job: Job) -> None:
        """Say what is trained on what."""
        self.start, self._steps = job.about, job.steps
        about = job.about
        self._say(
            f"{about.net} ({counted(about.params)} parameters) on {about.dataset}: "
            f"{counted(about.images[0])} pictures {'x'.join(map(str, about.input_shape))}, "
            f"{about.device}, {about.precision}, {about.threads} threads"
        )
        for note in about.notes:
            self._say(f"note: {note}")
        if self._bar is not None:
            self._task = self._bar.add_task("", total=job.steps, completed=job.step, said="")

    def told(self, event: Event) -> None:
        """Show an event."""
        match event:
            case Step() if self._bar is not None:
                said = f"loss {event.loss:.4f}  {counted(round(event.images_per_second))} im/s"
                self._bar.update(self._task, completed=event.step, said=said)
            case Epoch():
                self._say(_epoch_line(event, self.config.epochs))
            case Noted():
                self._say(event.text)

    def end(self, run: Path, last: Ended | Failed) -> None:
        """Say how it ended and where it lies."""
        if isinstance(last, Failed):
            print(f"cnntui: {printable(last.reason)}; {printable(last.advice)}", file=sys.stderr)
        elif last.stopped == "asked":
            self._say(f"stopped at step {last.step}; go on: cnntui train --resume {run.name}")
        else:
            test = "" if last.test_accuracy is None else f"test {last.test_accuracy:.2%} · "
            self._say(
                f"{test}{last.seconds:.1f} s · {counted(round(last.images_per_second))} images/s"
            )
        self._say(f"run {run}")

    def _say(self, text: str) -> None:
        text = printable(text)
        if not (self._out.encoding or "").lower().startswith("utf"):
            from cnntui.ui.drawing.ascii import in_ascii

            text = in_ascii(text)
        if self._bar is not None:
            self._bar.console.print(text, markup=False, highlight=False)
        else:
            print(text, file=self._out, flush=True)


def _bar(out: Any) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    return Progress(
        TextColumn("step {task.completed:,.0f}/{task.total:,.0f}"),
        BarColumn(),
        TextColumn("{task.fields[said]}"),
        TimeRemainingColumn(),
        console=Console(file=out),
    )


def _epoch_line(event: Epoch, epochs: int) -> str:
    best = "  best" if event.best else ""
    return (
        f"epoch {event.epoch:>{len(str(epochs))}}/{epochs}  loss {event.train_loss:.4f}  "
        f"validation {event.val_loss:.4f} {event.val_accuracy:.2%}  lr {short(event.lr)}  "
        f"{counted(round(event.images_per_second))} im/s{best}"
    )


def final(run: Path, config: Config, shown: _Shown, last: Ended | Failed) -> dict[str, Any]:
    """Return the object that ``train --json`` prints."""
    start, ended = shown.start, last if isinstance(last, Ended) else None
    told = {
        "run": str(run),
        "dataset": config.dataset,
        "net": config.net,
        "epochs": ended.epochs if ended else None,
        "steps": last.step,
        "params": start.params if start else None,
        "device": start.device if start else config.device,
        **{
            name: getattr(ended, name, None)
            for name in ("seconds", "images_per_second", "train_loss", "val_loss")
        },
        **{name: getattr(ended, name, None) for name in ("val_accuracy", "test_accuracy")},
        "best_epoch": ended.best_epoch if ended else None,
        "stopped": ended.stopped if ended else "failed",
    }
    if isinstance(last, Failed):
        told |= {"error": last.reason, "advice": last.advice}
    found = in_json(told)
    assert isinstance(found, dict)
    return found
