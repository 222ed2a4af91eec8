"""The inputs and kernels that can be chosen, for pickers and the palette, and the picking of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cnntui.sources.inputs import listed_inputs
from cnntui.sources.kernels import listed_kernels
from cnntui.ui.picker import Picker
from cnntui.ui.shell.pane import Choice, Pane

TYPED_INPUT = "a file: picture.png, grid.csv, array.npy; digit:7, random:3, gradient:12"
TYPED_KERNEL = "numbers: 1 0 -1; 2 0 -2; 1 0 -1, or a file"


def input_choices(first: str = "") -> Iterator[Choice]:
    """Yield every sample input, those of the kind ``first`` before all others."""
    for source in sorted(listed_inputs(), key=lambda each: each.kind != first):
        yield Choice(source.name, "×".join(map(str, source.shape)), source.summary)


def kernel_choices(keyed: bool = False) -> Iterator[Choice]:
    """Yield every sample kernel; with ``keyed`` those alone that a key of their own picks."""
    for kernel in listed_kernels():
        if kernel.key or not keyed:
            yield Choice(kernel.name, "×".join(map(str, kernel.shape)), kernel.summary)


def pick(
    pane: Pane, title: str, choices: Iterator[Choice], typed: str, take: Callable[[str], object]
) -> None:
    """Let the user choose a name, or type another: ``take`` is given it, unless escape leaves."""

    def picked(name: str | None) -> None:
        if name:
            take(name)

    pane.app.push_screen(Picker(title, list(choices), typed), picked)
