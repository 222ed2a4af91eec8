"""What the Layers pane does in threads: trace, step in, compare, ask for a GPU. Not a pane itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from textual import on, work
from textual.message import Message
from textual.worker import get_current_worker

from cnntui.engine.tracing.rows import Trace
from cnntui.errors import UserError
from cnntui.models.opening import InputWanted, NetRequest, Network
from cnntui.panes.compare.state import totals_from
from cnntui.panes.layers.asking import LayersAsking
from cnntui.panes.layers.state import LayersState
from cnntui.panes.layers.stepped_layer import stepper_of
from cnntui.panes.layers.view_request import ViewRequest
from cnntui.parts.networks.training_memory import seen


class LayersOpening(LayersAsking):
    """Every worker ends in one message, whose handler assigns the state."""

    _wanting: InputWanted | None = None  # why the input is asked for

    @dataclass
    class Opened(Message):
        """A network was loaded and traced."""

        network: Network

    @dataclass
    class Failed(Message):
        """What was asked for could not be done."""

        problem: UserError

    @dataclass
    class Seen(Message):
        """There is a GPU with so many free bytes."""

        gpu: str
        free: int

    @dataclass
    class Ready(Message):
        """A layer, or the whole network, is ready for another pane."""

        pane: str
        state: Any

    # networks, in threads

    def open_asked(self, asked: NetRequest) -> None:
        """Have a network opened as it was asked for."""
        self.asked = asked
        if self.state is not None:
            self.said(f"tracing {asked.text} …", bad=False)
        self.open_net(asked.opened)

    def open_net(self, opened: Callable[[], Network]) -> None:
        """Load and trace a network, in a thread."""
        self._load(opened)

    @work(thread=True, exclusive=True, group="net")
    def _load(self, opened: Callable[[], Network]) -> None:
        """Ends in one message."""
        worker = get_current_worker()
        try:
            network = opened()
        except UserError as problem:
            if not worker.is_cancelled:
                self.post_message(self.Failed(problem))
            return
        if not worker.is_cancelled:
            self.post_message(self.Opened(network))

    @on(Opened)
    def _take_network(self, event: Opened) -> None:
        asked = self.asked
        depth = asked.depth if asked is not None and self.state is None else None
        if self.state is not None:
            depth = self.state.depth
        state = LayersState.of(event.network, depth)
        state = self._with_gpu(state).sized(self.table_rows)
        self.state = asked.shown(state) if isinstance(asked, ViewRequest) else state
        self.mark_opened(event.network)
        self.look_for_gpu(event.network.trace, (asked.device if asked else "") or self.device)

    def mark_opened(self, network: Network | None) -> None:
        """Let the list show which network is open, where it is one of the known."""
        known = network is not None and network.loaded.origin in ("net", "checkpoint", "run")
        name = network.name if network is not None and known else ""
        self.nets.state = self.nets.state.opening(name)

    def _with_gpu(self, state: LayersState) -> LayersState:
        """Keep the batch, the optimizer and the GPU of the network before, where there was one."""
        before = self.state
        return replace(state, training=before.training) if before is not None else state

    @work(thread=True, exclusive=True, group="gpu")
    def look_for_gpu(self, trace: Trace, device: str) -> None:
        """Ask torch how much room a GPU has; ends in one message."""
        try:
            self.post_message(self.Seen(*seen(trace, device)))
        except UserError as problem:
            self.post_message(self.Failed(problem))

    @on(Seen)
    def _take_gpu(self, event: Seen) -> None:
        state = self.state
        if state is not None and (event.gpu, event.free) != (
            state.training.gpu,
            state.training.free,
        ):
            found = replace(state.training, gpu=event.gpu, free=event.free)
            self.state = replace(state, training=found)

    @on(Failed)
    def _refuse(self, event: Failed) -> None:
        if isinstance(event.problem, InputWanted) and self.asked is not None:
            self.said("")
            self._wanting = event.problem
            self.ask_what_it_takes(self.asked)
        else:
            self._refused(event.problem)

    def _refused(self, problem: UserError) -> None:
        """Say it; where there is nothing else on view, end with it."""
        if self.state is not None:
            self.state = self.state.refused(problem)
        elif isinstance(self.opening, NetRequest):
            self.post_message(self.Ended(problem))
        else:
            self.said(str(problem))

    def take_nothing(self) -> None:
        """Go on without a network that nobody said the input of."""
        if self._wanting is not None:
            self._refused(self._wanting)

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

    @work(thread=True, exclusive=True, group="step")
    def prepare_compare(self, state: LayersState) -> None:
        """Sum the network up, for one picture at a time; ends in one message."""
        try:
            network = state.network
            if network is None:
                raise UserError("there is no network to compare; n chooses one")
            single = network if state.trace.input_shape[0] == 1 else network.again(batch=1)
            self.post_message(self.Ready("compare", totals_from(single)))
        except UserError as problem:
            self.post_message(self.Failed(problem))

    @on(Ready)
    def _step(self, event: Ready) -> None:
        self.post_message(self.Wanted(event.pane, event.state))

    @property
    def table_rows(self) -> int:
        """Lines of the table below its head."""
        return max(1, self.table.size.height - 1)
