"""The Pooling pane's state as a link, and back."""

from __future__ import annotations

from typing import Any

from cnntui.ground.options import differing, given
from cnntui.panes.pool.options import OPTIONS, SETTINGS
from cnntui.panes.pool.state import PoolingState
from cnntui.parts.links.values import LinkText, Values
from cnntui.parts.stepping.link import (
    PLACE_KEYS,
    check_size,
    checked_source,
    place_written,
    placed,
    source_written,
    with_input_cells,
)
from cnntui.sources.inputs import Input

KEYS = {**{option.name: "as of cnntui pool" for option in OPTIONS}, **PLACE_KEYS}


def read(values: Values, trusted: bool) -> PoolingState:
    """Return the state that a link names. Raises UserError."""
    options = given(OPTIONS, values)
    state = state_with(options, checked_source(values, options, trusted))
    state = placed(with_input_cells(state, values), values)
    if "channel" in values and "step" not in values:
        return state.to_channel(int(values["channel"]))
    return state


def state_with(options: Any, source: Input) -> PoolingState:
    """Return the state that the options ask for. Raises UserError."""
    settings = {option.dest: getattr(options, option.dest) for option in SETTINGS}
    state = PoolingState.of(source, cells=options.cells, gray=options.gray, **settings)
    check_size(state.chosen)
    return state


def write(state: PoolingState) -> LinkText:
    """Write a state. Raises UserError where its input can't be told."""
    pool = state.unshifted or state.chosen
    source = source_written(state)
    values = source.values | differing(SETTINGS, pool)
    values |= place_written(state, "maximum" if pool.takes_maximum else "average")
    return LinkText(values, source.left_out)
