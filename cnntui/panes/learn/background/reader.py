"""Reads the course, lessons, views and tests in threads, for the Lessons pane; one message each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from textual.message import Message

from cnntui.course.finding import BrokenLesson
from cnntui.course.format.heading import LessonError
from cnntui.course.format.lesson import About, Lesson, View
from cnntui.errors import UserError
from cnntui.panes.learn.background.threads import Threads
from cnntui.panes.learn.sitting import WantedTest
from cnntui.panes.learn.state import LearningState
from cnntui.parts.links.link import parse_link, state_of
from cnntui.registry import pane_names
from cnntui.ui.shell.pane import Pane


@dataclass(frozen=True)
class ReadyView:
    """A view that can be put beside the words: its pane's name and class, the state to open."""

    name: str
    kind: type[Pane]
    state: Any


class Reader:
    """Reads in ``threads``. A lesson, a test or a failure is told as Done; the rest as it is."""

    @dataclass
    class Found(Message):
        """The course was looked through, or ``problem`` says why not."""

        state: LearningState | None
        problem: str = ""

    @dataclass
    class Prepared(Message):
        """A view can be put beside the words, or ``problem`` says why not."""

        link: str
        problem: str = ""

    @dataclass
    class Loaded(Message):
        """The pane that another one leads to was imported."""

        view: ReadyView

    def __init__(self, threads: Threads, load_pane: Callable[[str], type[Pane]]) -> None:
        self.threads, self.load_pane = threads, load_pane
        self.views: dict[str, ReadyView] = {}

    def find(self) -> None:
        """Look through the course."""
        self.threads.start(self._find, "find")

    def read(self, about: About, page: int) -> None:
        """Read a lesson that opens on a page, and then its views, that page's first."""
        self.threads.start(partial(self._read, about, page), "read")

    def draw(self, test: WantedTest, abouts: Iterable[About], seed: int) -> None:
        """Read the lessons of a test and draw it; broken ones are left out."""
        chosen = [about for about in abouts if about.id in test.lessons]
        self.threads.start(partial(self._draw, test, chosen, seed), "draw")

    def prepare(self, link: str) -> None:
        """Import a view's pane and make its state, for a page that waits for it."""
        self.threads.start(partial(self._prepare, link), "view")

    def load(self, name: str, state: Any) -> None:
        """Import a pane that another one leads to."""
        self.threads.start(partial(self._load, name, state), "view")

    # in a thread

    def _find(self) -> None:
        try:
            self.threads.tell(self.Found(LearningState.of()))
        except UserError as problem:
            self.threads.tell(self.Found(None, str(problem)))

    def _read(self, about: About, page: int) -> None:
        for lesson in self._readable([about]):
            self._look_ahead([lesson.view_at(min(page, len(lesson.pages) - 1))])
            self.threads.done(partial(_opened, lesson))
            self._look_ahead(each.view for each in lesson.pages)

    def _draw(self, test: WantedTest, abouts: list[About], seed: int) -> None:
        lessons = list(self._readable(abouts))
        if lessons:
            taken = test.drawn(lessons, seed)
            self.threads.done(lambda state: state.sits(taken))

    def _readable(self, abouts: Iterable[About]) -> Iterator[Lesson]:
        """Yield the lessons that can be read; of the others it is told."""
        from cnntui.course.format.reading import read_lesson  # brings arithmetic: not for the list

        for about in abouts:
            try:
                yield read_lesson(about.path)
            except LessonError as error:
                self.threads.done(
                    partial(_broken, about, BrokenLesson(about.path, error.problems[0]))
                )

    def _look_ahead(self, views: Iterable[View | None]) -> None:
        """Make views ready; where making one begins a training, its pane alone is imported."""
        for view in views:
            if view is not None:
                with suppress(UserError):  # told once its page is turned to
                    name = parse_link(view.link).pane
                    begins = pane_names()[name].about.get("views_train")
                    self.load_pane(name) if begins else self._make_ready(view.link)

    def _prepare(self, link: str) -> None:
        try:
            self._make_ready(link)
            self.threads.tell(self.Prepared(link))
        except UserError as problem:
            self.threads.tell(self.Prepared(link, str(problem)))

    def _make_ready(self, link: str) -> None:
        if link not in self.views:
            parsed = parse_link(link)
            kind = self.load_pane(parsed.pane)
            self.views[link] = ReadyView(parsed.pane, kind, state_of(parsed, trusted=False))

    def _load(self, name: str, state: Any) -> None:
        self.threads.tell(self.Loaded(ReadyView(name, self.load_pane(name), state)))


def _opened(lesson: Lesson, state: LearningState) -> LearningState:
    """Open a lesson that was read, where it is still wanted."""
    return state.opens(lesson) if state.wanted == lesson.about.id else state


def _broken(about: About, broken: BrokenLesson, state: LearningState) -> LearningState:
    return state.breaks(about.id, broken)
