"""A test mixed from the questions of every lesson there is, and what to repeat after it.

Nothing here knows how many lessons there are: questions are taken from each in turn.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from cnntui.course.format.lesson import Lesson, Predict, QuestionPart, Quiz
from cnntui.course.questions.question import GivenAnswer, Question, Verdict, judged
from cnntui.course.questions.topics import posed

PASSING = 0.8  # of the questions


@dataclass(frozen=True)
class SittingItem:
    """A question of a test, and where it is from."""

    lesson: str  # the lesson's id
    title: str
    part: str  # the question's id in it
    question: Question


@dataclass(frozen=True)
class Sitting:
    """A test that is being taken: its questions, and the verdicts so far by their place."""

    items: tuple[SittingItem, ...]
    verdicts: dict[int, Verdict] = field(default_factory=dict)

    @property
    def at(self) -> int:
        """The first question that has no answer; their number when all have."""
        open_ = (at for at in range(len(self.items)) if at not in self.verdicts)
        return next(open_, len(self.items))

    @property
    def ended(self) -> bool:
        """Whether every question was answered."""
        return self.at == len(self.items)

    @property
    def score(self) -> tuple[int, int]:
        """(right ones, questions)."""
        return sum(verdict.right for verdict in self.verdicts.values()), len(self.items)

    @property
    def passed(self) -> bool:
        """Whether it ended with PASSING of them right."""
        right, of = self.score
        return self.ended and of > 0 and right >= PASSING * of

    def answered(self, given: GivenAnswer) -> Self:
        """Answer the first open question. Raises UserError for what is no answer."""
        at = self.at
        verdict = judged(self.items[at].question, given)
        return replace(self, verdicts={**self.verdicts, at: verdict})

    def left_out(self) -> Self:
        """Leave the first open question out: it counts as missed."""
        at = self.at
        question = self.items[at].question
        verdict = Verdict(False, question.reason, question.answer)
        return replace(self, verdicts={**self.verdicts, at: verdict})

    @property
    def repeats(self) -> tuple[tuple[str, str, int], ...]:
        """(id, title, how many were missed) of the lessons to repeat, the most missed first."""
        missed: dict[tuple[str, str], int] = {}
        for at, verdict in self.verdicts.items():
            if not verdict.right:
                key = self.items[at].lesson, self.items[at].title
                missed[key] = missed.get(key, 0) + 1
        ordered = sorted(missed.items(), key=lambda each: -each[1])
        return tuple((id, title, count) for (id, title), count in ordered)


def mixed_test(lessons: Sequence[Lesson], questions: int, seed: int) -> Sitting:
    """Draw a test from lessons: as even as they allow, its numbers and order drawn anew.

    Where there are fewer questions than asked for, those that are drawn anew come twice.
    """
    chance = random.Random(seed)
    pools = [(lesson, _shuffled(lesson, chance)) for lesson in lessons if lesson.questions]
    chance.shuffle(pools)
    taken: list[tuple[Lesson, QuestionPart]] = []
    again = [(lesson, part) for lesson, pool in pools for part in pool if _is_drawn(part)]
    while len(taken) < questions and any(pool for _, pool in pools):
        taken += [(lesson, pool.pop()) for lesson, pool in pools if pool]
    while again and len(taken) < questions:
        taken += again
    items = [_item(lesson, part, chance) for lesson, part in taken[:questions]]
    chance.shuffle(items)
    return Sitting(tuple(items))


def lesson_test(lesson: Lesson, questions: int, seed: int) -> Sitting:
    """Draw a test of one lesson: what tests out of it."""
    return mixed_test([lesson], questions, seed)


def _shuffled(lesson: Lesson, chance: random.Random) -> list[QuestionPart]:
    parts = [part for part in lesson.questions if not (isinstance(part, Quiz) and part.here)]
    chance.shuffle(parts)
    return parts


def _is_drawn(part: QuestionPart) -> bool:
    return isinstance(part, Predict)


def _item(lesson: Lesson, part: QuestionPart, chance: random.Random) -> SittingItem:
    if isinstance(part, Predict):
        part = replace(part, ask="")  # words written for a page's view say nothing here
    question = posed(part, None, chance.getrandbits(32)).question
    return SittingItem(lesson.about.id, lesson.about.title, part.id, question)
