"""What a lesson's checks may ask of a pane's state, by the pane's name: plain values.

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
    meanings: Mapping[str, str] = module.FACTS if module else {}
    return meanings


def facts_of(pane: str, state: Any, about: object = None) -> dict[str, Fact]:
    """Return what is so of a pane's state, by the names of ``facts_there``; nothing where unknown.

    ``about`` is what the pane holds beside its state, as its ``beside_state`` tells.
    """
    module = _module(pane)
    if state is None or module is None:
        return {}
    facts: dict[str, Fact] = module.facts_of(state, about)
    return facts


@cache
def _module(pane: str) -> Any:
    panes = {entry.name: entry for entry in registry.entries("panes")}
    return panes[pane].part("facts") if pane in panes else None
