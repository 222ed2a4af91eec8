"""The list to choose from: narrowed by typing, chosen by enter or mouse, or typed freely."""

from __future__ import annotations

import pytest
from textual.app import App
from textual.widgets import Input, OptionList

from cnntui.ui.picker import Picker
from cnntui.ui.shell.pane import Choice

CHOICES = [
    Choice("digit", "1×8×8", "handwritten; digit:7, rows -1 0 1"),
    Choice("edge-5x5", "1×5×5", "a bright half"),
    Choice("edge-6x6", "1×6×6", "a larger [bright] half"),
]


class Choosing(App):
    chosen: list[str | None]

    def on_mount(self):
        self.chosen = []
        self.push_screen(Picker("Input", CHOICES, "a file"), self.chosen.append)


async def choose(*keys):
    app = Choosing()
    async with app.run_test() as pilot:
        await pilot.pause()
        await pilot.press(*keys)
        await pilot.pause()
        return app.chosen


@pytest.mark.parametrize(
    ("keys", "chosen"),
    [
        (("enter",), "digit"),
        (("down", "down", "enter"), "edge-6x6"),
        (("down", "up", "enter"), "digit"),
        ((*tuple("edge"), "enter"), "edge-5x5"),
        ((*tuple("edge"), "down", "enter"), "edge-6x6"),
        ((*tuple("HAND"), "enter"), "digit"),
        ((*tuple("-6x6"), "enter"), "edge-6x6"),
        ((*tuple("no.csv"), "enter"), "no.csv"),
        (("x", "x", "escape"), None),
        ((*tuple("digit:7"), "enter"), "digit:7"),
        (("1", "space", "0", "enter"), "1 0"),
        (("minus", "1", "space", "0", "enter"), "-1 0"),
    ],
)
async def test_what_is_chosen(keys, chosen):
    assert await choose(*keys) == [chosen]


async def test_nothing_is_chosen_by_empty_space():
    assert await choose("x", "x", "backspace", "backspace", "enter") == ["digit"]
    assert await choose("q", "q", "q", "space", "enter") == ["qqq"]


async def test_the_list_narrows_and_widens():
    app = Choosing()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        options = app.screen.query_one(OptionList)
        assert options.option_count == 3
        await pilot.press(*"half 6")
        assert [options.get_option_at_index(i).id for i in range(options.option_count)] == [
            "edge-6x6"
        ]
        app.screen.query_one(Input).value = ""
        await pilot.pause()
        assert options.option_count == 3
        await pilot.click(OptionList, offset=(3, 1))
        await pilot.pause()
        assert app.chosen == ["edge-5x5"]
