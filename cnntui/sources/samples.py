"""Where the samples lie."""

from __future__ import annotations

from pathlib import Path

from cnntui.errors import UserError

_PACKAGE = Path(__file__).resolve().parent.parent


def folder() -> Path:
    """Return the samples folder: the one inside an installed wheel, else the clone's.

    Raises UserError where neither exists.
    """
    for candidate in (_PACKAGE / "samples", _PACKAGE.parent / "samples"):
        if (candidate / "SOURCES.md").is_file():
            return candidate
    raise UserError(f"no samples beside {_PACKAGE}; install cnntui again, or run it from a clone")
