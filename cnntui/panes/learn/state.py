"""What a learner sees of the course, and every verb on it: the list, a lesson, a test, progress.

Progress changes by verbs handed to ``keep``: what they change here, the pane writes to the disk.
What takes a while is asked for: a lesson is ``wanted``, a test is ``wanted_test``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Self

from cnntui.course.finding import BrokenLesson, Course, found_lessons
from cnntui.course.format.lesson import About, Lesson, Test
from cnntui.course.keeping import load_progress
from cnntui.course.onward import due, missed, onward
from cnntui.course.progress import NEW, PASSED, Progress
from cnntui.errors import UserError
from cnntui.panes.learn.asking import Asking
from cnntui.panes.learn.open_lesson import Opened
from cnntui.panes.learn.sitting import MIXED, OUT, Taken, WantedTest

ProgressChange = Callable[[Progress], Progress]
CourseRow = About | BrokenLesson


@dataclass(frozen=True)
class LearningState:
    """The course, what was done of it, and what is open: a lesson, a test, or the list.

    ``changes`` are those of progress that are to be written. ``wanted`` is the id of a lesson that
    is still to be read, ``wanted_test`` a test to be drawn. ``drawn`` counts what was drawn: the
    next is drawn anew. ``message`` and ``problem`` are for the notice line.
    """

    course: Course
    progress: Progress = field(default_factory=Progress)
    today: date = field(default_factory=date.today)
    cursor: int = 0
    search: str = ""
    wanted: str = ""
    opened: Opened | None = None
    sitting: Taken | None = None
    problem: str = ""
    message: str = ""
    drawn: int = 0
    changes: tuple[ProgressChange, ...] = ()
    wanted_test: WantedTest | None = None

    @classmethod
    def of(cls, lesson: str | None = None, folders: Path | Iterable[Path] | None = None) -> Self:
        """Find the course and what was done of it; a lesson's id, number or title opens it.

        Reads front matter alone. Raises UserError for a lesson or a folder that isn't there.
        """
        others = (folders,) if isinstance(folders, Path) else tuple(folders or ())
        course = found_lessons(others)
        loaded = load_progress()
        wanted = course.find(lesson).id if lesson else ""
        state = cls(course, loaded.progress, wanted=wanted, problem=loaded.warning)
        return state.on_lesson(wanted or state.onward)

    # the list

    @property
    def rows(self) -> tuple[CourseRow, ...]:
        """The lessons that a search leaves, then the files that are none."""
        words = self.search.casefold().split()
        broken = [b for b in self.course.broken if all(w in b.path.name.casefold() for w in words)]
        return (*self.course.matching(self.search), *broken)

    @property
    def row(self) -> CourseRow | None:
        """The row under the bar."""
        return self.rows[self.cursor] if self.cursor < len(self.rows) else None

    @property
    def about(self) -> About | None:
        """The lesson under the bar; None on a broken file."""
        return self.row if isinstance(self.row, About) else None

    @property
    def onward(self) -> str:
        """The lesson to go on with, or ""."""
        return onward(self.course, self.progress)

    @property
    def due(self) -> tuple[tuple[str, str], ...]:
        """(lesson, question) of what is to be asked again."""
        return due(self.course, self.progress, self.today)

    def on_lesson(self, id: str) -> Self:
        """Put the bar on a lesson; not shown by the search, it stays."""
        at = [n for n, row in enumerate(self.rows) if isinstance(row, About) and row.id == id]
        return replace(self, cursor=at[0]) if at else self

    def moved(self, by: int) -> Self:
        """Move the bar."""
        last = max(0, len(self.rows) - 1)
        return replace(self, cursor=max(0, min(last, self.cursor + by)), problem="", message="")

    def searched(self, text: str) -> Self:
        """List what has these words."""
        return replace(self, search=text.strip(), cursor=0, problem="", message="")

    def wants(self, id: str) -> Self:
        """Have a lesson read: it is opened once it was."""
        return replace(self, wanted=id, problem="", message="").on_lesson(id)

    def refused(self, problem: UserError | str) -> Self:
        """Say what went wrong; nothing is open that was not."""
        return replace(self, wanted="", wanted_test=None, problem=str(problem), message="")

    def breaks(self, id: str, broken: BrokenLesson) -> Self:
        """List a lesson as broken whose pages can't be read."""
        lessons = tuple(about for about in self.course.lessons if about.id != id)
        course = Course(lessons, (*self.course.broken, broken))
        return replace(self, course=course).refused(
            f"{broken.path.name}:{broken.problem.line}: {broken.problem.what}"
        )

    def tells(self, message: str) -> Self:
        """Say what was done."""
        return replace(self, message=message, problem="")

    def objects(self, problem: str) -> Self:
        """Say why a key does nothing here."""
        return replace(self, problem=problem, message="")

    # progress

    def keep(self, change: ProgressChange) -> Self:
        """Change the progress, here and on the disk."""
        return replace(self, progress=change(self.progress), changes=(*self.changes, change))

    def without_changes(self) -> Self:
        """The changes are being written."""
        return replace(self, changes=())

    def took(self, progress: Progress, message: str) -> Self:
        """Take in progress that is on the disk already."""
        return replace(self, progress=progress).tells(message)

    def forgot(self, id: str | None) -> Self:
        """Forget what was done in a lesson, or in all of them."""
        return self.keep(lambda progress: progress.reset(id))

    # a lesson

    def opens(self, lesson: Lesson) -> Self:
        """Open a lesson that was read, on the page it was left on."""
        kept = self.progress.of(lesson.about.id)
        page = kept.page if kept.page < len(lesson.pages) and kept.state != PASSED else 0
        here = replace(self, wanted="", opened=Opened(lesson), sitting=None, problem="", message="")
        return here.to_page(page).on_lesson(lesson.about.id)

    @property
    def in_list(self) -> bool:
        """Whether the list is on view: neither a lesson nor a test is open."""
        return self.opened is None and self.sitting is None

    @property
    def asking(self) -> Asking | None:
        """The question on view, of the test or the lesson."""
        if self.sitting is not None:
            return self.sitting.asking
        return self.opened.asking if self.opened else None

    @property
    def missed(self) -> tuple[str, ...]:
        """The questions of the open lesson that were missed and come back."""
        return missed(self.opened.lesson, self.progress.of(self.id)) if self.opened else ()

    @property
    def id(self) -> str:
        """The id of the lesson that is open, or ""."""
        return self.opened.lesson.about.id if self.opened else ""

    def to_page(self, page: int) -> Self:
        """Turn to a page; past the last the lesson has ended."""
        if self.opened is None:
            return self
        id, lesson = self.id, self.opened.lesson
        opened = self.opened.to_page(page, self.progress.of(id))
        last = len(lesson.pages) - 1
        here = self.keep(lambda progress: progress.seen(id, min(opened.page, last)))
        if opened.ended:
            here = here.keep(lambda progress: progress.ended(id, lesson.marks))
        return replace(here, opened=opened, sitting=None, problem="", message="")

    def closed(self) -> Self:
        """Go back to the list."""
        return replace(self, opened=None, sitting=None, wanted="", problem="", message="")

    @property
    def may_go_on(self) -> bool:
        """Whether what is worked on is done with."""
        return self.opened is None or self.opened.is_settled(self.progress.of(self.id))

    def went_on(self) -> Self:
        """Go on: to the page's next task or question, else to the next page."""
        if self.opened is None:
            return self
        if not self.may_go_on:
            what = "do the task" if self.opened.task else "answer the question"
            return self.objects(f"{what} first, or skip it with f7")
        at = self.opened.next_open(self.progress.of(self.id))
        if at is None:
            return self.to_page(self.opened.page + 1)
        return replace(self, opened=self.opened.to_mark(at), problem="", message="")

    def skips(self) -> Self:
        """Skip what is worked on, remembered as skipped, and go on."""
        mark, id = (self.opened.mark if self.opened else None), self.id
        if mark is None:
            return self.went_on()
        skipped = self.keep(lambda progress: progress.skipped(id, mark.id))
        return replace(skipped, sitting=None).went_on()

    def checked(self, facts: dict[str, Any]) -> Self:
        """Look at the pane's facts; a task that they satisfy is passed, unless it was watched."""
        if self.opened is None or self.opened.task is None:
            return self
        opened = self.opened.checked(facts)
        if opened is self.opened:
            return self
        here, id, task, today = (
            replace(self, opened=opened),
            self.id,
            self.opened.task.id,
            self.today,
        )
        if not opened.done or self.opened.done or opened.watched:
            return here
        return here.keep(lambda progress: progress.answered(id, task, True, today))

    def shows_solution(self) -> Self:
        """Have the solution shown: the task is then skipped, until it is done by hand."""
        if self.opened is None or self.opened.task is None:
            return self
        id, task = self.id, self.opened.task
        opened = replace(self.opened, watched=True, done=False, played=0)
        return replace(self.keep(lambda p: p.skipped(id, task.id)), opened=opened)

    def anew(self) -> Self:
        """Do the task again by hand, after its solution was shown."""
        if self.opened is None:
            return self
        return replace(self, opened=self.opened.to_mark(self.opened.at))

    def with_opened(self, change: Callable[[Opened], Opened]) -> Self:
        """Change what is seen of the lesson."""
        return replace(self, opened=change(self.opened), problem="") if self.opened else self

    def posed(self, state: Any, seed: int) -> Self:
        """Pose the question that is worked on, of the pane's state."""
        if self.opened is None:
            return self
        opened = self.opened.posed_on(state, seed + self.drawn)
        return replace(self, opened=opened, drawn=self.drawn + 1)

    def answering(self, change: Callable[[Any], Any]) -> Self:
        """Change the answer to what is asked; one that was judged is kept in the progress."""
        if self.sitting is not None:
            return self._sat(self.sitting.answering(change))
        opened = self.opened
        if opened is None or opened.asking is None or opened.question is None:
            return self
        asking = change(opened.asking)
        here = replace(self.objects(asking.problem), opened=replace(opened, asking=asking))
        if asking.verdict is None or opened.asking.verdict is not None:
            return here
        id, part, right, today = self.id, opened.question.id, asking.verdict.right, self.today
        return here.keep(lambda progress: progress.answered(id, part, right, today))

    # tests

    def wants_test(self, test: WantedTest) -> Self:
        """Have a test drawn: it is taken once it was."""
        return replace(self, wanted_test=test)

    def sits(self, sitting: Taken) -> Self:
        """Take a test."""
        here = replace(self, wanted="", wanted_test=None)
        if not sitting.items:
            return here.objects("there is no question to ask")
        return replace(here, sitting=sitting, problem="", message="", drawn=self.drawn + 1)

    def _sat(self, sitting: Taken) -> Self:
        """Take what came of a test's question."""
        old = self.sitting
        here = replace(self, sitting=sitting, problem=sitting.problem, message="")
        fresh = sitting.verdict is not None and (old is None or old.verdict is None)
        return here._kept_answer(sitting) if fresh else here

    def _kept_answer(self, sitting: Taken) -> Self:
        """Keep an answer for review; a test-out keeps none, nor do lessons not begun."""
        item, verdict, today = sitting.item, sitting.verdict, self.today
        if item is None or verdict is None:
            return self
        right = verdict.right
        if sitting.kind == OUT or self.progress.of(item.lesson).state == NEW:
            return self
        return self.keep(lambda p: p.answered(item.lesson, item.part, right, today))

    def next_item(self) -> Self:
        """Go on in the test; after its last question it is counted."""
        if self.sitting is None:
            return self
        sitting = self.sitting.went_on()
        here = replace(self, sitting=sitting, problem="", message="")
        if not sitting.ended or self.sitting.ended:
            return here
        if sitting.kind == OUT and sitting.passed:
            return here.keep(lambda p: p.tested_out(sitting.id, True))
        mark = self.opened.mark if self.opened else None
        if isinstance(mark, Test) and sitting.kind == MIXED:
            id, passed, today = self.id, sitting.passed, self.today
            return here.keep(lambda p: p.answered(id, mark.id, passed, today))
        return here

    def left_test(self) -> Self:
        """Leave a test; what was answered stays kept."""
        return replace(self, sitting=None, problem="", message="")
