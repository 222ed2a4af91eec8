"""The runs as lines of a picker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cnntui.parts.runs.report import day, progress, state_text
from cnntui.training.run.listing import list_runs
from cnntui.ui.shell.pane import Choice


def run_choices(folder: Path) -> Iterator[Choice]:
    """Yield every run, the last begun first."""
    for run in list_runs(folder):
        accuracy = "" if run.val_accuracy is None else f" · {run.val_accuracy:.2%}"
        about = f"{run.dataset} · {run.net or run.title} · epoch "
        when = "" if run.started is None else f" · {day(run.started)}"
        done = progress(run.epochs, run.epochs_total)
        yield Choice(run.name, state_text(run), f"{about}{done}{accuracy}{when}")
