"""How long the event loop stands still while torch is imported in a thread of the app."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from statistics import median

from tests.bench.commands import PYTHON, ROOT
from tests.bench.figures import Figure

TICK = 0.001
RUNS = 5


def figures() -> Iterator[Figure]:
    times: dict[str, list[float]] = {"torch": [], "nothing": []}
    for _ in range(RUNS):
        for warmed, taken in times.items():
            taken.append(longest_gap(warmed))
    ours, reference = (median(taken) for taken in times.values())
    what = "longest stall while torch is imported"
    yield Figure(what, ours, reference, "ms", 10, relative=False, binding=False)


def longest_gap(warmed: str) -> float:
    command = (PYTHON, "-m", "tests.bench.stall", warmed)
    return float(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout)


async def main(warmed: str) -> None:
    """Print the longest gap, in ms, of a 1 ms ticker beside the app's own warming thread."""
    from cnntui.app import laboratory
    from cnntui.settings import Settings
    from cnntui.ui.shell.laboratory import Laboratory
    from cnntui.ui.terminal import Terminal

    terminal = Terminal(120, 40, "truecolor", True, True, "")
    app = laboratory(Laboratory, terminal, Settings())
    warm, app.after_first_frame = app.after_first_frame, None
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.5)
        work = warm if warmed == "torch" else lambda: time.sleep(1)
        worker = app.run_worker(work, thread=True)
        longest, before = 0.0, time.perf_counter()
        while not worker.is_finished:
            await asyncio.sleep(TICK)
            now = time.perf_counter()
            longest, before = max(longest, now - before - TICK), now
        app.exit()
    print(longest * 1000)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
