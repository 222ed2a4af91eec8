"""Reads a lesson's front matter and tells what is wrong with a file.

A list of lessons needs no more than this.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from cnntui.course.format.fields import Fields
from cnntui.course.format.lesson import About
from cnntui.course.format.scanning import Misplaced, counted_fences, front_matter
from cnntui.errors import UserError, printable

LARGEST = 262_144  # bytes of a lesson
_ID = re.compile(r"[a-z][a-z0-9-]{0,62}")


@dataclass(frozen=True)
class Problem:
    """What is wrong with a lesson, and where."""

    path: Path
    line: int
    what: str

    def __str__(self) -> str:
        return f"{printable(str(self.path))}:{self.line}: {printable(self.what)}"


class LessonError(UserError):
    """A lesson that can't be read; ``problems`` are all that were found, the first is told."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(str(problems[0]))
        self.problems = problems


def read_about(path: Path) -> About:
    """Read the front matter and count the fences; no page is read. Raises LessonError."""
    return about_in(text_of(path), path)


def text_of(path: Path) -> str:
    """Read a lesson's file. Raises LessonError."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise ValueError(f"it has more than {LARGEST:,} bytes")
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except (OSError, ValueError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else str(problem)
        raise LessonError((Problem(path, 1, f"can't be read: {reason}"),)) from None


def about_in(text: str, path: Path) -> About:
    """Return what the front matter says. Raises LessonError."""
    try:
        matter, _ = front_matter(text)
        fields = Fields(matter, 1, "front matter")
        about = About(
            id=_id(fields),
            title=fields.text("title"),
            needs=fields.texts("needs", fill=False),
            minutes=int(fields.number("minutes", least=1)),
            path=path,
        )
        fields.done()
    except Misplaced as problem:
        raise LessonError((Problem(path, problem.line, str(problem)),)) from None
    counts = counted_fences(text)
    questions = counts["quiz"] + counts["predict"]
    return replace(about, counts=(counts["task"], questions))


def _id(fields: Fields) -> str:
    id = fields.text("id", fill=False)
    if not _ID.fullmatch(id):
        raise fields.wrong("id", f"{id[:40]!r} is no id; write small letters, digits and hyphens")
    return id
