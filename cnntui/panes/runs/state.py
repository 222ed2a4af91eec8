"""The list of runs: its order, what is looked for, what is marked, the line under the cursor.

Knows neither files nor a screen: whoever looks at the folder tells it the runs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Self

from cnntui.errors import UserError, printable
from cnntui.panes.watch.state import MOST_RUNS
from cnntui.parts.runs.report import state_text
from cnntui.training.run.listing import RunStatus

SORTS = ("started", "run", "val acc", "val loss", "size")


def _known(value: float | None, worst: float) -> float:
    return worst if value is None else value


_ORDER: dict[str, Callable[[RunStatus], float]] = {  # "started" is the order they are told in
    "val acc": lambda run: -_known(run.val_accuracy, -1.0),
    "val loss": lambda run: _known(run.val_loss, math.inf),
    "size": lambda run: -run.size,
}


@dataclass(frozen=True, eq=False, kw_only=True)
class RunsList:
    """The runs in the order ``sort`` (one of SORTS), those alone that hold every word of ``find``.

    ``told`` are all there are, the last begun first; None until the folder was looked at. The
    cursor counts lines and stays on its run when others come; ``top`` is the first line on view of
    ``height``. ``marks`` are in the order they were set.
    """

    told: tuple[RunStatus, ...] | None = None
    sort: str = SORTS[0]
    find: str = ""
    marks: tuple[Path, ...] = ()
    added: tuple[Path, ...] = ()  # runs outside the folder that are to be looked at too
    cursor: int = 0
    top: int = 0
    height: int = 10
    problem: str = ""
    awaited: Path | None = None  # where the cursor goes as soon as it is listed

    @cached_property
    def runs(self) -> tuple[RunStatus, ...]:
        """The runs listed, in order."""
        words = self.find.lower().split()
        found = [run for run in self.told or () if all(word in _searched(run) for word in words)]
        if self.sort == "run":
            found.sort(key=lambda run: run.name)
        elif self.sort in _ORDER:
            found.sort(key=_ORDER[self.sort])
        return tuple(found)

    @property
    def chosen(self) -> RunStatus | None:
        """The run under the cursor."""
        return self.runs[self.cursor] if self.runs else None

    def telling(self, runs: Sequence[RunStatus]) -> Self:
        """Take the runs that there are now; the cursor stays on its run, or on its line."""
        there = {run.path for run in runs}
        marks = tuple(path for path in self.marks if path in there)
        new = replace(self, told=tuple(runs), marks=marks)
        if self.awaited in there:
            return replace(new, awaited=None).to_path(self.awaited)
        return replace(new._on(self.chosen), problem=self.problem)

    # the cursor

    def to(self, cursor: int) -> Self:
        """Go to a line, the nearest there is; the view follows by as little as it must."""
        cursor = max(0, min(cursor, len(self.runs) - 1))
        top = max(cursor - self.height + 1, min(self.top, cursor))
        top = max(0, min(top, len(self.runs) - self.height))
        return replace(self, cursor=cursor, top=top, problem="")

    def to_path(self, path: Path | None) -> Self:
        """Go to a run, where it is listed."""
        at = next((i for i, run in enumerate(self.runs) if run.path == path), self.cursor)
        return self.to(at)

    def moved(self, by: int) -> Self:
        """Move the cursor by some lines."""
        return self.to(self.cursor + by)

    def paged(self, by: int) -> Self:
        """Move the cursor by some screens."""
        return self.to(self.cursor + by * max(1, self.height - 1))

    def first(self) -> Self:
        """Go to the first line."""
        return self.to(0)

    def last(self) -> Self:
        """Go to the last line."""
        return self.to(len(self.runs) - 1)

    def sized(self, rows: int) -> Self:
        """Show so many lines."""
        return replace(replace(self, height=max(1, rows)).to(self.cursor), problem=self.problem)

    def _on(self, run: RunStatus | None) -> Self:
        return self.to_path(run.path) if run is not None else self.to(self.cursor)

    # what is listed

    def finding(self, text: str) -> Self:
        """Keep the runs whose name, state, data set, network or title holds every word."""
        found = replace(self, find=text, cursor=0, top=0, problem="")
        if not found.runs:
            said = f"no run's name, state, data set or network holds {text[:60]!r}"
            return replace(self, problem=printable(said))
        return found._on(self.chosen)

    def sorted_by(self, column: str = "") -> Self:
        """Sort by a column, without one by the next of SORTS; the cursor stays on its run."""
        chosen = column or SORTS[(SORTS.index(self.sort) + 1) % len(SORTS)]
        if chosen not in SORTS:
            return self
        return replace(self, sort=chosen, problem="")._on(self.chosen)

    def adding(self, paths: Sequence[Path]) -> Self:
        """Have runs outside the folder looked at too; the cursor goes to the first of them."""
        added = tuple(dict.fromkeys((*self.added, *paths)))
        new = replace(self, added=added, find="", problem="")
        return replace(new._on(self.chosen), awaited=paths[0]) if paths else new

    def reset(self) -> Self:
        """List every run, the last begun first, none of them marked."""
        return replace(self, sort=SORTS[0], find="", marks=(), problem="")._on(self.chosen)

    # marks

    def marked(self) -> Self:
        """Mark the run under the cursor, or take its mark away."""
        run = self.chosen
        if run is None:
            return self
        if run.path in self.marks:
            return replace(
                self, marks=tuple(path for path in self.marks if path != run.path), problem=""
            )
        if len(self.marks) >= MOST_RUNS:
            said = f"{MOST_RUNS} runs are marked, more curves can't be told apart; v unmarks one"
            return replace(self, problem=said)
        return replace(self, marks=(*self.marks, run.path), problem="")

    def compared(self) -> tuple[Path, ...]:
        """Return the runs whose curves are wanted: the marked ones, and the chosen beside one.

        Raises UserError where these are not two.
        """
        chosen = self.chosen
        runs = self.marks
        if len(runs) == 1 and chosen is not None and chosen.path not in runs:
            runs = (*runs, chosen.path)
        if len(runs) < 2:
            raise UserError("mark two or three runs with v, then c draws their curves together")
        return runs

    def refused(self, problem: UserError) -> Self:
        """Say what could not be done."""
        return replace(self, problem=str(problem))


def _searched(run: RunStatus) -> str:
    """Return what a word is looked for in."""
    return f"{run.name} {state_text(run)} {run.dataset} {run.net} {run.title}".lower()
