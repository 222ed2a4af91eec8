"""The Filters pane: keys, composition, and the slow work that it has done in threads."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.reactive import reactive
from textual.worker import get_current_worker

from cnntui.engine.filtering import checked
from cnntui.engine.geometry import Pair
from cnntui.engine.reference import Reference
from cnntui.errors import UserError
from cnntui.ground.lines import cropped, line
from cnntui.panes.filters.column import PictureColumn, resize
from cnntui.panes.filters.develop import Developed, develop
from cnntui.panes.filters.frame import LEGEND, FiltersFrame, Layout, frame_of, layout
from cnntui.panes.filters.state import KERNELS, FiltersState, Picture, read_picture
from cnntui.parts.background.widget import Background
from cnntui.parts.choosing.cells import CellPrompt
from cnntui.parts.choosing.choices import (
    TYPED_INPUT,
    TYPED_KERNEL,
    input_choices,
    kernel_choices,
    pick,
)
from cnntui.parts.choosing.verdict import WAITING, Status, verdict_line
from cnntui.sources.kernels import Kernel, load_kernel
from cnntui.ui.grid import GridView
from cnntui.ui.shell.pane import Choice, Pane
from cnntui.ui.words import Words

FIRST = "chelsea", "sobel-x"
QUICK = 1_000_000  # multiply–adds that take a few ms: kernel and picture then change at once


class FiltersPane(Pane):
    """A picture, a kernel, and the picture that the kernel makes of it."""

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
        *(Binding(kernel.key, f"listed_kernel({kernel.name!r})", kernel.name, show=False, id=f"filters.{kernel.name}", tooltip=f"{kernel.name}: {kernel.summary}") for kernel in LEGEND),
    ]  # fmt: skip

    DEFAULT_CSS = """
    FiltersPane #heading, FiltersPane #status { height: 1; padding: 0 1; }
    FiltersPane #below, FiltersPane #words { padding: 0 1; }
    FiltersPane #body { padding: 0 0 0 1; }
    FiltersPane #body Vertical { margin: 0 2 0 0; }
    FiltersPane GridView { width: 1fr; }
    """

    state: reactive[Any] = reactive(None, init=False, always_update=True, repaint=False)
    developed: reactive[Developed | None] = reactive(None, init=False, repaint=False)

    def __init__(self, *setting: Any) -> None:
        super().__init__(*setting)
        self.prompt: CellPrompt = CellPrompt(self)
        self.heading, self.words = Words(id="heading"), Words(id="words")
        self.beside, self.below = Words(id="beside"), Words(id="below")  # the legend's places
        glyphs = "ascii" if self.picture_colors == "none" else "half"
        self.source = PictureColumn("source", "input", glyphs)
        self.result = PictureColumn("result", "output", glyphs)
        self.kernel = GridView(id="kernel", classes="kernel")
        self.kernel.unicode = self.terminal.unicode
        self.kernel.colour = self.terminal.colors != "none"
        self.status, self.background = Status(id="status"), Background()

    # composition

    def compose(self) -> ComposeResult:
        """Compose the heading, the pictures around the kernel, the status and the words."""
        yield self.heading
        with Horizontal(id="body"):
            yield self.source
            with Vertical(id="middle"):
                yield self.kernel
                yield self.beside
            yield self.result
        yield self.below
        yield self.status
        yield self.words
        yield self.prompt
        yield self.background

    @property
    def picture_colors(self) -> str:
        """The colours of a picture; without Unicode there are no half blocks, so none."""
        return self.terminal.colors if self.terminal.unicode else "none"

    def on_mount(self) -> None:
        """Show what the command line asked for, or have the first picture read."""
        if self.opening is not None:
            self.open_state(self.opening)
        else:
            self.heading.lines = (line(f"Filters  reading {FIRST[0]} …"),)
            self.read(FIRST[0], None, fits=True, gray=False)

    def start_focus(self) -> None:
        """Take the keys."""
        self.kernel.focus()

    def on_resize(self) -> None:
        """Lay everything out for the new size."""
        if self.state is not None:
            self.open_state(self.state)

    # state to screen

    def open_state(self, state: FiltersState) -> None:
        """Take a state, for the room there is on the screen."""
        self.state = state.sized(self._plan(state.picture.natural).board)

    def _plan(self, natural: Pair) -> Layout:
        """Lay out by the screen, less the footer: a notice must not change the picture's size."""
        width, height = self.space
        return layout(width - 2, height - 1, natural)

    def watch_state(self, old: FiltersState | None, new: FiltersState) -> None:
        """Show the state; have the pictures made where they are other ones."""
        if old is None or new.problem or old.problem:
            self.said(new.problem)
        if new.misfits:
            self.read_again(None, True, new.picture.gray)
        if old is None or old.filtering is not new.filtering:
            self.status.verdict = WAITING
        changed = old is None or old.seen != new.seen
        if changed:
            self._develop(new)
        if not changed or new.filtering.macs > QUICK:
            self._show()

    @property
    def beside_state(self) -> Developed | None:
        """The picture that was worked out last."""
        return self.developed

    def watch_developed(self) -> None:
        """Show the pictures."""
        self._show()

    def _show(self) -> None:
        state = self.state
        if state is None:
            return
        plan = self._plan(state.picture.natural)
        width = self.space.width - 2
        frame = frame_of(state, self.developed, width, plan, self.terminal.unicode)
        self._lay_out(plan, frame)
        heading = (("Filters  ", "strong"), (frame.subtitle, ""))
        self.heading.lines = (cropped(heading, width),)
        self.kernel.frame = frame.kernel
        self.source.show(frame.source_title, frame.source, frame.source_figures, plan)
        self.result.show(frame.result_title, frame.result, frame.result_figures, plan)
        (self.beside if plan.beside else self.below).lines = frame.legend
        self.status.text = frame.counter
        self.words.lines = frame.words

    def _lay_out(self, plan: Layout, frame: FiltersFrame) -> None:
        below = 0 if plan.beside else len(frame.legend)
        used = 2 + plan.body + below  # heading and status
        resize(self.query_one("#body"), plan.body)
        resize(self.query_one("#middle"), plan.body, plan.middle)
        resize(self.kernel, plan.kernel_lines(frame.kernel.rows))
        resize(self.beside, len(frame.legend) if plan.beside else 0, plan.middle)
        resize(self.below, below)
        resize(self.words, max(1, self.space.height - 1 - used))

    # slow work, in threads

    def _develop(self, state: FiltersState) -> None:
        """Filter the picture and prepare both to be drawn; then have torch check it."""

        colors, before = self.picture_colors, self.developed

        def make() -> Developed | None:
            worker = get_current_worker()
            return develop(state, colors, before, lambda: worker.is_cancelled)

        def take(developed: Developed | None) -> None:
            if developed is None or state.seen != self.state.seen:
                return
            new = self.developed is None or self.developed.filtering is not developed.filtering
            self.developed = developed
            if new:
                self._check(self.state)

        self.background.run("develop", make, take, self.refuse)

    def _check(self, state: FiltersState) -> None:
        """Have torch work out every application."""

        def taken(result: Reference) -> None:
            if state.filtering is self.state.filtering:
                self.status.verdict = verdict_line(result, self.terminal.unicode)

        def failed(problem: UserError) -> None:
            if state.filtering is self.state.filtering:
                self.status.verdict = line(str(problem), "bad")

        make = partial(checked, state.filtering, state.device)
        self.background.run("torch", make, taken, failed)

    def read(self, name: str, cells: int | None, fits: bool, gray: bool) -> None:
        """Read a picture; one that fits has as many pixels as the screen shows."""

        def board(natural: Pair) -> Pair:
            return self._plan(natural).board

        make = partial(read_picture, name, cells=cells, board=board if fits else None, gray=gray)
        self.background.run("input", make, self._take_picture, self.refuse)

    def _take_picture(self, picture: Picture) -> None:
        if self.state is None:
            kernel = load_kernel(FIRST[1])
            self.open_state(FiltersState.of(picture, kernel, device=self.device))
        else:
            self.open_state(self.state.with_picture(picture))

    def read_again(self, cells: int | None, fits: bool, gray: bool) -> None:
        """Read the picture on view in another way."""
        self.read(self.state.picture.source.name, cells, fits, gray)

    # actions

    def action_listed_kernel(self, name: str) -> None:
        """Apply a kernel of the list."""
        if self.state is not None:
            self._take_kernel(load_kernel(self.state.named(name)))

    def _take_kernel(self, kernel: Kernel) -> None:
        self.action_do("with_kernel", kernel)

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
                self.refuse(problem)
            else:
                self.read_again(self.state.picture.cells, self.state.picture.fits, gray)

    def action_resize_picture(self, by: int) -> None:
        """Read the picture with more or fewer pixels."""
        if self.state is not None:
            try:
                cells = self.state.size_after(by)
            except UserError as problem:
                self.refuse(problem)
            else:
                self.read_again(cells, False, self.state.picture.gray)

    def action_fit_picture(self) -> None:
        """Read the picture with as many pixels as the screen shows."""
        if self.state is not None:
            self.read_again(None, True, self.state.picture.gray)

    # choosing

    def choices(self) -> Iterator[tuple[str, Choice]]:
        """Yield every input, pictures first, and the kernels of the list."""
        yield from (("open_input", choice) for choice in input_choices("picture"))
        yield from (("open_kernel", choice) for choice in kernel_choices(keyed=True))

    def action_choose_input(self) -> None:
        """Let the user choose a picture."""
        pick(self, "Input", input_choices("picture"), TYPED_INPUT, self.action_open_input)

    def action_choose_kernel(self) -> None:
        """Let the user choose a kernel."""
        pick(self, "Kernel", kernel_choices(keyed=True), TYPED_KERNEL, self.action_open_kernel)

    def action_open_input(self, name: str) -> None:
        """Read an input by its name, as large as the screen shows it."""
        gray = self.state is not None and self.state.picture.gray
        self.read(name, None, fits=True, gray=gray)

    def action_open_kernel(self, name: str) -> None:
        """Apply a kernel by its name, as numbers, or from a file."""
        if name in KERNELS:
            self.action_listed_kernel(name)
        else:
            self.background.run(
                "kernel", partial(load_kernel, name), self._take_kernel, self.refuse
            )

    # editing the kernel

    def action_edit(self) -> None:
        """Edit the kernel cell by cell."""
        if self.state is not None:
            self.action_do("editable")
            self.prompt.edit(done=lambda: self.action_do("editable", False))

    @on(GridView.Picked)
    def _pick(self, event: GridView.Picked) -> None:
        self.action_do("pointed", event.row, event.column)
        self.action_edit()
