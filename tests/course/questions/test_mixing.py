"""The mixed test: drawn from whatever lessons there are, fresh each time, with what to repeat."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from cnntui.course.format.reading import parse_lesson
from cnntui.course.questions.mixing import lesson_test, mixed_test
from cnntui.errors import UserError
from tests.course.written import FRONT, PREDICT, QUIZ, SMALL

PATH = Path("x.md")


def lessons(count):
    text = f"{FRONT}## P\n\n{QUIZ}\n{PREDICT}\n{PREDICT}\n{QUIZ}"
    return [parse_lesson(text.replace('"small"', f'"l{n}"'), PATH) for n in range(count)]


@pytest.mark.parametrize("count", [1, 2, 3, 7, 20])
def test_it_draws_evenly_from_all_there_are(count):
    test = mixed_test(lessons(count), 20, 1)
    shares = Counter(item.lesson for item in test.items)
    assert len(test.items) == 20
    assert len(shares) == min(count, 20)
    assert max(shares.values()) - min(shares.values()) <= 2


def test_it_is_fresh_each_time():
    drawn = [mixed_test(lessons(3), 10, seed) for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
    asked = [item.question for item in mixed_test(lessons(1), 20, 1).items]
    assert len({str(question) for question in asked if question.shown}) > 5


def sat(test, right):
    while not test.ended:
        question = test.items[test.at].question
        wanted = test.at < right
        at = next(n for n, option in enumerate(question.options) if option.right == wanted)
        test = test.answered(at)
    return test


def test_score_and_what_to_repeat():
    test = sat(mixed_test(lessons(4), 10, 3), 8)
    assert (test.score, test.passed, test.at) == ((8, 10), True, 10)
    missed = Counter(item.lesson for item in test.items[8:])
    assert {id: count for id, _, count in test.repeats} == dict(missed)
    assert not sat(mixed_test(lessons(4), 10, 3), 7).passed
    left = mixed_test(lessons(1), 2, 3).left_out().left_out()
    assert (left.score, left.passed, left.ended) == ((0, 2), False, True)
    assert mixed_test([], 5, 1).passed is False


def test_no_answer_counts_as_none():
    test = mixed_test(lessons(1), 3, 1)
    with pytest.raises(UserError):
        test.answered(99)
    assert test.at == 0


def test_what_only_its_page_answers_is_not_asked_elsewhere():
    text = f"{FRONT}## P\n\n{QUIZ.replace('ask =', 'here = true' + chr(10) + 'ask =')}\n{PREDICT}"
    test = mixed_test([parse_lesson(text, PATH)], 6, 1)
    assert {item.part for item in test.items} == {"predict-1"}


def test_a_lesson_is_tested_out_alone():
    test = lesson_test(parse_lesson(SMALL, PATH), 5, 1)
    assert {item.lesson for item in test.items} == {"small"}
    assert len(test.items) == 5 or len(test.items) == 2
