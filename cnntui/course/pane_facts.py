"""What a lesson's checks may ask of a pane's state: a documented list, plain values, no code.

A pane's ``facts`` holds FACTS, every fact with its meaning, and ``facts_of(state, about)``. A fact
that isn't known yet, because a thread still traces or reads, is absent from what that returns.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from cnntui import registry

Fact = int | float | str | bool | tuple[Any, ...]


def facts_there(pane: str) -> Mapping[str, str]:
    """Return every fact of a pane with its meaning; none where nothing may be asked of it."""
    module = _module(pane)
    found: Mapping[str, str] = module.FACTS if module else {}
    return found


def facts_of(pane: str, state: Any, about: object = None) -> dict[str, Fact]:
    """Return what is so of a pane's state, by the names of ``facts_there``; nothing where unknown.

    ``about`` is what the pane holds beside its state, as its ``beside_state`` tells.
    """
    module = _module(pane)
    if state is None or module is None:
        return {}
    found: dict[str, Fact] = module.facts_of(state, about)
    return found


@cache
def _module(pane: str) -> Any:
    found = {entry.name: entry for entry in registry.entries("panes")}.get(pane)
    return None if found is None else found.part("facts")
