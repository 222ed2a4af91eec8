"""The command line's grammar: every command by name, and the options of the one that is wanted."""

from __future__ import annotations

import argparse
import importlib
import re
from collections.abc import Iterator
from types import ModuleType
from typing import NoReturn

from cnntui import __version__
from cnntui.errors import UserError
from cnntui.registry import Entry, entries

NEGATIVE = re.compile(r"-[\d.]")


class Parser(argparse.ArgumentParser):
    """A parser whose complaint is one line."""

    def error(self, message: str) -> NoReturn:
        """Raise the complaint for ``main`` to print."""
        hint = f"'{self.prog} --help' tells the options"
        raise UserError(f"{message}; {hint}")


def parse(argv: list[str]) -> argparse.Namespace:
    """Return the options; ``entry`` is the command's, None without one. Raises UserError."""
    return parser(next(iter(argv), "")).parse_args(_joined(argv))


def _joined(argv: list[str]) -> list[str]:
    """Join ``--kernel -1,0,1`` to ``--kernel=-1,0,1``: argparse takes it for an option else."""
    joined: list[str] = []
    for word in argv:
        before = joined[-1] if joined else ""
        if NEGATIVE.match(word) and before.startswith("--") and "=" not in before:
            joined[-1] = f"{before}={word}"
        else:
            joined.append(word)
    return joined


def parser(wanted: str = "") -> argparse.ArgumentParser:
    """Return the parser of every command; where one is ``wanted``, of the others' names alone."""
    top = Parser(
        prog="cnntui",
        description="A laboratory for convolutional neural networks in a terminal. "
        "Without a command it opens its first screen.",
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"cnntui {__version__}")
    top.set_defaults(entry=None)
    commands = top.add_subparsers(metavar="command", parser_class=Parser)
    for names, entry in _commands():
        command = commands.add_parser(
            names[0],
            aliases=names[1:],
            help=entry.about["summary"],
            description=f"{entry.about['summary']}.",
            allow_abbrev=False,
        )
        command.set_defaults(entry=entry)
        module = command_of(entry) if wanted in ("", *names) else None
        if module is not None:
            module.prepare(command)
    return top


def _commands() -> Iterator[tuple[list[str], Entry]]:
    """Yield the names of each command, and whose it is: the panes' first."""
    for entry in entries("panes"):
        yield list(entry.about["commands"]), entry
    for entry in entries("cli.commands"):
        yield [entry.name], entry


def command_of(entry: Entry) -> ModuleType | None:
    """Import what prepares and runs a command; None for a pane that has nothing to print."""
    return entry.part("command") if entry.is_folder else importlib.import_module(entry.module)


def first_screen(why: str) -> str:
    """Return the first screen's words for where nothing can be painted."""
    rows = [f"  cnntui {e.about['commands'][0]:<10} {e.about['summary']}" for e in entries("panes")]
    return "\n".join(
        [
            f"cnntui {__version__}: a laboratory for convolutional neural networks in a terminal.",
            f"The app is not opened: {why}.",
            *rows,
            "  cnntui samples    list the inputs and kernels there are by name",
            "  cnntui nets       list the networks there are by name",
            "  cnntui doctor     tell what cnntui finds on this machine",
            "Example: cnntui conv --input digit:7 --kernel sobel-x --step 12 --print",
        ]
    )
