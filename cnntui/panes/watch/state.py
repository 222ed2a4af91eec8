"""What of a run is on view: which runs, which tab, which part of the curves, which row."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import isqrt
from pathlib import Path
from typing import Self

from cnntui.errors import UserError
from cnntui.parts.curves.state import CurvesState
from cnntui.parts.lists.state import RowCursor
from cnntui.parts.sheets.state import Sheet

TABS = ("curves", "epochs", "confusion", "classes", "wrong", "samples", "kernels", "log")
SHEETS = ("wrong", "samples", "kernels")  # tabs of pictures
TABLES = ("epochs", "classes", "log")
MOST_RUNS = 3  # curves of more can't be told apart
NO_PICTURES = Sheet((8, 8), 0, captions=2)


@dataclass(frozen=True, kw_only=True)
class Rows(RowCursor):
    """The cursor on ``count`` rows of a table, or cells of the confusion matrix."""

    count: int = 0

    @property
    def lines(self) -> int:
        """How many there are."""
        return self.count

    def counting(self, count: int) -> Self:
        """Take how many there are."""
        return replace(self, count=count).to(self.cursor)


@dataclass(frozen=True, kw_only=True)
class WatchState:
    """The runs, the first foremost; the tab; the curves' view; where the cursor of a tab stands."""

    runs: tuple[Path, ...]
    tab: str = TABS[0]
    curves: CurvesState = field(default_factory=CurvesState)
    rows: Rows = Rows()
    sheet: Sheet = NO_PICTURES
    back: int = 0  # kernels: epochs before the last one

    @classmethod
    def of(cls, path: Path) -> Self:
        """Watch one run."""
        return cls(runs=(path,))

    @property
    def run(self) -> Path:
        """The run that the tabs and the keys are about."""
        return self.runs[0]

    def tabbed(self, by: int) -> Self:
        """Go to the next tab, or the one before."""
        return self.on_tab(TABS[(TABS.index(self.tab) + by) % len(TABS)])

    def on_tab(self, tab: str) -> Self:
        """Go to a tab."""
        if tab not in TABS:
            return self
        captions = 1 if tab == "kernels" else 2
        sheet = replace(NO_PICTURES, captions=captions)
        sheet = sheet.sized(self.sheet.width, self.sheet.height)
        return replace(self, tab=tab, rows=Rows(height=self.rows.height), sheet=sheet, back=0)

    def moved(self, rows: int, columns: int) -> Self:
        """Choose another row, cell or picture of the tab."""
        if self.tab in SHEETS:
            return replace(self, sheet=self.sheet.moved(rows, columns))
        across = max(1, isqrt(self.rows.count)) if self.tab == "confusion" else 1
        return replace(self, rows=self.rows.moved(rows * across + columns))

    def paged(self, by: int) -> Self:
        """Go on by a screen."""
        if self.tab in SHEETS:
            return replace(self, sheet=self.sheet.paged(by))
        if self.tab == "curves":
            return self.curved("panned", by)
        return self.moved(by * max(1, self.rows.height - 1), 0)

    def zoomed(self, by: int) -> Self:
        """See the curves or the pictures larger, or smaller."""
        if self.tab in SHEETS:
            return replace(self, sheet=self.sheet.zoomed(by))
        return self.curved("zoomed", by)

    def panned(self, by: int) -> Self:
        """Move the curves' window; of the kernels see an epoch later, or before."""
        if self.tab == "kernels":
            return replace(self, back=max(0, self.back - by))
        return self.curved("panned", by)

    def curved(self, verb: str, *arguments: object) -> Self:
        """Apply a verb to the curves' view, where the curves are seen."""
        if self.tab != "curves":
            return self
        return replace(self, curves=getattr(self.curves, verb)(*arguments))

    def beside(self, run: Path) -> Self:
        """Draw another run's curves beside these, or take them away again. Raises UserError."""
        if run == self.run:
            raise UserError(f"{run.name} is the run on view; choose another to compare it with")
        if run in self.runs:
            return replace(self, runs=tuple(one for one in self.runs if one != run))
        if len(self.runs) >= MOST_RUNS:
            raise UserError(f"{MOST_RUNS} runs are on view already; choose one of them to remove")
        return replace(self, runs=(*self.runs, run))

    def reset(self) -> Self:
        """See all of the curves, unsmoothed; the first row or picture."""
        curves = replace(self.curves.reset(), smoothing=0, log=frozenset(), hidden=frozenset())
        sheet = replace(self.sheet.to(0), zoom=0)
        return replace(self, curves=curves, rows=self.rows.first(), sheet=sheet, back=0)
