"""Reads data sets for the Gallery pane and hands pictures on, in threads. Not a pane itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textual import on, work
from textual.message import Message
from textual.reactive import reactive
from textual.worker import get_current_worker

from cnntui.datasets.dataset import Dataset
from cnntui.datasets.figures import Figures, figures_of
from cnntui.datasets.naming import Known, found_in, known_datasets, load_dataset
from cnntui.errors import UserError
from cnntui.ground.names import shortened
from cnntui.numbers import shape
from cnntui.panes.gallery.state import Asked, GalleryState
from cnntui.sources.inputs import Input
from cnntui.ui.shell.pane import Choice, Pane

KERNEL = "sobel-x"


class GalleryLoading(Pane):
    """Reads a data set, counts it, lists all there are: each in a thread, ending in a message."""

    state: reactive[GalleryState]

    @dataclass
    class Loaded(Message):
        """A data set was read."""

        asked: Asked
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
    class Ready(Message):
        """A picture is ready for another pane."""

        pane: str
        state: Any

    @dataclass
    class Failed(Message):
        """What was to be read could not be."""

        problem: UserError

    def refuse(self, problem: UserError) -> None:
        """Say what went wrong; what is shown stays."""
        raise NotImplementedError

    def ask_for(self, asked: Asked) -> None:
        """Have a data set read."""
        self.said(f"reading {shortened(asked.text, 60)} …", bad=False)
        self.read(asked)

    @work(thread=True, exclusive=True, group="dataset")
    def read(self, asked: Asked) -> None:
        """Read a data set; ends in one message."""
        worker = get_current_worker()
        try:
            told: Message = self.Loaded(asked, load_dataset(asked.text, data_dir=asked.data_dir))
        except UserError as problem:
            told = self.Failed(problem)
        if not worker.is_cancelled:
            self.post_message(told)

    @on(Loaded)
    def _take_dataset(self, event: Loaded) -> None:
        asked, data = event.asked, event.data
        try:
            state = self.state.loaded(data, asked)
        except UserError as problem:
            state = self.state.loaded(data, Asked(asked.text, asked.data_dir)).refused(problem)
        self.state = state
        if data.notes and not state.problem:
            self.said("; ".join(data.notes), bad=False)
        self.count(data)

    @work(thread=True, exclusive=True, group="figures")
    def count(self, data: Dataset) -> None:
        """Count classes and pixels; ends in one message."""
        worker = get_current_worker()
        figures = figures_of(data)
        if not worker.is_cancelled:
            self.post_message(self.Counted(data, figures))

    @on(Counted)
    def _take_figures(self, event: Counted) -> None:
        if self.state.data is event.data:
            self.take_figures(event.figures)

    def take_figures(self, figures: Figures) -> None:
        """Show the figures where they are on view; a notice stays."""
        raise NotImplementedError

    @work(thread=True, exclusive=True, group="list")
    def list_datasets(self, data_dir: Path | None) -> None:
        """Look for the files of every data set; ends in one message."""
        named = [known for known in known_datasets() if known.offline or known.files]
        self.post_message(self.Listed([_choice(known, data_dir) for known in named]))

    @work(thread=True, exclusive=True, group="prepare")
    def prepare(self, pane: str, source: Input) -> None:
        """Make the state of another pane; ends in one message."""
        worker = get_current_worker()
        try:
            told: Message = self.Ready(pane, _state_in(pane, source, self.device))
        except UserError as problem:
            told = self.Failed(problem)
        if not worker.is_cancelled:
            self.post_message(told)

    @on(Ready)
    def _hand_over(self, event: Ready) -> None:
        self.post_message(self.Wanted(event.pane, event.state))

    @on(Failed)
    def _refuse(self, event: Failed) -> None:
        self.refuse(event.problem)


def _choice(known: Known, data_dir: Path | None) -> Choice:
    """Tell a data set's size, and whether its files are there."""
    found = found_in(known, data_dir)
    where = "drawn or built in" if known.offline else f"found in {found}" if found else "not found"
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
