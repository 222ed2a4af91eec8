"""What ``cnntui open`` makes of a link: the pane and the state it opens in; knows no screen."""

from __future__ import annotations

from typing import Any

from cnntui.states.links import parse_link, state_of


def opened(link: str, device: str = "auto") -> tuple[str, Any]:
    """Return the pane's name and the state to open it in, None for its own. Raises UserError.

    The link is the user's own request: it may name files and their own networks. ``device`` is
    the one of the settings.
    """
    found = parse_link(link)
    return found.pane, state_of(found, device=device)
