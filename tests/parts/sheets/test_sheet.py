"""A sheet of pictures: its layout and cursor, its pixels against lookups one by one."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnntui.ground.lines import plain
from cnntui.parts.pictures.palettes import COOL, NEUTRAL, WARM
from cnntui.parts.sheets.frame import caption, judged, kernel_captions, numbers_frame, sheet_frame
from cnntui.parts.sheets.pixels import Pictures, drawn, resized
from cnntui.parts.sheets.state import LEAST, USUAL, Sheet, filling
from cnntui.ui.frames.sheets import SheetFrame

SIDES = st.integers(1, 70)
ROOMS = st.tuples(st.integers(8, 130), st.integers(3, 40))
SHEETS = st.builds(
    lambda size, total, cursor, zoom, captions, room: Sheet(
        size, total, 0, zoom, captions, *room
    ).to(cursor),
    st.tuples(SIDES, SIDES),
    st.integers(1, 500),
    st.integers(0, 600),
    st.integers(-9, 9),
    st.integers(0, 2),
    ROOMS,
)


def images(*shape, seed=0):
    return np.random.default_rng(seed).integers(0, 256, shape).astype(np.uint8)


def colour(frame, row, column):
    """The colour of a pixel of a picture frame."""
    return frame.palette[frame.indices[row * frame.width + column]]


# the layout


@given(SHEETS)
def test_a_page_fits_its_room(sheet):
    plan = sheet.plan
    assert plan.columns * plan.tile_width <= max(sheet.width, plan.tile_width)
    if sheet.height > sheet.captions:
        assert plan.rows * plan.tile_height <= sheet.height
        assert plan.tile_width <= max(sheet.width, 3)
    assert plan.tile_width >= plan.size[1] + 2
    assert plan.tile_height >= (plan.size[0] + 1) // 2 + sheet.captions


@given(SHEETS)
def test_every_picture_is_on_one_page(sheet):
    seen = []
    for page in range(sheet.pages):
        seen += sheet.to(page * sheet.plan.count).shown
    assert seen == list(range(sheet.total))
    assert sheet.cursor in sheet.shown


@given(SHEETS, st.sampled_from([(0, 1), (0, -1), (1, 0), (-1, 0)]))
def test_the_cursor_goes_to_the_neighbour_or_stays(sheet, step):
    rows, columns = step
    across = sheet.plan.columns
    wanted = sheet.cursor + rows * across + columns
    found = sheet.moved(*step).cursor
    assert 0 <= found < sheet.total
    if 0 <= wanted < sheet.total:
        assert found == wanted
    elif wanted >= sheet.total and found != sheet.cursor:
        assert found == sheet.total - 1
        assert found // across == sheet.cursor // across + 1
    else:
        assert found == sheet.cursor


@given(SHEETS, st.integers(-3, 3))
def test_pages_turn_and_end(sheet, by):
    turned = sheet.paged(by)
    assert turned.page == max(0, min(sheet.page + by, sheet.pages - 1))


@pytest.mark.parametrize(
    ("size", "drawn_as"),
    [((8, 8), (16, 16)), ((28, 28), (14, 14)), ((32, 32), (16, 16)), ((3, 3), (15, 15))],
)
def test_the_usual_size_is_a_whole_multiple_or_part(size, drawn_as):
    sheet = Sheet(size, 100, width=118, height=35)
    assert sheet.plan.size == drawn_as
    assert max(drawn_as) <= USUAL


def test_the_size_goes_by_steps_and_ends_where_one_fits():
    sheet = Sheet((8, 8), 9, width=78, height=19)
    sizes = [sheet.zoomed(by).plan.size[0] for by in (-1, 0, 1)]
    assert sizes == [8, 16, 24]
    for _ in range(20):
        sheet = sheet.zoomed(1)
    assert sheet.plan.size == (32, 32)  # 36 lines of pixels: four times, not five
    assert sheet.plan.rows == 1
    assert sheet.zoomed(-1).plan.size == (24, 24)
    for _ in range(20):
        sheet = sheet.zoomed(-1)
    assert sheet.plan.size == (LEAST, LEAST)


def test_a_large_picture_is_shrunk_with_its_aspect():
    assert filling((8, 8), (38, 50)) == (32, 32)
    assert filling((100, 200), (38, 50)) == (25, 50)
    assert filling((1, 1000), (38, 50)) == (1, 50)


# the pixels


@given(
    st.tuples(st.integers(1, 4), st.sampled_from((1, 3)), st.integers(1, 9), st.integers(1, 9)),
    st.tuples(st.integers(1, 9), st.integers(1, 9)),
)
@settings(max_examples=40)
def test_a_shrunk_picture_is_the_mean_of_areas(shape, size):
    values = images(*shape)
    size = min(size[0], shape[2]), min(size[1], shape[3])
    found = resized(values, size)
    for n in range(shape[0]):
        for c in range(shape[1]):
            for i in range(size[0]):
                for j in range(size[1]):
                    mean = area_mean(values[n, c], size, i, j)
                    assert abs(int(found[n, c, i, j]) - mean) <= 0.501


def area_mean(plane, size, i, j):
    """The mean over the rectangle that a smaller pixel covers, cell by cell."""
    height, width = plane.shape
    top, bottom = i * height / size[0], (i + 1) * height / size[0]
    left, right = j * width / size[1], (j + 1) * width / size[1]
    total = 0.0
    for row in range(math.floor(top), min(math.ceil(bottom), height)):
        for column in range(math.floor(left), min(math.ceil(right), width)):
            tall = min(bottom, row + 1) - max(top, row)
            wide = min(right, column + 1) - max(left, column)
            total += max(0, tall) * max(0, wide) * float(plane[row, column])
    return total / ((bottom - top) * (right - left))


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 9), st.integers(1, 9), st.data())
@settings(max_examples=40)
def test_a_mean_is_exact_in_whatever_order_it_is_added(height, width, h, w, data):
    """Oracle: Python's fractions; the pictures upside down and mirrored are added backwards."""
    values = images(1, 1, height, width, seed=data.draw(st.integers(0, 99)))
    floats = (values / np.float32(255)).astype(np.float32)
    for each in (values, floats):
        found = resized(each, (h, w))
        assert found.dtype == each.dtype
        assert np.array_equal(resized(each[..., ::-1, ::-1], (h, w))[..., ::-1, ::-1], found)
        i, j = data.draw(st.integers(0, h - 1)), data.draw(st.integers(0, w - 1))
        exact = fraction_mean(each[0, 0], (h, w), i, j)
        if each is values:
            assert found[0, 0, i, j] == round(exact)  # both round a half to even
        else:
            assert abs(float(found[0, 0, i, j]) - exact) <= 2.0**-24


def fraction_mean(plane, size, i, j):
    """The mean over the rectangle that a smaller pixel covers, as a fraction."""

    def shares(old, new, at):
        spans = ((min((at + 1) * old, (k + 1) * new) - max(at * old, k * new)) for k in range(old))
        return [Fraction(max(0, span), old) for span in spans]

    rows, columns = shares(plane.shape[0], size[0], i), shares(plane.shape[1], size[1], j)
    return sum(
        down * across * Fraction(float(plane[row, column]))
        for row, down in enumerate(rows)
        for column, across in enumerate(columns)
        if down and across
    )


@given(st.integers(1, 12), st.integers(1, 6), st.integers(1, 6), st.integers(1, 4))
@settings(max_examples=30)
def test_grey_pictures_are_exact_levels_repeated(count, height, width, times):
    values = images(count, 1, height, width)
    tiles = drawn(Pictures.of_images(values), (height * times, width * times))
    assert len(tiles) == count
    for tile, value in zip(tiles, values[:, 0], strict=True):
        for row in range(height * times):
            for column in range(width * times):
                level = int(value[row // times, column // times]) * 32 // 256
                assert colour(tile, row, column) == (round(255 * level / 31),) * 3


def test_few_colours_are_kept_and_the_palette_is_shared():
    few = np.array([(0, 0, 0), (255, 0, 0), (0, 255, 0), (0, 0, 255), (200, 120, 40)], np.uint8)
    chosen = np.random.default_rng(0).integers(0, len(few), (7, 4, 4))
    tiles = drawn(Pictures.of_images(few[chosen].transpose(0, 3, 1, 2)), (8, 8))
    assert {tile.palette for tile in tiles} == {tiles[0].palette}
    assert len(tiles[0].palette) <= 64
    for tile, picture in zip(tiles, chosen, strict=True):
        for row in range(8):
            for column in range(8):
                wanted = few[picture[row // 2, column // 2]].astype(int)
                assert np.abs(wanted - colour(tile, row, column)).max() <= 4


def test_photographs_are_near_their_colours():
    from cnntui.sources.inputs import load_input

    whole = load_input("chelsea", cells=64).values.astype(np.uint8)
    values = np.stack([whole[:, :32, :32], whole[:, 8:40, 32:64]])
    tiles = drawn(Pictures.of_images(values), (32, 32))
    for tile, value in zip(tiles, values, strict=True):
        found = np.array([[colour(tile, i, j) for j in range(32)] for i in range(32)])
        assert np.abs(found - value.transpose(1, 2, 0).astype(int)).mean() < 6


def test_other_channels_are_their_mean():
    values = images(3, 2, 4, 4)
    found = Pictures.of_images(values).values
    assert found.shape == (3, 1, 4, 4)
    assert (found[:, 0] == np.rint(values.mean(1))).all()


# kernels


def test_kernels_are_warm_above_zero_and_cool_below():
    weight = np.array([[[[1.0, -1.0], [0.0, 0.5]], [[-0.5, 0.25], [0, 0]]]], np.float32)
    pictures = Pictures.of_kernels(weight)
    assert (len(pictures), pictures.size, pictures.limit) == (2, (2, 2), 1.0)
    first, second = drawn(pictures, (4, 4))
    assert colour(first, 0, 0) == WARM
    assert colour(first, 0, 3) == COOL
    assert colour(first, 3, 0) == NEUTRAL
    red, _, blue = colour(first, 3, 3)
    assert red > blue
    red, _, blue = colour(second, 1, 1)
    assert blue > red
    assert drawn(Pictures.of_kernels(weight, 2.0), (2, 2))[0].indices != first.indices


def test_kernels_without_colour_have_zero_in_the_middle():
    weight = np.array([[[[1.0, -1.0, 0.0]]]], np.float32)
    (tile,) = drawn(Pictures.of_kernels(weight), (1, 3), "none")
    light, dark, middle = (colour(tile, 0, column)[0] for column in range(3))
    assert (light, dark) == (255, 0)
    assert abs(middle - 128) <= 8


@pytest.mark.parametrize("value", [0.0, np.nan, np.inf])
def test_strange_kernels_are_drawn(value):
    weight = np.full((2, 1, 3, 3), value, np.float32)
    assert len(drawn(Pictures.of_kernels(weight), (9, 9))) == 2
    assert len(drawn(Pictures.of_kernels(weight), (2, 2))) == 2


def test_kernels_are_named_by_filter_and_channel():
    weight = np.arange(2 * 3 * 4).reshape(2, 3, 2, 2).astype(np.float32)
    captions = kernel_captions(weight)
    assert [plain(captions(at, 12)[0]).split()[:2] for at in (0, 1, 5)] == [
        ["0", "R"],
        ["0", "G"],
        ["1", "B"],
    ]
    assert plain(captions(5, 12)[0]).endswith("±23")
    assert plain(kernel_captions(weight[:, :1])(1, 12)[0]).split()[0] == "1"


@given(st.integers(1, 12), st.integers(1, 12), st.integers(4, 60), st.integers(2, 14))
def test_the_numbers_are_those_of_the_plane(rows, columns, width, height):
    plane = np.random.default_rng(1).normal(size=(rows, columns)).astype(np.float32)
    frame = numbers_frame(plane, "kernel", width, height)
    assert frame.top >= 0
    assert len(frame.values) <= max(1, height - 1)
    for i, row in enumerate(frame.values):
        for j, value in enumerate(row):
            assert value == plane[frame.top + i, frame.left + j]


# the frame


def framed(total, cursor, captions=1, room=(40, 12)):
    values = images(total, 1, 4, 4)
    sheet = Sheet((4, 4), total, 0, -2, captions, *room).to(cursor)
    return sheet, sheet_frame(
        sheet,
        Pictures.of_images(values).part(sheet.shown),
        lambda at, width: tuple(caption(f"c{at}", f"#{at}", width) for _ in range(captions)),
    )


@pytest.mark.parametrize(("total", "cursor"), [(1, 0), (5, 4), (60, 0), (60, 59)])
def test_a_frame_holds_the_page_and_the_cursor(total, cursor):
    sheet, frame = framed(total, cursor)
    assert (frame.first, frame.cursor, frame.total) == (sheet.shown.start, cursor, total)
    assert len(frame.tiles) == len(sheet.shown)
    names = [plain(tile.captions[0]).split()[0] for tile in frame.tiles]
    assert names == [f"c{at}" for at in sheet.shown]


def test_a_character_belongs_to_one_tile():
    _, frame = framed(60, 59)
    counts = dict.fromkeys(range(frame.first, frame.first + len(frame.tiles)), 0)
    for row in range(40):
        for column in range(60):
            at = frame.position_at(row, column)
            if at is not None:
                counts[at] += 1
    assert set(counts.values()) == {frame.tile_width * frame.tile_height}
    assert frame.position_at(-1, 0) is None


def test_an_empty_sheet_says_why():
    frame = sheet_frame(
        Sheet((4, 4), 0), Pictures(images(0, 1, 4, 4)), lambda *_: (), message="none"
    )
    assert frame == SheetFrame(
        frame.columns, frame.tile_width, frame.tile_height, (), 0, 0, -1, "none"
    )


@given(st.text("abcxyz", max_size=30), st.text("0123#", max_size=8), st.integers(1, 40))
def test_a_caption_never_cuts_a_number(left, right, width):
    text = plain(caption(left, right, width))
    assert len(text) <= width
    assert text.endswith(right) or text in (left, left[: width - 1] + "…")


def test_a_guess_is_told_by_words_as_well_as_colour():
    right, wrong = judged("cat", "cat", 0.981, 20), judged("cat", "dog", 0.5, 20)
    assert [plain(each) for each in right] == ["✓ cat 98 %", ""]
    assert [plain(each) for each in wrong] == ["✗ dog 50 %", "is cat"]
    assert (right[0][0][1], wrong[0][0][1]) == ("good", "bad")
    plainly = judged("cat", "automobile", 1.0, 12, unicode=False)
    assert plain(plainly[0]) == "NO au… 100 %"
    assert all(len(plain(each)) <= 12 for each in plainly)
