"""The Watch pane: its keys; what it shows, reads and asks is in watch_*.py."""

from __future__ import annotations

from dataclasses import replace

from textual.binding import Binding

from cnntui.errors import UserError
from cnntui.panes.watch.asking import WatchAsking
from cnntui.panes.watch.polling import EVERY
from cnntui.panes.watch.state import WatchState
from cnntui.parts.curves.frame import cursor_stepped
from cnntui.settings import runs_folder
from cnntui.training.run.finding import find_run


class WatchingPane(WatchAsking, can_focus=True):
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

    # keys

    def action_turn_tab(self, by: int) -> None:
        """Go to another tab."""
        if self.state is not None:
            self.state = self.state.tabbed(by)
            self.poll()

    def action_do(self, verb: str, *arguments: object) -> None:
        """Apply a verb of the state."""
        if self.state is not None:
            self.state = getattr(self.state, verb)(*arguments)

    def action_curve(self, verb: str, *arguments: object) -> None:
        """Apply a verb to the curves' view."""
        if self.state is not None:
            self.state = self.state.curved(verb, *arguments)
            if verb == "by_other_axis":
                self.poll()

    def action_smooth(self, by: int) -> None:
        """Smooth the curves more, or less."""
        self.smooth(by)

    def action_move(self, rows: int, columns: int) -> None:
        """Move the cursor; on the curves up and down choose the quantity."""
        state = self.state
        if state is None:
            return
        if state.tab != "curves":
            self.state = state.moved(rows, columns)
        elif rows:
            self.state = self.followed(state.curved("turned", rows))
        else:
            with self.drawing(state.curves) as drawn:
                if drawn is not None:
                    moved = cursor_stepped(state.curves, drawn, columns)
                    self.state = replace(state, curves=moved)

    def action_reset(self) -> None:
        """See everything."""
        if self.state is not None:
            self.said("")
            self.state = self.state.reset()
