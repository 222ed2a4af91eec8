"""The bytes that autograd saves of a forward pass in training, which the backward pass needs.

Torch is asked: a pass in training mode, on tensors without values where the model runs on those,
with hooks on what is saved. So what training alone does is counted, too: of EfficientNet-B0 and
ConvNeXt-Tiny 36 and 68 bytes a sample, the float32 that stochastic depth draws for each sample in
9 and 17 residual blocks; of a network with an auxiliary classifier all that this one saves.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from contextlib import suppress
from copy import deepcopy
from typing import Any

import torch
from torch import Tensor, nn

from cnntui.engine.tracing.rows import Shape
from cnntui.engine.tracing.running import device_mode, inputs_of, left_alone
from cnntui.engine.tracing.shortcuts import TrainingShortcuts

WAYS = {"meta": ("meta",), "fake": ("fake", "real"), "real": ("real",)}


def saved_bytes(
    model: nn.Module, shapes: Sequence[Shape], how: str, dtype: torch.dtype | None = None
) -> tuple[int, int]:
    """Return the bytes saved a sample, and those saved whatever the batch; parameters not counted.

    ``how`` is what the model has been traced on, ``shapes`` are with the batch, ``dtype`` as for
    ``inputs_of``. A model that does not run in training mode is run in eval mode, with gradients;
    one that autograd can't follow saves nothing: (0, 0).
    """
    for way in WAYS[how]:
        if way == "fake" and any(isinstance(m, nn.LSTM) for m in model.modules()):
            continue  # on the CPU it keeps room for oneDNN, whose size shows where it is run
        with suppress(Exception):
            two, four = (  # batch norm refuses one number a channel; oneDNN rounds odd ones up
                _saved(model, [(batch, *shape[1:]) for shape in shapes], way, dtype, training=True)
                for batch in (2, 4)
            )
            return (four - two) // 2, 2 * two - four
    with suppress(Exception):
        return _saved(model, shapes, WAYS[how][-1], dtype, training=False) // shapes[0][0], 0
    return 0, 0


def _saved(
    model: nn.Module, shapes: Sequence[Shape], how: str, dtype: torch.dtype | None, training: bool
) -> int:
    """Return the bytes of all memory that is saved. Raises what the model raises."""
    with left_alone(model, how), device_mode(how), torch.enable_grad(), TrainingShortcuts():
        if how == "fake":
            model = _faked(model)
        inputs = inputs_of(model, shapes, how, dtype)
        own = {t.untyped_storage()._cdata for t in (*model.parameters(), *model.buffers())}
        storages: dict[int, torch.UntypedStorage] = {}  # held, so that no address comes twice

        def pack(tensor: Tensor) -> Tensor:
            storage = tensor.untyped_storage()
            if storage._cdata not in own:
                storages[storage._cdata] = storage
            return tensor

        model.train(training)
        hooks = torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor)
        with warnings.catch_warnings(), hooks:
            warnings.simplefilter("ignore")  # they were for the one who runs the model
            model(*inputs)
    return sum(storage.nbytes() for storage in storages.values())


def _faked(model: nn.Module) -> nn.Module:
    """Return a copy whose parameters and buffers are fake; made within a mode that fakes them."""
    memo: dict[int, Any] = {id(b): torch.empty_like(b) for b in model.buffers()}
    for weight in model.parameters():
        memo[id(weight)] = nn.Parameter(torch.empty_like(weight), weight.requires_grad)
    return deepcopy(model, memo)
