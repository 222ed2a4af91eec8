"""The keys of the list of lessons: search, tests, progress in and out; opens no lesson's page."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from textual import on
from textual.widgets import Input

from cnntui.errors import UserError
from cnntui.panes.learn.acting import LearnActing
from cnntui.ui.prompt import Prompt

EXPORT = "cnntui-progress.json"


class LearnList(LearnActing):
    """What the keys of the list do."""

    def action_resume(self) -> None:
        """Go on where the learner left."""
        if self.state is not None and self.state.onward:
            self.state = self.state.wants(self.state.onward)

    def action_test_out(self) -> None:
        """Test out of the lesson under the bar."""
        if self.state is not None and self.state.about is not None:
            self.draw_test_out(self.state.about.id)

    def action_review(self) -> None:
        """Ask again what was missed and is due."""
        if self.state is None:
            return
        if self.state.due:
            self.draw_review(self.state.due)
        else:
            self.state = self.state.told("nothing that was missed is due again yet")

    def action_search(self) -> None:
        """Ask for words to look for."""
        self.prompt.ask("search", "search:", self.state.search if self.state else "")

    def action_ask_export(self) -> None:
        """Ask for a file to write the progress to."""
        self.prompt.ask("export", "write the progress to:", EXPORT)

    def action_ask_import(self) -> None:
        """Ask for a file of progress to take in."""
        self.prompt.ask("import", "take the progress in of:", EXPORT)

    def action_ask_reset(self) -> None:
        """Ask before what was done in a lesson is forgotten."""
        about = self.state.about if self.state else None
        if about is not None:
            self.prompt.ask("reset", f"forget all you did in {about.title}? type yes:")

    def action_ask_reset_all(self) -> None:
        """Ask before all progress is forgotten."""
        self.prompt.ask("reset_all", "forget what you did in every lesson? type yes:")

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        mine = event.input.parent is self.prompt and self.prompt.asking
        if mine and self.prompt.purpose == "search" and self.state is not None:
            self.state = self.state.searched(event.value)

    @on(Prompt.Left)
    def _leave_prompt(self, event: Prompt.Left) -> None:
        if event.prompt is self.prompt:
            self.prompt.close()
            if self.prompt.purpose == "search" and self.state is not None:
                self.state = self.state.searched("")
            self.refocus()

    @on(Prompt.Answered)
    def _take_answer(self, event: Prompt.Answered) -> None:
        if event.prompt is not self.prompt or self.state is None:
            return
        self.prompt.close()
        try:
            getattr(self, f"answer_{event.purpose}")(event.text.strip())
        except UserError as problem:
            self.state = self.state.refused(problem)
        self.refocus()

    def answer_search(self, text: str) -> None:
        """List what was looked for."""
        if self.state is not None and text != self.state.search:
            self.state = self.state.searched(text)

    def answer_export(self, text: str) -> None:
        """Write the progress."""
        self.off_loop(partial(self.export, _file(text)), "file")

    def answer_import(self, text: str) -> None:
        """Take progress in."""
        self.off_loop(partial(self.take, _file(text)), "file")

    def answer_reset(self, text: str) -> None:
        """Forget a lesson, where that was confirmed."""
        about = self.state.about if self.state else None
        if about is not None:
            self._forget(text, about.id, about.title)

    def answer_reset_all(self, text: str) -> None:
        """Forget everything, where that was confirmed."""
        self._forget(text, None, "every lesson")

    def _forget(self, text: str, id: str | None, what: str) -> None:
        if self.state is None:
            return
        if text.casefold() not in ("yes", "y"):
            self.state = self.state.told("nothing was forgotten")
        else:
            self.state = self.state.forgot(id).told(f"what was done in {what} is forgotten")


def _file(text: str) -> Path:
    if not text:
        raise UserError(f"name a file, such as {EXPORT}")
    return Path(text).expanduser()
