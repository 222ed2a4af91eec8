"""The Filters pane: keys pressed, states asserted; whole screens as snapshots."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PIL import Image
from textual.widgets import Static

from cnntui.app import laboratory
from cnntui.cli import main
from cnntui.panes.filters.frame import layout
from cnntui.panes.filters.pane import FiltersPane
from cnntui.panes.filters.state import FiltersState, read_picture
from cnntui.settings import Settings
from cnntui.sources.kernels import listed_kernels, load_kernel
from cnntui.ui.grid import GridView
from cnntui.ui.picture import PictureView
from cnntui.ui.prompt import Prompt
from cnntui.ui.shell.laboratory import Laboratory
from cnntui.ui.shell.notice import Notice
from cnntui.ui.terminal import Terminal
from tests.waiting import settled

SIZES = [(80, 24), (120, 40)]


def opened(width, height, picture="chelsea", kernel="sobel-x", **more):
    room = lambda natural: layout(width - 2, height - 1, natural).board  # noqa: E731
    return FiltersState.of(
        read_picture(picture, board=room), load_kernel(kernel), device="cpu", **more
    )


def app_of(size=(80, 24), colors="truecolor", unicode=True, opening=None):
    terminal = Terminal(*size, colors, unicode, True, "")
    state = opening or opened(*size)
    app = laboratory(Laboratory, terminal, Settings(), "filters", state)
    app.after_first_frame = None
    return app


async def press(pilot, *keys):
    for key in keys:
        await pilot.press(key)
        await settled(pilot)
    return pane_of(pilot)


def pane_of(pilot):
    return pilot.app.screen_stack[0].query_one(FiltersPane)


def notice(pilot):
    found = pilot.app.screen.query_one(Notice)
    return str(found.query_one(Static).content if found.children else found.content), found.display


async def test_it_opens_on_the_cat_by_itself():
    terminal = Terminal(80, 24, "truecolor", True, True, "")
    app = laboratory(Laboratory, terminal, Settings(), "filters")
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        state = pane_of(pilot).state
        assert state.picture.source.name == "chelsea"
        assert state.chosen.name == "sobel-x"
        assert max(state.filtering.sizes[0]) == 29
        assert "torch" in pane_of(pilot).status.verdict[0][0]


async def test_each_kernel_has_its_key():
    app = app_of()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        for found in listed_kernels():
            if found.key:
                pane = await press(pilot, found.key)
                assert pane.state.listed_name == found.name
                assert pane.developed.filtering is pane.state.filtering
                assert pane.status.verdict[0][0].startswith("✓ torch cpu")
        pane = await press(pilot, "z")
        assert pane.state.chosen.name == "random:1"


async def test_keys_change_the_state():
    app = app_of()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        pane = await press(pilot, "space", "space", "backspace", "s", "w")
        assert pane.state.filtering.times == 2
        assert pane.state.filtering.stride == 2
        assert pane.state.shown_as == "clipped"
        pane = await press(pilot, "right", "right", "left")
        assert pane.state.chosen.name == "sobel-y"
        pane = await press(pilot, "o")
        assert pane.state.filtering.channels == 1
        assert pane.state.picture.gray
        pane = await press(pilot, "o", "right_square_bracket")
        assert pane.state.filtering.input.shape == (3, 21, 32)
        pane = await press(pilot, "left_square_bracket")
        assert max(pane.state.filtering.sizes[0]) == 24
        pane = await press(pilot, "f")
        assert max(pane.state.filtering.sizes[0]) == 29
        pane = await press(pilot, "r")
        assert (pane.state.filtering.times, pane.state.filtering.stride) == (1, 1)
        assert pane.state.mapping == "automatic"


async def test_the_kernel_is_edited_cell_by_cell():
    app = app_of()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        pane = await press(pilot, "e", "5", "right", "minus", "2", "enter")
        assert pane.state.filtering.kernel[0].tolist() == [5, -2, 1]
        assert pane.developed.filtering is pane.state.filtering
        assert pane.state.editing
        assert app.screen.query_one("#kernel", GridView).frame.focused
        pane = await press(pilot, "u")
        assert pane.state.filtering.kernel[0].tolist() == [5, 0, 1]
        pane = await press(pilot, "escape", "u")
        assert (pane.state.filtering.kernel == load_kernel("sobel-x").values).all()
        assert not pane.state.editing
        assert not app.screen.query_one(Prompt).asking
        pane = await press(pilot, "u")
        assert "nothing to undo" in notice(pilot)[0]


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        (("backspace",), "applied once is the least"),
        (("S",), "non-positive stride"),
        (("e", "x", "right"), "'x' is not a number"),
        (("i", *"qq", "enter"), "no input is called 'qq'"),
        (("K", *"qq", "enter"), "no kernel is called 'qq'"),
        (("K", *"1;2", "space", "3", "enter"), "row 2 of the kernel has 2 values"),
    ],
)
async def test_what_cannot_be_done_is_said_and_changes_nothing(keys, says):
    app = app_of()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        before = pane_of(pilot).state.filtering, pane_of(pilot).state.picture
        pane = await press(pilot, *keys)
        text, shown = notice(pilot)
        assert shown
        assert says in text
        assert (pane.state.filtering, pane.state.picture) == before
        if keys[0] == "e":
            await press(pilot, "escape")
        await press(pilot, "space")
        assert not notice(pilot)[1]


async def test_a_notice_does_not_change_the_pictures_size():
    app = app_of(opening=opened(80, 24, "astronaut"))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        picture = pane_of(pilot).state.picture
        pane = await press(pilot, "backspace")
        assert notice(pilot)[1]
        assert pane.state.picture is picture


async def test_a_picture_and_a_kernel_from_files(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (60, 20, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "tall.png")
    (tmp_path / "k.csv").write_text("0,1\n1,0\n")
    app = app_of()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        pane_of(pilot).action_open_input(str(tmp_path / "tall.png"))
        await settled(pilot)
        pane_of(pilot).action_open_kernel(str(tmp_path / "k.csv"))
        await settled(pilot)
        pane = pane_of(pilot)
        assert pane.state.filtering.sizes[0] == (pane.state.board[0], pane.state.board[0] // 3)
        assert pane.state.filtering.kernel.tolist() == [[0, 1], [1, 0]]
        assert pane.developed.filtering is pane.state.filtering


async def test_pickers_choose():
    app = app_of()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        pane = await press(pilot, "i", *"cof", "enter")
        assert pane.state.picture.source.name == "coffee"
        pane = await press(pilot, "K", *"emb", "enter")
        assert pane.state.chosen.name == "emboss"
        pane = await press(pilot, "K", *"1/2,1/2", "enter")
        assert pane.state.filtering.kernel.tolist() == [[0.5, 0.5]]


async def test_the_picture_follows_the_screen_until_a_size_is_chosen():
    app = app_of()
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.resize_terminal(120, 40)
        await settled(pilot)
        pane = pane_of(pilot)
        assert max(pane.state.filtering.sizes[0]) == 46
        assert app.screen.query_one("#source", PictureView).frame.width == 46
        await press(pilot, "right_square_bracket")
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert max(pane.state.filtering.sizes[0]) == 48
        assert app.screen.query_one("#source", PictureView).frame.width == 29


@pytest.mark.parametrize("size", [(40, 12), (60, 20), (200, 60)])
async def test_other_sizes_of_the_screen(size):
    app = app_of(size, opening=opened(*size))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        pane = await press(pilot, "G", "space")
        assert pane.state.chosen.name == "gaussian-5"
        assert pane.developed.filtering is pane.state.filtering


def test_bindings_are_told_and_few_are_in_the_footer():
    bindings = FiltersPane.own_bindings()
    assert all(each.id and each.tooltip for each in bindings)
    assert len({each.id for each in bindings}) == len(bindings)
    keys = [key for each in bindings for key in each.key.split(",")]
    assert len(set(keys)) == len(keys)
    assert sum(each.show for each in bindings) <= 4


@pytest.mark.parametrize("size", SIZES)
async def test_screens(size, snapshot):
    app = app_of(size)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        snapshot(pilot, f"filters_{size[0]}x{size[1]}")
        await press(pilot, "G", "space", "s")
        snapshot(pilot, f"filters_gaussian_{size[0]}x{size[1]}")


async def test_screen_without_colour(snapshot):
    app = app_of(colors="none", unicode=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        snapshot(pilot, "filters_no_colour")


# the command


def run(capsys, *options):
    code = main(["filters", *options])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_json_holds_the_whole_result(capsys):
    code, out, _ = run(
        capsys, "--input", "camera", "--cells", "40", "--kernel", "box-blur", "--times", "2",
        "--device", "cpu", "--json", "--values",
    )  # fmt: skip
    found = json.loads(out)
    output = np.array(found["output"])
    assert code == 0
    assert list(output.shape) == found["output_shape"] == [1, 40, 40]
    assert found["result"]["mean"] == pytest.approx(output.mean())
    assert found["result"]["counts"] == np.histogram(output, found["result"]["edges"])[0].tolist()
    assert found["torch_max_abs_diff"] < 1e-4
    assert (found["stride"], found["times"]) == (1, 2)


def test_json_takes_the_whole_picture_and_leaves_values_out(capsys):
    found = json.loads(run(capsys, "--device", "cpu", "--json")[1])
    assert found["input_shape"] == list(read_picture("chelsea").source.values.shape)
    assert "output" not in found


def test_print_draws_both_pictures(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    code, out, _ = run(capsys, "--device", "cpu", "--print", "--kernel", "sharpen")
    assert code == 0
    assert "source 19×29" in out
    assert "result 19×29 · clip 0–255" in out
    assert "✓ torch cpu" in out
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--kernel", "rgb-bank"), "bank"),
        (("--stride", "0"), "stride"),
        (("--times", "99"), "16 times"),
        (("--cells", "0"), "cells is 0"),
        (("--device", "tpu"), "unknown device"),
        (("--input", "nothing.png"), "no such file"),
    ],
)
def test_bad_options_are_one_line(capsys, options, says):
    code, out, err = run(capsys, "--print", *options)
    assert (code, out) == (2, "")
    assert says in err
    assert err.count("\n") == 1


async def test_before_the_first_picture_keys_do_nothing(monkeypatch):
    monkeypatch.setattr(FiltersPane, "read", lambda *wanted, **more: None)
    terminal = Terminal(80, 24, "truecolor", True, True, "")
    app = laboratory(Laboratory, terminal, Settings(), "filters", None)
    app.after_first_frame = None
    async with app.run_test(size=(80, 24)) as pilot:
        pane = await press(pilot, "e", "u", "s", "right", "o", "f", "r", "n")
        assert pane.state is None
        assert not pane.asking
