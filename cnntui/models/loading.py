"""Turns what the user wrote into a network: a known one, their own, a run or a checkpoint."""

from __future__ import annotations

import inspect
import os
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from torch import nn

from cnntui.engine.building.built import build
from cnntui.engine.building.parsing import parse
from cnntui.errors import UserError
from cnntui.ground.names import cut
from cnntui.models import importing
from cnntui.models.building import build_net, meta
from cnntui.models.checkpoint import recognised
from cnntui.models.naming import Net, find_net, is_net
from cnntui.models.reading import SUFFIXES, read_state
from cnntui.models.runs import config_of, input_of
from cnntui.models.weights import apply_weights

Origin = Literal["net", "file", "module", "run", "checkpoint"]

CLASSES = ("num_classes", "n_classes", "classes")
CHANNELS = ("in_channels", "in_chans", "num_channels")


@dataclass(frozen=True)
class Loaded:
    """A network, not yet run: where it came from and, where known, what it takes."""

    name: str
    title: str
    model: nn.Module
    input_shape: tuple[int, ...] | None  # (C, H, W)
    origin: Origin
    weights: Path | None = None  # of a run or a checkpoint; in the model unless it is on meta

    @property
    def known(self) -> bool:
        """Whether it is a network of ``nets/``, none of the user's own."""
        return self.origin in ("net", "checkpoint", "run")


def load_model(
    text: str,
    *,
    classes: int | None = None,
    in_channels: int | None = None,
    on_meta: bool = True,
) -> Loaded:
    """Return the network that ``text`` means: a name, ``module:callable``, a run, a checkpoint.

    A known network is built on the meta device unless ``on_meta`` is false; the user's own code
    decides for itself and runs in this process. Raises UserError.
    """
    place, colon, name = text.rpartition(":")
    if is_net(text) or not text.strip():
        return _known(find_net(text), classes, in_channels, on_meta)
    if "://" in text:
        raise UserError(f"{cut(text)} is an address; nothing is fetched: name a file on this disk")
    if colon and not os.path.exists(text):
        return _own(place, name, classes, in_channels)
    path = Path(text).expanduser()
    if os.path.isdir(path):
        return _run(path, classes, on_meta)
    if path.suffix == ".py":
        raise UserError(f"{cut(text)}: say what to load from it: {path.name}:ClassOrFunction")
    if path.suffix.lower() in SUFFIXES or os.path.exists(path):
        return _checkpoint(path, classes, on_meta)
    return _known(find_net(text), classes, in_channels, on_meta)


def _known(net: Net, classes: int | None, in_channels: int | None, on_meta: bool) -> Loaded:
    channels = net.channels if in_channels is None else in_channels
    model = build_net(net, net.classes if classes is None else classes, channels, on_meta)
    return Loaded(net.name, net.title, model, (channels, *net.input[1:]), "net")


def _own(place: str, name: str, classes: int | None, in_channels: int | None) -> Loaded:
    """Run the user's code and return the network that it makes."""
    if not all(part.isidentifier() for part in name.split(".")) or not place:
        raise UserError(
            f"{cut(place + ':' + name)!r} is no network; write package.module:callable or "
            "path/file.py:callable"
        )
    place = os.path.expanduser(place)
    with importing.reachable(place):
        value = importing.member(importing.import_place(place), name, place)
        model = _made(value, f"{place}:{name}", classes, in_channels)
    title = f"{type(model).__name__} of {os.path.basename(place)}"
    return Loaded(name, title, model, None, "file" if importing.is_file(place) else "module")


def _made(value: object, what: str, classes: int | None, in_channels: int | None) -> nn.Module:
    """Return the network that a class, a function or an instance gives. Raises UserError."""
    if isinstance(value, nn.Module):
        if classes is not None:
            raise UserError(f"{what} is made already; --classes is for a class or a function")
        return value
    remedy = "name an nn.Module class, a function that returns one, or an instance"
    if not callable(value):
        raise UserError(f"{what} is {_kind(value)}; {remedy}")
    arguments = _arguments(value, what, classes, in_channels)
    with importing.user_code(what, "calling it"):
        model = value(**arguments)
    if isinstance(model, nn.Module):
        return model
    verb = "makes" if inspect.isclass(value) else "returns"
    raise UserError(f"{what} {verb} {_kind(model)}, no nn.Module; {remedy}")


def _arguments(
    maker: Any, what: str, classes: int | None, in_channels: int | None
) -> dict[str, int]:
    """Return the arguments to call it with. Raises UserError with what can't be given."""
    try:
        parameters = inspect.signature(maker).parameters
    except (TypeError, ValueError):  # some written in C tell nothing
        return {}
    arguments: dict[str, int] = {}
    if classes is not None:
        arguments[_accepting(parameters, CLASSES, what)] = classes
    if in_channels is not None:
        arguments |= {name: in_channels for name in CHANNELS if name in parameters}
    needed = [name for name, one in parameters.items() if _needed(one) and name not in arguments]
    if needed:
        listed = " and ".join(filter(None, [", ".join(needed[:-1]), needed[-1]]))
        hint = "--classes gives the number of classes; " if set(needed) & set(CLASSES) else ""
        raise UserError(
            f"{what} needs {listed}; {hint}give defaults, or name a function without arguments "
            "that returns the network"
        )
    return arguments


def _needed(parameter: inspect.Parameter) -> bool:
    many = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return parameter.default is inspect.Parameter.empty and parameter.kind not in many


def _accepting(
    parameters: Mapping[str, inspect.Parameter], names: tuple[str, ...], what: str
) -> str:
    for name in names:
        if name in parameters:
            return name
    if any(one.kind is inspect.Parameter.VAR_KEYWORD for one in parameters.values()):
        return names[0]
    raise UserError(f"{what} takes no {names[0]}; leave --classes out, or let it take one")


def _kind(value: object) -> str:
    if value is None:
        return "None"
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"


def _checkpoint(path: Path, classes: int | None, on_meta: bool) -> Loaded:
    """Open the known network whose weights these are."""
    return _of_weights(path, "is of no known network; ", "checkpoint", classes, on_meta)


def _run(folder: Path, classes: int | None, on_meta: bool) -> Loaded:
    """Open a run's network with its best weights: a known one, or one written as text.

    One of the user's own is named with its weights: a run's files run no code.
    """
    config = config_of(folder)
    weights = [folder / "checkpoints" / f"{which}.safetensors" for which in ("best", "last")]
    path = next((path for path in weights if path.is_file()), None)
    if path is None:
        raise UserError(f"{folder}: the run has no weights yet: checkpoints/last.safetensors")
    named = config.get("net")
    name = cut(named) if isinstance(named, str) else "no known network"
    if isinstance(config.get("net_text"), str) and config["net_text"]:
        return _written(folder, name, config["net_text"], path, on_meta)
    return _of_weights(path, f"is of {name}; ", "run", classes, on_meta)


def _written(folder: Path, name: str, text: str, path: Path, on_meta: bool) -> Loaded:
    """Build the network that was written as text, as the run's first event says it was trained."""
    shape, classes = input_of(folder)
    blueprint = replace(parse(text), input_shape=shape)
    with meta() if on_meta else nullcontext():
        model = build(blueprint, shape, classes)
    if not on_meta:
        apply_weights(model, path)
    return Loaded(name, f"{name}, built", model, shape, "run", path)


def _of_weights(
    path: Path, which: str, origin: Origin, classes: int | None, on_meta: bool
) -> Loaded:
    known = recognised(read_state(path))
    if known is None:
        raise UserError(f"{path} {which}name the network too: cnntui layers NET --weights {path}")
    if classes not in (None, known.classes):
        raise UserError(f"{path} has {known.classes} classes, not {classes}; leave --classes out")
    net = find_net(known.name)
    model = build_net(net, known.classes, known.in_channels, on_meta)
    if not on_meta:
        apply_weights(model, path)
    shape = (known.in_channels, *net.input[1:])
    return Loaded(net.name, net.title, model, shape, origin, path)
