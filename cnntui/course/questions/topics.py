"""What a lesson can ask with drawn numbers, by name, and a question posed on one of them.

A topic that is drawn makes its own numbers; one on a state asks of the pane on the screen, and
names the drawn one that stands in for it where there is no pane.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from cnntui.course.format.lesson import Predict, Quiz
from cnntui.course.questions.changed_setting import SETTING_TOPICS
from cnntui.course.questions.current_state import CELL_TOPICS, StateDraft
from cnntui.course.questions.faults import FAULT_TOPICS
from cnntui.course.questions.hidden_fault import HIDDEN_FAULT_TOPICS
from cnntui.course.questions.layers import LAYER_TOPICS
from cnntui.course.questions.question import Draft, Posed, posed_quiz
from cnntui.course.questions.scores import SCORE_TOPICS
from cnntui.course.questions.training import TRAINING_TOPICS
from cnntui.course.questions.values import VALUE_TOPICS
from cnntui.errors import UserError

T = TypeVar("T")

TRIES = 40
WRONG = 3  # options, each a mistake of its own


@dataclass(frozen=True)
class Topic:
    """What is asked: ``draw`` makes a draft of drawn numbers.

    ``ask`` makes one of a state instead, with the states before and after; it raises UserError
    where the state has nothing to ask of.
    """

    name: str
    summary: str
    draw: Callable[[random.Random], Draft]
    ask: Callable[[Any, random.Random], StateDraft] | None = None


_OF_NUMBERS = VALUE_TOPICS | LAYER_TOPICS | SCORE_TOPICS | TRAINING_TOPICS | FAULT_TOPICS
_OF_STATE = CELL_TOPICS | SETTING_TOPICS | HIDDEN_FAULT_TOPICS


def _topics() -> dict[str, Topic]:
    topics = {name: Topic(name, summary, draw) for name, (draw, summary) in _OF_NUMBERS.items()}
    for name, (ask, instead, summary) in _OF_STATE.items():
        topics[name] = Topic(name, summary, topics[instead].draw, ask)
    return topics


TOPICS: dict[str, Topic] = _topics()
OF_NUMBERS = tuple(_OF_NUMBERS)  # names of the topics that draw their numbers
OF_STATE = tuple(_OF_STATE)  # names of those that ask of the pane on the screen


def posed(part: Quiz | Predict, state: Any, seed: int) -> Posed:
    """Ask a question of a lesson: ``state`` is that of the page's pane, or None.

    The same seed gives the same numbers, others for another question. Raises UserError where
    the state can't be asked.
    """
    seed = random.Random(f"{part.id}/{seed}").getrandbits(32)
    if isinstance(part, Quiz):
        return Posed(posed_quiz(part, seed))
    topic = TOPICS[part.about]
    before = after = None
    if topic.ask is not None and state is not None:
        draft, before, after = _best_of_state(topic, state, seed)
    else:
        draft = _best(topic.draw, seed)
    question = draft.question(random.Random(seed), part.typed)
    return Posed(replace(question, ask=part.ask or question.ask), before, after)


def _best(draw: Callable[[random.Random], Draft], seed: int) -> Draft:
    """Draw until every wrong option is a mistake of its own; else take the best draft."""
    return _most(draw, seed, lambda draft: len(draft.distinct))


def _best_of_state(topic: Topic, state: Any, seed: int) -> StateDraft:
    ask = topic.ask
    assert ask is not None
    return _most(lambda chance: ask(state, chance), seed, lambda draft: len(draft[0].distinct))


def _most(draw: Callable[[random.Random], T], seed: int, score: Callable[[T], int]) -> T:
    chance = random.Random(seed)
    best: T | None = None
    for _ in range(TRIES):
        draft = draw(chance)
        if score(draft) >= WRONG:
            return draft
        if best is None or score(draft) > score(best):
            best = draft
    if best is None:
        raise UserError("there is nothing to ask")
    return best
