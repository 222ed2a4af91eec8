"""``cnntui watch``: how a run stands as it prints it, and the state it opens."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnntui.errors import printable
from cnntui.numbers import as_json, in_json
from cnntui.parts.printing.output import PRINTED, add_forms

if TYPE_CHECKING:
    from cnntui.panes.watch.watched import Watched
    from cnntui.parts.printing.output import Output

HEIGHT = 14  # lines of each plot
EPOCHS = 10  # the last ones


def prepare(command: argparse.ArgumentParser) -> None:
    """Give the command its options."""
    what = "a run's name, the beginning of it, or its folder; else the last one"
    command.add_argument("watched", nargs="?", metavar="RUN", help=what)
    add_forms(command)


def run(options: argparse.Namespace, output: Output) -> int:
    """Print how a run stands, or open the pane on it."""
    from cnntui.panes.watch.state import WatchState
    from cnntui.settings import runs_folder
    from cnntui.training.run.finding import find_run

    path = find_run(options.watched or "last", runs_folder())
    if not output.prints(options):
        return output.open(WatchState.of(path))
    return output.say(text(path, options.json, output.width or PRINTED, output.unicode))


def text(run: Path, json: bool, width: int, unicode: bool) -> str:
    """Return a run's figures as JSON, or its curves and epochs as text. Raises UserError."""
    from cnntui.panes.watch.watched import Watched

    watched = Watched(run)
    watched.poll()
    while watched.behind:
        watched.poll()
    return as_json(_values(watched)) if json else _page(watched, width, unicode)


def _page(watched: Watched, width: int, unicode: bool) -> str:
    from cnntui.ground.lines import plain
    from cnntui.panes.watch.frame import heading, status_line
    from cnntui.panes.watch.state import Rows
    from cnntui.panes.watch.tables import epochs_table
    from cnntui.parts.curves.frame import curve_frame, extent_of
    from cnntui.parts.curves.state import CurvesState
    from cnntui.ui.drawing.braille import curve_text
    from cnntui.ui.table import table_text

    lines = [plain(heading(watched, width)).rstrip()]
    for quantity in ("loss", "accuracy"):
        curves = watched.curves(quantity, "step")
        state = CurvesState().of(quantity).with_extent(*extent_of(curves))
        lines += ["", *curve_text(curve_frame(state, curves, width, HEIGHT), unicode)]
    table = epochs_table(watched.history).frame(Rows(height=EPOCHS))
    lines += ["", *table_text(table), "", plain(status_line(watched, 400)).strip()]
    return "\n".join(map(printable, lines))  # a stranger's names


def _values(watched: Watched) -> dict[str, Any]:
    from cnntui.parts.runs.report import listed

    history = watched.history
    assert watched.status is not None
    columns = {
        "steps": {name: history.steps[name].tolist() for name in history.steps.names},
        "epoch_figures": {name: history.epochs[name].tolist() for name in history.epochs.names},
    }
    plain = in_json(columns)
    assert isinstance(plain, dict)
    return listed([watched.status])[0] | plain
