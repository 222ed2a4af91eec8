"""The learner's states: what each verb makes of a question, a lesson, a test, the list."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntui.course.finding import BrokenLesson, Course
from cnntui.course.format.heading import Problem
from cnntui.course.format.lesson import About, QuizOption
from cnntui.course.format.reading import parse_lesson
from cnntui.course.keeping import save_progress
from cnntui.course.progress import GOING, NEW, PASSED, SKIPPED, Progress
from cnntui.course.questions.question import Question
from cnntui.ground.lines import plain
from cnntui.panes.learn.asking import Asking
from cnntui.panes.learn.explaining import first_often
from cnntui.panes.learn.frame import course_frame
from cnntui.panes.learn.lines.page import lesson_frame, shown
from cnntui.panes.learn.lines.question import asked_lines
from cnntui.panes.learn.open_lesson import LARGE, Opened
from cnntui.panes.learn.sitting import mixed, out_of, review
from cnntui.panes.learn.state import LearningState

TODAY = date(2026, 3, 1)
TEXT = """+++
id = "{id}"
title = "Lesson {id}"
needs = []
minutes = 9
+++

## Words

Some words with **weight** and a [[right]] key.

Another paragraph.

```view
link = "conv?input=edge-5x5"
```

```predict
id = "size"
about = "conv size"
```

```task
id = "go"
goal = "Make it so"
check = "step == 2 and stride == 1"
hints = ["one", "two"]
solution = ["right", "right"]
note = "noted"
```

## End

```quiz
id = "odd"
kind = "several"
ask = "Which are odd?"
options = [
  {{ text = "1", right = true, why = "Odd." }},
  {{ text = "2", why = "Even." }},
  {{ text = "3", right = true, why = "Odd." }},
]
```
"""


def lesson(id="one"):
    return parse_lesson(TEXT.format(id=id), Path(f"{id}.md"))


def started(*lessons, **more):
    lessons = lessons or (lesson(), lesson("two"))
    course = Course(tuple(found.about for found in lessons))
    return LearningState(course, today=TODAY, **more)


def choices(*rights):
    options = tuple(QuizOption(f"o{at}", right, f"w{at}") for at, right in enumerate(rights))
    kind = "several" if sum(rights) > 1 else "choice"
    return Asking(Question(kind, "ask", options=options))


# one question


@given(st.lists(st.integers(-5, 5)), st.integers(2, 6))
def test_the_bar_stays_on_the_options(moves, count):
    asking = choices(True, *[False] * (count - 1))
    for by in moves:
        asking = asking.moved(by)
    assert asking.cursor == sum(moves) % count


def test_one_option_is_an_answer_and_a_number_beyond_is_none():
    asking = choices(False, True)
    assert asking.chose(1).verdict.right
    wrong = asking.chose(0).verdict
    assert (wrong.right, wrong.why) == (False, "w0")
    beyond = asking.chose(7)
    assert beyond.open
    assert "1 to 2" in beyond.problem
    assert asking.chose(1).chose(0) == asking.chose(1)  # what was answered stays


def test_several_are_ticked_and_then_answered():
    asking = choices(True, False, True)
    assert "tick" in asking.answered().problem
    assert asking.chose(0).chose(2).answered().verdict.right
    assert not asking.chose(0).answered().verdict.right
    assert asking.chose(0).chose(0).ticked == frozenset()


@given(st.text(max_size=80))
def test_what_is_typed_stays_short_and_printable(text):
    asking = Asking(Question("text", "ask", answers=("bias",)))
    for character in text:
        asking = asking.typed(character)
    assert len(asking.text) <= 60
    assert asking.text.isprintable()
    assert asking.erased().text == asking.text[:-1]
    assert asking.erased(True).text == ""


def test_no_number_is_told_and_counts_as_nothing():
    asking = Asking(Question("number", "ask", answers=("24",)))
    told = replace(asking, text="many").answered()
    assert told.open
    assert "no number" in told.problem
    assert replace(asking, text="24").answered().verdict.right


# a lesson


def test_it_goes_on_past_what_is_done_and_stops_at_what_is_not():
    state = started().opens(lesson())
    assert state.opened.at == -1  # there are words to read before the question
    assert state.progress.of("one").state == GOING
    state = state.went_on().posed(None, 1)
    assert not state.may_go_on
    assert state.went_on().problem
    right = [option.right for option in state.opened.asking.question.options].index(True)
    state = state.answering(lambda asking: asking.chose(right)).went_on()
    assert state.opened.task.id == "go"
    state = state.checked({"step": 1, "stride": 1})
    assert state.opened.facts == (("step", 1), ("stride", 1))
    assert not state.may_go_on
    state = state.checked({"step": 2, "stride": 1})
    assert state.may_go_on
    assert state.checked({"step": 5, "stride": 1}).may_go_on  # lingering takes nothing back
    assert state.went_on().opened.page == 1


def test_facts_that_are_not_known_yet_pass_nothing():
    state = started().opens(lesson())
    state = replace(state, opened=state.opened.to_mark(1))
    assert not state.checked({"step": 2}).may_go_on
    assert not state.checked({}).may_go_on


def test_what_is_skipped_is_remembered_and_the_lesson_with_it():
    state = started().opens(lesson()).went_on().skips().skips().skips()
    assert state.opened.ended
    assert state.progress.of("one").state == SKIPPED
    assert {mark.state for mark in state.progress.of("one").marks.values()} == {SKIPPED}


def test_a_watched_task_is_skipped_until_it_is_done_by_hand():
    state = started().opens(lesson())
    state = replace(state, opened=state.opened.to_mark(1)).shows_solution()
    facts = {"step": 2, "stride": 1}
    state = state.checked(facts)
    assert state.progress.of("one").mark("go").state == SKIPPED
    state = state.anew().checked({"step": 0, "stride": 1}).checked(facts)
    assert state.progress.of("one").mark("go").state == PASSED


def test_hints_end_and_sides_go_round():
    opened = Opened(lesson()).to_mark(1)
    assert [o.hints_left for o in (opened, opened.hinted(), opened.hinted().hinted())] == [2, 1, 0]
    assert opened.hinted().hinted().hinted().hints == 2
    sides = [opened]
    for _ in LARGE:
        sides.append(sides[-1].swapped())
    assert [each.large for each in sides] == [*LARGE, LARGE[0]]


def test_each_try_draws_other_numbers():
    state = started().opens(lesson()).went_on()
    asked = set()
    for _ in range(6):
        state = state.posed(None, 5)
        asked.add(state.opened.asking.question)
    assert len(asked) > 3


def test_changes_of_progress_are_those_that_are_written():
    state = started().opens(lesson()).went_on().skips()
    written = Progress()
    for change in state.changes:
        written = change(written)
    assert written == state.progress
    assert state.without_changes().changes == ()


def test_it_goes_on_with_the_lesson_that_was_left():
    state = started()
    assert state.onward == "one"
    state = state.opens(lesson()).to_page(1).closed()
    assert state.onward == "one"
    assert state.opens(lesson()).opened.page == 1
    passed = state.keep(lambda progress: progress.tested_out("one", True))
    assert passed.onward == "two"


@pytest.mark.parametrize("at", range(4))
def test_going_on_opens_the_lesson_one_is_in(at):
    ids = ("one", "two", "three", "four")
    state = started(*map(lesson, ids))
    left = state.opens(lesson(ids[at])).to_page(1).closed().moved(-9 if at else 9)
    wanted = left.wants(left.onward)
    assert (wanted.wanted, wanted.about.id) == (ids[at], ids[at])
    again = wanted.opens(lesson(ids[at]))
    assert (again.id, again.opened.page, again.wanted) == (ids[at], 1, "")


def test_the_list_opens_on_the_lesson_one_is_in(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    third = LearningState.of().course.lessons[2].id
    save_progress(Progress().seen(third, 1))
    assert LearningState.of().about.id == third


def test_a_lesson_that_ended_with_something_skipped_is_still_gone_on_with():
    state = started().opens(lesson()).went_on().skips().skips().skips().closed()
    assert state.progress.of("one").state == SKIPPED
    assert state.onward == "one"


# tests


def answered(state):
    asking = state.sitting.asking
    rights = {at for at, o in enumerate(asking.question.options) if o.right}
    given_ = frozenset(rights) if asking.several else None
    if asking.several:
        return state.answering(lambda a: a.judged_on(given_))
    if asking.question.chosen:
        return state.answering(lambda a: a.chose(min(rights)))
    text = asking.question.answers[0]
    return state.answering(lambda a: replace(a, text=text).answered())


def test_testing_out_passes_a_lesson_and_failing_changes_nothing():
    state = started().sits(out_of(lesson(), 3))
    for _ in state.sitting.items:
        state = answered(state).next_item()
    assert state.sitting.passed
    assert state.progress.of("one").state == PASSED
    state = started().sits(out_of(lesson(), 3))
    for _ in state.sitting.items:
        state = state.next_item()
    assert state.progress == Progress()


def test_a_review_asks_what_is_due_and_leaves_out_what_is_no_more():
    progress = Progress().answered("one", "odd", False, date(2026, 2, 1))
    progress = progress.answered("gone", "odd", False, date(2026, 1, 1))
    state = started(progress=progress)
    assert state.due == (("one", "odd"),)
    state = state.sits(review([lesson()], [("one", "odd"), ("one", "lost")], 1))
    assert [item.part for item in state.sitting.items] == ["odd"]
    state = answered(state).next_item()
    assert state.sitting.ended
    assert state.due == ()


def test_a_mixed_test_keeps_no_marks_of_lessons_not_begun():
    state = started().sits(mixed([lesson(), lesson("two")], 4, 9))
    for _ in range(4):
        state = answered(state).next_item()
    assert all(state.progress.of(id).state == NEW for id in ("one", "two"))


def test_an_empty_test_is_told():
    assert "no question" in started().sits(review([lesson()], [], 1)).problem


# the list


def test_broken_files_are_listed_last_and_a_search_leaves_what_it_names():
    broken = BrokenLesson(Path("99-torn.md"), Problem(Path("99-torn.md"), 3, "no id"))
    state = started()
    state = replace(state, course=replace(state.course, broken=(broken,)))
    assert state.rows[-1] == broken
    assert [row.id for row in state.searched("two").rows] == ["two"]
    assert state.searched("torn").rows == (broken,)
    frame = course_frame(state.moved(9), 80)
    text = "\n".join(plain(row) for row in frame.lines)
    assert "broken" in text
    assert "99-torn.md:3: no id" in text


@given(st.integers(1, 40), st.integers(0, 39), st.integers(8, 30))
def test_a_long_list_shows_the_bar_and_what_it_is_about(count, cursor, room):
    lessons = tuple(About(f"l{n}", f"L{n}", (), 1, Path("x.md")) for n in range(count))
    state = LearningState(Course(lessons), today=TODAY).moved(cursor)
    rows = [plain(row) for row in course_frame(state, 80, room).lines]
    assert len(rows) <= room
    assert sum(row.startswith("▸") for row in rows) == 1
    assert f"L{state.cursor}: " in "\n".join(rows)


def test_a_lesson_whose_pages_are_broken_is_listed_as_such():
    broken = BrokenLesson(Path("one.md"), Problem(Path("one.md"), 8, "what"))
    state = started().breaks("one", broken)
    assert [about.id for about in state.course.lessons] == ["two"]
    assert "one.md:8: what" in state.problem


@pytest.mark.parametrize("width", [40, 60, 77, 117])
def test_no_line_is_wider_than_its_room(width):
    state = started().opens(lesson())
    frames = [course_frame(state.closed(), width), lesson_frame(state, width)]
    frames.append(lesson_frame(state.went_on().posed(None, 1), width))
    task = replace(state, opened=state.opened.to_mark(1).hinted())
    frames += [lesson_frame(task, width), lesson_frame(state.to_page(9), width)]
    frames.append(lesson_frame(state.sits(out_of(lesson(), 1)), width))
    for frame in frames:
        assert all(len(plain(row)) <= width for row in (frame.heading, *frame.lines))
        assert len(frame.keys) <= 6


def test_states_are_told_by_words_and_signs():
    state = started().opens(lesson())
    task = replace(state, opened=state.opened.to_mark(1))
    lines = "\n".join(plain(row) for row in lesson_frame(task, 70).lines)
    assert "✗ not yet" in lines
    done = task.checked({"step": 2, "stride": 1})
    lines = "\n".join(plain(row) for row in lesson_frame(done, 70).lines)
    assert "✓ done" in lines
    assert "noted" in lines
    wrong = "\n".join(plain(row) for row in asked_lines(choices(False, True).chose(0), 60))
    assert "✗ 1" in wrong
    assert "wrong" in wrong


@pytest.mark.parametrize(
    ("value", "written"),
    [((3, 3), "3×3"), (True, "yes"), (1792, "1,792"), (0.5, "0.5"), ("sobel-x", "sobel-x")],
)
def test_facts_are_written_as_everywhere(value, written):
    assert shown(value) == written


def test_a_pane_is_explained_where_it_is_shown_most():
    from collections import Counter

    a, b = (About(id, id, (), 1, Path(f"{id}.md")) for id in "ab")
    found = first_often([(a, Counter(conv=1, pool=2)), (b, Counter(conv=3, pool=2))])
    assert found == {"conv": b, "pool": a}
