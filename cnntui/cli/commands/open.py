"""``cnntui open LINK``: the pane that a link names, in the state it writes."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnntui.parts.printing.output import Output

ABOUT = {
    "summary": "open a pane in the state that a link writes",
    "order": 5,
}


def prepare(command: argparse.ArgumentParser) -> None:
    """Give the command its options."""
    command.add_argument(
        "link", metavar="LINK", help="what y copies: 'conv?input=digit:7&stride=2'"
    )


def run(options: argparse.Namespace, output: Output) -> int:
    """Open the pane. Raises UserError."""
    pane, state = opened(options.link, output.settings.device)
    return output.open(state, pane)


def opened(link: str, device: str = "auto") -> tuple[str, Any]:
    """Return the pane's name and the state to open it in, None for its own. Raises UserError.

    The link is the user's own request: it may name files and their own networks. ``device`` is
    the one of the settings.
    """
    from cnntui.parts.links.link import parse_link, state_of

    parsed = parse_link(link)
    return parsed.pane, state_of(parsed, device=device)
