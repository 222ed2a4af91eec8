"""Does what is asked of a run and says it in one sentence: pause, go on, stop, rate, delete.

For panes and commands alike; also which code a run would execute.
"""

from __future__ import annotations

from pathlib import Path

from cnntui.errors import UserError
from cnntui.training import launching
from cnntui.training.config import from_json
from cnntui.training.run import control
from cnntui.training.run.control import LEARNING_RATE, PAUSE, RESUME, STOP, Request
from cnntui.training.run.finding import delete_run
from cnntui.training.run.folder import config_of
from cnntui.training.run.listing import status_of


def pause(run: Path) -> str:
    """Ask the worker to pause. Raises UserError where none works."""
    control.ask(run, Request(PAUSE))
    return f"{run.name}: asked to pause"


def stop(run: Path) -> str:
    """Ask the worker to stop. Raises UserError where none works."""
    control.ask(run, Request(STOP))
    return f"{run.name}: asked to stop at the next step"


def give_rate(run: Path, rate: Request) -> str:
    """Ask the worker for a learning rate, as ``rate_of`` read it. Raises UserError."""
    control.ask(run, rate)
    return f"{run.name}: asked for learning rate {rate.value:g}"


def rate_of(text: str) -> Request:
    """Return the request for the learning rate that was typed. Raises UserError for none."""
    try:
        rate = float(text)
    except ValueError:
        message = f"{text[:20]!r} is no learning rate; give a number such as 0.001"
        raise UserError(message) from None
    return Request(LEARNING_RATE, rate)


def delete(run: Path) -> str:
    """Delete the run's files, and name what else lies there and stays. Raises UserError."""
    left = delete_run(run)
    return f"{run.name}: deleted" + (f"; left there: {', '.join(left)}" if left else "")


def go_on(
    run: Path, trusted: str = "", runs: Path | None = None, nice: int = launching.NICE
) -> str:
    """Have a paused run go on, or one that ended: with a worker that stands back by ``nice``.

    Raises UserError where it is finished, and where ``check_code`` does.
    """
    status = status_of(run)
    if status.is_live:
        control.ask(run, Request(RESUME))
        return f"{run.name}: asked to go on"
    if status.state == "finished":
        raise finished(run)
    check_code(run, trusted, runs)
    launching.launch(run, nice)
    return f"{run.name} goes on from its last checkpoint"


def finished(run: Path) -> UserError:
    """Return what is said where a finished run is to go on."""
    return UserError(
        f"{run.name} is finished; begin a new run, or watch it: cnntui watch {run.name}"
    )


def code_of(run: Path) -> str:
    """Return the code a worker of the run would execute: ``file.py:callable``; "" for none.

    That is what the settings name, which the worker reads, whatever the log says. Raises UserError.
    """
    config = from_json(config_of(run))
    return config.net if ":" in config.net and not config.net_text else ""


def check_code(run: Path, trusted: str = "", runs: Path | None = None) -> None:
    """Refuse a run that would execute code, unless it is ``trusted`` or the run lies in ``runs``.

    Raises UserError.
    """
    code = code_of(run)
    if code in ("", trusted) or (runs is not None and runs.resolve() in run.resolve().parents):
        return
    where = f"{run}: its" if runs is None else f"{run} lies outside {runs} and its"
    raise UserError(
        f"{where} network is code; to run that code: cnntui train --resume {run} --net {code}"
    )
