"""What the Watch pane asks of a run's worker and of the user. Not a pane itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.message import Message

from cnntui.errors import UserError
from cnntui.models.opening import NetRequest
from cnntui.panes.watch.run_choices import run_choices
from cnntui.panes.watch.showing import WatchShowing
from cnntui.panes.watch.state import WatchState
from cnntui.settings import runs_folder
from cnntui.training.launching import launch
from cnntui.training.run.control import Request, ask
from cnntui.training.run.finding import find_run
from cnntui.ui.picker import Picker
from cnntui.ui.prompt import Prompt


class WatchAsking(WatchShowing):
    """Pauses, stops and goes on with a run, and chooses runs."""

    @dataclass
    class Said(Message):
        """Something was done."""

        text: str

    def compose(self) -> ComposeResult:
        """Compose what is seen, and the prompt."""
        yield from super().compose()
        yield self.prompt

    def action_pause(self) -> None:
        """Pause the run or go on with it."""
        watched = self.first
        if watched is None or watched.status is None:
            return
        status = watched.status
        if status.is_live:
            kind = "resume" if status.state == "paused" else "pause"
            said = "asked to go on" if kind == "resume" else "asked to pause"
            self.request(status.path, Request(kind), said)
        elif status.state == "finished":
            self.said(f"{status.name} is finished; w chooses another run", bad=False)
        elif ":" in status.net:  # the run's files are to run no code unasked
            said = f"runs the code of {status.net}; go on with the run? y:"
            self.prompt.ask("go on", said, "")
        else:
            self.go_on(status.path)

    @work(thread=True, group="request")
    def request(self, run: Path, request: Request, said: str) -> None:
        """Ask the worker for something; ends in one message."""
        try:
            ask(run, request)
            self.post_message(self.Said(f"{run.name}: {said}"))
        except UserError as problem:
            self.post_message(self.Failed(problem))

    @work(thread=True, group="request")
    def go_on(self, run: Path) -> None:
        """Start a worker that goes on with a stopped run; ends in one message."""
        try:
            launch(run)
            self.post_message(self.Said(f"{run.name} goes on from its last checkpoint"))
        except UserError as problem:
            self.post_message(self.Failed(problem))

    @on(Said)
    def _tell(self, event: Said) -> None:
        self.said(event.text, bad=False)

    # questions

    def action_ask_rate(self) -> None:
        """Ask for another learning rate."""
        watched = self.first
        if watched is not None:
            rates = watched.history.steps["lr"]
            now = f"{rates[-1]:g}" if len(rates) else ""
            self.prompt.ask("rate", "learning rate from here on:", now)

    def action_ask_stop(self) -> None:
        """Make sure that the run is to be stopped."""
        if self.state is not None:
            self.prompt.ask("stop", f"stop {self.state.run.name}? y:", "")

    @on(Prompt.Left)
    def _leave_prompt(self, event: Prompt.Left) -> None:
        self.prompt.close()
        self.focus()

    @on(Prompt.Answered)
    def _take_answer(self, event: Prompt.Answered) -> None:
        self.prompt.close()
        self.focus()
        if self.state is None:
            return
        text, run = event.text.strip(), self.state.run
        if event.purpose == "rate":
            self._give_rate(run, text)
        elif text.lower() not in ("y", "yes"):
            return
        elif event.purpose == "go on":
            self.go_on(run)
        else:
            self.request(run, Request("stop"), "asked to stop at the next step")

    def _give_rate(self, run: Path, text: str) -> None:
        try:
            rate = float(text)
            self.request(run, Request("learning-rate", rate), f"learning rate {rate:g}")
        except UserError as problem:
            self.said(str(problem))
        except ValueError:
            self.said(f"{text[:20]!r} is no learning rate; give a number such as 0.001")

    # other runs, other panes

    def action_choose_run(self) -> None:
        """Choose a run to watch."""
        self._choose("Watch a run", WatchState.of)

    def action_choose_beside(self) -> None:
        """Choose a run to draw beside this one."""
        state = self.state
        self._choose("Beside this run", state.beside if state is not None else WatchState.of)

    def _choose(self, title: str, state_of: Callable[[Path], WatchState]) -> None:
        choices = tuple(run_choices(runs_folder()))

        def chosen(name: str | None) -> None:
            if name is not None:
                self._open(name, state_of)

        self.app.push_screen(Picker(title, choices, "a run's folder: ./runs/mine"), chosen)

    def _open(self, name: str, state_of: Callable[[Path], WatchState]) -> None:
        try:
            self.said("")
            self.open_state(state_of(find_run(name, runs_folder())))
        except UserError as problem:
            self.said(str(problem))

    def action_open_network(self) -> None:
        """Open the run's network in the Layers pane."""
        if self.state is not None:
            self.post_message(self.Wanted("layers", NetRequest(text=str(self.state.run))))
