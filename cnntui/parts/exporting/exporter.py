"""What ``x`` does in a pane with a table: asks for a file, whose ending says the form."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from textual.binding import Binding

from cnntui.errors import UserError
from cnntui.sources.networks import exists, write_text
from cnntui.ui.shell.pane import Pane

ENDINGS = {".csv": "csv", ".json": "json", ".md": "markdown", ".markdown": "markdown"}
KEY = Binding("x", "ask_export", "export", show=False, id="pane.export", tooltip="Write the table to a file: .csv, .json or .md, by its ending")  # fmt: skip

Table = Callable[[str], str]  # the table as csv, json or markdown; raises UserError for none


def form_of(path: str) -> str:
    """Return csv, json or markdown, by the file's ending. Raises UserError for another one."""
    name = path.replace("\\", "/").rpartition("/")[2]
    ending = f".{name.rpartition('.')[2].lower()}" if "." in name else ""
    if ending not in ENDINGS:
        raise UserError(
            f"{ending or 'no ending'} is no table's; end the name in .csv, .json or .md"
        )
    return ENDINGS[ending]


class Overwriting:
    """Of one question for a file: what is there already is written over when told twice."""

    def __init__(self) -> None:
        self._path = ""

    def check(self, path: str) -> None:
        """Refuse what is there, the first time. Raises UserError."""
        if exists(path) and self._path != path:
            self._path = path
            raise UserError(f"{path} is there already; enter once more writes over it")


class Exporter:
    """Writes the tables of a pane, which binds ``KEY`` and answers it with ``ask``."""

    def __init__(self, pane: Pane) -> None:
        self.pane = pane

    def ask(self, table: Table) -> None:
        """Ask for a file and write the table to it."""
        answer = partial(self._write, table, Overwriting())
        self.pane.prompt.ask("write the table to (.csv, .json, .md):", answer)

    def _write(self, table: Table, over: Overwriting, path: str) -> None:
        form = form_of(path)
        over.check(path)
        self.pane.said(f"written: {write_text(path, table(form))}", bad=False)
