"""The Layers pane: keys and composition; the state, the tracing and the frame are elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal

from cnntui.errors import UserError
from cnntui.ground.lines import Line, cropped, line, width_of
from cnntui.models.naming import known_nets
from cnntui.models.opening import NetRequest
from cnntui.numbers import short_count
from cnntui.panes.layers.field import FieldState
from cnntui.panes.layers.field_screen import FieldScreen
from cnntui.panes.layers.frame import frame_of
from cnntui.panes.layers.net_table import OUTER, NetTable
from cnntui.panes.layers.opening import LayersOpening
from cnntui.panes.layers.state import LayersState
from cnntui.panes.layers.stepped_layer import PICTURE
from cnntui.parts.networks.columns import WIDE, sort_of
from cnntui.parts.networks.rows import MACS_LINE
from cnntui.ui.picker import Picker
from cnntui.ui.shell.pane import Choice
from cnntui.ui.table import TableView
from cnntui.ui.words import Words

FIRST = "resnet18"
WORDS = 8
HINTS = "s sort  -/+ fold  I input  w weights  b batch  o optimizer  c compare  x write"


class LayersPane(LayersOpening):
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
    LayersPane Horizontal { height: 1fr; }
    LayersPane TableView { height: 1fr; padding: 0 1; }
    LayersPane #drawing { height: 3; padding: 0 1; }
    LayersPane #words { padding: 0 1; }
    """

    def __init__(self, *setting: Any) -> None:
        super().__init__(*setting)
        self.table = TableView(id="table")
        self.nets = NetTable(id="nets")
        self.list_wanted = True

    def compose(self) -> ComposeResult:
        """Compose the heading, totals, the list, the table, the drawing and the words."""
        yield Words(id="heading")
        yield Words(id="totals")
        yield Words(id="memory")
        with Horizontal():
            yield self.nets
            yield self.table
        yield Words(id="drawing")
        yield Words(id="words")
        yield self.prompt

    def on_mount(self) -> None:
        """Show what another pane made, or have a network traced: the one asked for, or a first."""
        if isinstance(self.opening, LayersState):
            self.open_state(self.opening)
        else:
            asked = self.opening if isinstance(self.opening, NetRequest) else NetRequest(text=FIRST)
            self.query_one("#heading", Words).lines = (line(f"Layers  tracing {asked.text} …"),)
            self.call_after_refresh(self.open_asked, asked)

    def open_state(self, state: LayersState | NetRequest) -> None:
        """Show a network that another pane has made, or have one opened."""
        if isinstance(state, NetRequest):
            self.open_asked(state)
        else:
            self.asked = None
            self.state = self._with_gpu(state).sized(self.table_rows)
            self.mark_opened(state.network)
            self.look_for_gpu(state.trace, self.device)

    def start_focus(self) -> None:
        """Take the keys."""
        self.table.focus()

    # state to screen

    @property
    def list_shown(self) -> bool:
        """Whether the list of networks stands at the left."""
        return self.list_wanted and self.size.width >= WIDE

    def on_resize(self) -> None:
        """Show the list where there is room for it."""
        self._place_list()

    def _place_list(self) -> None:
        if not self.list_shown and self.nets.has_focus:
            self.table.focus()
        self.nets.display = self.list_shown

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
        beside = OUTER if self.list_shown else 0
        frame = frame_of(new, width, WORDS, beside)
        self.table.frame = frame.table
        self.query_one("#drawing", Words).lines = frame.drawing
        words = self.query_one("#words", Words)
        words.styles.height = WORDS if self.size.height > 20 else 3
        words.lines = (*frame.words, *((),) * (WORDS - 1 - len(frame.words)), line(HINTS, "dim"))
        heading = (("Layers  ", "strong"), (new.title, ""))
        self.query_one("#heading", Words).lines = (cropped(heading, width),)
        self.query_one("#totals", Words).lines = (self._totals(frame.totals, width),)
        self.query_one("#memory", Words).lines = (frame.memory,)

    def _totals(self, totals: str, width: int) -> Line:
        state = self.state
        assert state is not None
        at = f"{state.cursor + 1}/{len(state.items)}"
        found = f" · find {state.find!r}" if state.find else ""
        right = ((f"{state.trace.how}{found} · {at}", "dim"),)
        gap = " " * max(2, width - len(totals) - width_of(right))
        return cropped(((totals, "output"), (gap, ""), *right), width)

    # actions

    def action_do(self, verb: str, *arguments: object) -> None:
        """Apply a verb of the state, once there is one."""
        if self.state is not None:
            self.state = getattr(self.state, verb)(*arguments)

    def action_train(self, verb: str, *arguments: object) -> None:
        """Change how it would be trained."""
        if self.state is not None:
            self.state = self.state.trained(verb, *arguments)

    def action_step_in(self) -> None:
        """Open the chosen layer in its stepper."""
        if self.state is not None:
            self.said(f"running {PICTURE} up to this layer …", bad=False)
            self.prepare_step(self.state)

    def action_compare(self) -> None:
        """Put the network beside another."""
        if self.state is not None:
            self.prepare_compare(self.state)

    def action_switch(self) -> None:
        """Go to the list of networks, or back to the table."""
        if self.list_shown:
            (self.table if self.nets.has_focus else self.nets).focus()

    def action_hide_list(self) -> None:
        """Hide the list, or show it."""
        self.list_wanted = not self.list_wanted
        self._place_list()
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
        choices = [choice for _, choice in self.choices()]
        typed = "mymodel.py:Net, package.module:Net, weights.safetensors"
        self.app.push_screen(Picker("Network", choices, typed), self._picked)

    def _picked(self, name: str | None) -> None:
        if name:
            self.action_open_net(name)

    def action_open_net(self, name: str) -> None:
        """Open a network by its name."""
        self.open_asked(NetRequest(text=name))

    @on(NetTable.Chosen)
    def _open_listed(self, event: NetTable.Chosen) -> None:
        self.action_open_net(event.name)

    @on(NetTable.Refused)
    def _say_refused(self, event: NetTable.Refused) -> None:
        self.said(event.text)

    def choices(self) -> Iterator[tuple[str, Choice]]:
        """Yield every known network."""
        for net in sorted(known_nets(), key=lambda each: (each.year, each.params)):
            top1 = f" · top-1 {net.top1:.1f} %" if net.top1 is not None else ""
            size = f"{net.year} {short_count(net.params)}"
            depth = f"{net.depth} layers" if net.depth is not None else ""
            yield "open_net", Choice(net.name, size, f"{depth}{top1} · {net.idea}")

    # the mouse

    @on(TableView.HeadPicked)
    def _sort(self, event: TableView.HeadPicked) -> None:
        frame = self.table.frame
        if frame is not None:
            self.action_do("sorted_by", sort_of(frame.columns[event.column].title))

    @on(TableView.Picked)
    def _pick(self, event: TableView.Picked) -> None:
        self.action_do("to", event.position)
