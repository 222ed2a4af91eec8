"""What some curves look like in a state: dots, ticks, legend with values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isnan

import numpy as np

from cnntui.ground.lines import Line, width_of
from cnntui.ground.widths import cells, cropped_text
from cnntui.numbers import counted, fitted
from cnntui.parts.curves.axes import Axis, across, axis_of, labels, position, rule
from cnntui.parts.curves.dots import Canvas
from cnntui.parts.curves.series import Columns, Series
from cnntui.parts.curves.state import STEP, CurvesState
from cnntui.ui.frames.curves import STYLES, CurveFrame

PERCENT = ("accuracy", "top-5")  # shares, shown per cent
SAMPLES = ("──", "┄┄", "┈┈", "━╌", "╍╍", "╌╌")  # what the styles look like in the legend
NARROWEST, LOWEST = 12, 3
TALL = 9  # lines from which the ticks of x have a line of their own
ROOMY, SMALL = 12, 6  # lines from which the legend may take two, on a wide and a narrow screen
WIDE = 40


@dataclass(frozen=True, eq=False)
class Curve:
    """A series with its name and its style (0 solid, 1 dashed, …), in the x of the state's axis.

    ``smooth`` tells whether the state's smoothing concerns it.
    """

    name: str
    series: Series
    style: int = 0
    smooth: bool = True


def curve_frame(state: CurvesState, curves: Sequence[Curve], width: int, height: int) -> CurveFrame:
    """Return what is to be drawn of the curves that are shown, in a rectangle of characters.

    Give the state the data's extent first (``extent_of``). Costs O(width) and what is new in the
    series, however many points there are.
    """
    width, height = max(width, NARROWEST), max(height, LOWEST)
    shown = [curve for curve in curves if curve.name not in state.hidden]
    ranges = [_columns(state, curve, 1) for curve in shown]
    head = _head(state, shown, _notes(state, shown, ranges, width // 2), width, height)
    foot_lines = 2 if height >= TALL else 1
    rows = height - len(head) - foot_lines
    axis = _axis(state, ranges, rows)
    ticks = _ticks(state, axis, rows, width)
    left = _left(ticks, width)
    columns = [_columns(state, curve, 2 * (width - left)) for curve in shown]
    dots, owners = _drawn(shown, columns, axis, rows, width - left)
    return CurveFrame(
        width, height, head, left, ticks, dots, owners,
        edges=_edges(shown, columns),
        foot=_foot(state, width, left, foot_lines),
        cursor=_cursor_column(state, width - left),
        message="" if axis is not None else _why(state, shown, columns),
    )  # fmt: skip


def _drawn(
    curves: Sequence[Curve], lines: Sequence[Columns], axis: Axis | None, rows: int, columns: int
) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """Return dots and owners of the lines, the last one on top."""
    canvas = Canvas(rows, columns)
    if axis is not None:
        for curve, line in zip(curves, lines, strict=True):
            canvas.draw(line, axis, curve.style)
    return canvas.rows()


def cursor_stepped(state: CurvesState, curves: Sequence[Curve], by: int) -> CurvesState:
    """Move the cursor by characters, and from there on to the next point that is shown."""
    moved = state.cursor_moved(by)
    if state.cursor is None or moved.cursor is None or not by:
        return moved
    forward = by > 0
    shown = [curve.series for curve in curves if curve.name not in state.hidden]
    places = [x for one in shown if (x := one.beyond(moved.cursor, forward)) is not None]
    return moved.cursor_to(min(places) if forward else max(places)) if places else moved


def extent_of(curves: Sequence[Curve]) -> tuple[float, float]:
    """Return the first and the last x of some curves, as ``CurvesState.with_extent`` takes them."""
    extents = [extent for curve in curves if (extent := curve.series.extent)]
    if not extents:
        return 0.0, 0.0
    return min(first for first, _ in extents), max(last for _, last in extents)


def _left(ticks: Sequence[tuple[int, str]], width: int) -> int:
    """Return the characters left of the dots: a space, the labels, a space and the axis."""
    widest = max((len(text) for _, text in ticks), default=0)
    return max(3, widest) + 3 if width >= WIDE else max(1, widest) + 2


def _columns(state: CurvesState, curve: Curve, count: int) -> Columns:
    start, end = state.view
    return curve.series.columns(start, end, count, _weight(state, curve), state.is_log)


def _weight(state: CurvesState, curve: Curve) -> float:
    return state.weight if curve.smooth else 0.0


def _axis(state: CurvesState, lines: Sequence[Columns], rows: int) -> Axis | None:
    """Return the axis for what is in the view, or for the lines that cross it."""
    inside = [side for line in lines for side in (line.low, line.high)]
    values = np.concatenate(inside) if inside else np.empty(0)
    if np.isnan(values).all():
        crossing = [(c.before, c.after) for c in lines if not c.filled.any()]
        ends = [(a[1], b[1]) for a, b in crossing if a and b and not isnan(a[1] + b[1])]
        values = np.array(ends).ravel()
    if not len(values):
        return None
    return axis_of(float(np.nanmin(values)), float(np.nanmax(values)), state.is_log, rows)


def _ticks(
    state: CurvesState, axis: Axis | None, rows: int, width: int
) -> tuple[tuple[int, str], ...]:
    """Return the labels that leave the plot two thirds of the width."""
    if axis is None:
        return ()
    ticks = axis.ticks(rows, _scale(state))
    return tuple((row, text) for row, text in ticks if len(text) <= width // 3 - 2)


def _scale(state: CurvesState) -> float:
    return 100.0 if state.quantity in PERCENT else 1.0


# the words above


def _head(
    state: CurvesState, curves: Sequence[Curve], notes: str, width: int, height: int
) -> tuple[Line, ...]:
    """Return title, legend and notes on a line, or on two where there is room.

    What does not fit whole is left out: a number cut off would be another number.
    """
    entries = [_entry(state, curve, width) for curve in curves]
    most = 2 if height >= (ROOMY if width >= WIDE else SMALL) else 1
    title: Line = ((cropped_text(f" {_title(state)}", width), "strong"),)
    room = width - (cells(notes) + 2 if notes else 0)
    lines, whole = _packed(title, entries, room, width, most)
    if not whole:  # names go before numbers do
        entries = [(*entry[:2], *entry[3:]) for entry in entries]
        lines, _ = _packed(title, entries, room, width, most)
    gap = width - width_of(lines[0]) - cells(notes)
    if notes and gap > 0:
        lines[0] = (*lines[0], (" " * gap, ""), (notes, "dim"))
    return tuple(lines)


def _packed(
    title: Line, entries: Sequence[Line], room: int, width: int, most: int
) -> tuple[list[Line], bool]:
    """Put entries behind the title, ``room`` characters, and below; tell whether all fit."""
    lines, whole = [title], True
    for entry in entries:
        if width_of(lines[-1]) + width_of(entry) > room and len(lines) < most:
            lines, room = [*lines, ()], width
        if width_of(lines[-1]) + width_of(entry) <= room:
            lines[-1] = (*lines[-1], *entry)
        else:
            whole = False
    return lines, whole


def _title(state: CurvesState) -> str:
    unit = " %" if state.quantity in PERCENT else ""
    return f"{state.quantity}{unit}{' (log)' if state.is_log else ''}"


def _entry(state: CurvesState, curve: Curve, width: int) -> Line:
    """Return a curve's sample, its name and its value at the cursor, or its last one."""
    style = curve.style % STYLES
    at = inf if state.cursor is None else state.cursor
    point = curve.series.nearest(at, _weight(state, curve))
    value = (
        "–" if point is None else fitted(point[1] * _scale(state), 6 if _scale(state) == 1 else 5)
    )
    return (
        ("   " if width >= WIDE else " ", ""),
        (SAMPLES[style], f"sample{style}"),
        (f" {curve.name}", f"line{style}"),
        (f" {value:<6}", ""),
    )


def _notes(state: CurvesState, curves: Sequence[Curve], lines: Sequence[Columns], room: int) -> str:
    """Return what is to be known beside the values, the most important first, as fits whole."""
    notes = []
    if left_out := sum(line.left_out for line in lines):
        notes.append(f"{counted(left_out)} left out (<= 0)")
    if state.cursor is not None:
        notes.append(f"{state.per} {_where(state, curves)}")
    if state.smoothing and any(curve.smooth for curve in curves):
        notes.append(f"smooth {state.weight:g}")
    while cells(" · ".join(notes)) > room:
        notes.pop()
    return " · ".join(notes)


def _where(state: CurvesState, curves: Sequence[Curve]) -> str:
    """Write the x that is read: that of the nearest point of the first curve."""
    assert state.cursor is not None
    point = curves[0].series.nearest(state.cursor) if curves else None
    x = state.cursor if point is None else point[0]
    start, end = state.view
    return position(x, 1.0 if x == int(x) else (end - start) / state.columns)


# the words below, and the marks


def _foot(state: CurvesState, width: int, left: int, lines: int) -> tuple[str, ...]:
    start, end = state.view
    ticks = across(start, end, width - left, whole=state.per == STEP)
    if lines == 2:
        below = ticks if width >= WIDE else ticks[:: max(1, len(ticks) - 1)]
        return rule(width, left, ticks), labels(width, left, below)
    last = position(end, min(end - start, 1.0) if end == int(end) else (end - start) / 100)
    return (rule(width, left, ticks, last),)


def _edges(curves: Sequence[Curve], lines: Sequence[Columns]) -> tuple[tuple[int, bool, int], ...]:
    """Return the cells of the first and last row in which a value is infinite."""
    marks = {
        (int(column) // 2, up): curve.style % STYLES
        for curve, line in zip(curves, lines, strict=True)
        for up, places in ((True, line.above), (False, line.below))
        for column in places
    }
    return tuple((column, up, style) for (column, up), style in sorted(marks.items()))


def _cursor_column(state: CurvesState, columns: int) -> int | None:
    start, end = state.view
    if state.cursor is None or not start <= state.cursor <= end:
        return None
    return min(int((state.cursor - start) / (end - start) * columns), columns - 1)


def _why(state: CurvesState, curves: Sequence[Curve], lines: Sequence[Columns]) -> str:
    """Say why there is nothing to draw."""
    if not any(len(curve.series) for curve in curves):
        return "no points yet"
    if any(line.left_out for line in lines):
        return "nothing above 0 for a log axis"
    if any(line.filled.any() for line in lines):
        return "no finite value here"
    return "no points in this window"
