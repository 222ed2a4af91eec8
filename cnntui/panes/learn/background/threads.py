"""Work of the Lessons pane off the event loop: in a thread, its end told in one message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from textual.message import Message
from textual.widget import Widget

from cnntui.panes.learn.state import LearningState

Verb = Callable[[LearningState], LearningState]


@dataclass
class Done(Message):
    """Work has ended: ``change`` makes of the state what follows from it."""

    change: Verb


class Threads:
    """Starts work for ``host``, and brings it what came of it."""

    def __init__(self, host: Widget) -> None:
        self.host = host

    def start(self, work: Callable[[], Any], kind: str) -> None:
        """Run work in a thread; the newest of a kind counts."""
        self.host.run_worker(work, thread=True, exclusive=True, group=kind)

    def start_after(self, work: Callable[[], Any], kind: str) -> None:
        """Run work in a thread; what was started before goes on."""
        self.host.run_worker(work, thread=True, group=kind)

    def tell(self, message: Message) -> None:
        """Bring the host a message (from a thread)."""
        self.host.post_message(message)

    def done(self, change: Verb) -> None:
        """Bring the host what follows of the work (from a thread)."""
        self.tell(Done(change))
