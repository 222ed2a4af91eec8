"""What lessons may ask of a watched run."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

import numpy as np

from cnntui.panes.watch.state import WatchState
from cnntui.panes.watch.watched import Watched

FACTS: Mapping[str, str] = {
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


def facts_of(state: WatchState, about: object = None) -> dict[str, Any]:
    """Return what is so of a watched run; ``about`` is what the pane has read of it."""
    curves = state.curves
    facts: dict[str, Any] = {
        "run": state.run.name,
        "runs": len(state.runs),
        "tab": state.tab,
        "quantity": curves.quantity,
        "axis": curves.per,
        "smoothing": curves.weight,
    }
    watched = about if isinstance(about, Watched) and about.path == state.run else None
    return facts if watched is None else facts | _figures(watched)


def _figures(watched: Watched) -> dict[str, Any]:
    status = watched.status
    if status is None:
        return {}
    accuracies = watched.history.epochs["val_accuracy"]
    best = float(np.nanmax(accuracies)) if np.isfinite(accuracies).any() else None
    figures: dict[str, Any] = {
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
    return {name: value for name, value in figures.items() if _is_known(value)}


def _is_known(value: object) -> bool:
    return value is not None and not (isinstance(value, float) and not isfinite(value))
