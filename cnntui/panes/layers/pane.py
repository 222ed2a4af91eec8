"""The Layers pane: its keys, what it asks and what it does with the answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.reactive import reactive

from cnntui.engine.tracing.memory import Saved
from cnntui.errors import UserError
from cnntui.ground.lines import line
from cnntui.models.opening import InputWanted, NetRequest, Network, shapes_of
from cnntui.panes.layers.field.screen import FieldScreen
from cnntui.panes.layers.field.state import FieldState
from cnntui.panes.layers.frame import frame_of
from cnntui.panes.layers.net_table import OUTER, NetTable
from cnntui.panes.layers.options import FIRST
from cnntui.panes.layers.other_panes import PICTURE, chosen_stepper, comparable
from cnntui.panes.layers.state import LayersState
from cnntui.panes.layers.view_request import ViewRequest
from cnntui.parts.background.widget import Background
from cnntui.parts.exporting.exporter import KEY, Exporter
from cnntui.parts.networks.columns import WIDE, sort_of
from cnntui.parts.networks.folding import MACS_LINE
from cnntui.parts.networks.input_question import INPUT, ask_what_it_takes
from cnntui.parts.networks.training_memory import estimate, gpu_room
from cnntui.ui.picker import Picker
from cnntui.ui.shell.pane import Choice, Pane
from cnntui.ui.table import TableView
from cnntui.ui.words import Words

WORDS = 8
HINTS = "s sort  -/+ fold  I input  w weights  b batch  o optimizer  c compare  x write"


class LayersPane(Pane):
    """The list of networks; one as a table, a drawing, and the words about the chosen layer."""

    HELP = (
        "One row a layer, in the order of the forward pass. The field is how far a unit sees: "
        "input cells, height and width; * marks a global path, by which it sees the whole "
        "picture. The drawing below shows every layer: wide where it has many channels, high "
        f"where its picture is large. {MACS_LINE}. On a wide screen the list of networks stands at "
        "the left: tab goes there and back; in it enter opens a network, / finds one, s sorts, x "
        "writes the list."
    )

    BINDINGS = [
        KEY,
        Binding("slash", "ask_find", "find", id="layers.find", tooltip="Keep the layers whose name or type holds a word; in the list, the networks"),
        Binding("I", "ask_input", "input", show=False, id="layers.input", tooltip="Type another input shape: 3x224x224"),
        Binding("w", "ask_weights", "weights", show=False, id="layers.weights", tooltip="Load weights: .safetensors, or .pt that holds tensors alone"),
        Binding("b", "ask_batch", "batch", show=False, id="layers.batch", tooltip="Type the batch that training memory is told for: 32, or 32 sgd"),
        Binding("n", "choose_net", "networks", id="layers.net", tooltip="Choose a network: by name, mymodel.py:Net, a checkpoint, a run"),
        Binding("enter", "step_in", "step in", id="layers.step", key_display="enter", tooltip="Open this convolution or pooling in its stepper, on the picture of a cat"),
        Binding("f", "field", "field", id="layers.field", tooltip="The receptive field of a unit of this layer, on the picture"),
        Binding("down,j", "do('moved',1)", "next", show=False, id="layers.down", tooltip="Next layer"),
        Binding("up,k", "do('moved',-1)", "before", show=False, id="layers.up", tooltip="Layer before"),
        Binding("pagedown", "do('paged',1)", "page", show=False, id="layers.page_down", tooltip="A screen further"),
        Binding("pageup", "do('paged',-1)", "page back", show=False, id="layers.page_up", tooltip="A screen back"),
        Binding("home", "do('first')", "first", show=False, id="layers.first", tooltip="First layer"),
        Binding("end", "do('last')", "last", show=False, id="layers.last", tooltip="Last layer"),
        Binding("tab", "switch", "list", show=False, id="layers.switch", tooltip="To the list of networks and back, on a screen wide enough for it"),
        Binding("N", "hide_list", "list on, off", show=False, id="layers.list", tooltip="Hide the list of networks, or show it again"),
        Binding("s", "do('sorted_by')", "sort", show=False, id="layers.sort", tooltip="Sort by the next column: parameters, MACs, output, field, jump, name, type, call order; or click a title"),
        Binding("minus,left,h", "do('deeper',-1)", "fold", show=False, id="layers.fold", tooltip="Fold all blocks by one level"),
        Binding("plus,equals_sign,right,l", "do('deeper',1)", "unfold", show=False, id="layers.unfold", tooltip="Unfold all blocks by one level"),
        Binding("space", "do('toggled')", "fold one", show=False, id="layers.toggle", tooltip="Fold the block around this layer, or unfold this block"),
        Binding("r", "do('reset')", "reset", show=False, id="layers.reset", tooltip="Call order, everything unfolded, nothing filtered"),
        Binding("left_square_bracket", "train('doubled',False)", "halve batch", show=False, id="layers.halve", tooltip="Halve the batch that training memory is told for"),
        Binding("right_square_bracket", "train('doubled',True)", "double batch", show=False, id="layers.double", tooltip="Double that batch"),
        Binding("o", "train('next_optimizer')", "optimizer", show=False, id="layers.optimizer", tooltip="Next optimizer: their states take memory too"),
        Binding("c", "compare", "compare", show=False, id="layers.compare", tooltip="Put the network beside another in the Compare pane"),
    ]  # fmt: skip

    DEFAULT_CSS = """
    LayersPane #heading, LayersPane #totals, LayersPane #memory { height: 1; padding: 0 1; }
    LayersPane #body { height: 1fr; }
    LayersPane TableView { height: 1fr; padding: 0 1; }
    LayersPane #drawing { height: 3; padding: 0 1; }
    LayersPane #words { padding: 0 1; }
    """

    state: reactive[LayersState | None] = reactive(
        None, init=False, always_update=True, repaint=False
    )

    def __init__(self, *setting: Any) -> None:
        super().__init__(*setting)
        self.table = TableView(id="table")
        self.nets = NetTable(id="nets")
        self.background, self.exporter = Background(), Exporter(self)
        self.request: NetRequest | None = None  # what is open, or being opened, was asked for by

    def compose(self) -> ComposeResult:
        """Compose the heading, totals, the list, the table, the drawing and the words."""
        yield Words(id="heading")
        yield Words(id="totals")
        yield Words(id="memory")
        with Horizontal(id="body"):
            yield self.nets
            yield self.table
        yield Words(id="drawing")
        yield Words(id="words")
        yield self.prompt
        yield self.background

    def on_mount(self) -> None:
        """Show what another pane made, or have a network traced: the one asked for, or a first."""
        if isinstance(self.opening, LayersState):
            self.open_state(self.opening)
        else:
            request = self.opening if isinstance(self.opening, NetRequest) else None
            request = request or NetRequest(text=FIRST)
            self.query_one("#heading", Words).lines = (line(f"Layers  tracing {request.text} …"),)
            self.call_after_refresh(self.open_net, request)

    def start_focus(self) -> None:
        """Take the keys."""
        self.table.focus()

    # networks

    def open_state(self, state: LayersState | NetRequest) -> None:
        """Show a network that another pane has made, or have one opened."""
        if isinstance(state, NetRequest):
            self.open_net(state)
        else:
            self.request = None
            self._take(state)

    def open_net(self, request: NetRequest) -> None:
        """Have a network opened, in a thread."""
        self.request = request
        if self.state is not None:
            self.said(f"tracing {request.text} …", bad=False)
        self.background.run("net", request.opened, self._take_network, self._fail)

    def _open_again(self, **changes: Any) -> None:
        """Have it traced with another input or weights. Raises UserError where there is none."""
        network = self.state.network if self.state is not None else None
        if network is None:
            raise UserError("there is no network to trace again; n chooses one")
        again = partial(network.again, **changes)
        self.background.run("net", again, self._take_network, self._fail)

    def _take_network(self, network: Network) -> None:
        before = self.state or self.request
        self._take(LayersState.of(network, before.depth if before else None))

    def _take(self, state: LayersState) -> None:
        """Show another network, trained as the one before."""
        request = self.request
        if self.state is not None:
            state = replace(state, training=self.state.training)
        state = state.sized(self.table_rows)
        self.state = request.shown(state) if isinstance(request, ViewRequest) else state
        self.nets.state = self.nets.state.opening(state.known)
        device = (request.device if request else "") or self.device
        self.background.run("gpu", partial(gpu_room, device), self._take_gpu, self._fail)
        self.background.run("saved", state.asked_saved, self._take_saved, self._fail)

    def _take_saved(self, saved: Saved | None) -> None:
        if self.state is not None and saved is not None:
            self.state = replace(self.state, saved=saved)

    def _take_gpu(self, room: tuple[str, int]) -> None:
        if self.state is not None:
            training = replace(self.state.training, gpu=room[0], free=room[1])
            if training != self.state.training:
                self.state = replace(self.state, training=training)

    def _fail(self, problem: UserError) -> None:
        request = self.request
        if isinstance(problem, InputWanted) and request is not None:
            self.said("")
            ask_what_it_takes(
                self.prompt,
                request.text,
                lambda shapes: self.open_net(replace(request, shapes=shapes)),
                left=partial(self._give_up, problem),
            )
        else:
            self._give_up(problem)

    def _give_up(self, problem: UserError) -> None:
        """Say it; where there is nothing else on view, end with it."""
        if self.state is not None:
            self.state = self.state.refused(problem)
        elif isinstance(self.opening, NetRequest):
            self.post_message(self.Ended(problem))
        else:
            self.refuse(problem)

    # state to screen

    @property
    def table_rows(self) -> int:
        """Lines of the table below its head."""
        return max(1, self.table.size.height - 1)

    def on_resize(self) -> None:
        """Show the list where there is room for it."""
        self.nets.place(self.size.width)
        if self.nets.has_focus and not self.nets.display:
            self.table.focus()

    @on(TableView.Resized)
    def _fit(self, event: TableView.Resized) -> None:
        if self.state is None:
            return
        state = self.state.sized(event.rows)
        if state.height == self.state.height:  # it is wider or narrower
            self._show(self.state)
        else:
            self.state = state

    def watch_state(self, old: LayersState | None, new: LayersState) -> None:
        """Show the state.

        When the table has another height alone, what the notice line says stays: its coming and
        going is what changes the height.
        """
        if old is None or old.trace is not new.trace or old.height == new.height:
            self.said(new.problem)
        self._show(new)

    def _show(self, state: LayersState) -> None:
        width = self.size.width - 2
        if width <= 0:
            return
        frame = frame_of(state, width, WORDS, OUTER if self.nets.display else 0)
        self.table.frame = frame.table
        words = self.query_one("#words", Words)
        words.styles.height = WORDS if self.size.height > 20 else 3
        words.lines = (*frame.words, *((),) * (WORDS - 1 - len(frame.words)), line(HINTS, "dim"))
        self.query_one("#drawing", Words).lines = frame.drawing
        self.query_one("#heading", Words).lines = (frame.heading,)
        self.query_one("#totals", Words).lines = (frame.totals,)
        self.query_one("#memory", Words).lines = (frame.memory,)

    # questions

    def action_ask_find(self) -> None:
        """Ask for a part of a name or type; in the list for a network."""
        if self.nets.has_focus:
            self.nets.ask_find(self.prompt)
        else:
            now = self.state.find if self.state else ""
            answer = partial(self.action_do, "finding")
            self.prompt.ask("find in names and types:", answer, now)

    def action_ask_input(self) -> None:
        """Ask for an input shape."""
        now = "x".join(map(str, self.state.trace.input_shape[1:])) if self.state else ""
        self.prompt.ask(f"input, {INPUT}", self._trace_with, now)

    def _trace_with(self, text: str) -> None:
        self._open_again(shapes=tuple(shapes_of(text)))

    def action_ask_weights(self) -> None:
        """Ask for a weights file."""
        question = "weights file (.safetensors, .pt):"
        self.prompt.ask(question, lambda text: self._open_again(weights=text))

    def action_ask_batch(self) -> None:
        """Ask for the batch of a training step."""
        if self.state is not None:
            training = self.state.training
            question = "batch, and another optimizer if wanted (32 sgd):"
            now = f"{training.batch} {training.optimizer}"
            self.prompt.ask(question, self._take_batch, now)

    def _take_batch(self, text: str) -> None:
        if self.state is not None:
            self.state = self.state.with_training(self.state.training.typed(text))

    def action_ask_export(self) -> None:
        """Ask for a file to write to: the table, or the list where that has the keys."""
        self.exporter.ask(self.nets.as_file if self.nets.has_focus else self._as_file)

    def _as_file(self, form: str) -> str:
        from cnntui.parts.networks.layer_report import written

        state = self.state
        if state is None:
            raise UserError("there is no table to write yet; n chooses a network")
        if form == "json" and state.saved is None and state.trace.error is None:
            raise UserError("what training takes is still being counted; write again in a moment")
        memory, fits = estimate(state.trace, state.saved, state.training)
        return written(state.trace, form, memory, fits)

    # actions

    def action_train(self, verb: str, *arguments: object) -> None:
        """Change how it would be trained."""
        if self.state is not None:
            self.state = self.state.trained(verb, *arguments)

    def action_step_in(self) -> None:
        """Open the chosen layer in its stepper."""
        if self.state is not None:
            self.said(f"running {PICTURE} up to this layer …", bad=False)
            self._prepare(partial(chosen_stepper, self.state))

    def action_compare(self) -> None:
        """Put the network beside another."""
        if self.state is not None:
            self._prepare(partial(comparable, self.state))

    def _prepare(self, make: Callable[[], tuple[str, Any]]) -> None:
        """Have a pane's state made, and the pane opened on it."""
        self.background.run("step", make, self._open_elsewhere, self._fail)

    def _open_elsewhere(self, pane_and_state: tuple[str, Any]) -> None:
        self.post_message(self.Wanted(*pane_and_state))

    def action_switch(self) -> None:
        """Go to the list of networks, or back to the table."""
        if self.nets.display:
            (self.table if self.nets.has_focus else self.nets).focus()

    def action_hide_list(self) -> None:
        """Hide the list, or show it."""
        self.nets.wanted = not self.nets.wanted
        self.on_resize()
        if self.size.width < WIDE:
            self.said(f"the list needs {WIDE} columns; n chooses a network", bad=False)

    @property
    def beside_state(self) -> FieldState | None:
        """The field that is shown over the table."""
        above = self.app.screen
        return above.state if isinstance(above, FieldScreen) else None

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

        def picked(name: str | None) -> None:
            if name:
                self.action_open_net(name)

        typed = "mymodel.py:Net, package.module:Net, weights.safetensors"
        self.app.push_screen(Picker("Network", [*self.nets.choices()], typed), picked)

    def action_open_net(self, name: str) -> None:
        """Open a network by its name."""
        self.open_net(NetRequest(text=name))

    @on(NetTable.Chosen)
    def _open_listed(self, event: NetTable.Chosen) -> None:
        self.action_open_net(event.name)

    @on(NetTable.Refused)
    def _say_refused(self, event: NetTable.Refused) -> None:
        self.said(event.text)

    def choices(self) -> Iterator[tuple[str, Choice]]:
        """Yield every known network."""
        for choice in self.nets.choices():
            yield "open_net", choice

    # the mouse

    @on(TableView.HeadPicked)
    def _sort(self, event: TableView.HeadPicked) -> None:
        frame = self.table.frame
        if frame is not None:
            self.action_do("sorted_by", sort_of(frame.columns[event.column].title))

    @on(TableView.Picked)
    def _pick(self, event: TableView.Picked) -> None:
        self.action_do("to", event.position)
