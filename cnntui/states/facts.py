"""What a lesson's checks may ask of a pane's state: a documented list, plain values, no code.

``FACTS`` lists every fact of a pane with its meaning. A fact that isn't known yet, because a
thread still traces or reads, is absent from what ``facts_of`` returns.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Fact = int | float | str | bool | tuple[Any, ...]


@dataclass(frozen=True)
class PaneFacts:
    """Where the facts of one pane are found; the module is imported when they are asked for."""

    module: str
    function: str  # function(state, about) gives the facts
    table: str  # name: meaning

    def get(self, name: str) -> Any:
        """Return one of them."""
        return getattr(importlib.import_module(f"cnntui.states.{self.module}"), name)


PANES: dict[str, PaneFacts] = {  # one more line is one more pane
    "convolution": PaneFacts("facts_stepping", "convolution_facts", "CONVOLUTION"),
    "pooling": PaneFacts("facts_stepping", "pooling_facts", "POOLING"),
    "filters": PaneFacts("facts_filters", "filters_facts", "FILTERS"),
    "layers": PaneFacts("facts_nets", "layers_facts", "LAYERS"),
    "building": PaneFacts("facts_nets", "building_facts", "BUILD"),
    "comparing": PaneFacts("facts_nets", "comparing_facts", "COMPARE"),
    "gallery": PaneFacts("facts_data", "gallery_facts", "GALLERY"),
    "training": PaneFacts("facts_data", "training_facts", "TRAINING"),
    "pictures": PaneFacts("facts_pictures", "pictures_facts", "PICTURES"),
    "watching": PaneFacts("facts_data", "watching_facts", "WATCH"),
}


class _Facts(Mapping[str, Mapping[str, str]]):
    """The tables by pane, each imported when it is looked at."""

    def __getitem__(self, pane: str) -> Mapping[str, str]:
        table: Mapping[str, str] = PANES[pane].get(PANES[pane].table)
        return table

    def __iter__(self) -> Iterator[str]:
        return iter(PANES)

    def __len__(self) -> int:
        return len(PANES)


FACTS: Mapping[str, Mapping[str, str]] = _Facts()


def facts_of(pane: str, state: Any, about: object = None) -> dict[str, Fact]:
    """Return what is so of a pane's state, by the names of ``FACTS[pane]``; nothing where unknown.

    ``about`` is what the pane holds beside its state: a Developed of Filters, the FieldState shown
    over Layers, the Watched of Watch.
    """
    if state is None or pane not in PANES:
        return {}
    found: dict[str, Fact] = PANES[pane].get(PANES[pane].function)(state, about)
    return found
