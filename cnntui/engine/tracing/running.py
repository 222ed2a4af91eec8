"""Runs a model to look at it: where its tensors are, its inputs, and how it is left as it was."""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from copy import deepcopy
from threading import RLock
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from cnntui.engine.tracing.rows import Shape

_ONE_AT_A_TIME = RLock()  # a model's modes are changed while it is looked at


@contextmanager
def device_mode(how: str) -> Iterator[None]:
    """Make tensors fake; torch reports every failure of those on stderr, which is not wanted."""
    if how != "fake":
        yield
        return
    from torch._subclasses.fake_tensor import FakeTensorMode

    log = logging.getLogger("torch._subclasses.fake_tensor")
    was, log.disabled = log.disabled, True
    try:
        with FakeTensorMode(allow_non_fake_inputs=True):
            yield
    finally:
        log.disabled = was


def inputs_of(model: nn.Module, shapes: Sequence[Shape], how: str, indices: bool) -> list[Tensor]:
    """Return inputs where the model is and of its type; real ones are random, from a fixed seed.

    ``shapes`` are with the batch; ``indices`` are integers, all 0.
    """
    first = next((p for p in model.parameters() if p.is_floating_point()), torch.empty(0))
    device = torch.device("meta") if how == "meta" else first.device
    if indices:
        return [torch.zeros(shape, dtype=torch.int64, device=device) for shape in shapes]
    if how != "real":
        return [torch.empty(shape, dtype=first.dtype, device=device) for shape in shapes]
    generator = torch.Generator().manual_seed(0)
    pictures = (torch.rand(shape, generator=generator) for shape in shapes)
    return [x.to(device, first.dtype) for x in pictures]


def settled(model: nn.Module, shapes: Sequence[Shape]) -> nn.Module:
    """Return the model, or a copy of one whose lazy layers get their size in a first call."""
    if not any(is_lazy(p) for p in model.parameters()):
        return model
    model = deepcopy(model)
    with torch.no_grad(), torch.random.fork_rng(devices=()), suppress(Exception):
        model(*inputs_of(model, shapes, "real", indices=False))  # a traced call raises it, too
    return model


@contextmanager
def left_alone(model: nn.Module, how: str) -> Iterator[None]:
    """Run in eval mode, with the same random numbers each time; one thread at a time.

    Afterwards every module's attributes and buffers, and the random generators, are put back.
    """
    with _ONE_AT_A_TIME, _seeded(), _put_back(model, how):
        yield


@contextmanager
def _seeded() -> Iterator[None]:
    states = torch.get_rng_state(), random.getstate(), np.random.get_state()
    torch.default_generator.manual_seed(0)
    random.seed(0)
    np.random.seed(0)
    try:
        yield
    finally:
        torch.set_rng_state(states[0])
        random.setstate(states[1])
        np.random.set_state(states[2])


@contextmanager
def _put_back(model: nn.Module, how: str) -> Iterator[None]:
    modules = list(model.modules())
    scripts = [(m, m.training) for m in modules if isinstance(m, torch.jit.ScriptModule)]
    kept = [
        (m, dict(m.__dict__), dict(m._parameters), dict(m._buffers))
        for m in modules
        if not isinstance(m, torch.jit.ScriptModule)
    ]
    values = [(b, b._version, b.clone()) for b in model.buffers()] if how != "meta" else []
    fast = torch.backends.mha.get_fastpath_enabled()
    try:
        torch.backends.mha.set_fastpath_enabled(False)  # it would pass the layers by
        for module in modules:
            module.training = False
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)
        for module, attributes, parameters, buffers in kept:
            module.__dict__.clear()
            module.__dict__.update(attributes)
            _refill(module._parameters, parameters)
            _refill(module._buffers, buffers)
        for module, training in scripts:
            module.training = training
        for buffer, version, value in values:
            if buffer._version != version:
                buffer.copy_(value)


def _refill(holder: dict[str, Any], kept: dict[str, Any]) -> None:
    if holder.keys() != kept.keys() or any(holder[key] is not kept[key] for key in kept):
        holder.clear()
        holder.update(kept)
