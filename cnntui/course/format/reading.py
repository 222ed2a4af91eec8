"""Reads a lesson's file into its parts; every problem names file and line.

Whether links, facts and keys are known is for ``linting``: this needs none of them.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cnntui.course.format.fields import Fields
from cnntui.course.format.figures import filled
from cnntui.course.format.heading import LessonError, Problem, about_in, text_of
from cnntui.course.format.lesson import About, Lesson, LessonPage, PagePart, Prose, View
from cnntui.course.format.parts import PARTS
from cnntui.course.format.scanning import Chunk, Misplaced, chunks, front_matter
from cnntui.errors import UserError, printable


def read_lesson(path: Path) -> Lesson:
    """Read a lesson. Raises LessonError with everything that is wrong with it."""
    return parse_lesson(text_of(path), path)


def parse_lesson(text: str, path: Path) -> Lesson:
    """Read a lesson's text. Raises LessonError."""
    about = about_in(text, path)
    read: list[LessonPage] = []
    problems: list[Problem] = []
    try:
        for title, *rest in _paged(list(chunks(text, front_matter(text)[1])), about):
            read.append(_page(title, rest, problems, path))
    except Misplaced as problem:
        problems.append(Problem(path, problem.line, str(problem)))
    pages, twice = _identified(read, path)
    problems += twice
    if not pages and not problems:
        problems.append(Problem(path, 1, "the lesson has no page; write ## Title and some words"))
    if problems:
        raise LessonError(tuple(sorted(problems, key=lambda problem: problem.line)))
    return Lesson(about, pages)


def _paged(whole: list[Chunk], about: About) -> list[list[Chunk]]:
    """Put the chunks together by page; what comes before the first has the lesson's title."""
    pages: list[list[Chunk]] = []
    for chunk in whole:
        if chunk.kind == "page":
            pages.append([chunk])
        elif pages:
            pages[-1].append(chunk)
        else:
            pages.append([Chunk(chunk.line, "page", about.title), chunk])
    return pages


def _page(title: Chunk, rest: list[Chunk], problems: list[Problem], path: Path) -> LessonPage:
    parts: list[PagePart] = []
    for chunk in rest:
        try:
            parts.append(_part(chunk))
            _admit(parts, chunk)
        except Misplaced as problem:
            problems.append(Problem(path, problem.line, str(problem)))
        except UserError as problem:
            problems.append(Problem(path, chunk.line, str(problem)))
    return LessonPage(title.line, printable(title.text), tuple(parts))


def _part(chunk: Chunk) -> PagePart:
    if chunk.kind == "block":
        rows = "\n".join(printable(row) for row in filled(chunk.text).splitlines())
        return Prose(chunk.line, rows, "block")
    if chunk.kind in ("text", "item"):
        return Prose(chunk.line, printable(filled(chunk.text)), chunk.kind)
    return PARTS[chunk.kind](Fields(chunk.text, chunk.line, chunk.kind))


def _admit(parts: list[PagePart], chunk: Chunk) -> None:
    """Refuse a second view, task or test on a page."""
    single = chunk.kind in ("view", "task", "test")
    if single and sum(type(part) is type(parts[-1]) for part in parts) > 1:
        raise Misplaced(chunk.line, f"a page has one {chunk.kind}; begin another with '## '")


def _identified(
    pages: list[LessonPage], path: Path
) -> tuple[tuple[LessonPage, ...], list[Problem]]:
    """Give what has no id of its own ``task-1``, ``quiz-2`` …, and find ids that are used twice."""
    seen: dict[str, int] = {}
    counts: dict[str, int] = {}
    problems: list[Problem] = []
    named = []
    for page in pages:
        parts: list[PagePart] = []
        for part in page.parts:
            if isinstance(part, Prose | View):
                parts.append(part)
                continue
            kind = type(part).__name__.lower()
            counts[kind] = counts.get(kind, 0) + 1
            id = part.id or f"{kind}-{counts[kind]}"
            if id in seen:
                problems.append(
                    Problem(path, part.line, f"the id {id!r} is used on line {seen[id]} as well")
                )
            seen[id] = part.line
            parts.append(replace(part, id=id))
        named.append(replace(page, parts=tuple(parts)))
    return tuple(named), problems
