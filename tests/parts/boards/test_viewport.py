"""A viewport shows what is wanted, stays on the board and moves no more than it must."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from cnntui.parts.boards.viewport import Viewport

PORTS = st.builds(
    Viewport, st.integers(1, 60), st.integers(1, 30), st.integers(-9, 99), st.integers(-9, 99)
)
CELLS = st.integers(1, 9)


@st.composite
def boards(draw):
    """A board's rows and columns, and a part of them."""
    spans, parts = [], []
    for _ in "rc":
        start = draw(st.integers(-5, 0))
        span = range(start, draw(st.integers(1, 60)))
        first = draw(st.integers(span.start, span.stop - 1))
        spans.append(span)
        parts.append(range(first, draw(st.integers(first + 1, span.stop))))
    return tuple(spans), parts


@given(PORTS, boards(), CELLS)
def test_what_is_wanted_is_shown_where_it_fits(port, drawn, cell):
    board, wanted = drawn
    found = port.following(*wanted, board, cell)
    shown = found.shown(board, cell)
    room = found.rows, found.columns(cell)
    for span, part, seen, most in zip(board, wanted, shown, room, strict=True):
        assert len(seen) == min(len(span), most)  # no cell wasted, none too many
        assert span.start <= seen.start
        assert seen.stop <= span.stop
        assert part.start in seen
        if len(part) <= most:
            assert part.stop - 1 in seen


@given(PORTS, boards(), CELLS)
def test_what_is_on_view_does_not_move(port, drawn, cell):
    board, wanted = drawn
    found = port.following(*wanted, board, cell)
    assume(len(wanted[0]) <= port.rows and len(wanted[1]) <= port.columns(cell))
    assert found.following(*wanted, board, cell) == found


@given(st.integers(30, 200), st.integers(3, 12))
def test_a_walk_along_a_row_moves_the_view_only_now_and_then(size, room):
    port, moves = Viewport(room * 3 + 1, 9), 0
    for at in range(size):
        moved = port.following(range(1), range(at, at + 1), (range(5), range(size)), 3)
        moves += moved.left != port.left
        port = moved
    assert moves <= 2 * size // room + 1


def test_a_board_that_fits_starts_at_its_start():
    port = Viewport(40, 12, top=7, left=9).following(
        range(3, 4), range(3, 4), (range(-1, 6), range(-1, 6)), 3
    )
    assert (port.top, port.left) == (-1, -1)


def test_a_screen_of_no_size_shows_one_cell():
    port = Viewport(0, 0)
    assert (port.rows, port.columns(5)) == (1, 1)
    assert port.sized(10, 4) == Viewport(10, 4)
    assert Viewport(10, 4).rows == 3
