"""The Build pane's state as a link, and back: a sample or a file, and the text where it differs."""

from __future__ import annotations

from cnntui.errors import UserError
from cnntui.panes.build.state import FIRST, BuildingState, image_shape, open_state
from cnntui.parts.links import trust
from cnntui.parts.links.values import LinkText, NoLink, Values
from cnntui.sources.networks import NetworkText, read_network

LONGEST = 8_000  # characters of a text
KEYS = {
    "file": "a sample's name; from the command line also a file",
    "input": "as of cnntui build",
    "text": "the whole text, where it is no file's: %0A ends a line",
}


def read(values: Values, trusted: bool) -> BuildingState:
    """Return the state that a link names. Raises UserError."""
    name = values.get("file")
    if name is not None and not trusted:
        trust.check_written(name)
    if name is None and "text" in values:
        state = BuildingState.of(NetworkText("network", values["text"]))
    else:
        state = open_state(name or FIRST)
        state = state.typed(values.get("text", state.text))
    if "input" in values:
        state = state.with_input(image_shape(values["input"]))
    return state


def write(state: BuildingState) -> LinkText:
    """Write a state. Raises UserError for a text that is too long and in no file."""
    values = _file(state.written)
    opened = read_network(values["file"]).text if values else None
    left: tuple[str, ...] = ()
    if opened is not None and state.text == _fed(opened, state):
        values["input"] = "x".join(map(str, state.shaped.input))
    elif state.text != opened:
        if len(state.text) <= LONGEST:
            values["text"] = state.text
        elif opened is None:
            raise NoLink(
                f"the text has {len(state.text):,} characters and no file; ctrl+s saves it"
            )
        else:
            left = ("what was changed in the text: ctrl+s saves it",)
    return LinkText(values, left)


def _fed(text: str, state: BuildingState) -> str | None:
    """Return a text with the state's input line, where that is another than the text's."""
    opened = BuildingState.of(NetworkText("", text))
    shape = state.shaped.input
    if shape == opened.shaped.input or len(shape) != 3:
        return None
    return opened.with_input((shape[0], shape[1], shape[2])).text


def _file(written: NetworkText) -> dict[str, str]:
    """Name the file, or the sample, that a text is from; nothing where it is neither."""
    name = written.path or written.name
    try:
        read_network(name)
    except UserError:
        return {}
    return {"file": name}
