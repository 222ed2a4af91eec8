"""The Watch pane's state as a link, and back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cnntui.ground.options import switched
from cnntui.panes.watch.state import MOST_RUNS, TABS, Rows, WatchState
from cnntui.parts.curves.state import EPOCH, STEP, WEIGHTS, CurvesState
from cnntui.parts.links import trust
from cnntui.parts.links.values import (
    MOST_INDEX,
    LinkText,
    Values,
    choice_in,
    put,
    whole_in,
)

KEYS = {
    "run": "as of cnntui watch; runs beside it after commas",
    "tab": ", ".join(TABS),
    "quantity": "which curves: loss, accuracy, …",
    "axis": f"{STEP} or {EPOCH}",
    "smoothing": f"0 to {len(WEIGHTS) - 1}",
    "log": "on: this quantity on a logarithmic axis",
    "row": "the chosen row of a table, or cell of the confusion matrix",
}


def read(values: Values, trusted: bool) -> WatchState:
    """Return the state that a link names, a lesson's trial begun where it isn't there yet.

    Raises UserError where there is no such run.
    """
    from cnntui.settings import runs_folder
    from cnntui.training.run.finding import find_run
    from cnntui.training.trials import begun

    names = [name for name in values.get("run", "last").split(",") if name]
    if not trusted:
        for name in names:
            trust.check_run(name)
    folder = runs_folder()
    for name in names:
        begun(name, folder)
    first, *others = [find_run(name, folder) for name in names or ["last"]]
    state = WatchState.of(first).on_tab(choice_in(values, "tab", TABS[0], TABS))
    for run in others:
        state = state.beside(run)
    row = whole_in(values, "row", 0, MOST_INDEX)
    rows = Rows(count=row + 1).to(row)
    return replace(state, rows=rows, curves=_curves(values, state.curves))


def _curves(values: Values, curves: CurvesState) -> CurvesState:
    quantity = values.get("quantity", curves.quantity)
    return replace(
        curves,
        quantities=tuple(dict.fromkeys((*curves.quantities, quantity))),
        quantity=quantity,
        per=choice_in(values, "axis", STEP, (STEP, EPOCH)),
        smoothing=whole_in(values, "smoothing", 0, len(WEIGHTS) - 1),
        log=frozenset({quantity}) if switched("log", values.get("log", "off")) else frozenset(),
    )


def write(state: WatchState) -> LinkText:
    """Write a state; the zoomed part of the curves is left out."""
    curves = state.curves
    values = {"run": ",".join(_name(run) for run in state.runs[:MOST_RUNS])}
    put(values, "tab", state.tab, TABS[0])
    put(values, "quantity", curves.quantity, "loss")
    put(values, "axis", curves.per, STEP)
    put(values, "smoothing", str(curves.smoothing), "0")
    put(values, "log", "on" if curves.is_log else "off", "off")
    put(values, "row", str(state.rows.cursor), "0")
    return LinkText(values, ("the zoomed part",) if curves.window is not None else ())


def _name(run: Path) -> str:
    """Name a run of the runs' folder; another by its path."""
    from cnntui.settings import runs_folder

    return run.name if run.parent == runs_folder() else str(run)
