"""The boards of a stepping pane, side by side."""

from __future__ import annotations

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.containers import Horizontal

from cnntui.ui.frames.boards import GridFrame
from cnntui.ui.grid import GridView
from cnntui.ui.terminal import Terminal


class Boards(Horizontal):
    """A view of each grid, from left to right; ``primary`` is the one that takes the keys."""

    DEFAULT_CSS = """
    Boards { padding: 0 0 0 1; }
    Boards GridView { width: 1fr; margin: 0 2 0 0; }
    """

    def __init__(self, grids: tuple[str, ...], primary: str, terminal: Terminal) -> None:
        super().__init__()
        self.views = {grid: GridView(id=grid, classes=grid) for grid in grids}
        self.primary = self.views[primary]
        for view in self.views.values():
            view.unicode, view.colour = terminal.unicode, terminal.colors != "none"
            view.can_focus = view is self.primary

    def compose(self) -> ComposeResult:
        """Compose the views."""
        yield from self.views.values()

    def show(self, frames: Mapping[str, GridFrame]) -> None:
        """Show the boards of a frame."""
        for grid, frame in frames.items():
            self.views[grid].frame = frame

    def lay_out(self, height: int, widths: Mapping[str, int]) -> None:
        """Share the room among the boards."""
        self.styles.height = height
        for grid, width in widths.items():
            self.views[grid].styles.width = width
