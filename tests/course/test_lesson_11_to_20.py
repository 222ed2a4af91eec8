"""Lessons 11 to 13, 19 and 20: the curriculum's figures are told, and the lesson is whole."""

from pathlib import Path

import pytest

import cnntui.course.lessons
from cnntui.course.format.lesson import Predict, Prose, Quiz
from cnntui.course.format.prose import lines_of
from cnntui.course.format.reading import read_lesson
from cnntui.course.linting import LEAST
from cnntui.course.questions.mixing import mixed_test

FOLDER = Path(cnntui.course.lessons.__file__).parent
FILES = {
    "training": "11-training.md",
    "augmentation": "12-augmentation.md",
    "judging": "13-judging.md",
    "practice": "19-practice.md",
}
FIGURES = {  # as ../shared/CURRICULUM.md has them, and what is worked out of them
    "training": (
        *("0.01", "2.303", "99 %", "1,294", "0.1", "0.001", "32 to 256", "1e-4 to 1e-5"),
        *("0.05", "21", "41", "patience"),
    ),
    "augmentation": ("±15°", "a tenth", "cutout", "Mixup", "CutMix", "AutoAugment", "64 of 1,024"),
    "judging": ("0.95", "0.7", "0.667", "0.8", "0.727", "0.039", "support"),
    "practice": ("2.303", "18 weights", "25", "25,088", "512", "3×3"),
}
MOST_LINES = 10


@pytest.fixture(params=FILES)
def lesson(request):
    return read_lesson(FOLDER / FILES[request.param])


def told(lesson):
    words = [part.text for page in lesson.pages for part in page.parts if isinstance(part, Prose)]
    words += [task.note for task in lesson.tasks]
    for part in lesson.questions:
        if isinstance(part, Quiz):
            words += [part.ask, part.why, *(o.why for o in (*part.options, *part.mistakes))]
    return "\n".join(words)


def test_the_curriculums_figures_are_told(lesson):
    words = told(lesson).casefold()
    missing = [figure for figure in FIGURES[lesson.about.id] if figure.casefold() not in words]
    assert not missing


def test_pages_are_short_and_the_lesson_is_whole(lesson):
    for page in lesson.pages:
        assert sum(len(lines_of(part, 78)) for part in page.prose) <= MOST_LINES, page.title
    counts = (
        sum(page.view is not None for page in lesson.pages),
        len(lesson.tasks),
        sum(isinstance(part, Predict) for part in lesson.questions),
        len(lesson.pages[-1].questions),
    )
    assert all(count >= least for count, least in zip(counts, LEAST.values(), strict=True))


def test_every_option_and_mistake_says_why(lesson):
    for part in lesson.questions:
        if isinstance(part, Quiz):
            assert part.why or part.kind == "several"
            assert all(each.why for each in (*part.options, *part.mistakes))


def test_the_counts_of_the_digits_are_the_data_sets():
    from cnntui.datasets.naming import load_dataset

    data = load_dataset("digits", validation=0.1)
    assert (len(data.train) + len(data.validation), len(data.test)) == (1438, 359)
    assert (len(data.train), len(data.validation)) == (1294, 144)
    few = load_dataset("digits", validation=0.9)
    assert (len(few.train), len(few.validation)) == (144, 1294)


def test_the_check_is_a_test_of_twenty_questions_from_the_lessons_there_are():
    check = read_lesson(FOLDER / "20-knowledge-check.md")
    test = next(page.test for page in check.pages if page.test is not None)
    assert test.questions == 20
    lessons = [read_lesson(FOLDER / name) for name in FILES.values()]
    first, again, other = (mixed_test(lessons, test.questions, seed) for seed in (1, 1, 2))
    assert first == again != other
    assert len(first.items) == 20
    assert {item.lesson for item in first.items} == set(FILES)
