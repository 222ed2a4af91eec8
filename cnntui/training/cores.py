"""How many threads a training takes of a machine."""

from __future__ import annotations

import os


def cores() -> int:
    """Return the cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS
        return os.cpu_count() or 1


def threads(count: int, processes: int = 1) -> int:
    """Return torch's threads of each process: as asked, else one core is left to the rest."""
    return count or max(1, (cores() - 1) // processes)
