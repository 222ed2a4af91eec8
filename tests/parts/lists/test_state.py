"""The row cursor of a list: every verb keeps it inside, and the line it is on in view."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from cnntui.parts.lists.state import RowCursor


@dataclass(frozen=True, eq=False, kw_only=True)
class Rows(RowCursor):
    count: int = 40

    @property
    def lines(self):
        return self.count


class Screens(Rows):
    BY_SCREENS = True


VERBS = st.sampled_from(
    [
        ("to", 7),
        ("moved", 1),
        ("moved", -1),
        ("moved", 13),
        ("paged", 1),
        ("paged", -1),
        ("first",),
        ("last",),
        ("sized", 1),
        ("sized", 5),
        ("sized", 60),
        ("refused", "no"),
    ]
)
KINDS = st.sampled_from([Rows, Screens])


def applied(state, verbs):
    for verb, *values in verbs:
        state = getattr(state, verb)(*values)
    return state


@given(KINDS, st.integers(1, 50), st.lists(VERBS))
def test_the_chosen_line_is_there_and_on_view(kind, count, verbs):
    state = applied(kind(count=count), verbs)
    assert 0 <= state.cursor < count
    assert state.cursor in state.shown
    assert len(state.shown) == min(state.height, count)
    assert 0 <= state.shown.start <= state.shown.stop <= count


@given(KINDS, st.lists(VERBS), st.integers(-60, 60))
def test_it_moves_by_lines_and_ends_at_the_ends(kind, verbs, by):
    state = applied(kind(), verbs)
    assert state.moved(by).cursor == max(0, min(state.cursor + by, 39))
    assert (state.first().cursor, state.last().cursor) == (0, 39)


def test_the_view_follows_by_lines_or_by_screens():
    assert Rows(height=10).to(10).shown == range(1, 11)
    assert Screens(height=10).to(10).shown == range(9, 19)
    assert Rows(height=10, top=20, cursor=20).moved(-1).top == 19
    assert Screens(height=10, top=20, cursor=20).moved(-1).shown == range(11, 21)
    assert Rows(height=10).paged(1).cursor == 9


def test_what_was_refused_is_said_until_the_next_verb():
    state = Rows().refused("no such row")
    assert state.sized(3).problem == "no such row"
    assert state.moved(0).problem == ""
