"""Slow work in threads, for any pane: what was made, or why not, is taken on the event loop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from textual import on
from textual.message import Message
from textual.widget import Widget
from textual.worker import get_current_worker

from cnntui.errors import UserError

T = TypeVar("T")


class Background(Widget):
    """Makes one thing of a kind at a time, the one asked for last; invisible itself."""

    DEFAULT_CSS = "Background { display: none; }"

    @dataclass
    class Ended(Message):
        """Something was made, or could not be: ``take`` is given it, or the problem."""

        take: Callable[[Any], object]
        outcome: Any

    def run(
        self,
        kind: str,
        make: Callable[[], T],
        take: Callable[[T], object],
        failed: Callable[[UserError], object],
    ) -> None:
        """Have ``make`` called in a thread, and ``take`` with what it returns.

        ``failed`` is given a UserError instead. Neither is called once another thing of the kind
        is asked for.
        """

        def work() -> None:
            worker = get_current_worker()
            if worker.is_cancelled:
                return
            try:
                message = self.Ended(take, make())
            except UserError as problem:
                message = self.Ended(failed, problem)
            if not worker.is_cancelled:
                self.post_message(message)

        self.run_worker(work, thread=True, exclusive=True, group=kind)

    @on(Ended)
    def _take(self, event: Ended) -> None:
        event.stop()
        event.take(event.outcome)
