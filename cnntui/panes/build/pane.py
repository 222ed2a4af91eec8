"""The Build pane: its keys, the text beside its results, and what is done with the network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from threading import Lock
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.reactive import reactive
from textual.widgets import TextArea
from textual.worker import get_current_worker

from cnntui.engine.building.exporting import code
from cnntui.engine.comparing import Totals
from cnntui.engine.tracing.rows import Trace
from cnntui.errors import UserError
from cnntui.panes.build.editor import Editor
from cnntui.panes.build.frame import frame_of, room
from cnntui.panes.build.state import (
    FIRST,
    MOST_TRACED,
    BuildingState,
    layers_of,
    open_state,
    traced,
    written_totals,
)
from cnntui.panes.layers.state import LayersState
from cnntui.panes.train.state import SetupState
from cnntui.parts.background.widget import Background
from cnntui.parts.exporting.exporter import Overwriting
from cnntui.sources.networks import NetworkText, listed_networks, read_network, write_text
from cnntui.ui.frames.tables import TableFrame
from cnntui.ui.picker import Picker
from cnntui.ui.shell.laboratory import Laboratory
from cnntui.ui.shell.pane import Choice, Pane
from cnntui.ui.table import TableView
from cnntui.ui.words import Words

NO_TABLE = TableFrame((), (), (), 0, 0, 0)
MADE_FOR: dict[str, Callable[[BuildingState, Trace], LayersState | Totals]] = {
    "layers": layers_of,
    "compare": written_totals,
}


class BuildingPane(Pane):
    """A network as text, what each line makes of it, and its table."""

    opens_anew = True  # where the cursor is in the text is no part of the state

    HELP = (
        "One layer a line, settings after its name: conv 32 3 same relu · conv 64 3 s2 p1 nobias bn "
        "relu · depthwise 3 · pointwise 64 · separable 128 3 · block 64 x2 · residual 64 s2 · bn · "
        "relu · maxpool 2 · avgpool 2 · adaptive 4 · gap · flatten · dropout 0.25 · dense 10 · "
        "upsample 2 · repeat 3 … end. The first line, input 3x32x32, is channels × height × width; "
        "# begins a comment. While the text has the keys, letters are text: ctrl and function "
        "keys act (ctrl+e writes PyTorch code); escape leaves it, e goes back."
    )

    BINDINGS = [
        Binding("f2,ctrl+t", "fix", "fix", priority=True, id="build.fix", tooltip="Put the first fix that is offered in its line's place"),
        Binding("ctrl+o", "choose_network", "open", priority=True, id="build.open", tooltip="Open a sample, or a typed file"),
        Binding("ctrl+s", "ask_save", "save", priority=True, id="build.save", tooltip="Save the text under a typed name"),
        Binding("ctrl+e", "ask_export", "code", show=False, priority=True, id="build.export", tooltip="Write the network as PyTorch code under a typed name"),
        Binding("f4,ctrl+l", "open_layers", "layers", show=False, priority=True, id="build.layers", tooltip="Open the network in the Layers pane"),
        Binding("f6", "compare", "compare", show=False, priority=True, id="build.compare", tooltip="Put the network beside a known one in the Compare pane"),
        Binding("f7", "train", "train", show=False, priority=True, id="build.train", tooltip="Set up a training of the network in the Training pane"),
        Binding("f1", "help", "help", show=False, priority=True, id="build.help", tooltip="This help, also from the text"),
        Binding("r", "reset", "reset", show=False, id="build.reset", tooltip="The text as it was opened or saved; ctrl+z in it takes that back"),
        Binding("e,enter,space", "edit", "edit", id="build.edit", tooltip="Go to the text"),
        Binding("down,j", "do('moved',1)", "down", show=False, id="build.down", tooltip="Next layer of the table"),
        Binding("up,k", "do('moved',-1)", "up", show=False, id="build.up", tooltip="Layer before"),
    ]  # fmt: skip

    DEFAULT_CSS = """
    BuildingPane #heading, BuildingPane #totals { height: 1; padding: 0 1; }
    BuildingPane #errors, BuildingPane #drawing { padding: 0 1; }
    BuildingPane TableView { padding: 0 1; }
    BuildingPane #results { padding: 0 1; height: 100%; }
    """

    state: reactive[BuildingState | None] = reactive(
        None, init=False, always_update=True, repaint=False
    )

    def __init__(self, *setting: Any) -> None:
        super().__init__(*setting)
        self.errors, self.table = Words(id="errors"), TableView()
        self.editor, self.background = Editor(), Background()
        self._one = Lock()  # torch builds one network at a time

    # composition

    def compose(self) -> ComposeResult:
        """Compose the text beside its results, the totals, and errors or the table."""
        yield Words(id="heading")
        with Horizontal(id="body"):
            yield self.editor
            yield Words(id="results")
        yield Words(id="totals")
        yield self.errors
        yield Words(id="drawing")
        yield self.table
        yield self.prompt
        yield self.background

    def on_mount(self) -> None:
        """Show what the command line asked for, or the first sample."""
        self.watch(self.editor, "scroll_y", self._show, init=False)
        opening = self.opening
        self._take(opening if isinstance(opening, BuildingState) else open_state(FIRST))

    def start_focus(self) -> None:
        """Give the keys to the text."""
        self.editor.focus()

    def on_resize(self) -> None:
        """Lay everything out for the new size."""
        self._show()

    # who has the keys

    @property
    def asking(self) -> bool:
        """Whether letters are typed: into the text or at a prompt."""
        return self.prompt.asking or self.editor.has_focus

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer nothing at a prompt; in the text what isn't typed."""
        if self.prompt.asking or self.screen.is_modal:
            return False
        if action == "fix":
            return self.state is not None and self.state.mendable is not None
        return action not in ("edit", "do", "reset") or not self.editor.has_focus

    def action_help(self) -> None:
        """Show the help, also where a question mark would be typed."""
        app = self.app
        assert isinstance(app, Laboratory)
        app.action_help()

    def action_edit(self) -> None:
        """Go to the text."""
        self.editor.focus()

    # state to screen

    def _take(self, state: BuildingState) -> None:
        """Take a state; its text goes to the editor, where undo takes it back."""
        self.state = state
        self.editor.take(state.text)

    @on(TextArea.Changed)
    def _typed(self) -> None:
        if self.state is not None:
            self.state = self.state.typed(self.editor.text)

    def watch_state(self, old: BuildingState | None, new: BuildingState) -> None:
        """Show the state; have another text traced."""
        if old is None or new.problem or old.problem:
            self.said(new.problem)
        if old is None or old.text != new.text:
            self._trace_soon(new)
        if (old is not None and old.mendable) != new.mendable:
            self.refresh_bindings()
        self._show()

    def _show(self) -> None:
        state = self.state
        if state is None or not self.size.width:
            return
        space = room(self.size.width, self.size.height)
        self.query_one("#body").styles.height = space.body
        self.query_one("#results").styles.width = space.results
        frame = frame_of(state, space, round(self.editor.scroll_y))
        self.query_one("#heading", Words).lines = (frame.heading,)
        self.query_one("#results", Words).lines = frame.results
        self.query_one("#totals", Words).lines = (frame.totals,)
        self.query_one("#drawing", Words).lines = frame.drawing
        self.errors.lines = frame.errors
        self.table.frame = frame.table or NO_TABLE

    @on(TableView.Resized)
    def _fit(self, event: TableView.Resized) -> None:
        if self.state is not None:
            self.state = self.state.sized(event.rows)

    @on(TableView.Picked)
    def _pick(self, event: TableView.Picked) -> None:
        self.action_do("to", event.position)

    # torch's pass

    def _trace_soon(self, state: BuildingState) -> None:
        if state.fault is None and len(state.shaped.layers) <= MOST_TRACED:
            self.call_after_refresh(self.run_trace, state)  # the typed letter first

    def run_trace(self, state: BuildingState) -> None:
        """Have a network traced in a thread, unless a later one waits."""
        take = partial(self._take_trace, state.text)
        self.background.run("trace", partial(self._traced, state), take, self.refuse)

    def _traced(self, state: BuildingState) -> Trace | None:
        with self._one:
            return None if get_current_worker().is_cancelled else traced(state)

    def _take_trace(self, text: str, trace: Trace) -> None:
        self.action_do("with_trace", text, trace)

    # actions

    def action_fix(self) -> None:
        """Put the first fix in its line's place."""
        if self.state is not None:
            self._take(self.state.fixed())

    def action_reset(self) -> None:
        """Take the text as it was opened or saved."""
        if self.state is not None:
            self._take(self.state.typed(self.state.written.text))

    def action_open_layers(self) -> None:
        """Open the network in the Layers pane."""
        self._make_for("layers")

    def action_compare(self) -> None:
        """Put the network beside a known one."""
        self._make_for("compare")

    def action_train(self) -> None:
        """Set up a training of the network."""
        state = self.state
        if state is None:
            return
        try:
            if state.fault is not None:
                raise state.fault
            setup = SetupState.with_text(state.written.name, state.text)
        except UserError as problem:
            self.refuse(problem)
        else:
            self.post_message(self.Wanted("train", setup))

    def _make_for(self, pane: str) -> None:
        """Have the network made for a pane, in a thread, and the pane opened on it."""
        state = self.state
        if state is None:
            return
        if state.current is None:
            self.refuse(state.fault or UserError("torch is still at it; press it once more"))
        else:
            make = partial(MADE_FOR[pane], state, state.current.trace)
            self.background.run("make", make, partial(self._open_elsewhere, pane), self.refuse)

    def _open_elsewhere(self, pane: str, made: LayersState | Totals) -> None:
        self.post_message(self.Wanted(pane, made))

    def open_state(self, state: BuildingState) -> None:
        """Show a network that another pane has made."""
        self._take(state)

    def choices(self) -> Iterator[tuple[str, Choice]]:
        """Yield every sample."""
        for sample in listed_networks():
            yield "open_network", Choice(sample.name, f"{sample.lines} lines", sample.summary)

    def action_choose_network(self) -> None:
        """Let the user choose a sample or type a file."""

        def picked(name: str | None) -> None:
            if name:
                self.action_open_network(name)

        choices = [choice for _, choice in self.choices()]
        self.app.push_screen(Picker("Network", choices, "a file: path/network.txt"), picked)

    def action_open_network(self, name: str) -> None:
        """Open a network by name or from a file."""
        self.background.run("file", partial(read_network, name), self._take_network, self.refuse)

    def _take_network(self, written: NetworkText) -> None:
        if self.state is None:
            return
        lost = self.state.changed
        self._take(self.state.opened(written))
        if lost:
            self.said("ctrl+z brings the text before back", bad=False)

    # files

    def action_ask_save(self) -> None:
        """Ask where to save the text."""
        if self.state is not None:
            written = self.state.written
            self._ask_file("save as:", written.path or f"{written.name}.txt", saves=True)

    def action_ask_export(self) -> None:
        """Ask where to write the code."""
        state = self.state
        if state is None:
            return
        if state.fault:
            self.refuse(state.fault)
        else:
            self._ask_file("PyTorch code to:", f"{state.written.name}.py", saves=False)

    def _ask_file(self, question: str, path: str, saves: bool) -> None:
        self._settle()
        answer = partial(self._write, question, saves, Overwriting())
        self.prompt.ask(question, answer, path, left=self._settle)

    def _settle(self) -> None:
        self.action_do("settled")
        self.said("")

    def _write(self, question: str, saves: bool, over: Overwriting, path: str) -> None:
        """Write the text or the code in a thread; where that fails, ask again."""
        state = self.state
        assert state is not None
        over.check(path)
        text = state.text if saves else code(state.blueprint)

        def failed(problem: UserError) -> None:
            self._ask_file(question, path, saves)
            self.refuse(problem)

        take = partial(self._wrote, text if saves else None)
        self.background.run("file", partial(write_text, path, text), take, failed)

    def _wrote(self, saved: str | None, path: str) -> None:
        if saved is not None and self.state is not None:
            self.state = self.state.saved(path, saved)
        self._settle()
        self.said(f"wrote {path}", bad=False)
