"""The list of runs, as plain data and as text, for screens and commands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from cnntui.errors import printable
from cnntui.ground.tables import aligned
from cnntui.ground.widths import shortened_to
from cnntui.numbers import counted, in_json, short, size_text
from cnntui.training.run.listing import RunStatus

TITLES = ("run", "state", "data", "net", "epoch", "step", "val loss", "val acc", "size", "started")
RIGHT = ("epoch", "step", "val loss", "val acc", "size")
_SPANS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def listed(runs: Sequence[RunStatus]) -> list[dict[str, Any]]:
    """Return what is known of each run; accuracies 0..1, times in seconds since 1970."""
    return [_values(run) for run in runs]


def page(runs: Sequence[RunStatus], width: int | None = None) -> str:
    """Lay the list out as text; where a ``width`` is given, lines are cut to it."""
    lines = aligned(TITLES, [cells(run) for run in runs], RIGHT)
    lines += [f"{printable(run.name)}: {run.reason}" for run in runs if run.reason]
    return "\n".join(lines if width is None else [shortened_to(line, width) for line in lines])


def cells(run: RunStatus) -> tuple[str, ...]:
    """Return a run's line of the list, a text a column of ``TITLES``."""
    return (
        printable(run.name),
        state_text(run),
        run.dataset,
        run.net or run.title,
        progress(run.epochs, run.epochs_total),
        progress(run.step, run.steps_total),
        "" if run.val_loss is None else short(run.val_loss),
        "" if run.val_accuracy is None else f"{run.val_accuracy:.2%}",
        size_text(run.size),
        "" if run.started is None else day(run.started),
    )


def state_text(run: RunStatus) -> str:
    """Write a run's state, and for how long a silent one has said nothing."""
    return f"silent for {span(run.since)}" if run.state == "silent" else run.state


def progress(done: int, total: int | None) -> str:
    """Write ``3/10``, or what is done where no total is known."""
    return counted(done) if total is None else f"{counted(done)}/{counted(total)}"


def span(seconds: float) -> str:
    """Write a time span in its largest whole unit: ``45 s``, ``3 h``."""
    for size, unit in _SPANS:
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return "0 s"


def day(seconds: float) -> str:
    """Write a moment in local time: ``2026-11-20 12:42``."""
    try:
        return datetime.fromtimestamp(seconds).strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError, OSError):  # a log's time may be anything
        return ""


def _values(run: RunStatus) -> dict[str, Any]:
    values = in_json({"name": run.name} | asdict(run) | {"path": str(run.path)})
    assert isinstance(values, dict)
    return values
