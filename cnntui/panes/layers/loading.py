"""Opens networks for the Layers pane, and makes of them what other panes show, in threads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from textual.message import Message
from textual.widget import Widget
from textual.worker import get_current_worker

from cnntui.engine.comparing import Totals
from cnntui.engine.tracing.rows import Trace
from cnntui.errors import UserError
from cnntui.models.opening import InputWanted, NetRequest, Network
from cnntui.panes.compare.state import totals_from
from cnntui.panes.conv.state import ConvolutionState
from cnntui.panes.layers.state import LayersState
from cnntui.panes.layers.stepped_layer import stepper_of
from cnntui.panes.pool.state import PoolingState
from cnntui.parts.networks.training_memory import seen


class NetLoader:
    """Works in threads of a pane; each ends in one message to it, unless a later one replaced it.

    ``request`` is what the network that is open, or being opened, was asked for by; None for one
    that was made elsewhere.
    """

    @dataclass
    class Opened(Message):
        """A network was loaded and traced."""

        network: Network

    @dataclass
    class InputMissing(Message):
        """A network of the user's own has to be told what it takes."""

        request: NetRequest
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

    @dataclass
    class Failed(Message):
        """What was wanted could not be done."""

        problem: UserError

    def __init__(self, pane: Widget) -> None:
        self.pane = pane
        self.request: NetRequest | None = None

    def open(self, request: NetRequest) -> None:
        """Load and trace a network; ends in ``Opened``, ``InputMissing`` or ``Failed``."""
        self.request = request
        self._run("net", lambda: self._opened(request))

    def _opened(self, request: NetRequest) -> Message:
        try:
            return self.Opened(request.opened())
        except InputWanted as problem:
            return self.InputMissing(request, problem)

    def open_again(self, network: Network, **changes: Any) -> None:
        """Trace with other ``shapes`` or ``weights``; ends in ``Opened`` or ``Failed``."""
        self._run("net", lambda: self.Opened(network.again(**changes)))

    def look_for_gpu(self, trace: Trace, device: str) -> None:
        """Ask torch how much room a GPU has; ends in ``Seen`` or ``Failed``."""
        self._run("gpu", lambda: self.Seen(*seen(trace, device)))

    def step_in(self, state: LayersState) -> None:
        """Run the picture up to the chosen layer; ends in ``Ready`` or ``Failed``."""
        self._run("step", lambda: self.Ready(*_stepper(state)))

    def compare(self, state: LayersState) -> None:
        """Sum the network up, for one picture at a time; ends in ``Ready`` or ``Failed``."""
        self._run("step", lambda: self.Ready("compare", _totals(state)))

    def _run(self, group: str, work: Callable[[], Message]) -> None:
        def run() -> None:
            worker = get_current_worker()
            try:
                message = work()
            except UserError as problem:
                message = self.Failed(problem)
            if not worker.is_cancelled:
                self.pane.post_message(message)

        self.pane.run_worker(run, thread=True, exclusive=True, group=group)


def _stepper(state: LayersState) -> tuple[str, ConvolutionState | PoolingState]:
    """Return the pane and the state for the chosen layer. Raises UserError for a block."""
    item = state.item
    if state.network is None or item is None:
        raise UserError("there is no network to run; n chooses one")
    if item.block:
        raise UserError(f"{item.name} is a block; space unfolds it, then choose a layer")
    return stepper_of(state.network, item.row)


def _totals(state: LayersState) -> Totals:
    """Return the sums of the network for one picture. Raises UserError where there is none."""
    network = state.network
    if network is None:
        raise UserError("there is no network to compare; n chooses one")
    return totals_from(network if state.trace.input_shape[0] == 1 else network.again(batch=1))
