"""The Layers pane's state: a traced network, its rows in an order, and the one under the cursor.

Knows no screen. Rows are folded into blocks by the dots of their names.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from operator import attrgetter
from typing import Self

from cnntui.engine.tracing.rows import Trace
from cnntui.errors import UserError
from cnntui.models.opening import Network
from cnntui.parts.networks.rows import Item, folded_items
from cnntui.parts.networks.training_memory import Training

SORTS = ("", "params", "macs", "activation_bytes", "receptive_field", "jump", "name", "kind")
BY_LETTER = ("name", "kind")  # ascending; numbers descend
HEAD_LINES = 1


@dataclass(frozen=True, eq=False, kw_only=True)
class LayersState:
    """A network as a table.

    ``depth`` folds names to so many parts (None: every layer has its line); ``opened`` and
    ``folded`` are the blocks the user opened or folded by hand. ``sort`` is one of SORTS, ``find``
    keeps the rows whose name or type holds it. ``cursor`` counts lines; ``top`` is the first on
    view of ``height``. ``network`` is what was traced, where it can be run. ``training`` is what
    the memory of a training step is estimated for.
    """

    trace: Trace
    network: Network | None = None
    depth: int | None = None
    device: str = "auto"
    folded: frozenset[str] = frozenset()
    sort: str = ""
    find: str = ""
    cursor: int = 0
    top: int = 0
    height: int = 16
    training: Training = field(default_factory=Training)
    problem: str = ""

    @property
    def items(self) -> tuple[Item, ...]:
        """The lines of the table, in order."""
        return arranged(self.trace, self.depth, self.folded, self.sort, self.find)

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

    def refused(self, problem: UserError | str) -> Self:
        """Return the same state, saying why nothing was changed."""
        return replace(self, problem=str(problem))

    def trained(self, verb: str, *arguments: object) -> Self:
        """Change how it would be trained, by a verb of Training; what can't be is said."""
        try:
            changed = getattr(self.training, verb)(*arguments)
        except UserError as problem:
            return self.refused(problem)
        return replace(self, training=changed, problem="")

    @property
    def item(self) -> Item | None:
        """The line under the cursor."""
        return self.items[self.cursor] if self.items else None

    @property
    def shown(self) -> range:
        """Positions of the lines on view."""
        return range(self.top, min(self.top + self.height, len(self.items)))

    def sized(self, rows: int) -> Self:
        """Show so many lines."""
        return replace(replace(self, height=max(1, rows)).to(self.cursor), problem=self.problem)

    def to(self, cursor: int) -> Self:
        """Go to a line, the nearest there is.

        Past the end of the view comes the next screen, with one line of this one: a key then
        repaints two lines and, once a screen, all of them.
        """
        cursor = max(0, min(cursor, len(self.items) - 1))
        top = self.top
        if cursor < top:
            top = cursor - max(0, self.height - 2)
        elif cursor >= top + self.height:
            top = cursor - min(1, self.height - 1)
        top = max(0, min(top, len(self.items) - self.height))
        return replace(self, cursor=cursor, top=top, problem="")

    def moved(self, by: int) -> Self:
        """Move the cursor by some lines."""
        return self.to(self.cursor + by)

    def paged(self, by: int) -> Self:
        """Move the cursor by some screens."""
        return self.to(self.cursor + by * max(1, self.height - 1))

    def first(self) -> Self:
        """Go to the first line."""
        return self.to(0)

    def last(self) -> Self:
        """Go to the last line."""
        return self.to(len(self.items) - 1)

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
        found = self._rearranged(find=text)
        if not found.items:
            return replace(self, problem=f"no layer's name or type holds {text!r}")
        return found

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
            return replace(self, problem=f"{item.name} stands in no block")
        return self._rearranged(folded=self.folded | {parent})


@lru_cache(maxsize=32)
def arranged(
    trace: Trace, depth: int | None, folded: frozenset[str], sort: str, find: str
) -> tuple[Item, ...]:
    """Return the lines of a table; kept, because a key that moves the cursor asks many times."""
    items = folded_items(trace.rows, depth, folded)
    wanted = find.lower().split()
    kept = [i for i in items if all(w in f"{i.name} {i.row.type}".lower() for w in wanted)]
    if sort:
        kept.sort(key=attrgetter(sort), reverse=sort not in BY_LETTER)
    return tuple(kept)
