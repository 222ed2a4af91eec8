"""The Filters pane: keys and composition; the state, the slow work and the frame are elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.reactive import reactive
from textual.worker import get_current_worker

from cnntui.engine.filtering import Filtering, checked
from cnntui.engine.geometry import Pair
from cnntui.errors import UserError
from cnntui.ground.lines import Line, cropped, line, width_of
from cnntui.panes.filters.develop import Developed, develop
from cnntui.panes.filters.frame import LEGEND, FiltersFrame, Layout, counter, frame_of, layout
from cnntui.panes.filters.state import KERNELS, FiltersState, Picture, read_picture
from cnntui.parts.choosing.pane import WAITING, ChoosingPane, verdict_line
from cnntui.sources.kernels import load_kernel
from cnntui.ui.grid import GridView
from cnntui.ui.picture import PictureView
from cnntui.ui.words import Words

FIRST = "chelsea", "sobel-x"
QUICK = 1_000_000  # multiply–adds that take a few ms: kernel and picture then change at once


class FiltersPane(ChoosingPane):
    """A picture, a kernel, and the picture that the kernel makes of it."""

    FIRST_KIND = "picture"
    KEYED_KERNELS = True
    HELP = (
        "Each channel of the picture is convolved with the kernel by itself. Below each picture "
        "stand the histogram of all its values, their range, mean and share below 0. A result is "
        "shown clipped (as the picture), signed (blue below 0, orange above; without colours 0 is "
        "mid-grey) or by magnitude."
    )

    BINDINGS = [
        Binding("i", "choose_input", "input", id="filters.input", tooltip="Choose the picture: a sample, or a file"),
        Binding("K", "choose_kernel", "kernel", id="filters.kernel", tooltip="Choose the kernel: by name, typed (1 0 -1; 2 0 -2; 1 0 -1), or from a file"),
        Binding("e", "edit", "edit", id="filters.edit", tooltip="Edit the kernel cell by cell"),
        Binding("space", "do('applied',1)", "once more", id="filters.again", tooltip="Apply the filter once more, to its own result"),
        Binding("backspace", "do('applied',-1)", "once less", show=False, id="filters.once_less", tooltip="Apply the filter once less"),
        Binding("u", "do('undone')", "undo", show=False, id="filters.undo", tooltip="Take the last edit of the kernel back"),
        Binding("r", "do('reset')", "reset", show=False, id="filters.reset", tooltip="Undo every edit; stride 1, applied once, the automatic display"),
        Binding("right", "neighbour(1)", "next kernel", show=False, id="filters.next", tooltip="Next kernel"),
        Binding("left", "neighbour(-1)", "kernel before", show=False, id="filters.before", tooltip="Kernel before"),
        Binding("s", "do('strided',1)", "stride", show=False, id="filters.stride", tooltip="Larger stride"),
        Binding("S", "do('strided',-1)", "less stride", show=False, id="filters.unstride", tooltip="Smaller stride"),
        Binding("o", "gray", "grey", show=False, id="filters.gray", tooltip="Read the picture in grey, or in colour"),
        Binding("w", "do('mapped')", "display", show=False, id="filters.mapping", tooltip="Show values clipped, signed, by magnitude, or as suits the kernel"),
        Binding("right_square_bracket", "resize_picture(1)", "larger", show=False, id="filters.larger", tooltip="More pixels of the picture, up to all there are"),
        Binding("left_square_bracket", "resize_picture(-1)", "smaller", show=False, id="filters.smaller", tooltip="Fewer pixels of the picture"),
        Binding("f", "fit_picture", "fit", show=False, id="filters.fit", tooltip="As many pixels as the screen shows, also when it changes"),
        *(Binding(found.key, f"listed_kernel({found.name!r})", found.name, show=False, id=f"filters.{found.name}", tooltip=f"{found.name}: {found.summary}") for found in LEGEND),
    ]  # fmt: skip

    DEFAULT_CSS = """
    FiltersPane #heading, FiltersPane #status { height: 1; padding: 0 1; }
    FiltersPane #below, FiltersPane #words { padding: 0 1; }
    FiltersPane #body { padding: 0 0 0 1; }
    FiltersPane #body Vertical { margin: 0 2 0 0; }
    FiltersPane .title { height: 1; }
    FiltersPane GridView { width: 1fr; }
    """

    developed: reactive[Developed | None] = reactive(None, init=False, repaint=False)

    @dataclass
    class Read(Message):
        """A picture was read."""

        picture: Picture

    @dataclass
    class Finished(Message):
        """The pictures of a state are ready to be drawn."""

        state: FiltersState
        developed: Developed

    @dataclass
    class Checked(Message):
        """Torch has worked out a filtering."""

        of: Filtering
        verdict: Line

    # composition

    def compose(self) -> ComposeResult:
        """Compose the heading, the pictures around the kernel, the status and the words."""
        yield Words(id="heading")
        with Horizontal(id="body"):
            yield from self._picture("source", "input")
            with Vertical(id="middle"):
                kernel = GridView(id="kernel", classes="kernel")
                kernel.unicode = self.terminal.unicode
                kernel.colour = self.terminal.colors != "none"
                yield kernel
                yield Words(id="beside")
            yield from self._picture("result", "output")
        yield Words(id="below")
        yield Words(id="status")
        yield Words(id="words")
        yield self.prompt

    def _picture(self, name: str, role: str) -> ComposeResult:
        with Vertical(id=f"{name}-column"):
            yield Words(id=f"{name}-title", classes="title")
            view = PictureView(id=name)
            view.glyphs = "ascii" if self.picture_colors == "none" else "half"
            yield view
            yield Words(id=f"{name}-figures")

    @property
    def picture_colors(self) -> str:
        """The colours of a picture; without Unicode there are no half blocks, so none."""
        return self.terminal.colors if self.terminal.unicode else "none"

    def on_mount(self) -> None:
        """Show what the command line asked for, or have the first picture read."""
        if isinstance(self.opening, FiltersState):
            self._change(self.opening)
        else:
            self.query_one("#heading", Words).lines = (line(f"Filters  reading {FIRST[0]} …"),)
            self.read(FIRST[0], None, fits=True, gray=False)

    def start_focus(self) -> None:
        """Take the keys."""
        self.query_one("#kernel", GridView).focus()

    def on_resize(self) -> None:
        """Lay everything out for the new size."""
        if self.state is not None:
            self._change(self.state)

    # state to screen

    def _plan(self, natural: Pair) -> Layout:
        """Lay out by the screen, less the footer: a notice must not change the picture's size."""
        width, height = self.space
        return layout(width - 2, height - 1, natural)

    def _change(self, state: FiltersState) -> None:
        """Take a state, for the room there is on the screen."""
        self.state = state.sized(self._plan(state.picture.natural).board)

    def watch_state(self, old: FiltersState | None, new: FiltersState) -> None:
        """Show the state; have the pictures made where they are other ones."""
        if old is None or new.problem or old.problem:
            self.said(new.problem)
        if new.misfits:
            self.read(new.picture.source.name, None, fits=True, gray=new.picture.gray)
        if old is None or old.filtering is not new.filtering:
            self.set_reactive(ChoosingPane.verdict, WAITING)
        changed = old is None or old.seen != new.seen
        if changed:
            self.develop(new, self.developed)
        if not changed or new.filtering.macs > QUICK:
            self._show()

    @property
    def beside_state(self) -> Developed | None:
        """The picture that was worked out last."""
        return self.developed

    def watch_developed(self) -> None:
        """Show the pictures."""
        self._show()

    def watch_verdict(self) -> None:
        """Show torch's word."""
        if self.state is not None:
            width = self.space.width - 2
            self.query_one("#status", Words).lines = (self._status(self.state, width),)

    def _show(self) -> None:
        state = self.state
        if state is None:
            return
        plan = self._plan(state.picture.natural)
        width = self.space.width - 2
        frame = frame_of(state, self.developed, width, plan, self.terminal.unicode)
        self._lay_out(plan, frame)
        heading = cropped((("Filters  ", "strong"), (frame.subtitle, "")), width)
        self.query_one("#heading", Words).lines = (heading,)
        self.query_one("#kernel", GridView).frame = frame.kernel
        for name, title, role, picture, figures in (
            ("source", frame.source_title, "input", frame.source, frame.source_figures),
            ("result", frame.result_title, "output", frame.result, frame.result_figures),
        ):
            shown = cropped(line(title, role), plan.picture)
            self.query_one(f"#{name}-title", Words).lines = (shown,)
            self.query_one(f"#{name}", PictureView).frame = picture
            self.query_one(f"#{name}-figures", Words).lines = figures
        self.query_one("#beside" if plan.beside else "#below", Words).lines = frame.legend
        self.query_one("#status", Words).lines = (self._status(state, width),)
        self.query_one("#words", Words).lines = frame.words

    def _lay_out(self, plan: Layout, frame: FiltersFrame) -> None:
        """Set the sizes that differ: each costs a layout."""
        below = 0 if plan.beside else len(frame.legend)
        used = 2 + plan.body + below  # heading and status
        sizes: dict[str, tuple[int | None, int]] = {
            "#body": (None, plan.body),
            "#middle": (plan.middle, plan.body),
            "#kernel": (None, plan.kernel_lines(frame.kernel.rows)),
            "#beside": (plan.middle, len(frame.legend) if plan.beside else 0),
            "#below": (None, below),
            "#words": (None, max(1, self.space.height - 1 - used)),
        }
        for name in ("source", "result"):
            sizes[f"#{name}-column"] = plan.picture, plan.body
            sizes[f"#{name}"] = plan.picture, plan.picture_lines
            sizes[f"#{name}-figures"] = plan.picture, plan.bars + 2
        for selector, (width, height) in sizes.items():
            styles = self.query_one(selector).styles
            if width is not None and (styles.width is None or styles.width.value != width):
                styles.width = width
            if styles.height is None or styles.height.value != height:
                styles.height = height

    def _status(self, state: FiltersState, width: int) -> Line:
        left = counter(state)
        gap = " " * max(2, width - len(left) - width_of(self.verdict))
        return cropped(((left, "dim"), (gap, ""), *self.verdict), width)

    # slow work, in threads

    @work(thread=True, exclusive=True, group="develop")
    def develop(self, state: FiltersState, before: Developed | None) -> None:
        """Filter the picture and prepare both to be drawn; ends in one message."""
        worker = get_current_worker()
        developed = develop(state, self.picture_colors, before, lambda: worker.is_cancelled)
        if developed is not None and not worker.is_cancelled:
            self.post_message(self.Finished(state, developed))

    @on(Finished)
    def _take_pictures(self, event: Finished) -> None:
        if self.state is None or event.state.seen != self.state.seen:
            return
        new = self.developed is None or self.developed.filtering is not event.developed.filtering
        self.developed = event.developed
        if new:
            self.check(self.state)

    @work(thread=True, exclusive=True, group="torch")
    def check(self, state: FiltersState) -> None:
        """Have torch work out every application; ends in one message."""
        worker = get_current_worker()
        try:
            verdict = verdict_line(checked(state.filtering, state.device), self.terminal.unicode)
        except UserError as problem:
            verdict = line(str(problem), "bad")
        if not worker.is_cancelled:
            self.post_message(self.Checked(state.filtering, verdict))

    @on(Checked)
    def _take_verdict(self, event: Checked) -> None:
        if self.state is not None and event.of is self.state.filtering:
            self.verdict = event.verdict

    @work(thread=True, exclusive=True, group="input")
    def read(self, name: str, cells: int | None, fits: bool, gray: bool) -> None:
        """Read a picture; ends in one message."""
        worker = get_current_worker()

        def board(natural: Pair) -> Pair:
            return self._plan(natural).board

        try:
            picture = read_picture(name, cells=cells, board=board if fits else None, gray=gray)
        except UserError as problem:
            self.post_message(self.Failed(problem))
            return
        if not worker.is_cancelled:
            self.post_message(self.Read(picture))

    @on(Read)
    def _take_picture(self, event: Read) -> None:
        if self.state is None:
            self._change(FiltersState.of(event.picture, load_kernel(FIRST[1]), device=self.device))
        else:
            self._change(self.state.with_picture(event.picture))

    # actions

    def action_listed_kernel(self, name: str) -> None:
        """Apply a kernel of the list."""
        if self.state is not None:
            self.state = self.state.with_kernel(load_kernel(self.state.named(name)))

    def action_neighbour(self, by: int) -> None:
        """Apply the kernel listed next, or before."""
        if self.state is not None:
            self.action_listed_kernel(self.state.neighbour(by))

    def action_gray(self) -> None:
        """Read the picture in grey, or with its own channels."""
        if self.state is not None:
            try:
                gray = self.state.other_gray()
            except UserError as problem:
                self.state = self.state.refused(problem)
            else:
                picture = self.state.picture
                self.read(picture.source.name, picture.cells, picture.fits, gray)

    def action_resize_picture(self, by: int) -> None:
        """Read the picture with more or fewer pixels."""
        if self.state is not None:
            try:
                cells = self.state.size_after(by)
            except UserError as problem:
                self.state = self.state.refused(problem)
            else:
                picture = self.state.picture
                self.read(picture.source.name, cells, False, picture.gray)

    def action_fit_picture(self) -> None:
        """Read the picture with as many pixels as the screen shows."""
        if self.state is not None:
            picture = self.state.picture
            self.read(picture.source.name, None, True, picture.gray)

    def action_open_input(self, name: str) -> None:
        """Read an input by its name, as large as the screen shows it."""
        gray = self.state is not None and self.state.picture.gray
        self.read(name, None, fits=True, gray=gray)

    def action_open_kernel(self, name: str) -> None:
        """Apply a kernel by its name, as numbers, or from a file."""
        if name in KERNELS:
            self.action_listed_kernel(name)
        else:
            self.read_kernel(name)

    # editing the kernel

    def action_edit(self) -> None:
        """Edit the kernel cell by cell."""
        self.action_do("editable")
        self.ask_cell()

    def cell(self) -> tuple[str, float]:
        """Return the name and value of the kernel's cell under the cursor."""
        row, column = self.state.tap
        return f"kernel[{row}, {column}]", self.state.value

    def write_cell(self, value: float) -> None:
        """Write the kernel's cell under the cursor."""
        self.action_do("edited", value)

    def cells_left(self) -> None:
        """Take the cursor off the kernel."""
        self.action_do("editable", False)

    @on(GridView.Picked)
    def _pick(self, event: GridView.Picked) -> None:
        self.action_do("pointed", event.row, event.column)
        self.action_edit()
