"""What the links of the steppers share: the input, the step, the cursor, edits, the shift."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from cnntui.engine.convolution import Convolution
from cnntui.engine.pooling import Pooling
from cnntui.errors import UserError
from cnntui.ground.names import shortened
from cnntui.parts.links import trust
from cnntui.parts.links.values import (
    MOST_CELLS,
    Floats,
    NoLink,
    Values,
    Written,
    array_of,
    array_text,
    choice_in,
    edits_of,
    edits_text,
    place_in,
    put,
    switch_in,
    whole_in,
)
from cnntui.parts.stepping.state import SHIFTS, Stepper
from cnntui.sources.inputs import Input, load_input
from cnntui.ui.frames.boards import VIEWS

S = TypeVar("S", bound=Stepper[Any])

LARGEST_OUTPUT = 1 << 27  # values; a float64 of each takes a gigabyte
DIRECTIONS = tuple(name or "none" for name, _ in SHIFTS)
PLACE_KEYS: Mapping[str, str] = {
    "step": "the step, from 0, or last",
    "input-values": "the input's numbers where it has no name: 1x2x2:1,2,3,4",
    "input-cells": "edited cells of the input, channel,row,column:value;…",
    "seen": "the last step whose output is shown, or all",
    "view": ", ".join(VIEWS),
    "focus": "the grid that the arrows move on",
    "channel": "the input channel on view",
    "cursor": "row,column of the cursor on the input",
    "coverage": "on: how often each input cell is read",
    "shift": ", ".join(DIRECTIONS),
}


def checked_source(values: Values, options: Any, trusted: bool) -> Input:
    """Return the input that a link gives by name or by its numbers. Raises UserError."""
    if "input-values" not in values:
        if not trusted:
            trust.check_input(options.input)
        return load_input(options.input, cells=options.cells, gray=options.gray)
    array = array_of("input-values", values["input-values"])
    if array.ndim != 3:
        raise UserError("input-values has channels, height and width: 1x2x2:1,2,3,4")
    return Input(options.input, array, "grid")


def source_written(state: Stepper[Any], name: str, values: Floats) -> Written:
    """Write the input: by its name and the cells that differ, else by its numbers.

    Raises UserError for one that has no name and too many numbers.
    """
    said = {"input": name}
    if state.cells is not None:
        said["cells"] = str(state.cells)
    if state.gray:
        said["gray"] = "on"
    try:
        then = load_input(name, cells=state.cells, gray=state.gray).values
    except UserError:
        then = values[:0]
    if then.shape == values.shape:
        edits = edits_of(values, then)
        if edits is None:
            return Written(said, ("the edited cells of the input",))
        return Written(said | ({"input-cells": edits_text(edits)} if edits else {}))
    if values.size > MOST_CELLS:
        raise NoLink(
            f"{shortened(name)!r} has no name of its own and "
            f"{values.size:,} numbers; a link holds {MOST_CELLS}"
        )
    return Written({**said, "input-values": array_text(values)})


def check_size(operation: Convolution | Pooling) -> None:
    """Refuse an operation whose padded input or output would not fit in memory."""
    rows, columns = operation.window.rows, operation.window.columns
    padded = operation.channels * rows.padded * columns.padded
    for what, values in (("padded input", padded), ("output", operation.steps)):
        if values > LARGEST_OUTPUT:
            raise UserError(
                f"the {what} would have {values:,} values; at most {LARGEST_OUTPUT:,} are "
                "computed: less padding, a larger stride or --cells make it smaller"
            )


def step_of(state: Stepper[Any], text: str | None) -> int:
    """Return the step that a link names: a number, or last. Raises UserError."""
    if text == "last":
        return state.steps - 1
    return whole_in({} if text is None else {"step": text}, "step", 0, state.steps - 1)


def placed(state: S, values: Values) -> S:
    """Return the state where a link puts it: shift, step, cursor, view. Raises UserError."""
    shift = choice_in(values, "shift", DIRECTIONS[0], DIRECTIONS)
    for _ in range(DIRECTIONS.index(shift)):
        state = state.shifted()
    index, last = step_of(state, values.get("step")), state.steps - 1
    usual = last if values.get("seen") == "all" or (shift != "none" and "seen" not in values) else 0
    seen = usual if values.get("seen") == "all" else whole_in(values, "seen", usual, last)
    channels, height, width = state.input_size
    return replace(
        state,
        index=index,
        seen=max(index, seen),
        view=choice_in(values, "view", state.view, VIEWS),
        focus=choice_in(values, "focus", state.focus, state.grids),
        channel=whole_in(values, "channel", state.channel, channels - 1),
        cursor=place_in(values, "cursor", (0, 0), (height, width)),
        coverage=switch_in(values, "coverage"),
        problem="",
    ).follow()


def place_written(state: Stepper[Any], focus: str) -> dict[str, str]:
    """Write where the state stands; ``focus`` is the grid that it opens on."""
    said: dict[str, str] = {}
    put(said, "step", str(state.index), "0")
    last = state.steps - 1
    usual = last if state.shift else state.index
    put(said, "seen", "all" if state.seen == last else str(state.seen), _seen(usual, last))
    put(said, "view", state.view, VIEWS[0])
    put(said, "focus", state.focus, focus)
    said["channel"] = str(state.channel)
    put(said, "cursor", f"{state.cursor[0]},{state.cursor[1]}", "0,0")
    put(said, "coverage", "on" if state.coverage else "off", "off")
    put(said, "shift", DIRECTIONS[state.shift], DIRECTIONS[0])
    if state.input_size[0] == 1:
        del said["channel"]
    return said


def _seen(index: int, last: int) -> str:
    return "all" if index == last else str(index)
