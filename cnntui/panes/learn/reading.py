"""What the Lessons pane reads and writes off the event loop; each ends in one message."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any

from textual.message import Message
from textual.reactive import reactive

from cnntui.course import keeping
from cnntui.course.finding import Broken
from cnntui.course.format.heading import LessonError
from cnntui.course.format.lesson import About, Lesson, View
from cnntui.course.progress import Progress
from cnntui.errors import UserError
from cnntui.panes.learn import sitting as sittings
from cnntui.panes.learn.sitting import Taken
from cnntui.panes.learn.state import Change, LearningState
from cnntui.parts.links.link import parse_link, state_of
from cnntui.ui.shell.pane import Pane

LATE = ("watch",)  # panes whose views begin a training: not before their page is turned to
Kept = tuple[str, type[Pane], Any]  # the pane's name, its class, the state to open


class LearnReading(Pane):
    """A pane that reads lessons and views ahead, draws tests, and keeps progress."""

    state: reactive[LearningState | None] = reactive(
        None, init=False, always_update=True, repaint=False
    )

    @dataclass
    class Found(Message):
        """The course was looked through."""

        state: LearningState

    @dataclass
    class Read(Message):
        """A lesson was read, with the views of its pages that could be opened."""

        lesson: Lesson

    @dataclass
    class Ready(Message):
        """A view can be set up, or ``problem`` says why not."""

        link: str
        problem: str = ""

    @dataclass
    class Loaded(Message):
        """The pane that another one leads to was imported."""

        name: str
        kind: type[Pane]
        opening: Any

    @dataclass
    class Drawn(Message):
        """A test was drawn."""

        taken: Taken

    @dataclass
    class Failed(Message):
        """Something could not be done; ``broken`` is the lesson that can't be read."""

        problem: str
        id: str = ""
        broken: Broken | None = None

    @dataclass
    class Done(Message):
        """Progress was taken in, or written to a file of the learner's."""

        said: str
        progress: Progress | None = None

    def __init__(self, *setting: Any) -> None:
        super().__init__(*setting)
        self.seed = random.SystemRandom().randrange(1 << 30)
        self.views: dict[str, Kept] = {}
        self._changes: deque[Change] = deque()
        self._writing = Lock()

    def off_loop(self, work: Callable[[], Any], group: str) -> None:
        """Run work in a thread; the newest of a group counts."""
        self.run_worker(work, thread=True, exclusive=True, group=group)

    # the course

    def find(self) -> None:
        """Look through the course (in a thread)."""
        try:
            self.post_message(self.Found(LearningState.of()))
        except UserError as problem:
            self.post_message(self.Failed(str(problem)))

    def read(self, about: About) -> None:
        """Read a lesson and then its views, the first at once (in a thread)."""
        from cnntui.course.format.reading import read_lesson  # brings arithmetic: not for the list

        try:
            lesson = read_lesson(about.path)
        except LessonError as error:
            broken = Broken(about.path, error.problems[0])
            self.post_message(self.Failed(str(error), about.id, broken))
            return
        page = self.state.progress.of(about.id).page if self.state else 0
        self._look_ahead([lesson.view_at(min(page, len(lesson.pages) - 1))])
        self.post_message(self.Read(lesson))
        self._look_ahead(each.view for each in lesson.pages)

    def _look_ahead(self, views: Iterable[View | None]) -> None:
        for view in views:
            if view is not None and view.pane not in LATE:
                self.prepare(view.link)
            elif view is not None:
                self._imported(view.link)

    def _imported(self, link: str) -> None:
        """Import a view's pane alone."""
        with suppress(UserError):
            self.app.load_pane(parse_link(link).pane)  # type: ignore[attr-defined]

    def prepare(self, link: str, tell: bool = False) -> None:
        """Import a view's pane and make its state (in a thread)."""
        try:
            if link not in self.views:
                found = parse_link(link)
                kind = self.app.load_pane(found.pane)  # type: ignore[attr-defined]
                self.views[link] = found.pane, kind, state_of(found, trusted=False)
        except UserError as problem:
            if tell:
                self.post_message(self.Ready(link, str(problem)))
            return
        if tell:
            self.post_message(self.Ready(link))

    def load(self, name: str, state: Any) -> None:
        """Import a pane that another one leads to (in a thread)."""
        kind = self.app.load_pane(name)  # type: ignore[attr-defined]
        self.post_message(self.Loaded(name, kind, state))

    # tests

    def draw(self, make: Callable[[list[Lesson], int], Taken], ids: Iterable[str]) -> None:
        """Read lessons and draw a test from them (in a thread); broken ones are left out."""
        from cnntui.course.format.reading import read_lesson

        state = self.state
        if state is None:
            return
        wanted, lessons = set(ids), []
        for about in state.course.lessons:
            if about.id in wanted:
                try:
                    lessons.append(read_lesson(about.path))
                except LessonError as error:
                    problem = Broken(about.path, error.problems[0])
                    self.post_message(self.Failed(str(error), about.id, problem))
        if lessons:
            self.post_message(self.Drawn(make(lessons, self.seed + state.drawn)))

    def draw_test_out(self, id: str) -> None:
        """Draw the test that passes a lesson."""
        make = partial(self.draw, lambda found, seed: sittings.out_of(found[0], seed), [id])
        self.off_loop(make, "draw")

    def draw_mixed(self, count: int) -> None:
        """Draw a test from all lessons."""
        ids = [about.id for about in self.state.course.lessons] if self.state else []
        make = partial(self.draw, lambda found, seed: sittings.mixed(found, count, seed), ids)
        self.off_loop(make, "draw")

    def draw_review(self, due: Iterable[tuple[str, str]]) -> None:
        """Draw what was missed again."""
        parts = tuple(due)
        ids = [lesson for lesson, _ in parts]
        make = partial(self.draw, lambda found, seed: sittings.review(found, parts, seed), ids)
        self.off_loop(make, "draw")

    # progress

    def keep(self, changes: Iterable[Change]) -> None:
        """Have progress written, in order, by one thread at a time."""
        self._changes.extend(changes)
        self.run_worker(self._write, thread=True, group="progress")

    def on_unmount(self) -> None:
        """Write what no thread has begun to write: the app ends."""
        self._write()

    def _write(self) -> None:
        with self._writing:
            changes = [self._changes.popleft() for _ in range(len(self._changes))]
            if not changes:
                return
            try:
                kept = keeping.update_progress(partial(_all, changes))
            except UserError as problem:
                self.post_message(self.Failed(str(problem)))
                return
        if kept.said:
            self.post_message(self.Failed(kept.said))

    def export(self, path: Path) -> None:
        """Write progress to a file of the learner's (in a thread)."""
        try:
            keeping.export_progress(self.state.progress if self.state else Progress(), path)
            self.post_message(self.Done(f"progress is in {path}"))
        except UserError as problem:
            self.post_message(self.Failed(str(problem)))

    def take(self, path: Path) -> None:
        """Take a file's progress in: of each lesson what is further on (in a thread)."""
        try:
            found = keeping.update_progress(lambda p: keeping.import_progress(p, path))
            self.post_message(self.Done(f"progress of {path} is taken in", found.progress))
        except UserError as problem:
            self.post_message(self.Failed(str(problem)))


def _all(changes: list[Change], progress: Progress) -> Progress:
    for change in changes:
        progress = change(progress)
    return progress
