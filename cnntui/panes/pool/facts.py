"""What lessons may ask of the Pooling pane, worked out by the engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnntui.engine import pooling
from cnntui.numbers import number_or_sizes
from cnntui.panes.pool.state import PoolingState
from cnntui.parts.stepping.facts import SHARED, shared_facts

FACTS: Mapping[str, str] = {
    **SHARED,
    "kind": "max, avg, global-max, global-avg, adaptive-max, adaptive-avg",
    "window": "the window's size: a number, or (height, width)",
    "padding": "a number, or (height, width)",
    "ceil_mode": "whether the output size is rounded up",
    "exclude_pad": "whether averages leave the padding out",
    "output_size": "what an adaptive pooling was asked for",
    "params": "0: a pooling learns nothing",
    "maximum": "the largest number of the current window; absent where torch has no such pooling",
    "average": "the mean of the current window; absent where torch has no such pooling",
    "winner": "(row, column) of the largest number in the input; () where there is none",
}


def facts_of(state: PoolingState, about: object = None) -> dict[str, Any]:
    """Return what is so of a pooling."""
    pool = state.chosen
    steps = {
        name: pooling.step_at(each, state.index)
        for name, each in state.pools.items()
        if each is not None
    }
    winner = steps["maximum"].argmax if "maximum" in steps else None
    return {
        **shared_facts(state),
        "stride": number_or_sizes(pool.strides),
        "value": pooling.step_at(pool, state.index).value,
        "kind": pool.kind,
        "window": number_or_sizes(pool.size),
        "padding": number_or_sizes(pool.padding),
        "ceil_mode": pool.ceil_mode,
        "exclude_pad": pool.exclude_pad,
        "output_size": number_or_sizes(pool.output_size),
        "params": 0,
        **{name: step.value for name, step in steps.items()},
        "winner": winner or (),
    }
