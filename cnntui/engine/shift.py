"""What a shift of the input does to an output: equivariance and invariance, measured.

Knows arrays alone. A layer is equivariant where shifting its input shifts its output, and
invariant where the output stays as it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnntui.engine.geometry import Pair

Floats = npt.NDArray[np.floating]


def shifted(values: npt.NDArray[np.float32], by: Pair) -> npt.NDArray[np.float32]:
    """Return (C, H, W) moved down by ``by[0]`` and right by ``by[1]`` cells; zeros come in."""
    moved = np.zeros_like(values)
    (to_r, from_r), (to_c, from_c) = (
        _overlap(d, size) for d, size in zip(by, values.shape[1:], strict=True)
    )
    moved[:, to_r, to_c] = values[:, from_r, from_c]
    return moved


def _overlap(by: int, size: int) -> tuple[slice, slice]:
    """Return the target and origin slices of an axis moved by ``by``."""
    kept = max(0, size - abs(by))
    to, start = max(0, by), max(0, -by)
    return slice(to, to + kept), slice(start, start + kept)


@dataclass(frozen=True)
class ShiftReport:
    """How an output (planes, H, W) changed when the input moved.

    ``changed`` of ``total`` cells differ, by ``largest`` at most and ``mean`` over all cells.
    ``followed`` of ``compared`` cells hold what stood ``moved`` cells back: all of them where the
    layer is equivariant. ``moved`` is None where the shift is no whole number of strides.
    """

    changed: int
    total: int
    largest: float
    mean: float
    moved: Pair | None
    followed: int
    compared: int


def differs(before: Floats, after: Floats) -> npt.NDArray[np.bool_]:
    """Return where two outputs differ by more than the rounding of float64 sums."""
    with np.errstate(invalid="ignore"):
        close = np.isclose(before, after, rtol=1e-9, atol=1e-9, equal_nan=True)
    return ~close


def shift_report(before: Floats, after: Floats, by: Pair, stride: Pair) -> ShiftReport:
    """Compare an output with that of the input moved by ``by`` cells."""
    with np.errstate(invalid="ignore"):
        gap = np.where(differs(before, after), np.abs(after - before), 0.0)
    moved, followed, compared = None, 0, 0
    if all(d % s == 0 for d, s in zip(by, stride, strict=True)):
        moved = by[0] // stride[0], by[1] // stride[1]
        (to_r, from_r), (to_c, from_c) = (
            _overlap(d, size) for d, size in zip(moved, before.shape[1:], strict=True)
        )
        same = ~differs(before[:, from_r, from_c], after[:, to_r, to_c])
        followed, compared = int(same.sum()), same.size
    return ShiftReport(
        changed=int((gap != 0).sum()),
        total=gap.size,
        largest=float(gap.max(initial=0.0)),
        mean=float(gap.mean()) if gap.size else 0.0,
        moved=moved,
        followed=followed,
        compared=compared,
    )
