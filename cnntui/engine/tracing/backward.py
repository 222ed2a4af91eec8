"""The bytes that autograd saves of a forward pass in training, which the backward pass needs.

Torch is asked: passes in training mode, on tensors without values where the model was traced on
those, with hooks on what is saved. So what training alone does is counted, too: of EfficientNet-B0
and ConvNeXt-Tiny 36 and 68 bytes a sample, the float32 that stochastic depth draws for each sample
in 9 and 17 residual blocks; of a network with an auxiliary classifier all that this one saves.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from contextlib import suppress
from itertools import chain

import torch
from torch import Tensor, nn
from torch.func import functional_call

from cnntui.engine.tracing.memory import Saved
from cnntui.engine.tracing.rows import Shape, Trace
from cnntui.engine.tracing.running import device_mode, inputs_of, left_alone, settled
from cnntui.engine.tracing.shortcuts import TrainingShortcuts

SMALL = 1 << 28  # bytes: what is run with values only to look at it


def saved_bytes(model: nn.Module, trace: Trace) -> Saved:
    """Return what is saved of a model that ran to its end in ``trace``; parameters not counted.

    Takes about as long as the trace. A model that does not run in training mode is run in eval
    mode, with gradients; one that autograd can't follow saves nothing.
    """
    model = settled(model, trace.input_shapes)
    saved = _in_training(model, trace, trace.how)
    if saved is None:
        with suppress(Exception):
            each = _saved(model, trace, trace.how, trace.input_shape[0], training=False)
            return Saved(each // trace.input_shape[0])
        return Saved(0)
    if trace.how == "fake" and saved.of(4) < SMALL and _has_lstm(model):
        return _in_training(model, trace, "real") or saved
    return saved


def _has_lstm(model: nn.Module) -> bool:
    """Whether there is an LSTM, which on the CPU keeps room for oneDNN where it runs on values."""
    return any(isinstance(module, nn.LSTM) for module in model.modules())


def _in_training(model: nn.Module, trace: Trace, how: str) -> Saved | None:
    """Return what is saved in training mode; None where the model doesn't run so.

    Nor where it isn't the sum of samples: with layers that are skipped at random.
    """
    with suppress(Exception):
        two, four = (  # batch norm refuses one number a channel; oneDNN rounds odd ones up
            _saved(model, trace, how, batch, training=True) for batch in (2, 4)
        )
        each, fixed = (four - two) // 2, 2 * two - four
        return Saved(each, fixed) if each >= 0 and fixed >= 0 else None
    return None


def _saved(model: nn.Module, trace: Trace, how: str, batch: int, training: bool) -> int:
    """Return the bytes of all memory that is saved of a batch. Raises what the model raises."""
    shapes: Sequence[Shape] = [(batch, *shape[1:]) for shape in trace.input_shapes]
    with left_alone(model, how), device_mode(how), torch.enable_grad(), TrainingShortcuts():
        inputs = inputs_of(model, shapes, how, trace.indices)
        own = dict(chain(model.named_parameters(), model.named_buffers()))
        if how == "fake":
            own = {
                name: torch.empty_like(t).requires_grad_(t.requires_grad) for name, t in own.items()
            }
        known = {tensor.untyped_storage()._cdata for tensor in own.values()}
        storages: dict[int, torch.UntypedStorage] = {}  # held, so that no address comes twice

        def pack(tensor: Tensor) -> Tensor:
            storage = tensor.untyped_storage()
            if storage._cdata not in known:
                storages[storage._cdata] = storage
            return tensor

        model.train(training)
        hooks = torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor)
        with warnings.catch_warnings(), hooks:
            warnings.simplefilter("ignore")  # they were for the one who runs the model
            if how == "fake":
                functional_call(model, own, tuple(inputs))
            else:
                model(*inputs)
    return sum(storage.nbytes() for storage in storages.values())
