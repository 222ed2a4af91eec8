"""Cells typed one by one: written, refused, taken back, left."""

from __future__ import annotations

from dataclasses import dataclass, replace

from textual.app import App
from textual.reactive import reactive
from textual.widgets import Label

from cnntui.parts.choosing.cells import CellPrompt


@dataclass(frozen=True)
class Row:
    """Four numbers below 100; the arrows go from one to the next."""

    numbers: tuple[float, ...] = (1.0, 2.0, 3.0, 4.0)
    at: int = 0
    before: tuple[float, ...] = ()
    problem: str = ""

    @property
    def cell(self):
        return f"row[{self.at}]", self.numbers[self.at]

    def with_cell(self, value):
        if value > 99:
            return replace(self, problem="too large")
        numbers = (*self.numbers[: self.at], value, *self.numbers[self.at + 1 :])
        return replace(self, numbers=numbers, before=self.numbers, problem="")

    def moved(self, rows, columns):
        return replace(self, at=max(0, min(self.at + columns, 3)), problem="")

    def undone(self):
        return replace(self, numbers=self.before or self.numbers)


class Typing(App):
    state = reactive(Row(), init=False)

    def __init__(self):
        super().__init__()
        self.prompt = CellPrompt(self)
        self.problems, self.left = [], 0

    def compose(self):
        yield self.prompt

    def refuse(self, problem):
        self.problems.append(str(problem))

    def leave(self):
        self.left += 1


def question(app):
    return str(app.query_one("#question", Label).content)


async def test_a_number_is_written_and_the_next_cell_asked_for():
    app = Typing()
    async with app.run_test() as pilot:
        app.prompt.edit()
        await pilot.press("7", "right")
        assert app.state.numbers == (7, 2, 3, 4)
        assert question(app) == "row[1] ="
        await pilot.press("right", "minus", "5", "enter")
        assert app.state.numbers == (7, 2, -5, 4)
        await pilot.press("u")
        assert app.state.numbers == (7, 2, 3, 4)
        assert app.prompt.asking


async def test_what_is_wrong_stays_where_it_is():
    app = Typing()
    async with app.run_test() as pilot:
        app.prompt.edit()
        await pilot.press("x", "right")
        assert "is not a number" in app.problems[0]
        assert app.state == Row()
        await pilot.press("backspace", *"100", "right")
        assert (app.state.at, app.state.problem) == (0, "too large")
        await pilot.press("right")
        assert (app.state.at, app.state.problem) == (1, "")


async def test_escape_ends_it_and_tells_so_once():
    app = Typing()
    async with app.run_test() as pilot:
        app.prompt.edit(app.leave)
        await pilot.press("right", "7", "escape")
        assert (app.left, app.prompt.asking) == (1, False)
        assert app.state.numbers == Row().numbers
        app.prompt.edit()
        await pilot.press("escape")
        assert (app.left, app.prompt.asking) == (1, False)
