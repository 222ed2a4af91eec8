"""A table widget in a ten-line app: what it sends, what it cuts, what a click says."""

from __future__ import annotations

import pyte
import pytest
from rich.cells import cell_len
from textual.app import App
from textual.strip import Strip

from cnntui.ui.frames.tables import Column, TableFrame
from cnntui.ui.table import TableView, line_text, table_text
from tests.waiting import painted

COLUMNS = (Column("#", 3, True), Column("name", 12), Column("params", 9, True))


def table(cursor=0, top=0, height=10, total=500, roles=None):
    rows = tuple((str(n), f"layer{n}.conv", f"{n * n:,}") for n in range(top, top + height))
    return TableFrame(COLUMNS, rows, roles or ("",) * height, top, total, cursor)


class Tables(App):
    CSS = "TableView { height: 11; }"

    def __init__(self):
        super().__init__()
        self.told = []

    def compose(self):
        yield TableView()

    def on_table_view_picked(self, event):
        self.told.append(("row", event.position))

    def on_table_view_head_picked(self, event):
        self.told.append(("head", event.column))

    def on_table_view_resized(self, event):
        self.told.append(("size", event.width, event.rows))


def repainted(view, monkeypatch):
    """The lines that are asked to be painted anew, as a set, from now on; "all" for the whole."""
    lines, refresh = set(), view.refresh

    def record(*regions, **options):
        lines.update(y for region in regions for y in range(region.y, region.bottom))
        if not regions:
            lines.add("all")
        return refresh(*regions, **options)

    monkeypatch.setattr(view, "refresh", record)
    return lines


async def test_a_cursor_move_paints_two_lines_and_sends_little(recorded, monkeypatch):
    app = Tables()
    sent = recorded(app)
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.query_one(TableView)
        view.frame = table(3)
        await painted(pilot, sent)
        lines = repainted(view, monkeypatch)
        sent.clear()
        view.frame = table(4)
        await painted(pilot, sent)
        assert lines == {4, 5}  # below the head
        assert len("".join(sent).encode()) < 400
        lines.clear()
        sent.clear()
        view.frame = table(4)
        await painted(pilot, sent)
        assert not lines
        assert not sent


async def test_a_scrolled_table_sends_less_than_4_kb_and_shows_its_lines(recorded):
    app = Tables()
    sent = recorded(app)
    terminal = pyte.Screen(80, 24)
    stream = pyte.Stream(terminal)
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.query_one(TableView)
        for top in range(0, 200, 7):
            before = len(sent)
            view.frame = table(top + 9, top)
            await painted(pilot, sent)
            if top:
                assert len("".join(sent[before:]).encode()) < 4096
        for text in sent:
            stream.feed(text)
        update = app.screen._compositor.render_update(full=True)
        shown = [Strip.join(line).text for line in update.strips]
        assert terminal.display == shown
        assert shown[10].split() == ["205", "layer205.co…", "42,025"]


@pytest.mark.parametrize("right", [False, True])
@pytest.mark.parametrize("text", ["", "abc", "abcdefgh", "abcdefghi", "猫", "猫犬猫犬猫", "a\x07"])
def test_a_cell_is_as_wide_as_its_column(text, right):
    line = line_text((text, "|"), (Column("x", 8, right), Column("y", 1)))
    assert line.endswith(" |")
    assert cell_len(line) == 10


def test_what_is_cut_ends_with_an_ellipsis():
    assert (
        line_text(("abcdefghi", "猫犬猫犬"), (Column("x", 8), Column("y", 6))) == "abcdefg… 猫犬… "
    )


def test_plain_lines_are_aligned():
    lines = table_text(table(height=3))
    assert lines == [
        "  # name            params",
        "  0 layer0.conv          0",
        "  1 layer1.conv          1",
        "  2 layer2.conv          4",
    ]


async def test_rows_have_the_look_of_their_roles():
    app = Tables()
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.query_one(TableView)
        view.frame = table(1, roles=("block", "dim", "dim", "bad", *("",) * 6))
        await pilot.pause()
        styles = [next(iter(view.render_line(y))).style for y in range(6)]
        assert styles[0].bold  # the head
        assert styles[2].reverse  # the cursor, whatever its role
        assert not styles[1].reverse
        assert styles[4].bold
        assert len({styles[y].color for y in (1, 3, 4, 5)}) == 4


async def test_clicks_and_sizes_are_told():
    app = Tables()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert ("size", 80, 10) in app.told
        view = app.query_one(TableView)
        await pilot.click(TableView, offset=(5, 4))  # nothing there yet
        app.told.clear()
        view.frame = table(0, top=20, height=6)
        await pilot.pause()
        for offset, said in [
            ((5, 1), ("row", 20)),
            ((70, 6), ("row", 25)),
            ((1, 0), ("head", 0)),
            ((4, 0), ("head", 1)),
            ((15, 0), ("head", 1)),
            ((17, 0), ("head", 2)),
            ((60, 0), ("head", 2)),
        ]:
            await pilot.click(TableView, offset=offset)
            assert app.told == [said]
            app.told.clear()
        await pilot.click(TableView, offset=(5, 9))  # below the last row
        assert not app.told


async def test_another_theme_paints_anew():
    app = Tables()
    async with app.run_test(size=(80, 24)) as pilot:
        view = app.query_one(TableView)
        view.frame = table(1, roles=("block",) * 10)
        await pilot.pause()
        before = next(iter(view.render_line(1))).style.color
        app.theme = "nord"
        await pilot.pause()
        assert next(iter(view.render_line(1))).style.color != before
