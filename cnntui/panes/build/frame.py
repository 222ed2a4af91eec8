"""What the Build pane shows of its state: results beside the lines, totals, errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cnntui.engine.building.blueprint import LineError, lines_of
from cnntui.engine.tracing.rows import Trace
from cnntui.errors import printable
from cnntui.ground.lines import Line, cropped, flowed, line, plain
from cnntui.ground.widths import cells, cropped_text, padded
from cnntui.numbers import counted, pair_text, shape
from cnntui.panes.build.state import MOST_TRACED, BuildingState, LineResult
from cnntui.parts.networks.drawing import drawn
from cnntui.parts.networks.table import table_of
from cnntui.ui.frames.tables import TableFrame

SHAPE = 15  # characters of a shape
PARAMS = 13
HINT = "f4 in Layers  ^e code"  # what the footer has no room for
ERROR_LINES = 4  # of one error


@dataclass(frozen=True)
class Room:
    """How the pane is divided: widths of editor and results, lines of the body."""

    width: int
    editor: int
    results: int
    body: int
    below: int  # lines under the totals


@dataclass(frozen=True)
class BuildingFrame:
    """One screenful. There is a table and a drawing, or ``errors``."""

    heading: Line
    results: tuple[Line, ...]
    totals: Line
    errors: tuple[Line, ...]
    drawing: tuple[Line, ...]
    table: TableFrame | None


def room(width: int, height: int) -> Room:
    """Divide a pane of ``width`` by ``height`` characters."""
    results = min(48, max(20, width * 2 // 5))
    body = max(3, (height - 4) * 3 // 5 + 1)
    return Room(width, max(16, width - results), results, body, max(1, height - body - 2))


def frame_of(state: BuildingState, space: Room, top: int = 0) -> BuildingFrame:
    """Return the frame; ``top`` is the first line of the text on view, from 0."""
    width = space.width - 2
    layers = state.layers if not state.fault else None
    item = layers.item if layers else None
    return BuildingFrame(
        heading=_heading(state, space),
        results=tuple(
            result_line(state.results.get(number), space.results - 2)
            for number in range(top + 1, top + 1 + space.body)
        ),
        totals=cropped(totals(state), width),
        errors=() if layers else tuple(_words(state, width, space.below)),
        drawing=drawn(layers.trace, item.row if item else None, width) if layers else (),
        table=(
            table_of(layers.items, layers.shown, layers.cursor, layers.sort, width)
            if layers
            else None
        ),
    )


def _heading(state: BuildingState, space: Room) -> Line:
    name = f"Build  {printable(state.written.name)}{' · changed' if state.changed else ''}"
    title = cropped_text(name, space.editor - 2)
    left = space.editor - cells(title) - 2
    hint = HINT if cells(HINT) + 2 <= left else ""
    return (
        (title[:6], "strong"),
        (title[6:], ""),
        (f"{hint:>{left}}  ", "dim"),
        (f"{'output':<{SHAPE}}{'parameters':>{_params_width(space.results - 2)}}", "dim"),
    )


def _params_width(width: int) -> int:
    return max(0, min(PARAMS, width - SHAPE))


def result_line(result: LineResult | None, width: int) -> Line:
    """Write what a line makes, or what is wrong with it."""
    if result is None:
        return ()
    if result.error:
        return cropped(line(f"✗ {printable(result.error.text)}", "bad"), width)
    params = counted(result.params) if result.params else ""
    made = shape(result.output or ()).ljust(SHAPE)
    return cropped(((made, "output"), (params.rjust(_params_width(width)), "")), width)


def totals(state: BuildingState) -> Line:
    """Write the totals; what only torch's pass tells is a dot until it is there."""
    if state.errors:
        count = len(state.errors)
        wrong = "1 line is wrong" if count == 1 else f"{counted(count)} lines are wrong"
        able = state.mendable
        mends = f" · F2 mends line {able.line}" if able else ""
        return ((wrong, "bad"), (mends, "key"))
    if state.fault:
        return line("no layer yet", "dim")
    trace = state.current.trace if state.current else None
    macs, field = (counted(trace.total_macs), last_field(trace)) if trace else ("…", "…")
    through = f"{shape(state.shaped.input)} → {shape(state.shaped.output)}"
    return (
        (f"{counted(state.params)} parameters", "strong"),
        (f" · {macs} MACs · field {field}" if field else f" · {macs} MACs", ""),
        (f" · {through}", "output"),
    )


def last_field(trace: Trace) -> str:
    """Return the receptive field of the last layer that has one."""
    fields = [row for row in trace.rows if row.receptive_field is not None]
    if not fields:
        return ""
    text = pair_text(fields[-1].receptive_field or ())
    return f"{text} (whole picture)" if fields[-1].global_field else text


def _words(state: BuildingState, width: int, most: int) -> list[Line]:
    if not state.fault:
        if len(state.shaped.layers) > MOST_TRACED:
            why = f"more than {counted(MOST_TRACED)} layers: not traced while it is typed; "
            return flowed(line(f"{why}`cnntui build FILE --json` has the table", "dim"), width, 2)
        return [line("torch …", "dim")]
    if not state.errors:
        return [line(str(state.fault), "dim")]
    return listed_errors(state.errors, width, most)


def listed_errors(errors: Sequence[LineError], width: int, most: int) -> list[Line]:
    """Write as many errors as there is room for, each with its fix; the others are counted."""
    lines: list[Line] = []
    for at, error in enumerate(errors):
        runs: Line = (
            (f"line {error.line}:", "bad"),
            (printable(error.text), ""),
            (f"→ {printable(error.fix)}", "good"),
        )
        lines += flowed(runs, width, ERROR_LINES)
        if len(lines) > most - (at < len(errors) - 1):
            left = len(errors) - at - (at == 0)
            more = [line(f"… {left} more", "dim")] if left else []
            return [*lines[: max(1, most - len(more))], *more]
    return lines


def text_of(state: BuildingState, trace: Trace) -> str:
    """Return the lines with what they make, and the totals, as the command line prints them."""
    lines = [printable(each) for each in lines_of(state.text.rstrip("\n"))]
    width = min(60, max(map(cells, lines)))
    rows = [f"Build  {printable(state.written.name)}"]
    rows.append(f"{'':>4}  {'':<{width}}  {'output':<{SHAPE}}{'parameters':>{PARAMS}}")
    for number, text in enumerate(lines, 1):
        made = plain(result_line(state.results.get(number), SHAPE + PARAMS))
        rows.append(f"{number:>4}  {padded(text, width)}  {made}".rstrip())
    whole = state.with_trace(state.text, trace)
    return "\n".join([*rows, "", plain(totals(whole))])
