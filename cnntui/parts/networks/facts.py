"""How sizes of a network are given to lessons as facts."""

from __future__ import annotations

from typing import Any


def one(sizes: tuple[Any, ...]) -> Any:
    """Return a number where all sizes agree."""
    return sizes[0] if len(set(sizes)) == 1 else sizes
