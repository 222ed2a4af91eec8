"""The states of Gallery and Watch as links, and back; reads no data set and no run's log."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cnntui.datasets.dataset import SPLITS
from cnntui.states import link_trust
from cnntui.states.curves import EPOCH, STEP, WEIGHTS
from cnntui.states.gallery import GalleryState
from cnntui.states.link_options import options_of
from cnntui.states.link_text import Values, Written, choice_in, put, switch_in, whole_in
from cnntui.states.watching import MOST_RUNS, TABS, WatchState

VIEWS = ("sheet", "large", "figures")  # of the gallery
GALLERY = {
    "dataset": "a data set's name; from the command line also a folder or .npz file",
    "data-dir": "as of cnntui gallery",
    "split": ", ".join(SPLITS),
    "class": "one class alone, by name or number",
    "index": "the chosen example of the split, from 0",
    "view": ", ".join(VIEWS),
}
WATCH = {
    "run": "as of cnntui watch; runs beside it after commas",
    "tab": ", ".join(TABS),
    "quantity": "which curves: loss, accuracy, …",
    "axis": f"{STEP} or {EPOCH}",
    "smoothing": f"0 to {len(WEIGHTS) - 1}",
    "log": "on: this quantity on a logarithmic axis",
    "row": "the chosen row of a table, or cell of the confusion matrix",
}
_MOST_INDEX = 10**9


def gallery_of(values: Values, trusted: bool) -> GalleryState:
    """Return the state that a link names, its data set not read. Raises UserError."""
    dataset = values.get("dataset", "digits")
    if not trusted:
        link_trust.check_dataset(dataset)
        if "data-dir" in values:
            link_trust.refuse("data-dir", values["data-dir"])
    options = options_of("gallery", values, ("data-dir", "split", "class"), place=(dataset,))
    folder = None if options.data_dir is None else Path(options.data_dir).expanduser()
    index = whole_in(values, "index", 0, _MOST_INDEX) if "index" in values else None
    state = GalleryState.of(dataset, folder, options.split, options.label, index)
    return replace(state, view=choice_in(values, "view", VIEWS[0], VIEWS))


def gallery_written(state: GalleryState) -> Written:
    """Write a state; the order of shuffled pictures is left out."""
    said = {"dataset": state.asked.text}
    put(said, "data-dir", str(state.asked.data_dir or ""), "")
    put(said, "split", state.split, "train")
    put(said, "class", _class(state), "")
    index = state.asked.index if state.data is None else state.index
    if index is not None:
        said["index"] = str(index)
    put(said, "view", state.view, VIEWS[0])
    return Written(said, ("the shuffled order",) if state.seed is not None else ())


def _class(state: GalleryState) -> str:
    if state.data is None:
        return state.asked.label or ""
    return "" if state.label is None else state.data.classes[state.label]


def watching_of(values: Values, trusted: bool) -> WatchState:
    """Return the state that a link names, a lesson's trial begun where it isn't there yet.

    Raises UserError where there is no such run.
    """
    from cnntui.settings import runs_folder
    from cnntui.training.finding import find_run
    from cnntui.training.trials import begun

    names = [name for name in values.get("run", "last").split(",") if name]
    if not trusted:
        for name in names:
            link_trust.check_run(name)
    folder = runs_folder()
    for name in names:
        begun(name, folder)
    first, *others = [find_run(name, folder) for name in names or ["last"]]
    state = WatchState.of(first).on_tab(choice_in(values, "tab", TABS[0], TABS))
    for run in others:
        state = state.beside(run)
    curves = state.curves
    quantity = values.get("quantity", curves.quantity)
    log = frozenset({quantity}) if switch_in(values, "log") else frozenset()
    known = tuple(dict.fromkeys((*curves.quantities, quantity)))
    return replace(
        state,
        at=whole_in(values, "row", 0, _MOST_INDEX),
        count=max(state.count, whole_in(values, "row", 0, _MOST_INDEX) + 1),
        curves=replace(
            curves,
            quantities=known,
            quantity=quantity,
            per=choice_in(values, "axis", STEP, (STEP, EPOCH)),
            smoothing=whole_in(values, "smoothing", 0, len(WEIGHTS) - 1),
            log=log,
        ),
    )


def watching_written(state: WatchState) -> Written:
    """Write a state; the zoomed part of the curves is left out."""
    curves = state.curves
    said = {"run": ",".join(_name(run) for run in state.runs[:MOST_RUNS])}
    put(said, "tab", state.tab, TABS[0])
    put(said, "quantity", curves.quantity, "loss")
    put(said, "axis", curves.per, STEP)
    put(said, "smoothing", str(curves.smoothing), "0")
    put(said, "log", "on" if curves.is_log else "off", "off")
    put(said, "row", str(state.at), "0")
    return Written(said, ("the zoomed part",) if curves.window is not None else ())


def _name(run: Path) -> str:
    """Name a run of the runs' folder; another by its path."""
    from cnntui.settings import runs_folder

    return run.name if run.parent == runs_folder() else str(run)
