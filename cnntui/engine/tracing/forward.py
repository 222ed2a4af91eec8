"""One forward pass of any module, and everything about it as frozen rows.

The pass runs on the meta device or on fake tensors, so that a large network costs no memory, and
on real tensors where the model depends on its data. The model is left as it was: its modes,
attributes, buffers and hooks, and the state of the random generators.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from cnntui.engine.tracing.failing import explained
from cnntui.engine.tracing.modules import Watch
from cnntui.engine.tracing.recording import Recorder
from cnntui.engine.tracing.rows import Row, Shape, Trace
from cnntui.engine.tracing.running import device_mode, inputs_of, left_alone, settled
from cnntui.engine.tracing.table import table
from cnntui.errors import UserError

__all__ = ["MODES", "Row", "Trace", "trace"]

MODES = ("auto", "meta", "fake", "real")
_DATA = re.compile(
    r"meta tensor|fake|numpy|\.item\(\)|data.?dependent|no data|tensor subclass|dynamic shape"
    r"|TorchScript",
    re.I,
)


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
    model = settled(model, shapes)
    traced, raised = _traced(model, shapes, how)
    if raised is not None and _wants_data(raised) and how == "fake":
        traced, _ = _traced(model, shapes, "real")
        traced = replace(traced, why=f"{how} tensors have no data: {_line(raised)}")
    return replace(traced, name=name)


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


def _wants_data(error: Exception) -> bool:
    """Whether a model failed because tensors without data have no values to look at."""
    name = type(error).__name__
    return name in ("DataDependentOutputException", "DynamicOutputShapeException") or (
        isinstance(error, NotImplementedError) or bool(_DATA.search(f"{name} {error}"))
    )


def _line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def _traced(
    model: nn.Module, shapes: tuple[Shape, ...], how: str
) -> tuple[Trace, Exception | None]:
    """Run once; again with indices where the first layer looks them up."""
    ran = _run(model, shapes, how, indices=False)
    error = ran[0].error
    if error is not None and "embedding" in error.type.lower():
        return _run(model, shapes, how, indices=True)
    return ran


def _run(
    model: nn.Module, shapes: tuple[Shape, ...], how: str, indices: bool
) -> tuple[Trace, Exception | None]:
    with torch.no_grad(), left_alone(model, how):
        with device_mode(how):
            inputs = _allocated(model, shapes, how, indices)
            recorder = Recorder({id(p): p for p in model.parameters()}, inputs)
            watch = Watch(model, recorder)
            raised = _called(model, inputs, recorder, watch)
        traced = table(model, recorder.nodes, watch.replaced, "", shapes, how)
    if raised is not None:
        error = explained(raised, watch.fallen, recorder.failure)
        traced = replace(traced, error=error)
    return replace(traced, indices=indices), raised


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


def _allocated(model: nn.Module, shapes: Sequence[Shape], how: str, indices: bool) -> list[Tensor]:
    """Return the inputs. Raises UserError where they are too large."""
    try:
        return inputs_of(model, shapes, how, indices)
    except RuntimeError as error:
        sizes = ", ".join("x".join(map(str, shape)) for shape in shapes)
        raise UserError(f"an input of {sizes} cannot be allocated: {_line(error)}") from error
