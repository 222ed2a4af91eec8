"""The Layers pane's state: a traced network, its rows in an order, and the one under the cursor.

Rows are folded into blocks by the dots of their names.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from operator import attrgetter
from typing import Self

from cnntui.engine.tracing.memory import Saved
from cnntui.engine.tracing.rows import Trace
from cnntui.errors import UserError
from cnntui.models.opening import Network
from cnntui.parts.lists.state import RowCursor
from cnntui.parts.networks.folding import Item, folded_items
from cnntui.parts.networks.training_memory import Training

SORTS = ("", "params", "macs", "activation_bytes", "receptive_field", "jump", "name", "kind")
BY_LETTER = ("name", "kind")  # ascending; numbers descend


@dataclass(frozen=True, eq=False, kw_only=True)
class LayersState(RowCursor):
    """A network as a table; a cursor that leaves the view goes on by a screen.

    ``depth`` folds names to so many parts (None: every layer has its line); ``folded`` are
    the blocks the user folded by hand. ``sort`` is one of SORTS, ``find`` keeps the rows whose name
    or type holds it. ``network`` is what was traced, where it can be run. ``training`` is what the
    memory of a training step is estimated for, ``saved`` what autograd saves in it, once known.
    """

    BY_SCREENS = True  # a key then repaints two lines and, once a screen, all of them

    trace: Trace
    network: Network | None = None
    depth: int | None = None
    device: str = "auto"
    folded: frozenset[str] = frozenset()
    sort: str = ""
    find: str = ""
    training: Training = field(default_factory=Training)
    saved: Saved | None = None

    @property
    def items(self) -> tuple[Item, ...]:
        """The lines of the table, in order."""
        return arranged(self.trace, self.depth, self.folded, self.sort, self.find)

    @property
    def lines(self) -> int:
        """How many lines the table has."""
        return len(self.items)

    @classmethod
    def of(cls, network: Network, depth: int | None = None) -> Self:
        """Open a network."""
        training = Training(network.trace.input_shape[0])
        return cls(trace=network.trace, network=network, depth=depth, training=training)

    @property
    def title(self) -> str:
        """What the network is called and what is known of it."""
        if self.network is None:
            return self.trace.name
        return " · ".join(part for part in (self.network.title, self.network.facts) if part)

    @property
    def known(self) -> str:
        """The name of the known network it is; empty for one of the user's own."""
        return self.network.name if self.network and self.network.loaded.known else ""

    def asked_saved(self) -> Saved | None:
        """Return what autograd saves in training; None of a network that stopped. Runs it."""
        from cnntui.engine.tracing.backward import saved_bytes

        if self.network is None or self.trace.error is not None:
            return None
        return saved_bytes(self.network.loaded.model, self.trace)

    def with_training(self, training: Training) -> Self:
        """Change how it would be trained."""
        return replace(self, training=training, problem="")

    def trained(self, verb: str, *arguments: object) -> Self:
        """Change how it would be trained, by a verb of Training; what can't be is said."""
        try:
            return self.with_training(getattr(self.training, verb)(*arguments))
        except UserError as problem:
            return self.refused(problem)

    @property
    def item(self) -> Item | None:
        """The line under the cursor."""
        return self.items[self.cursor] if self.items else None

    def to_row(self, index: int) -> Self:
        """Go to the line that holds a row of the trace."""
        for at, item in enumerate(self.items):
            if any(row.index == index for row in item.rows):
                return self.to(at)
        return self

    def _rearranged(self, **changes: object) -> Self:
        """Return the state in another order, on the same row where it is still there."""
        item = self.item
        changed = replace(self, **changes, cursor=0, top=0, problem="")  # type: ignore[arg-type]
        return changed.to_row(item.row.index) if item else changed

    def reset(self) -> Self:
        """Show every row in call order."""
        return self._rearranged(sort="", find="", depth=None, folded=frozenset())

    def sorted_by(self, column: str = "") -> Self:
        """Sort by a column, largest first; without a name by the next of SORTS."""
        if not column:
            column = SORTS[(SORTS.index(self.sort) + 1) % len(SORTS)]
        return self._rearranged(sort="" if column == self.sort else column)

    def finding(self, text: str) -> Self:
        """Keep the lines whose name or type holds every word."""
        kept = self._rearranged(find=text)
        return kept if kept.items else self.refused(f"no layer's name or type holds {text!r}")

    def deeper(self, by: int) -> Self:
        """Unfold, or fold, all blocks by one level."""
        deepest = max((row.name.count(".") + 1 for row in self.trace.rows), default=1)
        depth = (deepest if self.depth is None else self.depth) + by
        depth = max(1, min(depth, deepest))
        return self._rearranged(depth=None if depth == deepest else depth, folded=frozenset())

    def toggled(self) -> Self:
        """Fold the block of the line under the cursor, or unfold the block it is."""
        item = self.item
        if item is None:
            return self
        if item.block:
            opened = self.folded - {item.name} if item.name in self.folded else self.folded
            if item.name in self.folded:
                return self._rearranged(folded=opened)
            return self._rearranged(depth=item.name.count(".") + 2, folded=opened)
        parent = item.name.rpartition(".")[0]
        if not parent:
            return self.refused(f"{item.name} stands in no block")
        return self._rearranged(folded=self.folded | {parent})


@lru_cache(maxsize=32)
def arranged(
    trace: Trace, depth: int | None, folded: frozenset[str], sort: str, find: str
) -> tuple[Item, ...]:
    """Return the lines of a table; kept, because a key that moves the cursor asks many times."""
    items = folded_items(trace.rows, depth, folded)
    words = find.lower().split()
    kept = [i for i in items if all(word in f"{i.name} {i.row.type}".lower() for word in words)]
    if sort:
        kept.sort(key=attrgetter(sort), reverse=sort not in BY_LETTER)
    return tuple(kept)
