"""The Compare pane: its keys, what it traces in threads and what it asks."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from textual.app import ComposeResult
from textual.binding import Binding
from textual.reactive import reactive

from cnntui.engine.comparing import Totals
from cnntui.errors import UserError
from cnntui.models.naming import is_net, known_nets
from cnntui.models.opening import InputWanted
from cnntui.numbers import shape
from cnntui.panes.compare.frame import frame_of, scroll_room
from cnntui.panes.compare.options import DENSE, NETS, SCALING, SEPARABLE, SIZES
from cnntui.panes.compare.state import ComparingState, Shapes, read_totals
from cnntui.parts.background.widget import Background
from cnntui.parts.exporting.exporter import KEY, Exporter
from cnntui.parts.networks.input_question import ask_what_it_takes
from cnntui.ui.picker import Picker
from cnntui.ui.shell.pane import Choice, Pane
from cnntui.ui.words import Words

TYPED = "your own: file.py:callable or package.module:callable"
ONLY_IN = {  # actions that mean nothing in the other views
    "choose": (NETS,),
    "swap": (NETS,),
    "order": (SIZES,),
    "type": (SCALING, DENSE, SEPARABLE),
    "change": (SCALING, DENSE, SEPARABLE),
    "double": (DENSE, SEPARABLE),
    "reset": (SCALING, DENSE, SEPARABLE),
}


class ComparingPane(Pane):
    """Six comparisons, one at a time."""

    HELP = (
        "Six comparisons: two networks side by side; the sizes of the known networks; the errors "
        "of the ImageNet challenge by year; how EfficientNet grows; a dense layer against a "
        "convolution; a standard against a depthwise-separable convolution. Letters a to f choose "
        "one, v goes through them. In the last three the arrows change the numbers. x writes the view "
        "as CSV, JSON or Markdown."
    )

    BINDINGS = [
        KEY,
        Binding("v", "turn(1)", "next view", id="compare.view", tooltip="Next comparison"),
        Binding("V", "turn(-1)", "view before", show=False, id="compare.before", tooltip="Comparison before"),
        Binding("a", "see('nets')", "networks", show=False, id="compare.nets", tooltip="Two networks side by side"),
        Binding("b", "see('sizes')", "sizes", show=False, id="compare.sizes", tooltip="Parameters of the known networks on a log axis"),
        Binding("c", "see('errors')", "errors", show=False, id="compare.errors", tooltip="ImageNet top-5 error by year"),
        Binding("d", "see('scaling')", "scaling", show=False, id="compare.scaling", tooltip="EfficientNet's compound scaling"),
        Binding("e", "see('dense')", "dense", show=False, id="compare.dense", tooltip="A dense layer against a convolution"),
        Binding("f", "see('separable')", "separable", show=False, id="compare.separable", tooltip="A standard against a depthwise-separable convolution"),
        Binding("n", "choose(0)", "first network", id="compare.first", tooltip="Choose the first network"),
        Binding("m", "choose(1)", "second network", show=False, id="compare.second", tooltip="Choose the second network"),
        Binding("w", "swap", "swap", show=False, id="compare.swap", tooltip="Exchange the two networks"),
        Binding("s", "order", "sort", id="compare.sort", tooltip="Sort the sizes by year, or by parameters"),
        Binding("enter", "type", "type the number", key_display="enter", id="compare.type", tooltip="Type the chosen number"),
        Binding("up,k", "move(-1)", "up", show=False, id="compare.up", tooltip="Number before, or scroll up"),
        Binding("down,j", "move(1)", "down", show=False, id="compare.down", tooltip="Next number, or scroll down"),
        Binding("pageup", "page(-1)", "page up", show=False, id="compare.pageup", tooltip="Scroll one screen up"),
        Binding("pagedown,space", "page(1)", "page down", show=False, id="compare.pagedown", tooltip="Scroll one screen down"),
        Binding("left,h", "change(-1)", "less", show=False, id="compare.less", tooltip="Make the number smaller"),
        Binding("right,l", "change(1)", "more", show=False, id="compare.more", tooltip="Make the number larger"),
        Binding("left_square_bracket", "double(False)", "halve", show=False, id="compare.halve", tooltip="Halve the number"),
        Binding("right_square_bracket", "double(True)", "double", show=False, id="compare.double", tooltip="Double the number"),
        Binding("r", "reset", "reset", show=False, id="compare.reset", tooltip="The numbers this view began with"),
    ]  # fmt: skip

    DEFAULT_CSS = """
    ComparingPane #heading { height: 2; padding: 0 1; }
    ComparingPane #body { height: 1fr; padding: 0 1; }
    """

    state: reactive[ComparingState] = reactive(
        ComparingState, init=False, always_update=True, repaint=False
    )

    def __init__(self, *setting: Any) -> None:
        super().__init__(*setting)
        self.background, self.exporter = Background(), Exporter(self)

    def compose(self) -> ComposeResult:
        """Compose the views' names, the lines and the prompt."""
        yield Words(id="heading")
        body = Words(id="body")
        body.can_focus = True
        yield body
        yield self.prompt
        yield self.background

    def on_mount(self) -> None:
        """Show the first view and trace its networks."""
        if isinstance(self.opening, ComparingState):
            self.state = self.opening
        elif isinstance(self.opening, Totals):
            self.state = self.state.beside(self.opening)
        self._trace_missing()

    def open_state(self, state: ComparingState | Totals) -> None:
        """Show a comparison, or put a network that another pane has made on the first side."""
        self.state = self.state.beside(state) if isinstance(state, Totals) else state
        self._trace_missing()

    def _trace_missing(self) -> None:
        for side, name in enumerate(self.state.names):
            if self.state.pair[side] is None:
                self.trace(side, name, self.state.shapes)

    def start_focus(self) -> None:
        """Take the keys."""
        self.query_one("#body", Words).focus()

    def on_resize(self) -> None:
        """Lay the lines out for the new size."""
        self.state = self.state

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what means something in this view."""
        views = ONLY_IN.get(action)
        return not self.asking and (views is None or self.state.view in views)

    # state to screen

    @property
    def room(self) -> tuple[int, int]:
        """Characters and lines for a view: without heading, notice and footer."""
        width, height = self.space
        return width - 2, max(3, height - 4)

    def validate_state(self, state: ComparingState) -> ComparingState:
        """Keep the scrolling within the lines there are."""
        return state.sized(*scroll_room(state, *self.room))

    def watch_state(self, old: ComparingState, new: ComparingState) -> None:
        """Show the state."""
        if new.problem or old.problem:
            self.said(new.problem)
        frame = frame_of(new, *self.room, self.terminal.unicode)
        self.query_one("#heading", Words).lines = frame.heading
        self.query_one("#body", Words).lines = frame.lines
        if old.view != new.view:
            self.screen.refresh_bindings()

    # slow work, in threads

    def trace(self, side: int, name: str, shapes: Shapes | None = None) -> None:
        """Trace a network for a side; ``shapes`` are for one of the user's own."""
        read = partial(read_totals, name, None if is_net(name) else shapes)
        take, fail = partial(self._take, side, name), partial(self._fail, side, name)
        self.background.run(f"side-{side}", read, take, fail)

    def _take(self, side: int, name: str, totals: Totals) -> None:
        if self.state.names[side] == name:
            self.state = self.state.with_totals(side, totals)

    def _fail(self, side: int, name: str, problem: UserError) -> None:
        if self.state.names[side] != name:
            return
        if isinstance(problem, InputWanted) and not self.prompt.asking:
            ask_what_it_takes(
                self.prompt,
                name,
                partial(self.trace, side, name),
                left=partial(self._give_up, side, name),
            )
        else:
            self.state = self.state.without(side, problem)

    def _give_up(self, side: int, name: str) -> None:
        self.state = self.state.without(side, f"{name}: nobody said what it takes")

    # actions

    def action_turn(self, by: int) -> None:
        """Go to the next view, or to the one before."""
        self.state = self.state.turned(by)

    def action_see(self, view: str) -> None:
        """Go to a view."""
        self.state = self.state.seeing(view)

    def action_move(self, by: int) -> None:
        """Choose the next quantity, or scroll."""
        self.state = self.state.moved(by)

    def action_page(self, by: int) -> None:
        """Scroll by a screen."""
        self.state = self.state.paged(by)

    def action_change(self, by: int) -> None:
        """Change the number."""
        self.state = self.state.changed(by)

    def action_double(self, up: bool) -> None:
        """Double or halve the number."""
        self.state = self.state.doubled(up)

    def action_order(self) -> None:
        """Sort by year or size."""
        self.state = self.state.ordered()

    def action_swap(self) -> None:
        """Exchange the networks."""
        self.state = self.state.swapped()

    def action_reset(self) -> None:
        """Put the numbers back."""
        self.state = self.state.reset()

    # choosing and typing

    def choices(self) -> Iterator[tuple[str, Choice]]:
        """Yield every known network, for the first side and for the second."""
        for action in ("open_first", "open_second"):
            for net in known_nets():
                yield action, Choice(net.name, shape(net.input), f"{net.year} {net.idea}")

    def action_choose(self, side: int) -> None:
        """Let the user choose a network."""

        def picked(name: str | None) -> None:
            if name:
                self.open(side, name)

        opens = ("open_first", "open_second")[side]
        choices = [choice for action, choice in self.choices() if action == opens]
        title = ("First network", "Second network")[side]
        self.app.push_screen(Picker(title, choices, TYPED), picked)

    def open(self, side: int, name: str) -> None:
        """Have a network traced and shown on a side."""
        self.state = self.state.seeing(NETS).wanting(side, name)
        self.trace(side, name)

    def action_open_first(self, name: str) -> None:
        """Show a network on the first side."""
        self.open(0, name)

    def action_open_second(self, name: str) -> None:
        """Show a network on the second side."""
        self.open(1, name)

    def action_type(self) -> None:
        """Ask for the chosen number."""
        what = "phi" if self.state.view == SCALING else self.state.named[1]
        self.prompt.ask(f"{what} =", self._take_number, f"{self.state.value:g}")

    def _take_number(self, text: str) -> None:
        self.state = self.state.typed(text)

    def action_ask_export(self) -> None:
        """Ask for a file to write the view to."""
        self.exporter.ask(self._as_file)

    def _as_file(self, form: str) -> str:
        from cnntui.panes.compare.report import written

        return written(self.state, form)
