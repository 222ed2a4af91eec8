"""Boards send the cells that changed, and the terminal ends up showing the lines."""

from __future__ import annotations

import random
from itertools import pairwise

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style
from textual import on
from textual.app import App
from textual.containers import VerticalScroll
from textual.geometry import Region
from textual.strip import Strip
from textual.widgets import Label

from cnntui.ui.drawing.board import GAP, Board, changed_regions, changed_span
from tests.waiting import painted

STYLES = (None, Style(bold=True), Style.parse("#ffffff on #203040"))


def strip(text, style=None):
    return Strip([Segment(text, style)])


def cells(line):
    return [(character, style) for text, style, _ in line for character in text]


runs = st.lists(
    st.tuples(st.text("ab ", min_size=0, max_size=4), st.sampled_from(STYLES)), max_size=5
)
lines = runs.map(lambda runs: Strip([Segment(*run) for run in runs]))


class Boards(App):
    CSS = """
    #framed { border: round red; padding: 1 2; width: auto; height: auto; }
    #tall { height: 30; }
    """

    def compose(self):
        with VerticalScroll():
            yield Label("above")
            yield Board(id="framed")
            yield Label("below", id="below")
            yield Label("end", id="tall")


def heat(row, column, mark="X"):
    """A board of 12 by 20 cells in many colours, of which one holds the mark."""
    return [
        Strip(
            [
                Segment(
                    f"[{mark}]" if (y, x) == (row, column) else f" {(x + y) % 10} ",
                    Style.parse(f"#ffffff on #{(x * 12):02x}{(y * 20):02x}40"),
                )
                for x in range(20)
            ]
        )
        for y in range(12)
    ]


@given(lines, lines)
def test_span_holds_all_differences_and_no_more(old, new):
    span = changed_span(old, new)
    before, after = cells(old), cells(new)
    width = max(len(before), len(after))
    before += [None] * (width - len(before))
    after += [None] * (width - len(after))
    differing = [i for i in range(width) if before[i] != after[i]]
    if old.cell_length == new.cell_length:
        assert span == ((differing[0], differing[-1] + 1) if differing else None)
    else:
        assert span == (differing[0], width)


LONG = st.lists(st.tuples(st.sampled_from("ab "), st.sampled_from(STYLES)), min_size=1, max_size=90)


@st.composite
def changed_cells(draw):
    """The cells of a line, and the same line with a few of them changed."""
    old = draw(LONG)
    places = st.integers(0, len(old) - 1)
    changes = draw(st.dictionaries(places, st.sampled_from("abc"), max_size=6))
    return old, [(changes.get(at, character), style) for at, (character, style) in enumerate(old)]


def line_of(cells):
    return Strip([Segment(*cell) for cell in cells])


@given(changed_cells())
def test_a_repaint_drops_no_changed_cell(drawn):
    old, new = drawn
    shown, painted = list(old), changed_regions((line_of(old),), (line_of(new),))
    for region in painted:
        assert old[region.x] != new[region.x]
        assert old[region.right - 1] != new[region.right - 1]
        shown[region.x : region.right] = new[region.x : region.right]
    assert shown == new
    assert all(one.right < other.x for one, other in pairwise(painted))


@pytest.mark.parametrize("alike", range(20))
def test_a_long_stretch_of_equal_cells_is_left_out(alike):
    new = "X" + "." * alike + "X" + "." * 30 + "X"
    regions = changed_regions((strip("." * len(new)),), (strip(new),))
    first = [Region(0, 0, 1, 1), Region(alike + 1, 0, 1, 1)]
    if alike < GAP:
        first = [Region(0, 0, alike + 2, 1)]
    assert regions == [*first, Region(len(new) - 1, 0, 1, 1)]


def test_wide_characters_give_way_to_narrow_ones():
    wide, narrow = strip("漢" * 10), strip("a" * 20)
    assert changed_regions((wide,), (narrow,)) == [Region(0, 0, 20, 1)]
    assert changed_regions((narrow,), (wide,)) == [Region(0, 0, 20, 1)]


def test_wide_characters_count_as_a_changed_line():
    assert changed_span(strip("abc漢d"), strip("abc漢e")) == (0, 6)
    assert changed_span(strip("abc漢d"), strip("abc漢d")) is None


def test_only_changed_lines_have_regions():
    old = (strip("aaaa"), strip("bbbb"), strip("cccc"))
    new = (strip("aaaa"), strip("bxxb"), strip("cccc"))
    assert changed_regions(old, new) == [Region(1, 1, 2, 1)]


async def test_natural_size_and_content():
    app = Boards()
    async with app.run_test(size=(80, 40)) as pilot:
        board = app.query_one(Board)
        board.show([strip("abc"), strip("a longer one")])
        await pilot.pause()
        assert board.size == (12, 2)
        assert board.render_line(0).text == "abc" + " " * 9
        board.show([strip("ab")])
        await pilot.pause()
        assert board.size == (2, 1)
        assert app.query_one("#below").region.y == board.region.bottom


async def test_missing_colours_come_from_the_widget():
    app = Boards()
    async with app.run_test(size=(80, 40)) as pilot:
        board = app.query_one(Board)
        board.styles.background = "#102030"
        board.styles.color = "#ffffff"
        board.show(
            [Strip([Segment("a"), Segment("b", Style(color="red")), Segment("c", STYLES[2])])]
        )
        await pilot.pause()
        a, b, c = board.render_line(0)
        assert (a.style.color.triplet.hex, a.style.bgcolor.triplet.hex) == ("#ffffff", "#102030")
        assert (b.style.color.name, b.style.bgcolor.triplet.hex) == ("red", "#102030")
        assert c.style is STYLES[2]


async def test_one_moved_cell_sends_only_that_cell(recorded):
    app = Boards()
    sent = recorded(app)
    async with app.run_test(size=(100, 40)) as pilot:
        board = app.query_one(Board)
        board.show(heat(3, 15))
        await painted(pilot, sent)
        sent.clear()
        board.show(heat(3, 15, "Y"))
        await painted(pilot, sent)
        corner = board.content_region.offset
        assert len(sent) == 1
        assert sent[0].startswith(f"\x1b[{corner.y + 4};{corner.x + 3 * 15 + 2}H")
        assert sent[0].count("\x1b[0m") == 1
        assert "Y\x1b[0m" in sent[0]
        sent.clear()
        board.show(heat(3, 15, "Y"))
        await painted(pilot, sent)
        assert not sent


@pytest.mark.parametrize("scroll", [0, 5])
async def test_terminal_shows_the_lines(recorded, scroll):
    app = Boards()
    sent = recorded(app)
    terminal = pyte.Screen(72, 24)
    async with app.run_test(size=(72, 24)) as pilot:
        board = app.query_one(Board)
        board.show(heat(0, 0))
        await painted(pilot, sent)
        app.query_one(VerticalScroll).scroll_to(y=scroll, animate=False)
        for row, column in [(0, 1), (11, 19), (5, 5), (5, 18), (2, 0)]:
            board.show(heat(row, column))
            await painted(pilot, sent)
        stream = pyte.Stream(terminal)
        for text in sent:
            stream.feed(text)
        shown = app.screen._compositor.render_strips()
        assert terminal.display == [line.text for line in shown]
        for row, line in zip(range(24), shown, strict=True):
            grounds = [style.bgcolor.triplet.hex[1:] for _, style in cells(line)]
            assert [terminal.buffer[row][x].bg for x in range(72)] == grounds


GROUNDS = ("203040", "a01010", "10a010")


def redrawn(cells, chance):
    """The same lines with up to four cells changed in each, to another letter and ground."""
    lines = [list(line) for line in cells]
    for line in lines:
        for at in chance.sample(range(len(line)), chance.randint(0, 4)):
            line[at] = chance.choice("abc"), chance.choice(GROUNDS)
    return lines


def show_cells(board, rows):
    board.show(line_of((c, Style.parse(f"white on #{g}")) for c, g in row) for row in rows)


async def test_the_terminal_shows_the_whole_drawing_after_every_step(recorded):
    app, chance = Boards(), random.Random(7)
    sent, terminal = recorded(app), pyte.Screen(72, 24)
    stream, drawing = pyte.Stream(terminal), [[("a", GROUNDS[0])] * 60 for _ in range(6)]
    async with app.run_test(size=(72, 24)) as pilot:
        board = app.query_one(Board)
        show_cells(board, drawing)
        await painted(pilot, sent)
        for _ in range(40):
            show_cells(board, drawing)
            await pilot.pause()
            stream.feed("".join(sent))
            sent.clear()
            x, y, width, height = board.content_region
            rows = [[terminal.buffer[y + j][x + i] for i in range(width)] for j in range(height)]
            assert [[(cell.data, cell.bg) for cell in row] for row in rows] == drawing
            drawing = redrawn(drawing, chance)


class Toned(Board):
    """A board built on Board: a line of its own component class."""

    PREFIX = "toned--"
    COMPONENT_CLASSES = {"toned--loud"}
    DEFAULT_CSS = "Toned { width: 1fr; & .toned--loud { color: $accent; } }"
    lines = ("one", "two", "one")

    def redraw(self):
        self.show_lines(self.lines, lambda line: Strip([Segment(line, self.style_of("loud"))]))


class Tones(App):
    def compose(self):
        yield Toned(id="toned")

    def on_mount(self):
        self.sizes = []
        self.query_one(Toned).redraw()

    @on(Board.Resized, "#toned")
    def note(self, event):
        self.sizes.append((event.width, event.height))


async def test_a_line_that_was_shown_before_is_not_drawn_again():
    async with Tones().run_test(size=(30, 9)) as pilot:
        await pilot.pause()
        board, drawn = pilot.app.query_one(Toned), []
        for lines in (("two", "three"), ("three", "four", "three")):
            board.show_lines(lines, lambda line: drawn.append(line) or Strip([Segment(line)]))
        assert drawn == ["three", "four"]
        assert [strip.text for strip in board.strips] == ["three", "four", "three"]


async def test_another_theme_draws_the_lines_anew():
    async with Tones().run_test(size=(30, 9)) as pilot:
        await pilot.pause()
        before = pilot.app.query_one(Toned).strips[0]
        pilot.app.theme = "textual-light"
        await pilot.pause()
        after = pilot.app.query_one(Toned).strips[0]
        assert before.text == after.text
        assert next(iter(before)).style != next(iter(after)).style


async def test_it_tells_its_room():
    async with Tones().run_test(size=(30, 9)) as pilot:
        await pilot.pause()
        await pilot.resize_terminal(20, 9)
        await pilot.pause()
        assert pilot.app.sizes == [(30, 3), (20, 3)]
