"""What each torch function does to the axes of a picture: where they go and what is read.

Knows function names, arguments and shapes; no tensors. An unknown function that keeps the shape
is taken to work cell by cell, one that does not to have read everything.
"""

from __future__ import annotations

from math import ceil

from cnntui.engine.tracing.axis_reach import Reach
from cnntui.engine.tracing.calls import Call, spread
from cnntui.engine.tracing.dimensions import RULES, Rule, aligned, folded, mixed, window
from cnntui.engine.tracing.receptive import Change, fraction


def change(call: Call, dim: int) -> Change:
    """Return where dimension ``dim`` of the operand goes, and what one unit reads along it."""
    rule = _ALL.get(call.name)
    return rule(call, dim) if rule is not None else aligned(call, dim)


def _axis(call: Call, dim: int) -> tuple[int, int]:
    """Return the place of ``dim`` among the sliding axes of a 1d, 2d or 3d function; their number.

    Negative where the function does not slide along it.
    """
    axes = int(next(c for c in call.name if c.isdigit()))
    return dim - (len(call.shape) - axes), axes


def _conv(call: Call, dim: int) -> Change:
    at, axes = _axis(call, dim)
    if at < 0:
        return folded(call, dim)
    given = call.given
    kernel = int(given["weight"].shape[2 + at])
    dilation = spread(given.get("dilation", 1), axes)[at]
    padding = given.get("padding", 0)
    if isinstance(padding, str):
        before = dilation * (kernel - 1) // 2 if padding == "same" else 0
    else:
        before = spread(padding, axes)[at]
    stride = spread(given.get("stride", 1), axes)[at]
    return dim, window(call.shape[dim], kernel, stride, before, dilation)


def _pool(call: Call, dim: int) -> Change:
    at, axes = _axis(call, dim)
    if at < 0:
        return aligned(call, dim)
    given = call.given
    kernel = spread(given["kernel_size"], axes)
    stride = spread(given.get("stride") or kernel, axes)[at]
    before = spread(given.get("padding", 0), axes)[at]
    dilation = spread(given.get("dilation", 1), axes)[at]
    return dim, window(call.shape[dim], kernel[at], stride, before, dilation)


def _transposed(call: Call, dim: int) -> Change:
    at, axes = _axis(call, dim)
    if at < 0:
        return folded(call, dim)
    given = call.given
    if "weight" in given:
        kernel = int(given["weight"].shape[2 + at])
        stride = spread(given.get("stride", 1), axes)[at]
    else:
        kernels = spread(given["kernel_size"], axes)
        kernel, stride = kernels[at], spread(given.get("stride") or kernels, axes)[at]
    before = spread(given.get("padding", 0), axes)[at]
    dilation = spread(given.get("dilation", 1), axes)[at]
    return dim, Reach("transposed", call.shape[dim], kernel, stride, before, dilation)


def _adaptive(call: Call, dim: int) -> Change:
    if _axis(call, dim)[0] < 0 or call.shape[dim] == call.out[dim]:
        return dim, None
    return dim, Reach("adaptive", call.shape[dim], stride=call.out[dim])


def _interpolate(call: Call, dim: int) -> Change:
    size, out, given = call.shape[dim], call.out[dim], call.given
    if dim < 2 or size == out:
        return dim, None
    factor, corners = given.get("scale_factor"), bool(given.get("align_corners"))
    if factor is None or given.get("recompute_scale_factor"):
        scale = fraction(size / out)
    else:
        value = factor if isinstance(factor, (int, float)) else factor[dim - 2]
        scale = fraction(1 / value)
    mode = given.get("mode", "nearest")
    if mode in ("nearest", "nearest-exact", "area"):
        shift = fraction(float(scale) / 2) if mode == "nearest-exact" else 0
        area = Reach("adaptive", size, stride=out)
        return dim, area if mode == "area" else Reach("nearest", size, scale=scale, shift=shift)
    if corners:
        scale = fraction((size - 1) / (out - 1)) if out > 1 else 0
    taps = 4 if mode == "bicubic" else 2
    if given.get("antialias") and scale > 1:
        taps *= ceil(scale)
    shift = 0 if corners else fraction(float(scale) / 2 - 0.5)
    return dim, Reach("linear", size, taps, scale=scale, shift=shift)


def _pad(call: Call, dim: int) -> Change:
    pads = call.given["pad"]
    at = 2 * (len(call.shape) - 1 - dim)
    if at >= len(pads) or not (pads[at] or pads[at + 1]):
        return dim, None
    mode = {"constant": "zeros"}.get(call.given.get("mode", "constant"), call.given.get("mode"))
    return dim, Reach("pad", call.shape[dim], before=int(pads[at]), mode=str(mode))


def _shuffle(call: Call, dim: int) -> Change:
    if dim < len(call.shape) - 2:
        return folded(call, dim)
    factor = int(call.given["factor"])
    if call.name == "pixel_unshuffle":
        return dim, window(call.shape[dim], factor, factor, 0)
    return dim, Reach("nearest", call.shape[dim], scale=fraction(1 / factor))


def _same_dims(call: Call, dim: int) -> Change:
    kept = len(call.out) == len(call.shape)
    return mixed(call, dim) if kept else folded(call, dim)


_ALL: dict[str, Rule] = {
    **RULES,
    **{f"conv{n}d": _conv for n in "123"},
    **{f"conv_transpose{n}d": _transposed for n in "123"},
    **{f"max_unpool{n}d": _transposed for n in "123"},
    **{f"{kind}_pool{n}d": _pool for kind in ("max", "avg", "lp") for n in "123"},
    **{f"adaptive_{kind}_pool{n}d": _adaptive for kind in ("avg", "max") for n in "123"},
    "grid_sample": _same_dims,
    **dict.fromkeys(("pixel_shuffle", "pixel_unshuffle"), _shuffle),
    "interpolate": _interpolate,
    "pad": _pad,
}  # fmt: skip
SPATIAL = frozenset(_ALL)  # what does not work cell by cell, or moves dimensions
