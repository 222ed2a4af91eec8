"""The screen that holds one pane: loading line, pane, notice and footer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from textual.app import ComposeResult
from textual.binding import Binding
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from cnntui.ui.shell.footer import KeyLine
from cnntui.ui.shell.notice import Notice
from cnntui.ui.shell.pane import Pane, PaneEntry
from cnntui.ui.terminal import Terminal


class PaneKeys(KeyLine):
    """The keys of a pane's screen; a pane may say itself which are shown."""

    def bindings_of(self, screen: Screen[object]) -> list[Binding]:
        """Return what the pane says, else the bindings that are active."""
        pane = screen.pane if isinstance(screen, PaneScreen) else None
        own = pane.footer() if pane is not None else None
        return super().bindings_of(screen) if own is None else own


class PaneScreen(Screen[None]):
    """Holds one pane, loaded in a thread, with the notice line and the footer."""

    DEFAULT_CSS = """
    PaneScreen { layout: vertical; }
    PaneScreen > #loading { padding: 1 2; color: $text-muted; height: 1fr; }
    """

    def __init__(
        self,
        entry: PaneEntry,
        load: Callable[[], type[Pane]],
        terminal: Terminal,
        opening: Any,
        device: str,
    ) -> None:
        super().__init__()
        self.entry, self.load, self.terminal = entry, load, terminal
        self.opening, self.device = opening, device

    def compose(self) -> ComposeResult:
        """Compose everything but the pane."""
        yield Static(f"opening {self.entry.title} …", id="loading")
        yield Notice()
        yield PaneKeys()

    def on_mount(self) -> None:
        """Load the pane's module off the event loop."""
        self.run_worker(self._load, thread=True, exclusive=True)

    @dataclass
    class Loaded(Message):
        """The pane's module is there."""

        pane: type[Pane]

    def _load(self) -> None:
        self.post_message(self.Loaded(self.load()))

    async def on_pane_screen_loaded(self, event: Loaded) -> None:
        """Put the pane where the loading line was."""
        pane = event.pane(self.terminal, self.opening, self.device)
        await self.query_one("#loading").remove()
        await self.mount(pane, before=0)
        pane.start_focus()

    @property
    def pane(self) -> Pane | None:
        """The pane, once it is loaded."""
        return next(iter(self.query(Pane)), None)

    def on_pane_noticed(self, event: Pane.Noticed) -> None:
        """Show what the pane says."""
        self.query_one(Notice).say(event.text, event.bad)
