"""Plays a stepper: a timer with a speed."""

from __future__ import annotations

from textual.message import Message
from textual.reactive import reactive
from textual.timer import Timer
from textual.widget import Widget

SPEEDS = (1, 2, 4, 8, 15, 30)  # steps a second


class Player(Widget):
    """Tells ``Ticked`` a few times a second while it plays; invisible itself."""

    DEFAULT_CSS = "Player { display: none; }"

    playing: reactive[bool] = reactive(False, repaint=False, init=False)
    notch: reactive[int] = reactive(SPEEDS.index(8), repaint=False, init=False)

    class Ticked(Message):
        """It is time for the next step."""

    class Changed(Message):
        """It plays or pauses now, or at another speed."""

    _timer: Timer | None = None

    def toggle(self) -> None:
        """Play, or pause."""
        self.playing = not self.playing

    def faster(self, by: int = 1) -> None:
        """Change the speed by some notches."""
        self.notch = max(0, min(len(SPEEDS) - 1, self.notch + by))

    @property
    def status(self) -> str:
        """Whether it plays, and how many steps a second."""
        return f"{'playing' if self.playing else 'paused'} {SPEEDS[self.notch]}/s"

    def watch_playing(self) -> None:
        """Start or stop the timer."""
        self._restart()

    def watch_notch(self) -> None:
        """Go on at the new speed."""
        self._restart()

    def _restart(self) -> None:
        if self._timer:
            self._timer.stop()
            self._timer = None
        if self.playing:
            self._timer = self.set_interval(1 / SPEEDS[self.notch], self._tick)
        self.post_message(self.Changed())

    def _tick(self) -> None:
        self.post_message(self.Ticked())
