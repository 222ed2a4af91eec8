"""Why a network stopped: the layer, torch's own message, shapes got and expected, and what fits.

Knows the arguments of the function that raised; runs it once more at no cost to hear what torch
says of real tensors, where it failed without data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any, NamedTuple

import torch
from torch import Tensor

from cnntui.engine.tracing.calls import Shape, shape_of, spread
from cnntui.engine.tracing.modules import Frame, type_name
from cnntui.engine.tracing.recording import Failure, tensors
from cnntui.engine.tracing.rows import TraceError
from cnntui.numbers import shape as written

_CHEAP = 10**8  # numbers at most that a function is run on once more


class Misfit(NamedTuple):
    """Shapes that do not fit, as text; "" for what is not known."""

    got: str = ""
    expected: str = ""
    fix: str = ""


def explained(error: Exception, stack: Sequence[Frame], failure: Failure | None) -> TraceError:
    """Return where and why a forward pass stopped; ``stack`` are the modules it was in."""
    inner = stack[-1] if stack else None
    name, kind = (inner.name, type_name(inner.module)) if inner else ("", "")
    if failure is None or failure.error is not error:
        return TraceError(name or kind, kind, _message(error), "", "", "")
    if inner is None or not (inner.leaf or inner.layer):
        name, kind = ".".join(filter(None, (name, failure.name))), failure.name
    misfit = _misfit(failure.name, failure.given)
    return TraceError(name or kind, kind, _message(_heard(failure)), *misfit)


def _message(error: Exception) -> str:
    text, kind = str(error).strip(), type(error).__name__
    return text if text and isinstance(error, RuntimeError) else f"{kind}: {text}".rstrip(": ")


def _heard(failure: Failure) -> Exception:
    """Return what torch raises for real tensors of the same shapes, else the error itself."""
    used = list(tensors((failure.args, failure.options)))
    if not used or sum(x.numel() for x in used) > _CHEAP or all(_real(x) for x in used):
        return failure.error
    try:
        failure.func(*_real_like(failure.args), **_real_like(failure.options))
    except (RuntimeError, ValueError) as error:
        return error
    return failure.error


def _real(tensor: Tensor) -> bool:
    return type(tensor) in (Tensor, torch.nn.Parameter) and not tensor.is_meta


def _real_like(value: Any) -> Any:
    """Return the arguments with each tensor as one stored zero, spread over its shape."""
    if isinstance(value, Tensor):
        return torch.zeros((), dtype=value.dtype).expand(value.shape)
    if isinstance(value, Mapping):
        return {key: _real_like(item) for key, item in value.items()}
    if type(value) in (list, tuple):
        return type(value)(_real_like(item) for item in value)
    return value


def _misfit(name: str, given: Mapping[str, Any]) -> Misfit:
    rule = _RULES.get(name)
    if rule is None or not isinstance(
        given.get("input", given.get("tensors")), (Tensor, list, tuple)
    ):
        return Misfit()
    return rule(name, given)


def _linear(name: str, given: Mapping[str, Any]) -> Misfit:
    shape, wanted = shape_of(given["input"]), shape_of(given["weight"])[-1]
    if shape[-1] == wanted:
        return Misfit()
    flat = prod(shape[1:])
    fix = f"in_features={shape[-1]}"
    if len(shape) > 2:
        fix = "flatten(1) before it" + ("" if flat == wanted else f" and in_features={flat}")
    return Misfit(written(shape), f"{written(shape[:-1])}×{wanted}", fix)


def _conv(name: str, given: Mapping[str, Any]) -> Misfit:
    shape, weight = shape_of(given["input"]), shape_of(given["weight"])
    groups = int(given.get("groups", 1))
    channels = weight[0] if "transpose" in name else weight[1] * groups
    if len(shape) != len(weight):
        axes = ("N", str(channels), *("D", "H", "W")[5 - len(weight) :])
        return Misfit(written(shape), "×".join(axes), f"an input of {len(weight)} dimensions")
    if shape[1] != channels:
        expected = written((shape[0], channels, *shape[2:]))
        fix = f"in_channels={shape[1]}" if shape[1] % groups == 0 else f"{channels} channels"
        return Misfit(written(shape), expected, fix)
    return _kernel(given, shape, weight[2:])


def _kernel(given: Mapping[str, Any], shape: Shape, kernel: Shape) -> Misfit:
    """A kernel larger than the padded input."""
    axes = len(kernel)
    padding, dilation = given.get("padding", 0), spread(given.get("dilation", 1), axes)
    if isinstance(padding, str):
        return Misfit()
    pads, sizes = spread(padding, axes), shape[-axes:]
    extents = [d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True)]
    short = [e - s - 2 * p for e, s, p in zip(extents, sizes, pads, strict=True)]
    if max(short) <= 0:
        return Misfit()
    least = [e - 2 * p for e, p in zip(extents, pads, strict=True)]
    enough = [p + max(0, -(-n // 2)) for p, n in zip(pads, short, strict=True)]
    fix = f"padding={enough[0] if len(set(enough)) == 1 else tuple(enough)}"
    return Misfit(written(sizes), f"at least {written(tuple(least))}", fix)


def _pool(name: str, given: Mapping[str, Any]) -> Misfit:
    shape, axes = shape_of(given["input"]), int(next(c for c in name if c.isdigit()))
    kernel = spread(given["kernel_size"], axes)
    misfit = _kernel(given, shape, kernel)
    fits = min(shape[-axes:])
    return misfit._replace(fix=f"kernel_size={fits}, or a larger input" if misfit.fix else "")


def _norm(name: str, given: Mapping[str, Any]) -> Misfit:
    shape = shape_of(given["input"])
    held = next((given[k] for k in ("running_mean", "weight") if given.get(k) is not None), None)
    if held is None or held.numel() == shape[1]:
        return Misfit()
    setting = "num_channels" if name == "group_norm" else "num_features"
    expected = written((shape[0], held.numel(), *shape[2:]))
    return Misfit(written(shape), expected, f"{setting}={shape[1]}")


def _layer_norm(name: str, given: Mapping[str, Any]) -> Misfit:
    shape, wanted = shape_of(given["input"]), tuple(given["normalized_shape"])
    ending = shape[len(shape) - len(wanted) :]
    if ending == wanted:
        return Misfit()
    expected = written((*shape[: len(shape) - len(wanted)], *wanted))
    return Misfit(written(shape), expected, f"normalized_shape={list(ending)}")


def _cat(name: str, given: Mapping[str, Any]) -> Misfit:
    shapes = [shape_of(x) for x in given["tensors"]]
    dim = int(given.get("dim", 0))
    if len({len(s) for s in shapes}) > 1:
        return Misfit(", ".join(map(written, shapes)), "as many dimensions", "")
    dim %= len(shapes[0])
    wrong = next((s for s in shapes if _but(s, dim) != _but(shapes[0], dim)), None)
    if wrong is None:
        return Misfit()
    wanted = (*shapes[0][:dim], wrong[dim], *shapes[0][dim + 1 :])
    fix = f"crop, pad or interpolate the one to {written(wanted[2:])}" if dim == 1 else ""
    return Misfit(written(wrong), written(wanted), fix)


def _but(shape: Shape, dim: int) -> Shape:
    return shape[:dim] + shape[dim + 1 :]


def _cells(name: str, given: Mapping[str, Any]) -> Misfit:
    """Arithmetic cell by cell, such as a skip connection."""
    other = given.get("other", next(iter(given.get("rest", ())), None))
    if not isinstance(other, Tensor):
        return Misfit()
    one, two = shape_of(given["input"]), shape_of(other)
    fix = ""
    if len(one) == len(two) == 4 and one[2:] == two[2:]:
        fix = f"a 1×1 convolution from {two[1]} to {one[1]} channels on the second"
    elif len(one) == len(two) == 4:
        fix = f"the same stride on both ways: {written(one[2:])} against {written(two[2:])}"
    return Misfit(written(two), written(one), fix)


def _view(name: str, given: Mapping[str, Any]) -> Misfit:
    shape = shape_of(given["input"])
    sizes = given.get("shape", given.get("rest", ()))
    if len(sizes) == 1 and not isinstance(sizes[0], int):
        sizes = sizes[0]
    fix = f"{name}({shape[0]}, {prod(shape[1:])})" if len(sizes) == 2 else ""
    return Misfit(written(shape), "×".join("?" if n == -1 else str(n) for n in sizes), fix)


def _matmul(name: str, given: Mapping[str, Any]) -> Misfit:
    other = given.get("other")
    if not isinstance(other, Tensor) or other.dim() < 2:
        return Misfit()
    one, two = shape_of(given["input"]), shape_of(other)
    return Misfit(f"{written(one)} by {written(two)}", f"{written(two)} by rows of {one[-1]}", "")


_RULES: dict[str, Callable[[str, Mapping[str, Any]], Misfit]] = {
    **{f"conv{n}d": _conv for n in "123"},
    **{f"conv_transpose{n}d": _conv for n in "123"},
    **{f"{kind}_pool{n}d": _pool for kind in ("max", "avg") for n in "123"},
    **dict.fromkeys(("batch_norm", "group_norm", "instance_norm"), _norm),
    **dict.fromkeys(("add", "sub", "mul", "div"), _cells),
    **dict.fromkeys(("view", "reshape"), _view),
    **dict.fromkeys(("matmul", "mm", "bmm"), _matmul),
    "linear": _linear,
    "layer_norm": _layer_norm,
    "cat": _cat,
}
