"""What the Layers pane shows: totals, memory, table, drawing and the words about a layer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from cnntui.engine.geometry import Axis
from cnntui.engine.geometry import formula as written_size
from cnntui.engine.tracing.rows import Row, Trace
from cnntui.engine.tracing.text import formula, sentence
from cnntui.ground.lines import Line, cropped, line, width_of, wrapped
from cnntui.ground.widths import cells
from cnntui.numbers import counted, pair_text, shape, short_count, size_text
from cnntui.panes.layers.state import LayersState
from cnntui.parts.networks.drawing import drawn
from cnntui.parts.networks.folding import Item
from cnntui.parts.networks.table import table_of
from cnntui.ui.frames.tables import TableFrame


@dataclass(frozen=True)
class LayersFrame:
    """One screenful: heading, totals, the table, the drawing, the words about the chosen layer."""

    heading: Line
    totals: Line
    memory: Line
    table: TableFrame
    drawing: tuple[Line, ...]
    words: tuple[Line, ...]


def frame_of(state: LayersState, width: int, lines: int, beside: int = 0) -> LayersFrame:
    """Return the frame of a state, ``width`` characters wide, with ``lines`` lines of words.

    ``beside`` characters of the table's lines are another's: the list of networks stands there.
    """
    from cnntui.parts.networks.training_memory import memory_line

    item = state.item
    return LayersFrame(
        heading=cropped((("Layers  ", "strong"), (state.title, "")), width),
        totals=totals(state, width),
        memory=memory_line(state.trace, state.saved, state.training, width),
        table=table_of(
            state.items, state.shown, state.cursor, state.sort, width - beside, bars=bool(beside)
        ),
        drawing=drawn(state.trace, item.row if item else None, width),
        words=tuple(words_of(state, width))[:lines],
    )


def totals(state: LayersState, width: int) -> Line:
    """Write the totals on one line, and at its right how they were found and where the cursor is."""
    trace = state.trace
    sums = (
        f"{counted(trace.total_params)} parameters · {short_count(trace.total_macs)} MACs · "
        f"{shape(trace.input_shape[1:])}"
    )
    find = f" · find {state.find!r}" if state.find else ""
    right = ((f"{trace.how}{find} · {state.cursor + 1}/{state.lines}", "dim"),)
    gap = " " * max(2, width - cells(sums) - width_of(right))
    return cropped(((sums, "output"), (gap, ""), *right), width)


# the words


def words_of(state: LayersState, width: int) -> list[Line]:
    """Say what the chosen layer does, with its own numbers, and what it reads."""
    lines: list[Line] = []
    error = state.trace.error
    if error is not None:
        fix = f"; it would fit with {error.fix}" if error.fix else ""
        got = f" (got {error.got}, expected {error.expected})" if error.got else ""
        text = f"stopped at {error.name}: {error.message.splitlines()[0]}{got}{fix}"
        lines += wrapped([line(word, "bad") for word in text.split()], width, 3)
    item = state.item
    if item is not None:
        lines += _about(state.trace, item, width)
    return lines


def _about(trace: Trace, item: Item, width: int) -> list[Line]:
    row = item.row
    title: Line = (
        (f"{item.name}  ", "strong"),
        (f"{shape(item.rows[0].input_shape)} → {shape(row.output_shape)}", "output"),
    )
    says = [title if not item.block else (*title, (f"  {len(item.rows)} layers", "dim"))]
    if not item.block:
        says += wrapped([line(word) for word in sentence(row).split()], width, 2)
        says += [line(text, "dim") for text in beside((size_formula(row), formula(row)), width)[:1]]
        says += [line(text) for text in beside(counts_of(row), width)]
    says.append(line(_figures(trace, item), "dim"))
    says.append(_inputs(trace, item.rows[0]))
    return [cropped(each, width) for each in says]


def beside(texts: Sequence[str], width: int) -> list[str]:
    """Put texts on one line where they fit, else each on its own; empty ones are left out."""
    kept = [text for text in texts if text]
    joined = " · ".join(kept)
    return kept if cells(joined) > width or not kept else [joined]


def size_formula(row: Row) -> str:
    """Write the output height with the row's own numbers; empty where it slides no window."""
    reach = row.reaches[0][0] if len(row.reaches) == 1 and row.reaches[0] else None
    if reach is None or reach.kind != "window" or reach.trivial:
        return ""
    axis = Axis(reach.size, reach.kernel, reach.stride, reach.dilation, reach.before, reach.before)
    return written_size(axis) if axis.outputs == row.units[0] else ""  # ceil mode, uneven padding


def counts_of(row: Row) -> list[str]:
    """Write the arithmetic of the row's parameters and MACs: outputs times taps of each."""
    texts = []
    if row.params_formula:
        frozen = " · frozen" if row.frozen else ""
        texts.append(f"parameters {row.params_formula} = {counted(row.params)}{frozen}")
    outputs = prod(row.output_shape)
    if row.macs and row.macs % outputs == 0:
        each = row.macs // outputs
        texts.append(f"MACs {shape(row.output_shape)} × {counted(each)} = {counted(row.macs)}")
    return texts


def _figures(trace: Trace, item: Item) -> str:
    row = item.row
    parts = [f"activation {size_text(item.activation_bytes)}"]
    if trace.total_params:
        parts.append(f"{item.params / trace.total_params:.1%} of params")
    if trace.total_macs:
        parts.append(f"{item.macs / trace.total_macs:.1%} of MACs")
    if row.receptive_field is not None and row.jump is not None and row.start is not None:
        reach = f"jump {pair_text(row.jump)} from {pair_text(row.start)}"
        parts.append(f"field {pair_text(row.receptive_field)}, {reach}")
    if row.global_field:
        parts.append("* a global path sees the whole picture")
    return " · ".join(parts)


def _inputs(trace: Trace, row: Row) -> Line:
    names = ["the input" if at < 0 else trace.rows[at].name for at in row.inputs]
    skips = [at for at in row.inputs if at >= 0 and at != row.index - 1]
    reads = f"reads {' and '.join(names)}" if names else "reads nothing that is traced"
    return (
        (reads, "dim"),
        (f" · skip over {row.index - 1 - min(skips)} rows" if skips else "", "kernel"),
    )
