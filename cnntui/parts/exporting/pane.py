"""What panes share that write a table to a file; knows no table. Not a pane itself."""

from __future__ import annotations

from textual.binding import Binding

from cnntui.errors import UserError
from cnntui.sources.networks import exists, write_text
from cnntui.ui.prompt import Prompt
from cnntui.ui.shell.pane import Pane

ENDINGS = {".csv": "csv", ".json": "json", ".md": "markdown", ".markdown": "markdown"}


def form_of(path: str) -> str:
    """Return csv, json or markdown, by the file's ending. Raises UserError for another one."""
    name = path.replace("\\", "/").rpartition("/")[2]
    ending = f".{name.rpartition('.')[2].lower()}" if "." in name else ""
    if ending not in ENDINGS:
        raise UserError(
            f"{ending or 'no ending'} is no table's; end the name in .csv, .json or .md"
        )
    return ENDINGS[ending]


class ExportingPane(Pane):
    """A pane whose table can be written: ``x`` asks for a file, whose ending says the format."""

    BINDINGS = [
        Binding("x", "ask_export", "export", show=False, id="pane.export", tooltip="Write the table to a file: .csv, .json or .md, by its ending"),
    ]  # fmt: skip

    prompt: Prompt
    _over = ""  # the file that enter, once more, writes over

    def exported(self, form: str) -> str:
        """Return the table on view as csv, json or markdown. Raises UserError."""
        raise NotImplementedError

    def action_ask_export(self) -> None:
        """Ask for a file."""
        self._over = ""
        self.prompt.ask("export", "write the table to (.csv, .json, .md):")

    def answer_export(self, text: str) -> None:
        """Write the table, over another file only when told twice. Raises UserError."""
        form = form_of(text)
        if exists(text) and self._over != text:
            self._over = text
            raise UserError(f"{text} is there already; enter once more writes over it")
        self.said(f"written: {write_text(text, self.exported(form))}", bad=False)
