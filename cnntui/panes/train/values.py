"""What is typed into the set-up form, read and refused; which settings differ from a recipe's."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

from cnntui.errors import UserError
from cnntui.panes.train.fields import FIELD_OF, FormField, Value
from cnntui.training.augment.combinations import parse
from cnntui.training.config import Config
from cnntui.training.options import resolved
from cnntui.training.recipes import Recipe

YES, NO = ("on", "yes", "true", "1"), ("off", "no", "false", "0", "none")
FIRST = "digits"


def value_of(name: str, text: str) -> Value:
    """Return the value that a text gives a field. Raises UserError."""
    match name:
        case "augment":
            return str(parse(text) or "")
        case "data_dir":
            return _folder(text)
        case "device":
            return _device(text)
    return read_value(FIELD_OF[name], text)


def read_value(field: FormField, text: str) -> Value:
    """Return what was typed. Raises UserError where it is no value of this field."""
    plain = text.strip()
    kind = type(field.default)
    if field.zero and plain.lower() in (field.zero, "none", "usual", "off"):
        return kind()
    if kind is str:
        return plain
    if kind is bool:
        return _switched(field, plain)
    try:
        return int(plain.replace(",", "").replace("_", "")) if kind is int else float(plain)
    except ValueError:
        such = "a whole number" if kind is int else "a number"
        or_word = f", or {field.zero}" if field.zero else ""
        raise UserError(f"{plain[:40]!r} is no {field.label}; give {such}{or_word}") from None


def _switched(field: FormField, text: str) -> bool:
    if text.lower() not in (*YES, *NO):
        raise UserError(f"{text[:40]!r} is neither on nor off; write one for {field.label}")
    return text.lower() in YES


def with_augmentation(now: str, text: str) -> str:
    """Return a list of augmentations with another in it. Raises UserError.

    ``flip`` is added or taken away, ``rotate=20`` changed, ``flip,crop=4`` is the whole list.
    """
    if "," in text or text in ("", "none"):
        return text
    recipe = parse(now)
    name, equals, strength = (part.strip() for part in text.partition("="))
    parts = {item.name: str(item) for item in recipe.items}
    parts |= {"fill": f"fill={recipe.fill}"} if recipe.fill != "zeros" else {}
    there = parts.pop(name, None) is not None
    if not (there and not equals) and strength != "0":
        parts[name] = text
    return ",".join(parts.values())


def named_net(text: str) -> tuple[str, str]:
    """Return the network that a text names, and its own text where it is a Build file.

    Raises UserError.
    """
    from cnntui.models.checking import check_net
    from cnntui.models.naming import find_net, is_net

    if text.endswith(".txt"):
        config = resolved(Config(net=text))
        return config.net, config.net_text
    check_net(text)
    if not is_net(text) and ":" not in text and not Path(text).expanduser().exists():
        return find_net(text).name, ""
    return resolved(Config(net=text)).net, ""


def data_names() -> list[str]:
    """Return the data sets that a name is enough for."""
    from cnntui.datasets.naming import known_datasets

    return [known.name for known in known_datasets() if known.shape is not None]


def net_names() -> list[str]:
    """Return the known networks, older and smaller ones first."""
    from cnntui.models.naming import known_nets

    return [net.name for net in sorted(known_nets(), key=lambda each: (each.year, each.params))]


def is_of(one: Recipe, dataset: str, net: str) -> bool:
    """Whether a recipe is of this data set, whatever its options, and this network."""
    return (one.config.dataset, one.config.net) == (dataset.partition(":")[0], net)


def differing(config: Config, base: Config) -> set[str]:
    """Return the names of the settings that differ."""
    return {field.name for field in fields(Config) if differs(field.name, config, base)}


def differs(name: str, config: Config, base: Config) -> bool:
    """Whether one setting differs."""
    return not same(name, getattr(config, name), getattr(base, name))


def same(name: str, value: Any, other: Any) -> bool:
    """Whether two values of a field mean the same."""
    if name == "augment":
        return value == other or parse(value) == parse(other)
    return bool(value == other)


def _folder(text: str) -> str:
    if text.lower() in ("", "usual", "none"):
        return ""
    path = Path(text).expanduser()
    if not path.is_dir():
        raise UserError(f"{text[:80]} is no folder; name the one the data sets lie in")
    return str(path.resolve())


def _device(text: str) -> str:
    from cnntui.engine.device import check_name

    check_name(text or "auto")
    return text or "auto"


def fitting(text: str) -> str:
    """Return the data set that a written network's input is likest to, of those always there."""
    shape = re.search(r"^\s*input\s+(\d+)x(\d+)x(\d+)", text, re.MULTILINE)
    if shape is None:
        return FIRST
    channels, height = int(shape[1]), int(shape[2])
    if channels == 3:
        return "shapes"
    return FIRST if height <= 16 else "glyphs"
