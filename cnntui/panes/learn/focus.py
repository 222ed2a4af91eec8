"""Which keys make sense in the list, a lesson or a test, and which side of a lesson has them."""

from __future__ import annotations

from cnntui.course.format.lesson import Predict, Test
from cnntui.panes.learn.state import LearningState

IN_LIST = frozenset(
    (
        *("resumed", "tested_out", "reviewed", "search"),
        *("ask_export", "ask_import", "ask_reset", "ask_reset_all"),
    )
)
IN_LESSON = frozenset(("hinted", "watch", "swap", "went_back", "set_back", "give_keys"))
OPENED = frozenset(("left", "went_on", "skipped"))  # in a lesson and in a test
OF_WORDS = frozenset(("move", "page", "chose", "entered", "again"))  # while the words have the keys


def offered(action: str, state: LearningState, words: bool, pane: bool) -> bool:
    """Tell whether an action, or a verb, makes sense; ``words`` or ``pane`` has the keys."""
    if action in IN_LIST:
        return state.in_list
    if action in IN_LESSON:
        return state.opened is not None and state.sitting is None
    if action in OPENED:
        return not state.in_list
    if action == "ticked":
        return words and state.asking is not None and state.asking.several
    return action not in OF_WORDS or not pane


def pane_first(state: LearningState) -> bool:
    """Tell whether the live pane is to have the keys: for tasks, not for questions."""
    opened = state.opened
    if opened is None or opened.large == "pane":
        return opened is not None
    return opened.asking is None and not isinstance(opened.mark, Predict | Test)


def keys_may_move(old: LearningState, new: LearningState) -> bool:
    """Tell whether the keys may belong to the other side in a new state."""
    a, b = old.opened, new.opened
    if (old.sitting is None) != (new.sitting is None) or a is None or b is None:
        return a is not b or old.sitting is not new.sitting
    turned = (a.lesson, a.page, a.at, a.large) != (b.lesson, b.page, b.at, b.large)
    return turned or a.asking is not b.asking
