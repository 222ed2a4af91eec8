"""One line that tells what to press next, made from the bindings; knows no screen."""

from __future__ import annotations

from rich.segment import Segment
from textual import events
from textual.binding import Binding
from textual.screen import Screen
from textual.strip import Strip

from cnntui.ui.drawing.board import Board


class KeyLine(Board):
    """The keys of the screen's bindings that are to be shown, in their order; a click presses one.

    One widget instead of one a key: it opens in a third of the time and repaints what changed.
    """

    COMPONENT_CLASSES = {"keys--key", "keys--what"}

    DEFAULT_CSS = """
    KeyLine {
        dock: bottom; width: 1fr; height: 1; padding: 0 1;
        & .keys--key { color: $accent; text-style: bold; }
    }
    """

    def on_mount(self) -> None:
        """Follow the bindings."""
        self.screen.bindings_updated_signal.subscribe(self, self._list)
        self._list(self.screen)

    def notify_style_update(self) -> None:
        """Draw anew in the theme's colours, once Textual has set those of the components."""
        super().notify_style_update()
        if self.is_mounted:
            self.call_next(self._list, self.screen)

    def _list(self, screen: Screen[object]) -> None:
        key_style = self.get_component_styles("keys--key").rich_style
        what_style = self.get_component_styles("keys--what").rich_style
        segments: list[Segment] = []
        self._places: list[tuple[int, str]] = []
        end = 0
        for binding in self._shown(screen):
            key, what = self.app.get_key_display(binding), f" {binding.description}  "
            segments += [Segment(key, key_style), Segment(what, what_style)]
            end += len(key) + len(what)
            self._places.append((end, binding.key))
        self.show([Strip(segments)])

    def _shown(self, screen: Screen[object]) -> list[Binding]:
        found: dict[str, Binding] = {}
        for active in screen.active_bindings.values():
            if active.binding.show and active.enabled:
                found.setdefault(active.binding.action, active.binding)
        return list(found.values())

    def on_click(self, event: events.Click) -> None:
        """Press the key under the mouse."""
        offset = event.get_content_offset(self)
        for end, key in self._places:
            if offset is not None and offset.x < end:
                self.app.simulate_key(key)
                return
