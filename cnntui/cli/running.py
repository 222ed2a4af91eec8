"""Runs a command line: finds the command, runs it, and turns what goes wrong into one line."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from cnntui.errors import UserError

if TYPE_CHECKING:
    from cnntui.settings import Settings
    from cnntui.ui.terminal import Terminal


def run(argv: list[str]) -> int:
    """Run a command and return the exit code; 2 for what the user got wrong."""
    try:
        code = _run(argv)
        sys.stdout.flush()  # here, because Python's own flush at the end complains in its words
    except UserError as problem:
        print(f"cnntui: {problem}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader (head, less) has gone: nothing more to say
        _drop_output()
        return 1
    except OSError as problem:  # a full disk
        _drop_output()
        print(f"cnntui: {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return code


def _run(argv: list[str]) -> int:
    if not argv:
        return open_app("home")
    from cnntui.cli.parser import command_of, parse

    try:
        options = parse(argv)
    except SystemExit as end:  # --help has printed
        return int(end.code or 0)
    if options.entry is None:
        return open_app("home")
    command = command_of(options.entry)
    if command is None:
        return open_app(options.entry.name)
    from cnntui.parts.printing.output import Output

    code: int = command.run(options, Output(options.entry.name, open_app, _app))
    return code


def _drop_output() -> None:
    """Send what is still buffered nowhere: its flush at the end would fail once more."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def open_app(pane: str, state: Any = None) -> int:
    """Open the app on a pane; where nothing can be painted, print the first screen's words."""
    from cnntui.settings import load_settings
    from cnntui.ui.terminal import here

    settings, terminal = load_settings(), here()
    if not terminal.paints:
        from cnntui.cli.parser import first_screen

        print(first_screen(terminal.why))
        return 0
    from cnntui.app import run as run_app

    return run_app(terminal, settings, pane, state)


def _app(pane: str, state: Any, terminal: Terminal, settings: Settings) -> Any:
    """Make an app that is not run."""
    from cnntui.app import laboratory
    from cnntui.ui.shell.laboratory import Laboratory

    return laboratory(Laboratory, terminal, settings, pane, state)
