"""One forward pass of any module, and everything about it as frozen rows.

The pass runs on the meta device or on fake tensors, so that a large network costs no memory, and
on real tensors where the model depends on its data. The model is left as it was: its modes,
attributes, buffers and hooks, and the state of the random generators.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from copy import deepcopy
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from cnntui.engine.tracing.drafts import table
from cnntui.engine.tracing.failing import explained
from cnntui.engine.tracing.modules import Watch
from cnntui.engine.tracing.recording import Recorder
from cnntui.engine.tracing.rows import Row, Shape, Trace
from cnntui.errors import UserError

__all__ = ["MODES", "Row", "Trace", "trace"]

MODES = ("auto", "meta", "fake", "real")
_DATA = re.compile(
    r"meta tensor|fake|numpy|\.item\(\)|data.?dependent|no data|tensor subclass|dynamic shape"
    r"|TorchScript",
    re.I,
)
_Ran = tuple[Trace, Exception | None]


def trace(
    model: nn.Module,
    input_shape: Sequence[int] | Sequence[Sequence[int]],
    *,
    name: str = "",
    mode: str = "auto",
    batch: int = 1,
) -> Trace:
    """Run ``model`` once in eval mode and return its rows, edges, fields and totals.

    ``input_shape`` is one input's shape without the batch, (C, H, W), or a list of such shapes
    for several inputs. With ``mode`` auto a model on meta runs there, another one on fake tensors,
    and on real ones where those fail for want of data; ``why`` of the result says so. A model
    that fails gives the rows up to there and an ``error``. Raises UserError for a bad shape or
    mode.
    """
    if mode not in MODES:
        raise UserError(f"no mode {mode!r}: give one of {', '.join(MODES)}")
    shapes = _shapes(input_shape, batch)
    how = _mode(model, mode)
    model = _settled(model, shapes)
    found, raised = _traced(model, shapes, how)
    if raised is not None and _wants_data(raised) and how == "fake":
        found, _ = _traced(model, shapes, "real")
        found = replace(found, why=f"{how} tensors have no data: {_line(raised)}")
    return replace(found, name=name)


def _shapes(given: Sequence[Any], batch: int) -> tuple[Shape, ...]:
    several = bool(given) and not isinstance(given[0], int)
    shapes = tuple((batch, *(int(n) for n in s)) for s in (given if several else [given]))
    for shape in shapes:
        if min(shape) < 1:
            raise UserError(f"input shape {'x'.join(map(str, shape[1:]))}: sizes are 1 or more")
    return shapes


def _on_meta(model: nn.Module) -> bool:
    return any(p.is_meta for p in model.parameters())


def _mode(model: nn.Module, mode: str) -> str:
    """Return how to run: a model with real weights cannot run on the meta device."""
    if mode == "real" and not _on_meta(model):
        return "real"
    return "meta" if _on_meta(model) else "fake"


def _settled(model: nn.Module, shapes: Sequence[Shape]) -> nn.Module:
    """Return the model, or a copy of one whose lazy layers get their size in a first call."""
    if not any(is_lazy(p) for p in model.parameters()):
        return model
    model = deepcopy(model)
    with torch.no_grad(), torch.random.fork_rng(devices=()), suppress(Exception):
        model(*_inputs(model, shapes, "real", None))  # what it raises, the traced call raises too
    return model


def _wants_data(error: Exception) -> bool:
    """Whether a model failed because tensors without data have no values to look at."""
    name = type(error).__name__
    return name in ("DataDependentOutputException", "DynamicOutputShapeException") or (
        isinstance(error, NotImplementedError) or bool(_DATA.search(f"{name} {error}"))
    )


def _line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _traced(model: nn.Module, shapes: tuple[Shape, ...], how: str) -> _Ran:
    """Run once; again with indices where the first layer looks them up."""
    found, raised = _run(model, shapes, how, None)
    if found.error is not None and "embedding" in found.error.type.lower():
        return _run(model, shapes, how, torch.int64)
    return found, raised


def _run(model: nn.Module, shapes: tuple[Shape, ...], how: str, dtype: torch.dtype | None) -> _Ran:
    with torch.no_grad(), _left_alone(model, how):
        with _place(how):
            inputs = _allocated(model, shapes, how, dtype)
            recorder = Recorder({id(p): p for p in model.parameters()}, inputs)
            watch = Watch(model, recorder)
            raised = _called(model, inputs, recorder, watch)
        found = table(model, recorder.nodes, watch.replaced, "", shapes, how)
    if raised is None:
        return found, None
    return replace(found, error=explained(raised, watch.fallen, recorder.failure)), raised


def _called(
    model: nn.Module, inputs: list[Tensor], recorder: Recorder, watch: Watch
) -> Exception | None:
    with watch.hooks(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they were for the one who runs the model
        try:
            with recorder:
                model(*inputs)
        except Exception as raised:  # whatever the model raises is what is to be shown
            return raised
    return None


@contextmanager
def _place(how: str) -> Iterator[None]:
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


def _allocated(
    model: nn.Module, shapes: Sequence[Shape], how: str, dtype: torch.dtype | None
) -> list[Tensor]:
    """Return the inputs. Raises UserError where they are too large."""
    try:
        return _inputs(model, shapes, how, dtype)
    except RuntimeError as error:
        said = ", ".join("x".join(map(str, shape)) for shape in shapes)
        raise UserError(f"an input of {said} cannot be allocated: {_line(error)}") from error


def _inputs(
    model: nn.Module, shapes: Sequence[Shape], how: str, dtype: torch.dtype | None
) -> list[Tensor]:
    """Return inputs where the model is and of its type; real ones are random, from a fixed seed."""
    first = next((p for p in model.parameters() if p.is_floating_point()), torch.empty(0))
    device = torch.device("meta") if how == "meta" else first.device
    if dtype is not None:
        return [torch.zeros(shape, dtype=dtype, device=device) for shape in shapes]
    if how != "real":
        return [torch.empty(shape, dtype=first.dtype, device=device) for shape in shapes]
    generator = torch.Generator().manual_seed(0)
    made = (torch.rand(shape, generator=generator) for shape in shapes)
    return [x.to(device, first.dtype) for x in made]


@contextmanager
def _left_alone(model: nn.Module, how: str) -> Iterator[None]:
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
