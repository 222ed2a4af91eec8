"""Looks at runs a few times a second, smooths their curves and reads their pictures, in threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from textual.message import Message

from cnntui.errors import UserError
from cnntui.panes.watch.sheets import RunPictures, read_pictures
from cnntui.panes.watch.watched import Watched, log_lines, overlaid
from cnntui.parts.curves.frame import Curve, extent_of
from cnntui.parts.curves.state import CurvesState
from cnntui.ui.shell.pane import Pane

EVERY = 0.25  # seconds between two looks at the run
LOOK = 4  # looks at the log for one at the run's status


class RunPoller:
    """Keeps what the runs' files tell so far; every thread of it ends in one message to the pane."""

    @dataclass
    class Polled(Message):
        """The runs were looked at; ``log`` is what the worker printed, where it is on view."""

        is_new: bool
        log: tuple[str, ...] | None

    @dataclass
    class Smoothed(Message):
        """The curves are ready in another smoothing."""

        by: int

    @dataclass
    class Read(Message):
        """The pictures that a run is judged by were read."""

        run: Path
        pictures: RunPictures

    @dataclass
    class Failed(Message):
        """The runs could not be looked at."""

        problem: UserError

    def __init__(self, pane: Pane) -> None:
        self._pane = pane
        self.watched: dict[Path, Watched] = {}
        self.log: tuple[str, ...] = ()
        self._pictures: dict[Path, RunPictures] = {}
        self._polling, self._looks, self._reading = False, 0, False

    def watch(self, runs: tuple[Path, ...]) -> None:
        """Look at these runs from now on."""
        self.watched = {run: self.watched.get(run) or Watched(run) for run in runs}

    def _work(self, work: Callable[[], Message], group: str, exclusive: bool = False) -> None:
        def working() -> None:
            self._pane.post_message(work())

        self._pane.run_worker(working, thread=True, group=group, exclusive=exclusive)

    # the log

    def poll(self, per: str, shows_log: bool) -> None:
        """Look at the runs in a thread, one look at a time."""
        if self._polling:
            return
        self._polling = True
        self._looks += 1
        runs = tuple(self.watched.values())
        self._work(partial(self._look, runs, per, self._looks_at_status, shows_log), "poll")

    @property
    def _looks_at_status(self) -> bool:
        return self._looks % LOOK == 1

    def _look(self, runs: tuple[Watched, ...], per: str, status: bool, shows_log: bool) -> Message:
        try:
            new = [one.poll((per,), status or one.status is None) for one in runs]
        except UserError as problem:
            return self.Failed(problem)
        return self.Polled(any(new), log_lines(runs[0].path) if shows_log and runs else None)

    def take(self, event: Polled) -> bool:
        """Take what a look brought; return whether it may change what is seen."""
        self._polling = False
        if event.log is not None:
            self.log = event.log
        return event.is_new or event.log is not None or self._looks_at_status

    def fail(self) -> None:
        """Take that a look brought nothing."""
        self._polling = False

    @property
    def is_behind(self) -> bool:
        """Whether the logs have more than was read."""
        return any(one.behind for one in self.watched.values())

    # the curves

    def followed(self, curves: CurvesState) -> CurvesState:
        """Give the curves' view the quantities, names and extent that there are now."""
        quantities = tuple(
            dict.fromkeys(each for one in self.watched.values() for each in one.quantities)
        )
        if quantities != curves.quantities:
            curves = curves.with_quantities(quantities)
        drawn = list(overlaid(self.watched, curves.quantity, curves.per))
        names = tuple(curve.name for curve in drawn)
        if names != curves.names:
            curves = curves.named(names)
        extent = extent_of(drawn)
        return curves if extent == curves.extent else curves.with_extent(*extent)

    @contextmanager
    def drawing(self, curves: CurvesState) -> Iterator[list[Curve] | None]:
        """Give the curves of all runs while no thread changes them; None where one does."""
        with ExitStack() as locks:
            for one in self.watched.values():
                if not one.lock.acquire(blocking=False):
                    yield None
                    return
                locks.callback(one.lock.release)
            yield list(overlaid(self.watched, curves.quantity, curves.per))

    def smooth(self, curves: CurvesState, by: int) -> None:
        """Smooth the curves in a thread: for the first time a million points take long."""
        runs = tuple(self.watched.values())
        weight = curves.smoothed(by).weight

        def work() -> Message:
            for one in runs:
                one.smoothed(curves.quantity, curves.per, weight)
            return self.Smoothed(by)

        self._work(work, "smooth", exclusive=True)

    # the pictures

    def pictures(self, run: Path) -> RunPictures | None:
        """Return the pictures a run is judged by; None while they are read."""
        if run not in self._pictures and not self._reading:
            self._reading = True
            self._work(lambda: self.Read(run, read_pictures(run)), "pictures")
        return self._pictures.get(run)

    def take_pictures(self, event: Read) -> None:
        """Take the pictures that were read."""
        self._reading = False
        self._pictures[event.run] = event.pictures
