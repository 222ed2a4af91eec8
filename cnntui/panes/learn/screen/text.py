"""The words of a lesson: they scroll, and take what is typed."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.geometry import Region
from textual.message import Message

from cnntui.ground.lines import Line
from cnntui.ui.words import Words

ERASING = ("backspace", "ctrl+h", "ctrl+u")


class LessonText(VerticalScroll, can_focus=True, inherit_bindings=False):
    """Lines of words, scrolled so that those that matter are on view."""

    DEFAULT_CSS = """
    LessonText { height: 1fr; padding: 0 1; scrollbar-size-vertical: 1; }
    LessonText Words { height: auto; }
    """

    typing = False  # every character is part of an answer

    @dataclass
    class Typed(Message):
        """A character was typed, or a key that erases."""

        key: str
        character: str

    def __init__(self) -> None:
        super().__init__(id="lesson-text")
        self.words = Words()
        self._keep = (0, 0)

    def compose(self) -> ComposeResult:
        """Compose the words."""
        yield self.words

    def show(self, lines: tuple[Line, ...], keep: tuple[int, int]) -> None:
        """Show lines, scrolled so that from ``keep[0]`` to ``keep[1]`` all are on view."""
        self.words.lines = lines
        if keep != self._keep:
            self._keep = keep
            self.call_after_refresh(self._scroll)

    def on_resize(self) -> None:
        """Keep on view what matters."""
        self.call_after_refresh(self._scroll)

    def _scroll(self) -> None:
        first, last = self._keep
        if (first, last) == (0, 0):
            self.scroll_home(animate=False)
            return
        height = max(1, min(last - first + 1, self.size.height))
        region = Region(0, last - height + 1, 1, height)
        self.scroll_to_region(region, animate=False, force=True)

    def on_key(self, event: events.Key) -> None:
        """Take what is typed before any binding does."""
        if not self.typing:
            return
        if event.key in ERASING or (event.character and event.is_printable):
            event.stop()
            event.prevent_default()
            self.post_message(self.Typed(event.key, event.character or ""))
