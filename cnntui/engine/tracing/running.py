"""Runs a model to look at it: where its tensors are, its inputs, and how it is left as it was."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from cnntui.engine.tracing.rows import Shape


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


def inputs_of(
    model: nn.Module, shapes: Sequence[Shape], how: str, dtype: torch.dtype | None
) -> list[Tensor]:
    """Return inputs where the model is and of its type; real ones are random, from a fixed seed.

    ``shapes`` are with the batch; ``dtype`` is of indices, None for the model's own numbers.
    """
    first = next((p for p in model.parameters() if p.is_floating_point()), torch.empty(0))
    device = torch.device("meta") if how == "meta" else first.device
    if dtype is not None:
        return [torch.zeros(shape, dtype=dtype, device=device) for shape in shapes]
    if how != "real":
        return [torch.empty(shape, dtype=first.dtype, device=device) for shape in shapes]
    generator = torch.Generator().manual_seed(0)
    pictures = (torch.rand(shape, generator=generator) for shape in shapes)
    return [x.to(device, first.dtype) for x in pictures]


@contextmanager
def left_alone(model: nn.Module, how: str) -> Iterator[None]:
    """Run in eval mode; afterwards put back every module's attributes, buffers and the seeds."""
    modules = list(model.modules())
    scripts = [(m, m.training) for m in modules if isinstance(m, torch.jit.ScriptModule)]
    kept = [
        (m, dict(m.__dict__), dict(m._parameters), dict(m._buffers))
        for m in modules
        if not isinstance(m, torch.jit.ScriptModule)
    ]
    values = [(b, b._version, b.clone()) for b in model.buffers()] if how != "meta" else []
    seeds = torch.get_rng_state()
    fast = torch.backends.mha.get_fastpath_enabled()
    try:
        torch.backends.mha.set_fastpath_enabled(False)  # it would pass the layers by
        for module in modules:
            module.training = False
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)
        torch.set_rng_state(seeds)
        for module, attributes, parameters, buffers in kept:
            module.__dict__.clear()
            module.__dict__.update(attributes)
            _put_back(module._parameters, parameters)
            _put_back(module._buffers, buffers)
        for module, training in scripts:
            module.training = training
        for buffer, version, value in values:
            if buffer._version != version:
                buffer.copy_(value)


def _put_back(holder: dict[str, Any], kept: dict[str, Any]) -> None:
    if holder.keys() != kept.keys() or any(holder[key] is not kept[key] for key in kept):
        holder.clear()
        holder.update(kept)
