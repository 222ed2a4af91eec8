"""Our pooling against torch's: values, winners, divisors and the cells of each window."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from cnntui.engine.pooling import Pooling, divisor_of, pooled_block, step_at, whole_pooled
from tests.engine.drawn import (
    Settings,
    poolings,
    torch_accepts_pooling,
    torch_average,
    torch_pooling,
)

torch.set_num_threads(1)

many = settings(max_examples=400, deadline=None)
some = settings(max_examples=150, deadline=None)


def same(found: object, expected: object) -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


@many
@given(poolings())
def test_whole_output_is_torchs(drawn: Settings) -> None:
    assume(torch_accepts_pooling(drawn))
    pooling, expected = Pooling(**drawn), torch_pooling(drawn)
    assert pooling.output_shape == expected.shape
    assert pooling.input_shape == drawn["input"].shape
    assert pooling.steps == expected.size
    same(whole_pooled(pooling), expected)


@many
@given(poolings(), st.data())
def test_any_block_is_torchs(drawn: Settings, choose: st.DataObject) -> None:
    assume(torch_accepts_pooling(drawn))
    expected = torch_pooling(drawn)
    channels, height, width = expected.shape
    channel = choose.draw(st.integers(0, channels - 1))
    top, left = (choose.draw(st.integers(0, size - 1)) for size in (height, width))
    rows = range(top, choose.draw(st.integers(top + 1, height)))
    columns = range(left, choose.draw(st.integers(left + 1, width)))
    found = pooled_block(Pooling(**drawn), channel, rows, columns)
    same(found, expected[channel, rows.start : rows.stop, columns.start : columns.stop])


@some
@given(poolings())
def test_every_step_is_torchs(drawn: Settings) -> None:
    assume(torch_accepts_pooling(drawn))
    pooling, expected = Pooling(**drawn), torch_pooling(drawn)
    for index, place in enumerate(np.ndindex(expected.shape)):
        step = step_at(pooling, index)
        assert (step.channel, step.row, step.column) == place == pooling.place(index)
        assert pooling.index(*place) == step.index == index
        same(step.value, expected[place])


@many
@given(poolings(kinds=("max", "max", "global-max")))
def test_winners_are_torchs(drawn: Settings) -> None:
    """Small whole numbers tie everywhere: torch takes the first, but the last NaN."""
    assume(torch_accepts_pooling(drawn))
    pooling, expected = Pooling(**drawn), torch_pooling(drawn, indices=True)
    width = drawn["input"].shape[2]
    for index, place in enumerate(np.ndindex(expected.shape)):
        step = step_at(pooling, index)
        assert step.divisor == 0
        if data_of(drawn, step.rows, step.columns):
            assert step.argmax == divmod(int(expected[place]), width)
        else:
            assert step.argmax is None


def data_of(
    drawn: Settings, rows: tuple[int, ...], columns: tuple[int, ...]
) -> list[tuple[int, int]]:
    height, width = drawn["input"].shape[1:]
    return [(r, c) for r in rows if 0 <= r < height for c in columns if 0 <= c < width]


@some
@given(poolings(kinds=("max", "avg")))
def test_windows_are_cut_from_the_padded_input(drawn: Settings) -> None:
    """The input between its padding, and nothing (None) past it, laid out by numpy."""
    assume(torch_accepts_pooling(drawn))
    pooling = Pooling(**drawn)
    takes_part = drawn["kind"] == "max" or not drawn["exclude_pad"]
    filler = (-np.inf if drawn["kind"] == "max" else 0.0) if takes_part else None
    sides = [(0, 0), *((p, p) for p in drawn["padding"])]
    padded = np.pad(drawn["input"].astype(object), sides, constant_values=filler)
    padded = np.pad(padded, [(0, 0), (0, 40), (0, 40)], constant_values=None)  # past it
    stride = drawn["stride"] or drawn["size"]
    for index in range(pooling.steps):
        step = step_at(pooling, index)
        first = [place * s for place, s in zip((step.row, step.column), stride, strict=True)]
        lines = [
            slice(at, at + d * (k - 1) + 1, d)
            for at, k, d in zip(first, drawn["size"], drawn["dilation"], strict=True)
        ]
        window = padded[step.channel][lines[0], lines[1]].tolist()
        # repr, since NaN is not equal to itself
        assert repr([list(line) for line in step.window]) == repr(as_floats(window))
        indices = [
            tuple(range(line.start - pad, line.stop - pad, line.step))
            for line, pad in zip(lines, drawn["padding"], strict=True)
        ]
        assert [step.rows, step.columns] == indices


def as_floats(window: list[list[float | None]]) -> list[list[float | None]]:
    return [[None if value is None else float(value) for value in line] for line in window]


@some
@given(poolings(kinds=("avg",)))
def test_divisors_are_told_by_an_average_of_ones(drawn: Settings) -> None:
    assume(torch_accepts_pooling(drawn))
    pooling = Pooling(**drawn)
    ones = torch.ones(1, 1, *drawn["input"].shape[1:], dtype=torch.float64)
    cells = torch_average(drawn, ones, divisor=1)[0, 0]
    divisors = (cells / torch_average(drawn, ones)[0, 0]).round().int()
    for row, column in np.ndindex(*divisors.shape):
        assert divisor_of(pooling, row, column) == divisors[row, column]
        step = step_at(pooling, pooling.index(0, row, column))
        assert step.divisor == divisors[row, column]
        assert step.argmax is None


@some
@given(poolings(kinds=("adaptive-avg", "adaptive-avg", "global-avg")))
def test_means_without_windows_divide_by_their_cells(drawn: Settings) -> None:
    pooling, shape = Pooling(**drawn), drawn["input"].shape[1:]
    output = drawn["output_size"] if drawn["kind"] == "adaptive-avg" else (1, 1)
    image = torch.zeros(1, *shape, dtype=torch.float64, requires_grad=True)
    pooled = F.adaptive_avg_pool2d(image, output)
    for row, column in np.ndindex(*output):
        (grad,) = torch.autograd.grad(pooled[0, row, column], image, retain_graph=True)
        step = step_at(pooling, pooling.index(0, row, column))
        cells = grad[0].nonzero()
        assert step.divisor == divisor_of(pooling, row, column) == len(cells)
        assert [(r, c) for r in step.rows for c in step.columns] == [
            tuple(cell) for cell in cells.tolist()
        ]


@pytest.mark.parametrize("kind", ["max", "avg"])
@pytest.mark.parametrize("ceil", [False, True])
def test_no_stride_means_the_kernel_size(kind: str, ceil: bool) -> None:
    image = np.arange(77, dtype=np.float32).reshape(1, 7, 11)
    pooling = Pooling(image, kind, size=(2, 3), ceil_mode=ceil)
    by_torch = {"max": F.max_pool2d, "avg": F.avg_pool2d}[kind]
    assert pooling.strides == (2, 3)
    same(whole_pooled(pooling), by_torch(torch.tensor(image), (2, 3), ceil_mode=ceil))


@pytest.mark.parametrize("size", [1, 2])
def test_a_dilated_window_wholly_in_the_padding_is_minus_infinity(size: int) -> None:
    image = np.ones((1, size, 2), np.float32)
    how = {"padding": (1, 1), "dilation": (size + 1, 3)}
    expected = F.max_pool2d(torch.tensor(image)[None], 2, **how)[0].numpy()
    assert (expected == -np.inf).all()
    pooling = Pooling(image, "max", (2, 2), **how)
    assert (whole_pooled(pooling) == expected).all()
    step = step_at(pooling, 0)
    assert step.value == -np.inf
    assert step.argmax is None
    assert step.window == ((-np.inf, -np.inf), (-np.inf, -np.inf))


def test_the_first_of_several_minus_infinities_wins() -> None:
    image = np.full((1, 4, 4), -np.inf, np.float32)
    _, indices = F.max_pool2d(torch.tensor(image), 3, 2, 1, return_indices=True)
    pooling = Pooling(image, "max", (3, 3), (2, 2), (1, 1))
    found = [step_at(pooling, index).argmax for index in range(pooling.steps)]
    assert found == [divmod(int(i), 4) for i in indices.flatten()]


# curriculum, lesson 6
EXAMPLE = np.float32([[[1, 3, 2, 4], [5, 6, 1, 2], [3, 2, 8, 1], [4, 7, 3, 9]]])


def test_the_four_by_four_example() -> None:
    assert whole_pooled(Pooling(EXAMPLE)).tolist() == [[[6, 4], [7, 9]]]
    assert [step_at(Pooling(EXAMPLE), i).argmax for i in range(4)] == [
        (1, 1),
        (0, 3),
        (3, 1),
        (3, 3),
    ]
    # by hand: (1+3+5+6)/4, (2+4+1+2)/4, (3+2+4+7)/4, (8+1+3+9)/4
    assert whole_pooled(Pooling(EXAMPLE, "avg")).tolist() == [[[3.75, 2.25], [4.0, 5.25]]]


def test_published_shapes() -> None:
    halved = Pooling(np.zeros((64, 8, 8), np.float32))
    assert halved.output_shape == (64, 4, 4)
    flat = Pooling(np.zeros((512, 7, 7), np.float32), "global-avg")
    assert flat.output_shape == (512, 1, 1)
    assert flat.steps == 512
    assert int(np.prod(flat.input_shape)) == 25_088


def test_cells_no_window_reads_are_counted_over_all_channels() -> None:
    # 5 at kernel 2, stride 2 reads 4×4 of 25
    assert Pooling(np.zeros((3, 5, 5), np.float32)).never_read == 27
    assert Pooling(np.zeros((3, 5, 5), np.float32), ceil_mode=True).never_read == 0
