"""What the Layers pane asks on its prompt, and what it does with the answers. Not a pane itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from textual import on
from textual.binding import Binding
from textual.reactive import reactive
from textual.widget import Widget

from cnntui.errors import UserError
from cnntui.models.opening import NetRequest, Network, shapes_of
from cnntui.panes.layers.net_table import NetTable
from cnntui.panes.layers.state import LayersState
from cnntui.parts.exporting.pane import ExportingPane
from cnntui.parts.networks.training_memory import estimate
from cnntui.ui.picker import is_own
from cnntui.ui.prompt import Prompt
from cnntui.ui.table import TableView

INPUT = "channels x height x width:"


class LayersAsking(ExportingPane):
    """Asks for words to find, an input, weights, a batch, a file; the answers change the state."""

    BINDINGS = [
        Binding("slash", "ask_find", "find", id="layers.find", tooltip="Keep the layers whose name or type holds a word; in the list, the networks"),
        Binding("I", "ask_input", "input", show=False, id="layers.input", tooltip="Type another input shape: 3x224x224"),
        Binding("w", "ask_weights", "weights", show=False, id="layers.weights", tooltip="Load weights: .safetensors, or .pt that holds tensors alone"),
        Binding("b", "ask_batch", "batch", show=False, id="layers.batch", tooltip="Type the batch that training memory is told for: 32, or 32 sgd"),
    ]  # fmt: skip

    table: TableView
    nets: NetTable
    state: reactive[LayersState | None] = reactive(
        None, init=False, always_update=True, repaint=False
    )
    asked: NetRequest | None = None  # what is being opened
    _asker: Widget | None = None  # what had the keys before the prompt

    def open_net(self, opened: Callable[[], Network]) -> None:
        """Load and trace a network, in a thread."""
        raise NotImplementedError

    def open_asked(self, asked: NetRequest) -> None:
        """Have a network opened as it was asked for."""
        raise NotImplementedError

    def _ask(self, purpose: str, question: str, value: str = "") -> None:
        if not self.prompt.asking:
            self._asker = self.nets if self.nets.has_focus else self.table
        self.prompt.ask(purpose, question, value)

    @property
    def _listing(self) -> bool:
        """Whether the list has the keys, or had them before the prompt."""
        asker = self._asker if self.prompt.asking else self.screen.focused
        return asker is self.nets

    # the questions

    def action_ask_find(self) -> None:
        """Ask for a part of a name or type; in the list for a network."""
        if self._listing:
            question = "find a network, or one of your own (file.py:Net):"
            self._ask("find", question, self.nets.state.find)
        else:
            now = self.state.find if self.state else ""
            self._ask("find", "find in names and types:", now)

    def answer_find(self, text: str) -> None:
        """Keep what holds the text."""
        if not self._listing:
            if self.state is not None:
                self.state = self.state.finding(text)
        elif is_own(text):
            self.open_asked(NetRequest(text=text))
        else:
            self.nets.state = self.nets.state.finding(text)

    def action_ask_input(self) -> None:
        """Ask for an input shape."""
        now = "x".join(map(str, self.state.trace.input_shape[1:])) if self.state else ""
        self._ask("input", f"input, {INPUT}", now)

    def answer_input(self, text: str) -> None:
        """Trace with another input."""
        self.open_net(partial(self._network().again, shapes=shapes_of(text)))

    def ask_what_it_takes(self, asked: NetRequest) -> None:
        """Ask for the input of a network of the user's own."""
        self._ask("takes", f"{asked.text[-30:]} takes {INPUT}", "3x224x224")

    def take_nothing(self) -> None:
        """Go on without a network that nobody said the input of."""
        raise NotImplementedError

    def answer_takes(self, text: str) -> None:
        """Open the user's own network with that input."""
        if self.asked is not None:
            self.open_asked(replace(self.asked, shapes=tuple(shapes_of(text))))

    def action_ask_weights(self) -> None:
        """Ask for a weights file."""
        self._ask("weights", "weights file (.safetensors, .pt):")

    def answer_weights(self, text: str) -> None:
        """Load weights into the network."""
        self.open_net(partial(self._network().again, weights=text))

    def action_ask_batch(self) -> None:
        """Ask for the batch of a training step."""
        if self.state is not None:
            now = self.state.training
            question = "batch, and another optimizer if wanted (32 sgd):"
            self._ask("batch", question, f"{now.batch} {now.optimizer}")

    def answer_batch(self, text: str) -> None:
        """Estimate the memory for another batch."""
        if self.state is not None:
            self.state = replace(self.state, training=self.state.training.typed(text), problem="")

    def action_ask_export(self) -> None:
        """Ask for a file to write to: the table, or the list where that has the keys."""
        self._asker = self.nets if self.nets.has_focus else self.table
        super().action_ask_export()

    def exported(self, form: str) -> str:
        """Return the table, or the list of networks, as a file holds it."""
        from cnntui.parts.networks import layer_report as layer_reports
        from cnntui.parts.networks import list_report as net_reports

        if self._listing:
            return net_reports.written([net.name for net in self.nets.state.nets], form)
        if self.state is None:
            raise UserError("there is no table to write yet; n chooses a network")
        memory, fits = estimate(self.state.trace, self.state.training)
        return layer_reports.written(self.state.trace, form, memory, fits)

    def _network(self) -> Network:
        """Return the network on view. Raises UserError where there is none to trace again."""
        if self.state is None or self.state.network is None:
            raise UserError("there is no network to trace again; n chooses one")
        return self.state.network

    # the answers

    @on(Prompt.Left)
    def _leave_prompt(self, event: Prompt.Left) -> None:
        self._close()
        if event.prompt.purpose == "takes":
            self.take_nothing()

    @on(Prompt.Answered)
    def _take_answer(self, event: Prompt.Answered) -> None:
        try:
            getattr(self, f"answer_{event.purpose}")(event.text.strip())
        except UserError as problem:
            self.said(str(problem))
            return
        self._close()

    def _close(self) -> None:
        asker = self._asker
        self.prompt.close()
        (asker if asker is not None and asker.display else self.table).focus()
