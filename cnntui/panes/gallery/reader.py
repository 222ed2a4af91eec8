"""The part of the Gallery pane that reads data sets and makes other panes' states, in threads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textual import work
from textual.message import Message
from textual.widget import Widget
from textual.worker import get_current_worker

from cnntui.datasets.dataset import Dataset
from cnntui.datasets.figures import Figures, figures_of
from cnntui.datasets.naming import Known, found_in, known_datasets, load_dataset
from cnntui.errors import UserError
from cnntui.numbers import shape
from cnntui.panes.gallery.state import Request
from cnntui.sources.inputs import Input
from cnntui.ui.shell.pane import Choice, Pane

KERNEL = "sobel-x"


class GalleryReader(Widget):
    """Reads a data set, counts it, lists all there are: each in a thread, ending in a message.

    Invisible itself.
    """

    DEFAULT_CSS = "GalleryReader { display: none; }"

    @dataclass
    class Loaded(Message):
        """A data set was read."""

        request: Request
        data: Dataset

    @dataclass
    class Counted(Message):
        """The figures of a data set are known."""

        data: Dataset
        figures: Figures

    @dataclass
    class Listed(Message):
        """The data sets, with what was found on the disk."""

        choices: list[Choice]

    @dataclass
    class Failed(Message):
        """What was to be read could not be."""

        problem: UserError

    @work(thread=True, exclusive=True, group="dataset")
    def read(self, request: Request) -> None:
        """Read a data set; ends in one message."""
        worker = get_current_worker()
        try:
            data = load_dataset(request.text, data_dir=request.data_dir)
            message: Message = self.Loaded(request, data)
        except UserError as problem:
            message = self.Failed(problem)
        if not worker.is_cancelled:
            self.post_message(message)

    @work(thread=True, exclusive=True, group="figures")
    def count(self, data: Dataset) -> None:
        """Count classes and pixels; ends in one message."""
        worker = get_current_worker()
        figures = figures_of(data)
        if not worker.is_cancelled:
            self.post_message(self.Counted(data, figures))

    @work(thread=True, exclusive=True, group="list")
    def list_datasets(self, data_dir: Path | None) -> None:
        """Look for the files of every data set; ends in one message."""
        named = [known for known in known_datasets() if known.offline or known.files]
        self.post_message(self.Listed([_choice(known, data_dir) for known in named]))

    @work(thread=True, exclusive=True, group="prepare")
    def prepare(self, pane: str, source: Input, device: str) -> None:
        """Make the state of another pane; ends in one message."""
        worker = get_current_worker()
        try:
            message: Message = Pane.Wanted(pane, _state_in(pane, source, device))
        except UserError as problem:
            message = self.Failed(problem)
        if not worker.is_cancelled:
            self.post_message(message)


def _choice(known: Known, data_dir: Path | None) -> Choice:
    """Tell a data set's size, and whether its files are there."""
    folder = found_in(known, data_dir)
    there = f"found in {folder}" if folder else "not found"
    where = "drawn or built in" if known.offline else there
    size = shape(known.shape) if known.shape else ""
    return Choice(known.name, size, f"{known.title} · {where}")


def _state_in(pane: str, source: Input, device: str) -> Any:
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
