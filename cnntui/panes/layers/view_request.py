"""A network to be opened by a link, and how its table is then looked at."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cnntui.ground.names import cut
from cnntui.models.opening import NetRequest
from cnntui.panes.layers.state import LayersState


@dataclass(frozen=True, kw_only=True)
class ViewRequest(NetRequest):
    """A network to be opened, and how its table is then looked at."""

    sort: str = ""
    find: str = ""
    folded: frozenset[str] = frozenset()
    layer: str = ""

    def shown(self, state: LayersState) -> LayersState:
        """Return the table as it is asked for; a layer that isn't there is said."""
        state = replace(state, depth=self.depth, folded=self.folded, sort=self.sort)
        state = state.finding(self.find) if self.find else state.to(0)
        names = [item.name for item in state.items]
        if self.layer and self.layer not in names:
            return state.refused(f"{state.trace.name} has no row {cut(self.layer)!r} on view")
        return state.to(names.index(self.layer)) if self.layer else state
