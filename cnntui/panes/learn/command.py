"""``cnntui learn``: what it lists, checks, prints and keeps, and the lesson it opens."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnntui.course import keeping
from cnntui.course.finding import Course, found_lessons, shipped_folder
from cnntui.course.format.lesson import About
from cnntui.course.progress import Progress
from cnntui.errors import UserError, printable
from cnntui.ground.tables import aligned

if TYPE_CHECKING:
    from cnntui.panes.learn.headless.checking import AppMaker
    from cnntui.parts.printing.output import Output

TITLES = ("", "id", "title", "state", "tasks", "questions", "minutes")
RIGHT = ("", "tasks", "questions", "minutes")


def prepare(command: argparse.ArgumentParser) -> None:
    """Give the command its options."""
    add = command.add_argument
    add("lesson", nargs="?", metavar="LESSON", help="its id, number or title; else the course")
    add("--lessons", metavar="DIR", action="append", help="a folder of lessons beside cnntui's")
    what = command.add_mutually_exclusive_group()
    what.add_argument("--list", action="store_true", help="list the lessons with their states")
    what.add_argument("--print", action="store_true", help="print the lesson, views as frames")
    what.add_argument("--check", nargs="?", const="", metavar="DIR", help="check a folder")
    what.add_argument("--export", metavar="FILE", help="write the progress to a file")
    what.add_argument("--import", metavar="FILE", dest="take", help="take a file's progress in")
    add("--json", action="store_true", help="with --list: print one JSON object")
    add("--out", metavar="F.md", help="with --print: write it to a file")


def run(options: argparse.Namespace, output: Output) -> int:
    """List, check or print lessons, keep progress, or open the pane."""
    printout = without_app(options, output.app)
    if printout is None:
        from cnntui.panes.learn.state import LearningState

        request = opening(options)
        return output.open(LearningState.of(request.lesson, request.folders))
    output.say(printout.text)
    if printout.aside:
        print(printout.aside, file=sys.stderr)
    return printout.code


@dataclass(frozen=True)
class Opening:
    """What the Learn pane opens with: folders beside cnntui's own, and a lesson's id or ""."""

    folders: tuple[Path, ...] = ()
    lesson: str = ""


@dataclass(frozen=True)
class Printout:
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


def without_app(options: argparse.Namespace, make: AppMaker) -> Printout | None:
    """Do what was asked for without the app; None where the app is to be opened.

    ``make`` makes an app that is not run. Raises UserError.
    """
    _consistent(options)
    if options.check is not None:
        return _checked(options, make)
    if options.export is not None:
        return _exported(Path(options.export).expanduser())
    if options.take is not None:
        return _imported(Path(options.take).expanduser())
    if options.print:
        return _printed(options, make)
    return _listed(options) if options.list else None


def _consistent(options: argparse.Namespace) -> None:
    if options.json and not options.list:
        raise UserError("--json belongs to --list: cnntui learn --list --json")
    if options.out and not options.print:
        raise UserError("--out belongs to --print: cnntui learn LESSON --print --out F.md")
    if options.print and not options.lesson:
        raise UserError("which lesson? cnntui learn LESSON --print; --list lists them")


# --list


def _listed(options: argparse.Namespace) -> Printout:
    course, loaded = found_lessons(folders_of(options)), keeping.load_progress()
    aside = "\n".join([*_notes(course), *filter(None, [printable(loaded.warning)])])
    if options.json:
        from cnntui.numbers import as_json

        return Printout(as_json(course_json(course, loaded.progress)), aside)
    return Printout(course_text(course, loaded.progress), aside)


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


def _checked(options: argparse.Namespace, make: AppMaker) -> Printout:
    from cnntui.course.finding import lesson_files
    from cnntui.course.linting import linted
    from cnntui.panes.learn.headless import checking

    own = shipped_folder()
    folder = Path(options.check).expanduser() if options.check else own
    whole = folder.resolve() == own.resolve()
    others = folders_of(options) if whole else (own, *folders_of(options))
    with checking.untrained():
        problems = list(linted(folder, checking.pane_access(make), others, whole))
    count = len(lesson_files(folder))
    if problems:
        return Printout("\n".join(map(str, problems)), code=1)
    return Printout(
        f"{count} lesson{'s' * (count != 1)}: every link, key, number and solution holds"
    )


# --export, --import


def _exported(path: Path) -> Printout:
    loaded = keeping.load_progress()
    keeping.export_progress(loaded.progress, path)
    count = len(loaded.progress.lessons)
    plural = "s" * (count != 1)
    return Printout(f"the progress of {count} lesson{plural} is in {path}", loaded.warning)


def _imported(path: Path) -> Printout:
    taken = keeping.update_progress(lambda progress: keeping.import_progress(progress, path))
    return Printout(f"the progress of {path} is taken in; what was further on stays", taken.warning)


# --print


def _printed(options: argparse.Namespace, make: AppMaker) -> Printout:
    from cnntui.course.format.reading import read_lesson
    from cnntui.panes.learn.headless.printing import printed, still_of

    about = found_lessons(folders_of(options)).find(options.lesson)
    text = printed(read_lesson(about.path), partial(still_of, make))
    if not options.out:
        return Printout(text.rstrip("\n"))
    path = Path(options.out).expanduser()
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise UserError(f"{path} can't be written: {problem.strerror}; name another") from None
    return Printout(f"{about.title} is in {path}")
