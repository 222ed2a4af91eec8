"""A network as ``cnntui layers`` prints it: its table, its totals, and where it stopped."""

from __future__ import annotations

from cnntui.engine.tracing.memory import Fit, TrainingMemory
from cnntui.engine.tracing.rows import Trace, TraceError
from cnntui.errors import printable
from cnntui.ground.tables import aligned
from cnntui.numbers import counted, shape, size_text
from cnntui.panes.layers.state import LayersState
from cnntui.parts.networks.folding import MACS_LINE
from cnntui.parts.networks.layer_report import RIGHT, TITLES, printed_cells
from cnntui.parts.networks.table import table_of


def page_of(
    state: LayersState, memory: TrainingMemory | None, fit: Fit | None, width: int | None
) -> str:
    """Lay a network out as text; None for as wide as its longest names.

    Where that is more than ``width``, the table is the pane's own, which fits any width.
    """
    trace = state.trace
    table = aligned(TITLES, printed_cells(trace, state.items), RIGHT)
    if width is not None and max(map(len, table)) > width:
        from cnntui.ui.table import table_text

        every = range(state.lines)
        table = table_text(table_of(state.items, every, state.cursor, state.sort, width))
    head = [printable(state.title), f"input {' and '.join(map(shape, trace.input_shapes))}", ""]
    return "\n".join([*head, *table, "", *_summary(trace, memory, fit)])


def _summary(trace: Trace, memory: TrainingMemory | None, fit: Fit | None) -> list[str]:
    """Say the totals, what training takes and what is to be known of the numbers."""
    frozen = trace.total_params - trace.trainable_params
    split = f" ({counted(frozen)} frozen)" if frozen else ""
    lines = [
        f"parameters   {counted(trace.total_params)}{split}, {size_text(trace.parameter_bytes)}",
        f"MACs         {counted(trace.total_macs)}, FLOPs {counted(trace.flops)}, "
        f"of a batch of {trace.input_shape[0]}",
        f"activations  {size_text(trace.activation_bytes)}",
    ]
    if memory is not None:
        lines.append(f"training     {_training_text(memory, fit)}")
    lines.append(MACS_LINE)
    if any(row.global_field for row in trace.rows):
        lines.append("field*: a global path sees the whole picture; this is the local field")
    if trace.why:
        lines.append(printable(f"run on {trace.how} tensors: {trace.why}"))
    if trace.error is not None:
        lines.append(printable(f"it stopped at {trace.error.name}: the table ends before that"))
    return lines


def _training_text(memory: TrainingMemory, fit: Fit | None) -> str:
    """Say what one training step takes, and whether it fits on the GPU."""
    parts = (
        (memory.parameters, "parameters"),
        (memory.gradients, "gradients"),
        (memory.optimizer_state, memory.optimizer),
        (memory.activations, "activations"),
    )
    summands = " + ".join(f"{size_text(size)} {name}" for size, name in parts if size)
    takes = f"{size_text(memory.total)} for a batch of {memory.batch}: {summands}"
    if fit is None:
        return takes
    verb = "fits" if fit.fits else "does not fit"
    return f"{takes}; {verb} on {fit.device} ({size_text(fit.free)} free)"


def error_text(name: str, error: TraceError) -> str:
    """Say on one line where the network stopped, torch's own message, and what would fit."""
    kind = f" ({error.type})" if error.type and error.type != error.name else ""
    where = f" at {error.name}{kind}" if error.name else ""
    got = f"; got {error.got}" if error.got else ""
    wanted = f", expected {error.expected}" if error.got and error.expected else ""
    fix = f"; it would fit with {error.fix}" if error.fix else ""
    message = " ".join(error.message.split())
    return printable(f"{name} stopped{where}: {message.rstrip('.')}{got}{wanted}{fix}")
