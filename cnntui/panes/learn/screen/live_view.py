"""What stands beside the words of the open lesson: set up for its page, asked about, played on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from cnntui.course.format.lesson import Predict, Task, View
from cnntui.errors import UserError
from cnntui.panes.learn.background.reader import Reader, ReadyView
from cnntui.panes.learn.background.threads import Verb
from cnntui.panes.learn.open_lesson import Opened, holds
from cnntui.panes.learn.screen.playback import Playback
from cnntui.panes.learn.screen.sides import Sides
from cnntui.panes.learn.state import LearningState
from cnntui.parts.links.link import parse_link


class LiveView:
    """Keeps the stage in step with the lesson.

    ``change`` puts the state into what a verb makes of it; ``shown`` is called where the stage
    shows something else, and the task or question is to be looked at.
    """

    def __init__(
        self,
        sides: Sides,
        reader: Reader,
        change: Callable[[Verb], None],
        shown: Callable[[], None],
    ) -> None:
        self.sides, self.stage, self.reader = sides, sides.stage, reader
        self.change, self.shown = change, shown
        self.playback = Playback(self.stage, self._count_played)
        self._link = ""  # of the view that is set up
        self._home = ""  # the pane that it put there
        self._before: Any = None  # its state before a question about it

    # in step with the lesson

    def follow(self, old: Opened | None, new: Opened | None) -> None:
        """Follow the open lesson to another page or mark, to its question, to its end."""
        if new is None:
            if old is not None:
                self.playback.stop()
                self.stage.call_next(self._leave)
        elif old is None or (old.lesson, old.page, old.at) != (new.lesson, new.page, new.at):
            self.sides.lent = False
            self.playback.stop()
            self._turn(old, new)
        elif new.asking is None and old.asking is not None:
            self.stage.call_next(self.shown)  # it is asked anew
        elif new.asking is not old.asking:
            self._follow_question(old, new)

    def _turn(self, old: Opened | None, new: Opened) -> None:
        """Set the pane up for a page or mark; then its task or question can be looked at."""
        view, page = new.view, new.shown
        turned = old is None or (old.lesson, old.page) != (new.lesson, new.page)
        if turned and view is not None and page is not None:
            jumped = old is None or old.lesson is not new.lesson or self._link != view.link
            if page.view is not None or jumped:
                self._set_up(view)
                return
        if not turned and self._before is not None:
            self.stage.set_state(self._before)
        self._before = None
        if new.task is not None and view is not None and holds(new.task, self.stage.facts()):
            self._set_up(view)
        else:
            self.stage.call_next(self.shown)

    def _follow_question(self, old: Opened, new: Opened) -> None:
        """Show what belongs to the question: the state before it, and the one after."""
        asking = new.asking
        assert asking is not None
        if old.asking is None or old.asking.question is not asking.question:
            self.sides.lent = False
            self.stage.set_state(asking.before)
        elif asking.verdict is not None and old.asking.verdict is None:
            self.stage.set_state(asking.after)

    async def _leave(self) -> None:
        self._link = ""
        await self.stage.clear()

    # views

    def _set_up(self, view: View) -> None:
        """Put the pane of a view beside the words, in its state."""
        self._link, self._before, self.stage.waiting = view.link, None, "setting the pane up …"
        if view.link in self.reader.views:
            self.stage.call_next(self._put, view.link)
        else:
            self.reader.prepare(view.link)

    def take_prepared(self, link: str, problem: str) -> None:
        """Put a view there that is ready, or say why it is not; one that is not wanted is left."""
        if link == self._link and problem:
            self.stage.waiting = "the pane of this page can't be set up"
            self.stage.hide()
            self.change(lambda state: state.refused(f"this page's view: {problem}"))
            self.shown()
        else:
            self.stage.call_next(self._put, link)

    async def _put(self, link: str) -> None:
        if link == self._link and link in self.reader.views:
            view = self.reader.views[link]
            self._home, self._before = view.name, None
            await self._put_pane(view)

    def lead_to(self, view: ReadyView) -> None:
        """Put a pane there that the one on view leads to, and give it the keys."""
        self.sides.lent = True
        self.stage.call_next(self._put_pane, view)

    async def _put_pane(self, view: ReadyView) -> None:
        await self.stage.put(view.name, view.kind, view.state)
        self.shown()

    # tasks and questions

    def looked_at(self, state: LearningState, seed: int) -> LearningState:
        """Look whether the task is done, or a question can be asked now."""
        opened = state.opened
        if opened is None or state.sitting is not None:
            return state
        if opened.task is not None:
            return state if self.stage.pane is None else state.checked(self._facts(opened.task))
        if opened.question is not None and opened.asking is None:
            return self._posed(state, opened, seed)
        return state

    def _facts(self, task: Task) -> dict[str, Any]:
        """Return the facts of the pane that a task is about; none of another one."""
        wanted = parse_link(task.pane).pane if task.pane else self._home
        return dict(self.stage.facts()) if self.stage.name_shown == wanted else {}

    def _posed(self, state: LearningState, opened: Opened, seed: int) -> LearningState:
        """Ask: of the pane's state where the question is about it, once there is one.

        A question that is asked again is about the same state as before.
        """
        of_pane = isinstance(opened.question, Predict) and opened.view is not None
        before = self.stage.state if self._before is None else self._before
        if of_pane and before is None:
            return state
        self._before = before
        return state.posed(before if of_pane else None, seed)

    # the solution

    def watch(self, opened: Opened) -> None:
        """Play the task's solution from the page's view; or end it, and set the pane back."""
        if opened.task is None:
            self.change(lambda state: state.objects("a solution to watch belongs to a task"))
        elif opened.watched:
            self.set_back(opened)
        else:
            self.change(LearningState.shows_solution)
            self.playback.begin()
            play = self._play(opened.task, opened.view)
            self.stage.run_worker(play, group="play", exclusive=True)

    async def _play(self, task: Task, view: View | None) -> None:
        if view is None:
            return
        self._link, self.sides.lent = view.link, True
        await self._put(view.link)
        self.sides.give_keys()
        try:
            await self.playback.play(task.solution)
        except UserError as problem:
            self.playback.stop()
            text = str(problem)
            self.change(lambda state: state.refused(text))
        self.shown()

    def _count_played(self, count: int) -> None:
        self.change(lambda s: s.with_opened(lambda opened: replace(opened, played=count)))

    def set_back(self, opened: Opened) -> None:
        """Set the pane up again as the page has it; a task that was watched is begun by hand."""
        self.playback.stop()
        if opened.watched:
            self.change(LearningState.anew)
        if opened.view is not None:
            self._set_up(opened.view)
