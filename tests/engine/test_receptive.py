"""Receptive fields against the non-zero extent of the input gradient, and published figures."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from cnntui.engine.tracing.forward import trace
from cnntui.engine.tracing.receptive import field_of
from cnntui.errors import UserError
from tests.engine.gradients import by_gradient, positive


def agree(model, shape, units=None):
    model = positive(model)
    traced = trace(model, shape)
    row = traced.rows[-1]
    assert row.units == tuple(row.output_shape[2:])
    rows, columns = row.units
    for unit in units or {
        (0, 0),
        (rows // 2, columns // 2),
        (rows - 1, columns - 1),
        (0, columns // 3),
    }:
        assert field_of(traced, row.index, unit) == by_gradient(model, shape, unit), unit
    return traced


def conv(i, o, k=3, **settings):
    return nn.Conv2d(i, o, k, **settings)


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.ways = nn.Sequential(conv(2, 2, 3, stride=2, padding=1), conv(2, 2, 5, padding=2))
        self.short = conv(2, 2, 1, stride=2)

    def forward(self, x):
        y = self.ways(x)
        y += self.short(x)
        return y


class Inception(nn.Module):
    def __init__(self):
        super().__init__()
        self.ones, self.fives = conv(2, 1, 1), conv(2, 1, 5, padding=2)
        self.wide = conv(2, 1, (1, 7), padding=(0, 3))

    def forward(self, x):
        pooled = F.avg_pool2d(x, 3, stride=1, padding=1)
        return torch.cat([self.ones(x), self.fives(x), self.wide(x), pooled], 1)


class UNet(nn.Module):
    def __init__(self, way, kernel=2):
        super().__init__()
        self.down1, self.down2 = conv(1, 2, padding=1), conv(2, 2, padding=1)
        self.bottom = conv(2, 2, padding=1)
        self.way = way
        pad = (kernel - 2) // 2
        self.up = nn.ConvTranspose2d(2, 2, kernel, 2, pad)
        self.after2, self.after1 = conv(4, 2, padding=1), conv(4, 1, padding=1)

    def larger(self, x):
        if self.way == "transposed":
            return self.up(x)
        if self.way in ("bilinear", "bicubic"):
            return F.interpolate(x, scale_factor=2, mode=self.way)
        return F.interpolate(x, scale_factor=2, mode=self.way)

    def forward(self, x):
        one = self.down1(x)
        two = self.down2(F.avg_pool2d(one, 2))
        bottom = self.bottom(F.avg_pool2d(two, 2))
        y = self.after2(torch.cat([two, self.larger(bottom)], 1))
        return self.after1(torch.cat([one, self.larger(y)], 1))


class Excited(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.gate = conv(1, 2, padding=1), conv(2, 2, 1)

    def forward(self, x):
        y = self.conv(x)
        return y * torch.sigmoid(self.gate(F.adaptive_avg_pool2d(y, 1)))


class Moved(nn.Module):
    """Channels last, slices, padding by function, and pixel shuffling."""

    def __init__(self):
        super().__init__()
        self.mix, self.conv = nn.Linear(2, 4), conv(4, 4)

    def forward(self, x):
        y = self.mix(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        y = self.conv(F.pad(y, (2, 1, 0, 3)))[:, :, 1:, ::2]
        return F.pixel_shuffle(y, 2)


def test_three_convolutions_of_three_see_seven():
    traced = agree(nn.Sequential(conv(1, 2), conv(2, 2), conv(2, 1)), (1, 16, 16))
    assert [row.receptive_field for row in traced.rows] == [(3, 3), (5, 5), (7, 7)]


@pytest.mark.parametrize(
    ("model", "shape"),
    [
        (Residual, (2, 19, 23)),
        (Inception, (2, 14, 15)),
        (lambda: UNet("transposed"), (1, 24, 24)),
        (lambda: UNet("transposed", 4), (1, 24, 24)),
        (lambda: UNet("nearest"), (1, 24, 24)),
        (lambda: UNet("bilinear"), (1, 24, 24)),
        (Excited, (1, 9, 9)),
        (Moved, (2, 12, 12)),
        (lambda: nn.Sequential(conv(1, 1, 3, dilation=3), conv(1, 1, 3, dilation=2)), (1, 30, 30)),
        (lambda: conv(1, 1, 3, dilation=4, padding=5), (1, 11, 11)),
        (lambda: conv(1, 1, 5, padding=2, padding_mode="reflect"), (1, 9, 9)),
        (lambda: conv(1, 1, 5, padding=2, padding_mode="replicate"), (1, 9, 9)),
        (lambda: conv(1, 1, 5, padding=2, padding_mode="circular"), (1, 9, 9)),
        (lambda: conv(1, 1, 3, dilation=2, padding="same"), (1, 9, 9)),
        (lambda: nn.Sequential(conv(1, 1), nn.AdaptiveAvgPool2d(5)), (1, 15, 14)),
        (lambda: nn.Sequential(conv(1, 1), nn.Upsample(scale_factor=1.5)), (1, 12, 12)),
        (lambda: nn.ConvTranspose2d(1, 1, 3, 3, 1, dilation=2, output_padding=1), (1, 9, 9)),
        (lambda: nn.Sequential(nn.ReflectionPad2d(3), conv(1, 1, 3, stride=3)), (1, 12, 12)),
        (lambda: nn.Upsample(size=(5, 21), mode="bilinear"), (1, 12, 12)),
        (lambda: nn.Upsample(size=23, mode="bilinear", align_corners=True), (1, 12, 12)),
        (lambda: nn.Upsample(size=24, mode="bicubic"), (1, 12, 12)),
        (lambda: nn.Upsample(size=7, mode="nearest-exact"), (1, 12, 12)),
        (lambda: nn.Upsample(size=7, mode="area"), (1, 12, 12)),
        (lambda: nn.AvgPool2d(3, 2, 1, ceil_mode=True), (1, 12, 12)),
        (lambda: nn.PixelUnshuffle(2), (1, 12, 12)),
        (lambda: nn.GroupNorm(1, 2), (2, 6, 6)),
    ],
)
def test_the_backward_walk_is_what_the_gradient_reaches(model, shape):
    model = model()
    traced = trace(model, shape)
    rows, columns = traced.rows[-1].units
    every = [(r, c) for r in range(rows) for c in range(0, columns, 3)]
    agree(model, shape, every)


WINDOWS = st.tuples(
    st.sampled_from(["conv", "pool", "transposed", "nearest"]),
    st.integers(1, 4),
    st.integers(1, 3),
    st.integers(0, 2),
    st.integers(1, 2),
)


def layer(kind, kernel, stride, padding, dilation):
    if kind == "conv":
        return conv(1, 1, kernel, stride=stride, padding=padding, dilation=dilation)
    if kind == "pool":
        return nn.AvgPool2d(kernel, stride, min(padding, kernel // 2))
    if kind == "transposed":
        return nn.ConvTranspose2d(1, 1, kernel + 1, stride, min(padding, kernel // 2))
    return nn.Upsample(scale_factor=stride)


@settings(max_examples=60)
@given(st.lists(WINDOWS, min_size=1, max_size=4), st.data())
def test_any_stack_of_windows(windows, data):
    model = positive(nn.Sequential(*(layer(*window) for window in windows)))
    traced = trace(model, (1, 17, 17))
    row = traced.rows[-1]
    if traced.error is not None or max(row.units) > 60:
        return
    unit = tuple(data.draw(st.integers(0, size - 1)) for size in row.units)
    found, true = field_of(traced, row.index, unit), by_gradient(model, (1, 17, 17), unit)
    assert _inside(true, found)
    if true is not None:
        for axis in (0, 1):
            start, jump = row.start[axis], row.jump[axis]
            first = start + unit[axis] * jump
            assert first - 1e-9 <= true[axis][0]
            assert true[axis][1] <= first + row.receptive_field[axis] + 1e-9


def _inside(true, found):
    """Whether the walk found the region, or more where windows leave holes."""
    if true is None:
        return True
    return all(f[0] <= t[0] and t[1] <= f[1] for f, t in zip(found, true, strict=True))


def test_a_field_past_holes_is_still_the_hull_of_what_is_read():
    model = nn.Sequential(conv(1, 1, 1, stride=3), conv(1, 1, 3))
    traced = agree(model, (1, 30, 30))
    assert traced.rows[-1].receptive_field == (7, 7)
    assert traced.rows[-1].jump == (3, 3)


def test_squeeze_and_excite_sees_the_whole_picture_and_the_table_gives_the_local_field():
    traced = agree(Excited(), (1, 9, 9))
    row = traced.rows[-1]
    assert (row.global_field, row.receptive_field) == (True, (3, 3))
    assert field_of(traced, row.index, (4, 4)) == ((0, 8), (0, 8))
    assert field_of(traced, row.index, (4, 4), local=True) == ((3, 5), (3, 5))


def test_a_group_norm_measures_the_whole_picture():
    traced = agree(nn.Sequential(conv(1, 2), nn.GroupNorm(1, 2)), (1, 9, 9))
    assert traced.rows[1].global_field
    assert field_of(traced, 1, (3, 3), local=True) == ((3, 5), (3, 5))


def test_the_forward_rule_over_counts_at_fractional_strides_and_the_walk_does_not():
    traced = agree(UNet("transposed"), (1, 24, 24))
    row = traced.rows[-1]
    exact = field_of(traced, row.index, (12, 12))
    assert exact[0][1] - exact[0][0] + 1 <= row.receptive_field[0]


def test_two_inputs_have_a_region_each():
    class Two(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = conv(1, 1, 3, padding=1), conv(1, 1, 5, padding=2)

        def forward(self, x, y):
            return self.a(x) + self.b(y)

    traced = trace(Two(), [(1, 9, 9), (1, 9, 9)])
    assert field_of(traced, 2, (4, 4)) == ((3, 5), (3, 5))
    assert field_of(traced, 2, (4, 4), source=-2) == ((2, 6), (2, 6))
    assert traced.rows[2].receptive_field == (5, 5)


def test_a_vector_has_no_picture_and_no_unit_outside_is_answered():
    traced = trace(nn.Linear(4, 3), (4,))
    assert traced.rows[0].receptive_field is None
    with pytest.raises(UserError, match="no receptive field"):
        field_of(traced, 0, (0, 0))
    with pytest.raises(UserError, match="its last one is"):
        field_of(trace(conv(1, 1), (1, 5, 5)), 0, (3, 0))
