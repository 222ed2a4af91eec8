"""The Gallery pane: keys and composition."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.reactive import reactive

from cnntui.datasets.dataset import Dataset
from cnntui.datasets.figures import Figures, figures_of
from cnntui.datasets.naming import file_kinds, file_names, known_datasets, load_dataset
from cnntui.errors import UserError
from cnntui.panes.gallery.choices import dataset_choices, state_in
from cnntui.panes.gallery.frame import WORDS, GalleryFrame, frame_of
from cnntui.panes.gallery.order import label_of
from cnntui.panes.gallery.state import GalleryState, Request
from cnntui.parts.background.widget import Background
from cnntui.ui.grid import GridView
from cnntui.ui.picker import Picker
from cnntui.ui.picture import PictureView
from cnntui.ui.sheet import SheetView
from cnntui.ui.shell.pane import Choice, Pane
from cnntui.ui.terminal import Terminal
from cnntui.ui.words import Words

TYPED = f"a folder, {file_names()}, or shapes:size=64"
LOW = 16  # lines of a screen below which the line of further keys is left out
AROUND = 5  # lines: heading, figures, status, further keys, footer


class GalleryPane(Pane, can_focus=True):
    """A page of a data set's pictures; one of them large; the figures of the whole set."""

    HELP = (
        "A page of pictures with their class and index. Pictures larger than their tile are "
        "averaged, smaller ones enlarged by whole multiples; + and - change the size. In the usual "
        "order the first example of each class comes first, then the second of each. The figures "
        "count the classes of every split, each by its own largest class; mean, deviation and "
        f"histogram are of the training pictures. d takes a folder of pictures and an {file_kinds()} file as well."
    )

    BINDINGS = [
        Binding("d", "choose_dataset", "data set", id="gallery.dataset", tooltip=f"Choose the data set: by name, a folder of pictures, {file_names()}"),
        Binding("enter", "do('opened')", "large", id="gallery.open", key_display="enter", tooltip="Show the chosen picture large; again, or escape: back to the sheet"),
        Binding("space", "do('shuffled')", "shuffle", id="gallery.shuffle", tooltip="Another page at random: the pictures in the order of the next seed"),
        Binding("f", "do('viewed','figures')", "figures", id="gallery.figures", tooltip="Class counts, mean, deviation and histogram of the pixels; again: back"),
        Binding("right,l", "move(0,1)", "right", show=False, id="gallery.right", tooltip="Next picture"),
        Binding("left,h", "move(0,-1)", "left", show=False, id="gallery.left", tooltip="Picture before"),
        Binding("down,j", "move(1,0)", "down", show=False, id="gallery.down", tooltip="Picture below; next class of the figures"),
        Binding("up,k", "move(-1,0)", "up", show=False, id="gallery.up", tooltip="Picture above; class of the figures before"),
        Binding("n,pagedown", "do('paged',1)", "page", show=False, id="gallery.page", tooltip="Next page"),
        Binding("p,pageup", "do('paged',-1)", "page back", show=False, id="gallery.page_back", tooltip="Page before"),
        Binding("home", "do('at',0)", "first", show=False, id="gallery.first", tooltip="First picture"),
        Binding("end", "do('last')", "last", show=False, id="gallery.last", tooltip="Last picture"),
        Binding("s", "do('on_split',1)", "split", show=False, id="gallery.split", tooltip="Next split: train, validation, test"),
        Binding("c", "choose_class", "class", show=False, id="gallery.class", tooltip="Choose one class, or all of them"),
        Binding("right_square_bracket", "do('next_label',1)", "next class", show=False, id="gallery.next_class", tooltip="The pictures of the next class alone"),
        Binding("left_square_bracket", "do('next_label',-1)", "class before", show=False, id="gallery.class_before", tooltip="The pictures of the class before alone"),
        Binding("plus,equals_sign", "do('zoomed',1)", "larger", show=False, id="gallery.larger", tooltip="Larger pictures, fewer on a page"),
        Binding("minus", "do('zoomed',-1)", "smaller", show=False, id="gallery.smaller", tooltip="Smaller pictures, more on a page"),
        Binding("slash,colon", "ask_index", "index", show=False, id="gallery.index", tooltip="Go to a picture by its index in the split"),
        Binding("v", "do('numbered')", "numbers", show=False, id="gallery.numbers", tooltip="The chosen picture as numbers, channel by channel"),
        Binding("o", "open_in('conv')", "convolution", show=False, id="gallery.convolution", tooltip="Open the chosen picture in the Convolution stepper"),
        Binding("P", "open_in('pool')", "pooling", show=False, id="gallery.pooling", tooltip="Open the chosen picture in the Pooling stepper"),
        Binding("F", "open_in('filters')", "filters", show=False, id="gallery.filters", tooltip="Open the chosen picture in the Filters pane"),
        Binding("r", "do('reset')", "reset", show=False, id="gallery.reset", tooltip="Reset: all classes of the training pictures, in the usual order and size"),
    ]  # fmt: skip

    DEFAULT_CSS = """
    GalleryPane #heading, GalleryPane #about, GalleryPane #status, GalleryPane #hints {
        height: 1; padding: 0 1;
    }
    GalleryPane #sheet, GalleryPane #large, GalleryPane #figures { height: 1fr; padding: 0 1; }
    GalleryPane #shown { height: auto; width: auto; }
    """

    state: reactive[GalleryState] = reactive(
        GalleryState.of, init=False, always_update=True, repaint=False
    )

    def __init__(self, terminal: Terminal, opening: Any = None, device: str = "auto") -> None:
        super().__init__(terminal, opening, device)
        self.background = Background()

    # composition

    def compose(self) -> ComposeResult:
        """Compose the heading, the three views, the status and the keys."""
        yield Words(id="heading")
        yield Words(id="about")
        with Horizontal(id="large"):
            with Vertical(id="shown"):
                view = PictureView(id="picture")
                view.glyphs = self.glyphs
                yield view
                yield self._grid()
            yield Words(id="picture-words")
        yield Words(id="figures")
        sheet = SheetView(id="sheet")
        sheet.can_focus, sheet.glyphs = False, self.glyphs
        yield sheet
        yield Words(id="status")
        yield Words(id="hints")
        yield self.prompt
        yield self.background

    def _grid(self) -> GridView:
        grid = GridView(id="numbers", classes="input")
        grid.can_focus = False
        grid.unicode = self.terminal.unicode
        grid.colour = self.terminal.colors != "none"
        return grid

    @property
    def glyphs(self) -> str:
        """How pictures are drawn; without Unicode there are no half blocks."""
        return "ascii" if self.picture_colors == "none" else "half"

    @property
    def picture_colors(self) -> str:
        """The colours of a picture; without half blocks none."""
        return self.terminal.colors if self.terminal.unicode else "none"

    def on_mount(self) -> None:
        """Show what was asked for, or read a first data set."""
        opening = self.opening
        self.open_state(opening if isinstance(opening, GalleryState) else GalleryState.of())

    def open_state(self, state: GalleryState) -> None:
        """Show what another pane has made; read it where that is still to be done."""
        self.state = self._sized(state)
        if state.data is None:
            self._read(state.request)
        elif state.figures is None:
            self._count(state.data)

    def start_focus(self) -> None:
        """Take the keys."""
        self.focus()

    def on_resize(self) -> None:
        """Lay everything out for the new size."""
        self.state = self._sized(self.state)

    def _sized(self, state: GalleryState) -> GalleryState:
        width, height = self.space
        return state.sized(width - 2, height - AROUND + (height < LOW))

    # state to screen

    def watch_state(self, _: GalleryState, new: GalleryState) -> None:
        """Show the state."""
        self.said(new.problem or new.note, bad=bool(new.problem))
        self._show(new)

    def _show(self, state: GalleryState) -> None:
        frame = frame_of(state, self.picture_colors)
        for name, words in (
            ("heading", frame.heading),
            ("about", frame.about),
            ("status", frame.status),
            ("hints", frame.hints),
        ):
            self.query_one(f"#{name}", Words).lines = (words,)
        self.query_one("#hints").display = self.space.height >= LOW
        figures = self.query_one("#figures", Words)
        figures.display = state.view == "figures" and state.data is not None
        large = self.query_one("#large")
        large.display = frame.picture is not None or frame.grid is not None
        sheet = self.query_one("#sheet", SheetView)
        sheet.display = not (figures.display or large.display)
        if figures.display:
            figures.lines = frame.words
        elif large.display:
            self._show_large(frame)
        else:
            sheet.frame = frame.sheet

    def _show_large(self, frame: GalleryFrame) -> None:
        self.query_one("#large").styles.layout = "horizontal" if frame.beside else "vertical"
        picture = self.query_one("#picture", PictureView)
        numbers = self.query_one("#numbers", GridView)
        picture.display, numbers.display = frame.picture is not None, frame.grid is not None
        picture.frame = frame.picture
        if frame.grid is not None:
            numbers.frame = frame.grid
            numbers.styles.width = 1 + frame.grid.cell * len(frame.grid.values[0])
            numbers.styles.height = 1 + len(frame.grid.values)
        words = self.query_one("#picture-words", Words)
        words.lines = frame.words
        words.styles.width = WORDS if frame.beside else "1fr"
        words.styles.height = len(frame.words)
        words.styles.margin = (0, 0, 0, 2) if frame.beside else 0

    # what is read

    def _read(self, request: Request) -> None:
        self.state = self.state.reading(request)
        load = partial(load_dataset, request.text, data_dir=request.data_dir)
        self.background.run("dataset", load, partial(self._take_dataset, request), self.refuse)

    def _take_dataset(self, request: Request, data: Dataset) -> None:
        try:
            self.state = self.state.loaded(data, request)
        except UserError as problem:
            whole = Request(request.text, request.data_dir)
            self.state = self.state.loaded(data, whole).refused(problem)
        self._count(data)

    def _count(self, data: Dataset) -> None:
        take = partial(self._take_figures, data)
        self.background.run("figures", partial(figures_of, data), take, self.refuse)

    def _take_figures(self, data: Dataset, figures: Figures) -> None:
        if self.state.data is data:
            self.state = self.state.with_figures(figures)

    # actions

    def action_move(self, rows: int, columns: int) -> None:
        """Choose a picture beside."""
        self.state = self.state.moved(rows, columns)

    def on_key(self, event: events.Key) -> None:
        """Go one level out on escape: to the sheet, before the first screen."""
        if event.key == "escape" and self.state.view != "sheet" and not self.asking:
            event.stop()
            self.action_do("viewed", "sheet")

    @on(SheetView.Picked)
    def _pick(self, event: SheetView.Picked) -> None:
        again = event.position == self.state.sheet.cursor
        self.state = self.state.opened() if again else self.state.at(event.position)

    def choices(self) -> Iterator[tuple[str, Choice]]:
        """Yield every data set that has a name, and the classes of the one on view."""
        for known in known_datasets():
            if known.offline or known.files:
                yield "open_dataset", Choice(known.name, "", known.title)
        if self.state.data is not None:
            for name in dict.fromkeys(self.state.data.classes):
                yield "open_class", Choice(name, "", "show this class alone")

    def action_choose_dataset(self) -> None:
        """Let the user choose a data set; what is on the disk is looked for first."""
        look = partial(dataset_choices, self.state.request.data_dir)
        self.background.run("list", look, self._choose_listed, self.refuse)

    def _choose_listed(self, choices: list[Choice]) -> None:
        self.app.push_screen(Picker("Data set", choices, TYPED), self.action_open_dataset)

    def action_open_dataset(self, text: str | None) -> None:
        """Read a data set by its name, a folder, or a file; none where none was chosen."""
        if text:
            self._read(Request(text, self.state.request.data_dir))

    def action_choose_class(self) -> None:
        """Let the user choose a class, or all."""
        rows = self.state.class_counts()
        if rows:
            choices = [Choice(name, count, what) for name, count, what in rows]
            self.app.push_screen(Picker("Class", choices, "its number"), self.action_open_class)

    def action_open_class(self, name: str | None) -> None:
        """Show one class by its name or number; ``all`` for all, None for what is on view."""
        data = self.state.data
        if data is None or not name:
            return
        try:
            label = None if name == "all" else label_of(name, data.classes)
            self.action_do("labelled", label)
        except UserError as problem:
            self.refuse(problem)

    def action_ask_index(self) -> None:
        """Ask for an index."""
        part = self.state.part
        if part is not None and len(part):
            question = f"picture of {self.state.split}, 0 to {len(part) - 1}:"
            self.prompt.ask(question, self._go_to)

    def _go_to(self, text: str) -> None:
        self.state = self.state.typed(text)

    def action_open_in(self, pane: str) -> None:
        """Open the chosen picture in another pane."""
        try:
            make = partial(state_in, pane, self.state.source(), self.device)
        except UserError as problem:
            self.refuse(problem)
        else:
            self.background.run("prepare", make, partial(self._hand_over, pane), self.refuse)

    def _hand_over(self, pane: str, state: Any) -> None:
        self.post_message(self.Wanted(pane, state))
