"""Which curves are on view, and how: quantity, axis, smoothing, window, cursor."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, floor, log10
from typing import Self

STEP, EPOCH = "step", "epoch"
QUANTITIES = ("loss", "accuracy", "learning rate", "throughput")
WEIGHTS = (0.0, 0.3, 0.6, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999)
FINEST = 2.0**-20  # the smallest window, as a share of the whole
SHORTEST = {STEP: 4.0, EPOCH: 0.02}
PARTS = 20  # a growing axis is lengthened by about this part of it, and redrawn whole only then
JUMP = 8  # a window that follows moves by this part of itself

Span = tuple[float, float]


def nice(size: float) -> float:
    """Return the smallest of 1, 2, 5, 10, 20, 50 … (and .5, .2 …) that is at least ``size``."""
    power = 10.0 ** floor(log10(size))
    for digit in (1.0, 2.0, 5.0):
        if digit * power >= size * (1 - 1e-9):
            return digit * power
    return 10.0 * power


@dataclass(frozen=True, kw_only=True)
class CurvesState:
    """What is on view.

    ``extent`` is the first and last x of the data, ``window`` the part zoomed into, None for all.
    While ``following``, a window moves with the end. ``cursor`` is an x. ``columns`` are the
    characters that the plot is wide. ``log`` names the quantities on a logarithmic axis.
    """

    quantities: tuple[str, ...] = QUANTITIES
    quantity: str = QUANTITIES[0]
    per: str = STEP
    log: frozenset[str] = frozenset()
    smoothing: int = 0  # place in WEIGHTS
    names: tuple[str, ...] = ("train", "validation")
    hidden: frozenset[str] = frozenset()
    extent: Span = (0.0, 0.0)
    window: Span | None = None
    following: bool = True
    cursor: float | None = None
    columns: int = 60

    # what is on view

    @property
    def weight(self) -> float:
        """The weight of smoothing, 0 for none."""
        return WEIGHTS[self.smoothing]

    @property
    def is_log(self) -> bool:
        """Whether y is logarithmic."""
        return self.quantity in self.log

    @property
    def shown(self) -> tuple[str, ...]:
        """The names of the curves on view."""
        return tuple(name for name in self.names if name not in self.hidden)

    @property
    def whole(self) -> Span:
        """The x of all the data, ending on round numbers, so that a live axis seldom changes."""
        first, last = self.extent
        if not last > first:
            return first, first + 1.0
        grid = nice((last - first) / PARTS)
        return floor(first / grid) * grid, ceil(round(last / grid, 6)) * grid

    @property
    def view(self) -> Span:
        """The x from the left edge to the right one."""
        if self.window is None:
            return self.whole
        start, end = self.window
        if self.following:
            jump = (end - start) / JUMP
            end = ceil(round(self.extent[1] / jump, 6)) * jump
            return end - JUMP * jump, end
        return start, end

    # verbs

    def of(self, quantity: str) -> Self:
        """Show another quantity; one that is not known changes nothing."""
        return replace(self, quantity=quantity) if quantity in self.quantities else self

    def turned(self, by: int) -> Self:
        """Go to the next quantity, or to the one before."""
        if self.quantity not in self.quantities:
            return self.of(next(iter(self.quantities), ""))
        at = self.quantities.index(self.quantity) + by
        return self.of(self.quantities[at % len(self.quantities)])

    def with_quantities(self, quantities: tuple[str, ...]) -> Self:
        """Take the quantities there are; the one on view stays where it is among them."""
        kept = self.quantity if self.quantity in quantities else next(iter(quantities), "")
        return replace(self, quantities=quantities, quantity=kept)

    def by_other_axis(self) -> Self:
        """Count x in epochs, or in steps; all of it is on view then."""
        per = EPOCH if self.per == STEP else STEP
        return replace(self, per=per, extent=(0.0, 0.0)).reset()

    def smoothed(self, by: int) -> Self:
        """Smooth more, or less."""
        return replace(self, smoothing=max(0, min(self.smoothing + by, len(WEIGHTS) - 1)))

    def with_log(self) -> Self:
        """Put the quantity on a logarithmic axis, or back on a linear one."""
        return replace(self, log=self.log ^ {self.quantity})

    def named(self, names: tuple[str, ...]) -> Self:
        """Take the names of the curves there are; what was hidden stays so, but not all."""
        hidden = self.hidden & frozenset(names)
        return replace(
            self, names=names, hidden=hidden if len(hidden) < len(names) else frozenset()
        )

    def toggled(self, name: str) -> Self:
        """Hide a curve, or show it; the last one stays."""
        hidden = self.hidden ^ ({name} & set(self.names))
        return self if hidden == frozenset(self.names) else replace(self, hidden=hidden)

    def sized(self, columns: int) -> Self:
        """Take the characters that the plot is wide."""
        return replace(self, columns=max(1, columns))

    def with_extent(self, first: float, last: float) -> Self:
        """Take the first and last x of the data; window and cursor are kept inside."""
        grown = replace(self, extent=(first, max(first, last)))
        if grown.window is not None:
            kept = grown._to_window(*grown.window)
            grown = grown if grown.following and kept.window else kept
        return grown if grown.cursor is None else grown._with_cursor(grown.cursor)

    def zoomed(self, by: int) -> Self:
        """Halve the window round the cursor, else at the end or in the middle; or double it."""
        start, end = self.view
        width = max((end - start) * 2.0**-by, self._shortest)
        anchor = self._anchor
        share = (anchor - start) / (end - start)
        wide = replace(self, following=False)._to_window(
            anchor - share * width, anchor + (1 - share) * width
        )
        return wide if wide.window is None or not self.following else wide._following_at_end()

    def panned(self, by: int) -> Self:
        """Move the window by quarters of itself; at the end it follows."""
        if self.window is None:
            return self
        start, end = self.view
        moved = by * (end - start) / 4
        panned = replace(self, following=False)._to_window(start + moved, end + moved)
        return panned._following_at_end() if by > 0 else panned

    def to_start(self) -> Self:
        """Move the window to the beginning."""
        return self.panned(-(2**24))

    def to_end(self) -> Self:
        """Move the window to the end, and follow it."""
        return replace(self, following=True)

    def cursor_moved(self, by: int) -> Self:
        """Move the cursor by characters; without one it appears at the end of what is seen."""
        start, end = self.view
        if self.cursor is None:
            return self._with_cursor(min(end, self.extent[1]))
        return self.cursor_to(self.cursor + by * (end - start) / self.columns)

    def cursor_at(self, column: int) -> Self:
        """Put the cursor into a column, counted from the left."""
        start, end = self.view
        return self._with_cursor(start + (column + 0.5) * (end - start) / self.columns)

    def cursor_to(self, x: float) -> Self:
        """Put the cursor on an x, which comes into view."""
        return self._with_cursor(x)._with_it_in_view()

    def reset(self) -> Self:
        """See everything, follow the end, without cursor."""
        return replace(self, window=None, following=True, cursor=None)

    @property
    def _shortest(self) -> float:
        start, end = self.whole
        return min(end - start, max((end - start) * FINEST, SHORTEST[self.per]))

    @property
    def _anchor(self) -> float:
        """The x that stays where it is while the window changes its size."""
        start, end = self.view
        if self.cursor is not None and start <= self.cursor <= end:
            return self.cursor
        return end if self.following and self.window is not None else (start + end) / 2

    def _to_window(self, start: float, end: float) -> Self:
        """Take a window, moved inside; None where it would hold everything."""
        first, last = self.whole
        width = end - start
        if width >= (last - first) * (1 - 1e-9):
            return replace(self, window=None, following=True)
        start = max(first, min(start, last - width))
        return replace(self, window=(start, start + width))

    def _following_at_end(self) -> Self:
        """Follow where the window reaches the end of the data."""
        at_end = self.window is not None and self.window[1] >= self.extent[1]
        return replace(self, following=at_end or self.window is None)

    def _with_cursor(self, x: float) -> Self:
        return replace(self, cursor=max(self.extent[0], min(x, self.extent[1])))

    def _with_it_in_view(self) -> Self:
        """Move the window just so far that the cursor is seen."""
        if self.window is None or self.cursor is None:
            return self
        start, end = self.view
        by = min(0.0, self.cursor - start) + max(0.0, self.cursor - end)
        if not by:
            return self
        return replace(self, following=False)._to_window(start + by, end + by)
