"""The Pooling pane's state as a link, and back; knows no torch."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cnntui.sources.inputs import Input
from cnntui.states import link_trust
from cnntui.states.link_options import options_of
from cnntui.states.link_stepping import (
    KEYS,
    check_size,
    place_written,
    placed,
    sizes_written,
    source_of,
    source_written,
)
from cnntui.states.link_text import Values, Written, edits_in, pair, put
from cnntui.states.pooling import PoolingState

OPTIONS = ("input", "kind", "size", "stride", "padding", "dilation", "output-size", "cells")
SWITCHES = ("ceil-mode", "exclude-pad", "gray")
OWN = {
    **dict.fromkeys((*OPTIONS, *SWITCHES), "as of cnntui pool"),
    "step": "the step, from 0, or last",
    **KEYS,
}


def pooling_of(values: Values, trusted: bool) -> PoolingState:
    """Return the state that a link names. Raises UserError."""
    options = options_of("pool", values, OPTIONS, SWITCHES)
    if not trusted and "input-values" not in values:
        link_trust.check_input(options.input)
    source = source_of(values, options.cells, options.gray, options.input)
    state = placed(_edited(asked_of(options, source), values), values)
    if "channel" in values and "step" not in values:
        return state.to_channel(int(values["channel"]))
    return state


def asked_of(options: Any, source: Input) -> PoolingState:
    """Return the state that the options of ``cnntui pool`` ask for. Raises UserError."""
    state = PoolingState.of(
        source,
        kind=options.kind,
        size=options.size,
        stride=options.stride,
        padding=options.padding,
        dilation=options.dilation,
        ceil_mode=options.ceil_mode,
        exclude_pad=options.exclude_pad,
        output_size=options.output_size,
        cells=options.cells,
        gray=options.gray,
    )
    check_size(state.chosen)
    return state


def _edited(state: PoolingState, values: Values) -> PoolingState:
    if "input-cells" not in values:
        return state
    cells = edits_in("input-cells", values["input-cells"], state.input_size)
    for (channel, row, column), value in cells.items():
        state = replace(state, channel=channel, cursor=(row, column)).edited("input", value)
    return replace(state, channel=0, cursor=(0, 0)).restarted()


def pooling_written(state: PoolingState) -> Written:
    """Write a state. Raises UserError where its input can't be told."""
    pool = state.unshifted or state.chosen
    source = source_written(state, state.input_name, pool.input)
    said = dict(source.values)
    put(said, "kind", pool.kind, "max")
    said |= sizes_written(
        size=(pool.size, (2, 2)),
        padding=(pool.padding, (0, 0)),
        dilation=(pool.dilation, (1, 1)),
        output_size=(pool.output_size, (1, 1)),
    )
    if pool.stride is not None:
        said["stride"] = pair(pool.stride)
    put(said, "ceil-mode", "on" if pool.ceil_mode else "off", "off")
    put(said, "exclude-pad", "on" if pool.exclude_pad else "off", "off")
    said |= place_written(state, "maximum" if pool.takes_maximum else "average")
    return Written(said, source.left_out)
