"""The Layers pane's state: order, folding and finding, with torch's own counts as the oracle."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntui.panes.layers.state import SORTS, LayersState
from tests.opened import open_network

RESNET = open_network("resnet18")
LENET = open_network("lenet5")


def opened(network=RESNET, **more):
    return LayersState.of(network, **more)


def torch_counts(model):
    """Parameters by module name, counted by torch."""
    return {
        name: sum(p.numel() for p in module.parameters(recurse=False))
        for name, module in model.named_modules()
    }


def test_every_row_has_torchs_parameters_and_they_sum_to_the_total():
    state = opened()
    counts = torch_counts(RESNET.loaded.model)
    for item in state.items:
        name = item.row.module
        assert item.params == (counts.pop(name) if name in counts else 0), item.name
    assert sum(item.params for item in state.items) == 11_689_512  # as published
    assert not any(counts.values())


# LeNet-5 by hand: outputs × weights of a filter
LENET_MACS = [28 * 28 * 6 * 25, 10 * 10 * 16 * 6 * 25, 400 * 120, 120 * 84, 84 * 10]


def test_sorting_is_largest_first_and_stable():
    state = opened(LENET).sorted_by("macs")
    assert [item.macs for item in state.items if item.macs] == sorted(LENET_MACS, reverse=True)
    rest = [item.row.index for item in state.items if not item.macs]
    assert rest == sorted(rest)
    sizes = [p.numel() for p in LENET.loaded.model.parameters()]
    layers = sorted((w + b for w, b in zip(sizes[::2], sizes[1::2], strict=True)), reverse=True)
    state = opened(LENET).sorted_by("params")
    assert [item.params for item in state.items if item.params] == layers
    assert [i.row.index for i in state.sorted_by("params").items] == list(range(len(state.items)))


def test_sorting_goes_round_and_stays_on_its_row():
    state = opened().moved(7)
    row = state.item.row.index
    seen = []
    for _ in SORTS:
        state = state.sorted_by()
        seen.append(state.sort)
        assert state.item.row.index == row
        assert state.cursor in state.shown
    assert seen == [*SORTS[1:], ""]


@pytest.mark.parametrize("name", ["resnet18", "googlenet", "lenet5"])
def test_folding_keeps_every_row_and_every_sum(name):
    network = open_network(name)
    trace = network.trace
    state = opened(network)
    state = state.to(len(state.items) // 2)
    for by in (-1, -1, -1, -1, 1, 1, 1, 1):
        state = state.deeper(by)
        assert [row for item in state.items for row in item.rows] == list(trace.rows)
        assert sum(item.params for item in state.items) == sum(row.params for row in trace.rows)
        assert sum(item.macs for item in state.items) == trace.total_macs
        assert sum(item.activation_bytes for item in state.items) == trace.activation_bytes
        assert state.cursor in state.shown
    assert state.depth is None
    assert not any(item.block for item in state.items)


def test_a_folded_block_is_torchs_block():
    counts = {
        name: sum(p.numel() for p in child.parameters())
        for name, child in RESNET.loaded.model.named_children()
    }
    found = {item.name: item.params for item in opened(depth=1).items}
    assert {name: count for name, count in counts.items() if count} == {
        name: count for name, count in found.items() if count
    }
    blocks = [item for item in opened(depth=1).items if item.block]
    assert [item.name for item in blocks] == ["layer1", "layer2", "layer3", "layer4"]
    assert [item.row.output_shape[1:] for item in blocks] == [
        (64, 56, 56),
        (128, 28, 28),
        (256, 14, 14),
        (512, 7, 7),
    ]


def at_name(state, name):
    return state.to(next(i for i, item in enumerate(state.items) if item.name == name))


def test_one_block_is_folded_and_unfolded():
    state = at_name(opened(), "layer2.0.conv1")
    folded = state.toggled()
    assert (folded.item.name, folded.item.block) == ("layer2.0", True)
    assert len(folded.items) == len(state.items) - len(folded.item.rows) + 1
    assert [item for item in folded.items if item.block] == [folded.item]
    opened_again = folded.toggled()
    assert [item.name for item in opened_again.items] == [item.name for item in state.items]
    assert opened_again.item.name.startswith("layer2.0.")
    refused = at_name(state, "fc").toggled()
    assert "no block" in refused.problem
    deeper = at_name(opened(depth=1), "layer3").toggled()
    assert deeper.item.name == "layer3.1"  # its output was the block's


def test_finding_keeps_what_holds_every_word():
    assert {item.row.type for item in opened().finding("CONV2D").items} == {"Conv2d"}
    assert len(opened().finding("conv2d").items) == 20  # He et al.: 17, and 3 on the shortcuts
    names = [item.name for item in opened().finding("layer2 conv2d downsample").items]
    assert names == ["layer2.0.downsample.0"]
    found = opened().finding("linear")
    assert len(found.finding("").items) == len(opened().items)
    assert found.finding("").item.name == "fc"


def test_nothing_found_changes_nothing_and_says_so():
    state = at_name(opened(), "layer2.0.bn1").finding("layer2")
    refused = state.finding("softplus")
    assert "softplus" in refused.problem
    assert (refused.items, refused.cursor, refused.find) == (state.items, state.cursor, "layer2")
    assert not refused.finding("conv").problem
    assert not refused.moved(1).problem


MOVES = st.one_of(
    st.tuples(st.just("moved"), st.integers(-5, 5)),
    st.tuples(st.just("paged"), st.sampled_from([-1, 1])),
    st.tuples(st.just("to"), st.integers(-9, 99)),
    st.tuples(st.just("sized"), st.integers(0, 90)),
    st.tuples(st.just("deeper"), st.sampled_from([-1, 1])),
    st.tuples(st.just("sorted_by")),
    st.tuples(st.just("toggled")),
    st.tuples(st.just("finding"), st.sampled_from(["", "conv", "layer3", "none such"])),
    st.tuples(st.sampled_from(["first", "last"])),
)


@given(st.lists(MOVES, max_size=12))
def test_the_cursor_is_always_on_view(moves):
    state = opened()
    for verb, *arguments in moves:
        state = getattr(state, verb)(*arguments)
        assert state.items
        assert state.item is state.items[state.cursor]
        assert state.cursor in state.shown
        assert len(state.shown) == min(state.height, len(state.items))


def test_past_the_end_of_the_view_comes_the_next_screen():
    state = opened().sized(10)
    assert state.moved(9).top == 0
    assert state.moved(10).top == 9  # one line of the screen before stays
    down = state.moved(20)
    assert (down.top, down.moved(8).top, down.moved(9).top) == (19, 19, 28)
    assert (down.moved(-1).top, down.moved(-2).top) == (19, 10)  # and the same way back
    assert state.paged(1).cursor == 9
    assert (state.last().cursor, state.last().top) == (73, 64)  # of 74
    assert state.last().first().cursor == 0


def test_a_network_that_fails_at_once_has_an_empty_table(tmp_path):
    file = tmp_path / "bare.py"
    file.write_text(
        "from torch import nn\n"
        "def net():\n    return nn.Sequential(nn.Linear(3, 2), nn.Linear(2, 1))\n"
    )
    state = opened(open_network(f"{file}:net", shapes=[(3, 8, 8)]))
    assert state.items == ()
    assert state.trace.error.name == "0"
    for verb in ("toggled", "first", "last", "sorted_by"):
        assert getattr(state, verb)().item is None
    assert state.deeper(-1).deeper(1).moved(1).paged(1).sized(3).item is None
