"""The Pictures pane: keys, composition, and the slow work that it has done in threads."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container, Horizontal
from textual.reactive import reactive

from cnntui.datasets.naming import file_names, known_datasets
from cnntui.engine.preprocessing import Recipe, recipes
from cnntui.ground.lines import line
from cnntui.ground.names import cut
from cnntui.panes.image.chain import recipe_of
from cnntui.panes.image.frame import PicturesFrame, frame_of
from cnntui.panes.image.reading import Photo, read_photo
from cnntui.panes.image.state import FIRST, WORDS, PicturesState
from cnntui.parts.background.widget import Background
from cnntui.parts.choosing.choices import TYPED_INPUT, input_choices, pick
from cnntui.ui.grid import GridView
from cnntui.ui.picture import PictureView
from cnntui.ui.sheet import SheetView
from cnntui.ui.shell.pane import Choice, Pane
from cnntui.ui.words import Words

AROUND = 5  # lines: heading, modes, status, hints, footer
LOW = 16  # lines of a screen below which the hints are left out
BOARDS = 3


class PicturesPane(Pane, can_focus=True):
    """A picture as numbers, its channels and counts, and what is done to it before a network."""

    HELP = (
        "A picture is height × width × channels of numbers. + zooms from the whole picture to the "
        "cells with their values; space goes through the colour spaces. Drawn pixels are means of "
        "several where the picture is larger than its room; numbers and counts are of all pixels. "
        "resize holds Pillow's methods against torch's, with the largest difference in the "
        "picture's own units. preprocess writes each step's formula with the pixel under the "
        "cursor, and has torch check the whole picture. augment shows what training does to "
        "pictures; + marks what is combined, and mixed samples tell the weight of their own label."
    )

    BINDINGS = [
        Binding("tab", "do('turned',1)", "next part", id="pictures.mode", tooltip="Next part: numbers, channels, histogram, resize, preprocess, augment"),
        Binding("shift+tab", "do('turned',-1)", "part before", show=False, id="pictures.mode_before", tooltip="Part before"),
        Binding("i", "choose_input", "picture", id="pictures.input", tooltip="Choose the picture: a sample, or a file"),
        Binding("space", "do('again')", "next", id="pictures.again", tooltip="Next colour space, size or chain; in augment: other samples, of the next seed"),
        Binding("backspace", "do('again',-1)", "before", show=False, id="pictures.before", tooltip="Colour space, size, chain or seed before"),
        Binding("plus,equals_sign", "do('zoomed',1)", "zoom", id="pictures.zoom", key_display="+", tooltip="Zoom towards the cells with their values; in augment: stronger"),
        Binding("minus", "do('zoomed',-1)", "zoom out", show=False, id="pictures.zoom_out", tooltip="Zoom out, to the whole picture; in augment: weaker"),
        Binding("right,l", "move(0,1)", "right", show=False, id="pictures.right", tooltip="Next pixel; next method of resizing; stronger"),
        Binding("left,h", "move(0,-1)", "left", show=False, id="pictures.left", tooltip="Pixel before; method before; weaker"),
        Binding("down,j", "move(1,0)", "down", show=False, id="pictures.down", tooltip="Pixel below; next size; next augmentation"),
        Binding("up,k", "move(-1,0)", "up", show=False, id="pictures.up", tooltip="Pixel above; size before; augmentation before"),
        Binding("shift+right,L", "jump(0,1)", "far right", show=False, id="pictures.far_right", tooltip="A tenth of the picture to the right"),
        Binding("shift+left,H", "jump(0,-1)", "far left", show=False, id="pictures.far_left", tooltip="A tenth of the picture to the left"),
        Binding("shift+down,J", "jump(1,0)", "far down", show=False, id="pictures.far_down", tooltip="A tenth of the picture down"),
        Binding("shift+up,K", "jump(-1,0)", "far up", show=False, id="pictures.far_up", tooltip="A tenth of the picture up"),
        Binding("home", "do('cornered',False)", "first", show=False, id="pictures.first", tooltip="First pixel: row 0, column 0"),
        Binding("end", "do('cornered',True)", "last", show=False, id="pictures.last", tooltip="Last pixel"),
        Binding("slash,colon", "ask_pixel", "pixel", show=False, id="pictures.pixel", tooltip="Go to a pixel by its row and column"),
        Binding("s", "do('spaced_by',1)", "colour space", show=False, id="pictures.space", tooltip="Next colour space: RGB, BGR, grey, grey thrice, HSV, L*a*b*"),
        Binding("p", "choose_recipe", "preprocess", show=False, id="pictures.recipe", tooltip="Choose the preprocessing: a net's, or a data set's mean and deviation"),
        Binding("enter", "do('combined')", "combine", show=False, id="pictures.combine", tooltip="Take the augmentation into the combination, or out of it"),
        Binding("a", "ask_augment", "augment", show=False, id="pictures.augment", tooltip="Type augmentations to be combined: flip,rotate=15,shift=0.1"),
        Binding("f", "do('filled')", "outside", show=False, id="pictures.fill", tooltip="What comes in from outside: black, the edge, the picture mirrored, its mean"),
        Binding("r", "do('reset')", "reset", show=False, id="pictures.reset", tooltip="Reset this part; the picture stays"),
    ]  # fmt: skip

    DEFAULT_CSS = """
    PicturesPane #heading, PicturesPane #modes, PicturesPane #status, PicturesPane #hints {
        height: 1; padding: 0 1;
    }
    PicturesPane #body { height: 1fr; padding: 0 1; }
    PicturesPane #picture { width: auto; height: auto; }
    PicturesPane #boards { height: auto; }
    PicturesPane #boards GridView { margin: 0 2 0 0; }
    """

    state: reactive[Any] = reactive(None, init=False, always_update=True, repaint=False)
    frame: reactive[PicturesFrame | None] = reactive(None, init=False, repaint=False)

    def __init__(self, *setting: Any) -> None:
        super().__init__(*setting)
        self.background = Background()

    # composition

    def compose(self) -> ComposeResult:
        """Compose the heading, the modes, what they show, the status and the keys."""
        yield Words(id="heading")
        yield Words(id="modes")
        with Container(id="body"):
            picture = PictureView(id="picture")
            sheet = SheetView(id="sheet")
            picture.glyphs = sheet.glyphs = self.glyphs
            sheet.can_focus = False
            yield picture
            with Horizontal(id="boards"):
                yield from (self._grid(at) for at in range(BOARDS))
            yield sheet
            yield Words(id="words")
        yield Words(id="status")
        yield Words(id="hints")
        yield self.prompt
        yield self.background

    def _grid(self, at: int) -> GridView:
        grid = GridView(id=f"board-{at}", classes="input")
        grid.can_focus = False
        grid.unicode = self.terminal.unicode
        grid.colour = self.terminal.colors != "none"
        return grid

    @property
    def picture_colors(self) -> str:
        """The colours of a picture; without Unicode there are no half blocks, so none."""
        return self.terminal.colors if self.terminal.unicode else "none"

    @property
    def glyphs(self) -> str:
        """How pictures are drawn; without Unicode there are no half blocks."""
        return "ascii" if self.picture_colors == "none" else "half"

    def on_mount(self) -> None:
        """Show what was asked for, or have the first picture read."""
        if isinstance(self.opening, PicturesState):
            self.open_state(self.opening)
        else:
            self.query_one("#heading", Words).lines = (line(f"Pictures  reading {FIRST} …"),)
            self.action_open_input(FIRST)

    def start_focus(self) -> None:
        """Take the keys."""
        self.focus()

    def on_resize(self) -> None:
        """Lay everything out for the new size."""
        self.query_one("#hints").display = self.space.height >= LOW
        self._refit()

    def open_state(self, state: PicturesState) -> None:
        """Show what another pane, or the command line, has made."""
        self.state = self.sized(state)

    def sized(self, state: PicturesState) -> PicturesState:
        """Lay a state out for the screen: without the notice, which must not change it."""
        width, height = self.space
        return state.sized(width - 2, height - AROUND + (height < LOW))

    # state to screen

    def watch_state(self, old: PicturesState | None, new: PicturesState) -> None:
        """Have the state drawn.

        Another size leaves the notice: its coming and going changes the pane's size.
        """
        if old is None or (old.width, old.height) == (new.width, new.height):
            self.said(new.problem)
        self._draw(new)

    def _draw(self, state: PicturesState) -> None:
        def take(frame: PicturesFrame) -> None:
            if state is self.state:
                self.frame = frame

        make = partial(frame_of, state, self.picture_colors, self.terminal.unicode)
        self.background.run("draw", make, take, lambda problem: self.said(str(problem)))

    def watch_frame(self, frame: PicturesFrame) -> None:
        """Show a frame."""
        for name in ("heading", "modes", "status", "hints"):
            self.query_one(f"#{name}", Words).lines = (getattr(frame, name),)
        self.query_one("#hints").display = self.space.height >= LOW
        self.query_one("#body").styles.layout = "horizontal" if frame.beside else "vertical"
        self._show_picture(frame)
        self._show_boards(frame)
        words = self.query_one("#words", Words)
        words.display, words.lines = bool(frame.words), frame.words
        words.styles.width = WORDS if frame.beside else "1fr"
        words.styles.height = len(frame.words)
        self.call_after_refresh(self._refit)

    def _refit(self) -> None:
        """Lay out for the room there is; Textual may send no Resize to what is mounted late."""
        if self.state is not None:
            fit = self.sized(self.state)
            if (fit.width, fit.height) != (self.state.width, self.state.height):
                self.state = fit

    def _show_picture(self, frame: PicturesFrame) -> None:
        picture = self.query_one("#picture", PictureView)
        sheet = self.query_one("#sheet", SheetView)
        picture.display, sheet.display = frame.picture is not None, frame.sheet is not None
        picture.frame = frame.picture
        picture.styles.margin = (0, 2, 0, 0) if frame.beside else 0
        if frame.sheet is not None:
            sheet.frame = frame.sheet

    def _show_boards(self, frame: PicturesFrame) -> None:
        self.query_one("#boards").display = bool(frame.boards)
        for at in range(BOARDS):
            grid = self.query_one(f"#board-{at}", GridView)
            grid.display = at < len(frame.boards)
            if grid.display:
                shown = frame.boards[at]
                grid.frame = shown
                grid.styles.height = 1 + len(shown.values)

    # actions

    def action_move(self, rows: int, columns: int) -> None:
        """Move the cursor, or choose what is beside."""
        self.action_do("moved", rows, columns)

    def action_jump(self, rows: int, columns: int) -> None:
        """Move the cursor far."""
        self.action_do("jumped", rows, columns)

    def choices(self) -> Iterator[tuple[str, Choice]]:
        """Yield every picture and every preprocessing."""
        yield from (("open_input", choice) for choice in input_choices("picture"))
        yield from (("open_recipe", choice) for choice in self._recipes())

    def _recipes(self) -> Iterator[Choice]:
        for recipe in recipes():
            yield Choice(recipe.name, "", recipe.words)
        for known in known_datasets():
            if known.offline or known.files:
                yield Choice(known.name, "data set", f"its mean and deviation: {known.title}")

    def action_choose_input(self) -> None:
        """Let the user choose a picture."""
        pick(self, "Input", input_choices("picture"), TYPED_INPUT, self.action_open_input)

    def action_open_input(self, name: str) -> None:
        """Read a picture by its name."""
        self.background.run("input", partial(read_photo, name), self._take_photo, self.refuse)

    def _take_photo(self, photo: Photo) -> None:
        if self.state is None:
            self.open_state(PicturesState.of(photo))
        else:
            self.state = self.state.with_photo(photo)

    def action_choose_recipe(self) -> None:
        """Let the user choose a preprocessing."""
        if self.state is not None:
            typed = f"a data set: digits, a folder, {file_names()}"
            pick(self, "Preprocessing", self._recipes(), typed, self.action_open_recipe)

    def action_open_recipe(self, name: str) -> None:
        """Preprocess by a chain, or with the figures of a data set."""
        if self.state is not None:
            self.said(f"reading {cut(name, 60)} …", bad=False)
            make = partial(recipe_of, name, self.state.photo)
            self.background.run("recipe", make, self._take_recipe, self.refuse)

    def _take_recipe(self, recipe: Recipe) -> None:
        self.action_do("prepared", recipe)

    def action_ask_pixel(self) -> None:
        """Ask for a row and a column."""
        if self.state is not None:
            now = "{}, {}".format(*self.state.cursor)
            self.prompt.ask("row, column:", partial(self.action_do, "typed"), now)

    def action_ask_augment(self) -> None:
        """Ask for a list of augmentations."""
        if self.state is not None:
            now = str(self.state.augmenting.combination)
            self.prompt.ask("augmentations:", partial(self.action_do, "augmented"), now)

    @on(GridView.Picked)
    def _pick(self, event: GridView.Picked) -> None:
        self.action_do("pointed", event.row, event.column)

    @on(SheetView.Picked)
    def _pick_tile(self, event: SheetView.Picked) -> None:
        if self.state is not None and self.state.mode == "resize":
            self.action_do("compared", event.position - self.state.method)
