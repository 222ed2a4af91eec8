"""Which cells of the input a unit of a layer depends on, and the picture that shows them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt

from cnntui.engine.tracing.receptive import Region, field_of
from cnntui.engine.tracing.rows import Row, Trace
from cnntui.errors import UserError
from cnntui.ground.lines import Line, line
from cnntui.numbers import counted
from cnntui.parts.pictures.palettes import fitted, palette_frame
from cnntui.sources.inputs import load_input
from cnntui.ui.frames.pictures import PictureFrame

Mask = npt.NDArray[np.bool_]
FRAME = (255.0, 40.0, 40.0)
DIMMED = 0.35


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


def picture_of(state: FieldState, height: int, width: int) -> PictureFrame:
    """Draw the picture at most ``height`` × ``width`` pixels; what the unit sees stays bright."""
    values = load_input(state.picture).values
    drawn = fitted(values, height, width).copy()
    if len(drawn) == 1:
        drawn = np.repeat(drawn, 3, axis=0)
    _, rows, columns = drawn.shape
    region = state.region
    seen = np.zeros((rows, columns), dtype=bool)
    if region is not None:
        sizes = state.trace.input_shape[-2:]
        (top, bottom), (left, right) = (
            (first * shown // size, -(-(last + 1) * shown // size))
            for (first, last), size, shown in zip(region, sizes, (rows, columns), strict=True)
        )
        seen[top:bottom, left:right] = True
    drawn = np.where(seen, drawn, drawn * DIMMED)
    if seen.any() and not seen.all():
        edge = seen & ~_inner(seen)
        for channel, level in enumerate(FRAME):
            drawn[channel][edge] = level
    return palette_frame(drawn.astype(np.float32))


def _inner(seen: Mask) -> Mask:
    """Return the cells all of whose four neighbours are seen; thin fields have no inside."""
    inside = np.zeros_like(seen)
    inside[1:-1, 1:-1] = (
        seen[1:-1, 1:-1] & seen[:-2, 1:-1] & seen[2:, 1:-1] & seen[1:-1, :-2] & seen[1:-1, 2:]
    )
    return inside


def words_of(state: FieldState) -> tuple[Line, ...]:
    """Say what the unit sees."""
    row, region = state.row, state.region
    assert row.receptive_field is not None
    field = "×".join(map(str, row.receptive_field))
    units = "×".join(map(str, row.units))
    rows: list[Line] = [
        (
            (f"{row.name}  ", "strong"),
            (f"unit {state.unit[0]},{state.unit[1]} of {units}", "output"),
            (f" · field {field}", ""),
        )
    ]
    if region is None:
        rows.append(line("it sees no cell of the picture", "bad"))
    else:
        (top, bottom), (left, right) = region
        cells = (bottom - top + 1) * (right - left + 1)
        rows.append(
            line(
                f"sees rows {top}–{bottom}, columns {left}–{right}: {counted(cells)} of "
                f"{counted(state.trace.input_shape[-2] * state.trace.input_shape[-1])} cells"
            )
        )
    if row.global_field:
        rows.append(line("by a global path (squeeze-and-excite) it sees it all", "kernel"))
    return tuple(rows)
