"""The text of the Build pane, as it is typed."""

from __future__ import annotations

from textual.binding import Binding
from textual.widgets import TextArea

from cnntui.ui.table import TableView


class Editor(TextArea):
    """The text: every letter is typed, escape gives the keys to the table."""

    DEFAULT_CSS = """
    Editor, Editor:focus { border: none; padding: 0; scrollbar-size-horizontal: 0; }
    """

    BINDINGS = [
        Binding(
            "escape",
            "leave",
            "leave",
            id="editor.leave",
            tooltip="Leave the text; once more goes home",
        )
    ]

    def __init__(self) -> None:
        super().__init__(show_line_numbers=True, soft_wrap=False, highlight_cursor_line=True)
        self.cursor_blink = False

    def action_leave(self) -> None:
        """Leave the text."""
        self.screen.focus_next(TableView)

    def take(self, text: str) -> None:
        """Show another text, the cursor about where it was; undo takes it back."""
        if self.text != text:
            row, column = self.cursor_location
            self.replace(text, (0, 0), self.document.end, maintain_selection_offset=False)
            row = min(row, self.document.line_count - 1)
            self.move_cursor((row, min(column, len(self.document[row]))))
