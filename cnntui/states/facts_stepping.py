"""The facts about a convolution or a pooling on view, worked out by the engine; knows no check."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnntui.engine import convolution, pooling
from cnntui.engine.geometry import Pair
from cnntui.states.convolution import ConvolutionState
from cnntui.states.pooling import PoolingState
from cnntui.states.stepper import SHIFTS, Stepper

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
CONVOLUTION: Mapping[str, str] = {
    **SHARED,
    "kernel": "the kernel's name",
    "kernel_size": "a number, or (height, width)",
    "kernel_values": "rows of the kernel on view: ((1, 0), (0, -1))",
    "padding": "a number, (height, width), or valid, same, full",
    "padding_cells": "cells added above, below, left, right",
    "padding_mode": "zeros, reflect, replicate, circular",
    "groups": "groups of channels",
    "bias": "whether there is a bias",
    "bias_values": "one number a filter; () without a bias",
    "filters": "output channels",
    "filter": "the filter on view, from 0",
    "params": "weights and biases",
    "weights": "weights alone",
    "macs": "multiply-adds of the whole output",
    "sum": "the current cell before the activation",
    "activation": "none, relu, leaky-relu, sigmoid, tanh",
    "im2col": "whether the step is shown as a row of the matrix",
}
POOLING: Mapping[str, str] = {
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


def one(pair: Pair) -> int | Pair:
    """Return a number where height and width agree."""
    return pair[0] if pair[0] == pair[1] else pair


def convolution_facts(state: ConvolutionState, about: object = None) -> Facts:
    """Return what is so of a convolution; of CONVOLUTION."""
    conv = state.conv
    step = convolution.step_at(conv, state.index)
    bias = () if conv.bias is None else tuple(conv.bias.tolist())
    (top, bottom), (left, right) = conv.pads
    shown = conv.weight[state.filter, state.kernel_channel]
    return {
        **_shared(state),
        "input": state.input_name,
        "stride": one(conv.stride),
        "dilation": one(conv.dilation),
        "unread_cells": conv.never_read,
        "value": step.activation,
        "sum": step.sum,
        "kernel": state.kernel_name,
        "kernel_size": one(conv.kernel),
        "kernel_values": tuple(map(tuple, shown.tolist())),
        "padding": conv.padding if isinstance(conv.padding, str) else one(conv.padding),
        "padding_cells": (top, bottom, left, right),
        "padding_mode": conv.padding_mode,
        "groups": conv.groups,
        "bias": conv.bias is not None,
        "bias_values": bias,
        "filters": conv.filters,
        "filter": state.filter,
        "params": conv.params,
        "weights": conv.weights,
        "macs": conv.macs,
        "activation": conv.activation,
        "im2col": state.im2col,
    }


def pooling_facts(state: PoolingState, about: object = None) -> Facts:
    """Return what is so of a pooling; of POOLING."""
    pool = state.chosen
    steps = {
        name: pooling.step_at(each, state.index)
        for name, each in state.pools.items()
        if each is not None
    }
    winner = steps["maximum"].argmax if "maximum" in steps else None
    return {
        **_shared(state),
        "input": state.input_name,
        "stride": one(pool.strides),
        "dilation": one(pool.dilation),
        "unread_cells": pool.never_read,
        "value": pooling.step_at(pool, state.index).value,
        "kind": pool.kind,
        "window": one(pool.size),
        "padding": one(pool.padding),
        "ceil_mode": pool.ceil_mode,
        "exclude_pad": pool.exclude_pad,
        "output_size": one(pool.output_size),
        "params": 0,
        **{name: step.value for name, step in steps.items()},
        "winner": winner or (),
    }


def _shared(state: Stepper) -> Facts:
    channels, height, width = state.input_size
    _, row, column = state.place
    return {
        "input_shape": (height, width),
        "output_shape": state.window.output,
        "channels": channels,
        "effective_kernel": one(state.window.extent),
        "step": state.index,
        "steps": state.steps,
        "finished": state.seen == state.steps - 1,
        "position": (row, column),
        "channel": state.channel,
        "view": state.view,
        "focus": state.focus,
        "cursor": state.cursor,
        "input_value": state.value_at("input"),  # type: ignore[attr-defined]  # of both steppers
        "reads": state.window.reads(*state.cursor),
        "coverage": state.coverage,
        "shift": SHIFTS[state.shift][0] or "none",
        "edited": bool(state.edited_grids),
        "gray": state.gray,
    }
