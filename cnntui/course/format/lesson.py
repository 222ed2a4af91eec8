"""What a lesson is once it was read: pages of words, views, tasks and questions.

Every part knows the line of its file, so that whatever is wrong with it can be found. All text is
printable and its numbers are filled in.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cnntui.course.format.checks import Check

QUIZ_KINDS = ("choice", "several", "number", "shape", "text")
PROSE_KINDS = ("text", "item", "block")  # a paragraph, an item of a list, lines as they stand


@dataclass(frozen=True)
class About:
    """The front matter: all that a list of lessons shows, read without the pages.

    ``counts`` are (tasks, questions), counted by their fences: no page is read for them.
    """

    id: str  # progress hangs on it: never changed, never used again
    title: str
    needs: tuple[str, ...]  # ids of the lessons that come before
    minutes: int
    path: Path
    counts: tuple[int, int] = (0, 0)

    @property
    def number(self) -> int | None:
        """The number at the start of the file's name; None where there is none."""
        head = self.path.name.partition("-")[0]
        return int(head) if head.isdecimal() else None


@dataclass(frozen=True)
class Prose:
    """Words on a page, one of PROSE_KINDS.

    ``text`` keeps ``**strong**``, ```code``` and ``[[key]]``, which ``prose.runs_of`` turns into
    runs with roles; a block is shown as it stands.
    """

    line: int
    text: str
    kind: str = "text"


@dataclass(frozen=True)
class View:
    """What the page puts beside its words: a pane in a state, as a link writes it."""

    line: int
    link: str

    @property
    def pane(self) -> str:
        """The link's first word: the pane's command (``conv``)."""
        return self.link.partition("?")[0].strip()


@dataclass(frozen=True)
class Task:
    """Something to do with the pane's own keys until ``check`` holds.

    ``hints`` go from gentle to giving it away, and are shown one at a time; ``solution`` are the
    keys that pass it, from the view's state, by Textual's names; ``note`` is shown once passed.
    ``pane`` is the command of the pane whose facts the check asks, where the task leads to
    another than the view's (a training that is started is watched); "" is the view's own.
    """

    line: int
    id: str
    goal: str
    check: Check
    hints: tuple[str, ...]
    solution: tuple[str, ...]
    note: str = ""
    pane: str = ""


@dataclass(frozen=True)
class QuizOption:
    """One option of a quiz, and why it is right or wrong."""

    text: str
    right: bool
    why: str


@dataclass(frozen=True)
class Quiz:
    """A written question, one of QUIZ_KINDS.

    ``options`` belong to choice (one is right) and several; ``answers`` to number, shape and text,
    any of which is right, as they were written; ``mistakes`` are wrong answers that are known,
    with what went wrong. ``why`` explains the right answer. ``tolerance`` is of a number. One that
    is ``here`` asks of what the page shows: it is not asked elsewhere.
    """

    line: int
    id: str
    kind: str
    ask: str
    options: tuple[QuizOption, ...] = ()
    answers: tuple[str, ...] = ()
    mistakes: tuple[QuizOption, ...] = ()
    why: str = ""
    tolerance: float = 0.0
    here: bool = False


@dataclass(frozen=True)
class Predict:
    """A question that is drawn anew at each try, its answer computed.

    ``about`` names what is asked. One of ``topics.OF_STATE`` (``cell``, ``output size``,
    ``parameters``, ``winner``, ``window`` …) asks it of the state of the page's pane; one of
    ``topics.OF_NUMBERS`` (``conv value``, ``receptive field`` …) draws its own numbers. ``ask``
    replaces the question's words where it isn't empty; ``typed`` asks for the answer itself
    in place of options.
    """

    line: int
    id: str
    about: str
    ask: str = ""
    typed: bool = False


@dataclass(frozen=True)
class Test:
    """A test mixed from the questions of every lesson there is, drawn anew each time."""

    line: int
    id: str
    questions: int


PagePart = Prose | View | Task | Quiz | Predict | Test
QuestionPart = Quiz | Predict


@dataclass(frozen=True)
class LessonPage:
    """One page: a title, and its parts in the order of the file; one view and one task at most."""

    line: int
    title: str
    parts: tuple[PagePart, ...]

    @property
    def prose(self) -> tuple[Prose, ...]:
        """The words."""
        return tuple(part for part in self.parts if isinstance(part, Prose))

    @property
    def view(self) -> View | None:
        """The view that the page sets up; None leaves the pane as it is."""
        return next((part for part in self.parts if isinstance(part, View)), None)

    @property
    def task(self) -> Task | None:
        """The task."""
        return next((part for part in self.parts if isinstance(part, Task)), None)

    @property
    def questions(self) -> tuple[QuestionPart, ...]:
        """The questions, written and drawn."""
        return tuple(part for part in self.parts if isinstance(part, Quiz | Predict))

    @property
    def test(self) -> Test | None:
        """The mixed test."""
        return next((part for part in self.parts if isinstance(part, Test)), None)

    @property
    def marks(self) -> tuple[str, ...]:
        """The ids of what is to be passed on this page, in order."""
        return tuple(p.id for p in self.parts if isinstance(p, Task | Quiz | Predict | Test))


@dataclass(frozen=True)
class Lesson:
    """A lesson that was read whole."""

    about: About
    pages: tuple[LessonPage, ...]

    @cached_property
    def tasks(self) -> tuple[Task, ...]:
        """Every task."""
        return tuple(page.task for page in self.pages if page.task is not None)

    @cached_property
    def questions(self) -> tuple[QuestionPart, ...]:
        """Every question, written and drawn."""
        return tuple(question for page in self.pages for question in page.questions)

    @cached_property
    def marks(self) -> tuple[str, ...]:
        """The ids of everything that is to be passed, in order."""
        return tuple(mark for page in self.pages for mark in page.marks)

    def view_at(self, page: int) -> View | None:
        """Return the view in force on a page: its own, or the last one before it."""
        views = [p.view for p in self.pages[: page + 1] if p.view is not None]
        return views[-1] if views else None
