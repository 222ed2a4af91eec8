"""Multiply–adds and the arithmetic of parameters, against loops and torch's own counter."""

from itertools import product

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from cnntui.engine.tracing.counting import MACS_DEFINITION, macs, params_formula
from cnntui.engine.tracing.forward import trace
from cnntui.engine.tracing.text import formula, sentence, settings
from cnntui.models.naming import find_net


def by_loops(weight, out, groups):
    """Count each multiplication of a grouped convolution one by one."""
    filters, per_group, *kernel = weight.shape
    count = 0
    for _ in product(*(range(size) for size in out)):
        for _ in product(range(per_group), *(range(k) for k in kernel)):
            count += 1
    assert filters % groups == 0
    return count


@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_convolutions_by_loops(axes, groups):
    layer = getattr(nn, f"Conv{axes}d")(2, 4, 3, 2, 1, groups=groups)
    row = trace(layer, (2, *(5,) * axes)).rows[0]
    assert row.macs == by_loops(layer.weight, row.output_shape, groups)


def test_a_transposed_convolution_writes_each_input_k_by_k_times():
    layer = nn.ConvTranspose2d(6, 4, 3, 2, 1, 1, groups=2)
    row = trace(layer, (6, 5, 7)).rows[0]
    assert row.macs == 5 * 7 * 6 * (4 // 2) * 3 * 3


def test_a_linear_layer_on_four_dimensions():
    assert trace(nn.Linear(4, 3), (5, 6, 4)).total_macs == 5 * 6 * 4 * 3


class Products(nn.Module):
    """Every product there is."""

    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.randn(5, 3, 3, 3))
        self.up = nn.ConvTranspose2d(5, 4, 3, 2, groups=1)
        self.q = nn.Linear(4, 6)

    def forward(self, x):
        y = self.up(F.conv2d(x, self.w, stride=2))
        y = self.q(y.flatten(2).transpose(1, 2))
        z = torch.bmm(y, y.transpose(1, 2))
        z = z @ y + torch.einsum("nij,njk->nik", z, y)
        z = torch.baddbmm(y, z.transpose(1, 2)[:, :1].transpose(1, 2) * 0 + z[:, :, :1], y[:, :1])
        return F.scaled_dot_product_attention(z[:, None], y[:, None], y[:, None])


def counted(model, *inputs):
    plain = sdpa_kernel(SDPBackend.MATH)  # torch does not count its fused attention on the CPU
    with FlopCounterMode(display=False) as counter, torch.no_grad(), plain:
        model.eval()(*inputs)
    return counter.get_total_flops() / 2


def test_products_as_torch_counts_them():
    assert trace(Products(), (3, 9, 11)).total_macs == counted(Products(), torch.rand(1, 3, 9, 11))


@pytest.mark.parametrize(
    ("equation", "shapes"),
    [
        ("bchw,oc->bohw", [(2, 3, 4, 5), (6, 3)]),
        ("bhqd,bhkd->bhqk", [(2, 3, 4, 5), (2, 3, 6, 5)]),
        ("ij,jk,kl->il", [(2, 3), (3, 4), (4, 5)]),
    ],
)
def test_einsum(equation, shapes):
    operands = [torch.rand(s) for s in shapes]
    out = tuple(torch.einsum(equation, *operands).shape)
    found = macs("einsum", {"input": equation, "rest": tuple(operands)}, out)
    with FlopCounterMode(display=False) as counter:
        torch.einsum(equation, *operands)
    assert found == counter.get_total_flops() / 2


@pytest.mark.parametrize("name", ["resnet18", "googlenet", "mobilenet_v2", "convnext_tiny", "unet"])
def test_networks_as_torch_counts_them(name):
    entry, about = find_net(name).entry, vars(find_net(name))
    model = entry.load()(name, 10, about["input"][0])
    assert trace(model, about["input"]).total_macs == counted(model, torch.rand(1, *about["input"]))


@pytest.mark.parametrize(("kind", "gates"), [(nn.LSTM, 4), (nn.GRU, 3), (nn.RNN, 1)])
def test_recurrent_layers_apply_each_matrix_at_each_step(kind, gates):
    layer = kind(5, 6, num_layers=2, bidirectional=True, batch_first=True)
    each = gates * 6 * (5 + 6) * 2 + gates * 6 * (12 + 6) * 2  # two layers, two directions
    assert trace(layer, (7, 5)).total_macs == 7 * each


def test_attention_is_its_projections_and_its_two_products():
    class Attend(nn.Module):
        def __init__(self):
            super().__init__()
            self.m = nn.MultiheadAttention(8, 2, batch_first=True)

        def forward(self, x):
            return self.m(x, x, x)[0]

    length, width = 5, 8
    expected = 4 * length * width * width + 2 * length * length * width
    assert trace(Attend(), (length, width)).total_macs == expected


def test_known_totals_of_published_networks():
    found = {}
    for name in ("alexnet", "vgg16", "resnet50", "mobilenet_v2"):
        with torch.device("meta"):
            model = find_net(name).entry.load()(name, 1000, 3)
        found[name] = round(trace(model, find_net(name).input).total_macs / 1e9, 2)
    # torchvision's model cards give 0.71, 15.47, 4.09 and 0.3
    assert found == {"alexnet": 0.71, "vgg16": 15.47, "resnet50": 4.09, "mobilenet_v2": 0.3}


def test_formulas_of_parameters():
    assert params_formula([(128, 64, 3, 3), (128,)]) == "3×3×64×128 + 128"
    assert params_formula([(1000, 512), (1000,)]) == "512×1000 + 1000"
    assert params_formula([(64,), (64,)]) == "64 + 64"
    assert params_formula([(96, 1, 1)]) == "96"
    assert params_formula([()]) == "1"
    assert params_formula([]) == ""


@pytest.mark.parametrize(
    ("layer", "shape", "text"),
    [
        (nn.Conv2d(4, 8, 3), (4, 8, 8), "k3"),
        (nn.Conv2d(4, 8, (1, 7), 2, (0, 3), groups=4), (4, 8, 8), "k1×7 s2 p0×3 g4"),
        (nn.Conv2d(4, 8, 3, padding="same", dilation=2), (4, 8, 8), "k3 psame d2"),
        (nn.ConvTranspose2d(4, 8, 2, 2), (4, 8, 8), "k2 s2"),
        (nn.MaxPool2d(3, 2, 1, ceil_mode=True), (4, 8, 8), "k3 s2 p1 ceil"),
        (nn.AdaptiveAvgPool2d((None, 2)), (4, 8, 8), "to *×2"),
        (nn.LeakyReLU(0.2), (4,), "slope 0.2"),
        (nn.ReLU(), (4,), ""),
        (nn.GroupNorm(2, 4), (4, 8, 8), "groups 2"),
        (nn.Dropout(0.3), (4,), "p0.3"),
        (nn.Upsample(scale_factor=2), (4, 8, 8), "×2 nearest"),
        (nn.Linear(4, 2, bias=False), (4,), "no bias"),
        (nn.ReflectionPad2d(1), (4, 8, 8), "1,1,1,1 reflect"),
    ],
)
def test_settings_in_short(layer, shape, text):
    row = trace(layer, shape).rows[0]
    assert row.settings == text
    assert sentence(row).startswith(row.type) or row.type not in ("Conv2d", "ReLU", "Linear")


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (nn.ReLU(), "negative to zero"),
        (nn.ReLU6(), "above 6"),
        (nn.LeakyReLU(), "slope"),
        (nn.ELU(), "towards −α"),
        (nn.Hardswish(), "straight lines"),
        (nn.SiLU(), "by its sigmoid"),
        (nn.Sigmoid(), "into 0 to 1"),
        (nn.Softmax(1), "add up to 1"),
        (nn.Identity(), "passes its input on"),
    ],
)
def test_activations_in_words(layer, words):
    row = trace(layer, (4,)).rows[0]
    assert words in sentence(row)
    assert formula(row).startswith("y")


def test_words():
    assert settings("no_such_function", {}) == ""
    row = trace(nn.Conv2d(1, 1, 3), (1, 5, 5)).rows[0]
    assert "sums the products" in sentence(row)
    assert formula(row).startswith("y[f,i,j]")
    assert "FLOPs are twice" in MACS_DEFINITION
