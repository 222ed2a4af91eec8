"""The Gallery pane's state as a link, and back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cnntui.datasets.dataset import SPLITS
from cnntui.datasets.naming import file_kinds
from cnntui.ground.options import given
from cnntui.panes.gallery.options import OPTIONS
from cnntui.panes.gallery.state import GalleryState
from cnntui.parts.links import trust
from cnntui.parts.links.values import MOST_INDEX, LinkText, Values, choice_in, put, whole_in

VIEWS = ("sheet", "large", "figures")
KEYS = {
    "dataset": f"a data set's name; from the command line also a folder or {file_kinds()} file",
    "data-dir": "as of cnntui gallery",
    "split": ", ".join(SPLITS),
    "class": "one class alone, by name or number",
    "index": "the chosen example of the split, from 0",
    "view": ", ".join(VIEWS),
}


def read(values: Values, trusted: bool) -> GalleryState:
    """Return the state that a link names, its data set not read. Raises UserError."""
    dataset = values.get("dataset", "digits")
    if not trusted:
        trust.check_dataset(dataset)
        if "data-dir" in values:
            trust.refuse("data-dir", values["data-dir"])
    options = given(OPTIONS, values)
    folder = None if options.data_dir is None else Path(options.data_dir).expanduser()
    index = whole_in(values, "index", 0, MOST_INDEX) if "index" in values else None
    state = GalleryState.of(dataset, folder, options.split, options.label, index)
    return replace(state, view=choice_in(values, "view", VIEWS[0], VIEWS))


def write(state: GalleryState) -> LinkText:
    """Write a state; the order of shuffled pictures is left out."""
    values = {"dataset": state.request.text}
    put(values, "data-dir", str(state.request.data_dir or ""), "")
    put(values, "split", state.split, "train")
    put(values, "class", _class(state), "")
    index = state.request.index if state.data is None else state.index
    if index is not None:
        values["index"] = str(index)
    put(values, "view", state.view, VIEWS[0])
    return LinkText(values, ("the shuffled order",) if state.seed is not None else ())


def _class(state: GalleryState) -> str:
    if state.data is None:
        return state.request.label or ""
    return "" if state.label is None else state.data.classes[state.label]
