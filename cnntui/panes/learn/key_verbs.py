"""What the keys of the list, of a lesson and of a test make of the state; each returns the next."""

from __future__ import annotations

from cnntui.course.format.lesson import Test
from cnntui.panes.learn.asking import Asking
from cnntui.panes.learn.open_lesson import Opened
from cnntui.panes.learn.sitting import MIXED, OUT, REVIEW, WantedTest
from cnntui.panes.learn.state import LearningState

# the list


def resumed(state: LearningState) -> LearningState:
    """Go on where the learner left."""
    return state.wants(state.onward) if state.onward else state


def tested_out(state: LearningState) -> LearningState:
    """Test out of the lesson under the bar."""
    about = state.about
    return state if about is None else state.wants_test(WantedTest(OUT, (about.id,)))


def reviewed(state: LearningState) -> LearningState:
    """Ask again what was missed and is due."""
    if not state.due:
        return state.tells("nothing that was missed is due again yet")
    return _wanting_review(state, state.due)


def _wanting_review(state: LearningState, parts: tuple[tuple[str, str], ...]) -> LearningState:
    return state.wants_test(WantedTest(REVIEW, tuple(lesson for lesson, _ in parts), parts))


def _wanting_mixed(state: LearningState, count: int) -> LearningState:
    ids = tuple(about.id for about in state.course.lessons)
    return state.wants_test(WantedTest(MIXED, ids, count=count))


# list, lesson and test


def entered(state: LearningState) -> LearningState:
    """Open what is under the bar; answer; ask again what was missed; go on."""
    asking, opened = state.asking, state.opened
    if state.in_list:
        return state.wants(state.about.id) if state.about else state
    if asking is not None and asking.open:
        return state.answering(Asking.answered)
    if state.sitting is not None:
        return went_on(state)
    if asking is not None and asking.verdict is not None and not asking.verdict.right:
        return state.with_opened(Opened.unasked)
    if opened is not None and opened.ended and state.missed:
        return _wanting_review(state, tuple((state.id, part) for part in state.missed))
    return went_on(state)


def went_on(state: LearningState) -> LearningState:
    """Go on: in a test, to the lesson's next mark or page, to the next lesson."""
    opened = state.opened
    if state.sitting is not None:
        return _went_on_in_test(state)
    if opened is not None and opened.ended:
        after = state.course.after(state.id)
        return state.wants(after.id) if after else state.closed()
    mark = opened.mark if opened else None
    if isinstance(mark, Test) and not state.may_go_on:
        return _wanting_mixed(state, mark.questions)
    return state.went_on()


def _went_on_in_test(state: LearningState) -> LearningState:
    sitting = state.sitting
    assert sitting is not None
    if sitting.ended:
        return state.left_test()
    if sitting.verdict is None:
        return state.objects("answer it first, or leave it out with f7")
    return state.next_item()


def went_back(state: LearningState) -> LearningState:
    """Turn to the page before."""
    return state.to_page(state.opened.page - 1) if state.opened else state


def skipped(state: LearningState) -> LearningState:
    """Skip what is worked on; in a test, leave the question out."""
    return state.skips() if state.sitting is None else state.next_item()


def again(state: LearningState) -> LearningState:
    """Take another mixed test; ask a question again with other numbers."""
    sitting, asking = state.sitting, state.asking
    if sitting is None:
        anew = asking is not None and not asking.open
        return state.with_opened(Opened.unasked) if anew else state
    if sitting.ended and sitting.kind == MIXED:
        return _wanting_mixed(state, len(sitting.items))
    return state


def hinted(state: LearningState) -> LearningState:
    """Show one more hint."""
    if state.opened is None or state.opened.task is not None:
        return state.with_opened(Opened.hinted)
    return state.objects("hints belong to tasks")


def chooses(state: LearningState) -> bool:
    """Tell whether up and down move a bar, not the words."""
    asking = state.asking
    return state.in_list or (asking is not None and asking.open and asking.question.chosen)


def moved(state: LearningState, by: int) -> LearningState:
    """Move the bar over the lessons or the options."""
    return state.moved(by) if state.in_list else state.answering(lambda asking: asking.moved(by))


def chose(state: LearningState, number: int) -> LearningState:
    """Choose an option, from 1: it is the answer, or a tick where several may be right."""
    return state.answering(lambda asking: asking.chose(number - 1))


def ticked(state: LearningState) -> LearningState:
    """Tick the option under the bar."""
    return state.answering(Asking.with_tick)


def left(state: LearningState) -> LearningState:
    """Leave the test, then the lesson."""
    return state.closed() if state.sitting is None else state.left_test()


def typed(state: LearningState, key: str, character: str) -> LearningState:
    """Type a character of an answer, or erase by backspace, or all of it by ctrl+u."""
    if key == "ctrl+u":
        return state.answering(lambda asking: asking.erased(True))
    if character and character.isprintable():
        return state.answering(lambda asking: asking.typed(character))
    return state.answering(Asking.erased)
