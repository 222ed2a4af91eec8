"""A line of a network's table: one row of the trace, or a block of rows folded into one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cnntui.engine.tracing.rows import Row
from cnntui.numbers import pair_text

MACS_LINE = "MACs: multiply–adds of convolutions and matrix products; FLOPs are twice as many"


@dataclass(frozen=True, eq=False)
class Item:
    """One line of the table: a row, or a block of rows folded into one line."""

    name: str
    rows: tuple[Row, ...]
    block: bool = False

    @property
    def row(self) -> Row:
        """The last row: its output is the block's."""
        return self.rows[-1]

    @property
    def params(self) -> int:
        """Parameters of all rows."""
        return sum(row.params for row in self.rows)

    @property
    def trainable_params(self) -> int:
        """Trainable parameters of all rows."""
        return sum(row.trainable_params for row in self.rows)

    @property
    def macs(self) -> int:
        """Multiply–adds of all rows."""
        return sum(row.macs for row in self.rows)

    @property
    def activation_bytes(self) -> int:
        """Bytes of all rows' outputs."""
        return sum(row.activation_bytes for row in self.rows)

    @property
    def parameter_bytes(self) -> int:
        """Bytes of all rows' parameters."""
        return sum(row.parameter_bytes for row in self.rows)

    @property
    def kind(self) -> str:
        """The type of the row; a block comes before all types."""
        return "" if self.block else self.row.type

    @property
    def jump(self) -> tuple[float, ...]:
        """The last row's effective stride, for sorting."""
        return self.row.jump or (0,)

    @property
    def receptive_field(self) -> tuple[int, ...]:
        """The last row's field, for sorting."""
        return self.row.receptive_field or (0,)


def folded_items(
    rows: Sequence[Row], depth: int | None, folded: frozenset[str]
) -> tuple[Item, ...]:
    """Fold neighbouring rows of one block into one line."""
    items: list[Item] = []
    for row in rows:
        block = _block_of(row.name, depth, folded)
        if block is None:
            items.append(Item(row.name, (row,)))
        elif items and items[-1].block and items[-1].name == block:
            items[-1] = Item(block, (*items[-1].rows, row), True)
        else:
            items.append(Item(block, (row,), True))
    return tuple(items)


def _block_of(name: str, depth: int | None, folded: frozenset[str]) -> str | None:
    """Return the outermost block that a row is folded into; None for a line of its own."""
    parts = name.split(".")
    for size in range(1, len(parts)):
        block = ".".join(parts[:size])
        if block in folded or (depth is not None and size >= depth):
            return block
    return None


def field_text(row: Row) -> str:
    """Write the receptive field; a star where a global path sees the whole picture."""
    if row.receptive_field is None:
        return ""
    return pair_text(row.receptive_field) + ("*" if row.global_field else "")
