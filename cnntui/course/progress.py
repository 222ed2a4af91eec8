"""What a learner has done, by the ids of lessons and their parts, and the verbs that change it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Self

from cnntui.course.reviewing import Review, reviewed

NEW, GOING, PASSED, SKIPPED = "new", "going", "passed", "skipped"
STATES = (NEW, GOING, PASSED, SKIPPED)


@dataclass(frozen=True)
class Mark:
    """A task or a question: its state, how often it was tried, and when it comes back."""

    state: str = NEW
    tries: int = 0
    review: Review | None = None


@dataclass(frozen=True)
class LessonProgress:
    """A lesson: its state, the page last seen from 0, and its marks by the ids of the parts."""

    state: str = NEW
    page: int = 0
    marks: Mapping[str, Mark] = field(default_factory=dict)

    def mark(self, id: str) -> Mark:
        """Return the mark of a task or a question."""
        return self.marks.get(id, Mark())

    def counted(self, state: str) -> int:
        """Count the marks in a state."""
        return sum(mark.state == state for mark in self.marks.values())


@dataclass(frozen=True)
class Progress:
    """All lessons by id; every verb returns another one. ``last`` is the lesson last open."""

    lessons: Mapping[str, LessonProgress] = field(default_factory=dict)
    last: str = ""

    def of(self, lesson: str) -> LessonProgress:
        """Return what was done in a lesson."""
        return self.lessons.get(lesson, LessonProgress())

    def _with(self, lesson: str, progress: LessonProgress) -> Self:
        return replace(self, lessons={**self.lessons, lesson: progress})

    def seen(self, lesson: str, page: int) -> Self:
        """Open a lesson on a page: a new one is then going."""
        before = self.of(lesson)
        state = GOING if before.state == NEW else before.state
        return replace(self._with(lesson, replace(before, state=state, page=page)), last=lesson)

    def answered(self, lesson: str, part: str, right: bool, today: date) -> Self:
        """Take an answer, or a task that was done; what was missed comes back for review.

        What was passed once stays passed.
        """
        before = self.of(lesson)
        mark = before.mark(part)
        state = PASSED if right or mark.state == PASSED else GOING
        review = reviewed(mark.review, right, today)
        marks = {**before.marks, part: Mark(state, mark.tries + 1, review)}
        state = GOING if before.state == NEW else before.state
        return self._with(lesson, replace(before, state=state, marks=marks))

    def skipped(self, lesson: str, part: str) -> Self:
        """Skip a task or a question that was not passed."""
        before = self.of(lesson)
        mark = before.mark(part)
        if mark.state == PASSED:
            return self
        marks = {**before.marks, part: replace(mark, state=SKIPPED)}
        state = GOING if before.state == NEW else before.state
        return self._with(lesson, replace(before, state=state, marks=marks))

    def ended(self, lesson: str, marks: Iterable[str]) -> Self:
        """Reach the end of a lesson: passed where all its marks are, else skipped.

        A lesson that was passed stays so.
        """
        before = self.of(lesson)
        whole = all(before.mark(mark).state == PASSED for mark in marks)
        state = PASSED if whole or before.state == PASSED else SKIPPED
        return self._with(lesson, replace(before, state=state))

    def tested_out(self, lesson: str, passed: bool) -> Self:
        """Take a test-out of a whole lesson; one that failed leaves it as it was."""
        return self._with(lesson, replace(self.of(lesson), state=PASSED)) if passed else self

    def reset(self, lesson: str | None = None) -> Self:
        """Forget a lesson, or all of them."""
        if lesson is None:
            return replace(self, lessons={}, last="")
        others = {id: each for id, each in self.lessons.items() if id != lesson}
        return replace(self, lessons=others, last="" if self.last == lesson else self.last)

    def due(self, today: date) -> tuple[tuple[str, str], ...]:
        """Return (lesson, part) of what is to be asked again, the longest due first."""
        missed = [
            (mark.review.due, lesson, part)
            for lesson, progress in self.lessons.items()
            for part, mark in progress.marks.items()
            if mark.review is not None and mark.review.is_due(today)
        ]
        return tuple((lesson, part) for _, lesson, part in sorted(missed))

    def joined(self, other: Progress) -> Self:
        """Return both together: of a lesson in both, the one that is further on."""
        lessons = dict(self.lessons)
        for id, theirs in other.lessons.items():
            if id not in lessons or _further(theirs) > _further(lessons[id]):
                lessons[id] = theirs
        return replace(self, lessons=lessons, last=self.last or other.last)


def _further(progress: LessonProgress) -> tuple[int, int, int]:
    order = (NEW, GOING, SKIPPED, PASSED)
    return order.index(progress.state), progress.counted(PASSED), progress.page
