"""Keeps progress on the disk for the Lessons pane, in threads and in order; export and import."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from threading import Lock

from cnntui.course import keeping
from cnntui.course.progress import Progress
from cnntui.errors import UserError
from cnntui.panes.learn.background.threads import Threads
from cnntui.panes.learn.state import ProgressChange


class ProgressWriter:
    """Writes in ``threads``; what came of it, where there is something to say, is told as Done."""

    def __init__(self, threads: Threads) -> None:
        self.threads = threads
        self._changes: deque[ProgressChange] = deque()
        self._writing = Lock()

    def keep(self, changes: Iterable[ProgressChange]) -> None:
        """Have changes written, after those before."""
        waiting = len(self._changes)
        self._changes.extend(changes)
        if len(self._changes) > waiting:
            self.threads.start_after(self.write, "progress")

    def write(self) -> None:
        """Write what is not written yet, one thread at a time."""
        with self._writing:
            changes = [self._changes.popleft() for _ in range(len(self._changes))]
            if not changes:
                return
            try:
                kept = keeping.update_progress(partial(_all, changes))
            except UserError as problem:
                self._fail(str(problem))
                return
        if kept.warning:
            self._fail(kept.warning)

    def _fail(self, problem: str) -> None:
        self.threads.done(lambda state: state.refused(problem))

    def export(self, progress: Progress, path: Path) -> None:
        """Write progress to a file of the learner's, which must be new."""
        self.threads.start(partial(self._export, progress, path), "file")

    def take(self, path: Path) -> None:
        """Take a file's progress in: of each lesson what is further on."""
        self.threads.start(partial(self._take, path), "file")

    def _export(self, progress: Progress, path: Path) -> None:
        try:
            keeping.export_progress(progress, path)
        except UserError as problem:
            self._fail(str(problem))
        else:
            self.threads.done(lambda state: state.tells(f"progress is in {path}"))

    def _take(self, path: Path) -> None:
        try:
            both = keeping.update_progress(lambda own: keeping.import_progress(own, path)).progress
        except UserError as problem:
            self._fail(str(problem))
        else:
            self.threads.done(lambda state: state.took(both, f"progress of {path} is taken in"))


def _all(changes: list[ProgressChange], progress: Progress) -> Progress:
    for change in changes:
        progress = change(progress)
    return progress
