"""The one error that speaks to the user, and text made safe for a terminal."""

from __future__ import annotations


def printable(text: str) -> str:
    """Return ``text`` on one line, with each control or unprintable character escaped."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


class UserError(ValueError):
    """What was asked for cannot be done: one line that says what is wrong and what would be right.

    The app shows the line as a notice; the command line prints it on stderr and exits with 2.
    """

    def __init__(self, text: str) -> None:
        super().__init__(printable(text))
