"""The keys of a lesson and of a test; what follows from them is elsewhere."""

from __future__ import annotations

from dataclasses import replace

from cnntui.course.format.lesson import Test
from cnntui.course.format.solutions import check_keys
from cnntui.errors import UserError
from cnntui.panes.learn.asking import Asking
from cnntui.panes.learn.listing import LearnList
from cnntui.panes.learn.playing import Playback
from cnntui.panes.learn.sitting import review
from cnntui.panes.learn.state import LearningState


class LearnKeys(LearnList):
    """What each key does."""

    # going through a lesson

    def action_enter(self) -> None:
        """Open what is under the bar; answer; go on."""
        state = self.state
        if state is None:
            return
        asking = self._asking()
        if state.opened is None and state.sitting is None:
            if state.about is not None:
                self.state = state.wants(state.about.id)
        elif asking is not None and asking.open:
            self.answering(Asking.answered)
        elif state.sitting is None and asking is not None and not asking.verdict.right:  # type: ignore[union-attr]
            self.pose(again=True)
        elif state.sitting is None and state.opened and state.opened.ended and state.missed:
            self._ask_missed(state)
        else:
            self.action_on()

    def _ask_missed(self, state: LearningState) -> None:
        assert state.opened is not None
        parts = [(state.id, part) for part in state.missed]
        self.state = state.sits(review([state.opened.lesson], parts, self.seed + state.drawn))
        self.refocus()

    def action_on(self) -> None:
        """Go on: in a test, to the lesson's next mark or page, to the next lesson."""
        state = self.state
        if state is None:
            return
        if state.sitting is not None:
            self._on_in_test(state)
        elif state.opened is not None and state.opened.ended:
            after = state.course.after(state.id)
            self.state = state.wants(after.id) if after else state.closed()
        elif state.opened is not None and self._is_test(state):
            mark = state.opened.mark
            assert isinstance(mark, Test)
            self.draw_mixed(mark.questions)
        else:
            self.state = state.went_on()

    def _on_in_test(self, state: LearningState) -> None:
        sitting = state.sitting
        assert sitting is not None
        if sitting.ended:
            self.state = state.left_test()
            self.refocus()
        elif sitting.verdict is None:
            self.state = replace(state, problem="answer it first, or leave it out with f7")
        else:
            self.state = state.next_item()

    def _is_test(self, state: LearningState) -> bool:
        mark = state.opened.mark if state.opened else None
        return isinstance(mark, Test) and not state.may_go_on

    def action_back(self) -> None:
        """Turn to the page before."""
        if self.state is not None and self.state.opened is not None:
            self.state = self.state.to_page(self.state.opened.page - 1)

    def action_skip(self) -> None:
        """Skip what is worked on; in a test, leave the question out."""
        state = self.state
        if state is None:
            return
        if state.sitting is not None:
            self.state = state.next_item()
        else:
            self.state = state.skips()

    def action_again(self) -> None:
        """Take another test; ask a question again with other numbers."""
        state = self.state
        if state is None:
            return
        sitting, asking = state.sitting, self._asking()
        if sitting is not None and sitting.ended and sitting.kind == "mixed":
            self.draw_mixed(len(sitting.items))
        elif sitting is None and asking is not None and not asking.open:
            self.pose(again=True)

    def action_hint(self) -> None:
        """Show one more hint."""
        if self.state is not None and self.state.opened is not None:
            if self.state.opened.task is None:
                self.state = replace(self.state, problem="hints belong to tasks")
            else:
                self.state = self.state.with_opened(lambda opened: opened.hinted())

    def action_set_back(self) -> None:
        """Set the pane up again as the page has it; a task that was watched is begun by hand."""
        opened = self.state.opened if self.state else None
        if self.state is None or opened is None or opened.view is None:
            return
        self.stop_playing()
        if opened.watched:
            self.state = self.state.anew()
        self.set_up(opened.view.link)

    # the solution, played

    def action_watch(self) -> None:
        """Play the solution from the page's view; or end it; or set the pane back."""
        state = self.state
        opened = state.opened if state else None
        if state is None or opened is None:
            return
        if opened.task is None:
            self.state = replace(state, problem="a solution to watch belongs to a task")
        elif opened.watched:
            self.action_set_back()
        else:
            self.state = state.shows_solution()
            self.playback = Playback(self.app, self.stage, self._played)
            self.run_worker(self._play(opened.task.solution), group="play", exclusive=True)

    async def _play(self, keys: tuple[str, ...]) -> None:
        view = self.state.opened.view if self.state and self.state.opened else None
        playback = self.playback
        if view is None or playback is None:
            return
        if view.link in self.views:
            self._putting, self._before = view.link, None
            await self._put(view.link)
        self._given = True
        self.refocus()
        try:
            check_keys(keys)
            await playback.play(keys)
        except UserError as problem:
            self.stop_playing()
            if self.state is not None:
                self.state = self.state.refused(problem)
        self.look()

    def _played(self, count: int) -> None:
        if self.state is not None:
            self.state = self.state.with_opened(lambda opened: replace(opened, played=count))

    def stop_playing(self) -> None:
        """End the playing of a solution."""
        if self.playback is not None:
            self.playback.ended = True
            self.playback = None

    def action_pause(self) -> None:
        """Pause the solution, or play on."""
        if self.playback is not None:
            self.playback.paused = not self.playback.paused

    # who has the room

    def action_swap(self) -> None:
        """Give the room to the pane, to the words, to both."""
        opened = self.state.opened if self.state else None
        if self.state is None or opened is None:
            return
        lent = self._given and opened.large == "both" and opened.asking is not None
        self._given = False
        if not lent:  # else the keys alone come back to the question
            self.state = self.state.with_opened(lambda opened: opened.swapped())
        self.call_after_refresh(self.refocus)

    def action_give_keys(self) -> None:
        """Give the keys to the pane."""
        self._given = True
        self.refocus()

    def action_page(self, by: int) -> None:
        """Scroll the words."""
        (self.text.scroll_page_down if by > 0 else self.text.scroll_page_up)(animate=False)

    # options

    def action_move(self, by: int) -> None:
        """Move the bar over the lessons or the options; else scroll."""
        asking = self._asking()
        if self.state is None:
            return
        if self.state.opened is None and self.state.sitting is None:
            self.state = self.state.moved(by)
        elif asking is not None and asking.open and asking.question.chosen:
            self.answering(lambda asked: asked.moved(by))
        else:
            self.text.scroll_relative(y=by, animate=False)

    def action_choose(self, number: int) -> None:
        """Choose an option."""
        self.answering(lambda asking: asking.chose(number - 1))

    def action_tick(self) -> None:
        """Tick the option under the bar."""
        self.answering(Asking.with_tick)

    def action_leave(self) -> None:
        """Leave the test, then the lesson."""
        if self.state is not None:
            test = self.state.sitting is not None
            self.state = self.state.left_test() if test else self.state.closed()
            self.call_after_refresh(self.refocus)
