"""The Runs pane: its keys, its looks at the folder, its composition."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.message import Message
from textual.reactive import reactive

from cnntui import settings
from cnntui.errors import UserError
from cnntui.ground.lines import cropped, line
from cnntui.models.opening import NetRequest
from cnntui.panes.runs.elsewhere import runs_at, statuses
from cnntui.panes.runs.frame import details, heading, nothing, options_of, sort_of, table_of
from cnntui.panes.runs.state import RunsList
from cnntui.panes.watch.state import WatchState
from cnntui.parts.runs.actions import RunActions
from cnntui.training.run.folder import config_of
from cnntui.training.run.listing import RunStatus, list_runs
from cnntui.ui.shell.pane import Pane
from cnntui.ui.table import TableView
from cnntui.ui.words import Words

EVERY = 1.0  # seconds between two looks at the folder
SHARE = 10  # a look that takes long is made so much more seldom
WORDS = 5  # lines about the chosen run
HINTS = "/ find  s sort  o network  a elsewhere  L rate  X stop  d delete  r reset"


class RunsPane(Pane, can_focus=True):
    """The runs as a table, and the words about the chosen one."""

    HELP = (
        "How a run fares is told by its files alone: running, paused, silent for a while, "
        "finished, stopped, or failed, which also means that its worker is gone without a word. "
        "space pauses a running one, lets a paused one go on, and goes on with a stopped or failed "
        "one from its last checkpoint. The runs are looked at once a second."
    )

    BINDINGS = [
        Binding("enter", "watch", "watch", key_display="enter", id="runs.watch", tooltip="Open this run's curves in the Watch pane"),
        Binding("space", "pause", "pause", id="runs.pause", tooltip="Pause the run, or go on with it; a stopped or failed one goes on from its last checkpoint"),
        Binding("v", "do('marked')", "mark", id="runs.mark", tooltip="Mark the run, or take its mark away; up to three"),
        Binding("c", "compare", "compare", id="runs.compare", tooltip="Draw the marked runs' curves over one another in the Watch pane"),
        Binding("down,j", "do('moved',1)", "next", show=False, id="runs.down", tooltip="Next run"),
        Binding("up,k", "do('moved',-1)", "before", show=False, id="runs.up", tooltip="Run before"),
        Binding("pagedown", "do('paged',1)", "page", show=False, id="runs.page_down", tooltip="A screen further"),
        Binding("pageup", "do('paged',-1)", "page back", show=False, id="runs.page_up", tooltip="A screen back"),
        Binding("home", "do('first')", "first", show=False, id="runs.first", tooltip="First run"),
        Binding("end", "do('last')", "last", show=False, id="runs.last", tooltip="Last run"),
        Binding("slash", "ask_find", "find", show=False, id="runs.find", tooltip="Keep the runs whose name, state, data set or network holds every word"),
        Binding("s", "do('sorted_by')", "sort", show=False, id="runs.sort", tooltip="Sort by the next of: started, name, validation accuracy, validation loss, size; or click a title"),
        Binding("o", "open_network", "network", show=False, id="runs.network", tooltip="Open the run's network, with its best weights, in the Layers pane"),
        Binding("a", "ask_add", "elsewhere", show=False, id="runs.add", tooltip="List a run that lies elsewhere as well, by its folder"),
        Binding("L", "ask_rate", "rate", show=False, id="runs.rate", tooltip="Give the run another learning rate"),
        Binding("X", "ask_stop", "stop", show=False, id="runs.stop", tooltip="Stop the run at its next step; it can be gone on with"),
        Binding("d", "ask_delete", "delete", show=False, id="runs.delete", tooltip="Delete the run with its weights, after a typed y"),
        Binding("r", "do('reset')", "reset", show=False, id="runs.reset", tooltip="Every run, the last begun first, none marked"),
    ]  # fmt: skip

    DEFAULT_CSS = f"""
    RunsPane #heading, RunsPane #hints {{ height: 1; padding: 0 1; }}
    RunsPane TableView {{ padding: 0 1; }}
    RunsPane #nothing {{ height: 1fr; padding: 1 1; }}
    RunsPane #words {{ height: {WORDS}; padding: 0 1; }}
    """

    state: reactive[RunsList] = reactive(RunsList, init=False, always_update=True, repaint=False)

    @dataclass
    class Looked(Message):
        """The folder was looked at: its runs, the options of new ones, how long it took."""

        runs: tuple[RunStatus, ...]
        options: Mapping[Path, list[str]]
        seconds: float

    def __init__(self, *setting: Any) -> None:
        super().__init__(*setting)
        self.table, self.folder = TableView(id="table"), settings.runs_folder()
        self.actions = RunActions(self, "enter shows its curves")
        self.options: dict[Path, list[str]] = {}  # what differs from the usual settings
        self._looking, self._again, self._next = False, False, 0.0

    # composition

    def compose(self) -> ComposeResult:
        """Compose the heading, the table or what stands in for it, the words and the hints."""
        yield Words(id="heading")
        yield self.table
        yield Words(id="nothing")
        yield Words(id="words")
        yield Words(id="hints")
        yield self.prompt

    def on_mount(self) -> None:
        """Look at the folder, now and every second."""
        self.table.can_focus = False  # it goes where there is no run
        self.set_interval(EVERY, self._tick)
        self.open_state(self.opening if isinstance(self.opening, RunsList) else self.state)

    def start_focus(self) -> None:
        """Take the keys."""
        self.focus()

    def open_state(self, state: Any) -> None:
        """Show the list as another pane wants it."""
        if isinstance(state, RunsList):
            self.change(state)
        self.poll()

    # looking at the folder

    def _tick(self) -> None:
        if time.monotonic() >= self._next and self.screen.is_active:
            self.poll()

    def poll(self) -> None:
        """Look at the runs in a thread, one look at a time; what is asked meanwhile comes after."""
        if self._looking or not self.is_attached:
            self._again = True
            return
        self._looking, self._again = True, False
        self.look(self.state.added, frozenset(self.options))

    @work(thread=True, group="look")
    def look(self, added: tuple[Path, ...], known: frozenset[Path]) -> None:
        """Read how every run fares; ends in one message."""
        began = time.monotonic()
        runs = list_runs(self.folder)
        runs += tuple(statuses(added, {run.path for run in runs}))
        new = {run.path: _options(run.path) for run in runs if run.path not in known}
        self.post_message(self.Looked(runs, new, time.monotonic() - began))

    @on(Looked)
    def _take(self, event: Looked) -> None:
        there = {run.path for run in event.runs}
        kept = {path: options for path, options in self.options.items() if path in there}
        self.options = kept | dict(event.options)
        self._looking, self._next = False, time.monotonic() + SHARE * event.seconds
        self.state = self.state.telling(event.runs)
        if self._again:
            self.poll()

    # state to screen

    def change(self, state: RunsList) -> None:
        """Take what the user changed, and say what was refused; a look changes no notice."""
        self.said(state.problem)
        self.state = state

    def refuse(self, problem: UserError) -> None:
        """Say what went wrong; nothing is changed."""
        self.change(self.state.refused(problem))

    @on(TableView.Resized)
    def _fit(self, event: TableView.Resized) -> None:
        self.state = self.state.sized(event.rows)

    def on_resize(self) -> None:
        """Lay everything out for the new size."""
        self.watch_state(self.state)

    def watch_state(self, state: RunsList) -> None:
        """Show the state."""
        width = self.size.width - 2
        if width <= 0:
            return
        empty = nothing(state, self.folder, width)
        self.table.display = bool(state.runs)
        self.query_one("#nothing").display = not state.runs
        self._words("nothing", empty)
        self.table.frame = table_of(state, width)
        self._words("heading", (heading(state, self.folder, width),))
        run = state.chosen
        terms = self.options.get(run.path, []) if run is not None else []
        self._words("words", details(run, terms, width, WORDS) if run is not None else ())
        self._words("hints", (cropped(line(HINTS, "dim"), width),))

    def _words(self, name: str, lines: tuple[Any, ...]) -> None:
        self.query_one(f"#{name}", Words).lines = lines

    # keys

    def action_do(self, verb: str, *arguments: object) -> None:
        """Apply a verb of the state."""
        self.change(getattr(self.state, verb)(*arguments))

    def action_watch(self) -> None:
        """Watch the chosen run."""
        if self.state.chosen is not None:
            self.post_message(self.Wanted("watch", WatchState.of(self.state.chosen.path)))

    def action_compare(self) -> None:
        """Watch the marked runs, one over another."""
        try:
            self.post_message(self.Wanted("watch", WatchState(runs=self.state.compared())))
        except UserError as problem:
            self.refuse(problem)

    def action_open_network(self) -> None:
        """Open the run's network in the Layers pane."""
        if self.state.chosen is not None:
            self.post_message(self.Wanted("layers", NetRequest(text=str(self.state.chosen.path))))

    def action_ask_find(self) -> None:
        """Ask for words to find."""
        question = "words of a name, state, data set, network:"
        self.prompt.ask(question, self._find, self.state.find)

    def _find(self, text: str) -> None:
        self.change(self.state.finding(text))

    def action_ask_add(self) -> None:
        """Ask for a run that lies elsewhere."""
        self.prompt.ask("a run's folder, or one with runs in it:", self._add)

    def _add(self, text: str) -> None:
        if text:
            self.change(self.state.adding(runs_at(Path(text).expanduser())))
            self.poll()

    # requests

    def action_pause(self) -> None:
        """Pause the chosen run or go on with it."""
        self.actions.pause(self.state.chosen)

    def action_ask_stop(self) -> None:
        """Make sure that the run is to be stopped."""
        self.actions.ask_stop(self.state.chosen)

    def action_ask_delete(self) -> None:
        """Make sure that the run is to be deleted."""
        self.actions.ask_delete(self.state.chosen)

    def action_ask_rate(self) -> None:
        """Ask for another learning rate."""
        self.actions.ask_rate(self.state.chosen)

    @on(RunActions.Done)
    def _report(self, event: RunActions.Done) -> None:
        self.actions.report(event)
        self.poll()

    # the mouse

    @on(TableView.Picked)
    def _pick(self, event: TableView.Picked) -> None:
        if event.position == self.state.cursor:
            self.action_watch()
        self.action_do("to", event.position)

    @on(TableView.HeadPicked)
    def _sort(self, event: TableView.HeadPicked) -> None:
        if self.table.frame is not None:
            self.action_do("sorted_by", sort_of(self.table.frame.columns[event.column].title))


def _options(run: Path) -> list[str]:
    try:
        return options_of(config_of(run))
    except UserError:
        return []
