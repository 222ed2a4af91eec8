"""A test: one that is wanted, and one that is taken question by question; out, review or mixed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from cnntui.course.format.lesson import Lesson, Predict
from cnntui.course.questions.question import Verdict
from cnntui.panes.learn.asking import Asking

if TYPE_CHECKING:  # they bring the engine's arithmetic: not for the list
    from cnntui.course.questions.mixing import Sitting, SittingItem

MOST = 10  # questions of a test-out, and of a review
OUT, REVIEW, MIXED = "out", "review", "mixed"  # kinds: it passes a lesson, asks again, asks of all


@dataclass(frozen=True)
class WantedTest:
    """A test that is to be drawn from some lessons, by their ids.

    ``parts`` are the (lesson, question) of a review, ``count`` is the questions of a mixed one.
    """

    kind: str
    lessons: tuple[str, ...]
    parts: tuple[tuple[str, str], ...] = ()
    count: int = 0

    def drawn(self, lessons: Sequence[Lesson], seed: int) -> Taken:
        """Draw it from the lessons that could be read, at least one."""
        if self.kind == OUT:
            return out_of(lessons[0], seed)
        if self.kind == REVIEW:
            return review(lessons, self.parts, seed)
        return mixed(lessons, self.count, seed)


@dataclass(frozen=True)
class Taken:
    """A sitting and the question it is at; ``kind`` is out, review or mixed.

    ``id`` is the lesson that is tested out of, "" for none.
    """

    kind: str
    title: str
    sitting: Sitting
    asking: Asking | None = None
    id: str = ""
    place: int = 0  # of the question on view

    @classmethod
    def of(cls, kind: str, title: str, sitting: Sitting, id: str = "") -> Self:
        """Begin with the first question."""
        first = Asking(sitting.items[0].question) if sitting.items else None
        return cls(kind, title, sitting, first, id)

    @property
    def items(self) -> tuple[SittingItem, ...]:
        """Its questions."""
        return self.sitting.items

    @property
    def item(self) -> SittingItem | None:
        """The question on view; None after the last."""
        return self.items[self.place] if self.place < len(self.items) else None

    @property
    def verdict(self) -> Verdict | None:
        """What the answer to the question on view is worth."""
        return self.asking.verdict if self.asking else None

    @property
    def problem(self) -> str:
        """What is wrong with what was given as an answer."""
        return self.asking.problem if self.asking else ""

    @property
    def ended(self) -> bool:
        """Whether the last question is behind."""
        return self.item is None

    @property
    def passed(self) -> bool:
        """Whether enough was right."""
        return self.sitting.passed

    @property
    def needed(self) -> int:
        """How many must be right."""
        from cnntui.course.questions.mixing import PASSING

        return -int(-len(self.items) * PASSING // 1)

    def answering(self, change: Callable[[Asking], Asking]) -> Self:
        """Change the answer; one that was judged counts."""
        if self.asking is None:
            return self
        asking = change(self.asking)
        sitting = self.sitting
        if asking.given is not None and self.asking.verdict is None:
            sitting = sitting.answered(asking.given)
        return replace(self, asking=asking, sitting=sitting)

    def went_on(self) -> Self:
        """Go to the next question; one without an answer is left out and counts as missed."""
        if self.ended:
            return self
        sitting = self.sitting if self.verdict else self.sitting.left_out()
        place = self.place + 1
        more = place < len(self.items)
        asking = Asking(self.items[place].question) if more else None
        return replace(self, sitting=sitting, place=place, asking=asking)


def out_of(lesson: Lesson, seed: int) -> Taken:
    """Draw the test that passes a lesson without its pages."""
    from cnntui.course.questions.mixing import lesson_test

    count = min(MOST, len(lesson.questions))
    title = f"Test out of {lesson.about.title}"
    return Taken.of(OUT, title, lesson_test(lesson, count, seed), lesson.about.id)


def mixed(lessons: Sequence[Lesson], count: int, seed: int) -> Taken:
    """Draw a test from the questions of lessons."""
    from cnntui.course.questions.mixing import mixed_test

    return Taken.of(MIXED, "Mixed test", mixed_test(lessons, count, seed))


def review(lessons: Sequence[Lesson], parts: Iterable[tuple[str, str]], seed: int) -> Taken:
    """Ask again what was missed, its numbers drawn anew: (lesson, question) in this order."""
    from cnntui.course.questions.mixing import Sitting, SittingItem
    from cnntui.course.questions.topics import posed

    questions = {
        (each.about.id, part.id): (each, part) for each in lessons for part in each.questions
    }
    items = []
    for at, key in enumerate([each for each in parts if each in questions][:MOST]):
        lesson, part = questions[key]
        unworded = replace(part, ask="") if isinstance(part, Predict) else part
        question = posed(unworded, None, seed + at).question
        items.append(SittingItem(lesson.about.id, lesson.about.title, part.id, question))
    return Taken.of(REVIEW, "Review of what was missed", Sitting(tuple(items)))
