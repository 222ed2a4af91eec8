"""The two sides of a lesson on the screen: its words, the live pane; who has the room, and keys."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.app import ComposeResult
from textual.containers import Container

from cnntui.panes.learn.focus import pane_first
from cnntui.panes.learn.screen.layout import LessonLayout, words_alone
from cnntui.panes.learn.screen.stage import PaneStage
from cnntui.panes.learn.screen.text import LessonText
from cnntui.panes.learn.state import LearningState
from cnntui.ui.shell.pane import Pane
from cnntui.ui.terminal import Terminal


class Sides(Container):
    """The words, and beside or below them the stage; keys that are ``lent`` stay in its pane.

    ``changed`` is called where the pane's state has changed.
    """

    DEFAULT_CSS = """
    Sides { layout: vertical; height: 1fr; }
    Sides.wide { layout: horizontal; }
    Sides.wide #stage { border-left: solid $foreground 20%; }
    """

    def __init__(self, terminal: Terminal, device: str, changed: Callable[[], None]) -> None:
        super().__init__(id="sides")
        self.text, self.stage = LessonText(), PaneStage(terminal, device, changed)
        self.stage.display = False
        self.lent = False
        self._state: LearningState | None = None  # the one on view

    def compose(self) -> ComposeResult:
        """Compose the words and the stage."""
        yield self.text
        yield self.stage

    def show(self, state: LearningState, layout: LessonLayout) -> None:
        """Show the words in their room, and give the stage the rest."""
        self._state = state
        self._share_room(layout)
        self.text.show(layout.text, layout.keep)
        self.text.typing = state.asking is not None and state.asking.types
        self.tell_focus()

    def _share_room(self, layout: LessonLayout) -> None:
        self.set_class(layout.side_by_side, "wide")
        self.stage.display = not layout.alone
        styles = self.text.styles
        width, height = layout.columns or "1fr", layout.lines or "1fr"
        if (str(styles.width), str(styles.height)) != (str(width), str(height)):
            styles.width, styles.height = width, height

    @property
    def beside(self) -> Pane | None:
        """The pane beside the words; None where they are alone."""
        return None if words_alone(self._state) else self.stage.pane

    # who has the keys

    @property
    def keys_in_pane(self) -> bool:
        """Whether the live pane has the focus."""
        focused = self.screen.focused if self.is_attached else None
        return focused is not None and self.stage in focused.ancestors

    def give_keys(self) -> None:
        """Give the keys to the side that is asked: the pane for tasks, the words for questions."""
        pane, state = self.beside, self._state
        if pane is None or state is None or not pane.is_mounted:
            self.text.focus()
        elif self.lent or pane_first(state):
            if not self.keys_in_pane:
                pane.start_focus()
        else:
            self.text.focus()

    def on_descendant_focus(self, _: events.DescendantFocus) -> None:
        """Say whose keys they are."""
        self.tell_focus()

    def tell_focus(self) -> None:
        """Say above the pane whether the keys are its own."""
        opened = self._state.opened if self._state else None
        asks = opened is not None and opened.asking is not None
        self.stage.tell(self.keys_in_pane, asks)
