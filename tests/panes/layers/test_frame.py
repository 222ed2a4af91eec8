"""What the Layers pane shows: columns that fit, right numbers, a drawing as wide as told."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntui.ground.bars import bar
from cnntui.ground.lines import plain
from cnntui.numbers import pair_text, short_count, size_text
from cnntui.panes.layers.frame import counts_of, frame_of, size_formula
from cnntui.panes.layers.state import LayersState
from cnntui.parts.networks.columns import columns_for
from cnntui.parts.networks.drawing import blocks_of, branching, drawn
from cnntui.ui.table import table_text
from tests.opened import open_network

RESNET = open_network("resnet18")
LENET = open_network("lenet5")
DENSENET = open_network("densenet121")
WIDTHS = range(40, 161)


def opened(network=RESNET, **more):
    return LayersState.of(network, **more)


@pytest.mark.parametrize("width", WIDTHS)
def test_every_width_is_kept(width):
    columns = tuple(columns_for(width).values())
    assert sum(column.width for column in columns) + len(columns) - 1 <= width
    assert min(column.width for column in columns) >= 4
    titles = [column.title for column in columns]
    assert {"name", "params"} <= set(titles)
    frame = frame_of(opened(), width, 8)
    assert max(map(len, table_text(frame.table))) <= width
    assert all(len(plain(line)) <= width for line in (*frame.drawing, *frame.words))


def test_wider_screens_show_no_less():
    shown = [len(columns_for(width)) for width in WIDTHS]
    assert shown == sorted(shown)
    assert shown[-1] == 10
    assert len(columns_for(78)) == 8  # all but the bars, on a terminal of 80


def test_the_rows_on_view_are_the_states():
    state = opened().sized(9).to(40)
    frame = frame_of(state, 118, 8).table
    assert (frame.top, frame.total, frame.cursor) == (state.top, 74, 40)
    assert len(frame.rows) == len(frame.roles) == 9
    assert [row[0] for row in frame.rows] == [str(n) for n in state.shown]


@pytest.mark.parametrize("sort", ["params", "macs", "activation_bytes", "receptive_field"])
@pytest.mark.parametrize("width", [78, 118])
def test_the_sorted_column_is_marked_where_it_can_be_seen(sort, width):
    lines = table_text(frame_of(opened().sorted_by(sort), width, 8).table)
    assert lines[0].count("↓") == 1
    assert "…" not in lines[0]


def test_the_columns_are_torchs_numbers():
    model = LENET.loaded.model
    frame = frame_of(opened(LENET), 118, 8).table
    titles = [column.title for column in frame.columns]
    params = [int(row[titles.index("params")].replace(",", "")) for row in frame.rows]
    assert sum(params) == sum(p.numel() for p in model.parameters())
    outputs = [row[titles.index("output")] for row in frame.rows]
    assert outputs[0] == "6×28×28"  # LeCun et al. 1998, figure 2
    assert outputs[-1] == "10"


def test_bars_compare_the_lines_there_are():
    for depth in (None, 1, 2):
        frame = frame_of(opened(depth=depth).sized(99), 118, 8).table
        titles = [column.title for column in frame.columns]
        at = titles.index("params")
        numbers = [int(row[at].replace(",", "")) for row in frame.rows]
        bars = [row[at + 1] for row in frame.rows]
        full = [n for n, bar in zip(numbers, bars, strict=True) if bar == "█" * 6]
        assert min(full) >= 0.98 * max(numbers)  # half of an eighth of six
        assert all(bool(bar.strip()) == bool(n) for n, bar in zip(numbers, bars, strict=True))


@given(st.floats(0, 1), st.integers(1, 20))
def test_a_bar_is_right_to_half_an_eighth(share, width):
    text = bar(share, width)
    assert len(text) == width
    eighths = sum(" ▏▎▍▌▋▊▉█".index(character) for character in text)
    assert abs(eighths - share * width * 8) <= 0.5 or (eighths == 1 and share > 0)


@given(st.integers(0, 10**15))
def test_short_counts_are_short_and_right(value):
    text = short_count(value)
    assert len(text) <= 7
    number, _, unit = text.replace(",", "").partition(" ")
    scale = {"": 1, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}[unit.strip()]
    assert math.isclose(float(number) * scale, value, rel_tol=0.006)


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 B"), (512, "512 B"), (1536, "1.5 KiB"), (3 << 20, "3 MiB")]
)
def test_sizes(size, text):
    assert size_text(size) == text


def test_pairs():
    assert pair_text((7, 7)) == "7"
    assert pair_text((3, 1)) == "3×1"


def test_frozen_rows_are_marked():
    network = open_network("lenet5")
    first = next(network.loaded.model.children())
    first.requires_grad_(False)
    from cnntui.engine.tracing.forward import trace

    found = trace(network.loaded.model, (1, 32, 32), name="lenet5")
    roles = frame_of(LayersState(trace=found), 78, 8).table.roles
    frozen = sum(p.numel() for p in first.parameters())
    assert found.trainable_params == found.total_params - frozen
    assert roles.count("dim") == sum(1 for _ in first.parameters()) // 2


def test_the_words_have_the_layers_own_numbers():
    state = opened()
    at = next(i for i, item in enumerate(state.items) if item.name == "layer2.0.conv1")
    words = "\n".join(map(plain, frame_of(state.to(at), 100, 8).words))
    assert "1×64×56×56 → 1×128×28×28" in words
    assert "= 73,728" in words  # 3·3·64·128
    assert "reads layer1.1" in words
    at = next(i for i, item in enumerate(state.items) if item.row.type == "add")
    assert "skip over" in "\n".join(map(plain, frame_of(state.to(at), 100, 8).words))


@pytest.mark.parametrize("network", [LENET, RESNET, DENSENET], ids=lambda n: n.name)
@pytest.mark.parametrize("width", [20, 38, 78, 158])
def test_the_chosen_layer_is_lit_in_the_drawing(network, width):
    rows = network.trace.rows
    plainly = drawn(network.trace, None, width)
    assert len(plainly) == 3
    for row in rows:
        for line in drawn(network.trace, row, width)[1:]:
            assert 0 < len(plain(line)) <= width
            assert sum(role == "key" for _, role in line) == 1, row.name
    assert not any(role == "key" for line in plainly for _, role in line)


def test_every_row_stands_in_one_block_of_the_drawing():
    for network in (LENET, RESNET, DENSENET):
        seen = [index for _, indices in blocks_of(network.trace) for index in indices]
        assert seen == list(range(len(network.trace.rows)))


def test_the_drawing_shrinks_with_the_picture():
    blocks = drawn(RESNET.trace, None, 150)[1:]
    top, bottom = (re.sub(r"(.)\1+", r"\1", plain(line)) for line in blocks)
    levels = " ▁▂▃▄▅▆▇█"
    heights = [levels.index(c) for c in top.rstrip()]
    assert heights == sorted(heights, reverse=True)
    heights = [levels.index(c) for c in bottom.rstrip()]
    assert heights == sorted(heights, reverse=True)


def test_an_arc_goes_from_where_the_paths_part_to_where_they_join():
    rows = {row.name: row for row in RESNET.trace.rows}
    parts = {
        name: RESNET.trace.rows[branching(RESNET.trace, row)].name
        for name, row in rows.items()
        if row.type == "add"
    }
    assert len(parts) == 8  # ResNet-18 has eight residual blocks
    assert parts["layer1.0.add"] == "maxpool"
    assert parts["layer2.0.add"] == "layer1.1.relu#2"  # around the projection as well
    arcs = plain(drawn(RESNET.trace, None, 150)[0])
    assert arcs.count("╭") + arcs.count("┬") == 8
    assert not plain(drawn(LENET.trace, None, 150)[0]).strip()


def test_a_layer_is_told_with_its_own_numbers():
    rows = {row.name: row for row in RESNET.trace.rows}
    conv = rows["layer2.0.conv1"]
    assert size_formula(conv) == "⌊(56 + 2·1 - 1·(3-1) - 1) / 2⌋ + 1 = 28"
    parameters, macs = counts_of(conv)
    assert parameters == "parameters 3×3×64×128 = 73,728"
    assert macs == f"MACs 1×128×28×28 × 576 = {128 * 28 * 28 * 9 * 64:,}"
    assert size_formula(rows["layer1.0.add"]) == ""
    assert counts_of(rows["relu"]) == []
    assert counts_of(rows["fc"])[1] == "MACs 1×1000 × 512 = 512,000"
