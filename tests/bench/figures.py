"""A figure with its reference and its limit, and how figures are timed and printed."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Action = Callable[[], object]


@dataclass(frozen=True)
class Figure:
    """One measured figure.

    ``limit`` is of the ratio to the reference where ``relative``, else of ``ours`` itself. A figure
    that is not ``binding`` is printed and never fails the run.
    """

    what: str
    ours: float
    reference: float | None
    unit: str
    limit: float
    relative: bool = True
    binding: bool = True

    @property
    def ratio(self) -> float | None:
        return None if not self.reference else self.ours / self.reference

    @property
    def over(self) -> bool:
        found = self.ratio if self.relative else self.ours
        return found is None or not found <= self.limit

    @property
    def cells(self) -> tuple[str, ...]:
        reference = "" if self.reference is None else f"{self.reference:.4g} {self.unit}"
        limit = f"{self.limit:.3g} ×" if self.relative else f"{self.limit:.4g} {self.unit}"
        verdict = "OVER" if self.over else "ok"
        return (
            self.what,
            f"{self.ours:.4g} {self.unit}",
            reference,
            "" if self.ratio is None else f"{self.ratio:.2f}",
            limit,
            verdict if self.binding else f"{verdict}, no failure",
        )


HEAD = ("what", "ours", "reference", "ratio", "limit", "")


def table(figures: Sequence[Figure]) -> str:
    rows = [HEAD, *(figure.cells for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def interleaved(
    ours: Action,
    reference: Action,
    repeats: int,
    warm_up: int = 2,
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[list[float], list[float]]:
    """Return the milliseconds of each run of the two, taken in turn."""
    taken: tuple[list[float], list[float]] = ([], [])
    for run in range(warm_up + repeats):
        for action, times in zip((ours, reference), taken, strict=True):
            start = clock()
            action()
            if run >= warm_up:
                times.append((clock() - start) * 1000)
    return taken


def medians(taken: tuple[list[float], list[float]]) -> tuple[float, float]:
    return statistics.median(taken[0]), statistics.median(taken[1])


def percentile(times: Sequence[float], share: float) -> float:
    ordered = sorted(times)
    at = (len(ordered) - 1) * share
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)
