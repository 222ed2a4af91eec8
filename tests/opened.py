"""Networks as a pane has them, by their name or place."""

from __future__ import annotations

from cnntui.models.opening import NetRequest, Network


def open_network(text, shapes=None, **settings) -> Network:
    """Open a network; ``settings`` are NetRequest's."""
    return NetRequest(text=text, shapes=shapes and tuple(shapes), **settings).opened()
