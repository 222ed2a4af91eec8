"""What the list of lessons asks for on the bottom line: words to find, a file, a yes to forget."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from cnntui.course.format.lesson import About
from cnntui.errors import UserError
from cnntui.panes.learn.background.progress_writer import ProgressWriter
from cnntui.panes.learn.background.threads import Verb
from cnntui.panes.learn.state import LearningState
from cnntui.ui.prompt import Prompt

EXPORT = "cnntui-progress.json"


class ListPrompts:
    """Asks by ``prompt``; ``change`` puts the pane's state into what a verb makes of it."""

    def __init__(
        self, prompt: Prompt, writer: ProgressWriter, change: Callable[[Verb], None]
    ) -> None:
        self.prompt, self.writer, self.change = prompt, writer, change
        self.searching = False

    def search(self, state: LearningState) -> None:
        """Ask for words to look for; the list is narrowed while they are typed."""
        self.searching = True
        self.prompt.ask("search:", self._search, state.search, left=self._list_all)

    def narrow(self, text: str) -> None:
        """List what has the words that are being typed."""
        if self.searching and self.prompt.asking:
            self.change(lambda state: state.searched(text))

    def _search(self, text: str) -> None:
        self.searching = False
        self.change(lambda state: state if text == state.search else state.searched(text))

    def _list_all(self) -> None:
        self.searching = False
        self.change(lambda state: state.searched(""))

    def export(self, state: LearningState) -> None:
        """Ask for a file to write the progress to."""
        self.prompt.ask(
            "write the progress to:",
            lambda text: self.writer.export(state.progress, _file(text)),
            EXPORT,
        )

    def take(self) -> None:
        """Ask for a file of progress to take in."""
        self.prompt.ask(
            "take the progress in of:", lambda text: self.writer.take(_file(text)), EXPORT
        )

    def forget(self, about: About) -> None:
        """Ask before what was done in a lesson is forgotten."""
        self._ask_yes(f"forget all you did in {about.title}?", about.id, about.title)

    def forget_all(self) -> None:
        """Ask before all progress is forgotten."""
        self._ask_yes("forget what you did in every lesson?", None, "every lesson")

    def _ask_yes(self, question: str, id: str | None, what: str) -> None:
        self.prompt.ask(f"{question} type yes:", partial(self._forget, id, what))

    def _forget(self, id: str | None, what: str, text: str) -> None:
        if text.casefold() not in ("yes", "y"):
            self.change(lambda state: state.tells("nothing was forgotten"))
        else:
            message = f"what was done in {what} is forgotten"
            self.change(lambda state: state.forgot(id).tells(message))


def _file(text: str) -> Path:
    if not text:
        raise UserError(f"name a file, such as {EXPORT}")
    return Path(text).expanduser()
