"""The Training pane's state as a link, and back: data, network, and what differs from usual."""

from __future__ import annotations

from dataclasses import replace

from cnntui.errors import UserError
from cnntui.states import link_trust
from cnntui.states.link_options import options_of
from cnntui.states.link_text import NoLink, Values, Written, choice_in, put, switch_in, whole_in
from cnntui.states.setup import SetupState
from cnntui.states.setup_fields import LARGEST_NICE
from cnntui.training.asking import OPTIONS, SWITCHES, config_of
from cnntui.training.config import Config, checked
from cnntui.training.launching import NICE

FLAGS = {option.flag.removeprefix("--"): option.field for option in OPTIONS}
ON_OFF = {option.flag.removeprefix("--"): option.field for option in SWITCHES}
FIRST = ("dataset", "net", "recipe")
OWN = {
    **dict.fromkeys(("recipe", *FLAGS), "as of cnntui train"),
    **dict.fromkeys(ON_OFF, "on or off"),
    "net-text": "the text of a network written in the Build pane; net is its name",
    "nice": f"0 to {LARGEST_NICE}",
    "field": "the setting under the cursor",
}


def training_of(values: Values, trusted: bool) -> SetupState:
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
        link_trust.check_dataset(values["dataset"])
    if "net" in values and "net-text" not in values:
        link_trust.check_net(values["net"])
    if "data-dir" in values:
        link_trust.refuse("data-dir", values["data-dir"])


def _config(values: Values) -> Config:
    """Return the settings; a text goes in after the options, which know files alone."""
    text = values.get("net-text", "")
    given = {key: value for key, value in values.items() if not text or key != "net"}
    options = options_of("train", given, ("recipe", *FLAGS))
    config = config_of(options)
    off_on = {field: switch_in(values, key) for key, field in ON_OFF.items() if key in values}
    if text:
        config = replace(config, net=values.get("net", "network"), net_text=text)
    return checked(replace(config, **off_on))  # type: ignore[arg-type]


def training_written(state: SetupState) -> Written:
    """Write a form. Raises UserError for a run that goes on."""
    if state.resumed and state.run is not None:
        raise NoLink(f"go on with cnntui train --resume {state.run.name}")
    config = state.config
    said = {"dataset": config.dataset, "net": config.net}
    if config.net_text:
        said["net-text"] = config.net_text
    put(said, "recipe", state.recipe, "")
    try:
        base = _config(said)
    except UserError:  # a recipe of another data set
        said.pop("recipe", None)
        base = _config(said)
    for key, field in FLAGS.items():
        now = getattr(config, field)
        if key not in FIRST and now != getattr(base, field):
            said[key] = _text(field, now)
    for key, field in ON_OFF.items():
        if getattr(config, field) != getattr(base, field):
            said[key] = "on" if getattr(config, field) else "off"
    put(said, "nice", str(state.nice), str(NICE))
    put(said, "field", state.at, "dataset")
    return Written(said, ("the run's folder",) if state.run is not None else ())


def _text(field: str, value: object) -> str:
    if field == "augment":
        return str(value) or "none"
    return repr(value) if isinstance(value, float) else str(value)
