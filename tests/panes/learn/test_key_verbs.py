"""What each key of the Lessons pane makes of its state, and where it is offered; no screen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from cnntui.course.progress import PASSED, Progress
from cnntui.panes.learn import key_verbs
from cnntui.panes.learn.focus import IN_LESSON, IN_LIST, OPENED, keys_may_move, offered, pane_first
from cnntui.panes.learn.pane import LearningPane
from cnntui.panes.learn.screen.layout import WIDE, laid_out, words_alone
from cnntui.panes.learn.sitting import MIXED, OUT, REVIEW, mixed, out_of
from tests.panes.learn.test_state import lesson, started


def at_question():
    return started().opens(lesson()).went_on().posed(None, 1)


def at_task():
    state = started().opens(lesson())
    return replace(state, opened=state.opened.to_mark(1))


def in_test(kind=out_of):
    return started().sits(out_of(lesson(), 3) if kind is out_of else mixed([lesson()], 2, 3))


def wrongly_answered():
    state = at_question()
    wrong = [option.right for option in state.opened.asking.question.options].index(False)
    return state.answering(lambda asking: asking.chose(wrong))


def test_a_test_that_is_wanted_says_what_it_is_drawn_from():
    out = key_verbs.tested_out(started()).wanted_test
    assert (out.kind, out.lessons) == (OUT, ("one",))
    assert {item.lesson for item in out.drawn([lesson()], 4).items} == {"one"}
    missed = Progress().answered("two", "odd", False, date(2026, 1, 1))
    review = key_verbs.reviewed(started(progress=missed)).wanted_test
    assert (review.kind, review.parts) == (REVIEW, (("two", "odd"),))
    taken = review.drawn([lesson("two")], 4)
    assert [(item.lesson, item.part) for item in taken.items] == [("two", "odd")]
    ended = in_test(mixed)
    for _ in ended.sitting.items:
        ended = ended.next_item()
    again = key_verbs.again(ended).wanted_test
    assert (again.kind, again.lessons, again.count) == (MIXED, ("one", "two"), 2)
    assert len(again.drawn([lesson(), lesson("two")], 5).items) == 2


def test_nothing_that_is_due_is_told_and_a_test_that_came_or_failed_is_wanted_no_more():
    assert "due again" in key_verbs.reviewed(started()).message
    wanting = key_verbs.tested_out(started())
    assert wanting.sits(out_of(lesson(), 1)).wanted_test is None
    assert wanting.refused("it can't be read").wanted_test is None


def test_enter_opens_answers_asks_again_and_goes_on():
    assert key_verbs.entered(started()).wanted == "one"
    assert key_verbs.entered(at_question()).opened.asking.verdict is not None
    asked_anew = key_verbs.entered(wrongly_answered())
    assert asked_anew.opened.asking is None
    assert asked_anew.opened.at == wrongly_answered().opened.at
    state = wrongly_answered().skips().skips().skips()
    assert state.opened.ended
    assert key_verbs.entered(state).wanted_test.parts == (("one", "size"),)
    assert key_verbs.entered(started().opens(lesson()).to_page(9)).wanted == "two"


def test_a_test_goes_on_once_its_question_is_answered_or_left_out():
    state = in_test()
    assert "answer it first" in key_verbs.went_on(state).problem
    left_out = key_verbs.skipped(state)
    assert (left_out.sitting.place, left_out.sitting.sitting.score[0]) == (1, 0)
    while not state.sitting.ended:
        state = key_verbs.skipped(state)
    assert key_verbs.went_on(state).sitting is None
    assert key_verbs.left(in_test()).sitting is None


def test_hints_belong_to_tasks():
    assert key_verbs.hinted(at_task()).opened.hints == 1
    assert "belong to tasks" in key_verbs.hinted(at_question()).problem
    assert key_verbs.hinted(at_question()).opened.hints == 0


def test_up_and_down_move_a_bar_where_there_is_one():
    assert [key_verbs.chooses(s) for s in (started(), at_question(), at_task())] == [
        True,
        True,
        False,
    ]
    assert key_verbs.moved(started(), 1).cursor == 1
    assert key_verbs.moved(at_question(), -1).opened.asking.cursor == 3


@pytest.mark.parametrize(
    ("state", "names"),
    [
        (started(), IN_LIST),
        (at_task(), IN_LESSON | OPENED),
        (in_test(), OPENED),
    ],
    ids=["list", "lesson", "test"],
)
def test_keys_are_offered_where_they_make_sense(state, names):
    assert {n for n in IN_LIST | IN_LESSON | OPENED if offered(n, state, True, False)} == names


def test_letters_are_the_panes_while_it_has_the_keys():
    for name in ("move", "page", "chose", "entered", "again"):
        assert offered(name, at_task(), True, False)
        assert not offered(name, at_task(), False, True)
    several = in_test()
    while not several.asking.several:
        several = several.next_item()
    assert offered("ticked", several, True, False)
    assert not offered("ticked", several, False, True)
    assert not offered("ticked", at_question(), True, False)


def test_every_key_is_known_to_the_rule_of_offers():
    """A binding that no rule names is offered everywhere: it would act in the list as well."""
    known = IN_LIST | IN_LESSON | OPENED
    known |= {"move", "page", "chose", "entered", "again", "ticked", "pause"}
    for binding in LearningPane.own_bindings():
        name, _, arguments = binding.action.partition("(")
        verb = arguments.strip("')").split("'")[0] if name == "do" else name
        assert verb in known, binding.id
        assert name != "do" or callable(getattr(key_verbs, verb))


def test_the_pane_has_the_keys_for_tasks_and_the_words_for_questions():
    assert pane_first(at_task())
    assert not pane_first(at_question())
    large = at_question().with_opened(lambda opened: opened.swapped())
    assert pane_first(large)
    assert keys_may_move(at_question(), large)
    assert keys_may_move(at_task(), in_test())
    task = at_task()
    assert not keys_may_move(task, key_verbs.hinted(task))


@pytest.mark.parametrize("width", [80, WIDE, 160])
@pytest.mark.parametrize("height", [24, 40])
def test_words_leave_the_pane_its_room(width, height):
    for state in (at_task(), at_question()):
        layout = laid_out(state, width, height)
        assert layout.side_by_side == (width >= WIDE)
        if layout.side_by_side:
            assert width - layout.columns >= min(80, width - 40)
        else:
            assert height - 2 - layout.lines >= 7
    for state in (started(), in_test(), started().opens(lesson()).to_page(9)):
        assert words_alone(state)
        assert laid_out(state, width, height).lines is None


def test_what_was_passed_stays_so_when_its_question_is_asked_anew():
    state = at_question()
    right = [option.right for option in state.opened.asking.question.options].index(True)
    state = key_verbs.again(state.answering(lambda asking: asking.chose(right)))
    assert state.opened.asking is None
    assert state.progress.of("one").mark("size").state == PASSED
