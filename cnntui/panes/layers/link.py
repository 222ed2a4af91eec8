"""The Layers pane's state as a link, and back: what is to be traced, and how it is looked at."""

from __future__ import annotations

from cnntui.ground.options import given
from cnntui.models.opening import NetRequest
from cnntui.panes.layers.options import FIRST, OPTIONS, request_of
from cnntui.panes.layers.state import SORTS, LayersState
from cnntui.panes.layers.view_request import ViewRequest
from cnntui.parts.links import trust
from cnntui.parts.links.values import NoLink, Values, Written, choice_in, put

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
    found = request_of(given(OPTIONS, values), net)
    found.check()
    return ViewRequest(
        **vars(found),
        sort=choice_in(values, "sort", "", SORTS),
        find=values.get("find", ""),
        folded=frozenset(filter(None, values.get("folded", "").split(","))),
        layer=values.get("layer", ""),
    )


def write(state: LayersState | NetRequest) -> Written:
    """Write a table, or what was asked for. Raises NoLink for a network that was made here."""
    if isinstance(state, NetRequest) and not isinstance(state, ViewRequest):
        state = ViewRequest(**vars(state))
    said = _of_asked(state) if isinstance(state, NetRequest) else _of_network(state)
    put(said, "depth", "" if state.depth is None else str(state.depth), "")
    put(said, "sort", state.sort, "")
    put(said, "find", state.find, "")
    put(said, "folded", ",".join(sorted(state.folded)), "")
    if isinstance(state, NetRequest):
        put(said, "layer", state.layer, "")
    elif state.cursor and state.item is not None:
        said["layer"] = state.item.name
    return Written(said)


def _of_network(state: LayersState) -> dict[str, str]:
    asked = state.network.asked if state.network is not None else None
    if asked is None:
        raise NoLink(f"{state.trace.name} was made here, not opened by name")
    shapes = asked["shapes"]
    return _of_asked(
        NetRequest(
            text=asked["text"],
            shapes=tuple(shapes) if shapes else None,
            classes=asked["classes"],
            weights=asked["weights"],
            batch=asked["batch"],
        )
    )


def _of_asked(asked: NetRequest) -> dict[str, str]:
    said = {"net": asked.text}
    put(said, "input", ",".join("x".join(map(str, one)) for one in asked.shapes or ()), "")
    put(said, "classes", "" if asked.classes is None else str(asked.classes), "")
    put(said, "weights", asked.weights or "", "")
    put(said, "batch", str(asked.batch), "1")
    return said
