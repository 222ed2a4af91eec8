"""What lessons may ask of the Convolution pane, worked out by the engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnntui.engine import convolution
from cnntui.numbers import number_or_sizes
from cnntui.panes.conv.state import ConvolutionState
from cnntui.parts.stepping.facts import SHARED, shared_facts

FACTS: Mapping[str, str] = {
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


def facts_of(state: ConvolutionState, about: object = None) -> dict[str, Any]:
    """Return what is so of a convolution."""
    conv = state.conv
    step = convolution.step_at(conv, state.index)
    bias = () if conv.bias is None else tuple(conv.bias.tolist())
    (top, bottom), (left, right) = conv.pads
    shown = conv.weight[state.filter, state.kernel_channel]
    return {
        **shared_facts(state),
        "stride": number_or_sizes(conv.stride),
        "value": step.activation,
        "sum": step.sum,
        "kernel": state.kernel_name,
        "kernel_size": number_or_sizes(conv.kernel),
        "kernel_values": tuple(map(tuple, shown.tolist())),
        "padding": conv.padding if isinstance(conv.padding, str) else number_or_sizes(conv.padding),
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
