"""The Compare pane's state and lines: verbs, limits, and what is written."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntui.errors import UserError
from cnntui.ground.lines import plain
from cnntui.models.naming import known_nets
from cnntui.panes.compare.charts import AXIS, SOURCES, WINNERS
from cnntui.panes.compare.frame import frame_of, lines_of
from cnntui.panes.compare.options import DENSE, ERRORS, NETS, SCALING, SEPARABLE, SIZES, VIEWS
from cnntui.panes.compare.state import ComparingState, read_totals
from cnntui.ui.drawing.ascii import in_ascii


def seeing(view, **more):
    return ComparingState(**more).seeing(view)


def text_of(state, width=78):
    fixed, rest = lines_of(state, width)
    return "\n".join(plain(each) for each in [*fixed, *rest])


@pytest.fixture(scope="module")
def both():
    pair = (read_totals("resnet18"), read_totals("mobilenet_v2"))
    return ComparingState(pair=pair)


def test_views_follow_each_other():
    state = ComparingState()
    seen = []
    for _ in VIEWS:
        seen.append(state.view)
        state = state.turned(1)
    assert tuple(seen) == VIEWS
    assert state.view == NETS
    assert state.turned(-1).view == SEPARABLE


def test_arrows_choose_and_change_a_number():
    state = seeing(DENSE).moved(1).changed(1)
    assert state.dense.height == 225
    assert state.moved(99).named[0] == "kernel"
    assert state.moved(-99).named[0] == "channels"
    assert state.moved(2).doubled(True).dense.units == 2000
    assert seeing(SEPARABLE).doubled(False).separable.inputs == 32
    assert state.reset().dense.height == 224


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("0", "can be 1 to 4,096"),
        ("-3", "can be 1 to 4,096"),
        ("5000", "can be 1 to 4,096"),
        ("", "no whole number"),
        ("3.5", "no whole number"),
        ("nan", "no whole number"),
        ("٣x", "no whole number"),
        ("9" * 400, "no whole number"),
    ],
)
def test_bad_numbers_are_said_and_change_nothing(text, says):
    state = seeing(DENSE)
    found = state.typed(text)
    assert says in found.problem
    assert found.dense == state.dense


@pytest.mark.parametrize("text", ["7.5", "-0.5", "nan", "inf", "x", ""])
def test_bad_phi_is_said(text):
    found = seeing(SCALING, phi=2.0).typed(text)
    assert "phi" in found.problem
    assert found.phi == 2


def test_phi_goes_by_halves_and_stops_at_its_ends():
    state = seeing(SCALING)
    assert state.changed(1).changed(1).changed(1).phi == 1.5
    assert state.changed(-1).problem
    assert seeing(SCALING, phi=7.0).changed(1).phi == 7
    assert state.typed("2.2").phi == 2.2


def test_typed_numbers_may_be_grouped():
    assert seeing(DENSE).moved(3).typed("10,000").dense.units == 10_000


@given(st.text(max_size=12))
def test_whatever_is_typed_leaves_a_state_that_can_be_drawn(text):
    for view in (SCALING, DENSE, SEPARABLE):
        frame_of(seeing(view).typed(text), 78, 20)


def test_a_network_that_fails_leaves_the_one_before(both):
    wanted = both.wanting(1, "nonsense")
    assert wanted.waiting == ("nonsense",)
    found = wanted.without(1, "no network")
    assert found.names == ("resnet18", "mobilenet_v2")
    assert found.problem == "no network"
    assert wanted.swapped().problem
    assert both.swapped().names == ("mobilenet_v2", "resnet18")
    with pytest.raises(UserError, match="nonsense"):
        read_totals("nonsense")


def test_networks_side_by_side(both):
    text = text_of(both)
    assert "11,689,512" in text
    assert "3,504,872" in text
    assert "1/3.335 of the first" in text  # 11,689,512 / 3,504,872
    assert "+2.12 points" in text  # 71.878 - 69.758
    assert "torchvision IMAGENET1K_V1 weights, both" in text
    assert "/4 56×56" in text


def test_a_network_of_ones_own_has_no_published_figures(tmp_path):
    path = tmp_path / "own.py"
    path.write_text(
        "from torch import nn\n"
        "def net():\n    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten())\n"
    )
    with pytest.raises(UserError, match="--input"):  # nothing says what it takes
        read_totals(f"{path}:net")
    known = read_totals("lenet5")
    own = replace(known, name="own.py:net", title="own")
    state = ComparingState(pair=(known, own), names=(known.name, own.name))
    assert "accuracy: none published; not known" in text_of(state)


def test_sizes_list_every_network_in_both_orders():
    state = seeing(SIZES)
    years = [net.year for net in state.nets]
    params = [net.params for net in state.ordered().nets]
    assert years == sorted(years)
    assert params == sorted(params)
    text = text_of(state)
    for net in known_nets():
        assert f"{net.params:,}" in text
    assert all(10 ** AXIS[0] < net.params < 10 ** AXIS[1] for net in known_nets())
    for tick in ("10k", "100k", "1M", "10M", "100M"):
        assert tick in text_of(state, 118)


def test_errors_are_published_and_fall():
    errors = [each.error for each in WINNERS]
    assert errors == [25.8, 15.3, 11.7, 7.3, 6.67, 3.57, 2.99, 2.25]
    assert all(1 <= each.source <= len(SOURCES) for each in WINNERS)
    text = text_of(seeing(ERRORS))
    assert all(f"[{at}] " in text for at in range(1, len(SOURCES) + 1))


def test_layers_are_written_with_their_arithmetic():
    dense = text_of(seeing(DENSE))
    assert "150,528 × 1,000 units = 150,528,000 weights" in dense
    assert "64 filters × (3×3×3 + 1 bias) = 1,792 parameters" in dense
    assert "84,000 times" in dense
    separable = text_of(seeing(SEPARABLE))
    assert "73,856" in separable
    assert "8,896" in separable
    assert "1/128 + 1/9 = 0.1189" in separable


def test_the_largest_sizes_can_be_drawn():
    state = seeing(DENSE)
    for _ in range(6):
        state = state.given(state.named[2]).moved(1)
    frame = frame_of(state, 78, 20)
    assert all(len(plain(each)) <= 78 for each in frame.lines)


def test_long_views_scroll_to_their_last_line(both):
    state = seeing(ERRORS).sized(10, 40)
    assert state.moved(-1).top == 0
    assert state.moved(99).top == 30
    assert state.paged(1).top == 7
    for view in (SIZES, ERRORS):
        _, rest = lines_of(seeing(view), 78)
        last = frame_of(seeing(view, top=0), 78, 8)
        assert "more lines" in plain(last.lines[-1])
        end = ComparingState(view=view, top=999)
        assert plain(rest[-1])[:60] == plain(frame_of(end, 78, 8).lines[-2])[:60]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("size", [(30, 5), (78, 20), (118, 36)])
def test_frames_fit_and_have_an_ascii_form(both, view, size):
    frame = frame_of(both.seeing(view), *size, unicode=False)
    assert len(frame.lines) <= max(size[1], 5)
    for each in (*frame.heading, *frame.lines):
        assert len(plain(each)) <= size[0]
        assert "?" not in in_ascii(plain(each))


def test_no_torch_for_the_charts():
    code = (
        "import sys; from cnntui.panes.compare.state import *; "
        "from cnntui.panes.compare.frame import frame_of\n"
        "for view in VIEWS: frame_of(ComparingState().seeing(view), 78, 20)\n"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
