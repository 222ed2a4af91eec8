"""The Training pane's state as a link, and back: data, network, and what differs from usual."""

from __future__ import annotations

from dataclasses import replace

from cnntui.errors import UserError
from cnntui.ground.options import differing, given
from cnntui.panes.train.fields import LARGEST_NICE
from cnntui.panes.train.state import SetupState
from cnntui.parts.links import trust
from cnntui.parts.links.values import LinkText, NoLink, Values, choice_in, put, whole_in
from cnntui.training.config import Config, checked
from cnntui.training.launching import NICE
from cnntui.training.options import OPTIONS, SWITCHES, config_of

LATER = tuple(option for option in OPTIONS if option.name not in ("dataset", "net"))
KEYS = {
    **dict.fromkeys(("recipe", *(option.name for option in OPTIONS)), "as of cnntui train"),
    **dict.fromkeys((option.name for option in SWITCHES), "on or off"),
    "net-text": "the text of a network written in the Build pane; net is its name",
    "nice": f"0 to {LARGEST_NICE}",
    "field": "the setting under the cursor",
}


def read(values: Values, trusted: bool) -> SetupState:
    """Return the form that a link names. Raises UserError."""
    if not trusted:
        _check(values)
    state = SetupState.of(_config(values))
    if "nice" in values:
        state = state.chosen("nice", str(whole_in(values, "nice", NICE, LARGEST_NICE)))
    names = [field.name for field in state.fields]
    return state.to_field(choice_in(values, "field", state.at, names))


def _check(values: Values) -> None:
    if "dataset" in values:
        trust.check_dataset(values["dataset"])
    if "net" in values and "net-text" not in values:
        trust.check_net(values["net"])
    if "data-dir" in values:
        trust.refuse("data-dir", values["data-dir"])


def _config(values: Values) -> Config:
    """Return the settings; a text goes in after the options, which know files alone."""
    text = values.get("net-text", "")
    options = given((*OPTIONS, *SWITCHES), values)
    options.recipe = values.get("recipe")
    if not text:
        return config_of(options)
    options.net = None
    named = replace(config_of(options), net=values.get("net", "network"), net_text=text)
    return checked(named)


def write(state: SetupState) -> LinkText:
    """Write a form. Raises UserError for a run that goes on."""
    if state.resumed and state.run is not None:
        raise NoLink(f"go on with cnntui train --resume {state.run.name}")
    config = state.config
    values = {"dataset": config.dataset, "net": config.net}
    if config.net_text:
        values["net-text"] = config.net_text
    put(values, "recipe", state.recipe, "")
    try:
        base = _config(values)
    except UserError:  # a recipe of another data set
        values.pop("recipe", None)
        base = _config(values)
    values |= differing((*LATER, *SWITCHES), config, base)
    put(values, "nice", str(state.nice), str(NICE))
    put(values, "field", state.at, "dataset")
    return LinkText(values, ("the run's folder",) if state.run is not None else ())
