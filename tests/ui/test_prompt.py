"""The line that asks: answers, cells, escape; what it leaves to others."""

from __future__ import annotations

from textual.app import App
from textual.widgets import Label

from cnntui.ui.prompt import Prompt, PromptInput


class Asking(App):
    BINDINGS = [("1", "note('opened')"), ("u", "note('u')")]

    def __init__(self):
        super().__init__()
        self.told = []

    def compose(self):
        yield Prompt()

    def action_note(self, text):
        self.told.append(text)

    def on_prompt_answered(self, event):
        self.told.append((event.purpose, event.text))

    def on_prompt_cell_moved(self, event):
        self.told.append((event.rows, event.columns, event.text))

    def on_prompt_cell_undone(self):
        self.told.append("undone")

    def on_prompt_left(self, event):
        self.told.append("left")
        assert event.prompt is self.query_one(Prompt)


def question(app):
    return str(app.query_one("#question", Label).content)


async def test_it_asks_and_tells_the_answer():
    app = Asking()
    async with app.run_test() as pilot:
        prompt = app.query_one(Prompt)
        assert not prompt.asking
        prompt.ask("goto", "go to [row, column]:", "0,0")
        await pilot.pause()
        assert prompt.asking
        assert question(app) == "go to [row, column]:"  # brackets are no markup
        await pilot.press("2", ",", "1", "enter")
        assert app.told == [("goto", "2,1")]  # what was there is typed over; 1 opened nothing
        assert prompt.asking
        prompt.close()
        assert not prompt.asking


async def test_escape_leaves():
    app = Asking()
    async with app.run_test() as pilot:
        app.query_one(Prompt).ask("goto", "go to:")
        await pilot.press("5", "escape")
        assert app.told == ["left"]


async def test_cells_are_written_by_arrows_tab_and_enter():
    app = Asking()
    async with app.run_test() as pilot:
        prompt = app.query_one(Prompt)
        ways = [("right", 0, 1), ("left", 0, -1), ("up", -1, 0), ("down", 1, 0), ("tab", 0, 1),
                ("shift+tab", 0, -1), ("enter", 0, 1)]  # fmt: skip
        for key, rows, columns in ways:
            prompt.ask_cells("input[0, 0] =", "7")
            await pilot.press(key)
            assert app.told.pop() == (rows, columns, None)  # nothing typed, nothing written
            prompt.ask_cells("input[0, 0] =", "7")
            await pilot.press("minus", "1", "full_stop", "5", key)
            assert app.told.pop() == (rows, columns, "-1.5")
        assert not app.told


async def test_u_takes_a_cell_back_and_is_a_letter_elsewhere():
    app = Asking()
    async with app.run_test() as pilot:
        prompt = app.query_one(Prompt)
        prompt.ask_cells("input[0, 0] =", "7")
        await pilot.press("u")
        assert app.told == ["undone"]
        prompt.ask("name", "name:")
        await pilot.press("u", "enter")
        assert app.told[-1] == ("name", "u")
        assert "u" not in app.told


async def test_the_keys_it_takes_are_told():
    app = Asking()
    async with app.run_test() as pilot:
        prompt = app.query_one(Prompt)
        prompt.ask("goto", "go to:")
        assert str(app.query_one("#keys", Label).content) == "enter · escape"
        prompt.ask_cells("kernel[0, 0] =", "1")
        await pilot.pause()
        assert "u undo" in str(app.query_one("#keys", Label).content)
        assert app.query_one(PromptInput).value == "1"
