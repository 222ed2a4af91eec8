"""What one layer makes of one shape, and where torch would refuse: the fault and a fix that fits.

Shapes have no batch: (C, H, W), or (F,) once flat. Integers only; no torch, though the rules are
torch's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import gcd, prod

from cnntui.engine import legality
from cnntui.engine.building.specs import (
    Adaptive,
    Conv,
    Dense,
    Flatten,
    Global,
    Pool,
    Residual,
    Spec,
    Upsample,
    written,
)
from cnntui.engine.geometry import Axis, IllegalSetting, Pair, same_padding
from cnntui.numbers import counted
from cnntui.numbers import shape as by_shape

Shape = tuple[int, ...]
MOST_CHANNELS = 2**20  # also of filters and units
MOST_NUMBERS = 2**40  # of one output or one weight: 4 TiB in float32


class Misfit(Exception):
    """A layer its input doesn't fit; ``instead`` specs that would, None where none is known."""

    def __init__(self, text: str, hint: str, instead: tuple[Spec, ...] | None = None) -> None:
        super().__init__(text)
        self.text, self.hint, self.instead = text, hint, instead


def after(spec: Spec, shape: Shape) -> Shape:
    """Return the shape a legal primitive makes of ``shape``."""
    match spec:
        case Dense():
            return (spec.units,)
        case Flatten():
            return (prod(shape),)
        case Conv():
            rows, columns = conv_axes(spec, shape)
            return (spec.filters or shape[0], rows.outputs, columns.outputs)
        case Pool():
            rows, columns = _pool_axes(spec, shape)
            return (shape[0], rows.outputs, columns.outputs)
        case Adaptive():
            return (shape[0], *spec.size)
        case Upsample():
            return (shape[0], shape[1] * spec.factor, shape[2] * spec.factor)
        case Residual():
            return (spec.filters, *(-(-size // spec.stride) for size in shape[1:]))
    return shape


def weight_shape(spec: Spec, shape: Shape) -> Shape:
    """Return the largest weight's shape of a primitive; () without weights."""
    match spec:
        case Dense():
            return (spec.units, shape[0])
        case Conv():
            channels, filters = shape[0], spec.filters or shape[0]
            return (filters, channels // (spec.groups or channels), *spec.kernel)
        case Residual():
            return (spec.filters, max(spec.filters, shape[0]), 3, 3)
    return ()


def conv_padding(spec: Conv) -> tuple[Pair, Pair]:
    """Return the padding (before, after) of the height and of the width."""
    sizes = list(zip(spec.kernel, spec.dilation, strict=True))
    if isinstance(spec.padding, tuple):
        return (spec.padding[0], spec.padding[0]), (spec.padding[1], spec.padding[1])
    if spec.padding == "same":
        return same_padding(*sizes[0]), same_padding(*sizes[1])
    full = [dilation * (kernel - 1) if spec.padding == "full" else 0 for kernel, dilation in sizes]
    return (full[0], full[0]), (full[1], full[1])


def conv_axes(spec: Conv, shape: Shape) -> tuple[Axis, Axis]:
    """Return the rows and the columns of a convolution of (C, H, W)."""
    rows, columns = (
        Axis(size, kernel, stride, dilation, *padding)
        for size, kernel, stride, dilation, padding in zip(
            shape[1:], spec.kernel, spec.stride, spec.dilation, conv_padding(spec), strict=True
        )
    )
    return rows, columns


def _pool_axes(spec: Pool, shape: Shape) -> tuple[Axis, Axis]:
    rows, columns = (
        Axis(size, kernel, stride, before=padding, after=padding, ceil=spec.ceil)
        for size, kernel, stride, padding in zip(
            shape[1:], spec.kernel, spec.stride or spec.kernel, spec.padding, strict=True
        )
    )
    return rows, columns


def check(spec: Spec, shape: Shape) -> None:
    """Raise Misfit where torch would refuse."""
    if isinstance(spec, Conv | Pool | Adaptive | Global | Upsample | Residual) and len(shape) != 3:
        text = f"{written(spec).split()[0]} needs (N, C, H, W), but gets (N, {counted(shape[0])})"
        if isinstance(spec, Global):
            raise Misfit(text, "it is flat already: take the line away", ())
        raise Misfit(text, "move it above the flatten or gap, or take it away", ())
    match spec:
        case Dense():
            _check_flat(spec, shape)
        case Conv():
            _check_groups(spec, shape)
            _check_conv(spec, shape)
        case Pool():
            _check_pool(spec, shape)


def _check_flat(spec: Dense, shape: Shape) -> None:
    if len(shape) == 1:
        return
    raise Misfit(
        f"dense needs (N, features), but gets (N, {', '.join(map(str, shape))})",
        f"flatten is missing (in_features = {by_shape(shape)} = {counted(prod(shape))}), or gap "
        f"(in_features = {counted(shape[0])}); put in",
        (Flatten(), spec),
    )


def _check_groups(spec: Conv, shape: Shape) -> None:
    channels = shape[0]
    if spec.separable or spec.filters is None:
        return
    filters, groups = spec.filters, spec.groups or channels
    if channels % groups == 0 and filters % groups == 0:
        return
    common = gcd(channels, filters)
    nearest = max(n for n in range(1, min(groups, common) + 1) if common % n == 0)
    instead = replace(spec, groups=nearest)
    if spec.groups is None:  # depthwise: a multiple of the channels
        times = min(max(1, round(filters / channels)), MOST_CHANNELS // channels)
        instead = replace(spec, filters=times * channels)
    wrong = _refusal(legality.check_groups, groups, channels, (filters, channels // groups))
    raise Misfit(wrong, "the nearest that fits", (instead,))


def _check_conv(spec: Conv, shape: Shape) -> None:
    rows, columns = conv_axes(spec, shape)
    if spec.padding == "same" and spec.stride != (1, 1):
        padding = (_halving_padding(rows), _halving_padding(columns))
        sizes = [-(-axis.size // axis.stride) for axis in (rows, columns)]
        raise Misfit(
            _refusal(legality.check_padding, "same", spec.stride),
            f"this keeps ⌈H/S⌉ × ⌈W/S⌉ = {sizes[0]}×{sizes[1]}",
            (replace(spec, padding=padding),),
        )
    if rows.padded >= rows.extent and columns.padded >= columns.extent:
        return
    halves = (rows.extent // 2, columns.extent // 2)
    padding_that_fits: Pair | str = "same" if spec.stride == (1, 1) else halves
    raise Misfit(
        _refusal(legality.check_fits, rows, columns),
        "a smaller kernel, or padding",
        (replace(spec, padding=padding_that_fits),),
    )


def _halving_padding(axis: Axis) -> int:
    """Return the least padding on either side that makes ⌈W/S⌉ outputs."""
    wanted = -(-axis.size // axis.stride)
    least = (wanted - 1) * axis.stride + axis.extent - axis.size
    return max(0, -(-least // 2))


def _check_pool(spec: Pool, shape: Shape) -> None:
    half = (min(spec.padding[0], spec.kernel[0] // 2), min(spec.padding[1], spec.kernel[1] // 2))
    if half != spec.padding:
        wrong = _refusal(legality.check_pool_padding, spec.padding, spec.kernel)
        raise Misfit(wrong, "half the window is the most", (replace(spec, padding=half),))
    rows, columns = _pool_axes(spec, shape)
    if rows.outputs >= 1 and columns.outputs >= 1:
        return
    wrong = _refusal(legality.check_pool_output, shape[0], rows, columns)
    kernel = (min(spec.kernel[0], shape[1]), min(spec.kernel[1], shape[2]))
    if kernel == (1, 1):
        raise Misfit(wrong, "nothing is left to pool: take the line away", ())
    halves = (min(spec.padding[0], kernel[0] // 2), min(spec.padding[1], kernel[1] // 2))
    smaller = replace(spec, kernel=kernel, padding=halves)
    raise Misfit(wrong, "a window that fits", (smaller,))


def check_size(spec: Spec, before: Shape, output: Shape) -> None:
    """Raise Misfit where a primitive's output or weight has more than MOST_NUMBERS numbers."""
    for name, sizes in (("output", output), ("weight", weight_shape(spec, before))):
        if prod(sizes) > MOST_NUMBERS:
            raise Misfit(
                f"{name} of {by_shape(sizes)} = {counted(prod(sizes))} numbers is too large",
                f"fewer filters or units, or pool before; {counted(MOST_NUMBERS)} is the most",
            )


def _refusal(rule: Callable[..., None], *settings: object) -> str:
    """Return what a check of ``legality`` says is wrong, in torch's words."""
    try:
        rule(*settings)
    except IllegalSetting as refused:
        return str(refused).split("; ")[0]
    return "torch refuses this"
