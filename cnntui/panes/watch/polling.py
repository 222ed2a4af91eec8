"""Looks at runs in a thread, a few times a second, for the Watch pane. Not a pane itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from textual import on, work
from textual.message import Message
from textual.reactive import reactive

from cnntui.errors import UserError
from cnntui.panes.watch.frame import log_lines
from cnntui.panes.watch.sheets import Judged, judged_pictures
from cnntui.panes.watch.state import WatchState
from cnntui.panes.watch.watched import Watched, overlaid
from cnntui.parts.curves.frame import extent_of
from cnntui.ui.shell.pane import Pane

EVERY = 0.25  # seconds between two looks at the run
LOOK = 4  # looks at the log for one at the run's status


class WatchPolling(Pane):
    """Keeps what the runs told so far, and brings it up to date in threads."""

    state: reactive[WatchState | None] = reactive(
        None, init=False, always_update=True, repaint=False
    )

    @dataclass
    class Polled(Message):
        """The runs were looked at; ``log`` is what the worker printed, where it is on view."""

        new: bool
        log: tuple[str, ...] | None

    @dataclass
    class Smoothed(Message):
        """The curves are ready in another smoothing."""

        by: int

    @dataclass
    class Read(Message):
        """The pictures that a run is judged by were read."""

        run: Path
        pictures: Judged

    @dataclass
    class Failed(Message):
        """Something could not be done."""

        problem: UserError

    def __init__(self, *setting: Any) -> None:
        super().__init__(*setting)
        self.watched: dict[Path, Watched] = {}
        self.pictures: dict[Path, Judged] = {}
        self.log_read: tuple[str, ...] = ()
        self._polling, self._looks, self._reading = False, 0, False

    @property
    def first(self) -> Watched | None:
        """The run that the tabs are about."""
        return self.watched.get(self.state.run) if self.state is not None else None

    @property
    def beside_state(self) -> Watched | None:
        """What was read of that run."""
        return self.first

    def open_state(self, state: Any) -> None:
        """Watch what another pane names."""
        if state is not None:
            self.watched = {run: self.watched.get(run) or Watched(run) for run in state.runs}
            self.state = state
            self.poll()

    # the log

    def poll(self) -> None:
        """Look at the runs in a thread, one look at a time."""
        if self._polling or self.state is None or not self.is_attached:
            return
        self._polling = True
        self._looks += 1
        curves = self.state.curves
        self.look(
            tuple(self.watched.values()),
            (curves.per,),
            self._looks % LOOK == 1,
            self.state.tab == "log",
        )

    @work(thread=True, group="poll")
    def look(
        self, runs: tuple[Watched, ...], pers: tuple[str, ...], status: bool, shows_log: bool
    ) -> None:
        """Read what is new; ends in one message."""
        try:
            new = [one.poll(pers, status or one.status is None) for one in runs]
            log = log_lines(runs[0].path) if shows_log and runs else None
            self.post_message(self.Polled(any(new), log))
        except UserError as problem:
            self.post_message(self.Failed(problem))

    @on(Polled)
    def _take(self, event: Polled) -> None:
        self._polling = False
        if event.log is not None:
            self.log_read = event.log
        if any(one.behind for one in self.watched.values()):
            self.poll()
        state = self.state
        if state is not None and (event.new or event.log is not None or self._looks % LOOK == 1):
            self.state = self.followed(state)

    def followed(self, state: WatchState) -> WatchState:
        """Give the curves' view the quantities, names and extent that there are now."""
        curves = state.curves
        found = tuple(dict.fromkeys(q for one in self.watched.values() for q in one.quantities))
        if found != curves.quantities:
            curves = curves.with_quantities(found)
        drawn = list(overlaid(self.watched, curves.quantity, curves.per))
        names = tuple(curve.name for curve in drawn)
        if names != curves.names:
            curves = curves.named(names)
        if extent_of(drawn) != curves.extent:
            curves = curves.with_extent(*extent_of(drawn))
        return state if curves is state.curves else replace(state, curves=curves)

    @on(Failed)
    def _refuse(self, event: Failed) -> None:
        self._polling = False
        self.said(str(event.problem))

    # smoothing a million points for the first time takes longer than a frame may

    def smooth(self, by: int) -> None:
        """Smooth the curves in a thread, then show them so."""
        if self.state is not None and self.state.tab == "curves":
            curves = self.state.curves
            wanted = (curves.quantity, curves.per, curves.smoothed(by).weight, by)
            self.smooth_all(tuple(self.watched.values()), *wanted)

    @work(thread=True, exclusive=True, group="smooth")
    def smooth_all(
        self, runs: tuple[Watched, ...], quantity: str, per: str, weight: float, by: int
    ) -> None:
        """Have the curves smoothed; ends in one message."""
        for one in runs:
            one.smoothed(quantity, per, weight)
        self.post_message(self.Smoothed(by))

    @on(Smoothed)
    def _show_smoothed(self, event: Smoothed) -> None:
        if self.state is not None:
            self.state = self.state.curved("smoothed", event.by)

    # the pictures

    def want_pictures(self, run: Path) -> Judged | None:
        """Return the pictures a run is judged by; None while they are read."""
        if run not in self.pictures and not self._reading:
            self._reading = True
            self.read_pictures(run)
        return self.pictures.get(run)

    @work(thread=True, group="pictures")
    def read_pictures(self, run: Path) -> None:
        """Read the data set of a run; ends in one message."""
        self.post_message(self.Read(run, judged_pictures(run)))

    @on(Read)
    def _take_pictures(self, event: Read) -> None:
        self._reading = False
        self.pictures = {**self.pictures, event.run: event.pictures}
        if self.state is not None:
            self.state = self.state
