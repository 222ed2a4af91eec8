"""The Layers pane's state as a link, and back: what is to be traced, and how it is looked at."""

from __future__ import annotations

from cnntui.ground.options import given
from cnntui.models.opening import NetRequest
from cnntui.panes.layers.options import FIRST, OPTIONS, request_of
from cnntui.panes.layers.state import SORTS, LayersState
from cnntui.panes.layers.view_request import ViewRequest
from cnntui.parts.links import trust
from cnntui.parts.links.values import LinkText, NoLink, Values, choice_in, put

KEYS = {
    "net": "a known network; from the command line also what cnntui layers takes",
    **{option.name: "as of cnntui layers" for option in OPTIONS},
    "sort": ", ".join(SORTS[1:]),
    "find": "the rows whose name or type holds it",
    "folded": "blocks folded by hand: layer1,layer2.0",
    "layer": "the row under the cursor",
}


def read(values: Values, trusted: bool) -> ViewRequest:
    """Return what a link asks for, not traced. Raises UserError."""
    net = values.get("net", FIRST)
    if not trusted:
        trust.check_net(net)
        if "weights" in values:
            trust.refuse("weights", values["weights"])
    request = request_of(given(OPTIONS, values), net)
    request.check()
    return ViewRequest(
        **vars(request),
        sort=choice_in(values, "sort", "", SORTS),
        find=values.get("find", ""),
        folded=frozenset(filter(None, values.get("folded", "").split(","))),
        layer=values.get("layer", ""),
    )


def write(state: LayersState | NetRequest) -> LinkText:
    """Write a table, or the request for one. Raises NoLink for a network that was made here."""
    if isinstance(state, NetRequest) and not isinstance(state, ViewRequest):
        state = ViewRequest(**vars(state))
    values = _values_of(state if isinstance(state, NetRequest) else _request_of(state))
    put(values, "depth", "" if state.depth is None else str(state.depth), "")
    put(values, "sort", state.sort, "")
    put(values, "find", state.find, "")
    put(values, "folded", ",".join(sorted(state.folded)), "")
    if isinstance(state, NetRequest):
        put(values, "layer", state.layer, "")
    elif state.cursor and state.item is not None:
        values["layer"] = state.item.name
    return LinkText(values)


def _request_of(state: LayersState) -> NetRequest:
    request = state.network.request if state.network is not None else None
    if request is None:
        raise NoLink(f"{state.trace.name} was made here, not opened by name")
    return request


def _values_of(request: NetRequest) -> dict[str, str]:
    values = {"net": request.text}
    put(values, "input", ",".join("x".join(map(str, sizes)) for sizes in request.shapes or ()), "")
    put(values, "classes", "" if request.classes is None else str(request.classes), "")
    put(values, "weights", request.weights or "", "")
    put(values, "batch", str(request.batch), "1")
    return values
