"""What can be asked with drawn numbers, by name: an open list of topics. Knows no pane.

A topic that is drawn makes its own numbers; one on a state asks of the pane on the screen, and
names the drawn one that stands in for it where there is no pane.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from cnntui.course.format.lesson import Predict, Quiz
from cnntui.course.questions import (
    changed_setting as on_change,
)
from cnntui.course.questions import (
    current_state as on_state,
)
from cnntui.course.questions import (
    faults as drawn_faults,
)
from cnntui.course.questions import (
    hidden_fault as on_fault,
)
from cnntui.course.questions import (
    layers as drawn_layers,
)
from cnntui.course.questions import (
    scores as drawn_scores,
)
from cnntui.course.questions import (
    training as drawn_training,
)
from cnntui.course.questions import (
    values as drawn_values,
)
from cnntui.course.questions.question import Draft, Posed, posed_quiz
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
    ask: Callable[[Any, random.Random], tuple[Draft, Any, Any]] | None = None


def _on_state() -> dict[str, Any]:
    return on_state.ON_STATE | on_change.ON_CHANGE | on_fault.ON_FAULT


def _topics() -> dict[str, Topic]:
    found = {
        name: Topic(name, summary, draw)
        for room in (drawn_values, drawn_layers, drawn_scores, drawn_training, drawn_faults)
        for name, (draw, summary) in room.DRAWN.items()
    }
    for name, (ask, instead, summary) in _on_state().items():
        found[name] = Topic(name, summary, found[instead].draw, ask)
    return found


TOPICS: dict[str, Topic] = _topics()
DRAWN = tuple(name for name, topic in TOPICS.items() if topic.ask is None)
ON_STATE = tuple(name for name, topic in TOPICS.items() if topic.ask is not None)


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


def _best_of_state(topic: Topic, state: Any, seed: int) -> tuple[Draft, Any, Any]:
    ask = topic.ask
    assert ask is not None
    return _most(lambda chance: ask(state, chance), seed, lambda found: len(found[0].distinct))


def _most(draw: Callable[[random.Random], T], seed: int, score: Callable[[T], int]) -> T:
    chance = random.Random(seed)
    best: T | None = None
    for _ in range(TRIES):
        found = draw(chance)
        if score(found) >= WRONG:
            return found
        if best is None or score(found) > score(best):
            best = found
    if best is None:
        raise UserError("there is nothing to ask")
    return best
