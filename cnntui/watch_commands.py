"""What ``watch`` prints of a run where the app isn't opened."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnntui.errors import printable
from cnntui.numbers import in_json
from cnntui.reports import as_json

if TYPE_CHECKING:
    from cnntui.states.watched import Watched
    from cnntui.states.watching import WatchState

HEIGHT = 14  # lines of each plot


def wanted(text: str | None, runs: Path) -> Path:
    """Return the run that a command names; the last one where none is. Raises UserError."""
    from cnntui.training.finding import find_run

    return find_run(text or "last", runs)


def opening(run: Path) -> WatchState:
    """Return the state in which the Watch pane opens on a run."""
    from cnntui.states.watching import WatchState

    return WatchState.of(run)


def text(run: Path, json: bool, width: int, unicode: bool) -> str:
    """Return a run's figures as JSON, or its curves and epochs as text. Raises UserError."""
    from cnntui.states.watched import Watched

    watched = Watched(run)
    watched.poll()
    while watched.behind:
        watched.poll()
    return as_json(_told(watched)) if json else _page(watched, width, unicode)


def _page(watched: Watched, width: int, unicode: bool) -> str:
    from cnntui.frames import plain
    from cnntui.states.curves import CurvesState
    from cnntui.states.curves_frame import curve_frame, extent_of
    from cnntui.states.watching import WatchState
    from cnntui.states.watching_frame import epochs_table, heading, status_line
    from cnntui.ui.braille import curve_text
    from cnntui.ui.table import table_text

    lines = [plain(heading(watched, width)).rstrip()]
    for quantity in ("loss", "accuracy"):
        curves = watched.curves(quantity, "step")
        state = CurvesState().of(quantity).with_extent(*extent_of(curves))
        lines += ["", *curve_text(curve_frame(state, curves, width, HEIGHT), unicode)]
    table = epochs_table(watched.history, WatchState(runs=(watched.path,), room=10))
    lines += ["", *table_text(table), "", plain(status_line(watched, 400)).strip()]
    return "\n".join(map(printable, lines))  # a stranger's names


def _told(watched: Watched) -> dict[str, Any]:
    from cnntui.run_reports import listed

    history = watched.history
    assert watched.status is not None
    told = listed([watched.status])[0]
    columns = {
        "steps": {name: history.steps[name].tolist() for name in history.steps.names},
        "epoch_figures": {name: history.epochs[name].tolist() for name in history.epochs.names},
    }
    plain = in_json(columns)
    assert isinstance(plain, dict)
    return told | plain
