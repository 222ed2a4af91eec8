"""Comparisons against hand arithmetic, published figures and torch's own counts."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from cnntui.engine.comparing import (
    HEAD,
    UNCALLED,
    DenseOrConvolution,
    StandardOrSeparable,
    stages_of,
    totals_of,
)
from cnntui.engine.scaling import EFFICIENTNETS, Compound
from tests.opened import open_network

sizes = st.integers(1, 64)


def count(*modules):
    return sum(p.numel() for module in modules for p in module.parameters())


def test_the_classic_comparison():
    found = DenseOrConvolution()
    assert found.inputs == 150_528
    assert found.dense_weights == 150_528_000
    assert found.convolution_params == 64 * (27 + 1) == 1_792
    assert found.factor == 84_000
    assert found.convolution_macs == 27 * 64 * 224 * 224 == 86_704_128


def test_separable_for_64_to_128():
    found = StandardOrSeparable()
    assert found.standard_params == 73_856
    assert found.separable_params == 576 + 8_192 + 128 == 8_896
    assert found.ratio == pytest.approx(1 / 128 + 1 / 9)
    assert found.separable_macs / found.standard_macs == pytest.approx(found.ratio)


@given(sizes, sizes, sizes, sizes, st.integers(1, 9), sizes)
def test_dense_and_convolution_as_torch_counts(channels, height, width, units, kernel, filters):
    found = DenseOrConvolution(channels, height, width, units, kernel, filters)
    with torch.device("meta"):
        dense = nn.Linear(channels * height * width, units)
        convolution = nn.Conv2d(channels, filters, kernel)
    assert found.dense_params == count(dense)
    assert found.dense_weights == dense.weight.numel()
    assert found.convolution_params == count(convolution)


@given(sizes, sizes, st.integers(1, 9))
def test_separable_as_torch_counts(inputs, outputs, kernel):
    found = StandardOrSeparable(inputs, outputs, kernel)
    with torch.device("meta"):
        standard = nn.Conv2d(inputs, outputs, kernel)
        depthwise = nn.Conv2d(inputs, inputs, kernel, groups=inputs, bias=False)
        pointwise = nn.Conv2d(inputs, outputs, 1)
    assert found.standard_params == count(standard)
    assert found.separable_params == count(depthwise, pointwise)
    weights = found.depthwise_weights + found.pointwise_weights
    assert weights / found.standard_weights == pytest.approx(found.ratio)


def test_compound_scaling():
    assert (Compound(0).depth, Compound(0).width, Compound(0).flops) == (1, 1, 1)
    one = Compound(1)
    assert (one.depth, one.width, one.resolution) == (1.2, 1.1, 1.15)
    assert one.flops == pytest.approx(1.92027)  # 1.2 · 1.21 · 1.3225
    assert Compound(3).flops == pytest.approx(one.flops**3)
    assert 1.9 < one.flops < 2.1  # the paper's constraint: about 2


def test_published_networks():
    assert [each.name for each in EFFICIENTNETS] == [f"B{at}" for at in range(8)]
    assert EFFICIENTNETS[0].phi == 0
    phis = [each.phi for each in EFFICIENTNETS]
    assert phis == sorted(phis)
    assert 6 < phis[-1] < 7


@pytest.mark.parametrize(
    ("name", "channels"),
    [
        # He et al. 2015, table 1; Sandler et al. 2018, table 2; Simonyan and Zisserman 2014
        ("resnet18", {1: 64, 2: 64, 3: 128, 4: 256, 5: 512, HEAD: 1000}),
        ("resnet50", {1: 64, 2: 256, 3: 512, 4: 1024, 5: 2048, HEAD: 1000}),
        ("mobilenet_v2", {1: 16, 2: 24, 3: 32, 4: 96, 5: 1280, HEAD: 1000}),
        ("mobilenet_v3_large", {1: 16, 2: 24, 3: 40, 4: 112, 5: 960, HEAD: 1000}),
        ("convnext_tiny", {2: 96, 3: 192, 4: 384, 5: 768, HEAD: 1000}),
        ("vgg16", {0: 64, 1: 128, 2: 256, 3: 512, 4: 512, 5: 512, HEAD: 1000}),
    ],
)
def test_stages_have_the_published_channels(name, channels):
    stages = stages_of(open_network(name).trace)
    assert {stage.halvings: stage.channels for stage in stages} == channels


@pytest.mark.parametrize("name", ["resnet18", "inception_v3", "googlenet_aux", "unet", "lenet5"])
def test_stages_add_up_to_the_network(name):
    found = totals_of(open_network(name).trace, name)
    assert sum(stage.params for stage in found.stages) == found.params
    assert sum(stage.macs for stage in found.stages) == found.macs
    assert found.flops == 2 * found.macs


def test_what_no_call_uses_is_a_stage_of_its_own():
    stages = {s.halvings: s for s in stages_of(open_network("googlenet_aux").trace)}
    assert stages[UNCALLED].params == 13_004_888 - 6_624_904


def test_inception_meets_nets_of_another_input_size():
    stages = stages_of(open_network("inception_v3").trace)
    pictures = {s.halvings: s.picture[0] for s in stages if s.picture}
    assert pictures == {1: 147, 2: 71, 3: 35, 4: 17, 5: 8}
