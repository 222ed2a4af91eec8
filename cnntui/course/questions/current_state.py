"""Questions about the state on the screen: the next cell, its winner, where the window lands.

Each makes a draft with the states to show before and after: what is asked is hidden before, and
worked out by the engine. A state is told by what it has (``conv``, ``chosen``), not by its class.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from cnntui.course.questions.question import CellPlace, Draft
from cnntui.engine import convolution, pooling
from cnntui.errors import UserError
from cnntui.numbers import short

StateDraft = tuple[Draft, Any, Any]  # what is asked, the state before, the state after


def convolution_of(state: Any) -> convolution.Convolution:
    """Return the convolution on view. Raises UserError where there is none."""
    conv = getattr(state, "conv", None)
    if not isinstance(conv, convolution.Convolution):
        raise UserError("this asks of a convolution; give the page a view of conv")
    return conv


def _pool(state: Any) -> pooling.Pooling:
    pool = getattr(state, "chosen", None)
    if not isinstance(pool, pooling.Pooling):
        raise UserError("this asks of a pooling; give the page a view of pool")
    return pool


def _stopped(state: Any, chance: random.Random) -> tuple[Any, Any, int]:
    """Stop the stepper before a drawn cell; return the states before and on it, and its step."""
    if state.steps < 2:
        raise UserError("an output of one cell has no next one; give a view with more")
    step = chance.randint(1, state.steps - 1)
    before = replace(state, seen=0, coverage=False).to_step(step - 1)
    return before, before.stepped(), step


def cell(state: Any, chance: random.Random) -> StateDraft:
    """The value of the next cell of a convolution, or of a pooling."""
    if hasattr(state, "chosen"):
        return pool_cell(state, chance)
    conv = convolution_of(state)
    before, after, index = _stopped(state, chance)
    step = convolution.step_at(conv, index)
    value = _plain(step.activation)
    _, row, column = conv.place(index)
    where = f"output {row},{column}" + (f" of filter {step.filter}" if conv.filters > 1 else "")
    ask = f"The window stops before {where}. What will the next cell be?"
    return Draft(ask, value, _reckoned(conv, step), _cell_mistakes(conv, step)), before, after


def _plain(value: float) -> int | float:
    """Return whole numbers as such, others as they are shown."""
    if value != value or abs(value) == float("inf"):
        raise UserError("this cell is no number; ask of another input")
    return int(value) if value == int(value) else float(short(value))


def _reckoned(conv: convolution.Convolution, step: convolution.ConvolutionStep) -> str:
    products = [p for plane in step.products for row in plane for p in row]
    shown = " + ".join(short(p) for p in products) if len(products) < 10 else "all products"
    bias = f" + bias {short(step.bias)}" if conv.bias is not None else ""
    through = f", through {conv.activation}" if conv.activation != "none" else ""
    return f"{shown.replace('+ -', '- ')}{bias} = {short(step.sum)}{through}."


def _cell_mistakes(
    conv: convolution.Convolution, step: convolution.ConvolutionStep
) -> tuple[tuple[Any, str], ...]:
    patch, kernel = np.array(step.patch), np.array(step.kernel)

    def through(total: float) -> int | float:
        return _plain(float(convolution.activated(conv.activation, np.array(total))))

    turned = float((patch * kernel[:, ::-1, ::-1]).sum()) + step.bias
    square = conv.kernel[0] == conv.kernel[1]
    exchanged = kernel.transpose(0, 2, 1) if square else kernel[:, ::-1]
    mirrored = float((patch * exchanged).sum()) + step.bias
    before = convolution.step_at(conv, step.index - 1).activation
    return (
        (through(step.sum - step.bias), "The bias is forgotten: it is added to every sum."),
        (_plain(step.sum), f"The activation is forgotten: {conv.activation} comes after the sum."),
        (
            through(step.channel_sums[0] + step.bias),
            "The channels are not summed: a filter adds all.",
        ),
        (through(turned), "The kernel is turned by half a turn: networks leave it as it is."),
        (through(mirrored), "The kernel lies another way: read its rows from left to right."),
        (_plain(before), "That is the cell before: the window has not moved on."),
        (_plain(float(patch.sum())), "The weights are forgotten: that is the sum of the patch."),
        (_plain(-step.sum), "The sign is turned: look which side the negative weights are on."),
    )


def pool_cell(state: Any, chance: random.Random) -> StateDraft:
    """The value of the next pooled cell."""
    pool = _pool(state)
    before, after, index = _stopped(state, chance)
    step = pooling.step_at(pool, index)
    cells = [v for row in step.window for v in row if v is not None and abs(v) != float("inf")]
    if not cells:
        raise UserError("this window lies in the padding alone; ask of another view")
    mean = _plain(sum(cells) / len(cells))
    largest, name = _plain(max(cells)), "max" if pool.takes_maximum else "average"
    other, what = (mean, "mean") if pool.takes_maximum else (largest, "maximum")
    draft = Draft(
        f"The {name} pool stops before output {step.row},{step.column}. What will it be?",
        _plain(step.value),
        f"{name} of {', '.join(map(short, cells[:16]))}: {short(step.value)}.",
        (
            (other, f"That is the {what} of the window."),
            (_plain(pooling.step_at(pool, index - 1).value), "That is the cell before."),
            (_plain(min(cells)), "That is the smallest of the window."),
            (_plain(cells[0]), "That is the first of the window: pooling looks at all of it."),
            (_plain(sum(cells)), "That is the sum of the window."),
        ),
    )
    return draft, before, after


def winner(state: Any, chance: random.Random) -> StateDraft:
    """Which input cell gives the next output of a max pool."""
    pool = _pool(state)
    if not pool.takes_maximum:
        raise UserError("an average has no winner; give a view of pool with kind=max")
    before, after, index = _stopped(state, chance)
    step = pooling.step_at(pool, index)
    if step.argmax is None:
        raise UserError("this window lies in the padding alone; ask of another view")
    height, width = pool.input_shape[1:]
    inside = [
        CellPlace(r, c)
        for r in step.rows
        for c in step.columns
        if 0 <= r < height and 0 <= c < width
    ]
    ranked = sorted(inside, key=lambda at: -float(pool.input[(step.channel, *at)]))
    right = CellPlace(*step.argmax)
    local = CellPlace(step.rows.index(right.row), step.columns.index(right.column))
    draft = Draft(
        f"Which input cell (row,column from 0) gives output {step.row},{step.column}?",
        right,
        f"The largest of the window is {short(step.value)} at {right.row},{right.column}.",
        (
            (local, "That is the place within the window: add where the window starts."),
            (ranked[-1], "That is the smallest of the window: the largest wins."),
            (inside[0], "That is where the window starts: the largest wins, not the first."),
            *((at, "That cell is in the window, but it is not the largest.") for at in ranked[1:]),
        ),
    )
    return draft, before, after


def window(state: Any, chance: random.Random) -> StateDraft:
    """Where the next window's first cell lies on the input; negative in the padding."""
    before, after, _ = _stopped(state, chance)
    _, row, column = after.place
    rows, columns = state.window.rows, state.window.columns
    right = CellPlace(rows.start(row), columns.start(column))
    bare = CellPlace(row * rows.stride, column * columns.stride)
    draft = Draft(
        f"The next output is {row},{column}. On which input cell (row,column from 0) does the "
        "window's first cell land?",
        right,
        f"output · stride - padding: {row}·{rows.stride} - {rows.before}, "
        f"{column}·{columns.stride} - {columns.before}.",
        (
            (
                CellPlace(
                    row * rows.extent - rows.before, column * columns.extent - columns.before
                ),
                "Windows overlap: they move on by the stride, not by their size.",
            ),
            (bare, "The padding is forgotten: the first window starts that far outside."),
            (CellPlace(row - rows.before, column - columns.before), "The stride is forgotten."),
            (CellPlace(right.column, right.row), "Row and column are exchanged: the row is first."),
            (CellPlace(row, column), "That is the output's place, not the input's."),
            (
                CellPlace(right.row + rows.extent - 1, right.column + columns.extent - 1),
                "That is its last.",
            ),
        ),
    )
    return draft, before, after


CELL_TOPICS: dict[str, tuple[Callable[[Any, random.Random], StateDraft], str, str]] = {
    "cell": (cell, "conv value", "the value of the next cell"),
    "pool cell": (pool_cell, "pool value", "the value of the next pooled cell"),
    "winner": (winner, "pool winner", "which cell wins the next max pool"),
    "window": (window, "conv size", "where the next window lands"),
}
