"""Kernels made to fit channels and groups, held against what torch computes with them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from cnntui.engine.geometry import IllegalSetting
from cnntui.engine.weights import divisors, regrouped, weight_for

GROUPED = st.tuples(st.integers(1, 4), st.integers(1, 3))  # groups, channels a group


@given(GROUPED, st.integers(1, 3), st.integers(1, 3))
def test_a_flat_kernel_sums_over_the_channels_of_each_group(grouped, height, width):
    groups, per_group = grouped
    channels = groups * per_group
    rng = np.random.default_rng(0)
    image = torch.tensor(rng.integers(-9, 10, (1, channels, 5, 5)), dtype=torch.float64)
    kernel = rng.integers(-3, 4, (height, width)).astype(np.float32)
    weight = torch.tensor(weight_for(kernel, channels, groups), dtype=torch.float64)
    found = F.conv2d(image, weight, groups=groups)
    alone = F.conv2d(image.transpose(0, 1), torch.tensor(kernel, dtype=torch.float64)[None, None])
    summed = alone.reshape(groups, per_group, *alone.shape[2:]).sum(1)
    assert torch.equal(found[0], summed)


def test_banks_stay_as_they_are():
    bank = np.ones((4, 3, 2, 2), np.float32)
    assert weight_for(bank, 3) is bank
    assert weight_for(bank[0], 3).shape == (1, 3, 2, 2)


@pytest.mark.parametrize("groups", [0, -1, 2, 4, 5])
def test_groups_that_do_not_divide_are_refused_as_torch_refuses_them(groups):
    with pytest.raises(ValueError, match="groups"):
        torch.nn.Conv2d(3, 3, 1, groups=groups, device="meta")
    with pytest.raises(IllegalSetting, match="groups 1, 3 would do"):
        weight_for(np.ones((1, 1), np.float32), 3, groups)


@pytest.mark.parametrize("shape", [(), (3,), (1, 1, 1, 1, 1)])
def test_other_dimensions_are_refused(shape):
    with pytest.raises(IllegalSetting, match="dimensions"):
        weight_for(np.ones(shape, np.float32), 1)


@given(st.integers(1, 200))
def test_divisors_are_those_that_leave_nothing(number):
    assert divisors(number) == [n for n in range(1, number + 1) if not number % n]


@given(GROUPED, GROUPED, st.integers(1, 3))
def test_a_regrouped_weight_is_one_torch_takes(old, new, repeats):
    filters = old[0] * repeats
    weight = np.arange(filters * old[1], dtype=np.float32).reshape(filters, old[1], 1, 1)
    groups, per_group = new
    channels = groups * per_group
    found = regrouped(weight, channels, groups)
    assert found.shape[1:] == (per_group, 1, 1)
    assert set(found.ravel()) <= set(weight.ravel())
    if len(found) % groups == 0:  # where not, the state offers no such groups
        output = F.conv2d(torch.ones(1, channels, 2, 2), torch.tensor(found), groups=groups)
        assert output.shape == (1, len(found), 2, 2)
