"""Pictures as half blocks and characters; the oracle is a loop over pixels."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from textual.app import App

from cnntui.ui.frames.pictures import PictureFrame
from cnntui.ui.picture import RAMP, PictureView, ascii_lines, half_block_strips

PALETTE = ((0, 0, 0), (255, 255, 255), (250, 20, 30), (10, 200, 40))


@st.composite
def frames(draw):
    width, height = draw(st.integers(0, 7)), draw(st.integers(0, 7))
    data = draw(st.binary(min_size=width * height, max_size=width * height))
    return PictureFrame(width, height, bytes(b % 4 for b in data), PALETTE)


def drawn(strips):
    """The (upper, lower) colours of each cell, line by line."""
    return [
        [
            (style.color.triplet, style.bgcolor and style.bgcolor.triplet)
            for text, style, _ in strip
            for _ in text
        ]
        for strip in strips
    ]


@given(frames())
def test_half_blocks_show_every_pixel(frame):
    def pixel(row, column):
        inside = row < frame.height
        return PALETTE[frame.indices[row * frame.width + column]] if inside else None

    rows = range(0, frame.height if frame.width else 0, 2)
    expected = [[(pixel(r, c), pixel(r + 1, c)) for c in range(frame.width)] for r in rows]
    strips = half_block_strips(frame)
    assert drawn(strips) == expected
    assert all(strip.text == "▀" * frame.width for strip in strips)
    assert all(strip.cell_length == frame.width for strip in strips)


@given(frames())
def test_runs_are_merged_and_styles_shared(frame):
    strips = half_block_strips(frame)
    styles = {}
    for strip in strips:
        segments = list(strip)
        for left, right in pairwise(segments):
            assert left.style != right.style
        for segment in segments:
            assert styles.setdefault(segment.style, segment.style) is segment.style


def test_all_256_indices_and_no_surrogate_is_lost():
    palette = tuple((i, 255 - i, i // 2) for i in range(256))
    frame = PictureFrame(256, 2, bytes(range(256)) + bytes(range(255, -1, -1)), palette)
    assert drawn(half_block_strips(frame)) == [list(zip(palette, palette[::-1], strict=True))]


def test_ramp_goes_from_dark_to_light():
    grey = tuple((round(i * 255 / 9),) * 3 for i in range(10))
    frame = PictureFrame(10, 3, bytes(range(10)) * 2 + bytes([0] * 5 + [9] * 5), grey)
    assert ascii_lines(frame) == (RAMP, " " * 5 + "@" * 5)


def test_ramp_takes_the_mean_of_two_pixels():
    assert ascii_lines(PictureFrame(1, 2, bytes([0, 1]), PALETTE)) == ("=",)


class Pictures(App):
    def compose(self):
        yield PictureView()


async def test_view_draws_its_frame():
    app = Pictures()
    async with app.run_test(size=(40, 10)) as pilot:
        view = app.query_one(PictureView)
        assert view.size == (0, 0)
        view.frame = PictureFrame(4, 5, bytes([0, 1, 2, 3] * 5), PALETTE)
        await pilot.pause()
        assert view.size == (4, 3)
        assert view.render_line(0).text == "▀▀▀▀"
        last = next(iter(view.render_line(2))).style
        assert last.bgcolor == view.visual_style.rich_style.bgcolor
        view.glyphs = "ascii"
        await pilot.pause()
        assert view.render_line(0).text == " @-="
        view.frame = None
        await pilot.pause()
        assert view.size == (0, 0)
