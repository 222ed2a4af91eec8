"""The list of networks: orders, words looked for, a cursor that stays on view."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntui.models.naming import known_nets
from cnntui.panes.layers.net_list import SORTS, WIDTH, NetList, sort_of, table_of
from cnntui.ui.table import table_text

VERBS = st.one_of(
    st.tuples(st.sampled_from(["moved", "paged", "to", "sized"]), st.integers(-60, 60)),
    st.tuples(st.sampled_from(["sorted_by"]), st.sampled_from(["", *SORTS])),
    st.tuples(st.sampled_from(["finding"]), st.sampled_from(["", "res", "vgg bn", "2015", "zzz"])),
)


@given(st.lists(VERBS, max_size=12))
def test_the_cursor_stays_on_view(verbs):
    state = NetList()
    for verb, argument in verbs:
        state = getattr(state, verb)(argument)
        assert state.nets
        assert 0 <= state.cursor < len(state.nets)
        assert state.top <= state.cursor < state.top + state.height
        frame = table_of(state)
        assert frame.rows[state.cursor - frame.top][0][1:] == state.chosen.name
        assert max(map(len, table_text(frame))) <= WIDTH


def test_every_network_is_listed_by_year():
    nets = NetList().nets
    assert {net.name for net in nets} == {net.name for net in known_nets()}
    assert nets[0].name == "lenet5"
    assert [net.year for net in nets] == sorted(net.year for net in nets)


@pytest.mark.parametrize("column", ["params", "depth", "top1"])
def test_numbers_descend_and_the_cursor_stays_on_its_network(column):
    state = NetList().sized(10).moved(7)
    found = state.sorted_by(column)
    values = [getattr(net, column) or 0 for net in found.nets]
    assert values == sorted(values, reverse=True)
    assert found.chosen == state.chosen


def test_words_are_looked_for_in_names_years_and_ideas():
    assert {net.name for net in NetList().finding("vgg bn").nets} == {
        "vgg11_bn",
        "vgg13_bn",
        "vgg16_bn",
        "vgg19_bn",
    }
    assert all(net.year == 2015 or "2015" in net.idea for net in NetList().finding("2015").nets)
    nothing = NetList().finding("no such net")
    assert "no such net" in nothing.problem
    assert len(nothing.nets) == len(known_nets())


def test_the_open_network_is_marked():
    state = NetList().sized(20).opening("resnet50")
    frame = table_of(state)
    assert state.chosen.name == "resnet50"
    assert [row[0] for row, role in zip(frame.rows, frame.roles, strict=True) if role] == [
        "▸resnet50"
    ]
    row = frame.rows[frame.cursor - frame.top]
    assert row[:4] == ("▸resnet50", "2015", "25.6 M", "50")  # He et al. 2015


def test_a_title_sorts_by_its_column_marked_or_not():
    for column in SORTS:
        titles = [each.title for each in table_of(NetList().sorted_by(column)).columns]
        assert [sort_of(title) for title in titles] == ["name", "year", "params", "depth", "top1"]
