"""The list of runs as the user has it: order, words looked for, marks, line under the cursor."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Self

from cnntui.errors import UserError, printable
from cnntui.panes.watch.state import MOST_RUNS
from cnntui.parts.lists.state import RowCursor
from cnntui.parts.runs.report import state_text
from cnntui.training.run.listing import RunStatus

SORTS = ("started", "run", "val acc", "val loss", "size")


def _known(value: float | None, worst: float) -> float:
    return worst if value is None else value


_ORDER: dict[str, Callable[[RunStatus], float]] = {  # "started" is the order they come in
    "val acc": lambda run: -_known(run.val_accuracy, -1.0),
    "val loss": lambda run: _known(run.val_loss, math.inf),
    "size": lambda run: -run.size,
}


@dataclass(frozen=True, eq=False, kw_only=True)
class RunsList(RowCursor):
    """The runs in the order ``sort`` (one of SORTS), those alone that hold every word of ``find``.

    ``known`` are all there are, the last begun first; None until the folder was looked at. The
    cursor stays on its run when others come. ``marks`` are in the order they were set.
    """

    known: tuple[RunStatus, ...] | None = None
    sort: str = SORTS[0]
    find: str = ""
    marks: tuple[Path, ...] = ()
    added: tuple[Path, ...] = ()  # runs outside the folder that are to be looked at too
    awaited: Path | None = None  # where the cursor goes as soon as it is listed

    @cached_property
    def runs(self) -> tuple[RunStatus, ...]:
        """The runs listed, in order."""
        words = self.find.lower().split()
        runs = [run for run in self.known or () if all(word in _searched(run) for word in words)]
        if self.sort == "run":
            runs.sort(key=lambda run: run.name)
        elif self.sort in _ORDER:
            runs.sort(key=_ORDER[self.sort])
        return tuple(runs)

    @property
    def lines(self) -> int:
        """How many runs are listed."""
        return len(self.runs)

    @property
    def chosen(self) -> RunStatus | None:
        """The run under the cursor."""
        return self.runs[self.cursor] if self.runs else None

    def telling(self, runs: Sequence[RunStatus]) -> Self:
        """Take the runs that there are now; the cursor stays on its run, or on its line."""
        there = {run.path for run in runs}
        marks = tuple(path for path in self.marks if path in there)
        new = replace(self, known=tuple(runs), marks=marks)
        if self.awaited in there:
            return replace(new, awaited=None).to_path(self.awaited)
        return replace(new._on(self.chosen), problem=self.problem)

    def to_path(self, path: Path | None) -> Self:
        """Go to a run, where it is listed."""
        at = next((i for i, run in enumerate(self.runs) if run.path == path), self.cursor)
        return self.to(at)

    def _on(self, run: RunStatus | None) -> Self:
        return self.to_path(run.path) if run is not None else self.to(self.cursor)

    # what is listed

    def finding(self, text: str) -> Self:
        """Keep the runs whose name, state, data set, network or title holds every word."""
        kept = replace(self, find=text, cursor=0, top=0, problem="")
        if not kept.runs:
            message = f"no run's name, state, data set or network holds {text[:60]!r}"
            return self.refused(printable(message))
        return kept._on(self.chosen)

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
            message = f"{MOST_RUNS} runs are marked, more curves can't be told apart; v unmarks one"
            return self.refused(message)
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


def _searched(run: RunStatus) -> str:
    """Return where a word is looked for."""
    return f"{run.name} {state_text(run)} {run.dataset} {run.net} {run.title}".lower()
