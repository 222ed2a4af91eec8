"""The picture as numbers: what it is, the pixel under the cursor, cells with values."""

from __future__ import annotations

import numpy as np

from cnntui.engine.colours import SPACES
from cnntui.ground.lines import Line, cropped, line
from cnntui.ground.names import cut
from cnntui.numbers import counted, shape, short
from cnntui.panes.image.drawing import Crop, coloured, crossed
from cnntui.panes.image.state import AS_IT_IS, PicturesState
from cnntui.parts.boards.grids import Board, Floats, Marks, Scale, framed, no_marks, put
from cnntui.parts.boards.viewport import Viewport
from cnntui.ui.frames.boards import CURSOR, GridFrame
from cnntui.ui.frames.pictures import PictureFrame

GAP = 2  # columns between boards
BYTES = {"uint8": 1, "uint16": 2, "float32": 4}


def shape_words(state: PicturesState) -> tuple[str, str]:
    """Say ``300×451×3 uint8`` and ``135,300 pixels, 405,900 values``: height, width, channels."""
    photo = state.photo
    size = shape((*photo.size, photo.channels))
    counts = f"{counted(state.pixels)} pixels, {counted(state.values)} values"
    return f"{size} {photo.dtype}", counts


def range_words(state: PicturesState) -> str:
    """Say the least and largest value there is, and can be."""
    low, high = state.photo.span
    return f"values {short(low)} to {short(high)} of 0 to {short(state.photo.white)}"


def memory_words(state: PicturesState) -> str:
    """Say how many bytes the values take, as they are and as float32."""
    own = state.values * BYTES[state.photo.dtype]
    if own == 4 * state.values:
        return f"{counted(own)} bytes"
    return f"{counted(own)} bytes; float32 {counted(4 * state.values)}"


def pixel_words(state: PicturesState) -> tuple[Line, ...]:
    """Say the pixel under the cursor: its place, its values, and those divided by white."""
    row, column = state.cursor
    values = state.pixel
    names = ("red", "green", "blue") if len(values) == 3 else ("grey",)
    rows = [
        (
            (f"  {name:<6}", "dim"),
            (f"{short(value):>7}", ""),
            (f"  {value / state.photo.white:.4f}", "dim"),
        )
        for name, value in zip(names, values, strict=True)
    ]
    return (((f"pixel [{row}, {column}]", "strong"), (_hex(state), "dim")), *rows)


def _hex(state: PicturesState) -> str:
    row, column = state.cursor
    rgb = state.photo.rgb(slice(row, row + 1), slice(column, column + 1))[:, 0, 0]
    return "  #" + "".join(f"{round(float(part) * 255):02x}" for part in rgb)


def space_words(state: PicturesState) -> tuple[Line, ...]:
    """Say the pixel in the chosen space, and the formula."""
    space = state.spaced
    channels = zip(space.channels, state.converted, strict=True)
    if state.space in ("rgb", "bgr"):
        numbers = " ".join(short(value) for _, value in channels)
        first = ((space.title, "strong"), (f"  {numbers}", ""))
        return (first, *(line(f"  {text}", "dim") for text in space.formula))
    rows = [((f"  {name:<11}", "dim"), (f"{value:8.4g}", "")) for name, value in channels]
    return (line(space.title, "strong"), *rows, *(line(f"  {t}", "dim") for t in space.formula))


def words_of(state: PicturesState) -> tuple[Line, ...]:
    """Return all that is said beside the picture."""
    size, counts = shape_words(state)
    facts = (line(fact, "dim") for fact in state.photo.facts)
    if not state.beside:  # few lines: what changes comes first
        return (*pixel_words(state), line(f"{size}, {counts}"), *space_words(state))
    if state.low:
        return (*pixel_words(state), *space_words(state), line(size, "input"), line(counts))
    return (
        line(size, "input"),
        line(counts),
        line(range_words(state)),
        line(memory_words(state), "dim"),
        *facts,
        line(""),
        *pixel_words(state),
        line(""),
        *space_words(state),
    )


def picture_of(state: PicturesState, colors: str) -> tuple[PictureFrame, Crop]:
    """Return the picture at the chosen zoom with the cursor on it."""
    lines, columns = state.picture_room
    room = 2 * lines, columns
    zoom = min(state.zoom, len(state.factors))
    if zoom == 0:
        crop = Crop.whole(state.photo.size, room)
    else:
        crop = Crop.around(state.cursor, state.photo.size, room, state.factors[zoom - 1])
    frame = state.photo.kept(
        ("drawn", crop, colors),
        lambda: coloured(state.photo.reduced(crop.rows, crop.columns, crop.drawn), colors),
    )
    return crossed(frame, crop.box(state.cursor), colors), crop


def zoom_words(state: PicturesState, crop: Crop) -> str:
    """Say what is on view, and how large."""
    height, width = crop.rows[1] - crop.rows[0], crop.columns[1] - crop.columns[0]
    scale = crop.drawn[0] / height
    if (height, width) == state.photo.size:
        return f"whole, drawn {shape(crop.drawn)}" if scale != 1 else "whole, every pixel drawn"
    rows = f"rows {crop.rows[0]}–{crop.rows[1] - 1}"
    columns = f"columns {crop.columns[0]}–{crop.columns[1] - 1}"
    return f"{rows}, {columns}, ×{short(scale)}"


# the cells


def boards_of(state: PicturesState, lines: int) -> tuple[GridFrame, ...]:
    """Return a board a channel of the chosen space, ``lines`` high, around the cursor."""
    names = state.spaced.channels
    wide = (state.width - GAP * (len(names) - 1)) // len(names)
    return tuple(_board(state, at, name, wide, lines) for at, name in enumerate(names))


def _board(state: PicturesState, at: int, name: str, wide: int, lines: int) -> GridFrame:
    cell = cell_width(state)
    (height, width), (row, column) = state.photo.size, state.cursor
    port = Viewport(wide, lines)
    rows, columns = min(port.rows, height), min(port.columns(cell), width)
    port = Viewport(
        wide,
        lines,
        max(0, min(row - rows // 2, height - rows)),
        max(0, min(column - columns // 2, width - columns)),
    )

    def values(rows: range, columns: range) -> Floats:
        part = state.part(slice(rows.start, rows.stop), slice(columns.start, columns.stop))
        return _rounded(np.asarray(part[at]), state)

    def marks(rows: range, columns: range) -> Marks:
        flags = no_marks(rows, columns)
        put(flags, CURSOR, rows, columns, state.cursor)
        return flags

    low, high = state.ranges[at]
    scale = Scale(cell, max(abs(low), abs(high)))
    board = Board("input", name, range(height), range(width), values, marks, scale)
    return framed(board, port, "heat+numbers", False)


def _rounded(values: Floats, state: PicturesState) -> Floats:
    """Cut digits that would only make cells restless; 0..1 keep three."""
    return values if state.space in AS_IT_IS else np.round(values, 3)


def cell_width(state: PicturesState) -> int:
    """Return the characters of a cell: three digits of bytes, else five."""
    whole = state.photo.dtype == "uint8" and state.space in AS_IT_IS
    return 4 if whole else 6


def cell_words(state: PicturesState) -> tuple[Line, ...]:
    """Return the lines below the cells."""
    size, counts = shape_words(state)
    row, column = state.cursor
    parts = [f"{short(value)}" for value in state.pixel]
    name = "RGB" if len(parts) == 3 else "grey"
    first = f"pixel [{row}, {column}]  {name} {' '.join(parts)}"
    other = ""
    if state.space not in ("rgb", "bgr"):
        channels = zip(state.spaced.channels, state.converted, strict=True)
        other = "  " + "  ".join(f"{n} {v:.4g}" for n, v in channels)
    return (
        cropped(((first, "strong"), (other, "")), state.width),
        line(f"{size}, {range_words(state)}"),
        line(f"{counts}; {cut(state.spaced.formula[0], 60)}", "dim"),
    )


def spaces_line(state: PicturesState, unicode: bool) -> Line:
    """Return the names of the colour spaces, the chosen one marked."""
    sign = "▸" if unicode else ">"
    return tuple(
        (f"{sign if each.name == state.space else ' '}{each.title} ", role)
        for each in SPACES
        for role in (("input",) if each.name == state.space else ("dim",))
    )
