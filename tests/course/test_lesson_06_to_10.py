"""Lessons 6 to 10: the curriculum's figures are on their pages, and are torch's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

import cnntui.course.lessons
from cnntui.course.format.lesson import Lesson, Predict, Prose, Quiz
from cnntui.course.format.prose import lines_of
from cnntui.course.format.reading import read_lesson
from cnntui.course.linting import SEEDS
from cnntui.course.pane_facts import facts_of
from cnntui.course.questions.topics import OF_STATE, posed
from cnntui.parts.links.link import parse_link, state_of

FOLDER = Path(cnntui.course.lessons.__file__).parent
FILES = {
    "pooling": "06-pooling.md",
    "counting": "07-counting.md",
    "receptive-field": "08-receptive-field.md",
    "whole-network": "09-a-whole-network.md",
    "famous-networks": "10-famous-networks.md",
}
FIGURES = {  # as ../shared/CURRICULUM.md has them
    "pooling": ("8×8×64", "4×4×64", "25,088", "512"),
    "counting": ("896", "2,080", "18,496", "73,856", "8,896", "1/Cout + 1/K²"),
    "receptive-field": ("sees 5", "18 weights", "sees 7", "27 weights", "25", "49"),
    "whole-network": (
        *("32×26×26", "32×13×13", "64×11×11", "64×5×5", "204,928", "1,290", "225,034"),
        *("6×28×28", "6×14×14", "16×10×10", "16×5×5", "61,706"),
    ),
    "famous-networks": (
        *("61,706", "61.1 million", "138.4 million", "123.6 million", "6.8 million"),
        *("6.6 million", "25.6 million", "5.3 million", "1.92"),
    ),
}
MOST_LINES = 10  # of words on a page of 80×24, beside its pane


@pytest.fixture(params=FILES)
def lesson(request: pytest.FixtureRequest) -> Lesson:
    return read_lesson(FOLDER / FILES[request.param])


def told(lesson: Lesson) -> str:
    """All words of a lesson: its pages, notes and explanations."""
    words = [part.text for page in lesson.pages for part in page.parts if isinstance(part, Prose)]
    words += [task.note for task in lesson.tasks]
    for part in lesson.questions:
        if isinstance(part, Quiz):
            words += [part.ask, part.why, *(o.why for o in (*part.options, *part.mistakes))]
    return "\n".join(words)


def state_at(lesson: Lesson, task: str) -> tuple[str, object]:
    """The pane and the state that a task's page opens."""
    at = next(i for i, page in enumerate(lesson.pages) if page.task and page.task.id == task)
    view = lesson.view_at(at)
    assert view is not None
    link = parse_link(view.link)
    return link.pane, state_of(link, trusted=False)


def test_the_id_is_the_files_own(lesson):
    assert FILES[lesson.about.id] == lesson.about.path.name


def test_the_curriculums_figures_are_on_the_pages(lesson):
    words = told(lesson)
    assert [figure for figure in FIGURES[lesson.about.id] if figure not in words] == []


def test_a_page_is_short(lesson):
    for page in lesson.pages:
        assert sum(len(lines_of(part, 76)) for part in page.prose) <= MOST_LINES, page.title


def test_a_lesson_has_its_parts(lesson):
    assert sum(page.view is not None for page in lesson.pages) >= 3
    assert len(lesson.tasks) >= 2
    assert sum(isinstance(part, Predict) for part in lesson.questions) >= 2
    assert sum(isinstance(part, Quiz) for part in lesson.pages[-1].questions) >= 5


def test_hints_end_with_what_to_press(lesson):
    for task in lesson.tasks:
        assert len(task.hints) >= 3, task.id
        assert "ress" in task.hints[-1] or "write" in task.hints[-1], task.id


def test_every_drawn_question_has_mistakes_of_its_own(lesson):
    for part in lesson.questions:
        if isinstance(part, Predict) and part.about not in OF_STATE and not part.typed:
            for seed in SEEDS:
                texts = [option.text for option in posed(part, None, seed).question.options]
                assert len(set(texts)) == len(texts) >= 4, part.id


def test_the_pool_of_lesson_6_gives_6_4_7_9():
    pane, state = state_at(read_lesson(FOLDER / FILES["pooling"]), "whole-maximum")
    values = torch.tensor(state.chosen.input)[None]
    assert nn.functional.max_pool2d(values, 2).flatten().tolist() == [6, 4, 7, 9]
    assert [facts_of(pane, state.to_step(at))["value"] for at in range(4)] == [6, 4, 7, 9]


def test_the_strided_convolution_of_lesson_6_is_the_average_pool():
    pane, state = state_at(read_lesson(FOLDER / FILES["pooling"]), "strided")
    values = torch.tensor(state.conv.input)[None]
    means = nn.functional.avg_pool2d(values, 2).flatten().tolist()
    strided = state.strided(1)
    assert [facts_of(pane, strided.to_step(at))["value"] for at in range(4)] == means


def test_reads_in_lesson_8_count_the_ways_through_two_layers():
    """The gradient of two 3×3 layers of ones is the number of ways from each input cell."""
    _, state = state_at(read_lesson(FOLDER / FILES["receptive-field"]), "middle")
    x, ones = torch.zeros(1, 1, 5, 5, requires_grad=True), torch.ones(1, 1, 3, 3)
    nn.functional.conv2d(nn.functional.conv2d(x, ones), ones).sum().backward()
    assert x.grad is not None
    rows, columns = np.indices((5, 5)).reshape(2, -1)
    found = [state.window.reads(int(r), int(c)) for r, c in zip(rows, columns, strict=True)]
    assert found == x.grad.flatten().tolist()
    assert (max(found), min(found), sum(found)) == (9, 1, 81)


def test_the_bias_of_lesson_9_kills_the_filter_on_every_digit():
    _, state = state_at(read_lesson(FOLDER / FILES["whole-network"]), "revive")
    inked = torch.tensor(state.conv.weight).clamp(min=0).sum() * 16  # the most that ink can give
    assert inked == 64
    assert inked + float(state.conv.bias[0]) < 0
