"""What is shown of a receptive field: the picture with its cells bright, and words."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from cnntui.ground.lines import Line, line
from cnntui.numbers import counted
from cnntui.panes.layers.field.state import FieldState
from cnntui.parts.pictures.palettes import fitted, palette_frame
from cnntui.sources.inputs import load_input
from cnntui.ui.frames.pictures import PictureFrame

Mask = npt.NDArray[np.bool_]
FRAME = (255.0, 40.0, 40.0)
DIMMED = 0.35


def picture_of(state: FieldState, height: int, width: int) -> PictureFrame:
    """Draw the picture at most ``height`` × ``width`` pixels; what the unit sees stays bright."""
    values = load_input(state.picture).values
    drawn = fitted(values, height, width).copy()  # (C, H, W)
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
