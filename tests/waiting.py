"""How a pilot test waits: for a condition, or until all that keys set off is done."""

from __future__ import annotations

from contextlib import suppress
from time import monotonic

from textual.worker import WorkerCancelled

MOST = 60.0  # seconds, on a busy machine


async def until(pilot, condition):
    """Wait until ``condition()`` is true, and return what it gave."""
    end = monotonic() + MOST
    while not (value := condition()):
        assert monotonic() < end, "it never came true"
        await pilot.pause()
    return value


async def settled(pilot):
    """Wait until no worker runs and no message waits; a worker may be replaced meanwhile."""
    await pilot.pause()
    while _busy(pilot.app):
        with suppress(WorkerCancelled):
            await pilot.app.workers.wait_for_complete()
        await pilot.pause()


def _busy(app):
    """A pause alone takes a process that gets no CPU for an idle one."""
    nodes = (app, *app.screen.walk_children(with_self=True))
    return any(not each.is_finished for each in app.workers) or any(
        each.message_queue_size for each in nodes
    )


async def painted(pilot, sent):
    """Wait until nothing more is ``sent`` to the terminal: laid out, and drawn."""
    count = -1
    while count != len(sent):
        count = len(sent)
        await settled(pilot)
