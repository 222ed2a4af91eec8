"""One line of text for the state of a pane, ``conv?input=digit:7&stride=2``: read and written here.

A link opened for a lesson (``trusted=False``) names no file and runs no code.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any
from urllib.parse import quote, unquote

from cnntui import registry
from cnntui.errors import UserError
from cnntui.sources.names import shortened
from cnntui.states.link_text import Written

LONGEST = 32_000  # characters of a link
_SAFE = ":,;/.@+*()!~-_"


@dataclass(frozen=True)
class Link:
    """A pane, by the registry's name, and what is said of its state: decoded keys and values."""

    pane: str
    values: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """Write it."""
        said = "&".join(f"{key}={quote(text, safe=_SAFE)}" for key, text in self.values.items())
        command = _commands()[self.pane]
        return f"{command}?{said}" if said else command


@dataclass(frozen=True)
class PaneLink:
    """How the states of one pane are read and written; the functions' module is imported late."""

    module: str
    read: str  # read(values, trusted) gives a state
    write: str  # write(state) gives Written
    keys: str = "OWN"  # key: what it is

    def get(self, name: str) -> Any:
        """Return one of them."""
        return getattr(importlib.import_module(f"cnntui.states.{self.module}"), name)


PANES: dict[str, PaneLink] = {  # one more line is one more pane
    "convolution": PaneLink("link_convolution", "convolution_of", "convolution_written"),
    "pooling": PaneLink("link_pooling", "pooling_of", "pooling_written"),
    "filters": PaneLink("link_filters", "filters_of", "filters_written"),
    "layers": PaneLink("link_layers", "layers_of", "layers_written"),
    "building": PaneLink("link_building", "building_of", "building_written"),
    "comparing": PaneLink("link_comparing", "comparing_of", "comparing_written"),
    "gallery": PaneLink("link_data", "gallery_of", "gallery_written", "GALLERY"),
    "watching": PaneLink("link_data", "watching_of", "watching_written", "WATCH"),
    "pictures": PaneLink("link_pictures", "pictures_of", "pictures_written"),
    "training": PaneLink("link_training", "training_of", "training_written"),
}


def keys_of(pane: str) -> Mapping[str, str]:
    """Return every key of a pane's links, with what it is."""
    if pane not in PANES:
        return {}
    found: Mapping[str, str] = PANES[pane].get(PANES[pane].keys)
    return found


def parse_link(text: str) -> Link:
    """Read a link, its pane by command or name; the values aren't looked at yet.

    Raises UserError for an unknown pane or key, with those there are.
    """
    text = text.strip()
    if len(text) > LONGEST:
        raise UserError(f"the link has {len(text):,} characters; {LONGEST:,} are the most")
    head, _, said = text.partition("?")
    pane = _pane(head)
    known = keys_of(pane)
    values: dict[str, str] = {}
    for part in said.split("&") if said else ():
        key, equals, value = part.partition("=")
        if key not in known:
            there = f"; give {', '.join(known)}" if known else " and has none"
            raise UserError(f"{head} has no key {shortened(key)!r}{there}")
        if not equals or key in values:
            why = "is there twice" if key in values else "has no value"
            raise UserError(f"{head}?{key} {why}; write {key}=VALUE once")
        values[key] = _decoded(key, value)
    return Link(pane, values)


def state_of(link: Link, trusted: bool = True, device: str = "auto") -> Any:
    """Return the state that a link names; None for a pane's own first state.

    ``trusted`` lets it name files and the user's own code, as the command line does; without,
    samples alone. ``device`` is where torch checks a state that asks for one. Raises UserError.
    """
    if link.pane not in PANES:
        return None
    entry = PANES[link.pane]
    state = entry.get(entry.read)(link.values, trusted)
    return replace(state, device=device) if getattr(state, "device", "") == "auto" else state


def written(pane: str, state: Any) -> tuple[Link, tuple[str, ...]]:
    """Return the link of a pane's state, and in words what it leaves out. Raises UserError."""
    if pane not in PANES or state is None:
        return Link(pane), ("what is on view in it",) if state is not None else ()
    entry = PANES[pane]
    found: Written = entry.get(entry.write)(state)
    link = Link(pane, found.values)
    if len(str(link)) > LONGEST:
        raise UserError(f"the link would have {len(str(link)):,} characters; {LONGEST:,} are kept")
    return link, found.left_out


def link_of(pane: str, state: Any) -> str:
    """Return a pane's state as one line of text. Raises UserError where it can't be named."""
    return str(written(pane, state)[0])


@cache
def _commands() -> dict[str, str]:
    """Return the command of each pane."""
    return {entry.name: entry.about["command"] for entry in registry.entries("panes")}


def _pane(head: str) -> str:
    commands = _commands()
    for name, command in commands.items():
        if head in (name, command):
            return name
    raise UserError(
        f"no pane is called {shortened(head)!r}; a link begins with {', '.join(commands.values())}"
    )


def _decoded(key: str, text: str) -> str:
    try:
        value = unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise UserError(f"{key}={shortened(text)}: % and two digits are bytes of UTF-8") from None
    lines = value.split("\n") if key.endswith("text") else [value]
    if not all(line.replace("\t", " ").isprintable() for line in lines):
        raise UserError(f"{key} holds a control character; {shortened(text)!r} is not opened")
    return value
