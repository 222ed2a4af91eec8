"""Which side of a lesson has the keys, and which of them make sense; follows no state."""

from __future__ import annotations

from typing import Any

from textual import events

from cnntui.course.format.lesson import Predict, Test
from cnntui.panes.learn.asking import Asking
from cnntui.panes.learn.frame import Keys
from cnntui.panes.learn.playing import Playback
from cnntui.panes.learn.reading import LearnReading
from cnntui.panes.learn.stage import Stage
from cnntui.panes.learn.text import LessonText

IN_LIST = [
    "resume",
    "test_out",
    "review",
    "search",
    "ask_export",
    "ask_import",
    "ask_reset",
    "ask_reset_all",
]
IN_LESSON = ["hint", "watch", "swap", "skip", "back", "set_back", "give_keys"]
LETTERS = ["move", "page", "tick", "choose", "enter", "again"]  # while the words have the keys


class LearnFocus(LearnReading):
    """Gives the keys to the words or to the live pane."""

    keys_shown: Keys = ()
    waiting = ""

    def __init__(self, *setting: Any) -> None:
        super().__init__(*setting)
        self.text = LessonText()
        self.stage = Stage(self.terminal, self.device, self.look)
        self.playback: Playback | None = None
        self._before: Any = None  # the pane's state before a question about it
        self._putting = ""  # the link that is being set up
        self._home = ""  # the pane that it put there
        self._given = False  # the learner gave the keys to the pane

    @property
    def titles(self) -> dict[str, str]:
        """The titles of the panes by their names."""
        return {entry.name: entry.title for entry in getattr(self.app, "panes", ())}

    # to be said by the pane

    def look(self) -> None:
        """See what the live pane has become."""
        raise NotImplementedError

    def stop_playing(self) -> None:
        """End the playing of a solution."""
        raise NotImplementedError

    def show(self) -> None:
        """Show the state."""
        raise NotImplementedError

    @property
    def words_alone(self) -> bool:
        """Whether there is no pane beside the words."""
        raise NotImplementedError

    # who has the keys

    @property
    def asking(self) -> bool:
        """Whether a prompt takes the keys, here or in the pane beside the words."""
        inner = self.stage.pane
        return self.prompt.asking or (
            not self.words_alone and inner is not None and inner.asking and self.playback is None
        )

    @property
    def is_typing(self) -> bool:
        """Whether an answer is being typed."""
        asking = self._asking()
        return asking is not None and asking.types

    def _asking(self) -> Asking | None:
        state = self.state
        if state is None:
            return None
        if state.sitting is not None:
            return state.sitting.asking
        return state.opened.asking if state.opened else None

    @property
    def keys_in_pane(self) -> bool:
        """Whether the live pane has the focus."""
        focused = self.screen.focused if self.is_attached else None
        return focused is not None and self.stage in focused.ancestors

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what makes sense where one is; letters where the words have the keys."""
        state, playing = self.state, self.playback
        if playing is not None and playing.pressing:
            return False
        if action == "pause":
            return playing is not None and not playing.ended
        if state is None or self.prompt.asking or self.screen.is_modal:
            return False
        in_list = state.opened is None and state.sitting is None
        if action in IN_LIST:
            return in_list
        if action in IN_LESSON:
            return not in_list and (action == "skip" or state.sitting is None)
        if action in ("leave", "on"):
            return not in_list
        if action == "tick":
            asking = self._asking()
            return self.text.has_focus and asking is not None and asking.several
        return action not in LETTERS or not self.keys_in_pane

    def start_focus(self) -> None:
        """Take the keys."""
        self.refocus()

    def refocus(self) -> None:
        """Give the keys to the side that is asked: the pane for tasks, the words for questions."""
        if self.prompt.asking or not self.is_attached or self.screen.is_modal:
            return
        pane = self.stage.pane
        if pane is not None and self._pane_first():
            if not self.keys_in_pane:
                pane.start_focus()
        elif not self.text.has_focus:
            self.text.focus()

    def _pane_first(self) -> bool:
        state = self.state
        if self.words_alone or state is None or state.opened is None:
            return False
        if self._given or state.opened.large == "pane":
            return True
        mark = state.opened.mark
        return state.opened.asking is None and not isinstance(mark, Predict | Test)

    def on_descendant_focus(self, _: events.DescendantFocus) -> None:
        """Say whose keys they are."""
        if self.state is not None:
            self.show_focus()

    def show_focus(self) -> None:
        """Say above the pane whether the keys are its own."""

    def refresh_footer(self) -> None:
        """Have the footer list the keys anew."""
        if self.is_attached:
            self.screen.refresh_bindings()
