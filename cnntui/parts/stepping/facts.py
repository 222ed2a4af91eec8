"""The facts that lessons may ask of any stepper: sizes, the step, the cursor, what is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnntui.numbers import number_or_sizes
from cnntui.parts.stepping.state import Stepper

Facts = dict[str, Any]

SHARED: Mapping[str, str] = {
    "input": "the input's name",
    "input_shape": "(height, width) of the input",
    "output_shape": "(height, width) of the output",
    "channels": "channels of the input",
    "stride": "a number, or (height, width) where they differ",
    "dilation": "a number, or (height, width)",
    "effective_kernel": "cells from the window's first tap to its last: K + (K-1)(d-1)",
    "step": "the step on view, from 0",
    "steps": "how many steps there are",
    "finished": "whether the whole output is shown",
    "position": "(row, column) of the current output cell",
    "value": "the number of the current output cell",
    "channel": "the input channel on view",
    "view": "how cells are shown: numbers, ramp, heat, heat+numbers",
    "focus": "the grid that the arrows move on",
    "cursor": "(row, column) of the cursor on the input",
    "input_value": "the number under the cursor on the input",
    "reads": "how often windows read the cell under the cursor on the input",
    "coverage": "whether it is shown how often each cell is read",
    "unread_cells": "input cells that no window reads, over all channels",
    "shift": "the shift test: none, right, down, left, up",
    "edited": "whether a cell was edited",
    "gray": "whether the picture is read in grey",
}


def shared_facts(state: Stepper[Any]) -> Facts:
    """Return what is so of a stepper; of SHARED."""
    channels, height, width = state.input_size
    _, row, column = state.place
    return {
        "input": state.input_name,
        "input_shape": (height, width),
        "output_shape": state.window.output,
        "channels": channels,
        "dilation": number_or_sizes(state.operation.dilation),
        "effective_kernel": number_or_sizes(state.window.extent),
        "step": state.index,
        "steps": state.steps,
        "finished": state.seen == state.steps - 1,
        "position": (row, column),
        "channel": state.channel,
        "view": state.view,
        "focus": state.focus,
        "cursor": state.cursor,
        "input_value": state.value_at("input"),
        "reads": state.window.reads(*state.cursor),
        "coverage": state.coverage,
        "unread_cells": state.operation.never_read,
        "shift": state.way or "none",
        "edited": bool(state.edited_grids),
        "gray": state.gray,
    }
