"""What torch would refuse, said in torch's words with the nearest settings that are legal.

Knows sizes only. A test holds these rules against torch itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd

from cnntui.engine.geometry import (
    NAMED_PADDINGS,
    PADDING_MODES,
    Axis,
    IllegalSetting,
    Pair,
    extent,
)


def _refuse(wrong: str, right: str) -> None:
    raise IllegalSetting(f"{wrong}; {right}")


def check_positive(name: str, sizes: Pair) -> None:
    """Refuse a kernel size, stride or dilation below 1."""
    if min(sizes) < 1:
        _refuse(f"non-positive {name} is not supported (got {sizes[0]},{sizes[1]})", "1 is legal")


def check_padding(padding: Pair | str, stride: Pair) -> None:
    """Refuse a padding that is negative, unknown, or ``same`` with a stride."""
    if isinstance(padding, str):
        if padding not in NAMED_PADDINGS:
            _refuse(f"invalid padding {padding!r}", "give a number or valid, same, full")
        if padding == "same" and stride != (1, 1):
            _refuse(
                "padding='same' is not supported for strided convolutions",
                "give stride 1, or the padding as a number",
            )
    elif min(padding) < 0:
        _refuse("negative padding is not supported", "0 is legal")


def check_padding_mode(mode: str, rows: Axis, columns: Axis) -> None:
    """Refuse an unknown padding mode, and one that would read past the input."""
    if mode not in PADDING_MODES:
        _refuse(f"invalid padding mode {mode!r}", f"give one of {', '.join(PADDING_MODES)}")
    for name, axis in (("height", rows), ("width", columns)):
        most = max(axis.before, axis.after)
        if mode == "reflect" and most >= axis.size:
            _refuse(
                "padding size should be less than the corresponding input dimension, "
                f"but got {most} at {name} {axis.size}",
                f"{axis.size - 1} is the most for reflect; zeros and replicate have no limit",
            )
        if mode == "circular" and most > axis.size:
            _refuse(
                f"padding value causes wrapping around more than once: {most} at {name} "
                f"{axis.size}",
                f"{axis.size} is the most for circular; zeros and replicate have no limit",
            )


def check_fits(rows: Axis, columns: Axis) -> None:
    """Refuse a convolution kernel larger than the padded input."""
    if rows.padded >= rows.extent and columns.padded >= columns.extent:
        return
    short = max(-(-(axis.extent - axis.padded) // 2) for axis in (rows, columns))
    most = [max(0, (axis.padded - 1) // axis.dilation + 1) for axis in (rows, columns)]
    _refuse(
        f"calculated padded input size per channel: ({rows.padded} x {columns.padded}). "
        f"Kernel size: ({rows.extent} x {columns.extent}). "
        "Kernel size can't be greater than actual input size",
        f"kernel {most[0]},{most[1]} fits, or padding {short} more",
    )


def check_groups(groups: int, channels: int, weight: Sequence[int]) -> None:
    """Refuse groups that do not divide the channels, and a weight of other channels.

    ``weight`` is the weight's shape (F, C/groups, kh, kw).
    """
    filters, per_group = weight[0], weight[1]
    if groups < 1:
        _refuse(f"groups must be a positive integer (got {groups})", "1 is legal")
    if channels % groups or filters % groups:
        which = "in_channels" if channels % groups else "out_channels"
        common = gcd(channels, filters)
        legal = [str(n) for n in range(1, common + 1) if common % n == 0]
        _refuse(
            f"{which} must be divisible by groups: {channels} input channels, {filters} filters, "
            f"groups={groups}",
            f"groups {', '.join(legal)} would do",
        )
    if per_group * groups != channels:
        _refuse(
            f"given groups={groups}, weight of size {list(weight)}, expected input to have "
            f"{per_group * groups} channels, but got {channels} channels instead",
            f"give a kernel of {channels // groups} channels, or a 2-D kernel for all of them",
        )


def check_bias(bias: int, filters: int) -> None:
    """Refuse a bias that has not one number a filter."""
    if bias != filters:
        _refuse(
            f"expected bias to be 1-dimensional with {filters} elements, but got {bias}",
            f"give one number, or {filters} of them",
        )


def check_pool_padding(padding: Pair, kernel: Pair) -> None:
    """Refuse a pooling padding that is negative or more than half the kernel."""
    if min(padding) < 0:
        _refuse(f"pad must be non-negative, but got pad: {min(padding)}", "0 is legal")
    for pad, size in zip(padding, kernel, strict=True):
        if pad > size // 2:
            _refuse(
                f"pad should be at most half of kernel size, but got pad={pad}, kernel_size={size}",
                f"padding {size // 2} is the most here, or kernel size {2 * pad} the least",
            )


def check_pool_output(channels: int, rows: Axis, columns: Axis) -> None:
    """Refuse a pooling whose output would be empty."""
    if rows.outputs >= 1 and columns.outputs >= 1:
        return
    kernel, padding = zip(*map(_pool_that_fits, (rows, columns)), strict=True)
    _refuse(
        f"given input size: ({channels}x{rows.size}x{columns.size}). Calculated output size: "
        f"({channels}x{rows.outputs}x{columns.outputs}). Output size is too small",
        f"kernel size {kernel[0]},{kernel[1]} with padding {padding[0]},{padding[1]} fits",
    )


def _pool_that_fits(axis: Axis) -> Pair:
    """Return the largest kernel inside the padded input and its padding, at most half of it."""
    kernel = axis.kernel
    while extent(kernel, axis.dilation) > axis.size + 2 * min(axis.before, kernel // 2):
        kernel -= 1
    return kernel, min(axis.before, kernel // 2)
