"""``cnntui runs``: the list of runs as it prints it, and requests to one."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from cnntui.errors import UserError, printable
from cnntui.parts.printing.output import add_forms

if TYPE_CHECKING:
    from cnntui.parts.printing.output import Output


def prepare(command: argparse.ArgumentParser) -> None:
    """Give the command its options."""
    add = command.add_argument
    add("action", nargs="?", choices=tuple(ACTIONS), metavar="ACTION", help=", ".join(ACTIONS))
    add("which", nargs="?", metavar="RUN", help="its name, the beginning of it, or its folder")
    add("value", nargs="?", metavar="VALUE", help="lr: the learning rate; delete: yes")
    add("--nice", type=int, metavar="N", help="resume: how far the worker stands back")
    add_forms(command)


def run(options: argparse.Namespace, output: Output) -> int:
    """List the runs, ask something of one, or open the pane."""
    from cnntui.parts.runs import report
    from cnntui.settings import runs_folder
    from cnntui.training.launching import NICE
    from cnntui.training.run.listing import list_runs

    folder = runs_folder()
    if options.action is not None:
        nice = NICE if options.nice is None else options.nice
        done = command_run(options.action, options.which, options.value, folder, nice)
        return output.say(printable(done))
    if not output.prints(options):
        return output.open()
    found = list_runs(folder)
    if options.json:
        return output.json(report.listed(found))
    return output.say(report.page(found, output.width) if found else f"no run lies in {folder} yet")


def command_run(action: str, text: str | None, value: str | None, runs: Path, nice: int) -> str:
    """Do what ``runs stop RUN`` and its like ask, and say what was done. Raises UserError."""
    from cnntui.training.run.finding import find_run

    if text is None:
        raise UserError(f"name the run: cnntui runs {action} RUN; `cnntui runs` lists them")
    run = find_run(text, runs)
    return ACTIONS[action](run, value, nice)


def _request(kind: str, said: str) -> Callable[[Path, str | None, int], str]:
    def act(run: Path, value: str | None, nice: int) -> str:
        from cnntui.training.run.control import Request, ask

        ask(run, Request(kind))
        return f"{run.name}: {said}"

    return act


def _resume(run: Path, value: str | None, nice: int) -> str:
    """Go on with a paused run, or start a worker for one that stopped or was killed."""
    from cnntui.parts.runs.requests import check_code
    from cnntui.settings import runs_folder
    from cnntui.training.config import from_json
    from cnntui.training.launching import launch
    from cnntui.training.run.control import Request, ask
    from cnntui.training.run.folder import config_of as settings_of
    from cnntui.training.run.listing import status_of

    status = status_of(run)
    if status.is_live:
        ask(run, Request("resume"))
        return f"{run.name}: asked to go on"
    if status.state == "finished":
        raise UserError(f"{run.name} is finished; there is nothing to go on with")
    check_code(run, from_json(settings_of(run)), runs_folder())
    launch(run, nice)
    return f"{run.name}: goes on from its last checkpoint"


def _rate(run: Path, value: str | None, nice: int) -> str:
    from cnntui.training.run.control import Request, ask

    try:
        rate = float(value or "")
    except ValueError:
        raise UserError(f"give the learning rate: cnntui runs lr {run.name} 0.001") from None
    ask(run, Request("learning-rate", rate))
    return f"{run.name}: asked for learning rate {rate:g}"


def _delete(run: Path, value: str | None, nice: int) -> str:
    from cnntui.training.run.finding import delete_run

    if value != "yes":
        sure = f"cnntui runs delete {run.name} yes"
        raise UserError(f"all of {run} would be gone; to be sure: {sure}")
    left = delete_run(run)
    return f"{run.name}: deleted" + (f"; left there: {', '.join(left)}" if left else "")


ACTIONS: dict[str, Callable[[Path, str | None, int], str]] = {
    "stop": _request("stop", "asked to stop at the next step"),
    "pause": _request("pause", "asked to pause"),
    "resume": _resume,
    "lr": _rate,
    "delete": _delete,
}
