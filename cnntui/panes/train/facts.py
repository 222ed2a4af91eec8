"""What lessons may ask of the form of a training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnntui.panes.train.state import SetupState
from cnntui.training.loop.schedules import peak_rate
from cnntui.training.options import OPTIONS, SWITCHES

FACTS: Mapping[str, str] = {
    **{option.dest: option.help or "" for option in (*OPTIONS, *SWITCHES)},
    "lr": "the highest learning rate in force",
    "field": "the setting under the cursor",
    "starting": "whether a run is being started",
    "fault": "why these settings can't be trained; empty where they can",
    "changed": "how many settings differ from the recipe's",
    "params": "parameters of the network; absent until it is traced",
}


def facts_of(state: SetupState, about: object = None) -> dict[str, Any]:
    """Return what is so of the settings of a training."""
    config = state.config
    return {
        **{option.dest: getattr(config, option.dest) for option in (*OPTIONS, *SWITCHES)},
        "lr": config.lr or peak_rate(config),
        "field": state.at,
        "starting": state.starting,
        "fault": state.fault,
        "changed": len(state.touched),
        **({"params": state.known.trace.total_params} if state.known else {}),
    }
