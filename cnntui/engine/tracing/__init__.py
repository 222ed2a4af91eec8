"""One forward pass of any module: its rows, edges, receptive fields, counts and memory.

``trace`` is what the rest builds on; it is imported when it is first asked for, since the rows
and their text are wanted where torch is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnntui.engine.tracing.forward import trace

__all__ = ["trace"]


def __getattr__(name: str) -> Any:
    if name != "trace":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from cnntui.engine.tracing.forward import trace

    return trace
