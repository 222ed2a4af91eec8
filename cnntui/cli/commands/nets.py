"""``cnntui nets``: every known network."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnntui.parts.printing.output import Output

ABOUT = {
    "summary": "list the networks there are by name",
    "order": 3,
}


def prepare(command: argparse.ArgumentParser) -> None:
    """Give the command its options."""
    from cnntui.parts.printing.output import add_forms

    add_forms(command, page="", tables=True)


def run(options: argparse.Namespace, output: Output) -> int:
    """List them."""
    from cnntui.parts.networks.list_report import as_text, listed, page

    nets = listed()
    if options.json:
        return output.json(nets)
    if options.csv or options.markdown:
        return output.say(as_text(nets, "csv" if options.csv else "markdown"))
    return output.say(page(nets, output.width))
