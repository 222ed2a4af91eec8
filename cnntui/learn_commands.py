"""What ``learn`` lists, checks, prints and keeps; knows no screen."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnntui.columns import aligned
from cnntui.course import keeping
from cnntui.course.finding import Course, found_lessons, shipped_folder
from cnntui.course.lesson import About
from cnntui.course.progress import Progress
from cnntui.errors import UserError, printable

TITLES = ("", "id", "title", "state", "tasks", "questions", "minutes")
RIGHT = ("", "tasks", "questions", "minutes")


@dataclass(frozen=True)
class Opening:
    """What the Learn pane opens with: folders beside cnntui's own, and a lesson's id or ""."""

    folders: tuple[Path, ...] = ()
    lesson: str = ""


@dataclass(frozen=True)
class Said:
    """What a command prints: on stdout, on stderr, and its exit code."""

    text: str
    aside: str = ""
    code: int = 0


def folders_of(options: argparse.Namespace) -> tuple[Path, ...]:
    """Return the folders of lessons beside cnntui's own."""
    return tuple(Path(text).expanduser() for text in options.lessons or ())


def opening(options: argparse.Namespace) -> Opening:
    """Return what is to be opened. Raises UserError for a lesson or folder that isn't there."""
    course = found_lessons(folders_of(options))
    lesson = course.find(options.lesson).id if options.lesson else ""
    return Opening(folders_of(options), lesson)


def said(options: argparse.Namespace) -> Said | None:
    """Do what was asked for without the app; None where the app is to be opened.

    Raises UserError.
    """
    _consistent(options)
    if options.check is not None:
        return _checked(options)
    if options.export is not None:
        return _exported(Path(options.export).expanduser())
    if options.take is not None:
        return _imported(Path(options.take).expanduser())
    if options.print:
        return _printed(options)
    return _listed(options) if options.list else None


def _consistent(options: argparse.Namespace) -> None:
    if options.json and not options.list:
        raise UserError("--json belongs to --list: cnntui learn --list --json")
    if options.out and not options.print:
        raise UserError("--out belongs to --print: cnntui learn LESSON --print --out F.md")
    if options.print and not options.lesson:
        raise UserError("which lesson? cnntui learn LESSON --print; --list lists them")


# --list


def _listed(options: argparse.Namespace) -> Said:
    course, loaded = found_lessons(folders_of(options)), keeping.load_progress()
    aside = "\n".join([*_notes(course), *filter(None, [printable(loaded.said)])])
    if options.json:
        from cnntui.reports import as_json

        return Said(as_json(course_json(course, loaded.progress)), aside)
    return Said(course_text(course, loaded.progress), aside)


def course_json(course: Course, progress: Progress) -> dict[str, Any]:
    """Return the lessons and the broken files as they are printed."""
    return {
        "lessons": [_row(about, progress) for about in course.lessons],
        "broken": [
            {"path": str(each.path), "line": each.problem.line, "what": each.problem.what}
            for each in course.broken
        ],
    }


def _row(about: About, progress: Progress) -> dict[str, Any]:
    tasks, questions = about.counts
    return {
        "id": about.id,
        "title": about.title,
        "state": progress.of(about.id).state,
        "tasks": tasks,
        "questions": questions,
        "minutes": about.minutes,
    }


def course_text(course: Course, progress: Progress) -> str:
    """Return the lessons as a table."""
    rows = [
        (str(about.number or ""), *map(str, _row(about, progress).values()))
        for about in course.lessons
    ]
    return "\n".join(aligned(TITLES, rows, RIGHT))


def _notes(course: Course) -> Sequence[str]:
    return [str(each.problem) for each in course.broken]


# --check


def _checked(options: argparse.Namespace) -> Said:
    from cnntui import learn_playing
    from cnntui.course.finding import lesson_files
    from cnntui.course.linting import linted

    own = shipped_folder()
    folder = Path(options.check).expanduser() if options.check else own
    whole = folder.resolve() == own.resolve()
    others = folders_of(options) if whole else (own, *folders_of(options))
    with learn_playing.untrained():
        problems = list(linted(folder, learn_playing.laboratory(), others, whole))
    count = len(lesson_files(folder))
    if problems:
        return Said("\n".join(map(str, problems)), code=1)
    return Said(f"{count} lesson{'s' * (count != 1)}: every link, key, number and solution holds")


# --export, --import


def _exported(path: Path) -> Said:
    loaded = keeping.load_progress()
    keeping.export_progress(loaded.progress, path)
    count = len(loaded.progress.lessons)
    plural = "s" * (count != 1)
    return Said(f"the progress of {count} lesson{plural} is in {path}", loaded.said)


def _imported(path: Path) -> Said:
    taken = keeping.update_progress(lambda progress: keeping.import_progress(progress, path))
    return Said(f"the progress of {path} is taken in; what was further on stays", taken.said)


# --print


def _printed(options: argparse.Namespace) -> Said:
    from cnntui.course.reading import read_lesson
    from cnntui.learn_printing import printed

    about = found_lessons(folders_of(options)).find(options.lesson)
    text = printed(read_lesson(about.path))
    if not options.out:
        return Said(text.rstrip("\n"))
    path = Path(options.out).expanduser()
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise UserError(f"{path} can't be written: {problem.strerror}; name another") from None
    return Said(f"{about.title} is in {path}")
