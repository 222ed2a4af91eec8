"""The shell: the first screen, panes by key, palette, help, themes, notices."""

from __future__ import annotations

import pytest
from textual.widgets import OptionList, Static

from cnntui.registry import entries
from cnntui.sources.inputs import listed_inputs
from cnntui.sources.kernels import listed_kernels
from cnntui.ui.shell.footer import KeyLine
from cnntui.ui.shell.help import Help, help_rows
from cnntui.ui.shell.home import Home
from cnntui.ui.shell.laboratory import PaneCommands
from tests.panes.driving import SIZES, app_on, notice, pane_of, press, settled, texts

PANES = [(entry.name, entry.about["key"], entry.about["title"]) for entry in entries("panes")]


def running(pane="home", size=(80, 24), **terminal):
    return app_on(pane, None, size, **terminal).run_test(size=size)


async def pressed(pilot, *keys):
    await pilot.press(*keys)
    await settled(pilot)


async def test_the_first_screen_says_what_this_is_and_what_to_press():
    async with running() as pilot:
        await settled(pilot)
        screen = "\n".join(texts(pilot))
        assert "convolutional neural networks" in screen
        for _, key, title in PANES:
            assert f"{key}  {title}" in screen
        for word in ("?", "esc", "ctrl+p", "q "):
            assert word in screen


def out_of(name: str) -> tuple[str, ...]:
    """Return the keys that leave a pane: in an editor every letter is text, so one more."""
    return ("escape", "escape") if name == "build" else ("escape",)


@pytest.mark.parametrize(("name", "key"), [(name, key) for name, key, _ in PANES])
async def test_each_pane_opens_by_its_key_tells_its_keys_and_escape_comes_back(name, key):
    async with running(size=(100, 200)) as pilot:
        await settled(pilot)
        await pressed(pilot, key)
        assert pilot.app.current_mode == name
        assert pane_of(pilot).state is not None or name == "watch"  # there is no run yet
        assert pilot.app.screen.query_one(KeyLine)
        await pressed(pilot, *out_of(name)[1:], "question_mark")
        assert isinstance(pilot.app.screen, Help)
        help_text = " ".join(str(part.content) for part in pilot.app.screen.query(Static))
        for keys, what in help_rows(pane_of(pilot).own_bindings()):
            assert keys in help_text
            assert what in help_text
        assert pane_of(pilot).HELP in help_text
        assert "Back to the first screen" in help_text
        await pressed(pilot, "escape")
        assert pilot.app.current_mode == name
        assert not isinstance(pilot.app.screen, Help)
        await pressed(pilot, "escape")
        assert isinstance(pilot.app.screen, Home)


async def test_the_list_opens_a_pane_by_enter_and_mouse():
    async with running() as pilot:
        await settled(pilot)
        await pressed(pilot, "j", "k", "down", "enter")
        assert pilot.app.current_mode == PANES[1][0]
        await pressed(pilot, "escape")
        await pilot.click(OptionList, offset=(3, 0))
        await settled(pilot)
        assert pilot.app.current_mode == PANES[0][0]


async def test_a_pane_keeps_its_state():
    async with running() as pilot:
        await settled(pilot)
        await pressed(pilot, "1", "right", "right", "s")
        state = pane_of(pilot).state
        await pressed(pilot, "escape", "2")
        assert pane_of(pilot).state is not state
        await pressed(pilot, "1")
        assert pane_of(pilot).state is state
        await pressed(pilot, "right")
        assert pane_of(pilot).state.index == state.index + 1


def named(hits):
    return {str(hit.display if hasattr(hit, "display") else hit): hit for hit in hits}


async def commands(pilot):
    provider = PaneCommands(pilot.app.screen)
    return {hit.text: hit async for hit in provider.discover()}


async def test_the_palette_holds_every_pane_sample_and_action():
    async with running("conv") as pilot:
        await settled(pilot)
        found = await commands(pilot)
        assert {f"Open {title}" for _, _, title in PANES} <= set(found)
        assert {f"input: {each.name}" for each in listed_inputs()} <= set(found)
        assert {f"kernel: {each.name}" for each in listed_kernels()} <= set(found)
        actions = {b.description for b in pane_of(pilot).own_bindings() if b.description}
        assert actions <= set(found)


async def test_the_palette_runs_what_it_lists():
    async with running("conv") as pilot:
        await settled(pilot)
        found = await commands(pilot)
        await found["kernel: laplacian"].command()
        await found["input: edge-6x6"].command()
        await settled(pilot)
        state = pane_of(pilot).state
        assert (state.kernel_name, state.input_name) == ("laplacian", "edge-6x6")
        await found["stride"].command()
        assert pane_of(pilot).state.conv.stride == (2, 2)
        provider = PaneCommands(pilot.app.screen)
        hits = [hit async for hit in provider.search("sobel")]
        assert {hit.text for hit in hits} >= {"kernel: sobel-x", "kernel: sobel-y"}
        found["Open Pooling"].command()
        await settled(pilot)
        assert pilot.app.current_mode == "pool"


async def test_the_palette_opens_by_its_key_and_finds_a_pane():
    async with running() as pilot:
        await settled(pilot)
        await pressed(pilot, "ctrl+p")
        assert pilot.app.screen is not pilot.app.screen_stack[0]
        await pressed(pilot, "escape")
        assert isinstance(pilot.app.screen, Home)


async def test_help_of_the_first_screen():
    async with running() as pilot:
        await settled(pilot)
        await pressed(pilot, "question_mark", "j", "k", "q")
        assert isinstance(pilot.app.screen, Home)


async def test_a_notice_comes_and_goes():
    async with running("conv") as pilot:
        await settled(pilot)
        await press(pilot, "S")
        assert "stride" in notice(pilot)
        await press(pilot, "right")
        assert notice(pilot) == ""


@pytest.mark.parametrize("theme", ["textual-light", "nord"])
async def test_themes(theme):
    async with running("conv") as pilot:
        await settled(pilot)
        pilot.app.theme = theme
        await settled(pilot)
        assert any("Convolution" in line for line in texts(pilot))
        assert (await press(pilot, "right")).state.index == 1


@pytest.mark.parametrize("size", SIZES)
async def test_home_screens(size, snapshot):
    async with running(size=size) as pilot:
        await settled(pilot)
        snapshot(pilot, f"home_{size[0]}x{size[1]}")


@pytest.mark.parametrize("size", SIZES)
async def test_help_screens(size, snapshot):
    async with running("conv", size) as pilot:
        await settled(pilot)
        await pressed(pilot, "question_mark")
        snapshot(pilot, f"help_{size[0]}x{size[1]}")


async def test_home_without_colour(snapshot):
    async with running(colors="none", unicode=False) as pilot:
        await settled(pilot)
        snapshot(pilot, "home_no_colour")
