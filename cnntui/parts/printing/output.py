"""Where a command's words go: this terminal, a pipe, or the app that it opens."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnntui.settings import Settings
    from cnntui.ui.terminal import Terminal

PRINTED = 100  # columns of a page that goes to a file or a pipe


@dataclass(frozen=True)
class Output:
    """What a command is run with. ``opens(pane, state)`` opens the app and returns the exit code.

    ``app(pane, state, terminal, settings)`` makes an app that is not run.
    """

    pane: str  # the command's own; empty for a command without one
    opens: Callable[[str, Any], int]
    app: Callable[..., Any]

    @cached_property
    def settings(self) -> Settings:
        """The user's settings. Raises UserError."""
        from cnntui.settings import load_settings

        return load_settings()

    @cached_property
    def terminal(self) -> Terminal:
        """What this terminal can show."""
        from cnntui.ui.terminal import here

        return here()

    @property
    def width(self) -> int | None:
        """How wide a table may be; None where it goes to a file or a pipe."""
        return self.terminal.columns if sys.stdout.isatty() else None

    @property
    def unicode(self) -> bool:
        """Whether our signs can be written: a pipe takes what the encoding has."""
        known = (sys.stdout.encoding or "").lower().replace("_", "-").startswith("utf")
        return known and (not sys.stdout.isatty() or bool(self.terminal.unicode))

    def prints(self, options: argparse.Namespace) -> bool:
        """Whether words are wanted, or all there can be, instead of the app."""
        forms = (getattr(options, form, False) for form in ("json", "print", "csv", "markdown"))
        return any(forms) or not self.terminal.paints

    def device(self, options: argparse.Namespace) -> str:
        """Return the device that is asked for, else the settings' own. Raises UserError."""
        from cnntui.engine.device import check_name

        device: str = options.device or self.settings.device
        check_name(device)
        return device

    def open(self, state: Any = None, pane: str = "") -> int:
        """Open the app on the command's pane, or another, and return the exit code."""
        return self.opens(pane or self.pane, state)

    def say(self, text: str) -> int:
        """Print, in ASCII where there is no more; the exit code is 0."""
        if not self.unicode:
            from cnntui.ui.drawing.ascii import in_ascii

            text = in_ascii(text)
        print(text)
        return 0

    def json(self, value: Any) -> int:
        """Print plain data as one line of JSON; the exit code is 0."""
        from cnntui.numbers import as_json

        print(as_json(value))
        return 0


def add_forms(
    command: argparse.ArgumentParser, page: str = "print as text", tables: bool = False
) -> argparse._MutuallyExclusiveGroup:
    """Give a command ``--print`` and ``--json``, and ``--csv`` and ``--markdown`` for a table."""
    shown = command.add_mutually_exclusive_group()
    if page:
        shown.add_argument("--print", action="store_true", help=page)
    shown.add_argument("--json", action="store_true", help="print one JSON object")
    if tables:
        shown.add_argument("--csv", action="store_true", help="print the table as CSV")
        shown.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    return shown


def add_device(command: argparse.ArgumentParser) -> None:
    """Give a command ``--device``."""
    command.add_argument("--device", metavar="DEV", help="auto, cpu, cuda, cuda:N or mps")
