"""The place for the live pane beside a lesson's words: opens panes in states, tells their facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.widget import Widget

from cnntui.course.pane_facts import facts_of
from cnntui.ground.lines import Line
from cnntui.ui.shell.pane import Pane
from cnntui.ui.terminal import Terminal
from cnntui.ui.words import Words

Changed = Callable[[], None]


class Slot(Container):
    """Holds one pane; a hidden one is kept as it was left."""

    DEFAULT_CSS = "Slot { height: 1fr; }"


class PaneStage(Container):
    """A line that says whose keys they are, and below it the panes, one on view."""

    DEFAULT_CSS = """
    PaneStage { layout: vertical; height: 1fr; }
    PaneStage > #rule { height: 1; padding: 0 1; }
    """

    def __init__(self, terminal: Terminal, device: str, changed: Changed) -> None:
        super().__init__(id="stage")
        self.terminal, self.device, self.changed = terminal, device, changed
        self.rule = Words(id="rule")
        self._slots: dict[str, Slot] = {}
        self.name_shown = ""
        self.waiting = ""  # what to say while there is no pane

    def compose(self) -> ComposeResult:
        """Compose the line; panes follow."""
        yield self.rule

    @property
    def pane(self) -> Pane | None:
        """The pane on view."""
        slot = self._slots.get(self.name_shown)
        return next(iter(slot.query_children(Pane)), None) if slot else None

    @property
    def state(self) -> Any:
        """Its state; None while it has none."""
        return getattr(self.pane, "state", None)

    def facts(self) -> Mapping[str, Any]:
        """Return what a check may ask of the pane."""
        pane = self.pane
        if pane is None:
            return {}
        return facts_of(self.name_shown, self.state, pane.beside_state)

    @property
    def title(self) -> str:
        """The title of the pane on view, or ""."""
        panes = getattr(self.app, "panes", ())
        return next((each.title for each in panes if each.name == self.name_shown), "")

    def tell(self, live: bool, asks: bool) -> None:
        """Say above the pane whether the keys are its own, and if so how they go back.

        ``asks`` tells that the lesson asks a question meanwhile.
        """
        title = self.title
        line: Line = ((self.waiting, "dim"),)
        if self.pane is not None and title and live:
            back = "f6 gives them back" if asks else "f2 f4 f5 are the lesson's"
            line = ((f"▸ {title}, live ", "strong"), (f"· its keys act now; {back}", "dim"))
        elif self.pane is not None and title:
            line = ((f"  {title}, live ", ""), ("· tab gives it the keys", "dim"))
        self.rule.lines = (line,)

    async def put(self, name: str, kind: type[Pane], state: Any) -> None:
        """Show a pane in a state; the one that was there is kept hidden."""
        self._pause()
        self.name_shown = name
        for other, slot in self._slots.items():
            slot.display = other == name
        pane = self.pane
        if pane is None:
            await self._mount(name, kind, state)
        elif state is not None and not pane.opens_anew:
            pane.open_state(state)
        else:
            await self._slots.pop(name).remove()
            await self._mount(name, kind, state)

    async def _mount(self, name: str, kind: type[Pane], state: Any) -> None:
        pane = kind(self.terminal, state, self.device)
        slot = self._slots[name] = Slot(pane)
        pane.host = slot
        await self.mount(slot)
        if "state" in pane._reactives:
            self.watch(pane, "state", self.changed, init=False)
        self.call_after_refresh(_told_its_room, slot)

    def hide(self) -> None:
        """Show no pane; those there are, are kept."""
        self._pause()
        self.name_shown = ""
        for slot in self._slots.values():
            slot.display = False

    def _pause(self) -> None:
        """Let no player run on, and no prompt wait, in a pane that is left."""
        player, prompt = (getattr(self.pane, name, None) for name in ("player", "prompt"))
        if player is not None:
            player.playing = False
        if prompt is not None and prompt.asking:
            prompt.close()

    def set_state(self, state: Any) -> None:
        """Put the pane on view into a state of its own."""
        if self.pane is not None and state is not None:
            self._pause()
            self.pane.open_state(state)

    async def clear(self) -> None:
        """Drop every pane."""
        self.name_shown = ""
        for slot in self._slots.values():
            await slot.remove()
        self._slots = {}


def _told_its_room(slot: Slot) -> None:
    """Tell every widget its size once more: Textual may send no Resize to what is mounted late."""
    for widget in (slot, *slot.walk_children(Widget)):
        widget.post_message(events.Resize(widget.size, widget.virtual_size))
