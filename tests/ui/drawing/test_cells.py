"""The text of a board: every mark has a sign, in ASCII and without colour too."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntui.numbers import fitted
from cnntui.ui.drawing.cells import RAMP, grid_rows, grid_text, look_of, title_of
from cnntui.ui.frames.boards import (
    CHANGED,
    CURSOR,
    LIT,
    MET,
    PADDING,
    PAST,
    PENDING,
    UNREAD,
    VIEWS,
    WINNER,
    GridFrame,
)  # fmt: skip

FLAGS = (PADDING, PENDING, UNREAD, LIT, CURSOR, WINNER, MET, CHANGED, PAST)


def frame(values, marks=None, view="numbers", cell=3, levels=None, **more):
    height, width = len(values), len(values[0])
    blank = ((0,) * width,) * height
    known = {"rows": height, "columns": width, "top": 0, "left": 0, "title": "input 2×2"} | more
    return GridFrame(
        role="input", cell=cell, view=view, values=values, marks=marks or blank,
        levels=levels or blank, **known,
    )  # fmt: skip


def text(*arguments, unicode=False, **more):
    return grid_text(frame(*arguments, **more), unicode)[1:]


def marked(*marks, value=7.0, **more):
    """The text of one row of a number with these marks."""
    return text(((value,) * len(marks),), (marks,), **more)[0]


def test_the_window_stands_in_brackets():
    assert marked(0, LIT, LIT, LIT, 0) == "  7[ 7  7  7] 7"
    assert marked(LIT, LIT) == "[ 7  7]"


def test_each_tap_of_a_dilated_window_has_its_brackets():
    assert marked(LIT, 0, LIT, 0) == "[ 7] 7[ 7] 7"


def test_the_cursor_has_brackets_of_its_own():
    assert marked(0, CURSOR, 0) == "  7[ 7] 7"
    assert marked(LIT, LIT | CURSOR, LIT) == "[ 7[ 7] 7]"


@pytest.mark.parametrize(("flag", "sign"), [(WINNER, "*"), (CHANGED, "!"), (MET, "+")])
def test_signs_before_a_cell(flag, sign):
    assert marked(0, flag, 0) == f"  7{sign} 7  7"
    assert marked(LIT, LIT | flag) == f"[ 7{sign} 7]"
    assert marked(LIT | flag, LIT) == f"{sign} 7  7]"  # at the window's left edge too


def test_padding_is_a_dot_and_zeros_of_the_data_are_zeros():
    assert marked(PADDING, 0, PADDING, value=0.0) == "  .  0  ."
    assert marked(PADDING, 0, value=0.0, unicode=True) == "  ·  0"
    assert marked(PADDING | LIT, LIT, value=0.0) == "[ .  0]"


@pytest.mark.parametrize(
    ("cell", "view"), [(2, "numbers"), (3, "numbers"), (5, "numbers"), (3, "ramp")]
)
def test_padding_with_a_value_and_unread_cells_differ_from_data(cell, view):
    plain, padding, unread = (
        marked(mark, cell=cell, view=view, levels=((9,),)) for mark in (0, PADDING, UNREAD)
    )
    assert len({plain, padding, unread}) == 3
    assert "." in padding
    assert "/" in unread


def test_what_is_not_computed_yet_is_a_dot_without_a_number():
    assert marked(0, PENDING) == "  7  ."
    assert text(((None,),), ((0,),)) == [""]
    assert text(((5.0,),), ((PAST,),)) == [""]


def test_the_ramp_shades_by_size_with_a_sign():
    levels = ((-32, -16, 0, 16, 32),)
    row = text(((1.0,) * 5,), view="ramp", levels=levels)[0]
    shades = [row[at : at + 3] for at in range(0, 15, 3)]
    assert [shade[1:2] for shade in shades] == ["-", "-", " ", " ", " "]
    order = [RAMP.index(f"{shade:3}"[2]) for shade in shades[2:]]
    assert order == sorted(order)
    assert order[0] == 0
    assert order[-1] == len(RAMP) - 1


def test_heat_has_no_colour_to_show_without_colours():
    shaded = frame(((1.0, -1.0),), view="heat", levels=((32, -32),))
    plain = grid_rows(shaded, colour=False, unicode=True)
    assert "".join(piece for piece, _ in plain[0]).rstrip() == "  @ -@"
    coloured = grid_rows(shaded, colour=True, unicode=True)
    assert [look for _, look in coloured[0] if look] == ["heat:32", "heat:-32"]
    numbers = frame(((1.0, -1.0),), view="heat+numbers", levels=((32, -32),))
    assert grid_text(numbers)[1] == "  1 -1"


def test_looks_are_those_of_the_first_mark():
    assert look_of(0) == ""
    assert look_of(LIT) == "lit"
    assert look_of(LIT | CURSOR) == "cursor"
    assert look_of(PADDING | LIT) == "lit"
    assert look_of(PADDING) == look_of(UNREAD) == look_of(PENDING) == "dim"
    shaded = frame(((1.0,),), ((MET,),), view="heat", levels=((3,),))
    assert ("  ", "heat:3+met") in grid_rows(shaded, True, True)[0]


def test_a_title_says_what_part_is_on_view():
    assert title_of(frame(((1.0, 2.0),))) == "input 2×2"
    part = frame(((1.0, 2.0),), rows=30, columns=40, top=-1, left=7)
    assert title_of(part) == "input 2×2 · -1…-1, 7…8"


MARKS = st.lists(st.sampled_from(FLAGS), max_size=3).map(lambda flags: sum(set(flags)))
VALUES = st.one_of(st.none(), st.integers(-99, 99).map(float), st.floats(width=32))


@st.composite
def frames(draw):
    height, width = draw(st.integers(1, 4)), draw(st.integers(1, 6))

    def table(cells):
        row = st.lists(cells, min_size=width, max_size=width).map(tuple)
        return draw(st.lists(row, min_size=height, max_size=height).map(tuple))

    view = draw(st.sampled_from(VIEWS))
    cell = draw(st.integers(2, 8)) if "numbers" in view else 3
    return frame(table(VALUES), table(MARKS), view, cell, table(st.integers(-32, 32)))


@given(frames(), st.booleans(), st.booleans())
def test_every_row_is_as_wide_as_its_cells(drawn, colour, unicode):
    rows = grid_rows(drawn, colour, unicode)
    assert len(rows) == len(drawn.values)
    for row in rows:
        line = "".join(piece for piece, _ in row)
        assert len(line) == drawn.cell * len(drawn.values[0]) + 1
        assert line.isascii() or unicode


@given(st.lists(st.floats(width=32), min_size=1, max_size=6), st.integers(3, 9))
def test_numbers_are_written_as_everywhere(values, cell):
    row = text((tuple(values),), cell=cell)[0].ljust(len(values) * cell)
    for at, value in enumerate(values):
        assert row[at * cell : (at + 1) * cell].strip() == fitted(value, cell - 1)


def test_the_command_lines_text_is_title_and_rows():
    board = frame(((1.0, -2.0), (0.0, 3.5)), ((LIT, 0), (PADDING, 0)), cell=4)
    assert grid_text(board, unicode=False)[1:] == ["[  1] -2", "   . 3.5"]
