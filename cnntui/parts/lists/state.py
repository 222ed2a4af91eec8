"""The row cursor of a list, a table or a form: the chosen line, and the lines on view."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Self


@dataclass(frozen=True, eq=False, kw_only=True)
class RowCursor:
    """A state that chooses a line; whoever extends it says how many ``lines`` there are.

    ``cursor`` counts all lines from 0, ``top`` is the first on view of ``height``. Where the
    cursor leaves the view, the view follows by as little as it must, or by a screen where
    ``BY_SCREENS`` is set. ``problem`` is what the last verb refused; every other verb clears it.
    """

    BY_SCREENS: ClassVar[bool] = False

    cursor: int = 0
    top: int = 0
    height: int = 16
    problem: str = ""

    @property
    def lines(self) -> int:
        """How many lines there are."""
        raise NotImplementedError

    @property
    def shown(self) -> range:
        """The lines on view."""
        return range(self.top, min(self.top + self.height, self.lines))

    def to(self, cursor: int) -> Self:
        """Go to a line, the nearest there is."""
        cursor = max(0, min(cursor, self.lines - 1))
        top = self._top_for(cursor)
        top = max(0, min(top, self.lines - self.height))
        return replace(self, cursor=cursor, top=top, problem="")

    def _top_for(self, cursor: int) -> int:
        if self.top <= cursor < self.top + self.height:
            return self.top
        if self.BY_SCREENS:
            above = cursor < self.top
            return cursor - (max(0, self.height - 2) if above else min(1, self.height - 1))
        return cursor if cursor < self.top else cursor - self.height + 1

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
        return self.to(self.lines - 1)

    def sized(self, lines: int) -> Self:
        """Show so many lines."""
        return replace(replace(self, height=max(1, lines)).to(self.cursor), problem=self.problem)

    def refused(self, problem: object) -> Self:
        """Say what could not be done; nothing else changes."""
        return replace(self, problem=str(problem))
