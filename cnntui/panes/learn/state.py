"""What a learner sees of the course: its list, a lesson, a test; no screen, no file but ``of``.

Progress changes by verbs handed to ``keep``: what they change here, the pane writes to the disk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Self

from cnntui.course.finding import Broken, Course, found_lessons
from cnntui.course.format.lesson import About, Lesson, Task, Test
from cnntui.course.keeping import load_progress
from cnntui.course.progress import NEW, PASSED, Progress
from cnntui.errors import UserError
from cnntui.panes.learn.open_lesson import Opened
from cnntui.panes.learn.sitting import Taken

Change = Callable[[Progress], Progress]
Row = About | Broken


@dataclass(frozen=True)
class LearningState:
    """The course, what was done of it, and what is open: a lesson, a test, or the list.

    ``changes`` are those of progress that are to be written. ``wanted`` is the id of a lesson that
    is still to be read. ``drawn`` counts what was drawn: the next is drawn anew.
    """

    course: Course
    progress: Progress = field(default_factory=Progress)
    today: date = field(default_factory=date.today)
    folders: tuple[Path, ...] = ()
    cursor: int = 0
    search: str = ""
    wanted: str = ""
    opened: Opened | None = None
    sitting: Taken | None = None
    problem: str = ""
    said: str = ""
    drawn: int = 0
    changes: tuple[Change, ...] = ()

    @classmethod
    def of(cls, lesson: str | None = None, folders: Path | Iterable[Path] | None = None) -> Self:
        """Find the course and what was done of it; a lesson's id, number or title opens it.

        Reads front matter alone. Raises UserError for a lesson or a folder that isn't there.
        """
        given = (folders,) if isinstance(folders, Path) else tuple(folders or ())
        course = found_lessons(given)
        loaded = load_progress()
        wanted = course.find(lesson).id if lesson else ""
        state = cls(course, loaded.progress, folders=given, wanted=wanted, problem=loaded.said)
        return state.on_lesson(wanted or state.onward)

    # the list

    @property
    def rows(self) -> tuple[Row, ...]:
        """The lessons that a search leaves, then the files that are none."""
        found: tuple[Row, ...] = self.course.matching(self.search)
        words = self.search.casefold().split()
        broken = [b for b in self.course.broken if all(w in b.path.name.casefold() for w in words)]
        return (*found, *broken)

    @property
    def row(self) -> Row | None:
        """The row under the bar."""
        return self.rows[self.cursor] if self.cursor < len(self.rows) else None

    @property
    def about(self) -> About | None:
        """The lesson under the bar; None on a broken file."""
        return self.row if isinstance(self.row, About) else None

    @property
    def onward(self) -> str:
        """The lesson to go on with: the last that is not done, else the first that is new."""
        last = self.progress.last
        ids = [about.id for about in self.course.lessons]
        if last in ids and self.progress.of(last).state not in (PASSED,):
            return last
        rest = ids[ids.index(last) + 1 :] if last in ids else ids
        undone = [id for id in (*rest, *ids) if self.progress.of(id).state == NEW]
        return undone[0] if undone else (ids[0] if ids else "")

    def on_lesson(self, id: str) -> Self:
        """Put the bar on a lesson; not shown by the search, it stays."""
        at = [n for n, row in enumerate(self.rows) if isinstance(row, About) and row.id == id]
        return replace(self, cursor=at[0]) if at else self

    def moved(self, by: int) -> Self:
        """Move the bar."""
        last = max(0, len(self.rows) - 1)
        return replace(self, cursor=max(0, min(last, self.cursor + by)), problem="", said="")

    def searched(self, text: str) -> Self:
        """List what has these words."""
        return replace(self, search=text.strip(), cursor=0, problem="", said="")

    def wants(self, id: str) -> Self:
        """Have a lesson read: it is opened once it was."""
        return replace(self, wanted=id, problem="", said="").on_lesson(id)

    def refused(self, problem: UserError | str) -> Self:
        """Say what went wrong; nothing is open that was not."""
        return replace(self, wanted="", problem=str(problem), said="")

    def breaks(self, id: str, found: Broken) -> Self:
        """List a lesson as broken whose pages can't be read."""
        lessons = tuple(about for about in self.course.lessons if about.id != id)
        course = Course(lessons, (*self.course.broken, found))
        return replace(self, course=course).refused(
            f"{found.path.name}:{found.problem.line}: {found.problem.what}"
        )

    def told(self, text: str) -> Self:
        """Say what was done."""
        return replace(self, said=text, problem="")

    # progress

    def keep(self, change: Change) -> Self:
        """Change the progress, here and on the disk."""
        return replace(self, progress=change(self.progress), changes=(*self.changes, change))

    def without_changes(self) -> Self:
        """The changes are being written."""
        return replace(self, changes=())

    def forgot(self, id: str | None) -> Self:
        """Forget what was done in a lesson, or in all of them."""
        return self.keep(lambda progress: progress.reset(id))

    # a lesson

    def opens(self, lesson: Lesson) -> Self:
        """Open a lesson that was read, on the page it was left on."""
        kept = self.progress.of(lesson.about.id)
        page = kept.page if kept.page < len(lesson.pages) and kept.state != PASSED else 0
        here = replace(self, wanted="", opened=Opened(lesson), sitting=None, problem="", said="")
        return here.to_page(page).on_lesson(lesson.about.id)

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
        return replace(here, opened=opened, sitting=None, problem="", said="")

    def closed(self) -> Self:
        """Go back to the list."""
        return replace(self, opened=None, sitting=None, wanted="", problem="", said="")

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
            return replace(self, problem=f"{what} first, or skip it with f7", said="")
        at = self.opened.next_open(self.progress.of(self.id))
        if at is None:
            return self.to_page(self.opened.page + 1)
        return replace(self, opened=self.opened.to_mark(at), problem="", said="")

    def skips(self) -> Self:
        """Skip what is worked on, remembered as skipped, and go on."""
        mark, id = (self.opened.mark if self.opened else None), self.id
        if mark is None:
            return self.went_on()
        return replace(
            self.keep(lambda progress: progress.skipped(id, mark.id)), sitting=None
        ).went_on()

    def checked(self, facts: dict[str, Any]) -> Self:
        """Look at the pane's facts; a task that they satisfy is passed, unless it was watched."""
        if self.opened is None or self.opened.task is None:
            return self
        opened = self.opened.checked(facts)
        if opened is self.opened:
            return self
        here = replace(self, opened=opened)
        if not opened.done or self.opened.done or opened.watched:
            return here
        return here._passed(self.opened.task)

    def _passed(self, task: Task) -> Self:
        id, today = self.id, self.today
        return self.keep(lambda progress: progress.answered(id, task.id, True, today))

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
        drawn = seed + self.drawn
        opened = self.opened.posed_on(state, drawn)
        return replace(self, opened=opened, drawn=self.drawn + 1, problem="")

    def answering(self, change: Callable[[Any], Any]) -> Self:
        """Change the answer to what is asked; one that was judged is kept in the progress."""
        if self.sitting is not None:
            return self._sat(self.sitting.answering(change))
        opened = self.opened
        if opened is None or opened.asking is None or opened.question is None:
            return self
        asking = change(opened.asking)
        here = replace(self, opened=replace(opened, asking=asking), problem=asking.problem, said="")
        if asking.verdict is None or opened.asking.verdict is not None:
            return here
        id, part, right, today = self.id, opened.question.id, asking.verdict.right, self.today
        return here.keep(lambda progress: progress.answered(id, part, right, today))

    # tests

    def sits(self, sitting: Taken) -> Self:
        """Take a test."""
        if not sitting.items:
            return replace(self, wanted="", problem="there is no question to ask", said="")
        return replace(self, sitting=sitting, wanted="", problem="", said="", drawn=self.drawn + 1)

    def _sat(self, sitting: Taken) -> Self:
        """Take what came of a test's question."""
        old = self.sitting
        here = replace(self, sitting=sitting, problem=sitting.problem, said="")
        fresh = sitting.verdict is not None and (old is None or old.verdict is None)
        return here._kept_answer(sitting) if fresh else here

    def _kept_answer(self, sitting: Taken) -> Self:
        """Keep an answer for review; a test-out keeps none, nor do lessons not begun."""
        item, verdict, today = sitting.item, sitting.verdict, self.today
        if item is None or verdict is None:
            return self
        right = verdict.right
        if sitting.kind == "out" or self.progress.of(item.lesson).state == NEW:
            return self
        return self.keep(lambda p: p.answered(item.lesson, item.part, right, today))

    def next_item(self) -> Self:
        """Go on in the test; after its last question it is counted."""
        if self.sitting is None:
            return self
        sitting = self.sitting.went_on()
        here = replace(self, sitting=sitting, problem="", said="")
        if not sitting.ended or self.sitting.ended:
            return here
        if sitting.kind == "out" and sitting.passed:
            return here.keep(lambda p: p.tested_out(sitting.id, True))
        mark = self.opened.mark if self.opened else None
        if isinstance(mark, Test) and sitting.kind == "mixed":
            id, passed, today = self.id, sitting.passed, self.today
            return here.keep(lambda p: p.answered(id, mark.id, passed, today))
        return here

    def left_test(self) -> Self:
        """Leave a test; what was answered stays kept."""
        return replace(self, sitting=None, problem="", said="")

    @property
    def due(self) -> tuple[tuple[str, str], ...]:
        """(lesson, question) of what is to be asked again, of the lessons there are."""
        ids = {about.id for about in self.course.lessons}
        return tuple(each for each in self.progress.due(self.today) if each[0] in ids)

    @property
    def missed(self) -> tuple[str, ...]:
        """The questions of the open lesson that were missed and come back."""
        if self.opened is None:
            return ()
        marks = self.progress.of(self.id).marks
        questions = [part.id for part in self.opened.lesson.questions]
        return tuple(id for id in questions if id in marks and marks[id].review is not None)
