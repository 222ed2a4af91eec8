"""Finds the lessons there are, by their front matter alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from cnntui.course.format.heading import LessonError, Problem, read_about
from cnntui.course.format.lesson import About
from cnntui.errors import UserError
from cnntui.ground.names import cut, nearest

SUFFIX = ".md"
MOST = 1000  # files in a folder


@dataclass(frozen=True)
class BrokenLesson:
    """A file that is no lesson, and why; the others work."""

    path: Path
    problem: Problem


@dataclass(frozen=True)
class Course:
    """The lessons in order, and the files that are none."""

    lessons: tuple[About, ...]
    broken: tuple[BrokenLesson, ...] = ()

    def find(self, text: str) -> About:
        """Return the lesson of an id, a number, or a part of a title. Raises UserError."""
        wanted = text.strip().casefold()
        exact = [a for a in self.lessons if wanted in (a.id, a.title.casefold(), a.path.name)]
        number = [a for a in self.lessons if wanted.isdecimal() and a.number == int(wanted)]
        part = [a for a in self.lessons if wanted and wanted in a.title.casefold()]
        for lessons in (exact, number, part if len(part) == 1 else []):
            if lessons:
                return lessons[0]
        ids = [about.id for about in self.lessons]
        raise UserError(
            f"no lesson is called {cut(text)!r}; {nearest(text, ids)}known are {', '.join(ids)}"
        )

    def matching(self, text: str) -> tuple[About, ...]:
        """Return the lessons whose id or title has every word of a search."""
        words = text.casefold().split()
        return tuple(
            a for a in self.lessons if all(w in f"{a.id} {a.title}".casefold() for w in words)
        )

    def after(self, id: str) -> About | None:
        """Return the lesson that follows; None after the last."""
        ids = [about.id for about in self.lessons]
        at = ids.index(id) + 1 if id in ids else len(ids)
        return self.lessons[at] if at < len(ids) else None


def shipped_folder() -> Path:
    """Return where cnntui's own lessons lie."""
    return Path(str(files("cnntui.course.lessons")))


def found_lessons(folders: Iterable[Path] = (), shipped: bool = True) -> Course:
    """Return cnntui's lessons and those of other folders, by the names of their files.

    Raises UserError for a folder that isn't there. A lesson whose id is taken counts as broken.
    """
    lessons: dict[str, About] = {}
    broken: list[BrokenLesson] = []
    for folder in ((shipped_folder(),) if shipped else ()) + tuple(folders):
        for path in lesson_files(folder):
            try:
                about = read_about(path)
            except LessonError as problem:
                broken.append(BrokenLesson(path, problem.problems[0]))
                continue
            if about.id in lessons:
                broken.append(BrokenLesson(path, _taken(about, lessons[about.id])))
            else:
                lessons[about.id] = about
    return Course(tuple(lessons.values()), tuple(broken))


def lesson_files(folder: Path) -> tuple[Path, ...]:
    """Return a folder's lessons by name. Raises UserError."""
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix == SUFFIX)
    except OSError as problem:
        raise UserError(
            f"{folder} can't be read ({problem.strerror}); give a folder of lessons (NN-name.md)"
        ) from None
    return tuple(path for path in paths if path.is_file() and path.name != "README.md")[:MOST]


def _taken(about: About, other: About) -> Problem:
    what = f"the id {about.id!r} is taken by {other.path}; give the lesson an id of its own"
    return Problem(about.path, 1, what)
