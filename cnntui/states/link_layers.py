"""The Layers pane's state as a link, and back: what is to be traced, and how it is looked at."""

from __future__ import annotations

from cnntui.states import link_trust
from cnntui.states.layers import SORTS, LayersState
from cnntui.states.link_options import options_of
from cnntui.states.link_text import NoLink, Values, Written, choice_in, put
from cnntui.states.link_view import AskedView
from cnntui.states.networks import Asked

OPTIONS = ("input", "classes", "weights", "batch", "depth")
OWN = {
    "net": "a known network; from the command line also what cnntui layers takes",
    **dict.fromkeys(OPTIONS, "as of cnntui layers"),
    "sort": ", ".join(SORTS[1:]),
    "find": "the rows whose name or type holds it",
    "folded": "blocks folded by hand: layer1,layer2.0",
    "layer": "the row under the cursor",
}


def layers_of(values: Values, trusted: bool) -> AskedView:
    """Return what a link asks for, not traced. Raises UserError."""
    from cnntui.layer_commands import FIRST, asked

    net = values.get("net", FIRST)
    if not trusted:
        link_trust.check_net(net)
        if "weights" in values:
            link_trust.refuse("weights", values["weights"])
    options = options_of("layers", values, OPTIONS, place=(net,))
    found = asked(options, "")
    return AskedView(
        **vars(found),
        sort=choice_in(values, "sort", "", SORTS),
        find=values.get("find", ""),
        folded=frozenset(filter(None, values.get("folded", "").split(","))),
        layer=values.get("layer", ""),
    )


def layers_written(state: LayersState | Asked) -> Written:
    """Write a table, or what was asked for. Raises NoLink for a network that was made here."""
    if isinstance(state, Asked) and not isinstance(state, AskedView):
        state = AskedView(**vars(state))
    said = _of_asked(state) if isinstance(state, Asked) else _of_network(state)
    put(said, "depth", "" if state.depth is None else str(state.depth), "")
    put(said, "sort", state.sort, "")
    put(said, "find", state.find, "")
    put(said, "folded", ",".join(sorted(state.folded)), "")
    if isinstance(state, Asked):
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
        Asked(
            text=asked["text"],
            shapes=tuple(shapes) if shapes else None,
            classes=asked["classes"],
            weights=asked["weights"],
            batch=asked["batch"],
        )
    )


def _of_asked(asked: Asked) -> dict[str, str]:
    said = {"net": asked.text}
    put(said, "input", ",".join("x".join(map(str, one)) for one in asked.shapes or ()), "")
    put(said, "classes", "" if asked.classes is None else str(asked.classes), "")
    put(said, "weights", asked.weights or "", "")
    put(said, "batch", str(asked.batch), "1")
    return said
