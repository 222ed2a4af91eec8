"""What lessons may ask of the Gallery pane."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnntui.panes.gallery.state import GalleryState

FACTS: Mapping[str, str] = {
    "dataset": "the data set's name",
    "split": "train, validation, test",
    "class_shown": "the one class on view; empty for all",
    "index": "the chosen example of the split, from 0; absent where there is none",
    "class_name": "the class of the chosen example; absent where there is none",
    "view": "sheet, large, figures",
    "shuffled": "whether the pictures stand in a random order",
    "loaded": "whether the data set has been read",
    "classes": "how many classes there are; absent until it is read",
    "pictures": "pictures on view; absent until it is read",
    "picture_shape": "(channels, height, width); absent until it is read",
    "channel": "the channel whose numbers are shown, from 0; -1 for the picture",
}


def facts_of(state: GalleryState, about: object = None) -> dict[str, Any]:
    """Return what is so of a gallery."""
    data = state.data
    facts: dict[str, Any] = {
        "dataset": state.request.text if data is None else data.name,
        "split": state.split,
        "class_shown": state.request.label or "",
        "view": state.view,
        "shuffled": state.seed is not None,
        "loaded": data is not None,
        "channel": -1 if state.plane is None else state.plane,
    }
    if data is None:
        return facts
    facts |= {
        "class_shown": "" if state.label is None else data.classes[state.label],
        "classes": len(data.classes),
        "pictures": state.sheet.total,
        "picture_shape": data.shape,
    }
    index, part = state.index, state.part
    if index is not None and part is not None:
        facts |= {"index": index, "class_name": data.classes[int(part.labels[index])]}
    return facts
