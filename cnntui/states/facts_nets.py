"""The facts about the networks on view in Layers, Build and Compare; traces nothing itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnntui.engine.tracing.rows import Trace
from cnntui.states.building import BuildingState
from cnntui.states.comparing import DENSE, SEPARABLE, ComparingState
from cnntui.states.field import FieldState
from cnntui.states.layers import Item, LayersState
from cnntui.states.networks import Asked

LAYERS: Mapping[str, str] = {
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
BUILD: Mapping[str, str] = {
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
COMPARE: Mapping[str, str] = {
    "view": "nets, sizes, errors, scaling, dense, separable",
    "networks": "the two names",
    "parameters": "of the two, in order; absent until both are traced",
    "macs": "of the two, in order; absent until both are traced",
    "sort": "year or params",
    "phi": "of scaling",
    "quantity": "the size that a key changes; absent in the other views",
    "dense_weights": "of view dense",
    "dense_params": "of view dense",
    "convolution_params": "of view dense",
    "convolution_macs": "of view dense",
    "factor": "of view dense: dense weights over convolution parameters",
    "standard_params": "of view separable",
    "separable_params": "of view separable",
    "standard_macs": "of view separable",
    "separable_macs": "of view separable",
    "ratio": "of view separable: 1/Cout + 1/K²",
    **{
        name: f"a size of view {view}"
        for view, layer in (
            (DENSE, ComparingState().dense),
            (SEPARABLE, ComparingState().separable),
        )
        for name, _, _ in layer.QUANTITIES
    },
    "kernel": "a size of views dense and separable",
}
_OF_VIEW = {
    DENSE: ("dense_weights", "dense_params", "convolution_params", "convolution_macs", "factor"),
    SEPARABLE: (
        *("standard_params", "separable_params", "standard_macs", "separable_macs", "ratio"),
    ),
}


def layers_facts(state: LayersState | Asked, about: object = None) -> dict[str, Any]:
    """Return what is so of a traced network; ``about`` is the field that is shown over it."""
    if isinstance(state, Asked):
        return {"net": state.text}
    trace = state.trace
    field = about if isinstance(about, FieldState) else None
    found = {
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
        found["output_shape"] = trace.rows[-1].output_shape[1:]
    if field is not None:
        found["field_unit"] = field.unit
    return found | (_layer(state.item) if state.item is not None else {})


def _layer(item: Item) -> dict[str, Any]:
    row = item.row
    found: dict[str, Any] = {
        "layer": item.name,
        "layer_type": item.kind,
        "layer_params": item.params,
        "layer_macs": item.macs,
        "layer_input_shape": item.rows[0].input_shape[1:],
        "layer_output_shape": row.output_shape[1:],
        "layer_settings": "" if item.block else row.settings,
    }
    if row.receptive_field is not None:
        found["receptive_field"] = _one(row.receptive_field)
    if row.jump is not None:
        found["jump"] = _one(row.jump)
    return found


def _one(sizes: tuple[Any, ...]) -> Any:
    """Return a number where all sizes agree."""
    return sizes[0] if len(set(sizes)) == 1 else sizes


def building_facts(state: BuildingState, about: object = None) -> dict[str, Any]:
    """Return what is so of a written network."""
    shaped, errors = state.shaped, state.errors
    first = min(errors, key=lambda error: error.line, default=None)
    found: dict[str, Any] = {
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
        found |= _traced(state.current.trace)
    return found


def _traced(trace: Trace) -> dict[str, Any]:
    found: dict[str, Any] = {"total_macs": trace.total_macs}
    fields = [row.receptive_field for row in trace.rows if row.receptive_field is not None]
    if fields:
        found["receptive_field"] = _one(fields[-1])
    return found


def comparing_facts(state: ComparingState, about: object = None) -> dict[str, Any]:
    """Return what is so of what is compared."""
    found: dict[str, Any] = {
        "view": state.view,
        "networks": state.names,
        "sort": state.sort,
        "phi": state.phi,
    }
    pair = [totals for totals in state.pair if totals is not None]
    if not state.waiting:
        found["parameters"] = tuple(totals.params for totals in pair)
        found["macs"] = tuple(totals.macs for totals in pair)
    layer = state.layer
    if layer is not None:
        found["quantity"] = state.named[0]
        names = (*_OF_VIEW[state.view], *(name for name, _, _ in layer.QUANTITIES))
        found |= {name: getattr(layer, name) for name in names}
    return found
