"""The Layers pane: keys and composition; the state, the tracing and the frame are elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.message import Message
from textual.reactive import reactive
from textual.worker import get_current_worker

from cnntui.errors import UserError
from cnntui.frames import Line
from cnntui.models.naming import known_nets
from cnntui.panes.field import FieldScreen
from cnntui.states.field import FieldState
from cnntui.states.layers import LayersState
from cnntui.states.layers_frame import MACS_LINE, SORTED, frame_of, short_count
from cnntui.states.networks import Network, open_network, shapes_of
from cnntui.states.stepped_layer import PICTURE, stepper_of
from cnntui.states.words import cropped, line, width_of
from cnntui.ui.pane import Choice, Pane
from cnntui.ui.picker import Picker
from cnntui.ui.prompt import Prompt
from cnntui.ui.table import TableView
from cnntui.ui.words import Words

ABOUT = {
    "entry": "LayersPane",
    "title": "Layers",
    "command": "layers",
    "key": "4",
    "order": 4,
    "advice": "n: LeNet-5 to EfficientNet, layer by layer; enter steps into one",
    "summary": "any network, layer by layer: shapes, parameters, MACs",
}

FIRST = "resnet18"
WORDS = 8
HINTS = "s sort  / find  -/+ fold  f field on picture  I input  w weights  x export"


class LayersPane(Pane):
    """A network as a table, a drawing, and the words about the chosen layer."""

    HELP = (
        "One row a layer, in the order of the forward pass. The field is how far a unit sees: "
        "input cells, height and width; * marks a global path, by which it sees the whole "
        "picture. The drawing below shows every layer: wide where it has many channels, high "
        f"where its picture is large. {MACS_LINE}."
    )

    BINDINGS = [
        Binding("n", "choose_net", "networks", id="layers.net", tooltip="Choose a network: by name, mymodel.py:Net, a checkpoint, a run"),
        Binding("enter", "step_in", "step in", id="layers.step", key_display="enter", tooltip="Open this convolution or pooling in its stepper, on the picture of a cat"),
        Binding("f", "field", "field", id="layers.field", tooltip="The receptive field of a unit of this layer, on the picture"),
        Binding("down,j", "do('moved',1)", "next", show=False, id="layers.down", tooltip="Next layer"),
        Binding("up,k", "do('moved',-1)", "before", show=False, id="layers.up", tooltip="Layer before"),
        Binding("pagedown", "do('paged',1)", "page", show=False, id="layers.page_down", tooltip="A screen further"),
        Binding("pageup", "do('paged',-1)", "page back", show=False, id="layers.page_up", tooltip="A screen back"),
        Binding("home", "do('first')", "first", show=False, id="layers.first", tooltip="First layer"),
        Binding("end", "do('last')", "last", show=False, id="layers.last", tooltip="Last layer"),
        Binding("slash", "ask_find", "find", id="layers.find", tooltip="Keep the layers whose name or type holds a word"),
        Binding("s", "do('sorted_by')", "sort", show=False, id="layers.sort", tooltip="Sort by the next column: parameters, MACs, output, field, jump, name, type, call order; or click a title"),
        Binding("minus,left,h", "do('deeper',-1)", "fold", show=False, id="layers.fold", tooltip="Fold all blocks by one level"),
        Binding("plus,equals_sign,right,l", "do('deeper',1)", "unfold", show=False, id="layers.unfold", tooltip="Unfold all blocks by one level"),
        Binding("space", "do('toggled')", "fold one", show=False, id="layers.toggle", tooltip="Fold the block around this layer, or unfold this block"),
        Binding("r", "do('reset')", "reset", show=False, id="layers.reset", tooltip="Call order, everything unfolded, nothing filtered"),
        Binding("I", "ask_input", "input", show=False, id="layers.input", tooltip="Type another input shape: 3x224x224"),
        Binding("w", "ask_weights", "weights", show=False, id="layers.weights", tooltip="Load weights: .safetensors, or .pt that holds tensors alone"),
        Binding("x", "ask_export", "export", show=False, id="layers.export", tooltip="Write the table: .csv, .json or .md, by the file's ending"),
    ]  # fmt: skip

    DEFAULT_CSS = """
    LayersPane #heading, LayersPane #totals { height: 1; padding: 0 1; }
    LayersPane TableView { height: 1fr; padding: 0 1; }
    LayersPane #drawing { height: 3; padding: 0 1; }
    LayersPane #words { padding: 0 1; }
    """

    state: reactive[LayersState | None] = reactive(
        None, init=False, always_update=True, repaint=False
    )

    class Opened(Message):
        """A network was loaded and traced."""

        def __init__(self, network: Network) -> None:
            super().__init__()
            self.network = network

    class Failed(Message):
        """What was asked for could not be done."""

        def __init__(self, problem: UserError) -> None:
            super().__init__()
            self.problem = problem

    class Ready(Message):
        """A layer is ready to be stepped in another pane."""

        def __init__(self, pane: str, state: Any) -> None:
            super().__init__()
            self.pane, self.state = pane, state

    def __init__(self, *setting: Any) -> None:
        super().__init__(*setting)
        self.prompt, self.table = Prompt(), TableView(id="table")

    @property
    def asking(self) -> bool:
        """Whether the prompt takes the keys."""
        return self.prompt.asking

    def compose(self) -> ComposeResult:
        """Compose the heading, the totals, the table, the drawing and the words."""
        yield Words(id="heading")
        yield Words(id="totals")
        yield self.table
        yield Words(id="drawing")
        yield Words(id="words")
        yield self.prompt

    def on_mount(self) -> None:
        """Show what the command line asked for, or have the first network traced."""
        if isinstance(self.opening, LayersState):
            self.state = self.opening
        else:
            self.query_one("#heading", Words).lines = (line(f"Layers  tracing {FIRST} …"),)
            self.call_after_refresh(self.open_net, partial(open_network, FIRST))

    def open_state(self, state: LayersState) -> None:
        """Show a network that another pane has made."""
        self.state = state.sized(self.table_rows)

    def start_focus(self) -> None:
        """Take the keys."""
        self.table.focus()

    # state to screen

    @property
    def table_rows(self) -> int:
        """Lines of the table below its head."""
        return max(1, self.table.size.height - 1)

    @on(TableView.Resized)
    def _fit(self, event: TableView.Resized) -> None:
        if self.state is not None:
            # what the notice line says stays: its coming and going changes the table's size
            self.set_reactive(LayersPane.state, self.state.sized(event.rows))
            self._show(self.state)

    def watch_state(self, _: LayersState | None, new: LayersState) -> None:
        """Show the state."""
        self.said(new.problem)
        self._show(new)

    def _show(self, new: LayersState) -> None:
        width = self.size.width - 2
        if width <= 0:
            return
        frame = frame_of(new, width, WORDS)
        self.table.frame = frame.table
        self.query_one("#drawing", Words).lines = frame.drawing
        words = self.query_one("#words", Words)
        words.styles.height = WORDS if self.size.height > 20 else 3
        words.lines = (*frame.words, *((),) * (WORDS - 1 - len(frame.words)), line(HINTS, "dim"))
        heading = ((f"{ABOUT['title']}  ", "strong"), (new.title, ""))
        self.query_one("#heading", Words).lines = (cropped(heading, width),)
        self.query_one("#totals", Words).lines = (self._totals(frame.totals, width),)

    def _totals(self, totals: str, width: int) -> Line:
        state = self.state
        assert state is not None
        at = f"{state.cursor + 1}/{len(state.items)}"
        found = f" · find {state.find!r}" if state.find else ""
        right = ((f"{state.trace.how}{found} · {at}", "dim"),)
        gap = " " * max(2, width - len(totals) - width_of(right))
        return cropped(((totals, "output"), (gap, ""), *right), width)

    # networks, in threads

    @work(thread=True, exclusive=True, group="net")
    def open_net(self, opened: Callable[[], Network]) -> None:
        """Load and trace a network; ends in one message."""
        worker = get_current_worker()
        try:
            network = opened()
        except UserError as problem:
            self.post_message(self.Failed(problem))
            return
        if not worker.is_cancelled:
            self.post_message(self.Opened(network))

    @on(Opened)
    def _take_network(self, event: Opened) -> None:
        depth = self.state.depth if self.state is not None else None
        self.state = LayersState.of(event.network, depth).sized(self.table_rows)

    @on(Failed)
    def _refuse(self, event: Failed) -> None:
        if self.state is None:
            self.said(str(event.problem))
        else:
            self.state = self.state.refused(event.problem)

    @work(thread=True, exclusive=True, group="step")
    def prepare_step(self, state: LayersState) -> None:
        """Run the picture up to the chosen layer; ends in one message."""
        try:
            item = state.item
            if state.network is None or item is None:
                raise UserError("there is no network to run; n chooses one")
            if item.block:
                raise UserError(f"{item.name} is a block; space unfolds it, then choose a layer")
            self.post_message(self.Ready(*stepper_of(state.network, item.row)))
        except UserError as problem:
            self.post_message(self.Failed(problem))

    @on(Ready)
    def _step(self, event: Ready) -> None:
        self.post_message(self.Wanted(event.pane, event.state))

    # actions

    def action_do(self, verb: str, *arguments: object) -> None:
        """Apply a verb of the state, once there is one."""
        if self.state is not None:
            self.state = getattr(self.state, verb)(*arguments)

    def action_step_in(self) -> None:
        """Open the chosen layer in its stepper."""
        if self.state is not None:
            self.said(f"running {PICTURE} up to this layer …", bad=False)
            self.prepare_step(self.state)

    def action_field(self) -> None:
        """Show the receptive field of a unit of the chosen layer."""
        state = self.state
        if state is None or state.item is None:
            return
        try:
            field = FieldState.of(state.trace, state.item.row.index, PICTURE)
        except UserError as problem:
            self.state = state.refused(problem)
            return
        self.app.push_screen(FieldScreen(field, self.terminal))

    def action_choose_net(self) -> None:
        """Let the user choose a network."""
        choices = [choice for _, choice in self.choices()]
        typed = "mymodel.py:Net, package.module:Net, weights.safetensors"
        self.app.push_screen(Picker("Network", choices, typed), self._picked)

    def _picked(self, name: str | None) -> None:
        if name:
            self.action_open_net(name)

    def action_open_net(self, name: str) -> None:
        """Open a network by its name."""
        self.said(f"tracing {name} …", bad=False)
        self.open_net(partial(open_network, name))

    def choices(self) -> Iterator[tuple[str, Choice]]:
        """Yield every known network."""
        for net in sorted(known_nets(), key=lambda each: (each.year, each.params)):
            top1 = f" · top-1 {net.top1:.1f} %" if net.top1 is not None else ""
            size = f"{net.year} {short_count(net.params)}"
            depth = f"{net.depth} layers" if net.depth is not None else ""
            yield "open_net", Choice(net.name, size, f"{depth}{top1} · {net.idea}")

    # typing

    def action_ask_find(self) -> None:
        """Ask for a part of a name or type."""
        self.prompt.ask("find", "find in names and types:", self.state.find if self.state else "")

    def answer_find(self, text: str) -> None:
        """Keep what holds the text."""
        self.action_do("finding", text)

    def action_ask_input(self) -> None:
        """Ask for an input shape."""
        now = "x".join(map(str, self.state.trace.input_shape[1:])) if self.state else ""
        self.prompt.ask("input", "input, channels x height x width:", now)

    def answer_input(self, text: str) -> None:
        """Trace with another input."""
        self.open_net(partial(self._network().again, shapes=shapes_of(text)))

    def action_ask_weights(self) -> None:
        """Ask for a weights file."""
        self.prompt.ask("weights", "weights file (.safetensors, .pt):")

    def answer_weights(self, text: str) -> None:
        """Load weights into the network."""
        self.open_net(partial(self._network().again, weights=text))

    def _network(self) -> Network:
        """Return the network on view. Raises UserError where there is none to trace again."""
        if self.state is None or self.state.network is None:
            raise UserError("there is no network to trace again; n chooses one")
        return self.state.network

    def action_ask_export(self) -> None:
        """Ask for a file to write the table to."""
        self.prompt.ask("export", "write the table to (.csv, .json, .md):")

    def answer_export(self, text: str) -> None:
        """Write the table in the format of the file's ending."""
        from cnntui.layer_reports import written

        if self.state is not None:
            path = Path(text).expanduser()
            try:
                path.write_text(written(self.state.trace, path.suffix), encoding="utf-8")
            except OSError as problem:
                raise UserError(
                    f"{path}: {problem.strerror}; name a file in a folder of yours"
                ) from None
            self.said(f"written: {path}", bad=False)

    @on(Prompt.Left)
    def _leave_prompt(self, event: Prompt.Left) -> None:
        event.prompt.close()
        self.start_focus()

    @on(Prompt.Answered)
    def _take_answer(self, event: Prompt.Answered) -> None:
        try:
            getattr(self, f"answer_{event.purpose}")(event.text.strip())
        except UserError as problem:
            self.said(str(problem))
            return
        event.prompt.close()
        self.start_focus()

    # the mouse

    @on(TableView.HeadPicked)
    def _sort(self, event: TableView.HeadPicked) -> None:
        frame = self.table.frame
        if frame is not None:
            title = frame.columns[event.column].title.removesuffix("↓").strip()
            self.action_do("sorted_by", SORTED.get(title, ""))

    @on(TableView.Picked)
    def _pick(self, event: TableView.Picked) -> None:
        self.action_do("to", event.position)
