"""``cnntui open LINK``: the pane and the state, and ``y``, which copies the link that opens it."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from cnntui.cli.commands.open import opened
from cnntui.errors import UserError
from cnntui.panes.build.state import BuildingState
from cnntui.panes.conv.state import ConvolutionState
from cnntui.parts.links.link import link_of, parse_link, state_of
from tests.panes.driving import app_on, notice, press, settled

torch.set_num_threads(1)


def test_a_link_opens_a_pane_in_a_state() -> None:
    pane, state = opened("conv?input=digit:7&kernel=sobel-x&stride=2")
    assert pane == "conv"
    assert isinstance(state, ConvolutionState)
    assert (state.input_name, state.kernel_name, state.conv.stride) == (
        "digit:7",
        "sobel-x",
        (2, 2),
    )


def test_a_link_of_the_users_own_may_name_files(tmp_path: Path) -> None:
    (tmp_path / "grid.csv").write_text("1,2,3\n4,5,6\n7,8,9\n")
    (tmp_path / "net.txt").write_text("input 1x8x8\nconv 4 3\n")
    _, state = opened(f"conv?input={tmp_path}/grid.csv")
    assert state.conv.input.tolist() == [[[1, 2, 3], [4, 5, 6], [7, 8, 9]]]
    pane, state = opened(f"build?file={tmp_path}/net.txt")
    assert (pane, type(state)) == ("build", BuildingState)
    assert state.params == 4 * (9 + 1)


def test_the_device_is_that_of_the_settings() -> None:
    for link in ("conv", "pool", "filters"):
        assert opened(link, "cpu")[1].device == "cpu"


def test_a_pane_alone_opens_in_its_own_first_state() -> None:
    assert opened("runs") == ("runs", None)


@pytest.mark.parametrize("link", ["", "conf?input=digit", "conv?input=digit:9999"])
def test_what_is_wrong_is_one_line(link: str) -> None:
    with pytest.raises(UserError) as found:
        opened(link)
    assert str(found.value).isprintable()


async def test_y_copies_what_is_on_view_and_says_it() -> None:
    async with app_on("conv").run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        pane = await press(pilot, "s", "right", "right", "v", "y")
        link = pilot.app.clipboard
        assert link == link_of("conv", pane.state)
        assert notice(pilot) == f"copied {link}"
        assert pane.link() == link
        state = state_of(parse_link(link))
        assert (state.index, state.view, state.conv.stride) == (2, "ramp", (2, 2))
        await press(pilot, "right")
        assert notice(pilot) == ""


async def test_y_sends_osc_52_so_that_it_works_over_ssh(monkeypatch: pytest.MonkeyPatch) -> None:
    from base64 import b64encode

    async with app_on("pool").run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        sent: list[str] = []
        monkeypatch.setattr(pilot.app._driver, "write", sent.append)
        await press(pilot, "y")
        copied = b64encode(pilot.app.clipboard.encode()).decode()
        assert f"\x1b]52;c;{copied}\x07" in "".join(sent)


async def test_what_can_not_be_copied_is_said() -> None:
    state = opened("conv?input=random:1:9,9")[1]
    flowed = ConvolutionState.on_layer(state.conv, "chelsea in mine at conv1", "conv1.weight")
    async with app_on("conv", flowed).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "y")
        assert pilot.app.clipboard == ""
        assert "no link leads here" in notice(pilot)


async def test_what_is_left_out_is_said() -> None:
    state = opened("conv?input=random:1:9,9")[1]
    for place in range(65):
        state = state.pointed("input", *divmod(place, 9)).edited("input", 99.5)
    async with app_on("conv", state).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "y")
        assert "left out: the edited cells of the input" in notice(pilot)
        assert pilot.app.clipboard.startswith("conv?input=random:1:9,9")


async def test_a_linked_network_opens_on_its_row() -> None:
    pane, asked = opened("layers?net=lenet5&sort=macs&layer=c1")
    async with app_on(pane, asked).run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        found = await press(pilot, "y")
        assert (found.state.sort, found.state.item.name) == ("macs", "c1")
        assert pilot.app.clipboard == "layers?net=lenet5&sort=macs&layer=c1"


async def test_at_a_prompt_and_in_the_text_y_is_a_letter() -> None:
    async with app_on("conv").run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        pane = await press(pilot, "colon", "y")
        assert pilot.app.clipboard == ""
        assert pane.asking
    async with app_on("build").run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        pane = await press(pilot, "y")
        assert pilot.app.clipboard == ""
        assert pane.state.changed
