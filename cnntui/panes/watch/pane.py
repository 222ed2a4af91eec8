"""The Watch pane: its keys, and how its poller, its tabs and its run's actions hold together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.reactive import reactive

from cnntui.errors import UserError
from cnntui.models.opening import NetRequest
from cnntui.panes.watch.polling import EVERY, RunPoller
from cnntui.panes.watch.run_choices import run_choices
from cnntui.panes.watch.state import WatchState
from cnntui.panes.watch.tabs import RunTabs
from cnntui.panes.watch.watched import Watched
from cnntui.parts.curves.frame import cursor_stepped
from cnntui.parts.runs.actions import RunActions
from cnntui.settings import runs_folder
from cnntui.training.run.finding import find_run
from cnntui.training.run.listing import RunStatus
from cnntui.ui.curve import CurveView
from cnntui.ui.grid import GridView
from cnntui.ui.picker import Picker
from cnntui.ui.sheet import SheetView
from cnntui.ui.shell.pane import Pane
from cnntui.ui.table import TableView

AGAIN = 0.03  # seconds until the next try where a thread has the curves


class WatchingPane(Pane, can_focus=True):
    """A run's curves, live, and what its last epoch got right and wrong."""

    HELP = (
        "The run belongs to a worker of its own: it goes on when this pane, the app or the terminal "
        "is closed. Solid lines are training, dashed ones validation. The arrows read values off "
        "the curves; without the cursor the last values stand in the legend."
    )

    BINDINGS = [
        Binding("space", "pause", "pause", id="watch.pause", tooltip="Pause the run, or go on with it; a stopped or killed one goes on from its last checkpoint"),
        Binding("tab", "turn_tab(1)", "next tab", id="watch.tab", tooltip="Next: curves, epochs, confusion, classes, wrong, samples, kernels, log"),
        Binding("shift+tab", "turn_tab(-1)", "tab before", show=False, id="watch.tab_back", tooltip="Tab before"),
        Binding("down,j", "move(1,0)", "down", show=False, id="watch.down", tooltip="Next quantity, or row"),
        Binding("up,k", "move(-1,0)", "up", show=False, id="watch.up", tooltip="Quantity before, or row"),
        Binding("right,l", "move(0,1)", "read", show=False, id="watch.right", tooltip="Cursor on the curves, to the right; reads their values"),
        Binding("left,h", "move(0,-1)", "back", show=False, id="watch.left", tooltip="Cursor to the left"),
        Binding("pagedown", "do('paged',1)", "page down", show=False, id="watch.page_down", tooltip="A screen further"),
        Binding("pageup", "do('paged',-1)", "page up", show=False, id="watch.page_up", tooltip="A screen back"),
        Binding("plus,equals_sign", "do('zoomed',1)", "zoom", id="watch.zoom", tooltip="Zoom in, round the cursor; larger pictures"),
        Binding("minus", "do('zoomed',-1)", "zoom out", show=False, id="watch.zoom_out", tooltip="Zoom out; smaller pictures"),
        Binding("right_square_bracket", "do('panned',1)", "later", show=False, id="watch.later", tooltip="Move the zoomed view on; kernels: the epoch after"),
        Binding("left_square_bracket", "do('panned',-1)", "earlier", show=False, id="watch.earlier", tooltip="Move the zoomed view back; kernels: the epoch before"),
        Binding("home", "curve('to_start')", "first", show=False, id="watch.first", tooltip="The beginning of the run"),
        Binding("end", "curve('to_end')", "last", show=False, id="watch.last", tooltip="The end of the run; follow it"),
        Binding("s", "smooth(1)", "smooth", id="watch.smooth", tooltip="Smooth the training curve more"),
        Binding("S", "smooth(-1)", "smooth less", show=False, id="watch.rough", tooltip="Smooth less"),
        Binding("g", "curve('with_log')", "log", show=False, id="watch.log", tooltip="Logarithmic axis, or linear"),
        Binding("e", "curve('by_other_axis')", "epochs", show=False, id="watch.axis", tooltip="Count in epochs, or in steps"),
        Binding("w", "choose_run", "run", show=False, id="watch.run", tooltip="Watch another run"),
        Binding("v", "choose_beside", "beside", show=False, id="watch.beside", tooltip="Draw another run's curves beside these, or remove them"),
        Binding("L", "ask_rate", "rate", show=False, id="watch.rate", tooltip="Give the run another learning rate"),
        Binding("X", "ask_stop", "stop", show=False, id="watch.stop", tooltip="Stop the run at its next step; it can be gone on with"),
        Binding("o", "open_network", "network", show=False, id="watch.network", tooltip="Open the run's network, with its best weights, in the Layers pane"),
        Binding("r", "reset", "reset", show=False, id="watch.reset", tooltip="All of the curves, unsmoothed"),
    ]  # fmt: skip

    DEFAULT_CSS = """
    WatchingPane #heading, WatchingPane #tabs, WatchingPane #about, WatchingPane #status {
        height: 1;
    }
    WatchingPane #main { height: 3fr; }
    WatchingPane #second { height: 2fr; }
    WatchingPane TableView, WatchingPane #sheet { padding: 0 1; }
    WatchingPane #matrix { height: 1fr; }
    WatchingPane #names { width: 26; }
    """

    state: reactive[WatchState | None] = reactive(
        None, init=False, always_update=True, repaint=False
    )

    def __init__(self, *setting: Any) -> None:
        super().__init__(*setting)
        self.poller = RunPoller(self)
        self.tabs = RunTabs(self.terminal, self.poller)
        self.actions = RunActions(self, "w chooses another run")

    def compose(self) -> ComposeResult:
        """Compose the tabs, and the prompt."""
        yield from self.tabs.compose()
        yield self.prompt

    def on_mount(self) -> None:
        """Open what was asked for, or the last run."""
        self.set_interval(EVERY, self.poll)
        if isinstance(self.opening, WatchState):
            self.open_state(self.opening)
            return
        try:
            self.open_state(WatchState.of(find_run("last", runs_folder())))
        except UserError as problem:
            self.said(str(problem), bad=False)

    def start_focus(self) -> None:
        """Take the keys."""
        self.focus()

    def open_state(self, state: Any) -> None:
        """Watch what another pane names."""
        if state is not None:
            self.poller.watch(state.runs)
            self.state = state
            self.poll()

    @property
    def beside_state(self) -> Watched | None:
        """What was read of the run that the tabs are about."""
        return self.poller.watched.get(self.state.run) if self.state is not None else None

    @property
    def status(self) -> RunStatus | None:
        """How that run fares; None until it was looked at."""
        return self.beside_state.status if self.beside_state is not None else None

    # state to screen

    def validate_state(self, state: WatchState | None) -> WatchState | None:
        """Return the state with its cursor on what there is."""
        return None if state is None else self.tabs.fitted(state)

    def watch_state(self) -> None:
        """Draw the chosen tab; a little later again where a thread has the curves."""
        if self.state is not None and not self.tabs.draw(self.state, self.size):
            self.set_timer(AGAIN, self.watch_state)

    @on(CurveView.Resized)
    @on(TableView.Resized)
    @on(GridView.Resized)
    def on_resize(self) -> None:
        """Lay everything out for the new size."""
        self.state = self.state

    @on(SheetView.Resized)
    def _fit_sheet(self, event: SheetView.Resized) -> None:
        if self.state is not None:
            sheet = self.state.sheet.sized(event.width, event.height)
            self.state = replace(self.state, sheet=sheet)

    # what the threads bring

    def poll(self) -> None:
        """Look at the runs, unless that is being done."""
        if self.state is not None and self.is_attached:
            self.poller.poll(self.state.curves.per, self.state.tab == "log")

    @on(RunPoller.Polled)
    def _take(self, event: RunPoller.Polled) -> None:
        is_seen = self.poller.take(event)
        if self.poller.is_behind:
            self.poll()
        if self.state is not None and is_seen:
            self.state = self._followed(self.state)

    def _followed(self, state: WatchState) -> WatchState:
        return replace(state, curves=self.poller.followed(state.curves))

    @on(RunPoller.Failed)
    def _fail(self, event: RunPoller.Failed) -> None:
        self.poller.fail()
        self.refuse(event.problem)

    @on(RunPoller.Smoothed)
    def _show_smoothed(self, event: RunPoller.Smoothed) -> None:
        if self.state is not None:
            self.state = self.state.curved("smoothed", event.by)

    @on(RunPoller.Read)
    def _take_pictures(self, event: RunPoller.Read) -> None:
        self.poller.take_pictures(event)
        self.state = self.state

    @on(RunActions.Done)
    def _report(self, event: RunActions.Done) -> None:
        self.actions.report(event)

    # keys

    def action_turn_tab(self, by: int) -> None:
        """Go to another tab."""
        if self.state is not None:
            self.state = self.state.tabbed(by)
            self.poll()

    def action_curve(self, verb: str, *arguments: object) -> None:
        """Apply a verb to the curves' view."""
        if self.state is not None:
            self.state = self.state.curved(verb, *arguments)
            if verb == "by_other_axis":
                self.poll()

    def action_smooth(self, by: int) -> None:
        """Smooth the curves more, or less."""
        if self.state is not None and self.state.tab == "curves":
            self.poller.smooth(self.state.curves, by)

    def action_move(self, rows: int, columns: int) -> None:
        """Move the cursor; on the curves up and down choose the quantity."""
        state = self.state
        if state is None:
            return
        if state.tab != "curves":
            self.state = state.moved(rows, columns)
        elif rows:
            self.state = self._followed(state.curved("turned", rows))
        else:
            self.state = self._stepped(state, columns)

    def _stepped(self, state: WatchState, columns: int) -> WatchState:
        """Move the cursor on the curves to the next points that are shown."""
        curves = state.curves.sized(self.tabs.columns or state.curves.columns)
        with self.poller.drawing(curves) as drawn:
            if drawn is None:
                return state
            return replace(state, curves=cursor_stepped(curves, drawn, columns))

    def action_reset(self) -> None:
        """See everything."""
        if self.state is not None:
            self.said("")
            self.state = self.state.reset()

    # requests

    def action_pause(self) -> None:
        """Pause the run or go on with it."""
        self.actions.pause(self.status)

    def action_ask_stop(self) -> None:
        """Make sure that the run is to be stopped."""
        self.actions.ask_stop(self.status)

    def action_ask_rate(self) -> None:
        """Ask for another learning rate."""
        watched = self.beside_state
        rates = [] if watched is None else watched.history.steps["lr"][-1:].tolist()
        self.actions.ask_rate(self.status, f"{rates[0]:g}" if rates else "")

    # other runs, other panes

    def action_choose_run(self) -> None:
        """Choose a run to watch."""
        self._choose("Watch a run", WatchState.of)

    def action_choose_beside(self) -> None:
        """Choose a run to draw beside this one."""
        state = self.state
        self._choose("Beside this run", state.beside if state is not None else WatchState.of)

    def _choose(self, title: str, state_of: Callable[[Path], WatchState]) -> None:
        choices = tuple(run_choices(runs_folder()))

        def open_run(name: str | None) -> None:
            if name is not None:
                self._open(name, state_of)

        self.app.push_screen(Picker(title, choices, "a run's folder: ./runs/mine"), open_run)

    def _open(self, name: str, state_of: Callable[[Path], WatchState]) -> None:
        try:
            self.said("")
            self.open_state(state_of(find_run(name, runs_folder())))
        except UserError as problem:
            self.refuse(problem)

    def action_open_network(self) -> None:
        """Open the run's network in the Layers pane."""
        if self.state is not None:
            self.post_message(self.Wanted("layers", NetRequest(text=str(self.state.run))))
