"""A traced network as one JSON object, CSV or Markdown, for what commands print and panes write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from cnntui.engine.tracing.memory import Fit, TrainingMemory
from cnntui.engine.tracing.rows import Row, Trace
from cnntui.errors import printable
from cnntui.ground.tables import csv_text, markdown_text
from cnntui.numbers import as_json, counted, pair_text, shape
from cnntui.parts.networks.folding import Item, field_text, folded_items

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
TITLES = ("#", "name", "type", "output", "params", "MACs", "bytes", "field", "jump")
RIGHT = frozenset(("#", "params", "MACs", "bytes", "field", "jump"))
UNCALLED = "(no call used)"


def written(
    trace: Trace, form: str, memory: TrainingMemory | None = None, fit: Fit | None = None
) -> str:
    """Return the table as a file of a form holds it: csv, json or markdown."""
    if form == "json":
        return as_json(report_of(trace, memory, fit)) + "\n"
    return (csv_of(trace) if form == "csv" else markdown_of(trace)) + "\n"


# JSON


def report_of(
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


# CSV and Markdown: the columns sum to the trace's totals


def csv_of(trace: Trace, items: Sequence[Item] | None = None) -> str:
    """Return the table as CSV, shapes as ``1x64x56x56``; what no call used is its last line."""
    return csv_text(CSV, [_csv_cells(item) for item in _all(trace, items)] + _uncalled_csv(trace))


def markdown_of(trace: Trace, items: Sequence[Item] | None = None) -> str:
    """Return the table as Markdown; its last line holds the totals."""
    lines = printed_cells(trace, _all(trace, items))
    *rows, total = lines
    bold = tuple(f"**{text}**" if text else "" for text in total)
    return markdown_text(TITLES, [*rows, bold], RIGHT)


def _all(trace: Trace, items: Sequence[Item] | None) -> Sequence[Item]:
    return folded_items(trace.rows, None, frozenset()) if items is None else items


def _csv_cells(item: Item) -> tuple[object, ...]:
    first, last = item.rows[0], item.row
    return (
        first.index,
        printable(item.name),
        f"block of {len(item.rows)}" if item.block else last.type,
        "" if item.block else _plain_text(last.settings),
        _plain(first.input_shape),
        _plain(last.output_shape),
        item.params,
        item.trainable_params,
        "" if item.block else _plain_text(last.params_formula),
        item.macs,
        item.activation_bytes,
        item.parameter_bytes,
        _plain(last.receptive_field or ()),
        _plain(last.jump or ()),
        " ".join(map(str, _inputs(item))),
    )


def _inputs(item: Item) -> list[int]:
    """Return the rows outside it that it reads."""
    own = {row.index for row in item.rows}
    return list(dict.fromkeys(at for row in item.rows for at in row.inputs if at not in own))


def _uncalled_csv(trace: Trace) -> list[tuple[object, ...]]:
    """Return a line of the parameters that no call used, where there are any."""
    if not trace.uncalled:
        return []
    called = Item("", trace.rows)
    trainable = trace.trainable_params - called.trainable_params
    numbers = (_uncalled_params(trace), trainable, "", 0, 0)
    rest = (*numbers, trace.parameter_bytes - called.parameter_bytes)
    return [("", UNCALLED, _uncalled_type(trace), "", "", "", *rest, "", "", "")]


def _uncalled_params(trace: Trace) -> int:
    return trace.total_params - Item("", trace.rows).params


def _uncalled_type(trace: Trace) -> str:
    many = len(trace.uncalled)
    return f"{many} parameter tensor{'s' if many > 1 else ''}"


def _plain(sizes: Sequence[float]) -> str:
    return "x".join(map(str, sizes))


def _plain_text(text: str) -> str:
    return text.replace("×", "x")


# Markdown, and the printed page


def printed_cells(trace: Trace, items: Sequence[Item]) -> list[tuple[str, ...]]:
    """Return the texts of each line under TITLES; the last line holds the totals."""
    lines = [_cells(item) for item in items]
    if trace.uncalled:
        numbers = (counted(_uncalled_params(trace)), "0", "0")
        lines.append(("", UNCALLED, _uncalled_type(trace), "", *numbers, "", ""))
    total = map(counted, (trace.total_params, trace.total_macs, trace.activation_bytes))
    return [*lines, ("", "total", "", "", *total, "", "")]


def _cells(item: Item) -> tuple[str, ...]:
    row = item.row
    return (
        str(item.rows[0].index),
        printable(item.name),
        f"block of {len(item.rows)}" if item.block else _kind(row),
        shape(row.output_shape[1:]),
        counted(item.params),
        counted(item.macs),
        counted(item.activation_bytes),
        field_text(row),
        "" if row.jump is None else pair_text(row.jump),
    )


def _kind(row: Row) -> str:
    frozen = "frozen" if row.frozen else ""
    return printable(" ".join(filter(None, (row.type, row.settings, frozen))))
