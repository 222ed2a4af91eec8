"""What lessons may ask of the Layers pane."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnntui.models.opening import NetRequest
from cnntui.numbers import number_or_sizes
from cnntui.panes.layers.field.state import FieldState
from cnntui.panes.layers.state import LayersState
from cnntui.parts.networks.folding import Item

FACTS: Mapping[str, str] = {
    "net": "the network's name",
    "total_params": "parameters of the network",
    "trainable_params": "those that are trained",
    "total_macs": "multiply-adds of one forward pass",
    "activation_bytes": "bytes of every layer's output",
    "input_shape": "(channels, height, width) of the first input",
    "output_shape": "of the last layer, without the batch",
    "batch": "pictures at a time",
    "layers": "rows of the trace",
    "rows": "lines of the table, as folded and filtered",
    "depth": "names are folded to so many parts; 0 for none",
    "sort": "the column that sorts; empty for call order",
    "find": "the text that filters the rows",
    "error": "the layer where the network stops; empty where it runs through",
    "layer": "the name of the row under the cursor",
    "layer_type": "its type: Conv2d, Linear; empty for a block",
    "layer_params": "its parameters",
    "layer_macs": "its multiply-adds",
    "layer_input_shape": "what it takes, without the batch",
    "layer_output_shape": "what it makes, without the batch",
    "layer_settings": "k3 s2 p1: what isn't torch's default",
    "receptive_field": "its field: a number, or (height, width); absent where it has none",
    "jump": "its effective stride: a number, or (height, width); absent where it has none",
    "field_shown": "whether the field is shown on the picture",
    "field_unit": "(row, column) of the unit whose field is shown; absent where none is",
}


def facts_of(state: LayersState | NetRequest, about: object = None) -> dict[str, Any]:
    """Return what is so of a traced network; ``about`` is the field that is shown over it."""
    if isinstance(state, NetRequest):
        return {"net": state.text}
    trace = state.trace
    field = about if isinstance(about, FieldState) else None
    facts = {
        "net": trace.name,
        "total_params": trace.total_params,
        "trainable_params": trace.trainable_params,
        "total_macs": trace.total_macs,
        "activation_bytes": trace.activation_bytes,
        "input_shape": trace.input_shape[1:],
        "batch": trace.input_shape[0],
        "layers": len(trace.rows),
        "rows": len(state.items),
        "depth": state.depth or 0,
        "sort": state.sort,
        "find": state.find,
        "error": trace.error.name if trace.error else "",
        "field_shown": field is not None,
    }
    if trace.rows:
        facts["output_shape"] = trace.rows[-1].output_shape[1:]
    if field is not None:
        facts["field_unit"] = field.unit
    return facts | (_layer(state.item) if state.item is not None else {})


def _layer(item: Item) -> dict[str, Any]:
    row = item.row
    facts: dict[str, Any] = {
        "layer": item.name,
        "layer_type": item.kind,
        "layer_params": item.params,
        "layer_macs": item.macs,
        "layer_input_shape": item.rows[0].input_shape[1:],
        "layer_output_shape": row.output_shape[1:],
        "layer_settings": "" if item.block else row.settings,
    }
    if row.receptive_field is not None:
        facts["receptive_field"] = number_or_sizes(row.receptive_field)
    if row.jump is not None:
        facts["jump"] = number_or_sizes(row.jump)
    return facts
