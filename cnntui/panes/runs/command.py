"""``cnntui runs``: the list of runs as it prints it, and requests to one."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from cnntui.errors import UserError, printable
from cnntui.parts.printing.output import add_forms

if TYPE_CHECKING:
    from cnntui.parts.printing.output import Output


ACTIONS = ("stop", "pause", "resume", "lr", "delete")


def prepare(command: argparse.ArgumentParser) -> None:
    """Give the command its options."""
    add = command.add_argument
    add("action", nargs="?", choices=ACTIONS, metavar="ACTION", help=", ".join(ACTIONS))
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
        message = command_run(options.action, options.which, options.value, folder, nice)
        return output.say(printable(message))
    if not output.prints(options):
        return output.open()
    runs = list_runs(folder)
    if options.json:
        return output.json(report.listed(runs))
    return output.say(report.page(runs, output.width) if runs else f"no run lies in {folder} yet")


def command_run(action: str, text: str | None, value: str | None, runs: Path, nice: int) -> str:
    """Do what ``runs stop RUN`` and its like ask, and say what was done. Raises UserError."""
    from cnntui.parts.runs import requests
    from cnntui.training.run.finding import find_run

    if text is None:
        raise UserError(f"name the run: cnntui runs {action} RUN; `cnntui runs` lists them")
    run = find_run(text, runs)
    match action:
        case "stop":
            return requests.stop(run)
        case "pause":
            return requests.pause(run)
        case "resume":
            return requests.go_on(run, runs=runs, nice=nice)
        case "lr":
            if value is None:
                raise UserError(f"give the learning rate: cnntui runs lr {run.name} 0.001")
            return requests.give_rate(run, requests.rate_of(value))
    if value != "yes":
        sure = f"cnntui runs delete {run.name} yes"
        raise UserError(f"all of {run} would be gone; to be sure: {sure}")
    return requests.delete(run)
