"""The Convolution pane's state and its boards, with torch's output as the oracle."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from cnntui.errors import UserError
from cnntui.panes.conv.frame import frame_of, shift_lines, subtitle
from cnntui.panes.conv.state import ConvolutionState
from cnntui.sources.inputs import load_input
from cnntui.sources.kernels import Kernel, load_kernel
from cnntui.ui.frames.boards import CHANGED, CURSOR, LIT, MET, PADDING, PENDING, UNREAD
from tests.parts.stepping.verbs import (
    CONVOLUTION_VERBS,
    applied,
    convolution_states,
    convolved_by_torch,
    grid,
    kernel,
    padded_by_torch,
    reads_by_torch,
)

many = settings(max_examples=100, deadline=None)
PRESSED = st.tuples(convolution_states(), st.lists(CONVOLUTION_VERBS, max_size=12))


def pressed(drawn):
    state, verbs = drawn
    for verb in verbs:
        state = applied(state, verb)
    return state


def opened(*shape, of="sobel-x", **more):
    return ConvolutionState.of(grid(*shape), load_kernel(of) if isinstance(of, str) else of, **more)


def cells(board):
    """(row, column, value, marks) of every cell on view."""
    for i, (values, marks) in enumerate(zip(board.values, board.marks, strict=True)):
        for j, (value, mark) in enumerate(zip(values, marks, strict=True)):
            yield board.top + i, board.left + j, value, mark


def assert_fits(state, board, name):
    """No more cells than the viewport has room for, whatever the board's size."""
    port = state.viewport(name)
    assert len(board.values) == len(board.marks) == len(board.levels) <= port.rows
    for row in (*board.values, *board.marks, *board.levels):
        assert len(row) == len(board.values[0]) <= port.columns(board.cell)


@many
@given(PRESSED)
def test_the_output_on_view_is_torchs(drawn):
    state = pressed(drawn)
    conv, board = state.conv, frame_of(state).boards["output"]
    expected = convolved_by_torch(conv)[state.filter]
    before = None if state.unshifted is None else convolved_by_torch(state.unshifted)[state.filter]
    _, row, column = state.place
    height, width = expected.shape
    assert (board.rows, board.columns) == (height, width)
    assert_fits(state, board, "output")
    for r, c, value, marks in cells(board):
        assert np.isclose(value, expected[r, c], rtol=1e-9, atol=1e-3, equal_nan=True) or not (
            np.isfinite(expected).all()
        )
        assert bool(marks & PENDING) == ((state.filter * height + r) * width + c > state.seen)
        assert bool(marks & LIT) == ((r, c) == (row, column))
        assert bool(marks & CURSOR) == (bool(marks & LIT) and state.focus == "output")
        if before is not None and np.isfinite(before).all() and np.isfinite(expected).all():
            gap = abs(before[r, c] - expected[r, c])
            assert bool(marks & CHANGED) == (gap > 1e-9) or gap < 1e-6 * abs(expected[r, c])
        else:
            assert state.unshifted is not None or not marks & CHANGED
    assert any(marks & LIT for *_, marks in cells(board))


@many
@given(PRESSED)
def test_the_input_on_view_is_what_torch_pads(drawn):
    state = pressed(drawn)
    conv, board = state.conv, frame_of(state).boards["input"]
    (top, _), (left, _) = conv.pads
    padded, reads = padded_by_torch(conv)[state.channel], reads_by_torch(conv)
    _, row, column = state.place
    rows = {row * conv.stride[0] - top + i * conv.dilation[0] for i in range(conv.kernel[0])}
    columns = {column * conv.stride[1] - left + j * conv.dilation[1] for j in range(conv.kernel[1])}
    group = state.filter * conv.groups // conv.filters
    takes_part = state.channel * conv.groups // conv.channels == group
    height, width = conv.input.shape[1:]
    assert (board.rows, board.columns) == padded.shape
    assert_fits(state, board, "input")
    for r, c, value, marks in cells(board):
        inside = 0 <= r < height and 0 <= c < width
        if state.coverage:
            assert value == (reads[r, c] if inside else 0)
        else:
            wanted = padded[r + top, c + left]
            assert value == wanted or (np.isnan(value) and np.isnan(wanted))
        assert bool(marks & PADDING) == (not inside)
        assert bool(marks & UNREAD) == (inside and reads[r, c] == 0)
        assert bool(marks & LIT) == (takes_part and r in rows and c in columns)
        assert bool(marks & CURSOR) == (state.focus == "input" and (r, c) == state.cursor)


@many
@given(PRESSED)
def test_the_kernel_on_view_is_the_weight_of_the_channel(drawn):
    state = pressed(drawn)
    board = frame_of(state).boards["kernel"]
    per_group = state.conv.weight.shape[1]
    first = state.filter * state.conv.groups // state.conv.filters * per_group
    channel = state.channel - first if 0 <= state.channel - first < per_group else 0
    weight = state.conv.weight[state.filter, channel]
    assert (board.rows, board.columns) == weight.shape
    for r, c, value, marks in cells(board):
        assert value == weight[r, c] or np.isnan(value)
        assert bool(marks & CURSOR) == (state.focus == "kernel" and (r, c) == state.tap)
    assert 0 <= state.tap[0] < weight.shape[0]
    assert 0 <= state.tap[1] < weight.shape[1]


def gradient_of(state, weight, **seed):
    """d output / d input at the cells that ``seed`` gives a one, (H, W): who reads whom."""
    conv = state.conv
    image = torch.zeros(1, 1, *conv.input.shape[1:], requires_grad=True)
    (top, bottom), (left, right) = conv.pads
    mode = "constant" if conv.padding_mode == "zeros" else conv.padding_mode
    padded = F.pad(image, (left, right, top, bottom), mode=mode)
    return F.conv2d(padded, weight, None, conv.stride, 0, conv.dilation), image


@many
@given(PRESSED)
def test_an_input_cell_marks_the_outputs_whose_gradient_reaches_it(drawn):
    state = pressed(drawn).on("input")
    board = frame_of(state).boards["output"]
    output, image = gradient_of(state, torch.ones(1, 1, *state.conv.kernel))
    for r, c, _, marks in cells(board):
        found = torch.autograd.grad(output[0, 0, r, c], image, retain_graph=True)[0]
        assert bool(marks & MET) == bool(found[0, 0][state.cursor])


@many
@given(PRESSED)
def test_a_kernel_cell_marks_the_input_cells_it_meets(drawn):
    state = pressed(drawn).on("kernel")
    board, conv = frame_of(state).boards["input"], state.conv
    alone = torch.zeros(1, 1, *conv.kernel)
    alone[(0, 0, *state.tap)] = 1
    (top, bottom), (left, right) = conv.pads
    height, width = conv.input.shape[1:]
    padded = torch.zeros(1, 1, height + top + bottom, width + left + right, requires_grad=True)
    F.conv2d(padded, alone, None, conv.stride, 0, conv.dilation).sum().backward()
    for r, c, _, marks in cells(board):
        assert bool(marks & MET) == bool(padded.grad[0, 0, r + top, c + left])


SHIFTED_BY_HAND = ((0, 0), (0, 1), (1, 0), (0, -1), (-1, 0))


@many
@given(convolution_states(), st.integers(0, 5), st.integers(1, 2))
def test_the_shift_test_counts_what_torch_counts(state, times, stride):
    state = state.strided(stride - 1).padded_by_name()
    base = state.conv
    for _ in range(times):
        state = state.shifted()
    if times in (0, 5):
        assert (state.shift, state.unshifted, shift_lines(state)) == (0, None, ())
        assert np.array_equal(state.conv.input, base.input)
        return
    down, right = SHIFTED_BY_HAND[times]
    moved = torch.roll(torch.tensor(base.input), (down, right), (1, 2))
    if down:
        moved[:, 0 if down > 0 else -1] = 0
    else:
        moved[:, :, 0 if right > 0 else -1] = 0
    assert np.array_equal(state.conv.input, moved.numpy())
    before, after = convolved_by_torch(base), convolved_by_torch(state.conv)
    changed = np.abs(after - before) > 1e-9
    text = "".join(word for word, _ in shift_lines(state)[1])
    assert f"{changed.sum()} of {changed.size} cells changed" in text
    if changed.any():
        largest = float(text.partition("by ")[2].partition(" ")[0])
        assert largest == pytest.approx(np.abs(after - before).max(), rel=1e-3)


def test_the_equivariance_of_a_convolution_is_counted():
    image = np.zeros((1, 8, 8), np.float32)
    image[0, 3:5, 3:5] = 1  # far from the border: every output follows
    state = ConvolutionState.of(grid(1, 8, 8), load_kernel("sobel-x"))
    still = state.with_input(type(grid(1, 1, 1))("dot", image, "grid")).shifted()
    assert "input by 1, output by 1: 30 of 30 cells agree" in "".join(
        text for text, _ in shift_lines(still)[2]
    )


# verbs


def test_every_setting_is_torchs():
    state = opened(4, 9, 8, of=kernel(4, 4, 3, 3))
    assert state.strided(1).conv.stride == (2, 2)
    assert state.padded(1).conv.padding == (1, 1)
    assert state.dilated(1).conv.dilation == (2, 2)
    assert state.resized(1).conv.kernel == (4, 4)
    assert state.resized(-1).conv.kernel == (2, 2)
    names = [state.conv.padding]
    for _ in range(4):
        state = state.padded_by_name()
        names.append(state.conv.padding)
    assert names == [(0, 0), "valid", "same", "full", "valid"]
    modes, acts, groups = [], [], []
    for _ in range(4):
        modes.append(state.conv.padding_mode)
        acts.append(state.conv.activation)
        groups.append(state.conv.groups)
        state = state.in_next_mode().activated().grouped()
    assert modes == ["zeros", "reflect", "replicate", "circular"]
    assert acts == ["none", "relu", "leaky-relu", "sigmoid"]
    assert groups == [1, 2, 4, 1]


@pytest.mark.parametrize(
    ("verb", "says"),
    [
        (("strided", 1), "padding='same' is not supported for strided convolutions"),
        (("strided", -1), "non-positive stride is not supported"),
        (("dilated", -1), "non-positive dilation is not supported"),
        (("at", 9, 9), "rows are 0 to 3, columns 0 to 4"),
        (("undone",), "nothing to undo"),
        (("edited", "output", 1.0), "the output is computed"),
        (("with_kernel", kernel(5, 2, 1, 1)), "expected input to have 2 channels"),
        (("with_kernel", kernel(9, 9, 9)), "expected input to have 9 channels"),
        (("biased", (1.0, 2.0)), "expected bias to be 1-dimensional with 1 elements"),
    ],
)
def test_what_torch_refuses_is_refused_in_its_terms(verb, says):
    state = opened(1, 4, 5).padded_by_name().padded_by_name()
    refused = applied(state, (verb[0], verb[1:]))
    assert says in refused.problem
    assert refused.conv is state.conv


def test_the_smallest_settings_are_refused_with_what_to_do():
    state = opened(1, 4, 5)
    assert "0 is legal" in state.padded(-1).problem
    assert "at least one cell" in state.resized(-1).resized(-1).resized(-1).problem
    assert "Kernel size can't be greater" in state.resized(1).resized(1).problem
    assert state.resized(1).resized(1).problem
    assert "reflect" in opened(1, 4, 5).padded(4).in_next_mode().problem


def test_a_kernel_of_a_family_is_made_anew_and_others_are_framed():
    blur = opened(1, 9, 9, of="box-blur").resized(1)
    assert np.allclose(blur.conv.weight, 1 / 16)
    sobel = opened(1, 9, 9).resized(2)
    assert np.array_equal(sobel.conv.weight[0, 0, 1:4, 1:4], load_kernel("sobel-x").values)
    assert np.abs(sobel.conv.weight).sum() == np.abs(load_kernel("sobel-x").values).sum()


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("of", ["sobel-x", "gaussian-5", "edges-bank", "rgb-bank"])
def test_another_input_keeps_the_kernel_and_begins_anew(channels, of):
    bank = load_kernel(of)
    start = bank.values.shape[1] if bank.values.ndim == 4 else 1
    state = opened(start, 8, 8, of=bank).last().edited("input", 1)
    other = state.with_input(grid(channels, 9, 7, seed=5, name="other"), 16, True)
    assert (other.index, other.seen, other.edits, other.problem) == (0, 0, (), "")
    assert (other.input_name, other.cells, other.gray) == ("other", 16, True)
    assert other.conv.input.shape == (channels, 9, 7)
    assert other.conv.filters == state.conv.filters
    assert convolved_by_torch(other.conv).shape == other.conv.output_shape
    back = other.with_input(grid(start, 8, 8))
    assert np.array_equal(back.conv.weight, state.conv.weight) or start == 3 != channels


def test_an_input_the_kernel_does_not_fit_is_refused():
    state = opened(1, 8, 8).stepped(3)
    refused = state.with_input(grid(1, 2, 9))
    assert "Kernel size can't be greater" in refused.problem
    assert (refused.conv, refused.index, refused.input_name) == (state.conv, 3, state.input_name)


@pytest.mark.parametrize(
    ("shape", "channels", "weight"),
    [
        ((3, 3), 1, (1, 1, 3, 3)),
        ((3, 3), 3, (1, 3, 3, 3)),
        ((3, 2, 2), 3, (1, 3, 2, 2)),
        ((4, 3, 2, 2), 3, (4, 3, 2, 2)),
    ],
)
def test_another_kernel_and_bank(shape, channels, weight):
    state = opened(channels, 6, 6).with_bias_or_without().last()
    other = state.with_kernel(kernel(*shape))
    assert other.conv.weight.shape == weight
    assert other.conv.bias.tolist() == [0.0] * weight[0]
    assert (other.index, other.kernel_name) == (0, "drawn")
    assert other.reset().conv.weight.shape == weight


def test_another_kernel_while_the_input_is_moved_slides_over_the_input_as_it_was():
    state = opened(1, 6, 6)
    other = state.shifted().with_kernel(kernel(2, 2))
    assert (other.shift, other.unshifted) == (0, None)
    assert np.array_equal(other.conv.input, state.conv.input)


def test_a_depthwise_bank_gives_each_channel_its_own_output():
    state = opened(3, 6, 6, of=kernel(3, 3)).grouped()
    assert (state.conv.groups, state.conv.weight.shape) == (3, (3, 1, 3, 3))
    assert state.channel == 0
    moved = state.to_filter(2)
    assert (moved.channel, moved.filter) == (2, 2)
    assert moved.grouped().conv.weight.shape == (1, 3, 3, 3)


def test_the_channel_on_view_follows_the_filters_group():
    state = opened(4, 6, 6, of=kernel(2, 2, 3, 3), groups=2)
    assert state.to_filter(1).channel == 2
    assert state.to_channel(1).kernel_channel == 1
    assert state.to_filter(1).to_channel(3).kernel_channel == 1


def test_bias():
    state = opened(1, 6, 6, of="edges-bank")
    assert state.with_bias_or_without().conv.bias.tolist() == [0, 0, 0, 0]
    assert state.with_bias_or_without().with_bias_or_without().conv.bias is None
    assert state.biased((2.0,)).conv.bias.tolist() == [2, 2, 2, 2]
    assert state.biased((1.0, 2.0, 3.0, 4.0)).conv.bias.tolist() == [1, 2, 3, 4]
    assert state.biased((1.0,)).biased(None).conv.bias is None


def test_another_number_of_groups_keeps_the_bias():
    bank = opened(4, 6, 6, of=kernel(4, 4, 3, 3)).biased((1.0, 2.0, 3.0, 4.0))
    assert bank.grouped().conv.groups == 2
    assert bank.grouped().conv.bias.tolist() == [1, 2, 3, 4]
    one, biases = opened(4, 6, 6).biased((5.0,)), []
    for _ in range(3):
        one = one.grouped()
        biases.append((one.conv.groups, one.conv.bias.tolist()))
    assert biases == [(2, [5, 5]), (4, [5, 5, 5, 5]), (1, [5])]


def test_undo_takes_back_that_a_grid_was_edited():
    state = opened(1, 6, 6).edited("kernel", 7.0).edited("input", 50.0).edited("input", 60.0)
    told = []
    for _ in range(4):
        told.append(subtitle(state).split(" · ")[:2])
        state = state.undone()
    whole, edited = ["drawn", "sobel-x"], ["drawn edited", "sobel-x edited"]
    assert told == [edited, edited, ["drawn", "sobel-x edited"], whole]


def test_undo_while_the_input_is_moved_takes_back_that_it_was_edited():
    moved = opened(1, 6, 6).shifted().pointed("input", 2, 3).edited("input", 50.0)
    assert moved.edited_grids == {"input"}
    assert moved.undone().edited_grids == frozenset()


def test_a_state_that_torch_would_refuse_is_not_opened():
    with pytest.raises(UserError, match="Kernel size can't be greater"):
        opened(1, 2, 2)
    with pytest.raises(UserError, match="groups"):
        opened(3, 5, 5, groups=2)


# the frame


def test_the_subtitle_tells_what_is_not_default():
    assert subtitle(opened(1, 6, 6)) == "drawn · sobel-x · stride 1 · pad 0"
    state = opened(1, 6, 6).padded_by_name().padded_by_name().dilated(1).activated()
    state = state.in_next_mode().in_next_mode().with_bias_or_without().shifted()
    assert subtitle(state) == (
        "drawn · sobel-x · stride 1 · pad 2 same replicate · dilation 2 · bias · relu"
        " · shifted right"
    )
    assert "groups 3" in subtitle(opened(3, 6, 6).grouped())


def test_an_uneven_padding_is_told_for_both_axes():
    wide = Kernel("wide", np.ones((2, 1), np.float32))
    assert "pad 0+1" in subtitle(opened(1, 6, 6, of=wide).padded_by_name().padded_by_name())
    lying = Kernel("lying", np.ones((1, 2), np.float32))
    text = subtitle(opened(1, 6, 6, of=lying).padded_by_name().padded_by_name())
    assert "0+1" in text


@pytest.mark.parametrize("view", ["numbers", "heat"])
def test_a_large_input_costs_what_is_on_view(view):
    state = ConvolutionState.of(grid(3, 1024, 1024), load_kernel("gaussian-3"), device="cpu")
    state = state.padded_by_name().padded_by_name().sized("input", 60, 20).sized("output", 60, 20)
    if view == "heat":
        state = state.viewed().viewed()
    for place in ((0, 0), (511, 700), (1023, 1023)):
        at = state.at(*place)
        frame = frame_of(at)
        for name, board in frame.boards.items():
            assert_fits(at, board, name)
        assert any(marks & CURSOR for *_, marks in cells(frame.boards["output"]))
        lit = [(r, c) for r, c, _, marks in cells(frame.boards["input"]) if marks & LIT]
        assert lit == [(place[0] + i, place[1] + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]


def test_boards_share_the_width():
    state = ConvolutionState.of(load_input("camera"), load_kernel("sobel-x"))
    for total in (60, 80, 117, 200):
        widths = state.widths(total)
        assert sum(widths.values()) + 2 * 3 <= total
        assert min(widths.values()) >= 16 or total < 80
        assert abs(widths["input"] - widths["output"]) <= 1


def test_an_edited_random_kernel_grows_with_its_edit():
    start = ConvolutionState.of(load_input("digit:7"), load_kernel("random:7"))
    grown = start.edited("kernel", 5.0).resized(2)
    assert grown.conv.kernel == (5, 5)
    assert grown.conv.weight[0, 0].max() == 5
