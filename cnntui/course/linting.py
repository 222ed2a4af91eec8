"""Checks lessons as a whole: links, facts, keys, and every task really played.

Playing, the keys of a pane and the state of a link are given from outside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cnntui.course.finding import found_lessons, lesson_files
from cnntui.course.format.checks import parse_check
from cnntui.course.format.heading import LessonError, Problem, read_about
from cnntui.course.format.lesson import Lesson, LessonPage, Predict, Quiz, Task, View
from cnntui.course.format.prose import keys_in, lines_of
from cnntui.course.format.reading import read_lesson
from cnntui.course.questions.topics import OF_STATE, posed
from cnntui.errors import UserError

WIDTH = 78  # columns that a page's words have at 80
FITS = 14  # lines of words beside a pane of 80×24
SEEDS = range(5)  # tries of each prediction
LEAST = {"pages with a view": 3, "tasks": 2, "predictions": 2, "questions on the last page": 5}


@dataclass(frozen=True)
class Played:
    """What came of some keys: facts that hold, and the pane's state for what asks of it."""

    facts: Mapping[str, Any]
    state: Any = None


@dataclass(frozen=True)
class PaneAccess:
    """What the panes give to a lint.

    ``facts`` are the names of a link's pane, ``bound`` the keys bound there, ``play`` opens a view
    and does a task by its solution, or nothing; each raises UserError for a link that is none.
    ``play`` None plays nothing.
    """

    facts: Callable[[View], Iterable[str]]
    bound: Callable[[View], frozenset[str]]
    play: Callable[[View, Task | None], Played] | None = None


def linted(
    folder: Path, panes: PaneAccess, others: Iterable[Path] = (), whole: bool = False
) -> Iterator[Problem]:
    """Yield what is wrong with a folder's lessons, file by file.

    ``others`` are folders whose ids are taken and may be needed; ``whole`` asks for LEAST as well.
    Raises UserError for a folder that can't be read.
    """
    course = found_lessons((*others, folder), shipped=False)
    known = {about.id: about.path for about in course.lessons}
    for path in lesson_files(folder):
        yield from _file(path, known, panes, whole)
    if not lesson_files(folder):
        yield Problem(folder, 0, "there is no lesson here; a lesson is a file NN-name.md")


def _opening_once(panes: PaneAccess) -> PaneAccess:
    """Open a view that is played without keys once: tasks and predictions ask for it again."""
    play, opened = panes.play, dict[str, Played]()
    if play is None:
        return panes

    def played(view: View, task: Task | None) -> Played:
        if task is not None:
            return play(view, task)
        if view.link not in opened:
            opened[view.link] = play(view, None)
        return opened[view.link]

    return replace(panes, play=played)


def _file(
    path: Path, known: Mapping[str, Path], panes: PaneAccess, whole: bool
) -> Iterator[Problem]:
    try:
        about = read_about(path)
        if known.get(about.id, path) != path:
            what = f"the id {about.id!r} is taken by {known[about.id]}; give it one of its own"
            yield Problem(path, _line(path, "id"), what)
        for need in about.needs:
            if need not in known:
                what = f"needs {need!r}, which is no lesson; known are {', '.join(known)}"
                yield Problem(path, _line(path, "needs"), what)
            elif list(known).index(need) >= list(known).index(about.id):
                what = f"needs {need!r}, which does not come before it; its file's name is later"
                yield Problem(path, _line(path, "needs"), what)
        lesson = read_lesson(path)
    except LessonError as error:
        yield from error.problems
        return
    yield from lint_lesson(lesson, panes)
    if whole:
        yield from _least(lesson)


def _line(path: Path, field: str) -> int:
    """Return the line of a field in a file's front matter."""
    rows = path.read_text(encoding="utf-8-sig").splitlines()
    return next((at for at, row in enumerate(rows, 1) if row.lstrip().startswith(field)), 1)


def lint_lesson(lesson: Lesson, panes: PaneAccess) -> Iterator[Problem]:
    """Yield what is wrong with a lesson that could be read."""
    path, panes = lesson.about.path, _opening_once(panes)
    for at, page in enumerate(lesson.pages):
        view = lesson.view_at(at)
        for line, what in _page(page, view, panes):
            yield Problem(path, line, what)


def _page(page: LessonPage, view: View | None, panes: PaneAccess) -> Iterator[tuple[int, str]]:
    yield from _size(page)
    if view is None:
        for part in page.parts:
            if isinstance(part, Task) or (isinstance(part, Predict) and part.about in OF_STATE):
                yield part.line, "there is no view yet: give this page or one before it a view"
        return
    try:
        names, bound = frozenset(panes.facts(view)), panes.bound(view)
    except UserError as problem:
        if page.view is not None:
            yield view.line, str(problem)
        return
    yield from _keys(page, bound)
    if page.task is not None:
        yield from _task(page.task, view, names, panes)
    yield from _predictions(page, view, panes)


def _size(page: LessonPage) -> Iterator[tuple[int, str]]:
    rows = sum(len(lines_of(part, WIDTH)) for part in page.prose)
    if rows > FITS:
        yield page.line, f"{rows} lines of words at 80 columns; a page has at most {FITS}"
    if not page.parts:
        yield page.line, "the page is empty; write some words"


def _keys(page: LessonPage, bound: frozenset[str]) -> Iterator[tuple[int, str]]:
    texts = [(part.line, part.text) for part in page.prose if part.kind != "block"]
    if page.task is not None:
        task = page.task
        texts += [(task.line, text) for text in (task.goal, *task.hints, task.note)]
    texts += [(part.line, part.ask) for part in page.questions]
    for line, text in texts:
        for key in keys_in(text):
            if key not in bound:
                yield line, f"the key [[{key}]] is not bound here; known are {_listed(bound)}"


def _listed(bound: Iterable[str]) -> str:
    return " ".join(sorted(bound, key=lambda key: (len(key) > 1, key.casefold(), key)))


def _task(
    task: Task, view: View, names: frozenset[str], panes: PaneAccess
) -> Iterator[tuple[int, str]]:
    try:
        names = frozenset(panes.facts(View(task.line, task.pane))) if task.pane else names
        parse_check(task.check.source, names)
    except UserError as problem:
        yield task.line, f"check: {problem}"
        return
    if panes.play is None:
        return
    try:
        if not task.pane and task.check.holds(panes.play(view, None).facts):
            yield task.line, f"the check {task.check.source!r} holds before anything is done"
        played = panes.play(view, task)
        if not task.check.holds(played.facts):
            facts = ", ".join(f"{name} = {played.facts.get(name)!r}" for name in task.check.names)
            keys = " ".join(task.solution)
            yield task.line, f"the solution {keys!r} does not pass {task.check.source!r}: {facts}"
    except UserError as problem:
        yield task.line, str(problem)


def _predictions(page: LessonPage, view: View, panes: PaneAccess) -> Iterator[tuple[int, str]]:
    predictions = [p for p in page.questions if isinstance(p, Predict) and p.about in OF_STATE]
    if not predictions or panes.play is None:
        return
    try:
        state = panes.play(view, None).state
    except UserError as problem:
        yield view.line, str(problem)
        return
    for part in predictions:
        try:
            for seed in SEEDS:
                posed(part, state, seed)
        except UserError as problem:
            yield part.line, str(problem)


def _least(lesson: Lesson) -> Iterator[Problem]:
    """Ask for what a whole lesson has; a lesson that is a test has a test."""
    if any(page.test is not None for page in lesson.pages):
        return
    counts = (
        sum(page.view is not None for page in lesson.pages),
        len(lesson.tasks),
        sum(isinstance(part, Predict) for part in lesson.questions),
        len(lesson.pages[-1].questions),
    )
    for (name, least), count in zip(LEAST.items(), counts, strict=True):
        if count < least:
            what = f"{count} {name}; a lesson has at least {least}"
            yield Problem(lesson.about.path, lesson.pages[-1].line, what)
    if not any(isinstance(part, Quiz) for part in lesson.questions):
        yield Problem(lesson.about.path, lesson.pages[-1].line, "a lesson has a quiz")
