"""What the Runs pane does to a run, asking first where it can't be undone. Not a pane itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from textual import on, work
from textual.message import Message
from textual.reactive import reactive

from cnntui.errors import UserError, printable
from cnntui.numbers import size_text
from cnntui.panes.runs.state import RunsList
from cnntui.training.launching import launch
from cnntui.training.run.control import Request, ask
from cnntui.training.run.finding import delete_run
from cnntui.training.run.folder import is_run
from cnntui.training.run.listing import RunStatus
from cnntui.ui.prompt import Prompt
from cnntui.ui.shell.pane import Pane

YES = ("y", "yes")


class RunsActing(Pane):
    """Every request to a run is a thread's; it ends in one message."""

    state: reactive[RunsList] = reactive(RunsList, init=False, always_update=True, repaint=False)
    _about: Path | None = None  # the run that the prompt asks about

    @dataclass
    class Done(Message):
        """Something was done to a run, or could not be: ``problem`` then says why."""

        text: str = ""
        problem: UserError | None = None

    def poll(self) -> None:
        """Look at the runs."""
        raise NotImplementedError

    def add(self, path: Path) -> None:
        """List the run in a folder, or the runs that lie in one."""
        raise NotImplementedError

    # requests

    def action_pause(self) -> None:
        """Pause the chosen run or go on with it."""
        run = self.state.chosen
        if run is None:
            return
        if run.is_live:
            kind = "resume" if run.state == "paused" else "pause"
            self.request(run.path, Request(kind), f"asked to {kind}")
        elif run.state == "finished":
            self.said(f"{printable(run.name)} is finished; enter shows its curves", bad=False)
        elif ":" in run.net:
            self._ask(run, "go on", f"runs the code of {run.net}; go on with the run? y:")
        else:
            self.go_on(run.path)

    @work(thread=True, group="request")
    def request(self, run: Path, request: Request, said: str) -> None:
        """Ask the worker for something; ends in one message."""
        try:
            ask(run, request)
            self.post_message(self.Done(f"{printable(run.name)}: {said}"))
        except UserError as problem:
            self.post_message(self.Done(problem=problem))

    @work(thread=True, group="request")
    def go_on(self, run: Path) -> None:
        """Start a worker that goes on with a run; ends in one message."""
        try:
            launch(run)
            said = f"{printable(run.name)} goes on from its last checkpoint"
            self.post_message(self.Done(said))
        except UserError as problem:
            self.post_message(self.Done(problem=problem))

    @work(thread=True, group="request")
    def delete(self, run: Path) -> None:
        """Delete a run's files; ends in one message."""
        try:
            left = delete_run(run)
            rest = f"; left in {run}: {', '.join(left)}" if left else ""
            self.post_message(self.Done(printable(f"{run.name}: deleted{rest}")))
        except UserError as problem:
            self.post_message(self.Done(problem=problem))

    @on(Done)
    def _tell(self, event: Done) -> None:
        if event.problem is not None:
            self.state = self.state.refused(event.problem)
        else:
            self.said(event.text, bad=False)
        self.poll()

    # questions

    def _ask(self, run: RunStatus, purpose: str, question: str) -> None:
        self._about = run.path
        self.prompt.ask(purpose, question)

    def action_ask_stop(self) -> None:
        """Make sure that the run is to be stopped."""
        run = self.state.chosen
        if run is not None and run.is_live:
            self._ask(run, "stop", f"stop {printable(run.name)}? y:")
        elif run is not None:
            self.said(f"{printable(run.name)} isn't running", bad=False)

    def action_ask_delete(self) -> None:
        """Make sure that the run is to be deleted."""
        run = self.state.chosen
        if run is not None and run.is_live:
            self.said(f"{printable(run.name)} is running; X stops it, then d deletes it")
        elif run is not None:
            what = f"{printable(run.name)}, {size_text(run.size)}, its weights too"
            self._ask(run, "delete", f"delete {what}? y:")

    def action_ask_rate(self) -> None:
        """Ask for another learning rate."""
        run = self.state.chosen
        if run is not None and run.is_live:
            self._ask(run, "rate", "learning rate from here on:")
        elif run is not None:
            self.said(f"{printable(run.name)} isn't running", bad=False)

    def action_ask_find(self) -> None:
        """Ask for words to find."""
        self.prompt.ask("find", "words of a name, state, data set, network:", self.state.find)

    def action_ask_add(self) -> None:
        """Ask for a run that lies elsewhere."""
        self.prompt.ask("add", "a run's folder, or one with runs in it:")

    @on(Prompt.Left)
    def _leave_prompt(self) -> None:
        self.prompt.close()
        self.start_focus()

    @on(Prompt.Answered)
    def _answer(self, event: Prompt.Answered) -> None:
        self._leave_prompt()
        text, run = event.text.strip(), self._about
        try:
            if event.purpose == "find":
                self.state = self.state.finding(text)
            elif event.purpose == "add" and text:
                self.add(Path(text).expanduser())
            elif event.purpose == "rate" and run is not None:
                self._give_rate(run, text)
            elif run is not None and text.lower() in YES:
                self._do(event.purpose, run)
        except UserError as problem:
            self.state = self.state.refused(problem)

    def _do(self, purpose: str, run: Path) -> None:
        """Do what was asked about and answered with yes."""
        if purpose == "delete":
            self.delete(run)
        elif purpose == "stop":
            self.request(run, Request("stop"), "asked to stop at the next step")
        elif purpose == "go on":
            self.go_on(run)

    def _give_rate(self, run: Path, text: str) -> None:
        try:
            rate = float(text)
        except ValueError:
            said = f"{text[:20]!r} is no learning rate; give a number such as 0.001"
            raise UserError(said) from None
        self.request(run, Request("learning-rate", rate), f"learning rate {rate:g}")


def runs_at(path: Path) -> tuple[Path, ...]:
    """Return the run at ``path``, or the runs in it. Raises UserError where there is none."""
    path = path.absolute()
    if is_run(path):
        return (path,)
    try:
        found = tuple(sorted(one for one in path.iterdir() if is_run(one)))
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}; name a run's folder") from error
    if not found:
        raise UserError(f"{path} is no run and holds none; a run's folder has a config.json")
    return found
