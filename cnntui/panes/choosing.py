"""What panes share when something is chosen or checked: lists, and torch's word; no keys."""

from __future__ import annotations

from collections.abc import Iterator

from cnntui.engine.reference import Reference
from cnntui.frames import Line
from cnntui.sources.inputs import listed_inputs
from cnntui.sources.kernels import listed_kernels
from cnntui.ui.pane import Choice

TYPED_INPUT = "a file: picture.png, grid.csv, array.npy; digit:7, random:3, gradient:12"
TYPED_KERNEL = "numbers: 1 0 -1; 2 0 -2; 1 0 -1, or a file"


def input_choices(first: str = "") -> Iterator[Choice]:
    """Yield every sample input, those of the kind ``first`` before all others."""
    for found in sorted(listed_inputs(), key=lambda each: each.kind != first):
        yield Choice(found.name, "×".join(map(str, found.shape)), found.summary)


def kernel_choices(keyed: bool = False) -> Iterator[Choice]:
    """Yield every sample kernel; with ``keyed`` those alone that a key of their own picks."""
    for found in listed_kernels():
        if found.key or not keyed:
            yield Choice(found.name, "×".join(map(str, found.shape)), found.summary)


def verdict_line(result: Reference, unicode: bool) -> Line:
    """Say whether torch agrees, on which device, and by how much it differs at most."""
    tick, cross = ("✓", "✗") if unicode else ("ok", "NOT")
    sign = f"{tick} torch" if result.agrees else f"{cross} torch differs"
    role = "good" if result.agrees else "bad"
    return ((f"{sign} {result.device} {result.max_abs_diff:.0e}", role),)
