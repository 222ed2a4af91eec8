"""What the tests of painted widgets share; no test itself."""

from __future__ import annotations


async def quiet(pilot, sent):
    """Wait until nothing more is painted, and forget what was."""
    while True:
        sent.clear()
        await pilot.pause()
        if not sent:
            return
