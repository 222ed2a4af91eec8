"""A question as it is asked, and what an answer to it is worth."""

from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from cnntui import numbers
from cnntui.course.format.lesson import Quiz, QuizOption
from cnntui.course.questions.answers import number_of, same_number, shape_of, word_of
from cnntui.errors import UserError

GivenAnswer = str | int | Collection[int]  # what was typed, or the option chosen, or all that are


@dataclass(frozen=True)
class Question:
    """A question ready to be asked, its options in the order they are shown.

    ``kind`` is one of lesson.QUIZ_KINDS. ``shown`` are lines of numbers that belong to the
    question (a patch and a kernel, a matrix). ``mistakes`` are known wrong typed answers.
    """

    kind: str
    ask: str
    shown: tuple[str, ...] = ()
    options: tuple[QuizOption, ...] = ()
    answers: tuple[str, ...] = ()
    mistakes: tuple[QuizOption, ...] = ()
    why: str = ""
    tolerance: float = 0.0

    @property
    def chosen(self) -> bool:
        """Whether an option is chosen; else the answer is typed."""
        return self.kind in ("choice", "several")

    @property
    def reason(self) -> str:
        """Why the right answer is right."""
        return self.why or " ".join(option.why for option in self.options if option.right)

    @property
    def answer(self) -> str:
        """The right answer in words."""
        if self.chosen:
            return ", ".join(option.text for option in self.options if option.right)
        return self.answers[0]


@dataclass(frozen=True)
class Verdict:
    """What an answer is worth: ``why`` says which mistake was made, ``answer`` what is right."""

    right: bool
    why: str
    answer: str


@dataclass(frozen=True)
class Posed:
    """A question about a state: the pane shows ``before`` while it is asked, ``after`` then.

    Both are None where the question needs no pane.
    """

    question: Question
    before: Any = None
    after: Any = None


def posed_quiz(quiz: Quiz, seed: int) -> Question:
    """Return a written question with its options in an order drawn from the seed."""
    options = list(quiz.options)
    random.Random(seed).shuffle(options)
    return Question(
        kind=quiz.kind,
        ask=quiz.ask,
        options=tuple(options),
        answers=quiz.answers,
        mistakes=quiz.mistakes,
        why=quiz.why,
        tolerance=quiz.tolerance,
    )


def judged(question: Question, given: GivenAnswer) -> Verdict:
    """Judge an answer: an option's index, several indices, or what was typed.

    Raises UserError where it is no answer to this question: it counts as nothing.
    """
    match question.kind:
        case "choice":
            return _judged_choice(question, given)
        case "several":
            return _judged_several(question, given)
    if not isinstance(given, str):
        raise UserError("type an answer")
    return _judged_typed(question, given)


def _judged_choice(question: Question, given: GivenAnswer) -> Verdict:
    indices = _indices(question, given)
    if len(indices) != 1:
        raise UserError("choose one option")
    option = question.options[indices.pop()]
    return Verdict(option.right, option.why, question.answer)


def _judged_several(question: Question, given: GivenAnswer) -> Verdict:
    chosen = _indices(question, given)
    wrong = [option for at, option in enumerate(question.options) if option.right != (at in chosen)]
    if not wrong:
        return Verdict(True, question.reason, question.answer)
    why = " ".join(f"{option.text}: {option.why}" for option in wrong)
    return Verdict(False, why, question.answer)


def _indices(question: Question, given: GivenAnswer) -> set[int]:
    if isinstance(given, str):
        raise UserError("choose among the options")
    chosen = {given} if isinstance(given, int) else set(given)
    if not all(0 <= at < len(question.options) for at in chosen):
        raise UserError(f"there are options 1 to {len(question.options)}")
    return chosen


def _judged_typed(question: Question, given: str) -> Verdict:
    check_typed(question.kind, given)
    if any(_same(question, given, answer) for answer in question.answers):
        return Verdict(True, question.why, question.answer)
    known = [m for m in question.mistakes if _same(question, given, m.text)]
    if known:
        nearest = min(known, key=lambda mistake: _distance(question, given, mistake.text))
        return Verdict(False, nearest.why, question.answer)
    return Verdict(False, question.why, question.answer)


def _distance(question: Question, given: str, written: str) -> float:
    """Return how far a typed number is from one written; 0 for what is no number."""
    numbers_ = number_of(given), number_of(written)
    if question.kind != "number" or None in numbers_:
        return 0.0
    return abs((numbers_[0] or 0.0) - (numbers_[1] or 0.0))


def check_typed(kind: str, given: str) -> None:
    """Refuse what is no answer of a kind. Raises UserError that shows what one looks like."""
    if kind == "number" and number_of(given) is None:
        raise UserError(f"{given[:40]!r} is no number; type one such as 1792 or -30")
    if kind == "shape" and shape_of(given) is None:
        raise UserError(f"{given[:40]!r} is no shape; type one such as 3x3 or 3,3")
    if kind == "text" and not word_of(given):
        raise UserError("type a word")


def _same(question: Question, given: str, written: str) -> bool:
    if question.kind == "shape":
        return shape_of(given) == shape_of(written)
    if question.kind == "text":
        return word_of(given) == word_of(written)
    typed, right = number_of(given), number_of(written)
    assert typed is not None
    return right is not None and same_number(typed, right, question.tolerance)


class CellPlace(NamedTuple):
    """A cell as an answer: written ``2,3``, negative in the padding."""

    row: int
    column: int


_KINDS: dict[type, str] = {tuple: "shape", CellPlace: "shape", str: "text"}


@dataclass(frozen=True)
class Draft:
    """A drawn question before its options are chosen: the value, and what mistakes give.

    ``mistakes`` are (value, which mistake gives it), the most instructive first; those that
    happen to give the right value, or one that is there already, are left out.
    """

    ask: str
    value: Any
    why: str
    mistakes: tuple[tuple[Any, str], ...]
    shown: tuple[str, ...] = ()
    tolerance: float = 0.0

    @property
    def distinct(self) -> tuple[tuple[Any, str], ...]:
        """The mistakes that give another answer than the right one, and than one before them."""
        seen, kept = {written(self.value)}, []
        for value, why in self.mistakes:
            text = written(value)
            if text not in seen and not (self._near(value)):
                seen.add(text)
                kept.append((value, why))
        return tuple(kept)

    def _near(self, value: Any) -> bool:
        """Whether a wrong number would be taken for the right one."""
        both = isinstance(value, int | float) and isinstance(self.value, int | float)
        return both and abs(value - self.value) <= 2 * self.tolerance

    def question(self, random_: random.Random, typed: bool, options: int = 4) -> Question:
        """Return the question: options shuffled, or the answer to be typed."""
        wrong = [QuizOption(written(value), False, why) for value, why in self.distinct]
        right = written(self.value)
        kind = _KINDS.get(type(self.value), "number")
        question = Question(kind, self.ask, self.shown, why=self.why, tolerance=self.tolerance)
        if typed:
            return replace(question, answers=(right,), mistakes=tuple(wrong))
        chosen = [QuizOption(right, True, self.why), *wrong[: options - 1]]
        chosen += [QuizOption(text, False, why) for text, why in _spare(self, chosen, options)]
        random_.shuffle(chosen)
        return replace(question, kind="choice", options=tuple(chosen))


def written(value: Any) -> str:
    """Write an answer: counts with separators, shapes with ×, places with a comma."""
    if isinstance(value, CellPlace):
        return f"{value.row},{value.column}"
    if isinstance(value, tuple):
        return numbers.shape(value)
    if isinstance(value, int):
        return numbers.counted(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return numbers.counted(int(value))
    return numbers.short(value) if isinstance(value, float) else str(value)


def _spare(draft: Draft, chosen: list[QuizOption], wanted: int) -> list[tuple[str, str]]:
    """Return options beside the right one where too few mistakes give an answer of their own."""
    taken = {choice.text for choice in chosen}
    spare: list[tuple[str, str]] = []
    why = f"No known mistake gives this. {draft.why}"
    for step in (1, -1, 2, -2, 3, -3, 4):
        if len(chosen) + len(spare) >= wanted:
            break
        text = written(_beside(draft.value, step))
        if text not in taken:
            taken.add(text)
            spare.append((text, why))
    return spare


def _beside(value: Any, step: int) -> Any:
    if isinstance(value, CellPlace):
        return CellPlace(value.row + step, value.column)
    if isinstance(value, tuple):
        return tuple(max(1, part + step) for part in value)
    if isinstance(value, int):
        return value + step
    return value * (1 + step / 10) if value else step / 10
