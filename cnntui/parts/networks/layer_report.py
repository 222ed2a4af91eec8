"""A traced network as one JSON object, CSV, Markdown or a printed page; also a file's tensors.

Plain functions of a Trace: the command line prints what they return, the pane's export writes it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, NamedTuple

from cnntui.engine.tracing.memory import Fit, TrainingMemory
from cnntui.engine.tracing.rows import Row, Trace, TraceError
from cnntui.errors import printable
from cnntui.ground.tables import aligned, csv_text, markdown_text
from cnntui.numbers import counted, in_json, pair_text, shape, size_text
from cnntui.parts.networks.rows import MACS_LINE, Item, field_text, folded_items

if TYPE_CHECKING:
    from cnntui.models.checkpoint import Stored

ROW = (
    *("index", "name", "type", "settings", "input_shape", "output_shape", "params"),
    *("trainable_params", "params_formula", "macs", "receptive_field", "jump"),
    *("activation_bytes", "inputs", "parameter_bytes", "params_share", "macs_share"),
    *("start", "global_field"),
)
CSV = (
    *("index", "name", "type", "settings", "input_shape", "output_shape", "params"),
    *("trainable_params", "params_formula", "macs", "activation_bytes", "parameter_bytes"),
    *("receptive_field", "jump", "inputs"),
)
SUMMED = ("params", "trainable_params", "macs", "activation_bytes", "parameter_bytes")
TITLES = ("#", "name", "type", "output", "params", "MACs", "bytes", "field", "jump")
RIGHT = frozenset(("#", "params", "MACs", "bytes", "field", "jump"))
TENSOR = ("name", "shape", "dtype", "bytes")
UNCALLED = "(no call used)"


class Totals(NamedTuple):
    """The sums of some rows, in the order of SUMMED."""

    params: int
    trainable_params: int
    macs: int
    activation_bytes: int
    parameter_bytes: int


def written(
    trace: Trace, form: str, memory: TrainingMemory | None = None, fit: Fit | None = None
) -> str:
    """Return the table as a file of a form holds it: csv, json or markdown."""
    if form == "json":
        told = layers_report(trace, memory, fit)
        return json.dumps(in_json(told), allow_nan=False) + "\n"
    return (layers_csv(trace) if form == "csv" else layers_markdown(trace)) + "\n"


# JSON


def layers_report(
    trace: Trace, memory: TrainingMemory | None = None, fit: Fit | None = None
) -> dict[str, Any]:
    """Return the object that ``layers --json`` prints; every row is in it, whatever is folded.

    ``memory`` in it is null without one, and ``fits`` and ``device`` in that without a GPU.
    """
    return {
        "name": trace.name,
        "input_shape": trace.input_shape,
        "input_shapes": trace.input_shapes,
        "rows": [{name: getattr(row, name) for name in ROW} for row in trace.rows],
        "uncalled": [{"name": name, "params": params} for name, params in trace.uncalled],
        "total_params": trace.total_params,
        "trainable_params": trace.trainable_params,
        "total_macs": trace.total_macs,
        "flops": trace.flops,
        "activation_bytes": trace.activation_bytes,
        "parameter_bytes": trace.parameter_bytes,
        "memory": None if memory is None else _memory(memory, fit),
        "how": trace.how,
        "why": trace.why,
        "error": None if trace.error is None else asdict(trace.error),
    }


def _memory(memory: TrainingMemory, fit: Fit | None) -> dict[str, Any]:
    return {
        **asdict(memory),
        "total": memory.total,
        "fits": None if fit is None else fit.fits,
        "device": None if fit is None else fit.device,
        "free": None if fit is None else fit.free,
    }


def tensors_report(name: str, tensors: Sequence[Stored]) -> dict[str, Any]:
    """Return the object printed for a file of weights of no known network."""
    return {
        "name": name,
        "tensors": [asdict(tensor) for tensor in tensors],
        "total_bytes": sum(tensor.bytes for tensor in tensors),
    }


# CSV and Markdown: the columns sum to the trace's totals


def layers_csv(trace: Trace, items: Sequence[Item] | None = None) -> str:
    """Return the table as CSV, shapes as ``1x64x56x56``; what no call used is its last line."""
    return csv_text(CSV, [_csv_cells(item) for item in _all(trace, items)] + _uncalled_csv(trace))


def layers_markdown(trace: Trace, items: Sequence[Item] | None = None) -> str:
    """Return the table as Markdown; its last line holds the totals."""
    lines = printed_cells(trace, _all(trace, items))
    *rows, total = lines
    bold = tuple(f"**{text}**" if text else "" for text in total)
    return markdown_text(TITLES, [*rows, bold], RIGHT)


def tensors_csv(tensors: Sequence[Stored]) -> str:
    """Return the tensors of a file as CSV."""
    rows = [(printable(t.name), _plain(t.shape), t.dtype, t.bytes) for t in tensors]
    return csv_text(TENSOR, rows)


def tensors_markdown(tensors: Sequence[Stored]) -> str:
    """Return the tensors of a file as Markdown."""
    return markdown_text(TENSOR, tensor_cells(tensors), RIGHT)


def _all(trace: Trace, items: Sequence[Item] | None) -> Sequence[Item]:
    return folded_items(trace.rows, None, frozenset()) if items is None else items


def uncalled(trace: Trace) -> Totals:
    """Return the sums of the parameters that no call used."""
    rows = [sum(getattr(row, name) for row in trace.rows) for name in SUMMED]
    return Totals(
        trace.total_params - rows[0],
        trace.trainable_params - rows[1],
        0,
        0,
        trace.parameter_bytes - rows[4],
    )


def sums(item: Item) -> Totals:
    """Return the sums of a line's rows."""
    return Totals(*(sum(getattr(row, name) for row in item.rows) for name in SUMMED))


def _csv_cells(item: Item) -> tuple[object, ...]:
    first, last, found = item.rows[0], item.row, sums(item)
    return (
        first.index,
        printable(item.name),
        f"block of {len(item.rows)}" if item.block else last.type,
        "" if item.block else _plain_text(last.settings),
        _plain(first.input_shape),
        _plain(last.output_shape),
        found.params,
        found.trainable_params,
        "" if item.block else _plain_text(last.params_formula),
        found.macs,
        found.activation_bytes,
        found.parameter_bytes,
        _plain(last.receptive_field or ()),
        _plain(last.jump or ()),
        " ".join(map(str, _inputs(item))),
    )


def _inputs(item: Item) -> list[int]:
    """Return the rows outside it that it reads."""
    own = {row.index for row in item.rows}
    return list(dict.fromkeys(at for row in item.rows for at in row.inputs if at not in own))


def _uncalled_csv(trace: Trace) -> list[tuple[object, ...]]:
    rest = uncalled(trace)
    if not trace.uncalled:
        return []
    told = _uncalled_type(trace)
    numbers = (rest.params, rest.trainable_params, "", 0, 0, rest.parameter_bytes)
    return [("", UNCALLED, told, "", "", "", *numbers, "", "", "")]


def _uncalled_type(trace: Trace) -> str:
    many = len(trace.uncalled)
    return f"{many} parameter tensor{'s' if many > 1 else ''}"


def _plain(sizes: Sequence[float]) -> str:
    return "x".join(map(str, sizes))


def _plain_text(text: str) -> str:
    return text.replace("×", "x")


# the printed page


def printed_cells(trace: Trace, items: Sequence[Item]) -> list[tuple[str, ...]]:
    """Return the texts of each line under TITLES; the last line holds the totals."""
    lines = [_cells(item) for item in items]
    rest = uncalled(trace)
    if trace.uncalled:
        numbers = (counted(rest.params), "0", "0")
        lines.append(("", UNCALLED, _uncalled_type(trace), "", *numbers, "", ""))
    total = map(counted, (trace.total_params, trace.total_macs, trace.activation_bytes))
    return [*lines, ("", "total", "", "", *total, "", "")]


def _cells(item: Item) -> tuple[str, ...]:
    row, found = item.row, sums(item)
    return (
        str(item.rows[0].index),
        printable(item.name),
        f"block of {len(item.rows)}" if item.block else _kind(row),
        shape(row.output_shape[1:]),
        counted(found.params),
        counted(found.macs),
        counted(found.activation_bytes),
        field_text(row),
        "" if row.jump is None else pair_text(row.jump),
    )


def _kind(row: Row) -> str:
    frozen = "frozen" if row.frozen else ""
    return printable(" ".join(filter(None, (row.type, row.settings, frozen))))


def summary(trace: Trace, memory: TrainingMemory | None, fit: Fit | None) -> list[str]:
    """Say the totals, what training takes and what is to be known of the numbers."""
    frozen = trace.total_params - trace.trainable_params
    split = f" ({counted(frozen)} frozen)" if frozen else ""
    said = [
        f"parameters   {counted(trace.total_params)}{split}, {size_text(trace.parameter_bytes)}",
        f"MACs         {counted(trace.total_macs)}, FLOPs {counted(trace.flops)}, "
        f"of a batch of {trace.input_shape[0]}",
        f"activations  {size_text(trace.activation_bytes)}",
    ]
    if memory is not None:
        said += [f"training     {training_text(memory, fit)}"]
    said.append(MACS_LINE)
    if any(row.global_field for row in trace.rows):
        said.append("field*: a global path sees the whole picture; this is the local field")
    if trace.why:
        said.append(printable(f"run on {trace.how} tensors: {trace.why}"))
    if trace.error is not None:
        said.append(printable(f"it stopped at {trace.error.name}: the table ends before that"))
    return said


def training_text(memory: TrainingMemory, fit: Fit | None) -> str:
    """Say what one training step takes, and whether it fits on the GPU."""
    parts = (
        (memory.parameters, "parameters"),
        (memory.gradients, "gradients"),
        (memory.optimizer_state, memory.optimizer),
        (memory.activations, "activations"),
    )
    told = " + ".join(f"{size_text(size)} {name}" for size, name in parts if size)
    said = f"{size_text(memory.total)} for a batch of {memory.batch}: {told}"
    if fit is None:
        return said
    verb = "fits" if fit.fits else "does not fit"
    return f"{said}; {verb} on {fit.device} ({size_text(fit.free)} free)"


def error_text(name: str, error: TraceError) -> str:
    """Say on one line where the network stopped, torch's own message, and what would fit."""
    kind = f" ({error.type})" if error.type and error.type != error.name else ""
    where = f" at {error.name}{kind}" if error.name else ""
    got = f"; got {error.got}" if error.got else ""
    wanted = f", expected {error.expected}" if error.got and error.expected else ""
    fix = f"; it would fit with {error.fix}" if error.fix else ""
    said = " ".join(error.message.split())
    return printable(f"{name} stopped{where}: {said.rstrip('.')}{got}{wanted}{fix}")


def tensors_page(name: str, tensors: Sequence[Stored]) -> str:
    """Lay the tensors of a file out as text."""
    total = sum(tensor.bytes for tensor in tensors)
    table = aligned(TENSOR, tensor_cells(tensors), RIGHT)
    head = f"{printable(name)} holds weights of no known network: {len(tensors)} tensors"
    return "\n".join([head, "", *table, "", f"{counted(total)} bytes, {size_text(total)}"])


def tensor_cells(tensors: Sequence[Stored]) -> list[tuple[str, ...]]:
    """Return name, shape, type and bytes of each tensor, as text."""
    return [(printable(t.name), shape(t.shape), t.dtype, counted(t.bytes)) for t in tensors]
