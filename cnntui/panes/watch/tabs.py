"""The tabs of a watched run on the screen: their widgets, and what is drawn in them."""

from __future__ import annotations

from dataclasses import replace

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.geometry import Size

from cnntui.ground.lines import Line, cropped
from cnntui.panes.watch import confusion, frame, sheets, tables
from cnntui.panes.watch.polling import RunPoller
from cnntui.panes.watch.state import SHEETS, TABLES, WatchState
from cnntui.panes.watch.watched import Watched
from cnntui.parts.curves.frame import curve_frame
from cnntui.parts.curves.state import CurvesState
from cnntui.ui.curve import CurveView
from cnntui.ui.grid import GridView
from cnntui.ui.sheet import SheetView
from cnntui.ui.table import HEAD_LINES, TableView
from cnntui.ui.terminal import Terminal
from cnntui.ui.words import Words

NAMES = 24  # cells of the classes beside the confusion matrix
TWO = 16  # lines of the curves from which there are two
AROUND = 4  # lines of heading, tabs, the words about a tab and the status
READING = " reading the data set …"


class RunTabs:
    """The views of all tabs, of which one is shown; draws what the poller has."""

    def __init__(self, terminal: Terminal, poller: RunPoller) -> None:
        self._terminal, self._poller = terminal, poller
        self._words = {name: Words(id=name) for name in ("heading", "tabs", "about", "status")}
        self.main, self.second = CurveView(id="main"), CurveView(id="second")
        self.table, self.matrix = TableView(), GridView(id="board", classes="output")
        self.names, self.sheet = Words(id="names"), SheetView(id="sheet")
        self._confusion = Horizontal(self.names, self.matrix, id="matrix")

    def compose(self) -> ComposeResult:
        """Compose the heading, the tabs, every tab's view, a line about it, and the status."""
        for view in (self.main, self.second):
            view.set_reactive(CurveView.unicode, self._terminal.unicode)
        self.matrix.set_reactive(GridView.unicode, self._terminal.unicode)
        self.matrix.set_reactive(GridView.colour, self._terminal.colors != "none")
        self.sheet.set_reactive(SheetView.glyphs, "ascii" if self._colors == "none" else "half")
        views = (self.main, self.second, self.table, self._confusion, self.sheet)
        for each in (*views, self.matrix):
            each.can_focus = False
        yield from (self._words["heading"], self._words["tabs"])
        yield from views
        yield from (self._words["about"], self._words["status"])

    @property
    def columns(self) -> int | None:
        """The characters that the curves are wide; None before they were drawn."""
        return self.main.frame.columns if self.main.frame is not None else None

    @property
    def _colors(self) -> str:
        """The colours of pictures; none without half blocks."""
        return self._terminal.colors if self._terminal.unicode else "none"

    # the state, for what there is to be seen

    def fitted(self, state: WatchState) -> WatchState:
        """Return the state with its cursor on the rows, cells or pictures that there are."""
        watched = self._poller.watched.get(state.run)
        if watched is None or not watched.is_read:
            return state
        if state.tab in SHEETS:
            return self._with_sheet(state, watched)
        if state.tab == "confusion":
            epoch = watched.history.epoch
            count = len(epoch.confusion) ** 2 if epoch is not None else 0
            return replace(state, rows=state.rows.counting(count))
        if state.tab in TABLES:
            rows = state.rows.sized(self.table.size.height - HEAD_LINES)
            return replace(state, rows=rows.counting(self._table(state, watched).count))
        return state

    def _with_sheet(self, state: WatchState, watched: Watched) -> WatchState:
        last = max(0, len(watched.history.kernels) - 1)
        back = min(state.back, last) if state.tab == "kernels" else 0
        state = replace(state, back=back)
        content = self._content(state, watched)
        return state if content is None else replace(state, sheet=content.held_by(state.sheet))

    # drawing

    def draw(self, state: WatchState, size: Size) -> bool:
        """Draw the chosen tab; return whether it could: a thread may have the curves just now."""
        watched = self._poller.watched.get(state.run)
        if watched is None or not size.width:
            return True
        self._lay_out(state, size)
        self._say("heading", frame.heading(watched, size.width))
        self._say("tabs", frame.tabs_line(state, size.width))
        self._say("status", frame.status_line(watched, size.width))
        if state.tab == "curves":
            self._say("about", tables.last_epoch(watched.history, size.width))
            return self._draw_curves(state.curves)
        self._say("about", cropped(self._draw_tab(state, watched, size.width), size.width))
        return True

    def _draw_tab(self, state: WatchState, watched: Watched, width: int) -> Line:
        """Draw a tab without curves; what is returned stands below it."""
        if state.tab in TABLES:
            return self._draw_table(state, watched)
        if state.tab in SHEETS:
            return self._draw_sheet(state, watched)
        return self._draw_confusion(state, watched, width)

    def _say(self, name: str, line: Line) -> None:
        self._words[name].lines = (line,)

    def _lay_out(self, state: WatchState, size: Size) -> None:
        curves = state.tab == "curves"
        self.main.display = curves
        self.second.display = curves and size.height - AROUND >= TWO
        self._confusion.display = state.tab == "confusion"
        self.sheet.display = state.tab in SHEETS
        self.table.display = state.tab in TABLES

    def _draw_curves(self, curves: CurvesState) -> bool:
        beside = "accuracy" if curves.quantity != "accuracy" else "loss"
        drawn = self._draw(self.main, curves)
        if self.second.display:
            return self._draw(self.second, replace(curves, quantity=beside)) and drawn
        return drawn

    def _draw(self, view: CurveView, curves: CurvesState) -> bool:
        width, height = view.size
        if not width or not height:
            return True
        with self._poller.drawing(curves) as drawn:
            if drawn is None:
                return False
            sized = curves.sized(self.columns or curves.columns)
            view.frame = curve_frame(sized, drawn, width, height)
        return True

    def _draw_table(self, state: WatchState, watched: Watched) -> Line:
        table = self._table(state, watched)
        self.table.frame = table.frame(state.rows)
        if state.tab == "classes":
            return tables.classes_words(watched.history.epoch)
        return tables.log_words(table) if state.tab == "log" else ()

    def _table(self, state: WatchState, watched: Watched) -> tables.Table:
        history = watched.history
        if state.tab == "classes":
            return tables.classes_table(history.epoch, watched.classes)
        if state.tab == "log":
            return tables.log_table(history, self._poller.log)
        return tables.epochs_table(history)

    def _draw_confusion(self, state: WatchState, watched: Watched, width: int) -> Line:
        epoch, at = watched.history.epoch, state.rows.cursor
        room = width - NAMES - 2, self._confusion.size.height
        board = confusion.confusion_board(epoch, at, *room)
        names = confusion.confusion_names(board, watched.classes, NAMES) if board else ()
        self.matrix.frame, self.names.lines = board, names
        return confusion.confusion_words(epoch, watched.classes, at)

    def _draw_sheet(self, state: WatchState, watched: Watched) -> Line:
        content = self._content(state, watched)
        if content is None:
            return ((READING, "dim"),)
        sheet = content.held_by(state.sheet)  # a thread may have read on since the state was fitted
        self.sheet.frame = content.frame(sheet, self._colors)
        return content.about(sheet.cursor)

    def _content(self, state: WatchState, watched: Watched) -> sheets.SheetContent | None:
        """Return the pictures of a tab; None while they are read."""
        if state.tab == "kernels":
            return sheets.kernels(watched.history, state.back)
        pictures = self._poller.pictures(watched.path)
        if pictures is None:
            return None
        content = sheets.wrong_ones if state.tab == "wrong" else sheets.samples
        epoch = watched.history.epoch
        return content(epoch, pictures, watched.classes, self._terminal.unicode)
