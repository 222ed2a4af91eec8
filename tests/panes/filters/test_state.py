"""The Filters pane's state, layout and frame."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnntui.errors import UserError
from cnntui.ground.bars import bars
from cnntui.ground.lines import plain
from cnntui.panes.filters.develop import develop, span_of
from cnntui.panes.filters.frame import denominator, frame_of, layout
from cnntui.panes.filters.state import (
    KERNELS,
    MAPPINGS,
    FiltersState,
    Picture,
    fitting,
    read_picture,
)
from cnntui.parts.pictures.palettes import DIVERGING, TERMINAL
from cnntui.sources.inputs import Input
from cnntui.sources.kernels import Kernel, listed_kernels, load_kernel
from cnntui.ui.frames.boards import CURSOR


def state_of(values=None, kernel="sobel-x", kind="picture", **more):
    if values is None:
        values = np.random.default_rng(1).integers(0, 256, (3, 12, 18)).astype(np.float32)
    source = Input("test", np.asarray(values, np.float32), kind)
    picture = Picture(source, source.values.shape[1:])
    return FiltersState.of(picture, load_kernel(kernel), **more)


def frame(state, width=78, height=23, unicode=True):
    plan = layout(width, height, state.picture.natural)
    return frame_of(state, develop(state.sized(plan.board)), width, plan, unicode)


# reading


@pytest.mark.parametrize(
    ("natural", "board", "longer"),
    [
        ((20, 40), (20, 40), None),
        ((10, 10), (20, 40), None),
        ((200, 400), (20, 40), 40),
        ((200, 400), (10, 40), 20),
        ((400, 200), (20, 40), 20),
        ((4000, 1), (20, 40), 20),
    ],
)
def test_a_picture_is_made_smaller_to_fit_and_never_larger(natural, board, longer):
    assert fitting(natural, board) == longer


def test_a_picture_is_read_for_the_room_its_shape_gets():
    asked = []

    def room(natural):
        asked.append(natural)
        return 20, 30

    picture = read_picture("astronaut", board=room)
    assert asked == [picture.natural]
    assert picture.source.values.shape == (3, 20, 20)
    assert picture.fits
    assert read_picture("astronaut").source.values.shape[1:] == picture.natural
    assert read_picture("astronaut", cells=33, gray=True).source.values.shape == (1, 33, 33)
    assert read_picture("pool-4x4", board=room).cells is None


def test_following_the_screen():
    state = FiltersState.of(read_picture("chelsea", board=lambda _: (20, 29)), load_kernel("ridge"))
    assert not state.sized((20, 29)).misfits
    assert state.sized((32, 46)).misfits
    chosen = state.with_picture(read_picture("chelsea", cells=64))
    assert not chosen.sized((32, 46)).misfits


def test_sizes_go_up_to_the_whole_picture_and_down_to_the_smallest():
    state = FiltersState.of(read_picture("chelsea", cells=29), load_kernel("ridge"))
    whole = max(state.picture.natural)
    seen = []
    while max(state.filtering.sizes[0]) < whole:
        seen.append(state.size_after(1))
        state = state.with_picture(read_picture("chelsea", cells=seen[-1]))
    assert seen == [32, 48, 64, 96, 128, 192, 256, None]
    with pytest.raises(UserError, match=f"all its {whole} pixels"):
        state.size_after(1)
    assert state.size_after(-1) == 256
    state = state.with_picture(read_picture("chelsea", cells=16))
    with pytest.raises(UserError, match="fewest"):
        state.size_after(-1)
    with pytest.raises(UserError, match="only pictures"):
        state_of(kind="grid").size_after(1)


def test_a_table_of_numbers_keeps_its_size(tmp_path):
    table = tmp_path / "table.csv"
    table.write_text("\n".join(["0,1,2"] * 40))
    state = state_of()
    refused = state.with_picture(read_picture(str(table), cells=16))
    assert "only pictures" in refused.problem
    assert refused.filtering is state.filtering
    assert not state.with_picture(read_picture(str(table), board=lambda _: (9, 9))).problem


# verbs


def test_every_listed_kernel_can_be_applied():
    state = state_of()
    for name in KERNELS:
        state = state.with_kernel(load_kernel(name))
        assert not state.problem
        assert state.listed_name == name
        develop(state)


def test_banks_are_refused_and_nothing_changes():
    state = state_of()
    for name in ("edges-bank", "rgb-bank"):
        refused = state.with_kernel(load_kernel(name))
        assert "bank" in refused.problem
        assert refused.filtering is state.filtering
        assert refused.chosen is state.chosen
        with pytest.raises(UserError, match="bank"):
            state_of(kernel=name)
    one = state.with_kernel(Kernel("one", np.ones((1, 1, 2, 2), np.float32)))
    assert one.filtering.kernel.shape == (2, 2)


def test_times_and_stride_have_limits():
    state = state_of(np.zeros((1, 3, 5)))
    assert "least" in state.applied(-1).problem
    for times in range(2, 17):
        state = state.applied(1)
        assert state.filtering.times == times
    assert "most" in state.applied(1).problem
    assert state.applied(1).filtering is state.filtering
    assert state.strided(1).filtering.stride == 2
    assert "3 cells" in state.strided(1).strided(1).strided(1).problem
    assert "non-positive" in state.strided(-1).problem


def test_edits_are_undone_one_by_one():
    state = state_of()
    first = state.filtering.kernel.copy()
    edited = state.pointed(0, 1).with_cell(7).moved(2, 9).with_cell(-0.5)
    assert edited.tap == (2, 2)
    assert edited.filtering.kernel[0, 1] == 7
    assert edited.filtering.kernel[2, 2] == -0.5
    assert edited.kernel_name == "sobel-x edited"
    once = edited.undone()
    assert once.filtering.kernel[2, 2] == 1
    assert once.filtering.kernel[0, 1] == 7
    assert (once.undone().filtering.kernel == first).all()
    assert "nothing to undo" in once.undone().undone().problem
    assert (state.filtering.kernel == first).all()


def test_reset_goes_back_to_the_chosen_kernel():
    state = state_of().with_kernel(load_kernel("gaussian-5")).with_cell(9).strided(1).applied(1)
    fresh = state.mapped().reset()
    assert (fresh.filtering.kernel == load_kernel("gaussian-5").values).all()
    assert (fresh.filtering.stride, fresh.filtering.times) == (1, 1)
    assert fresh.mapping == "automatic"
    assert not fresh.edits


@pytest.mark.parametrize(
    ("kernel", "times", "mapping"),
    [
        ("identity", 1, "clipped"),
        ("gaussian-5", 16, "clipped"),
        ("sharpen", 1, "clipped"),
        ("emboss", 16, "clipped"),
        ("sobel-x", 3, "signed"),
        ("laplacian", 1, "signed"),
        ("1 1; 1 1", 1, "magnitude"),
        ("0.6", 1, "clipped"),
        ("0.6", 3, "magnitude"),
        ("0 0", 1, "signed"),
        ("-1", 1, "magnitude"),
    ],
)
def test_the_mapping_suits_the_sum_of_the_weights(kernel, times, mapping):
    state = state_of(kernel=kernel, times=times)
    assert state.shown_as == mapping
    others = [name for name in MAPPINGS if name != mapping]
    went = []
    for _ in range(3):
        state = state.mapped()
        went.append(state.shown_as)
    assert went == [*others, mapping]
    assert state.mapping == "automatic"


def test_random_has_a_new_seed_each_time():
    state = state_of().with_kernel(load_kernel(state_of().named("random")))
    assert state.chosen.name == "random"
    for seed in (1, 2, 3):
        state = state.with_kernel(load_kernel(state.named("random")))
        assert state.chosen.name == f"random:{seed}"
        assert state.listed_name == "random"


def test_neighbours_go_round():
    state, seen = state_of(kernel=KERNELS[0]), []
    for _ in KERNELS:
        state = state.with_kernel(load_kernel(state.neighbour(1)))
        seen.append(state.listed_name)
    assert seen == [*KERNELS[1:], KERNELS[0]]
    assert state.neighbour(-1) == KERNELS[-1]
    assert state_of(kernel="1 2; 3 4").neighbour(1) == KERNELS[0]


def test_grey_needs_more_than_one_channel():
    assert state_of().other_gray()
    with pytest.raises(UserError, match="grey already"):
        state_of(np.zeros((1, 3, 3))).other_gray()
    gray = FiltersState.of(read_picture("chelsea", cells=20, gray=True), load_kernel("ridge"))
    assert not gray.other_gray()


# pictures


@pytest.mark.parametrize(
    ("kind", "values", "span"),
    [
        ("picture", [[3, 90]], (0, 255)),
        ("file", [[3, 90]], (0, 255)),
        ("file", [[3, 9]], (0, 9)),
        ("file", [[0.5, 90]], (0, 90)),
        ("file", [[-5, 90]], (-5, 90)),
        ("grid", [[2, 9]], (0, 9)),
        ("grid", [[0, 0]], (-1, 1)),
        ("picture", [[0, 65535]], (0, 65535)),
        ("grid", [[np.nan, 4]], (0, 4)),
    ],
)
def test_black_and_white(kind, values, span):
    assert span_of(Input("x", np.array([values], np.float32), kind)) == span


def test_identity_shows_the_picture_itself():
    developed = develop(state_of(kernel="identity").sized((12, 18)))
    assert developed.result_picture == developed.source_picture
    assert developed.mapping == "clip 0–255"
    assert developed.source == developed.output


def test_signed_shows_the_mean_of_the_channels_around_zero():
    values = np.zeros((3, 4, 8), np.float32)
    values[:, :, 4:] = 90  # sobel-x: 4 · 90 at the step; the other way round in one channel
    values[2] = values[2, :, ::-1]
    state = state_of(values).sized((4, 8))
    picture = develop(state).result_picture
    assert picture.palette is DIVERGING
    assert set(picture.indices) == {32, 64}
    assert "mean of 3 channels" in frame(state).counter
    assert develop(state).mapping == "signed ±120"


def test_without_colours_zero_is_between_black_and_white():
    values = np.zeros((1, 4, 9), np.float32)
    values[:, :, 3:6] = 50
    picture = develop(state_of(values).sized((4, 9)), "none").result_picture
    light = [picture.palette[i][0] for i in picture.indices[:9]]
    assert light[2] == light[3] == 255
    assert light[5] == light[6] == 0
    assert 120 < light[0] < 136


@pytest.mark.parametrize("colors", ["256", "16"])
@pytest.mark.parametrize("kernel", ["sobel-x", "identity"])
def test_limited_terminals_get_their_own_colours(colors, kernel):
    full = develop(state_of(kernel=kernel))
    few = develop(state_of(kernel=kernel), colors)
    for picture in (few.source_picture, few.result_picture):
        used = {picture.palette[i] for i in picture.indices}
        assert used <= set(TERMINAL[colors])
    if kernel == "sobel-x":
        assert few.result_picture.indices == full.result_picture.indices


def test_a_result_is_kept_while_only_its_display_changes():
    state = state_of()
    first = develop(state)
    assert develop(state.mapped(), before=first).result is first.result
    assert develop(state.applied(1), before=first).result is not first.result
    assert develop(state, cancelled=lambda: True) is None


@pytest.mark.parametrize("strange", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("kernel", ["sobel-x", "box-blur", "1 1; 1 1"])
def test_what_is_not_finite_is_drawn_and_counted(strange, kernel):
    values = np.full((1, 5, 5), 7.0, np.float32)
    values[0, 2, 2] = strange
    developed = develop(state_of(values, kernel, kind="grid").sized((10, 10)))
    assert developed.source.strange == 1
    assert developed.output.strange > 1
    assert "not finite" in plain(frame(state_of(values, kernel, kind="grid")).source_figures[-1])


@pytest.mark.parametrize("channels", [1, 2, 3, 5])
def test_any_number_of_channels_is_drawn(channels):
    for kernel in ("sobel-x", "identity", "1 1; 1 1"):
        developed = develop(state_of(np.ones((channels, 4, 6)), kernel).sized((4, 6)))
        assert (developed.result_picture.height, developed.result_picture.width) == (4, 6)


# layout and words


@given(st.integers(30, 250), st.integers(12, 90), st.integers(1, 900), st.integers(1, 900))
def test_everything_has_room(width, height, rows, columns):
    plan = layout(width, height, (rows, columns))
    assert 2 * plan.picture + plan.middle + 4 <= max(width, 2 * 8 + plan.middle + 4)
    assert 1 <= plan.bars <= 8
    assert plan.picture_lines >= 2
    below = 0 if plan.beside else -(-16 // (width // 19))
    if height >= 23 and width >= 78:
        assert 2 + plan.body + below + 2 <= height


@pytest.mark.parametrize(("width", "height"), [(78, 23), (118, 39), (60, 20)])
def test_lines_fit_the_screen(width, height):
    for kernel in ("sobel-x", "gaussian-5", "random"):
        state = state_of(kernel=kernel).strided(1).applied(1)
        found = frame(state, width, height)
        assert all(len(plain(each)) <= width for each in found.words)
        plan = layout(width, height, state.picture.natural)
        assert all(len(plain(each)) <= plan.picture for each in found.source_figures)
        assert len(found.source_figures) == plan.bars + 2
        room = plan.middle if plan.beside else width
        assert all(len(plain(each).rstrip()) <= room for each in found.legend)


def test_the_legend_lists_every_key_once_and_marks_the_kernel():
    for width, unicode in ((78, True), (118, False)):
        text = "\n".join(plain(each) for each in frame(state_of(), width, 39, unicode).legend)
        for found in listed_kernels():
            if found.key:
                assert f"{found.key} {found.name}" in text
        assert ("▸x sobel-x" if unicode else ">x sobel-x") in text


def test_the_kernel_is_shown_in_its_common_fraction():
    found = frame(state_of(kernel="gaussian-3")).kernel
    assert found.title == "3×3 in 1/16"
    assert found.values == ((1, 2, 1), (2, 4, 2), (1, 2, 1))
    assert denominator(load_kernel("box-blur").values) == 9
    assert denominator(load_kernel("sobel-x").values) == 1
    assert denominator(np.float32([[np.pi]])) == 1
    assert denominator(np.float32([[np.nan, 1]])) == 1


def test_the_cursor_is_shown_while_editing_alone():
    state = state_of().pointed(1, 2)
    assert not any(map(any, frame(state).kernel.marks))
    assert frame(state.editable()).kernel.marks[1][2] == CURSOR


def test_bars_show_every_bin_that_holds_anything():
    assert bars((0, 1, 1000), 1, True) == [" ▁█"]
    assert bars((0, 8, 16), 2, True) == ["  █", " ██"]
    assert bars((0, 1, 700), 1, False) == [" .@"]
    assert bars((0, 0), 1, True) == ["  "]


@pytest.mark.parametrize(
    ("stride", "times", "words"),
    [
        (1, 1, "padding same (1), edge cells repeated: the size stays"),
        (2, 1, "⌊(12 + 2·1 - 1·(3-1) - 1) / 2⌋ + 1 = 6"),
        (2, 3, "12×18 → 6×9 → 3×5 → 2×3"),
    ],
)
def test_sizes_are_explained(stride, times, words):
    state = state_of(stride=stride, times=times)
    assert words in plain(frame(state, 118, 39).words[0])
    size = "×".join(map(str, state.filtering.output_shape[1:]))
    assert frame(state).result_title.startswith(f"result {size} · signed ±")


def test_nothing_is_claimed_before_the_first_picture_is_ready():
    state = state_of()
    found = frame_of(state, None, 78, layout(78, 23, (12, 18)))
    assert found.source is found.result is None
    assert found.source_figures == found.result_figures == ()


def test_a_large_kernel_is_cut_to_the_column():
    state = state_of(kernel="gaussian-31")
    found = frame(state.pointed(30, 30).editable())
    assert found.kernel.left + len(found.kernel.values[0]) == 31
    assert len(found.kernel.values[0]) * found.kernel.cell < 16


def test_the_mark_of_a_choice_against_the_automatic():
    assert replace(state_of(), mapping="clipped").shown_as == "clipped"
