"""The line that says what went wrong, or what was done; empty most of the time."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static


class Notice(Static):
    """One to three lines at the bottom; takes no room while it has nothing to say."""

    DEFAULT_CSS = """
    Notice {
        height: auto; max-height: 3; padding: 0 1; display: none;
        color: $text-muted;
        &.bad { color: $error; text-style: bold; }
    }
    """

    def say(self, text: str, bad: bool = True) -> None:
        """Show a text; an empty one hides the line."""
        self.set_class(bad, "bad")
        self.display = bool(text)
        if text:
            self.update(Content(f"{'! ' if bad else ''}{text}"))
