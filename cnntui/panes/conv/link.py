"""The Convolution pane's state as a link, and back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cnntui.engine.convolution import Convolution
from cnntui.engine.weights import weight_for
from cnntui.errors import UserError
from cnntui.ground.options import differing, given, pair_text, switch
from cnntui.panes.conv.options import BIAS, OPTIONS, SETTINGS
from cnntui.panes.conv.state import ConvolutionState
from cnntui.parts.links import trust
from cnntui.parts.links.values import (
    MOST_CELLS,
    Floats,
    LinkText,
    NoLink,
    Values,
    array_of,
    array_text,
    described,
    edits_in,
    edits_of,
    edits_text,
    place_in,
    place_text,
    put,
)
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
from cnntui.sources.kernels import Kernel, kernel_text, load_kernel, resized

IM2COL = switch("im2col", "on: the step as a row of the im2col matrix")
KEYS = {
    **{option.name: "as of cnntui conv" for option in OPTIONS},
    **PLACE_KEYS,
    "kernel-size": "the kernel made larger or smaller: 5 or 3,5",
    "kernel-values": "the weight's numbers where it has no name: 1x1x2x2:1,0,0,-1",
    "kernel-cells": "edited weights, filter,channel,row,column:value;…",
    "tap": "row,column of the cursor on the kernel",
    **described((IM2COL,)),
}


def read(values: Values, trusted: bool) -> ConvolutionState:
    """Return the state that a link names. Raises UserError."""
    options = given(OPTIONS, values)
    if not trusted and "kernel-values" not in values:
        trust.check_kernel(options.kernel)
    source = checked_source(values, options, trusted)
    kernel = _kernel_of(values, options.kernel, len(source.values), options.groups)
    state = with_input_cells(state_with(options, source, kernel), values)
    state = placed(_with_kernel_cells(state, values), values)
    tap = place_in(values, "tap", (0, 0), state.conv.kernel)
    return replace(state, tap=tap, **vars(given((IM2COL,), values))).follow()


def state_with(options: Any, source: Input, kernel: Kernel) -> ConvolutionState:
    """Return the state that the options ask for. Raises UserError."""
    settings = {option.dest: getattr(options, option.dest) for option in SETTINGS}
    state = ConvolutionState.of(source, kernel, cells=options.cells, gray=options.gray, **settings)
    if options.bias is not None:
        state = state.biased(options.bias)
    if state.problem:
        raise UserError(state.problem)
    check_size(state.conv)
    return state


def _kernel_of(values: Values, name: str, channels: int, groups: int) -> Kernel:
    """Return the kernel by its name, at the size that is asked for, or by its numbers."""
    if "kernel-values" in values:
        return Kernel(name, array_of("kernel-values", values["kernel-values"]))
    kernel = load_kernel(name)
    if "kernel-size" not in values:
        return kernel
    size = place_in({"kernel-size": _twice(values["kernel-size"])}, "kernel-size", (1, 1), _MOST)
    return Kernel(kernel.name, _sized(kernel, channels, groups, size))


_MOST = (129, 129)


def _twice(text: str) -> str:
    return text if "," in text else f"{text},{text}"


def _sized(kernel: Kernel, channels: int, groups: int, size: tuple[int, int]) -> Floats:
    return resized(kernel.name, weight_for(kernel.values, channels, groups), size)


def _with_kernel_cells(state: ConvolutionState, values: Values) -> ConvolutionState:
    """Return the state with the weights that a link edits, as by hand."""
    if "kernel-cells" not in values:
        return state
    cells = edits_in("kernel-cells", values["kernel-cells"], state.conv.weight_shape)
    for (filter, channel, row, column), value in cells.items():
        at = state.to_filter(filter - state.filter)
        at = replace(at, channel=at.conv.group_of(filter) + channel, tap=(row, column))
        state = at.edited("kernel", value)
    return replace(state, channel=0, cursor=(0, 0)).restarted()


def write(state: ConvolutionState) -> LinkText:
    """Write a state. Raises UserError where its input or kernel can't be told."""
    conv = state.unshifted or state.conv
    source, kernel = source_written(state), _kernel_written(state.kernel_name, conv)
    values = source.values | kernel.values | differing(SETTINGS, conv)
    if conv.bias is not None:
        values["bias"] = BIAS.write(conv.bias)
    values |= place_written(state, "output")
    put(values, "tap", place_text(state.tap), "0,0")
    return LinkText(values | differing((IM2COL,), state), source.left_out + kernel.left_out)


def _kernel_written(name: str, conv: Convolution) -> LinkText:
    """Write the weight: by name, by name and size, each with the cells that differ, or whole."""
    values = {"kernel": kernel_text(name)}
    for size in (None, conv.kernel):
        weight = _weight_by_name(name, conv, size)
        if weight is None or weight.shape != conv.weight.shape:
            continue
        if size is not None:
            values["kernel-size"] = pair_text(size)
        edits = edits_of(conv.weight, weight)
        if edits is None:
            return LinkText(values, ("the edited cells of the kernel",))
        return LinkText(values | ({"kernel-cells": edits_text(edits)} if edits else {}))
    if conv.weight.size > MOST_CELLS:
        raise NoLink(
            f"the {conv.weight.size:,} weights have no name of their own; a link holds {MOST_CELLS}"
        )
    return LinkText({"kernel": name, "kernel-values": array_text(conv.weight)})


def _weight_by_name(name: str, conv: Convolution, size: tuple[int, int] | None) -> Floats | None:
    try:
        kernel = load_kernel(name)
        if size is None:
            return weight_for(kernel.values, conv.channels, conv.groups)
        return _sized(kernel, conv.channels, conv.groups, size) if max(size) < _MOST[0] else None
    except UserError:
        return None
