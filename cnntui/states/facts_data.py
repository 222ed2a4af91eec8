"""The facts about a data set's gallery, a form of training and a watched run; reads no log."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

import numpy as np

from cnntui.states.gallery import GalleryState
from cnntui.states.setup import SetupState
from cnntui.states.watched import Watched
from cnntui.states.watching import WatchState
from cnntui.training.asking import OPTIONS, SWITCHES
from cnntui.training.schedules import peak_rate

GALLERY: Mapping[str, str] = {
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
TRAINING: Mapping[str, str] = {
    **{option.field: option.help for option in (*OPTIONS, *SWITCHES)},
    "lr": "the highest learning rate in force",
    "field": "the setting under the cursor",
    "starting": "whether a run is being started",
    "fault": "why these settings can't be trained; empty where they can",
    "changed": "how many settings differ from the recipe's",
    "params": "parameters of the network; absent until it is traced",
}
WATCH: Mapping[str, str] = {
    "run": "the run's name",
    "runs": "how many runs are drawn",
    "tab": "curves, epochs, confusion, classes, wrong, samples, kernels, log",
    "quantity": "which curves are on view",
    "axis": "step or epoch",
    "smoothing": "the weight of smoothing, 0 for none",
    "state": "running, finished, …; absent until the run was looked at",
    "epochs": "whole epochs done; absent until then",
    "steps": "steps done; absent until then",
    "dataset": "the data set; absent until then",
    "net": "the network; absent until then",
    "val_loss": "of the last epoch; absent before the first",
    "val_accuracy": "of the last epoch, 0 to 1; absent before the first",
    "best_val_accuracy": "of all epochs, 0 to 1; absent before the first",
    "test_accuracy": "0 to 1; absent until the end",
}


def gallery_facts(state: GalleryState, about: object = None) -> dict[str, Any]:
    """Return what is so of a gallery."""
    data = state.data
    found: dict[str, Any] = {
        "dataset": state.asked.text if data is None else data.name,
        "split": state.split,
        "class_shown": state.asked.label or "",
        "view": state.view,
        "shuffled": state.seed is not None,
        "loaded": data is not None,
        "channel": -1 if state.plane is None else state.plane,
    }
    if data is None:
        return found
    found |= {
        "class_shown": "" if state.label is None else data.classes[state.label],
        "classes": len(data.classes),
        "pictures": state.sheet.total,
        "picture_shape": data.shape,
    }
    index, part = state.index, state.part
    if index is not None and part is not None:
        found |= {"index": index, "class_name": data.classes[int(part.labels[index])]}
    return found


def training_facts(state: SetupState, about: object = None) -> dict[str, Any]:
    """Return what is so of the settings of a training."""
    config = state.config
    return {
        **{option.field: getattr(config, option.field) for option in (*OPTIONS, *SWITCHES)},
        "lr": config.lr or peak_rate(config),
        "field": state.at,
        "starting": state.starting,
        "fault": state.fault,
        "changed": len(state.touched),
        **({"params": state.known.trace.total_params} if state.known else {}),
    }


def watching_facts(state: WatchState, about: object = None) -> dict[str, Any]:
    """Return what is so of a watched run; ``about`` is what the pane has read of it."""
    curves = state.curves
    found: dict[str, Any] = {
        "run": state.run.name,
        "runs": len(state.runs),
        "tab": state.tab,
        "quantity": curves.quantity,
        "axis": curves.per,
        "smoothing": curves.weight,
    }
    watched = about if isinstance(about, Watched) and about.path == state.run else None
    return found if watched is None else found | _told(watched)


def _told(watched: Watched) -> dict[str, Any]:
    status = watched.status
    if status is None:
        return {}
    accuracies = watched.history.epochs["val_accuracy"]
    best = float(np.nanmax(accuracies)) if np.isfinite(accuracies).any() else None
    told: dict[str, Any] = {
        "state": status.state,
        "epochs": status.epochs,
        "steps": status.step,
        "dataset": status.dataset,
        "net": status.net,
        "val_loss": status.val_loss,
        "val_accuracy": status.val_accuracy,
        "best_val_accuracy": best,
        "test_accuracy": status.test_accuracy,
    }
    return {name: value for name, value in told.items() if _is_known(value)}


def _is_known(value: object) -> bool:
    return value is not None and not (isinstance(value, float) and not isfinite(value))
