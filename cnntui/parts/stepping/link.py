"""What the links of the steppers share: the input, the step, the cursor, edits, the shift."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

from cnntui.engine.convolution import Convolution
from cnntui.engine.pooling import Pooling
from cnntui.errors import UserError
from cnntui.ground.names import cut
from cnntui.ground.options import Option, differing, given, switch
from cnntui.parts.links import trust
from cnntui.parts.links.values import (
    MOST_CELLS,
    LinkText,
    NoLink,
    Values,
    array_of,
    array_text,
    choice_in,
    described,
    edits_in,
    edits_of,
    edits_text,
    place_in,
    place_text,
    put,
    whole_in,
)
from cnntui.parts.stepping.options import INPUT
from cnntui.parts.stepping.state import SHIFTS, Stepper
from cnntui.sources.inputs import Input, load_input
from cnntui.ui.frames.boards import VIEWS

S = TypeVar("S", bound=Stepper[Any])

LARGEST_OUTPUT = 1 << 27  # values; a float64 of each takes a gigabyte
DIRECTIONS = tuple(name or "none" for name, _ in SHIFTS)
VIEW = Option("view", choices=VIEWS, default=VIEWS[0])
COVERAGE = switch("coverage", "on: how often each input cell is read")
SHIFT = Option("shift", DIRECTIONS.index, 0, choices=DIRECTIONS, write=DIRECTIONS.__getitem__)
PLACE_KEYS: Mapping[str, str] = {
    "step": "the step, from 0, or last",
    "input-values": "the input's numbers where it has no name: 1x2x2:1,2,3,4",
    "input-cells": "edited cells of the input, channel,row,column:value;…",
    "seen": "the last step whose output is shown, or all",
    "focus": "the grid that the arrows move on",
    "channel": "the input channel on view",
    "cursor": "row,column of the cursor on the input",
    **described((VIEW, COVERAGE, SHIFT)),
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


def with_input_cells(state: S, values: Values) -> S:
    """Return the state with the cells of the input that a link edits, as by hand."""
    if "input-cells" not in values:
        return state
    cells = edits_in("input-cells", values["input-cells"], state.input_size)
    for (channel, row, column), value in cells.items():
        state = replace(state, channel=channel, cursor=(row, column)).edited("input", value)
    return replace(state, channel=0, cursor=(0, 0)).restarted()


def source_written(state: Stepper[Any]) -> LinkText:
    """Write the input: by its name and the cells that differ, else by its numbers.

    Raises UserError for one that has no name and too many numbers.
    """
    name, array = state.input_name, (state.unshifted or state.operation).input
    values = {"input": name} | differing(INPUT[1:], state)
    try:
        named = load_input(name, cells=state.cells, gray=state.gray).values
    except UserError:
        named = array[:0]
    if named.shape == array.shape:
        edits = edits_of(array, named)
        if edits is None:
            return LinkText(values, ("the edited cells of the input",))
        return LinkText(values | ({"input-cells": edits_text(edits)} if edits else {}))
    if array.size > MOST_CELLS:
        raise NoLink(
            f"{cut(name)!r} has no name of its own and "
            f"{array.size:,} numbers; a link holds {MOST_CELLS}"
        )
    return LinkText({**values, "input-values": array_text(array)})


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
    shift, shown = given((SHIFT,), values).shift, vars(given((VIEW, COVERAGE), values))
    for _ in range(shift):
        state = state.shifted()
    index, last = step_of(state, values.get("step")), state.steps - 1
    usual = last if values.get("seen") == "all" or (shift and "seen" not in values) else 0
    seen = usual if values.get("seen") == "all" else whole_in(values, "seen", usual, last)
    channels, height, width = state.input_size
    return replace(
        state,
        index=index,
        seen=max(index, seen),
        focus=choice_in(values, "focus", state.focus, state.grids),
        channel=whole_in(values, "channel", state.channel, channels - 1),
        cursor=place_in(values, "cursor", (0, 0), (height, width)),
        problem="",
        **shown,
    ).follow()


def place_written(state: Stepper[Any], focus: str) -> dict[str, str]:
    """Write where the state stands; ``focus`` is the grid that it opens on."""
    values: dict[str, str] = {}
    last = state.steps - 1
    usual = last if state.shift else state.index
    put(values, "step", str(state.index), "0")
    put(values, "seen", _seen(state.seen, last), _seen(usual, last))
    values |= differing((VIEW,), state)
    put(values, "focus", state.focus, focus)
    if state.input_size[0] > 1:
        values["channel"] = str(state.channel)
    put(values, "cursor", place_text(state.cursor), "0,0")
    return values | differing((COVERAGE, SHIFT), state)


def _seen(index: int, last: int) -> str:
    return "all" if index == last else str(index)
