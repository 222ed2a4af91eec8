"""Gives a network values, so that it can run: its weights, or random ones."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from cnntui.models.loading import Loaded, load_model
from cnntui.models.weights import apply_weights

SEED = 0


def with_values(loaded: Loaded, made_with: dict[str, Any], seed: int = SEED) -> nn.Module:
    """Return the network itself where it has values, else one made anew with ``made_with``.

    Its weights are those of its checkpoint or run; where it has none, random ones of ``seed``.
    """
    if not any(parameter.is_meta for parameter in loaded.model.parameters()):
        return loaded.model
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(seed)
        model = load_model(loaded.name, **made_with, on_meta=False).model
    if loaded.weights is not None:
        apply_weights(model, loaded.weights)
    return model
