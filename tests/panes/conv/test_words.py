"""The words about a step, read back: the arithmetic must be right and the lines must fit."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from cnntui.ground.lines import added, flowed, line, listed, plain, wrapped
from cnntui.numbers import short
from cnntui.panes.conv.frame import frame_of
from cnntui.panes.conv.state import ConvolutionState
from cnntui.sources.kernels import Kernel, load_kernel
from tests.parts.stepping.verbs import (
    CONVOLUTION_VERBS,
    applied,
    convolution_states,
    convolved_by_torch,
    grid,
    kernel,
    padded_by_torch,
)

WIDTHS, LINES = st.integers(40, 200), st.integers(5, 20)
PRESSED = st.tuples(convolution_states(), st.lists(CONVOLUTION_VERBS, max_size=10))
NUMBER = r"(-?(?:[\d.]+(?:e-?\d+)?|inf|nan)|~0|#+)"
many = settings(max_examples=150, deadline=None)


def lines_of(state, width=80, lines=7):
    return [plain(words) for words in frame_of(state, width, lines).words]


def opened(*shape, of="sobel-x", **more):
    return ConvolutionState.of(grid(*shape), load_kernel(of) if isinstance(of, str) else of, **more)


def whole_verbs(verb):
    """Numbers that the words write exactly: whole ones of up to seven digits."""
    return verb[0] not in ("edited", "biased", "activated", "with_kernel", "resized")


@many
@given(PRESSED, WIDTHS, LINES)
def test_every_line_fits(drawn, width, lines):
    state, verbs = drawn
    for verb in verbs:
        state = applied(state, verb)
    for focus in state.grids:
        for seen in (state.on(focus), state.on(focus).with_step_as_row()):
            found = lines_of(seen, width, lines)
            assert len(found) <= lines
            assert max(map(len, found)) <= width


@many
@given(PRESSED, WIDTHS, LINES)
def test_the_arithmetic_read_back_is_torchs(drawn, width, lines):
    state, verbs = drawn
    assume(np.array_equal(state.conv.weight, np.rint(state.conv.weight)))
    for verb in filter(whole_verbs, verbs):
        state = applied(state, verb)
    state = state.on("output") if not state.im2col else state.on("output").with_step_as_row()
    conv, (f, r, c) = state.conv, state.place
    total = convolved_by_torch(conv)[f, r, c]
    text = " ".join(lines_of(state, width, lines))
    found = re.search(rf"\+ bias {NUMBER} += {NUMBER}", text)
    assert float(found[2]) == total  # the result is on view in every size
    if "more" in text or ("×" not in text.partition("output[")[0] and lines < 8):
        return
    windows = F.unfold(
        torch.tensor(padded_by_torch(conv))[None], conv.kernel, conv.dilation, 0, conv.stride
    )
    per_group = conv.weight.shape[1] * conv.kernel[0] * conv.kernel[1]
    group = f * conv.groups // conv.filters
    across = conv.output_shape[2]
    patch = windows[0, group * per_group : (group + 1) * per_group, r * across + c]
    written = [(float(a), float(b)) for a, b in re.findall(rf"\({NUMBER}×{NUMBER}\)", text)]
    assert written == list(zip(patch.tolist(), conv.weight[f].ravel().tolist(), strict=True))
    assert sum(a * b for a, b in written) + float(found[1]) == total
    partial = [float(value) for value in re.findall(rf"channel \d+: .*?\) = {NUMBER}", text)]
    by_channel = np.array([a * b for a, b in written]).reshape(conv.weight.shape[1], -1).sum(1)
    assert partial == (by_channel.tolist() if len(by_channel) > 1 else [])


@many
@given(PRESSED, st.integers(60, 200))
def test_the_formula_read_back_is_the_output_size(drawn, width):
    state, verbs = drawn
    for verb in verbs:
        state = applied(state, verb)
    height, across = torch.Size(convolved_by_torch(state.conv).shape[1:])
    text = lines_of(state, width, 20)
    found = [row for row in text if re.match("output size|height|width", row)]
    sizes = {"output size": {height, across}, "height": {height}, "width": {across}}
    assert len(found) == (1 if found[0].startswith("output size") else 2)
    for row in found:
        name, formula, size = re.fullmatch(r"(\D+?) +(⌊.*) = (\d+)", row).groups()
        assert sizes[name] == {int(size)}
        python = formula.replace("⌊", "math.floor(").replace("⌋", ")").replace("·", "*")
        assert eval(python, {"math": math}) == int(size)


def test_the_curriculums_arithmetic():
    state = opened(1, 5, 5)
    state = state.with_input(type(grid(1, 1, 1))("edge", np.float32([[[9, 9, 0, 0]] * 4]), "grid"))
    found = lines_of(state)
    assert found[:4] == [
        "(9×-1) + (9×0) + (0×1) + (9×-2) + (9×0) + (0×2) + (9×-1) + (9×0) + (0×1)",
        "= -9 + 0 + 0 - 18 + 0 + 0 - 9 + 0 + 0",
        "output[0, 0, 0]  -36 + bias 0 = -36",
        "output size  ⌊(4 + 2·0 - 1·(3-1) - 1) / 1⌋ + 1 = 2",
    ]
    relu = lines_of(state.activated())
    assert relu[2] == "output[0, 0, 0]  -36 + bias 0 = -36 → 0"


def test_channels_have_their_partial_sums():
    ones = Kernel("ones", np.ones((1, 2), np.float32))
    state = ConvolutionState.of(
        type(grid(1, 1, 1))("two", np.float32([[[1, 2]], [[3, 4]]]), "grid"), ones
    ).biased((0.5,))
    assert lines_of(state)[:3] == [
        "channel 0: (1×1) + (2×1) = 3",
        "channel 1: (3×1) + (4×1) = 7",
        "output[0, 0, 0]  3 + 7 + bias 0.5 = 10.5",
    ]


@pytest.mark.parametrize("channels", [7, 40])
def test_many_channels_show_the_one_on_view_and_count_the_rest(channels):
    state = opened(channels, 3, 3, of=kernel(channels, 3, 3)).to_channel(channels - 2)
    text = lines_of(state, 80, 7)
    assert any(f"channel {channels - 2}:" in row or "more channels" in row for row in text)
    assert re.search(r"… \d+ more", " ".join(text))
    total = convolved_by_torch(state.conv).item()
    assert f"= {short(total)}" in " ".join(text)


@pytest.mark.parametrize("lines", range(1, 8))
@pytest.mark.parametrize("shape", [(1, 5, 7), (3, 5, 7), (3, 6, 6)])
def test_little_room_leaves_the_result(shape, lines):
    state = opened(*shape, of="box-blur")
    text = lines_of(state, 80, lines)
    assert len(text) == min(len(text), lines)
    assert f"= {short(convolved_by_torch(state.conv)[0, 0, 0])}" in text[0 if lines < 4 else -1] + (
        " ".join(text)
    )


@pytest.mark.parametrize("shape", [(1, 5, 7), (3, 6, 6)])
def test_the_matrix_row_times_the_kernel_is_the_sum(shape):
    state = opened(*shape).at(1, 2).with_step_as_row()
    text = lines_of(state, 200, 12)
    conv = state.conv
    outputs = conv.output_shape[1] * conv.output_shape[2]
    number = 1 * conv.output_shape[2] + 2
    assert text[0].startswith(f"im2col: row {number} of a {outputs}×{9 * shape[0]} matrix")
    row, flat = ([float(n) for n in re.findall(NUMBER, line)] for line in text[1:3])
    matrix = F.unfold(torch.tensor(conv.input, dtype=torch.float64)[None], 3)[0].T
    assert row == matrix[number].tolist()
    assert flat == conv.weight.ravel().tolist()
    total = convolved_by_torch(conv)[0, 1, 2]
    assert text[3] == f"row · kernel = {short(total)}"
    assert len({line.index("[") for line in text[1:3]}) == 1


def test_a_row_too_long_is_cut_between_numbers():
    state = opened(3, 6, 6).with_step_as_row()
    row = lines_of(state, 60, 12)[1]
    assert row.endswith(" …")
    whole = lines_of(state, 200, 12)[1]
    assert whole.startswith(row.removesuffix(" …"))
    assert whole[len(row) - 2] == " "


def test_wide_screens_show_the_matrix_row_unasked():
    assert any("im2col" in row for row in lines_of(opened(1, 6, 6), 120, 14))
    assert not any("im2col" in row for row in lines_of(opened(1, 6, 6), 80, 14))


def test_an_input_cell_lists_its_readers():
    state = opened(1, 5, 5).pointed("input", 0, 1)
    value = short(float(state.conv.input[0, 0, 1]))
    assert lines_of(state)[:2] == [
        f"input[0, 0, 1] = {value} is read by 2 output cells:",
        "(0,0) (0,1)",
    ]
    unread = opened(1, 6, 6).strided(1).pointed("input", 5, 5)
    assert "is never read" in lines_of(unread)[0]


def test_a_kernel_cell_counts_what_it_meets():
    state = opened(1, 5, 5).padded(1).pointed("kernel", 0, 0)
    assert lines_of(state)[0] == (
        "kernel[0, 0, 0, 0] = -1 meets 25 cells: 16 of the input, 9 of the padding"
    )


def test_counts_are_torchs():
    state = opened(3, 8, 8, of=kernel(4, 3, 3, 3)).with_bias_or_without()
    layer = torch.nn.Conv2d(3, 4, 3)
    weights, bias = (p.numel() for p in layer.parameters())
    last = lines_of(state)[-1]
    assert last.startswith(f"params {weights} + {bias} · MACs {weights * 36:,} · field 3 · ")
    assert last.endswith("3×8×8 → 4×6×6")


# the words themselves

TERMS = st.lists(st.text("abc", min_size=1, max_size=12).map(line), min_size=1, max_size=30)


@given(TERMS, st.integers(12, 60), st.integers(1, 6), st.sampled_from(("", "  ")))
def test_wrapped_terms_are_whole_and_counted(terms, width, most, indent):
    width += len(indent)
    rows = [plain(row) for row in wrapped(terms, width, most, indent)]
    assert len(rows) <= most
    assert max(map(len, rows)) <= width
    words = " ".join(rows).split()
    left = int(words[-2]) if words[-1] == "more" else 0
    kept = words[:-3] if left else words
    assert kept == [plain(term) for term in terms[: len(kept)]]
    assert len(kept) + left == len(terms)
    assert all(row.startswith(indent) for row in rows[1:])


def test_nothing_is_wrapped_into_no_lines():
    assert wrapped([line("a"), line("b")], 10, 0) == []
    assert wrapped([], 10, 3) == []


def test_text_flows_between_words_and_keeps_its_roles():
    rows = flowed((("input[0, 1, 2] = 3", "input"), (" is read", "")), 12, 5)
    assert [plain(row) for row in rows] == ["input[0, 1,", "2] = 3 is", "read"]
    assert rows[1] == (("2]", "input"), (" ", ""), ("=", "input"), (" ", ""), ("3", "input"),
                       (" ", ""), ("is", ""))  # fmt: skip


def test_a_list_drops_what_does_not_fit_whole():
    assert plain(listed(("params 9", "MACs 1,000", "field 3"), 24)) == "params 9 · MACs 1,000"
    assert plain(listed(("params 9",), 4)) == "para"


def test_a_sum_is_written_with_its_signs():
    text = " ".join(plain(term) for term in added([7, -16, 0, -0.5]))
    assert text == "7 - 16 + 0 - 0.5"
    assert eval(text) == 7 - 16 + 0 - 0.5
    assert added([]) == []
