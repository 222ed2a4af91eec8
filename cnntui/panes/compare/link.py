"""The Compare pane's state as a link, and back, from options too; its networks not traced."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cnntui.errors import UserError
from cnntui.ground.options import given
from cnntui.models.checking import check_net
from cnntui.models.opening import shapes_of
from cnntui.panes.compare.options import DENSE, NETS, OPTIONS, SCALING, SEPARABLE, SIZES
from cnntui.panes.compare.state import FIRST, ComparingState
from cnntui.parts.links import trust
from cnntui.parts.links.values import LinkText, Values, choice_in, put

_FRESH = ComparingState()
QUANTITIES = {
    view: tuple(name for name, _, _ in layer.QUANTITIES)
    for view, layer in ((DENSE, _FRESH.dense), (SEPARABLE, _FRESH.separable))
}
KEYS = {
    "nets": "two networks: resnet18,mobilenet_v2",
    **{option.name: "as of cnntui compare" for option in OPTIONS},
    **dict.fromkeys(QUANTITIES[DENSE], "a size, with chart=dense"),
    **dict.fromkeys(QUANTITIES[SEPARABLE], "a size, with chart=separable"),
    "kernel": "a size, with chart=dense or chart=separable",
    "quantity": "the size that a key changes",
}


def read(values: Values, trusted: bool) -> ComparingState:
    """Return the state that a link names, its networks not traced. Raises UserError."""
    names = [name for name in values.get("nets", "").split(",") if name]
    if not trusted:
        for name in names:
            trust.check_net(name)
    options = given(OPTIONS, values)
    options.nets = names
    sizes = {name for of_view in QUANTITIES.values() for name in of_view}
    options.set = [f"{name}={values[name]}" for name in values if name in sizes]
    state = state_with(options)
    known = QUANTITIES.get(state.view, ("",))
    quantity = choice_in(values, "quantity", known[0], known)
    return replace(state, quantity=known.index(quantity))


def state_with(options: Any) -> ComparingState:
    """Return the comparison that is wanted, its networks not traced yet. Raises UserError."""
    names = tuple(options.nets)
    if len(names) > 2:
        raise UserError(f"{len(names)} networks are too many; two are compared side by side")
    if names and options.chart != NETS:
        raise UserError(f"--chart {options.chart} takes no networks; leave them out")
    for name in names:
        check_net(name)
    pair = (*names, *_others(names))
    shapes = tuple(shapes_of(options.input)) if options.input is not None else None
    state = ComparingState(
        view=options.chart, names=(pair[0], pair[1]), shapes=shapes, sort=options.sort
    )
    return _sized(_scaled(state, options.phi), options.set)


def _others(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the networks that nobody named."""
    return tuple(name for name in FIRST if name not in names)[: 2 - len(names)]


def _scaled(state: ComparingState, phi: float | None) -> ComparingState:
    if phi is None:
        return state
    if state.view != SCALING:
        raise UserError("--phi is for --chart scaling")
    return _taken(state.typed(f"{phi!r}"))


def _sized(state: ComparingState, sizes: list[str]) -> ComparingState:
    """Set the sizes of the layers: ``channels=3``."""
    if sizes and state.view not in (DENSE, SEPARABLE):
        raise UserError("--set is for --chart dense and --chart separable")
    for text in sizes:
        name, _, value = text.partition("=")
        layer = state.layer
        assert layer is not None
        known = [field for field, _, _ in layer.QUANTITIES]
        if name not in known:
            raise UserError(f"--set {text}: write one of {', '.join(known)} = a number")
        state = _taken(replace(state, quantity=known.index(name)).typed(value))
    return replace(state, quantity=0)


def _taken(state: ComparingState) -> ComparingState:
    if state.problem:
        raise UserError(state.problem)
    return state


def write(state: ComparingState) -> LinkText:
    """Write what is on view, nothing of another view."""
    values: dict[str, str] = {}
    put(values, "chart", state.view, NETS)
    mine = [name for name in state.names if name.endswith("(yours)")]
    if state.view == NETS and not mine:
        put(values, "nets", ",".join(state.names), ",".join(FIRST))
        put(
            values, "input", ",".join("x".join(map(str, sizes)) for sizes in state.shapes or ()), ""
        )
    if state.view == SIZES:
        put(values, "sort", state.sort, "year")
    if state.view == SCALING:
        put(values, "phi", f"{state.phi!r}", "0.0")
    for name in QUANTITIES.get(state.view, ()):
        put(values, name, str(getattr(state.layer, name)), str(getattr(_fresh(state), name)))
    if state.layer is not None and state.quantity:
        values["quantity"] = state.named[0]
    return LinkText(values, tuple(mine) if state.view == NETS else ())


def _fresh(state: ComparingState) -> object:
    return _FRESH.seeing(state.view).layer
