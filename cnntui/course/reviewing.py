"""When to ask again what was missed: a ladder of days.

A question that was missed comes back after a day. Each right answer in time moves it one rung up,
to 3, 7, 16 and 35 days; from the top it is done. A wrong one moves it back to the first. Rungs
grow about 2.3 times, as in Leitner's boxes (So lernt man lernen, 1972) and SM-2's first intervals.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

RUNGS = (1, 3, 7, 16, 35)  # days


@dataclass(frozen=True)
class Review:
    """A question that was missed: the rung it is on, and the day from which it is due."""

    rung: int
    due: date

    def is_due(self, today: date) -> bool:
        """Tell whether it is to be asked."""
        return today >= self.due


def reviewed(review: Review | None, right: bool, today: date) -> Review | None:
    """Return when a question is to be asked next; None where it needs no review (any more).

    A right answer before its day leaves it as it was: it shows nothing yet.
    """
    if not right:
        return Review(0, today + timedelta(days=RUNGS[0]))
    if review is None or not review.is_due(today):
        return review
    rung = review.rung + 1
    return Review(rung, today + timedelta(days=RUNGS[rung])) if rung < len(RUNGS) else None
