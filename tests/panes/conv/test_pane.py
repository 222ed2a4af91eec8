"""The Convolution pane: every key of it pressed, and the state asserted; screens as snapshots."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from textual.events import Paste

from cnntui.panes.conv.pane import ConvolutionPane
from cnntui.panes.conv.state import ConvolutionState
from cnntui.sources.inputs import load_input
from cnntui.sources.kernels import load_kernel
from cnntui.ui.frames.boards import VIEWS
from cnntui.ui.grid import GridView
from cnntui.ui.player import SPEEDS, Player
from cnntui.ui.prompt import Prompt, PromptInput
from tests.panes.driving import SIZES, app_on, notice, pane_of, press, settled, texts


def opened(source="edge-6x6", kernel="sobel-x", **more):
    return ConvolutionState.of(load_input(source), load_kernel(kernel), device="cpu", **more)


def running(state=None, size=(80, 24), **terminal):
    return app_on("conv", state or opened(), size, **terminal).run_test(size=size)


async def test_it_opens_on_a_digit_with_sobel_x():
    app = app_on("conv")
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        state = pane_of(pilot).state
        assert (state.input_name, state.kernel_name) == ("digit", "sobel-x")
        assert np.array_equal(state.conv.input, load_input("digit").values)


async def test_torchs_word_appears():
    async with running() as pilot:
        await settled(pilot)
        assert "✓ torch cpu" in "".join(text for text, _ in pane_of(pilot).status.verdict)
        assert any("✓ torch cpu" in line for line in texts(pilot))
        await press(pilot, "b", "a", "p")
        assert any("✓ torch cpu" in line for line in texts(pilot))


MOVES = {
    "right": 1, "l": 1, "down": 4, "j": 4, "end": 15, "left": 0, "h": 0, "up": 0, "k": 0, "home": 0,
}  # fmt: skip


async def test_keys_move_the_step_from_the_first():
    async with running() as pilot:
        await settled(pilot)
        for key, index in MOVES.items():
            assert (await press(pilot, "home", key)).state.index == index, key


async def test_arrows_go_on_to_the_next_row_and_back():
    async with running() as pilot:
        await settled(pilot)
        pane = await press(pilot, *["right"] * 4)
        assert pane.state.place == (0, 1, 0)
        pane = await press(pilot, "left", "j", "k", "up")
        assert pane.state.place == (0, 0, 3)
        pane = await press(pilot, "end", "h", "home")
        assert (pane.state.index, pane.state.seen) == (0, 15)


SETTINGS = [
    ("s", lambda c: c.stride, (2, 2), "S", (1, 1)),
    ("p", lambda c: c.padding, (1, 1), "P", (0, 0)),
    ("w", lambda c: c.kernel, (4, 4), "W", (3, 3)),
    ("d", lambda c: c.dilation, (2, 2), "D", (1, 1)),
    ("n", lambda c: c.padding, "valid", "n", "same"),
    ("M", lambda c: c.padding_mode, "reflect", "M", "replicate"),
    ("a", lambda c: c.activation, "relu", "a", "leaky-relu"),
    ("b", lambda c: None if c.bias is None else c.bias.tolist(), [0.0], "b", None),
]


async def test_keys_change_settings_and_back():
    async with running() as pilot:
        await settled(pilot)
        for key, of, there, back, again in SETTINGS:
            assert of((await press(pilot, key)).state.conv) == there, key
            assert of((await press(pilot, back)).state.conv) == again, key
            pane = await press(pilot, key, "r")
            assert of(pane.state.conv) == of(opened().conv)
            assert notice(pilot) == ""


async def test_keys_of_channels_filters_and_groups():
    state = opened("random:1:3,6,6", "rgb-bank")
    async with running(state) as pilot:
        await settled(pilot)
        assert (await press(pilot, "c")).state.filter == 1
        assert (await press(pilot, "f")).state.filter == 0
        pane = await press(pilot, "tab", "c", "c")
        assert (pane.state.focus, pane.state.channel, pane.state.filter) == ("input", 2, 0)
        pane_of(pilot).action_open_kernel("gaussian-3")
        await settled(pilot)
        assert (await press(pilot, "G")).state.conv.groups == 3
        assert (await press(pilot, "G")).state.conv.groups == 1


async def test_tab_and_views_and_switches():
    async with running() as pilot:
        await settled(pilot)
        focus = []
        for _ in range(3):
            focus.append((await press(pilot, "tab")).state.focus)
        assert focus == ["input", "kernel", "output"]
        assert (await press(pilot, "shift+tab")).state.focus == "kernel"
        await press(pilot, "tab")
        views = [(await press(pilot, "v")).state.view for _ in VIEWS]
        assert views == [*VIEWS[1:], VIEWS[0]]
        assert any("im2col" in line for line in (await press(pilot, "m") and texts(pilot)))
        await press(pilot, "m")
        assert not any("im2col" in line for line in texts(pilot))
        assert (await press(pilot, "o")).state.coverage
        assert any("reads of input" in line for line in texts(pilot))


async def test_the_shift_test_tells_how_much_changed():
    async with running() as pilot:
        await settled(pilot)
        shown = []
        for _ in range(5):
            await press(pilot, "t")
            shown.append(next((t for t in texts(pilot) if "input moved by 1" in t), "").strip())
        ways = ("right", "down", "left", "up")
        assert shown == [*(f"input moved by 1 {way}" for way in ways), ""]
        await press(pilot, "t")
        assert any("cells changed, by" in line for line in texts(pilot))
        assert any("equivariance" in line for line in texts(pilot))


async def test_the_player(monkeypatch):
    monkeypatch.setattr(Player, "_tick", lambda self: None)  # no tick but the test's own
    async with running(opened("edge-5x5")) as pilot:
        await settled(pilot)
        pane = await press(pilot, "plus", "plus", "minus")
        assert SPEEDS[pane.player.notch] == 15
        pane = await press(pilot, "space")
        assert pane.player.playing
        assert any("playing 15/s" in line for line in texts(pilot))
        assert pane.state.index == 0
        while not pane.state.ended:
            before = pane.state.index
            pane.player.post_message(Player.Ticked())
            await settled(pilot)
            assert pane.state.index == before + 1
        pane.player.post_message(Player.Ticked())
        await settled(pilot)
        assert not pane.player.playing
        pane = await press(pilot, "space")  # from the end it starts anew
        assert pane.player.playing
        assert pane.state.index == 0
        pane = await press(pilot, "r")
        assert not pane.player.playing


# typed


async def test_the_input_is_edited_cell_by_cell():
    async with running() as pilot:
        await settled(pilot)
        before = pane_of(pilot).state.conv.input.copy()
        pane = await press(pilot, "e", "7", "right", "minus", "2", "down", "0", "full_stop", "5")
        assert pane.asking
        pane = await press(pilot, "enter")
        changed = pane.state.conv.input[0]
        assert (changed[0, 0], changed[0, 1], changed[1, 1]) == (7, -2, 0.5)
        assert pane.state.cursor == (1, 2)
        pane = await press(pilot, "u")
        assert pane.state.conv.input[0, 1, 1] == before[0, 1, 1]
        pane = await press(pilot, "escape", "u", "u")
        assert not pane.asking
        assert np.array_equal(pane.state.conv.input, before)
        await press(pilot, "u")
        assert "nothing to undo" in notice(pilot)


async def test_the_kernel_is_edited_and_reset():
    async with running() as pilot:
        await settled(pilot)
        pane = await press(pilot, "tab", "tab", "down", "e", "9", "tab", "8", "enter", "escape")
        assert pane.state.conv.weight[0, 0, 1].tolist() == [9, 8, 2]
        pane = await press(pilot, "r")
        assert np.array_equal(pane.state.conv.weight[0, 0], load_kernel("sobel-x").values)


async def test_a_bad_number_is_told_and_changes_nothing():
    async with running() as pilot:
        await settled(pilot)
        conv = pane_of(pilot).state.conv
        await press(pilot, "e")
        for typed in ("x", "1e99", "1_0", "--1"):
            pilot.app.screen.query_one(PromptInput).value = typed
            pane = await press(pilot, "right")
            assert pane.state.conv is conv
            assert pane.state.cursor == (0, 0)
            assert pane.asking
            assert ("float32" if typed == "1e99" else "is not a number") in notice(pilot)
        pane = await press(pilot, "escape", "right")
        assert notice(pilot) == ""
        assert pane.state.cursor == (0, 1)


async def test_goto_a_typed_cell():
    async with running() as pilot:
        await settled(pilot)
        pane = await press(pilot, "g", *"2,3", "enter")
        assert pane.state.place == (0, 2, 3)
        assert not pane.asking
        pane = await press(pilot, "g", *"9,9", "enter")
        assert pane.asking
        assert "there is no output cell 9,9" in notice(pilot)
        assert pane.state.place == (0, 2, 3)
        pilot.app.screen.query_one(PromptInput).value = "zwei"
        pane = await press(pilot, "enter")
        assert "is not a cell" in notice(pilot)
        pilot.app.screen.query_one(PromptInput).value = "²,1"
        pane = await press(pilot, "enter")
        assert pane.asking
        pilot.app.screen.query_one(PromptInput).value = "1 1"
        pane = await press(pilot, "enter")
        assert pane.state.place == (0, 1, 1)
        pane = await press(pilot, "g", "escape", "right")
        assert pane.state.place == (0, 1, 2)


async def test_digits_in_a_prompt_open_no_pane():
    async with running() as pilot:
        await settled(pilot)
        pane = await press(pilot, "g", "2", "3", "1")
        assert pilot.app.current_mode == "conv"
        assert pane.query_one(PromptInput).value == "231"
        assert pane.query_one(Prompt).asking


async def test_a_typed_bias():
    async with running(opened("random:1:3,6,6", "rgb-bank")) as pilot:
        await settled(pilot)
        pane = await press(pilot, "B", *"1,-2", "enter")
        assert pane.state.conv.bias.tolist() == [1, -2]
        pane = await press(pilot, "B")
        pilot.app.screen.query_one(PromptInput).value = "1,2,3"
        pane = await press(pilot, "enter")
        assert pane.state.conv.bias.tolist() == [1, -2]
        assert "expected bias" in notice(pilot)
        pilot.app.screen.query_one(PromptInput).value = ""
        pane = await press(pilot, "enter")
        assert pane.state.conv.bias is None


# chosen


async def test_an_input_is_picked():
    async with running() as pilot:
        await settled(pilot)
        pane = await press(pilot, "i", *"checker", "enter")
        assert pane.state.input_name.startswith("checker")
        pane = await press(pilot, "i", *"digit:3", "enter")
        assert np.array_equal(pane.state.conv.input, load_input("digit:3").values)
        pane = await press(pilot, "i", "escape")
        assert pane.state.input_name == "digit:3"


async def test_a_picture_is_read_small_grey_and_larger():
    async with running(opened("random:1:3,6,6", "gaussian-3")) as pilot:
        await settled(pilot)
        pane = await press(pilot, "i", *"chelsea", "enter")
        assert (pane.state.conv.input.shape[0], max(pane.state.conv.input.shape)) == (3, 32)
        assert (await press(pilot, "Y")).state.conv.input.shape[0] == 1
        assert max((await press(pilot, "z")).state.conv.input.shape) == 48
        assert max((await press(pilot, "Z")).state.conv.input.shape) == 32
        for _ in range(4):
            await press(pilot, "Z")
        assert "fewest" in notice(pilot)
        assert max(pane_of(pilot).state.conv.input.shape) == 8


async def test_a_kernel_is_picked_and_typed():
    async with running() as pilot:
        await settled(pilot)
        pane = await press(pilot, "K", *"laplac", "enter")
        assert pane.state.kernel_name == "laplacian"
        pane = await press(pilot, "K", "1", "space", "minus", "1", "enter")
        assert pane.state.conv.weight.tolist() == [[[[1, -1]]]]
        pane = await press(pilot, "K", "minus", "1", "space", "0", "space", "1", "enter")
        assert pane.state.conv.weight.tolist() == [[[[-1, 0, 1]]]]
        pane = await press(pilot, "K", *"random:5", "enter")
        assert np.array_equal(pane.state.conv.weight[0, 0], load_kernel("random:5").values)


async def test_files_of_the_user(tmp_path):
    np.save(tmp_path / "bank.npy", np.ones((2, 1, 2, 2), np.float32))
    (tmp_path / "grid.csv").write_text("1,2,3\n4,5,6\n7,8,9\n")
    Image.new("RGB", (40, 20), (255, 0, 0)).save(tmp_path / "red.png")
    async with running() as pilot:
        await settled(pilot)
        pane = await press(pilot, "i")
        pilot.app.screen.query_one("Input").value = str(tmp_path / "grid.csv")
        await press(pilot, "enter")
        assert pane.state.conv.input.tolist() == [[[1, 2, 3], [4, 5, 6], [7, 8, 9]]]
        await press(pilot, "K")
        pilot.app.screen.query_one("Input").value = str(tmp_path / "bank.npy")
        await press(pilot, "enter")
        assert pane.state.conv.weight.shape == (2, 1, 2, 2)
        await press(pilot, "i")
        pilot.app.screen.query_one("Input").value = str(tmp_path / "red.png")
        await press(pilot, "enter")
        assert pane.state.conv.input.shape == (3, 16, 32)


REFUSED = [
    (("i", Paste("nothing.png"), "enter"), "no such file"),
    (("i", Paste("nosuch"), "enter"), "nosuch"),
    (("K", Paste("nothing.npy"), "enter"), "no such file"),
    (("K", Paste("1;2 3"), "enter"), "row 2"),
    (("K", Paste("rgb-bank"), "enter"), "expected input to have 3 channels"),
    (("S",), "non-positive stride"),
    (("P",), "0 is legal"),
    (("D",), "non-positive dilation"),
    (("d", "d"), "Kernel size can't be greater than actual input size"),
    (("n", "n", "s"), "padding='same' is not supported for strided"),
    (("W", "W", "W"), "at least one cell"),
    (("u",), "nothing to undo"),
]


async def test_what_cannot_be_done_is_said_and_changes_nothing():
    async with running() as pilot:
        await settled(pilot)
        for keys, says in REFUSED:
            pane = await press(pilot, "r", *keys[:-1])
            before = pane.state
            pane = await press(pilot, keys[-1])
            assert says in notice(pilot)
            assert (pane.state.conv, pane.state.index) == (before.conv, before.index)
        await press(pilot, "right")
        assert notice(pilot) == ""


# the mouse


async def click(pilot, grid, row, column):
    view = pilot.app.screen.query_one(f"#{grid}", GridView)
    frame = view.frame
    at = 1 + (column - frame.left) * frame.cell, 1 + row - frame.top
    await pilot.click(f"#{grid}", offset=at)
    await settled(pilot)
    return pane_of(pilot).state


async def test_clicks():
    async with running(opened().padded(1)) as pilot:
        await settled(pilot)
        state = await click(pilot, "output", 2, 3)
        assert (state.place, state.focus) == ((0, 2, 3), "output")
        state = await click(pilot, "input", 0, 1)
        assert (state.cursor, state.focus) == ((0, 1), "input")
        assert any("is read by 6 output cells" in line for line in texts(pilot))
        state = await click(pilot, "input", -1, -1)  # in the padding: the nearest cell
        assert state.cursor == (0, 0)
        state = await click(pilot, "kernel", 2, 1)
        assert (state.tap, state.focus) == ((2, 1), "kernel")
        assert any("meets 36 cells: 30 of the input, 6 of the pad" in t for t in texts(pilot))


# the whole of it


def test_bindings_are_told_and_few_are_in_the_footer():
    bindings = ConvolutionPane.own_bindings()
    assert all(each.id and each.tooltip for each in bindings)
    keys = [key for each in bindings for key in each.key.split(",")]
    assert len(set(keys)) == len(keys)
    assert sum(each.show for each in bindings) <= 6


@pytest.mark.parametrize("size", [(40, 12), (60, 16), (80, 24), (200, 60)])
@pytest.mark.parametrize("source", ["edge-6x6", "chelsea"])
async def test_other_sizes_of_the_screen(size, source):
    state = ConvolutionState.of(
        load_input(source, cells=32), load_kernel("gaussian-3"), device="cpu", cells=32
    )
    async with running(state, size) as pilot:
        await settled(pilot)
        pane = await press(pilot, "end", "t", "m", "tab", "tab", "p")
        assert pane.state.conv.padding == (1, 1)
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert pane.state.place[1:] == tuple(n - 3 for n in state.conv.input.shape[1:])


@pytest.mark.parametrize("size", SIZES)
async def test_screens(size, snapshot):
    async with running(opened("digit"), size) as pilot:
        await settled(pilot)
        await press(pilot, "p", "down", "right", "right")
        snapshot(pilot, f"convolution_{size[0]}x{size[1]}")


async def test_screen_without_colour(snapshot):
    async with running(opened("digit"), colors="none", unicode=False) as pilot:
        await settled(pilot)
        await press(pilot, "p", "s", "s", "s", "right")
        snapshot(pilot, "convolution_no_colour")


async def test_screen_of_three_channels(snapshot):
    state = opened("random:1:3,6,6", "rgb-bank")
    async with running(state) as pilot:
        await settled(pilot)
        await press(pilot, "end", "c")
        snapshot(pilot, "convolution_rgb")
