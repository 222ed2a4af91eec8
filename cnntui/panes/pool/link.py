"""The Pooling pane's state as a link, and back; knows no torch."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cnntui.ground.options import differing, given
from cnntui.panes.pool.options import OPTIONS, SETTINGS
from cnntui.panes.pool.state import PoolingState
from cnntui.parts.links.values import Values, Written, edits_in
from cnntui.parts.stepping.link import (
    PLACE_KEYS,
    check_size,
    checked_source,
    place_written,
    placed,
    source_written,
)
from cnntui.sources.inputs import Input

KEYS = {**{option.name: "as of cnntui pool" for option in OPTIONS}, **PLACE_KEYS}


def read(values: Values, trusted: bool) -> PoolingState:
    """Return the state that a link names. Raises UserError."""
    options = given(OPTIONS, values)
    state = state_with(options, checked_source(values, options, trusted))
    state = placed(_edited(state, values), values)
    if "channel" in values and "step" not in values:
        return state.to_channel(int(values["channel"]))
    return state


def state_with(options: Any, source: Input) -> PoolingState:
    """Return the state that the options ask for. Raises UserError."""
    asked = {option.dest: getattr(options, option.dest) for option in SETTINGS}
    state = PoolingState.of(source, cells=options.cells, gray=options.gray, **asked)
    check_size(state.chosen)
    return state


def _edited(state: PoolingState, values: Values) -> PoolingState:
    if "input-cells" not in values:
        return state
    cells = edits_in("input-cells", values["input-cells"], state.input_size)
    for (channel, row, column), value in cells.items():
        state = replace(state, channel=channel, cursor=(row, column)).edited("input", value)
    return replace(state, channel=0, cursor=(0, 0)).restarted()


def write(state: PoolingState) -> Written:
    """Write a state. Raises UserError where its input can't be told."""
    pool = state.unshifted or state.chosen
    source = source_written(state, state.input_name, pool.input)
    told = source.values | differing(SETTINGS, pool)
    told |= place_written(state, "maximum" if pool.takes_maximum else "average")
    return Written(told, source.left_out)
