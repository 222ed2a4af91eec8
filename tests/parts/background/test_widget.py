"""Work in threads: what was made is taken, what failed is told, what is outdated is dropped."""

from __future__ import annotations

from threading import Event

from textual.app import App

from cnntui.errors import UserError
from cnntui.parts.background.widget import Background


class Working(App):
    def __init__(self):
        super().__init__()
        self.taken, self.problems = [], []
        self.background = Background()

    def compose(self):
        yield self.background

    def run_in_background(self, kind, make):
        self.background.run(kind, make, self.taken.append, self.problems.append)


async def finished(pilot):
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def test_what_was_made_is_taken():
    app = Working()
    async with app.run_test() as pilot:
        app.run_in_background("sum", lambda: 1 + 1)
        app.run_in_background("product", lambda: 2 * 3)
        await finished(pilot)
        assert sorted(app.taken) == [2, 6]
        assert not app.problems


async def test_a_problem_is_told():
    problem = UserError("no such file")

    def make():
        raise problem

    app = Working()
    async with app.run_test() as pilot:
        app.run_in_background("file", make)
        await finished(pilot)
        assert (app.taken, app.problems) == ([], [problem])


async def test_the_last_of_a_kind_counts():
    app, go_on, started = Working(), Event(), Event()

    def slow():
        started.set()
        go_on.wait(10)
        return "slow"

    async with app.run_test() as pilot:
        app.run_in_background("file", slow)
        while not started.is_set():
            await pilot.pause()
        app.run_in_background("file", lambda: "fast")
        go_on.set()
        await pilot.pause()
        while any(not worker.is_finished for worker in app.workers) or not app.taken:
            await pilot.pause()
        assert app.taken == ["fast"]
