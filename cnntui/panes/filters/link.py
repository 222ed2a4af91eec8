"""The Filters pane's state as a link, and back."""

from __future__ import annotations

from dataclasses import replace

from cnntui.ground.options import Option, differing, given, switch
from cnntui.panes.filters.options import OPTIONS, SETTINGS
from cnntui.panes.filters.state import (
    AUTOMATIC,
    BOARD,
    MAPPINGS,
    FiltersState,
    plane_of,
    read_picture,
)
from cnntui.parts.links import trust
from cnntui.parts.links.values import (
    LinkText,
    NoLink,
    Values,
    described,
    edits_in,
    edits_of,
    edits_text,
    place_in,
    place_text,
    put,
)
from cnntui.sources.kernels import kernel_text, load_kernel

DISPLAY = Option("display", default=AUTOMATIC, choices=(AUTOMATIC, *MAPPINGS), field="mapping")
EDITING = switch("editing", "on: the cursor is on the kernel")
KEYS = {
    **{option.name: "as of cnntui filters" for option in OPTIONS},
    **described((DISPLAY, EDITING)),
    "kernel-cells": "edited cells of the kernel, row,column:value;…",
    "tap": "row,column of the cursor on the kernel",
}


def read(values: Values, trusted: bool) -> FiltersState:
    """Return the state a link names; without cells its picture fits 80×24. Raises UserError."""
    options = given(OPTIONS, values)
    if not trusted:
        trust.check_input(options.input)
        trust.check_kernel(options.kernel)
    picture = read_picture(
        options.input,
        cells=options.cells,
        board=(lambda natural: BOARD) if options.cells is None else None,
        gray=options.gray,
    )
    kernel = load_kernel(options.kernel)
    state = FiltersState.of(picture, kernel, options.stride, options.times)
    for (row, column), value in _cells(state, values).items():
        state = state.pointed(row, column).with_cell(value)
    tap = place_in(values, "tap", (0, 0), state.filtering.kernel.shape)
    return replace(state, tap=tap, **vars(given((DISPLAY, EDITING), values)))


def _cells(state: FiltersState, values: Values) -> dict[tuple[int, ...], float]:
    text = values.get("kernel-cells")
    if text is None:
        return {}
    return edits_in("kernel-cells", text, state.filtering.kernel.shape)


def write(state: FiltersState) -> LinkText:
    """Write a state. Raises UserError where its picture has no name."""
    picture, filtering = state.picture, state.filtering
    if picture.source.kind == "dataset":
        raise NoLink(f"{picture.source.name} has no name of its own")
    values = {"input": picture.source.name, "kernel": kernel_text(state.chosen.name)}
    values |= differing(SETTINGS, filtering)
    put(values, "gray", "on" if picture.gray else "off", "off")
    if not picture.fits:
        values["cells"] = str(picture.cells or max(picture.natural))
    values |= differing((DISPLAY,), state)
    put(values, "tap", place_text(state.tap), "0,0")
    values |= differing((EDITING,), state)
    edits = edits_of(filtering.kernel, plane_of(state.chosen))
    if edits:
        values["kernel-cells"] = edits_text(edits)
    return LinkText(values, () if edits is not None else ("the edited cells of the kernel",))
