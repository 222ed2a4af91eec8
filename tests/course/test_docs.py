"""The page for teachers: its tables are those of the code, its examples can be read."""

from __future__ import annotations

import re
from pathlib import Path

from cnntui.course.format.reading import parse_lesson
from tests.course import tables


def test_the_tables_are_those_of_the_code():
    text = tables.DOCS.read_text(encoding="utf-8")
    assert text == tables.written(text), "run: python -m tests.course.tables"


def test_the_examples_can_be_read():
    text = tables.DOCS.read_text(encoding="utf-8")
    front = re.search(r"```\n(\+\+\+.*?)\n```\n", text, re.DOTALL)
    fences = re.findall(r"````\n(.*?)````", text, re.DOTALL)
    assert front is not None
    lesson = parse_lesson("\n".join([front[1], "", *fences]), Path("x.md"))
    assert len(fences) == 4
    assert (lesson.about.id, len(lesson.tasks), len(lesson.questions)) == ("padding", 1, 1)
