"""The line that asks: answers, cells, escape; what it leaves to others."""

from __future__ import annotations

from functools import partial

from textual.app import App
from textual.widgets import Button, Label

from cnntui.errors import UserError
from cnntui.ui.prompt import Prompt, PromptInput


class Asking(App):
    BINDINGS = [("1", "note('opened')"), ("u", "note('u')")]

    def __init__(self):
        super().__init__()
        self.told = []

    def compose(self):
        yield Button("before")
        yield Prompt()

    def action_note(self, text):
        self.told.append(text)

    def on_prompt_cell_moved(self, event):
        self.told.append((event.rows, event.columns, event.text))

    def on_prompt_cell_undone(self):
        self.told.append("undone")

    def on_prompt_refused(self, event):
        self.told.append(str(event.problem))


def question(app):
    return str(app.query_one("#question", Label).content)


async def test_it_asks_gives_the_answer_and_closes():
    app = Asking()
    async with app.run_test() as pilot:
        prompt = app.query_one(Prompt)
        assert not prompt.asking
        prompt.ask("go to [row, column]:", app.told.append, "0,0")
        await pilot.pause()
        assert prompt.asking
        assert question(app) == "go to [row, column]:"  # brackets are no markup
        await pilot.press("2", ",", "1", "space", "enter")
        assert app.told == ["2,1"]  # what was there is typed over, stripped; 1 opened nothing
        assert not prompt.asking


async def test_a_refused_answer_leaves_the_question_open():
    def whole(text):
        if not text.isdecimal():
            raise UserError(f"{text!r} is no number")
        app.told.append(int(text))

    app = Asking()
    async with app.run_test() as pilot:
        prompt = app.query_one(Prompt)
        prompt.ask("a number:", whole)
        await pilot.press("x", "enter")
        assert (app.told, prompt.asking) == (["'x' is no number"], True)
        await pilot.press("backspace", "5", "enter")
        assert (app.told[1:], prompt.asking) == ([5], False)


async def test_an_answer_may_ask_on():
    app = Asking()
    async with app.run_test() as pilot:
        prompt = app.query_one(Prompt)
        prompt.ask("first:", lambda text: prompt.ask(f"after {text}:", app.told.append))
        await pilot.press("a", "enter")
        assert question(app) == "after a:"
        await pilot.press("b", "enter")
        assert (app.told, prompt.asking) == (["b"], False)


async def test_escape_leaves_and_the_keys_go_back():
    app = Asking()
    async with app.run_test() as pilot:
        before = app.query_one(Button)
        before.focus()
        left = partial(app.told.append, "left")
        app.query_one(Prompt).ask("go to:", app.told.append, left=left)
        await pilot.press("5", "escape")
        assert app.told == ["left"]
        assert app.focused is before


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
        prompt.ask("name:", app.told.append)
        await pilot.press("u", "enter")
        assert app.told == ["undone", "u"]


async def test_the_keys_it_takes_are_told():
    app = Asking()
    async with app.run_test() as pilot:
        prompt = app.query_one(Prompt)
        prompt.ask("go to:", app.told.append)
        assert str(app.query_one("#keys", Label).content) == "enter · escape"
        prompt.ask_cells("kernel[0, 0] =", "1")
        await pilot.pause()
        assert "u undo" in str(app.query_one("#keys", Label).content)
        assert app.query_one(PromptInput).value == "1"
