"""The kernels by name, written out, or from a file."""

from __future__ import annotations

import math
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnntui.errors import UserError, printable
from cnntui.ground import names
from cnntui.sources import files, samples, tables
from cnntui.sources.arrays import Values, as_float32

_SIDE = 3
_WIDEST = 99  # of gaussian-N


@dataclass(frozen=True, eq=False)
class Kernel:
    """A kernel: read-only ``values`` of (kh, kw), (C, kh, kw) or (F, C, kh, kw)."""

    name: str
    values: Values

    def __post_init__(self) -> None:
        self.values.setflags(write=False)


@dataclass(frozen=True)
class ListedKernel:
    """A kernel as it is listed; ``key`` picks it in the Filters pane, a bank has none."""

    name: str
    shape: tuple[int, ...]
    summary: str
    key: str


LISTED = tuple(
    ListedKernel(name, shape, summary, key)
    for key, name, shape, summary in (
        ("n", "identity", (3, 3), "nothing: the output is the input"),
        ("v", "vertical-edge", (3, 3), "vertical edges, dark to bright positive; = prewitt-x"),
        ("h", "horizontal-edge", (3, 3), "horizontal edges, rows -1 0 1; = prewitt-y"),
        ("x", "sobel-x", (3, 3), "vertical edges, the middle row counting twice"),
        ("Y", "sobel-y", (3, 3), "horizontal edges, the middle column counting twice"),
        ("X", "prewitt-x", (3, 3), "vertical edges, all rows alike; = vertical-edge"),
        ("P", "prewitt-y", (3, 3), "horizontal edges, all columns alike; = horizontal-edge"),
        ("l", "laplacian", (3, 3), "edges in every direction, by the second derivative"),
        ("t", "sharpen", (3, 3), "makes edges stronger, keeps flat areas; sums to 1"),
        ("b", "box-blur", (3, 3), "the mean of the window: smooths"),
        ("g", "gaussian-3", (3, 3), "a mean weighted to the centre (binomial 1 2 1): smooths"),
        ("G", "gaussian-5", (5, 5), "a mean weighted to the centre (binomial 1 4 6 4 1)"),
        ("m", "emboss", (3, 3), "relief lit along the diagonal; sums to 1"),
        ("d", "ridge", (3, 3), "lines and spots that differ from all 8 neighbours"),
        ("c", "corner", (3, 3), "corners and crossings: second difference along rows and columns"),
        ("z", "random", (3, 3), "no aim: -3 to 3 by seed, random:7, random:7:4,1,3,3"),
        ("", "edges-bank", (4, 1, 3, 3), "bank: sobel-x, sobel-y, laplacian, sharpen"),
        ("", "rgb-bank", (2, 3, 3, 3), "bank for RGB: edges of the brightness; red against blue"),
    )
)
_NAMES = tuple(listed.name for listed in LISTED)


def listed_kernels() -> tuple[ListedKernel, ...]:
    """List the sample kernels, the banks last."""
    return LISTED


def load_kernel(text: str) -> Kernel:
    """Load what ``text`` names or writes out: ``sobel-x``, ``1 0 -1; 2 0 -2``, a file.

    Raises UserError.
    """
    text = text.strip()
    values = _made(text, None)
    if values is None and text in _NAMES:
        values = _stored(text)
    if values is not None:
        return Kernel(text, values)
    path = os.path.expanduser(text)
    if _is_written(text, path):
        return _written(text)
    if names.is_path(path):
        return Kernel(printable(text), files.read_array(Path(path)))
    raise names.unknown("kernel", text, _NAMES)


def resized(name: str, values: NDArray[Any], size: tuple[int, int]) -> Values:
    """Return the same kernel at another (height, width) of its last two axes.

    Families (identity, box-blur, gaussian-N, random) are made anew. Others are padded with zeros
    or cropped around the centre; an odd row or column is added or cut at the bottom or right.
    Raises UserError for a size outside 1 to 4096.
    """
    height, width = names.sizes(f"{size[0]},{size[1]}", 2, "3 or 3,5")
    made = _made(name, (height, width), values.shape[:-2])
    if made is not None:
        return np.array(np.broadcast_to(made, (*values.shape[:-2], height, width)))
    return _fitted(_fitted(values, -2, height), -1, width).astype(np.float32)


def _fitted(values: NDArray[Any], axis: int, size: int) -> NDArray[Any]:
    """Pad or crop one axis around its centre."""
    extra = size - values.shape[axis]
    if extra < 0:
        return np.take(values, range(-extra // 2, -extra // 2 + size), axis)
    widths = [(0, 0)] * values.ndim
    widths[axis] = (extra // 2, extra - extra // 2)
    return np.pad(values, widths)


def _made(name: str, size: tuple[int, int] | None, lead: tuple[int, ...] = ()) -> Values | None:
    """Return a member of a family at ``size``, or at its own; None for any other name."""
    height, width = size or (_SIDE, _SIDE)
    if name == "identity":
        return _identity(height, width)
    if name == "box-blur":
        return np.full((height, width), 1 / (height * width), dtype=np.float32)
    if match := re.fullmatch(r"gaussian-([0-9]{1,4})", name, re.ASCII):
        return _gaussian(*(size or _square(name, int(match[1]))))
    head, colon, argument = name.partition(":")
    if head == "random":
        seed, own = names.seeded(argument if colon else "0", (_SIDE, _SIDE), 4)
        return _random(seed, (*lead, *size) if size else own)
    return None


def _identity(height: int, width: int) -> Values:
    """Return 1 at the cell that torch's "same" padding puts on the input cell, else 0."""
    values = np.zeros((height, width), dtype=np.float32)
    values[(height - 1) // 2, (width - 1) // 2] = 1
    return values


def _square(name: str, side: int) -> tuple[int, int]:
    if not 1 <= side <= _WIDEST:
        raise UserError(f"{name} is not made; gaussian-1 to gaussian-{_WIDEST} are")
    return side, side


def _gaussian(height: int, width: int) -> Values:
    """Return the outer product of two rows of Pascal's triangle, summing to 1."""
    down, across = (
        np.array([math.comb(n - 1, k) / 2 ** (n - 1) for k in range(n)]) for n in (height, width)
    )
    return np.outer(down, across).astype(np.float32)


def _random(seed: int, shape: tuple[int, ...]) -> Values:
    return np.random.default_rng(seed).integers(-3, 4, shape).astype(np.float32)


def _stored(name: str) -> Values:
    folder = samples.folder() / "kernels"
    bank = folder / f"{name}.npy"
    return files.read_array(bank if bank.exists() else folder / f"{name}.csv")


def _is_written(text: str, path: str) -> bool:
    """Whether ``text`` is meant as numbers: it starts with one, or has rows and is no file."""
    starts = _number(re.split(r"[\s,;]", text, maxsplit=1)[0]) is not None
    return starts or (bool(re.search(r"[;\n]", text)) and not os.path.exists(path))


def _written(text: str) -> Kernel:
    """Read rows separated by ``;`` or newlines, numbers by spaces or commas."""
    rows = [re.split(r"[\s,]+", row.strip(" \t,")) for row in re.split(r"[;\r\n]+", text)]
    rows = [row for row in rows if row != [""]]
    if not rows:
        raise UserError("the kernel has no numbers; write rows such as 1 0 -1; 2 0 -2; 1 0 -1")
    values = [_row(row, number) for number, row in enumerate(rows, start=1)]
    for number, row in enumerate(values, start=1):
        if len(row) != len(values[0]):
            raise UserError(
                f"row {number} of the kernel has {len(row)} values and row 1 has "
                f"{len(values[0])}; every row needs as many: 1 0 -1; 2 0 -2; 1 0 -1"
            )
    return Kernel("; ".join(" ".join(row) for row in rows), as_float32(np.array(values)))


def _row(texts: list[str], number: int) -> list[float]:
    values = [_number(text) for text in texts]
    if None in values:
        wrong = names.cut(texts[values.index(None)], 24)
        raise UserError(
            f"row {number} of the kernel: {wrong!r} is not a number; write 2, -0.5, 1/9"
        )
    return [value for value in values if value is not None]


def _number(text: str) -> float | None:
    """Return a number or a fraction such as ``1/9``; None for anything else."""
    above, slash, below = text.partition("/")
    try:
        return tables.plain_number(above) / (tables.plain_number(below) if slash else 1)
    except (ValueError, ZeroDivisionError):
        return None


def kernel_text(name: str) -> str:
    """Write a kernel that was written out without spaces: ``1,0,-1;2,0,-2``."""
    if not re.fullmatch(r"[-+.0-9eE/;, ]+", name):
        return name
    return name.replace("; ", ";").replace(" ", ",")
