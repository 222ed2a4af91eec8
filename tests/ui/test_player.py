"""The player: it plays and pauses, keeps its speeds, and ticks; no test waits for a tick."""

from __future__ import annotations

from textual.app import App

from cnntui.ui.player import SPEEDS, Player


class Playing(App):
    def __init__(self):
        super().__init__()
        self.changes = self.ticks = 0

    def compose(self):
        yield Player()

    def on_player_changed(self):
        self.changes += 1

    def on_player_ticked(self):
        self.ticks += 1


async def test_it_plays_pauses_and_tells():
    app = Playing()
    async with app.run_test() as pilot:
        player = app.query_one(Player)
        assert player.status == "paused 8/s"
        player.toggle()
        await pilot.pause()
        assert (player.playing, player.status) == (True, "playing 8/s")
        assert player._timer is not None
        player.toggle()
        await pilot.pause()
        assert player._timer is None
        assert app.changes == 2


async def test_speeds_stop_at_both_ends():
    app = Playing()
    async with app.run_test() as pilot:
        player = app.query_one(Player)
        for _ in range(9):
            player.faster()
        assert player.status == f"paused {SPEEDS[-1]}/s"
        for _ in range(9):
            player.faster(-1)
        assert player.status == f"paused {SPEEDS[0]}/s"
        player.toggle()
        await pilot.pause()
        assert player._timer._interval == 1 / SPEEDS[0]
        player.faster()
        await pilot.pause()
        assert player._timer._interval == 1 / SPEEDS[1]
        player.toggle()


async def test_a_tick_is_a_message():
    app = Playing()
    async with app.run_test() as pilot:
        app.query_one(Player)._tick()
        await pilot.pause()
        assert app.ticks == 1
        assert not app.query_one(Player).display
