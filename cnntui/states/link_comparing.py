"""The Compare pane's state as a link, and back; traces nothing, knows no torch."""

from __future__ import annotations

from dataclasses import replace

from cnntui.states import link_trust
from cnntui.states.comparing import DENSE, FIRST, NETS, SCALING, SEPARABLE, SIZES, ComparingState
from cnntui.states.link_options import options_of
from cnntui.states.link_text import Values, Written, choice_in, put

OPTIONS = ("input", "chart", "sort", "phi")
_FRESH = ComparingState()
QUANTITIES = {
    view: tuple(name for name, _, _ in layer.QUANTITIES)
    for view, layer in ((DENSE, _FRESH.dense), (SEPARABLE, _FRESH.separable))
}
OWN = {
    "nets": "two networks: resnet18,mobilenet_v2",
    **dict.fromkeys(OPTIONS, "as of cnntui compare"),
    **dict.fromkeys(QUANTITIES[DENSE], "a size, with chart=dense"),
    **dict.fromkeys(QUANTITIES[SEPARABLE], "a size, with chart=separable"),
    "kernel": "a size, with chart=dense or chart=separable",
    "quantity": "the size that a key changes",
}


def comparing_of(values: Values, trusted: bool) -> ComparingState:
    """Return the state that a link names, its networks not traced. Raises UserError."""
    from cnntui.compare_commands import asked

    names = [name for name in values.get("nets", "").split(",") if name]
    if not trusted:
        for name in names:
            link_trust.check_net(name)
    options = options_of("compare", values, OPTIONS, place=names)
    sizes = {name for of_view in QUANTITIES.values() for name in of_view}
    options.set = [f"{name}={values[name]}" for name in values if name in sizes]
    state = asked(options)
    known = QUANTITIES.get(state.view, ("",))
    quantity = choice_in(values, "quantity", known[0], known)
    return replace(state, quantity=known.index(quantity))


def comparing_written(state: ComparingState) -> Written:
    """Write what is on view: of another view nothing is told."""
    said: dict[str, str] = {}
    put(said, "chart", state.view, NETS)
    mine = [name for name in state.names if name.endswith("(yours)")]
    if state.view == NETS and not mine:
        put(said, "nets", ",".join(state.names), ",".join(FIRST))
        put(said, "input", ",".join("x".join(map(str, one)) for one in state.shapes or ()), "")
    if state.view == SIZES:
        put(said, "sort", state.sort, "year")
    if state.view == SCALING:
        put(said, "phi", f"{state.phi!r}", "0.0")
    for name in QUANTITIES.get(state.view, ()):
        put(said, name, str(getattr(state.layer, name)), str(getattr(_fresh(state), name)))
    if state.layer is not None and state.quantity:
        said["quantity"] = state.named[0]
    return Written(said, tuple(mine) if state.view == NETS else ())


def _fresh(state: ComparingState) -> object:
    return _FRESH.seeing(state.view).layer
