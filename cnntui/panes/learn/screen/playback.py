"""Plays a task's solution key by key on the live pane, slowly enough to follow, and pauses it."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Callable

from textual import events
from textual.app import App
from textual.keys import _character_to_key, _get_unicode_name_from_key
from textual.widget import Widget

from cnntui.course.format.solutions import check_keys, harmless
from cnntui.errors import UserError

PACE = 0.7  # seconds between keys
TYPED_PACE = 0.12  # between characters that are typed into a line
LOOK = 0.05  # seconds between looks at whether the pane is still at work
LONGEST = 5.0  # seconds to wait for it


class Playback:
    """Presses keys on whatever has the focus; ``pressed`` is told how many were pressed.

    From ``begin`` to ``stop`` it is ``begun``, once all keys are pressed ``ended``.
    """

    def __init__(self, stage: Widget, pressed: Callable[[int], None]) -> None:
        self.stage, self.pressed = stage, pressed
        self.begun = self.paused = self.ended = False
        self.pressing = False  # a key of the solution is on its way
        self.pace = PACE

    @property
    def app(self) -> App[object]:
        """The app in which keys are pressed."""
        return self.stage.app

    @property
    def playing(self) -> bool:
        """Whether keys are still to come."""
        return self.begun and not self.ended

    def begin(self) -> None:
        """Have the keys for itself, to be played at once; what played before is over."""
        self.begun, self.paused, self.ended, self.pace = True, False, False, PACE

    def stop(self) -> None:
        """End it: no more keys are pressed."""
        self.begun, self.ended = False, True

    def pause(self) -> None:
        """Pause it, or play on."""
        self.paused = not self.paused

    async def play(self, keys: tuple[str, ...]) -> None:
        """Press keys one after the other. Raises UserError for one that could do harm."""
        check_keys(keys)
        for at, key in enumerate(keys):
            typed = len(key) == 1 and isinstance(self.app.focused, _typing_widgets())
            await self._wait(min(self.pace, TYPED_PACE) if typed else self.pace)
            if self.ended:
                return
            await self._press(key)
            self.pressed(at + 1)
        await self._settled()
        self.ended = True
        self.pressed(len(keys))

    async def _wait(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        while self.paused and not self.ended:
            await asyncio.sleep(LOOK)
        await self._settled()

    async def _settled(self) -> None:
        """Wait until no worker of the pane runs, a few seconds at most."""
        for _ in range(int(LONGEST / LOOK)):
            if not any(self._is_at_work(worker) for worker in self.app.workers):
                return
            await asyncio.sleep(LOOK)

    def _is_at_work(self, worker: object) -> bool:
        node = getattr(worker, "node", None)
        ours = node is not None and self.stage in node.ancestors
        return ours and not getattr(worker, "is_finished", True)

    async def _press(self, key: str) -> None:
        """Press a key as a person would, but past the lesson's own keys.

        Raises UserError for one that could do harm: a stranger wrote the solution.
        """
        name = _character_to_key(key) if len(key) == 1 else key
        self.pressing = True
        self._refuse_harm(name)
        try:
            taken = await self.app._check_bindings(name, priority=True)
        finally:
            self.pressing = False
        if not taken:
            target = self.app.focused or self.app.screen
            target._forward_event(events.Key(name, _character(key)))

    def _refuse_harm(self, name: str) -> None:
        focused = self.app.focused
        typed = focused is not None and focused.check_consume_key(name, name)
        active = self.app.screen.active_bindings.get(name)
        if active is not None and not typed and not harmless(active.binding.action):
            self.pressing = False
            raise UserError(f"the solution presses {name}, which is not pressed for a lesson")


def _typing_widgets() -> tuple[type, ...]:
    from textual.widgets import Input, TextArea

    return Input, TextArea


def _character(key: str) -> str | None:
    """Return what a key writes; None for one that writes nothing."""
    if len(key) == 1:
        return key
    try:
        return unicodedata.lookup(_get_unicode_name_from_key(key))
    except KeyError:
        return None
