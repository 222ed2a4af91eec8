"""What follows from a lesson's turns: the live pane is set up, asked about, looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from textual import on

from cnntui.course.format.lesson import Predict, Task
from cnntui.panes.learn.asking import Asking
from cnntui.panes.learn.focus import LearnFocus
from cnntui.panes.learn.open_lesson import Opened, holds
from cnntui.panes.learn.reading import LearnReading
from cnntui.panes.learn.state import LearningState
from cnntui.panes.learn.text import LessonText
from cnntui.parts.links.link import parse_link
from cnntui.ui.shell.pane import Pane


class LearnActing(LearnFocus):
    """Follows the state: reads, sets the pane up, asks, keeps."""

    def open_state(self, state: Any) -> None:
        """Open a lesson that the command line, or the help of a pane, wants."""
        if not isinstance(state, LearningState):
            return
        if self.state is None:
            self.state = state
        elif state.wanted and state.wanted != self.state.id:
            ids = [about.id for about in self.state.course.lessons]
            known = state.wanted in ids
            self.state = self.state.closed().wants(state.wanted) if known else state

    def watch_state(self, old: LearningState | None, new: LearningState | None) -> None:
        """Follow the state: keep progress, read, set the pane up, ask; then show it."""
        if new is None:
            return
        if new.changes:
            self.keep(new.changes)
            self.set_reactive(LearnReading.state, new.without_changes())
        if new.wanted and (old is None or old.wanted != new.wanted):
            about = next(a for a in new.course.lessons if a.id == new.wanted)
            self.off_loop(partial(self.read, about), "read")
        self._follow(old.opened if old else None, new.opened)
        self.show()

    def _follow(self, old: Opened | None, new: Opened | None) -> None:
        if new is None:
            if old is not None:
                self.stop_playing()
                self.call_next(self.stage.clear)
                self._putting = ""
                self.call_after_refresh(self.refocus)
            return
        turned = old is None or (old.lesson, old.page) != (new.lesson, new.page)
        if turned or old is None or old.at != new.at:
            self._given = False
            self.stop_playing()
            self._set_out(new, turned, old)
        elif old.asking is not new.asking:
            self._answer_shown(old, new)

    def _set_out(self, new: Opened, turned: bool, old: Opened | None) -> None:
        """Set the pane up for a page, or for a mark on it; then pose what is asked."""
        page, view = new.shown, new.view
        if turned and view is not None and page is not None:
            jumped = old is None or old.lesson is not new.lesson or self._putting != view.link
            if page.view is not None or jumped:
                self.set_up(view.link)
                return
        if not turned and self._before is not None:
            self.stage.set_state(self._before)
        self._before = None
        if new.task is not None and view is not None and holds(new.task, self.stage.facts()):
            self.set_up(view.link)
        else:
            self.call_next(self.look)
            self.call_after_refresh(self.refocus)

    def set_up(self, link: str) -> None:
        """Put the pane of a view beside the words, in its state."""
        self._putting, self._before, self.waiting = link, None, "setting the pane up …"
        if link in self.views:
            self.call_next(self._put, link)
        else:
            self.off_loop(partial(self.prepare, link, True), "view")

    @on(LearnReading.Ready)
    def _take_ready(self, event: LearnReading.Ready) -> None:
        if event.problem and self.state is not None:
            self.waiting = "the pane of this page can't be set up"
            self.stage.hide()
            self.state = self.state.refused(f"this page's view: {event.problem}")
            self.call_after_refresh(self.refocus)
        elif event.link == self._putting:
            self.call_next(self._put, event.link)

    async def _put(self, link: str) -> None:
        if link != self._putting or self.state is None or self.state.opened is None:
            return
        name, kind, state = self.views[link]
        self._home = name
        await self.stage.put(name, kind, state)
        self.look()
        self.show()
        self.call_after_refresh(self.refocus)

    # the pane's facts, and questions about it

    def look(self) -> None:
        """See whether the task is done, or a question can be asked now."""
        state = self.state
        if state is None or state.opened is None or state.sitting is not None:
            return
        if self.app.screen_stack[0] is not self.screen:  # another pane has the screen
            return
        opened = state.opened
        if opened.task is not None and self.stage.pane is not None:
            new = state.checked(self._facts(opened.task))
            if new is not state:
                self.state = new
        elif opened.question is not None and opened.asking is None:
            self.pose()

    def _facts(self, task: Task) -> dict[str, Any]:
        """Return the facts of the pane that the task is about; none of another one."""
        wanted = parse_link(task.pane).pane if task.pane else self._home
        return dict(self.stage.facts()) if self.stage.name_shown == wanted else {}

    def pose(self, again: bool = False) -> None:
        """Ask: of the pane's state where the question is about it, once there is one."""
        state = self.state
        if state is None or state.opened is None:
            return
        question = state.opened.question
        of_pane = isinstance(question, Predict) and state.opened.view is not None
        shown = self._before if again and self._before is not None else self.stage.state
        if of_pane and shown is None:
            return  # look() comes back
        self._before = shown
        self.state = state.posed(shown if of_pane else None, self.seed)

    def _answer_shown(self, old: Opened, new: Opened) -> None:
        """Show what belongs to the question: the state before it, and the one after."""
        asking = new.asking
        if asking is None:
            return
        if old.asking is None or old.asking.question is not asking.question:
            self._given = False
            self.stage.set_state(asking.before)
        elif asking.verdict is not None and old.asking.verdict is None:
            self.stage.set_state(asking.after)
        self.call_after_refresh(self.refocus)

    # messages

    @on(LearnReading.Found)
    def _take_course(self, event: LearnReading.Found) -> None:
        self.open_state(event.state)
        self.refocus()

    @on(LearnReading.Read)
    def _take_lesson(self, event: LearnReading.Read) -> None:
        if self.state is not None and event.lesson.about.id == self.state.wanted:
            self.state = self.state.opens(event.lesson)
            self.call_after_refresh(self.refocus)

    @on(LearnReading.Drawn)
    def _take_test(self, event: LearnReading.Drawn) -> None:
        if self.state is not None:
            self.state = self.state.sits(event.taken)
            self.call_after_refresh(self.refocus)

    @on(LearnReading.Failed)
    def _take_failure(self, event: LearnReading.Failed) -> None:
        if self.state is None:
            self.said(event.problem)
        elif event.broken is not None:
            self.state = self.state.breaks(event.id, event.broken)
        else:
            self.state = self.state.refused(event.problem)

    @on(LearnReading.Done)
    def _take_done(self, event: LearnReading.Done) -> None:
        if self.state is not None:
            progress = event.progress or self.state.progress
            self.state = replace(self.state, progress=progress).told(event.said)

    def on_pane_ended(self, event: Pane.Ended) -> None:
        """Say what the pane beside the words can't show; the lesson goes on."""
        event.stop()
        self.said(str(event.problem))

    def on_pane_wanted(self, event: Pane.Wanted) -> None:
        """Open what the pane beside the words leads to there as well: the lesson is not left."""
        if self.state is not None and self.state.opened is not None and not self.words_alone:
            event.stop()
            self.off_loop(partial(self.load, event.pane, event.state), "view")

    @on(LearnReading.Loaded)
    def _take_pane(self, event: LearnReading.Loaded) -> None:
        self.call_next(self._put_pane, event)

    async def _put_pane(self, event: LearnReading.Loaded) -> None:
        if self.state is not None and self.state.opened is not None:
            await self.stage.put(event.name, event.kind, event.opening)
            self._given = True
            self.show()
            self.call_after_refresh(self.refocus)

    @on(LessonText.Typed)
    def _type(self, event: LessonText.Typed) -> None:
        if event.key == "ctrl+u":
            self.answering(lambda asking: asking.erased(True))
        elif event.character and event.character.isprintable():
            self.answering(lambda asking: asking.typed(event.character))
        else:
            self.answering(Asking.erased)

    def answering(self, change: Callable[[Asking], Asking]) -> None:
        """Change the answer to what is asked."""
        if self.state is not None:
            self.state = self.state.answering(change)
