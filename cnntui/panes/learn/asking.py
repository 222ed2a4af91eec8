"""One question while it is answered: the bar, the ticks, what is typed.

Every verb returns another one; an answer that is none is told and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

from cnntui.course.questions.question import GivenAnswer, Question, Verdict, judged
from cnntui.errors import UserError

LONGEST = 60  # characters of a typed answer


@dataclass(frozen=True)
class Asking:
    """A question on the screen, with the states of the pane that belong to it, or None."""

    question: Question
    before: Any = None
    after: Any = None
    cursor: int = 0
    ticked: frozenset[int] = frozenset()
    text: str = ""
    given: GivenAnswer | None = None  # the answer that was judged
    verdict: Verdict | None = None
    problem: str = ""

    @property
    def open(self) -> bool:
        """Whether it still waits for an answer."""
        return self.verdict is None

    @property
    def types(self) -> bool:
        """Whether the answer is being typed."""
        return self.open and not self.question.chosen

    @property
    def several(self) -> bool:
        """Whether more than one option may be ticked."""
        return self.question.kind == "several"

    def moved(self, by: int) -> Self:
        """Move the bar over the options, from the last to the first and back."""
        count = len(self.question.options)
        if not self.open or not count:
            return self
        return replace(self, cursor=(self.cursor + by) % count, problem="")

    def chose(self, at: int) -> Self:
        """Choose option ``at``, from 0: it is the answer, or a tick where there are several."""
        if not self.open or not self.question.chosen:
            return self
        if not 0 <= at < len(self.question.options):
            return replace(self, problem=f"there are options 1 to {len(self.question.options)}")
        here = replace(self, cursor=at, problem="")
        return here.with_tick() if self.several else here.judged_on(at)

    def with_tick(self) -> Self:
        """Tick the option under the bar, or take its tick away."""
        if not (self.open and self.several):
            return self
        return replace(self, ticked=self.ticked ^ {self.cursor}, problem="")

    def typed(self, character: str) -> Self:
        """Add a character to what is typed."""
        if not self.types or len(self.text) >= LONGEST or not character.isprintable():
            return self
        return replace(self, text=self.text + character, problem="")

    def erased(self, all_: bool = False) -> Self:
        """Take the last typed character back, or all of them."""
        return replace(self, text="" if all_ else self.text[:-1], problem="")

    def answered(self) -> Self:
        """Answer with what is under the bar, ticked, or typed."""
        if not self.open:
            return self
        if self.several:
            return self.judged_on(self.ticked)
        return self.judged_on(self.cursor if self.question.chosen else self.text)

    def judged_on(self, given: GivenAnswer) -> Self:
        """Judge an answer; one that is none is told."""
        if self.several and not given:
            return replace(self, problem="tick what is right: its number, or space; then enter")
        try:
            verdict = judged(self.question, given)
        except UserError as problem:
            return replace(self, problem=str(problem))
        return replace(self, given=given, verdict=verdict, problem="")
