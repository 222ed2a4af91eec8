"""The screen over the Layers pane that shows a receptive field: keys and composition."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.reactive import reactive
from textual.screen import ModalScreen

from cnntui.ground.lines import line
from cnntui.panes.layers.field.frame import picture_of, words_of
from cnntui.panes.layers.field.state import FieldState
from cnntui.ui.picture import PictureView
from cnntui.ui.terminal import Terminal
from cnntui.ui.words import Words

KEYS = "←↓↑→ unit   j/k layer   escape back"


class FieldScreen(ModalScreen[None]):
    """Shows what a unit sees; the arrows move the unit, j and k the layer."""

    DEFAULT_CSS = """
    FieldScreen { align: center middle; }
    FieldScreen > Vertical { width: 100%; height: 100%; padding: 0 1; background: $background; }
    FieldScreen PictureView { margin: 1 0; }
    """

    BINDINGS = [
        Binding("escape,q,f", "dismiss(None)", "back", id="field.back", tooltip="Back to the table"),
        Binding("left,h", "move(0,-1)", "left", show=False, id="field.left", tooltip="Unit to the left"),
        Binding("right,l", "move(0,1)", "right", show=False, id="field.right", tooltip="Unit to the right"),
        Binding("up", "move(-1,0)", "up", show=False, id="field.up", tooltip="Unit above"),
        Binding("down", "move(1,0)", "down", show=False, id="field.down", tooltip="Unit below"),
        Binding("j,n", "layer(1)", "next layer", show=False, id="field.next", tooltip="Next layer"),
        Binding("k,p", "layer(-1)", "layer before", show=False, id="field.before", tooltip="Layer before"),
    ]  # fmt: skip

    state: reactive[FieldState | None] = reactive(None, init=False, repaint=False)

    def __init__(self, state: FieldState, terminal: Terminal) -> None:
        super().__init__()
        self.first, self.terminal = state, terminal

    def compose(self) -> ComposeResult:
        """Compose the words around the picture."""
        with Vertical():
            yield Words(id="field-words")
            view = PictureView(id="field-picture")
            drawn = self.terminal.unicode and self.terminal.colors != "none"
            view.glyphs = "half" if drawn else "ascii"
            yield view
            yield Words(id="field-keys")

    def on_mount(self) -> None:
        """Show the first unit."""
        self.state = self.first

    def on_resize(self) -> None:
        """Draw as large as there is room."""
        self._show()

    def watch_state(self) -> None:
        """Show the state."""
        self._show()

    def _show(self) -> None:
        state = self.state
        if state is None or not self.size.width:
            return
        self.query_one("#field-words", Words).lines = words_of(state)
        self.query_one("#field-keys", Words).lines = (line(KEYS, "dim"),)
        pixels = 2 * max(4, self.size.height - 7), max(8, self.size.width - 2)
        self.query_one("#field-picture", PictureView).frame = picture_of(state, *pixels)

    def action_move(self, rows: int, columns: int) -> None:
        """Choose a unit beside."""
        if self.state is not None:
            self.state = self.state.moved(rows, columns)

    def action_layer(self, by: int) -> None:
        """Choose another layer."""
        if self.state is not None:
            self.state = self.state.layer(by)
