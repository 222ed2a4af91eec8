"""What the keys of Watch and Runs do to a run; both hold a ``RunActions``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from textual.message import Message

from cnntui.errors import UserError
from cnntui.numbers import size_text
from cnntui.parts.runs import requests
from cnntui.training.run.listing import RunStatus
from cnntui.ui.shell.pane import Pane

YES = ("y", "yes")


class RunActions:
    """Asks first what can't be undone or would run code; every request is a thread's.

    Each ends in one ``Done`` to the pane. ``finished`` says what to press where a run is finished.
    """

    @dataclass
    class Done(Message):
        """Something was done to a run, or could not be: ``problem`` then says why."""

        text: str = ""
        problem: UserError | None = None

    def __init__(self, pane: Pane, finished: str) -> None:
        self._pane, self._finished = pane, finished

    def pause(self, run: RunStatus | None) -> None:
        """Pause a run or have it go on."""
        if run is None:
            return
        if run.is_live and run.state != "paused":
            self._request(requests.pause, run.path)
        elif run.is_live:
            self._request(requests.go_on, run.path)
        elif run.state == "finished":
            self._pane.said(f"{run.name} is finished; {self._finished}", bad=False)
        else:
            self._start(run.path)

    def _start(self, run: Path) -> None:
        try:
            code = requests.code_of(run)
        except UserError as problem:
            self._pane.refuse(problem)
            return
        if code:
            question = f"runs the code of {code}; go on with the run? y:"
            self._confirm(question, requests.go_on, run, code)
        else:
            self._request(requests.go_on, run)

    def ask_stop(self, run: RunStatus | None) -> None:
        """Make sure that a run is to be stopped."""
        if run is not None and self._is_live(run):
            self._confirm(f"stop {run.name}? y:", requests.stop, run.path)

    def ask_delete(self, run: RunStatus | None) -> None:
        """Make sure that a run is to be deleted."""
        if run is not None and run.is_live:
            self._pane.said(f"{run.name} is running; X stops it, then d deletes it")
        elif run is not None:
            what = f"{run.name}, {size_text(run.size)}, its weights too"
            self._confirm(f"delete {what}? y:", requests.delete, run.path)

    def ask_rate(self, run: RunStatus | None, now: str = "") -> None:
        """Ask for another learning rate than the one ``now``."""
        if run is not None and self._is_live(run):
            answer = partial(self._give_rate, run.path)
            self._pane.prompt.ask("learning rate from here on:", answer, now)

    def _give_rate(self, run: Path, text: str) -> None:
        self._request(requests.give_rate, run, requests.rate_of(text))

    def _is_live(self, run: RunStatus) -> bool:
        if not run.is_live:
            self._pane.said(f"{run.name} isn't running", bad=False)
        return run.is_live

    def _confirm(self, question: str, request: Callable[..., str], *arguments: object) -> None:
        def answer(text: str) -> None:
            if text.lower() in YES:
                self._request(request, *arguments)

        self._pane.prompt.ask(question, answer)

    def report(self, event: Done) -> None:
        """Say what became of a request."""
        if event.problem is not None:
            self._pane.refuse(event.problem)
        else:
            self._pane.said(event.text, bad=False)

    def _request(self, request: Callable[..., str], *arguments: object) -> None:
        def work() -> None:
            try:
                done = self.Done(request(*arguments))
            except UserError as problem:
                done = self.Done(problem=problem)
            except OSError as problem:  # of a run's folder that can't be written
                done = self.Done(problem=UserError(str(problem)))
            self._pane.post_message(done)

        self._pane.run_worker(work, thread=True, group="request")
