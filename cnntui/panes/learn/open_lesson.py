"""A lesson that is open: its page, what is asked on it, hints, the side that is large.

Progress and the facts of the pane beside the words are handed in where they count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from cnntui.course.format.lesson import (
    Lesson,
    LessonPage,
    Predict,
    QuestionPart,
    Quiz,
    Task,
    Test,
    View,
)
from cnntui.course.progress import PASSED, SKIPPED, LessonProgress
from cnntui.errors import UserError
from cnntui.panes.learn.asking import Asking

LARGE = ("both", "pane", "text")  # the order in which a key goes through them
MarkedPart = Task | Quiz | Predict | Test


@dataclass(frozen=True)
class Opened:
    """A lesson on one of its pages; ``page`` is their number once the end is reached.

    ``at`` is the mark that is worked on, -1 while the words are read. ``facts`` are those of the
    pane that the task's check is about.
    """

    lesson: Lesson
    page: int = 0
    at: int = -1
    asking: Asking | None = None
    hints: int = 0
    done: bool = False  # the task that is worked on was passed just now
    watched: bool = False  # its solution is shown
    played: int = 0  # keys of it
    facts: tuple[tuple[str, Any], ...] = ()
    large: str = "both"
    tries: int = 0

    @property
    def ended(self) -> bool:
        """Whether every page was turned."""
        return self.page >= len(self.lesson.pages)

    @property
    def shown(self) -> LessonPage | None:
        """The page on view; None at the end."""
        return None if self.ended else self.lesson.pages[self.page]

    @property
    def view(self) -> View | None:
        """The view in force here."""
        return self.lesson.view_at(min(self.page, len(self.lesson.pages) - 1))

    @property
    def marks(self) -> tuple[MarkedPart, ...]:
        """What is to be done on this page, in order."""
        parts = self.shown.parts if self.shown else ()
        return tuple(p for p in parts if isinstance(p, Task | Quiz | Predict | Test))

    @property
    def mark(self) -> MarkedPart | None:
        """What is worked on."""
        return self.marks[self.at] if 0 <= self.at < len(self.marks) else None

    @property
    def task(self) -> Task | None:
        """The task that is worked on."""
        return self.mark if isinstance(self.mark, Task) else None

    @property
    def question(self) -> QuestionPart | None:
        """The question that is worked on."""
        return self.mark if isinstance(self.mark, Quiz | Predict) else None

    @property
    def hints_left(self) -> int:
        """How many hints of the task were not shown."""
        return len(self.task.hints) - self.hints if self.task else 0

    def to_page(self, page: int, kept: LessonProgress) -> Self:
        """Turn to a page: a task is begun at once, a question where there is nothing to read."""
        page = max(0, min(page, len(self.lesson.pages)))
        here = replace(Opened(self.lesson, page), large="both", tries=self.tries)
        first = here.next_open(kept)
        if first is None:
            return here  # type: ignore[return-value]
        begins = isinstance(here.marks[first], Task) or not (here.shown and here.shown.prose)
        return here.to_mark(first) if begins else here  # type: ignore[return-value]

    def to_mark(self, at: int) -> Self:
        """Work on a mark; a question is posed by ``posed_on``."""
        return replace(
            self, at=at, asking=None, hints=0, done=False, watched=False, played=0, facts=()
        )

    def next_open(self, kept: LessonProgress) -> int | None:
        """Return the next mark after this one that is neither passed nor skipped; None for none."""
        for at in range(self.at + 1, len(self.marks)):
            if kept.mark(self.marks[at].id).state not in (PASSED, SKIPPED):
                return at
        return None

    def is_settled(self, kept: LessonProgress) -> bool:
        """Whether the mark that is worked on is done with: one may go on."""
        if self.mark is None or self.watched:
            return True
        return kept.mark(self.mark.id).state in (PASSED, SKIPPED)

    def posed_on(self, state: Any, seed: int) -> Self:
        """Pose the question of the mark: of the pane's state, of drawn numbers without one."""
        from cnntui.course.questions.topics import (
            posed,  # the engine's arithmetic: not for the list
        )

        part = self.question
        if part is None:
            return self
        try:
            posing = posed(part, state, seed)
        except UserError:  # this state has nothing to ask of: the drawn question stands in
            posing = posed(part, None, seed)
        asking = Asking(posing.question, posing.before, posing.after)
        return replace(self, asking=asking, tries=self.tries + 1)

    def unasked(self) -> Self:
        """Have the question posed anew, with other numbers."""
        return replace(self, asking=None)

    def hinted(self) -> Self:
        """Show one more hint."""
        return replace(self, hints=self.hints + 1) if self.hints_left > 0 else self

    def swapped(self) -> Self:
        """Give the room to the pane, then to the words, then to both."""
        return replace(self, large=LARGE[(LARGE.index(self.large) + 1) % len(LARGE)])

    def checked(self, facts: Mapping[str, Any]) -> Self:
        """Look at the pane's facts, whether the task is done."""
        if self.task is None:
            return self
        names = self.task.check.names
        known = tuple((name, facts[name]) for name in names if name in facts)
        done = self.done or holds(self.task, facts)
        if (known, done) == (self.facts, self.done):
            return self
        return replace(self, facts=known, done=done)


def holds(task: Task, facts: Mapping[str, Any]) -> bool:
    """Tell whether a task's check is true; not while a fact of it is not known yet."""
    try:
        return task.check.holds(facts)
    except UserError:
        return False
