"""What the Gallery lets choose: data sets, and the panes in which a picture is opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cnntui.datasets.naming import Known, found_in, known_datasets
from cnntui.numbers import shape
from cnntui.sources.inputs import Input
from cnntui.ui.shell.pane import Choice

KERNEL = "sobel-x"


def dataset_choices(data_dir: Path | None) -> list[Choice]:
    """Return the data sets, with what was found on the disk; slow: for a thread."""
    named = [known for known in known_datasets() if known.offline or known.files]
    return [_choice(known, data_dir) for known in named]


def _choice(known: Known, data_dir: Path | None) -> Choice:
    """Tell a data set's size, and whether its files are there."""
    folder = found_in(known, data_dir)
    there = f"found in {folder}" if folder else "not found"
    where = "drawn or built in" if known.offline else there
    size = shape(known.shape) if known.shape else ""
    return Choice(known.name, size, f"{known.title} · {where}")


def state_in(pane: str, source: Input, device: str) -> Any:
    """Return the state of a pane on that input. Raises UserError."""
    from cnntui.sources.kernels import load_kernel

    if pane == "pool":
        from cnntui.panes.pool.state import PoolingState

        return PoolingState.of(source, device=device)
    if pane == "filters":
        from cnntui.panes.filters.state import FiltersState, Picture

        natural = source.values.shape[1], source.values.shape[2]
        return FiltersState.of(Picture(source, natural), load_kernel(KERNEL), device=device)
    from cnntui.panes.conv.state import ConvolutionState

    return ConvolutionState.of(source, load_kernel(KERNEL), device=device)
