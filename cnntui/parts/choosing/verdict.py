"""Torch's word on what a pane shows, and the status line that ends in it."""

from __future__ import annotations

from textual import events
from textual.reactive import reactive

from cnntui.engine.reference import Reference
from cnntui.ground.lines import Line, cropped, line, width_of
from cnntui.ground.widths import cells
from cnntui.numbers import tiny
from cnntui.ui.words import Words

WAITING = line("torch …", "dim")  # torch's word while it computes


def verdict_line(result: Reference, unicode: bool) -> Line:
    """Say whether torch agrees, on which device, and by how much it differs at most."""
    tick, cross = ("✓", "✗") if unicode else ("ok", "NOT")
    sign = f"{tick} torch" if result.agrees else f"{cross} torch differs"
    role = "good" if result.agrees else "bad"
    return ((f"{sign} {result.device}, largest difference {tiny(result.max_abs_diff)}", role),)


class Status(Words):
    """A line: on the left what the pane is at, on the right torch's word on it."""

    text: reactive[str] = reactive("", init=False, repaint=False)
    verdict: reactive[Line] = reactive(WAITING, init=False, repaint=False)

    def watch_text(self) -> None:
        """Write the line anew."""
        self._write()

    def watch_verdict(self) -> None:
        """Write the line anew."""
        self._write()

    def on_resize(self, event: events.Resize) -> None:
        """Write the line for the new width; Textual calls Board's own as well."""
        self._write()

    def _write(self) -> None:
        gap = " " * max(2, self.size.width - cells(self.text) - width_of(self.verdict))
        self.lines = (cropped(((self.text, "dim"), (gap, ""), *self.verdict), self.size.width),)
