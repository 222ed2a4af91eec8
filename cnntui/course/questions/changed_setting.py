"""Questions about what one changed setting makes of the state on the screen.

The states before and after are the present one and the changed one, so that answering shows it.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from cnntui.course.format.formulas import out
from cnntui.course.questions.current_state import StateDraft, convolution_of
from cnntui.course.questions.question import Draft
from cnntui.engine.geometry import formula
from cnntui.errors import UserError
from cnntui.numbers import counted, shape


def _changed(state: Any, chance: random.Random, changes: tuple[tuple[str, str, Any], ...]) -> Any:
    """Draw one of the changes that torch allows; return its words, and the state after it."""
    order = list(changes)
    chance.shuffle(order)
    for words, verb, argument in order:
        after = getattr(state, verb)(*argument)
        if not after.problem and getattr(after, "steps", 1) <= 1 << 16:
            return words, after
    raise UserError("no setting of this view can be changed; give a larger input")


_SIZES = (
    ("one more of stride", "strided", (1,)),
    ("one more of padding on every side", "padded", (1,)),
    ("a kernel larger by one", "resized", (1,)),
    ("one more of dilation", "dilated", (1,)),
)


def output_size(state: Any, chance: random.Random) -> StateDraft:
    """The output's (height, width) after one setting is changed."""
    changes = _SIZES if hasattr(state, "conv") else _SIZES[:3]
    words, after = _changed(state, chance, changes)
    draft = Draft(
        f"With {words}: what will the size of the output be?",
        after.window.output,
        " ".join(f"{name}: {formula(axis)}." for name, axis in _axes(after)),
        _size_mistakes(state, after),
    )
    return draft, state, after


def output_shape(state: Any, chance: random.Random) -> StateDraft:
    """The output's (C, H, W) after one setting is changed."""
    conv = convolution_of(state)
    words, after = _changed(state, chance, _SIZES)
    size = after.window.output
    wrong = [((conv.filters, *value), why) for value, why in _size_mistakes(state, after)]
    draft = Draft(
        f"With {words}: what will the shape of the output be, (C, H, W)?",
        after.conv.output_shape,
        f"One map a filter: {conv.filters}; each is {shape(size)}.",
        (
            ((conv.channels, *size), "The channels are the input's: a filter makes one map."),
            ((conv.filters * conv.channels, *size), "Channels are summed: one map a filter."),
            *wrong,
        ),
    )
    return draft, state, after


def _axes(state: Any) -> tuple[tuple[str, Any], ...]:
    rows, columns = state.window.rows, state.window.columns
    same = (rows.size, rows.kernel, rows.stride) == (columns.size, columns.kernel, columns.stride)
    return (("each side", rows),) if same else (("height", rows), ("width", columns))


def _size_mistakes(state: Any, after: Any) -> tuple[tuple[Any, str], ...]:
    axes = after.window.rows, after.window.columns

    def each(of: Callable[[Any], int]) -> tuple[int, ...]:
        return tuple(max(0, of(axis)) for axis in axes)

    return (
        (each(lambda a: (a.size - a.extent) // a.stride + 1), "The padding is forgotten."),
        (
            each(lambda a: -(-(a.padded - a.extent) // a.stride) + 1),
            "It is rounded up: the last window must fit, so it is rounded down.",
        ),
        (each(lambda a: a.padded - a.extent + 1), "The stride is forgotten."),
        (each(lambda a: (a.padded - a.extent) // a.stride), "The first place is forgotten: + 1."),
        (
            each(lambda a: (a.padded - a.kernel) // a.stride + 1),
            "The dilation is forgotten: it makes the kernel reach further.",
        ),
        (state.window.output, "That is the size before the change."),
        (
            each(lambda a: -(-a.size // a.stride)),
            "That is Keras' same, not this padding.",
        ),
        (each(lambda a: out(a.size, 1, a.stride)), "That is a kernel of one cell."),
    )


def parameters(state: Any, chance: random.Random) -> StateDraft:
    """The parameters after the kernel or the bias is changed."""
    conv = convolution_of(state)
    bias = "a bias" if conv.bias is None else "no bias"
    changes = (("a kernel larger by one", "resized", (1,)), (bias, "with_bias_or_without", ()))
    words, after = _changed(state, chance, changes)
    new = after.conv
    height, width = new.kernel
    with_bias = 0 if new.bias is None else new.filters
    counts = f"{height}·{width}·{new.weight_shape[1]}·{new.filters}"
    draft = Draft(
        f"With {words}: how many parameters will the layer have?",
        new.params,
        f"{counts} + {with_bias} = {counted(new.params)}.",
        (
            (
                new.weights if with_bias else new.weights + new.filters,
                "Look at the bias.",
            ),
            (conv.params, "That is the number before the change."),
            (height * width + with_bias, "Count every channel and every filter."),
            (new.weights * new.channels + with_bias, "The channels are counted twice."),
            (height + width + with_bias, "A kernel has height times width weights."),
            (new.params * new.window.output[0], "Weights are shared: places don't count."),
        ),
    )
    return draft, state, after


def macs(state: Any, chance: random.Random) -> StateDraft:
    """The multiply–adds after one setting is changed."""
    convolution_of(state)
    words, after = _changed(state, chance, _SIZES)
    new = after.conv
    taps = new.weights // new.filters
    height, width = new.window.output
    draft = Draft(
        f"With {words}: how many multiply–adds will it take?",
        new.macs,
        f"{taps} for each of {new.filters}·{height}·{width} cells: {counted(new.macs)}.",
        (
            (new.weights, "Those are the weights: each works at every place."),
            (state.conv.macs, "That is the number before the change."),
            (taps * new.filters * height, "The map has height times width places."),
            (new.steps, "Those are the output's cells: each takes many products."),
            (taps * new.channels * new.input_shape[1] * new.input_shape[2], "Count output cells."),
        ),
    )
    return draft, state, after


SETTING_TOPICS: dict[str, tuple[Callable[[Any, random.Random], StateDraft], str, str]] = {
    "output size": (output_size, "conv size", "the output size after one change"),
    "output shape": (output_shape, "conv size", "the output's shape after one change"),
    "parameters": (parameters, "conv parameters", "the parameters after one change"),
    "macs": (macs, "conv macs", "the multiply–adds after one change"),
}
