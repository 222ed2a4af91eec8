"""The chosen unit of a layer, and which cells of the input it depends on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from cnntui.engine.tracing.receptive import Region, field_of
from cnntui.engine.tracing.rows import Row, Trace
from cnntui.errors import UserError


@dataclass(frozen=True)
class FieldState:
    """A unit of a layer on a picture; ``unit`` is (row, column) of its output."""

    trace: Trace
    index: int
    picture: str
    unit: tuple[int, int]

    @classmethod
    def of(cls, trace: Trace, index: int, picture: str) -> Self:
        """Open the unit in the middle. Raises UserError where the layer has no such field."""
        row = trace.rows[index]
        if row.receptive_field is None or len(row.units) != 2:
            raise UserError(f"{row.name} has no receptive field on a picture")
        return cls(trace, index, picture, (row.units[0] // 2, row.units[1] // 2))

    @property
    def row(self) -> Row:
        """The layer."""
        return self.trace.rows[self.index]

    @property
    def region(self) -> Region | None:
        """The first and last input cell along height and width; None for no cell."""
        return field_of(self.trace, self.index, self.unit, local=True)

    def moved(self, rows: int, columns: int) -> Self:
        """Choose a unit beside."""
        height, width = self.row.units
        unit = self.unit[0] + rows, self.unit[1] + columns
        inside = max(0, min(unit[0], height - 1)), max(0, min(unit[1], width - 1))
        return replace(self, unit=inside)

    def layer(self, by: int) -> Self:
        """Go to the next layer that has a field, at about the same place."""
        at = self.index + by
        while 0 <= at < len(self.trace.rows):
            row = self.trace.rows[at]
            if row.receptive_field is not None and len(row.units) == 2:
                place = [
                    min(int((unit + 0.5) / old * new), new - 1)
                    for unit, old, new in zip(self.unit, self.row.units, row.units, strict=True)
                ]
                return replace(self, index=at, unit=(place[0], place[1]))
            at += by
        return self
