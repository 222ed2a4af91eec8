"""The line of keys: what it lists, that it follows the bindings, that a click presses a key."""

from __future__ import annotations

from textual.app import App
from textual.binding import Binding
from textual.screen import Screen

from cnntui.ui.shell.footer import KeyLine


class Keys(Screen):
    BINDINGS = [
        Binding("a", "do('a')", "first"),
        Binding("b,c", "do('b')", "both"),
        Binding("d", "do('d')", "hidden", show=False),
        Binding("ctrl+e", "do('e')", "control"),
        Binding("question_mark", "do('?')", "help"),
    ]

    allowed = True

    def compose(self):
        yield KeyLine()

    def check_action(self, action, parameters):
        return self.allowed or parameters != ("a",)

    def action_do(self, what):
        self.app.done.append(what)


class Keyed(App):
    ENABLE_COMMAND_PALETTE = False

    def on_mount(self):
        self.done = []
        self.push_screen(Keys())


def shown(app):
    return app.screen.query_one(KeyLine).render_line(0).text.strip()


async def test_shown_bindings_are_listed_once_in_their_order():
    app = Keyed()
    async with app.run_test(size=(80, 5)) as pilot:
        await pilot.pause()
        words = shown(app).split("  ")
        assert words[:3] == ["a first", "b both", "^e control"]
        assert "? help" in words
        assert "hidden" not in shown(app)


async def test_it_follows_what_is_allowed():
    app = Keyed()
    async with app.run_test(size=(80, 5)) as pilot:
        await pilot.pause()
        app.screen.allowed = False
        app.screen.refresh_bindings()
        await pilot.pause()
        assert "first" not in shown(app)
        assert "both" in shown(app)
        app.screen.allowed = True
        app.screen.refresh_bindings()
        await pilot.pause()
        assert shown(app).startswith("a first")


async def test_a_click_presses_the_key_under_it():
    app = Keyed()
    async with app.run_test(size=(80, 5)) as pilot:
        await pilot.pause()
        text = app.screen.query_one(KeyLine).render_line(0).text
        for word, done in (("first", "a"), ("both", "b"), ("^e", "e"), ("help", "?"), ("a ", "a")):
            start = text.index(word)
            await pilot.click(KeyLine, offset=(start + 1, 0))
            await pilot.pause()
            assert app.done == [done]
            app.done.clear()
        await pilot.click(KeyLine, offset=(78, 0))
        await pilot.pause()
        assert not app.done


async def test_what_has_no_room_is_cut():
    app = Keyed()
    async with app.run_test(size=(16, 5)) as pilot:
        await pilot.pause()
        line = app.screen.query_one(KeyLine).render_line(0)
        assert line.cell_length <= 16
        assert line.text.strip().startswith("a first")
