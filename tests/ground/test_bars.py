"""Bars: as high or long as their counts, and something where there is something."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cnntui.ground.bars import bars, growing, rising

COUNTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=40)
GLYPHS = " ▁▂▃▄▅▆▇█"


def heights(rows, counts):
    return [sum(GLYPHS.index(row[at]) for row in rows) for at in range(len(counts))]


@given(COUNTS, st.integers(1, 8))
def test_bars_rise_with_their_counts(counts, lines):
    drawn = heights(rising(counts, lines), counts)
    assert [height == 0 for height in drawn] == [count == 0 for count in counts]
    for height, count in zip(drawn, counts, strict=True):
        assert height == -(-count * lines * 8 // (max(counts) or 1))


@given(COUNTS, st.integers(1, 8))
def test_rounded_bars_are_near_their_counts(counts, lines):
    drawn = heights(bars(counts, lines, True), counts)
    assert [height == 0 for height in drawn] == [count == 0 for count in counts]
    for height, count in zip(drawn, counts, strict=True):
        assert height == 1 or abs(height - count * lines * 8 / (max(counts) or 1)) <= 0.5


@given(st.integers(0, 1000), st.integers(1, 1000), st.integers(1, 24))
def test_rules_grow_with_their_counts(count, more, width):
    rule = growing(count, count + more, width)
    assert len(rule) == width
    assert bool(rule.strip()) == bool(count)
    assert abs(len(rule.strip()) - count * width / (count + more)) <= 1
