"""One line of text for the state of a pane, ``conv?input=digit:7&stride=2``: read and written here.

A link opened for a lesson (``trusted=False``) names no file and runs no code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any
from urllib.parse import quote, unquote

from cnntui import registry
from cnntui.errors import UserError
from cnntui.ground.names import cut
from cnntui.parts.links.values import LinkText

LONGEST = 32_000  # characters of a link
_SAFE = ":,;/.@+*()!~-_"


@dataclass(frozen=True)
class Link:
    """A pane, by the name of its folder, and what is said of its state: decoded keys and values."""

    pane: str
    values: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """Write it."""
        query = "&".join(f"{key}={quote(text, safe=_SAFE)}" for key, text in self.values.items())
        return f"{self.pane}?{query}" if query else self.pane


def keys_of(pane: str) -> Mapping[str, str]:
    """Return every key of a pane's links, with what it is."""
    module = _module(pane)
    keys: Mapping[str, str] = module.KEYS if module else {}
    return keys


def parse_link(text: str) -> Link:
    """Read a link, its pane by command or name; the values aren't looked at yet.

    Raises UserError for an unknown pane or key, with those there are.
    """
    text = text.strip()
    if len(text) > LONGEST:
        raise UserError(f"the link has {len(text):,} characters; {LONGEST:,} are the most")
    head, _, query = text.partition("?")
    pane = _pane(head)
    known = keys_of(pane)
    values: dict[str, str] = {}
    for part in query.split("&") if query else ():
        key, equals, value = part.partition("=")
        if key not in known:
            there = f"; give {', '.join(known)}" if known else " and has none"
            raise UserError(f"{head} has no key {cut(key)!r}{there}")
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
    module = _module(link.pane)
    if module is None:
        return None
    state = module.read(link.values, trusted)
    return replace(state, device=device) if getattr(state, "device", "") == "auto" else state


def written(pane: str, state: Any) -> tuple[Link, tuple[str, ...]]:
    """Return the link of a pane's state, and in words what it leaves out. Raises UserError."""
    module = _module(pane)
    if module is None or state is None:
        return Link(pane), ("what is on view in it",) if state is not None else ()
    content: LinkText = module.write(state)
    link = Link(pane, content.values)
    if len(str(link)) > LONGEST:
        raise UserError(f"the link would have {len(str(link)):,} characters; {LONGEST:,} are kept")
    return link, content.left_out


def link_of(pane: str, state: Any) -> str:
    """Return a pane's state as one line of text. Raises UserError where it can't be named."""
    return str(written(pane, state)[0])


def _module(pane: str) -> Any:
    """Return a pane's ``link``: KEYS, read(values, trusted), write(state); None without one."""
    entry = _panes().get(pane)
    return None if entry is None else entry.part("link")


@cache
def _panes() -> dict[str, registry.Entry]:
    return {entry.name: entry for entry in registry.entries("panes")}


def _pane(head: str) -> str:
    known = registry.pane_names()
    if head not in known:
        commands = ", ".join(entry.about["commands"][0] for entry in registry.entries("panes"))
        raise UserError(f"no pane is called {cut(head)!r}; a link begins with {commands}")
    return known[head].name


def _decoded(key: str, text: str) -> str:
    try:
        value = unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise UserError(f"{key}={cut(text)}: % and two digits are bytes of UTF-8") from None
    lines = value.split("\n") if key.endswith("text") else [value]
    if not all(line.replace("\t", " ").isprintable() for line in lines):
        raise UserError(f"{key} holds a control character; {cut(text)!r} is not opened")
    return value
