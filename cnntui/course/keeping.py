"""Where progress is kept: one JSON file, whole or not at all; a broken one is put aside.

The file lies in the user's state folder (XDG on Linux): progress.json.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from cnntui.course.progress import STATES, LessonProgress, Mark, Progress
from cnntui.course.reviewing import RUNGS, Review
from cnntui.errors import UserError, printable
from cnntui.ground.atomic_write import ensure_folder, write_whole

SCHEMA = 1
LARGEST = 16 << 20  # bytes
_LONGEST = 200  # characters of an id


@dataclass(frozen=True)
class LoadedProgress:
    """Progress that was read, and a warning where a file was put aside."""

    progress: Progress
    warning: str = ""


def progress_file() -> Path:
    """Return where progress is kept; the file need not exist."""
    import platformdirs

    return platformdirs.user_state_path("cnntui") / "progress.json"


def load_progress(path: Path | None = None) -> LoadedProgress:
    """Read the progress, none where there is no file.

    A file that is broken, or written by a newer cnntui, is renamed beside; ``warning`` tells it.
    Raises UserError where it can't be read or renamed.
    """
    path = path or progress_file()
    try:
        return LoadedProgress(read_progress(path))
    except FileNotFoundError:
        return LoadedProgress(Progress())
    except OSError as problem:
        raise UserError(f"{path} can't be read: {problem.strerror}; mend its permissions") from None
    except UserError as problem:
        aside = _put_aside(path)
        return LoadedProgress(Progress(), f"{problem}; kept as {aside.name}, progress begins anew")


def read_progress(path: Path) -> Progress:
    """Read a file of progress. Raises OSError, and UserError for what is none."""
    with path.open("rb") as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise UserError(f"{path} has more than {LARGEST:,} bytes: it is no progress of cnntui")
    try:
        fields = json.loads(data)
        version = fields["schema"]
        if not isinstance(version, int) or version > SCHEMA:
            newer = f"{path} is of schema {version!r}; this cnntui knows {SCHEMA}"
            raise UserError(f"{newer}: a newer one wrote it")
        return _progress(fields)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        if isinstance(problem, UserError):
            raise
        raise UserError(f"{path} is broken: {str(problem)[:80] or 'not JSON'}") from None


def save_progress(progress: Progress, path: Path | None = None) -> Path:
    """Write progress beside and rename it into place, whole or not at all. Raises UserError."""
    path = path or progress_file()
    text = json.dumps(as_json(progress), ensure_ascii=False, separators=(",", ":"))
    try:
        ensure_folder(path.parent)
        return write_whole(path, lambda file: file.write_text(text + "\n", encoding="utf-8"))
    except OSError as problem:
        reason = problem.strerror or "no room is left on the disk"
        raise UserError(f"progress can't be kept in {path}: {reason}") from None


def update_progress(
    change: Callable[[Progress], Progress], path: Path | None = None
) -> LoadedProgress:
    """Read the progress, change it and write it, alone: two apps don't undo each other's.

    Raises UserError where it can't be read or written.
    """
    path = path or progress_file()
    with _alone(path):
        loaded = load_progress(path)
        changed = change(loaded.progress)
        if changed != loaded.progress:
            save_progress(changed, path)
    return LoadedProgress(changed, loaded.warning)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the lock beside the file; the kernel drops it with the process."""
    try:
        ensure_folder(path.parent)
        fd = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC)
    except OSError as problem:
        raise UserError(f"progress can't be kept in {path.parent}: {problem.strerror}") from None
    try:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


def as_json(progress: Progress) -> dict[str, Any]:
    """Return progress as it is written."""
    return {
        "schema": SCHEMA,
        "last": progress.last,
        "lessons": {id: _lesson_json(lesson) for id, lesson in progress.lessons.items()},
    }


def _lesson_json(lesson: LessonProgress) -> dict[str, Any]:
    marks = {id: _mark_json(mark) for id, mark in lesson.marks.items()}
    return {"state": lesson.state, "page": lesson.page, "marks": marks}


def _mark_json(mark: Mark) -> dict[str, Any]:
    fields: dict[str, Any] = {"state": mark.state, "tries": mark.tries}
    if mark.review is not None:
        fields |= {"rung": mark.review.rung, "due": mark.review.due.isoformat()}
    return fields


def _progress(fields: Mapping[str, Any]) -> Progress:
    lessons = {_id(id): _lesson(each) for id, each in fields["lessons"].items()}
    return Progress(lessons, _id(fields.get("last", "")))


def _lesson(fields: Mapping[str, Any]) -> LessonProgress:
    marks = {_id(id): _mark(each) for id, each in fields["marks"].items()}
    return LessonProgress(_state(fields["state"]), _count(fields["page"]), marks)


def _mark(fields: Mapping[str, Any]) -> Mark:
    review = None
    if "due" in fields:
        rung = min(_count(fields["rung"]), len(RUNGS) - 1)
        review = Review(rung, date.fromisoformat(fields["due"]))
    return Mark(_state(fields["state"]), _count(fields["tries"]), review)


def _state(value: Any) -> str:
    if value not in STATES:
        raise ValueError(f"{value!r} is none of {', '.join(STATES)}")
    return str(value)


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"{value!r} is no count")
    return value


def _id(value: Any) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise ValueError("an id is no short text")
    return printable(value)


def _put_aside(path: Path) -> Path:
    """Rename a file to the first free ``progress.json.aside-N``."""
    number = 1
    while (aside := path.with_name(f"{path.name}.aside-{number}")).exists():
        number += 1
    try:
        path.rename(aside)
    except OSError as problem:
        raise UserError(f"{path} can't be put aside: {problem.strerror}; move it away") from None
    return aside


def export_progress(progress: Progress, path: Path) -> Path:
    """Write progress to a file of the user's. Raises UserError where there is one already."""
    if path.exists():
        raise UserError(f"{path} is there already; name another file")
    return save_progress(progress, path)


def import_progress(progress: Progress, path: Path) -> Progress:
    """Return progress joined with an exported file's: of each lesson what is further on.

    Raises UserError; an unreadable file is left as it is.
    """
    try:
        return progress.joined(read_progress(path))
    except OSError as problem:
        raise UserError(f"{path} can't be read: {problem.strerror}; name an export") from None
