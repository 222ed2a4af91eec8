"""Lines of words: their roles become styles, and only what differs is repainted."""

from __future__ import annotations

from textual.app import App

from cnntui.ui.words import Words
from tests.waiting import painted

ROLES = ("dim", "strong", "good", "bad", "input", "kernel", "output", "maximum", "average", "key")


class Said(App):
    def compose(self):
        yield Words()


def styled(words, y=0):
    return [(s.text, s.style.color.triplet.hex, bool(s.style.bold)) for s in words.render_line(y)]


async def test_each_role_has_its_style():
    app = Said()
    async with app.run_test(size=(80, 5)):
        words = app.query_one(Words)
        words.lines = ((("plain ", ""), *((role, role) for role in ROLES)),)
        shown = {text: (colour, bold) for text, colour, bold in styled(words)}
        assert shown["input"][0] == "#56c8d8" != shown["kernel"][0] == "#e0b050"
        assert shown["output"][0] == "#7ec77e"
        assert shown["strong"][1]
        assert shown["bad"][1]
        assert len({shown[role][0] for role in ("dim", "good", "bad", "kernel", "average")}) == 5


async def test_neighbours_of_one_role_are_one_run():
    app = Said()
    async with app.run_test(size=(80, 5)):
        words = app.query_one(Words)
        words.lines = ((("(7×1)", ""), (" ", ""), ("+ (2×0)", "")),)
        assert next(text for text, *_ in styled(words)).startswith("(7×1) + (2×0)")


async def test_it_is_as_high_as_its_lines_and_repaints_what_differs(recorded):
    app = Said()
    sent = recorded(app)
    async with app.run_test(size=(80, 5)) as pilot:
        words = app.query_one(Words)
        words.lines = ((("first", "dim"),), (("sum = 12", ""),))
        await painted(pilot, sent)
        sent.clear()
        assert words.size.height == 2
        assert words.render_line(1).text.rstrip() == "sum = 12"
        words.lines = ((("first", "dim"),), (("sum = 13", ""),))
        await painted(pilot, sent)
        assert len(sent) == 1
        assert "first" not in sent[0]
        assert "sum" not in sent[0]
        sent.clear()
        words.lines = ((("first", "dim"),), (("sum = 13", ""),))
        await painted(pilot, sent)
        assert not sent


async def test_a_theme_changes_the_words():
    app = Said()
    async with app.run_test(size=(80, 5)) as pilot:
        words = app.query_one(Words)
        words.lines = ((("said", "dim"),),)
        before = styled(words)
        app.theme = "textual-light"
        await pilot.pause()
        assert styled(words)[0][0] == before[0][0]
        assert styled(words) != before
