"""What lessons may ask of the Compare pane."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnntui.panes.compare.options import DENSE, SEPARABLE
from cnntui.panes.compare.state import ComparingState

FACTS: Mapping[str, str] = {
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


def facts_of(state: ComparingState, about: object = None) -> dict[str, Any]:
    """Return what is so of what is compared."""
    facts: dict[str, Any] = {
        "view": state.view,
        "networks": state.names,
        "sort": state.sort,
        "phi": state.phi,
    }
    pair = [totals for totals in state.pair if totals is not None]
    if not state.waiting:
        facts["parameters"] = tuple(totals.params for totals in pair)
        facts["macs"] = tuple(totals.macs for totals in pair)
    layer = state.layer
    if layer is not None:
        facts["quantity"] = state.named[0]
        names = (*_OF_VIEW[state.view], *(name for name, _, _ in layer.QUANTITIES))
        facts |= {name: getattr(layer, name) for name in names}
    return facts
