"""What lessons may ask of the Build pane."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnntui.engine.tracing.rows import Trace
from cnntui.numbers import number_or_sizes
from cnntui.panes.build.state import BuildingState

FACTS: Mapping[str, str] = {
    "net": "the network's name",
    "changed": "whether the text differs from what was opened or saved",
    "lines": "lines with a layer",
    "layers": "layers, over all rounds of a repeat",
    "errors": "how many lines are wrong",
    "error_line": "the first wrong line, from 1; 0 for none",
    "error": "what is said of it; empty for none",
    "total_params": "parameters of all lines that are right",
    "input_shape": "(channels, height, width)",
    "output_shape": "after the last layer",
    "total_macs": "multiply-adds; absent until the text is traced",
    "receptive_field": "of the last layer that has one; absent until the text is traced",
}


def facts_of(state: BuildingState, about: object = None) -> dict[str, Any]:
    """Return what is so of a written network."""
    shaped, errors = state.shaped, state.errors
    first = min(errors, key=lambda error: error.line, default=None)
    facts: dict[str, Any] = {
        "net": state.written.name,
        "changed": state.changed,
        "lines": len({layer.layer.line for layer in shaped.layers}),
        "layers": len(shaped.layers),
        "errors": len({error.line for error in errors}),
        "error_line": first.line if first else 0,
        "error": first.text if first else "",
        "total_params": state.params,
        "input_shape": shaped.input,
        "output_shape": shaped.output,
    }
    if state.current is not None:
        facts |= _traced(state.current.trace)
    return facts


def _traced(trace: Trace) -> dict[str, Any]:
    facts: dict[str, Any] = {"total_macs": trace.total_macs}
    fields = [row.receptive_field for row in trace.rows if row.receptive_field is not None]
    if fields:
        facts["receptive_field"] = number_or_sizes(fields[-1])
    return facts
