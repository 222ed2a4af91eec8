"""Draws the tabs of the Watch pane from its state. Not a pane itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal

from cnntui.ground.lines import Line, cropped
from cnntui.panes.watch import frame as frames
from cnntui.panes.watch.polling import WatchPolling
from cnntui.panes.watch.sheets import (
    kernels_sheet,
    sample_line,
    samples_sheet,
    wrong_line,
    wrong_sheet,
)
from cnntui.panes.watch.state import SHEETS, TABLES, WatchState
from cnntui.panes.watch.watched import Watched, overlaid
from cnntui.parts.curves.frame import Curve, curve_frame
from cnntui.parts.curves.state import CurvesState
from cnntui.ui.curve import CurveView
from cnntui.ui.frames.tables import TableFrame
from cnntui.ui.grid import GridView
from cnntui.ui.sheet import SheetView
from cnntui.ui.table import TableView
from cnntui.ui.words import Words

NAMES = 24  # characters of the classes beside the confusion matrix
TWO = 16  # lines of the curves from which there are two
AGAIN = 0.03  # seconds until the next try where a thread has the curves


class WatchShowing(WatchPolling):
    """Composes the views of all tabs and shows the one that is chosen."""

    def __init__(self, *setting: Any) -> None:
        super().__init__(*setting)
        self.main, self.second = CurveView(id="main"), CurveView(id="second")
        self.table, self.matrix = TableView(), GridView(id="board", classes="output")
        self.names, self.sheet = Words(id="names"), SheetView(id="sheet")

    def compose(self) -> ComposeResult:
        """Compose the heading, the tabs, every tab's view, a line about it, and the status."""
        for view in (self.main, self.second):
            view.set_reactive(CurveView.unicode, self.terminal.unicode)
        self.matrix.set_reactive(GridView.unicode, self.terminal.unicode)
        self.matrix.set_reactive(GridView.colour, self.terminal.colors != "none")
        self.sheet.set_reactive(
            SheetView.glyphs, "ascii" if self.picture_colors == "none" else "half"
        )
        for each in (self.main, self.second, self.table, self.matrix, self.sheet):
            each.can_focus = False
        yield Words(id="heading")
        yield Words(id="tabs")
        yield self.main
        yield self.second
        yield self.table
        with Horizontal(id="matrix"):
            yield self.names
            yield self.matrix
        yield self.sheet
        yield Words(id="about")
        yield Words(id="status")

    @property
    def picture_colors(self) -> str:
        """The colours of pictures; none without half blocks."""
        return self.terminal.colors if self.terminal.unicode else "none"

    @property
    def class_names(self) -> tuple[str, ...]:
        """The classes' names, as far as they were told."""
        start = self.first.history.start if self.first else None
        return start.classes if start is not None else ()

    def watch_state(self, old: WatchState | None, new: WatchState) -> None:
        """Show the state."""
        if new.problem:
            self.said(new.problem)
        self.show()

    def on_resize(self) -> None:
        """Lay everything out for the new size."""
        self.show()

    @on(CurveView.Resized)
    def _fit(self, event: CurveView.Resized) -> None:
        self.show()

    @on(TableView.Resized)
    @on(GridView.Resized)
    def _fit_table(self, event: TableView.Resized | GridView.Resized) -> None:
        self.show()

    @on(SheetView.Resized)
    def _fit_sheet(self, event: SheetView.Resized) -> None:
        if self.state is not None:
            sheet = self.state.sheet.sized(event.width, event.height)
            self.state = replace(self.state, sheet=sheet)

    def show(self) -> None:
        """Draw the chosen tab."""
        state, watched = self.state, self.first
        if state is None or watched is None or not self.size.width:
            return
        width = self.size.width
        self._lay_out(state)
        self._say("heading", frames.heading(watched, width))
        self._say("tabs", frames.tabs_line(state, width))
        self._say("status", frames.status_line(watched, width))
        showing: Callable[[WatchState, Watched], Line] = getattr(self, f"_show_{state.tab}")
        self._say("about", cropped(showing(state, watched), width))

    def _say(self, name: str, line: Line) -> None:
        self.query_one(f"#{name}", Words).lines = (line,)

    def _lay_out(self, state: WatchState) -> None:
        curves = state.tab == "curves"
        self.main.display = curves
        self.second.display = curves and self.size.height - 4 >= TWO
        self.query_one("#matrix").display = state.tab == "confusion"
        self.sheet.display = state.tab in SHEETS
        self.table.display = state.tab in TABLES

    # a tab each; what is returned stands below it

    def _show_curves(self, state: WatchState, watched: Watched) -> Line:
        curves = state.curves
        beside = "accuracy" if curves.quantity != "accuracy" else "loss"
        columns = self._draw(self.main, curves)
        if self.second.display:
            self._draw(self.second, replace(curves, quantity=beside))
        if columns is not None and columns != curves.columns:
            sized = replace(state, curves=curves.sized(columns))
            self.set_reactive(WatchPolling.state, sized)
        return frames.last_epoch(watched.history, self.size.width)

    def _draw(self, view: CurveView, curves: CurvesState) -> int | None:
        """Draw some curves, unless a thread has them just now: then a little later."""
        width, height = view.size
        if not width or not height:
            return None
        with self.drawing(curves) as drawn:
            if drawn is None:
                self.set_timer(AGAIN, self.show)
                return None
            view.frame = curve_frame(curves, drawn, width, height)
            return view.frame.columns

    @contextmanager
    def drawing(self, curves: CurvesState) -> Iterator[list[Curve] | None]:
        """Give the curves of all runs while no thread changes them; None where one does."""
        with ExitStack() as held:
            for one in self.watched.values():
                if not one.lock.acquire(blocking=False):
                    yield None
                    return
                held.callback(one.lock.release)
            yield list(overlaid(self.watched, curves.quantity, curves.per))

    def _show_epochs(self, state: WatchState, watched: Watched) -> Line:
        self._show_table(lambda now: frames.epochs_table(watched.history, now), state)
        return ()

    def _show_classes(self, state: WatchState, watched: Watched) -> Line:
        epoch = watched.history.epoch
        self._show_table(lambda now: frames.classes_table(epoch, self.class_names, now), state)
        return frames.classes_words(epoch)

    def _show_log(self, state: WatchState, watched: Watched) -> Line:
        self._show_table(lambda now: frames.log_table(watched.history, self.log_read, now), state)
        return frames.log_words(self.table.frame) if self.table.frame else ()

    def _show_table(self, framed: Callable[[WatchState], TableFrame], state: WatchState) -> None:
        room = max(1, self.table.size.height - 1)
        count = framed(replace(state, room=1)).total
        counted = state.counting(count, room)
        if counted is not state:
            self.set_reactive(WatchPolling.state, counted)
        self.table.frame = framed(counted)

    def _show_confusion(self, state: WatchState, watched: Watched) -> Line:
        epoch = watched.history.epoch
        counted = state.counting(len(epoch.confusion) ** 2 if epoch is not None else 0)
        if counted is not state:
            self.set_reactive(WatchPolling.state, counted)
        width, height = self.size.width - NAMES - 2, self.query_one("#matrix").size.height
        board = frames.confusion_board(epoch, counted.at, width, height)
        self.matrix.frame = board
        names = frames.confusion_names(board, self.class_names, NAMES) if board else ()
        self.names.lines = names
        return frames.confusion_words(epoch, self.class_names, counted.at)

    def _show_wrong(self, state: WatchState, watched: Watched) -> Line:
        return self._show_judged(wrong_sheet, wrong_line, state, watched)

    def _show_samples(self, state: WatchState, watched: Watched) -> Line:
        return self._show_judged(samples_sheet, sample_line, state, watched)

    def _show_judged(self, framed: Any, told: Any, state: WatchState, watched: Watched) -> Line:
        pictures = self.want_pictures(watched.path)
        if pictures is None:
            return ((" reading the data set …", "dim"),)
        epoch, names = watched.history.epoch, self.class_names
        unicode = self.terminal.unicode
        sheet, frame = framed(epoch, pictures, names, state.sheet, self.picture_colors, unicode)
        self._keep(state, sheet)
        self.sheet.frame = frame
        line: Line = told(epoch, names, sheet.cursor)
        return line

    def _show_kernels(self, state: WatchState, watched: Watched) -> Line:
        back = min(state.back, max(0, len(watched.history.kernels) - 1))
        sheet, frame, said = kernels_sheet(watched.history, back, state.sheet, self.picture_colors)
        self._keep(state, sheet, back)
        self.sheet.frame = frame
        return said

    def _keep(self, state: WatchState, sheet: Any, back: int = 0) -> None:
        if (sheet, back) != (state.sheet, state.back):
            self.set_reactive(WatchPolling.state, replace(state, sheet=sheet, back=back))
