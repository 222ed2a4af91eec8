"""The later families against published totals, torchvision's names and plain arithmetic."""

from __future__ import annotations

import importlib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from cnntui import nets
from cnntui.errors import UserError
from cnntui.models.naming import known_nets
from cnntui.nets import convnext, efficientnet, mobilenet, shufflenet, teaching, unet
from cnntui.registry import about_in

FAMILIES = {
    "mobilenet": mobilenet,
    "shufflenet": shufflenet,
    "efficientnet": efficientnet,
    "convnext": convnext,
    "unet": unet,
    "teaching": teaching,
}


def abouts() -> dict[str, Any]:
    folder = Path(nets.__path__[0])
    return {name: about_in((folder / f"{name}.py").read_text("utf-8")) for name in FAMILIES}


FACTS = {
    net.name: vars(net) | {"file": net.entry.name}
    for net in known_nets()
    if net.entry.name in FAMILIES
}
NAMES = list(FACTS)


@cache
def built(name: str, device: str = "meta", **options: int) -> nn.Module:
    """The net in inference mode, shared by the tests: none may change it."""
    with torch.device(device):
        return FAMILIES[FACTS[name]["file"]].build(name, **options).eval()


def total(net: nn.Module) -> int:
    return sum(parameter.numel() for parameter in net.parameters())


# torchvision's num_params; MobileNet as in the zoos of Keras (trainable), Gluon and pytorchcv;
# the paper's U-Net as counted by tf_unet, the curriculum's MNIST net
PUBLISHED = {
    "mobilenet_v1": 4_231_976,
    "mobilenet_v2": 3_504_872,
    "mobilenet_v3_large": 5_483_032,
    "shufflenet_v2_x1_0": 2_278_604,
    "efficientnet_b0": 5_288_548,
    "efficientnet_b1": 7_794_184,
    "efficientnet_b2": 9_109_994,
    "efficientnet_b3": 12_233_232,
    "efficientnet_b4": 19_341_616,
    "efficientnet_b5": 30_389_784,
    "efficientnet_b6": 43_040_704,
    "efficientnet_b7": 66_347_960,
    "efficientnet_v2_s": 21_458_488,
    "efficientnet_v2_l": 118_515_272,
    "convnext_tiny": 28_589_128,
    "unet_paper": 31_030_658,
    "mnist_cnn": 225_034,
}


def conv(kernel: int, inputs: int, outputs: int, bias: bool = True) -> int:
    """The curriculum's formula: K·K·Cin·Cout + Cout."""
    return kernel * kernel * inputs * outputs + (outputs if bias else 0)


def bn_conv(kernel: int, inputs: int, outputs: int) -> int:
    return conv(kernel, inputs, outputs, bias=False) + 2 * outputs


CIFAR_PAIRS = [(3, 32), (32, 32), (32, 64), (64, 64), (64, 128), (128, 128)]
CIFAR_CONVS = sum(bn_conv(3, a, b) for a, b in CIFAR_PAIRS)
DEMO_PAIRS = [(32, 64), (64, 128), (128, 256)]
RESIDUAL_PAIRS = [(64, 64), (64, 64), (64, 128), (128, 128), (128, 256), (256, 256)]
UNET_PAIRS = [(3, 32), (32, 32), (32, 64), (64, 64), (64, 128), (128, 128)]
UNET_PAIRS += [(128 + 64, 64), (64, 64), (64 + 32, 32), (32, 32)]

COUNTED = {
    "tiny_vgg": conv(3, 3, 10) + 3 * conv(3, 10, 10) + conv(1, 1690, 10),
    "cifar_cnn": CIFAR_CONVS + conv(1, 2048, 256) + 2 * 256 + conv(1, 256, 10),
    "cifar_cnn_gap": CIFAR_CONVS + conv(1, 128, 256) + conv(1, 256, 10),
    "hierarchy_cnn": 896 + 18_496 + 73_856 + conv(3, 128, 256) + conv(1, 256, 10),
    "separable_cnn": 896 + sum(9 * a + conv(1, a, b) for a, b in DEMO_PAIRS) + conv(1, 256, 10),
    "small_resnet": bn_conv(7, 3, 64)
    + sum(bn_conv(3, a, b) + bn_conv(3, b, b) for a, b in RESIDUAL_PAIRS)
    + sum(bn_conv(1, a, b) for a, b in RESIDUAL_PAIRS if a != b)
    + conv(1, 256, 10),
    "unet": sum(conv(3, a, b) for a, b in UNET_PAIRS) + conv(1, 32, 2),
}


@pytest.mark.parametrize("name", NAMES)
def test_total_is_the_published_or_the_counted_one(name: str) -> None:
    assert total(built(name)) == (PUBLISHED | COUNTED)[name] == FACTS[name]["params"]


@pytest.mark.parametrize("name", NAMES)
def test_forward_gives_logits_of_the_default_input(name: str) -> None:
    channels, height, width = FACTS[name]["input"]
    out = built(name)(torch.empty(2, channels, height, width, device="meta"))
    places = {"unet": (128, 128), "unet_paper": (388, 388)}.get(name, ())
    assert out.shape == (2, FACTS[name]["classes"], *places)


@pytest.mark.parametrize("name", NAMES)
def test_builds_with_other_classes_and_channels(name: str) -> None:
    weights = list(built(name, num_classes=7, in_channels=5).parameters())
    assert weights[0].shape[1] == 5
    assert weights[-1].shape == (7,)


# 10⁹ multiplications and additions in pairs: torchvision's GFLOPS, the paper's for MobileNet.
# They depend on every stride, which parameters do not.
PUBLISHED_GFLOPS = {
    "mobilenet_v1": "0.569",
    "mobilenet_v2": "0.30",
    "mobilenet_v3_large": "0.22",
    "shufflenet_v2_x1_0": "0.145",
    "efficientnet_b0": "0.4",
    "efficientnet_b1": "0.7",
    "efficientnet_b2": "1.1",
    "efficientnet_b3": "1.8",
    "efficientnet_b4": "4.4",
    "efficientnet_b5": "10.3",
    "efficientnet_b6": "19.1",
    "efficientnet_b7": "37.7",
    "efficientnet_v2_s": "8.4",
    "efficientnet_v2_l": "56.1",
    "convnext_tiny": "4.5",
}


@pytest.mark.parametrize("name", PUBLISHED_GFLOPS)
def test_work_of_one_picture_is_the_published_one(name: str) -> None:
    with FlopCounterMode(display=False) as counter:
        built(name)(torch.empty(1, *FACTS[name]["input"], device="meta"))
    published = PUBLISHED_GFLOPS[name]
    digits = len(published.partition(".")[2])
    assert f"{counter.get_total_flops() / 2e9:.{digits}f}" == published


GATE_OR_SIDE = (".fc1", ".fc2", "branch1.0", "branch1.2", "shortcut.0")


@pytest.mark.parametrize("name", NAMES)
def test_depth_counts_the_weighted_layers_along_the_net(name: str) -> None:
    layers = [
        key
        for key, layer in built(name).named_modules()
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d | nn.Linear)
        and not key.endswith(GATE_OR_SIDE)
    ]
    assert len(layers) == FACTS[name]["depth"]


def test_the_depths_that_papers_name() -> None:
    assert FACTS["mobilenet_v1"]["depth"] == 28  # section 3.2: "MobileNet has 28 layers"
    assert FACTS["unet_paper"]["depth"] == 23  # section 2: "23 convolutional layers"


def test_teaching_nets_have_no_imagenet_figures_and_all_others_do() -> None:
    for net in FACTS.values():
        teaches = net["file"] in ("unet", "teaching")
        assert (net["top1"] is None) == (net["figures"] is None) == teaches
        assert teaches or 50 < net["top1"] < net["top5"] < 100


@pytest.mark.parametrize("file", FAMILIES)
def test_an_unknown_name_is_told_what_there_is(file: str) -> None:
    about = abouts()[file]
    build = getattr(importlib.import_module(f"cnntui.nets.{file}"), about["entry"])
    with pytest.raises(UserError, match=about["nets"][-1]["name"]):
        build("resnet19")


# number of parameters and shapes, read off listings of torchvision's models
TORCHVISION: dict[str, tuple[int, dict[str, tuple[int, ...]]]] = {
    "mobilenet_v2": (
        158,
        {
            "features.0.0.weight": (32, 3, 3, 3),
            "features.1.conv.0.0.weight": (32, 1, 3, 3),
            "features.1.conv.1.weight": (16, 32, 1, 1),
            "features.1.conv.2.bias": (16,),
            "features.2.conv.0.0.weight": (96, 16, 1, 1),
            "features.2.conv.1.0.weight": (96, 1, 3, 3),
            "features.2.conv.2.weight": (24, 96, 1, 1),
            "features.2.conv.3.running_var": (24,),
            "features.17.conv.2.weight": (320, 960, 1, 1),
            "features.18.0.weight": (1280, 320, 1, 1),
            "features.18.1.num_batches_tracked": (),
            "classifier.1.weight": (1000, 1280),
        },
    ),
    "mobilenet_v3_large": (
        174,
        {
            "features.0.0.weight": (16, 3, 3, 3),
            "features.1.block.0.0.weight": (16, 1, 3, 3),
            "features.1.block.1.0.weight": (16, 16, 1, 1),
            "features.4.block.1.0.weight": (72, 1, 5, 5),
            "features.4.block.2.fc1.weight": (24, 72, 1, 1),
            "features.4.block.2.fc2.bias": (72,),
            "features.4.block.3.1.bias": (40,),
            "features.5.block.2.fc1.weight": (32, 120, 1, 1),
            "features.8.block.1.0.weight": (200, 1, 3, 3),
            "features.9.block.2.0.weight": (80, 184, 1, 1),
            "features.13.block.2.fc1.weight": (168, 672, 1, 1),
            "features.15.block.3.0.weight": (160, 960, 1, 1),
            "features.16.0.weight": (960, 160, 1, 1),
            "classifier.0.weight": (1280, 960),
            "classifier.3.weight": (1000, 1280),
        },
    ),
    "shufflenet_v2_x1_0": (
        170,
        {
            "conv1.0.weight": (24, 3, 3, 3),
            "stage2.0.branch1.0.weight": (24, 1, 3, 3),
            "stage2.0.branch1.2.weight": (58, 24, 1, 1),
            "stage2.0.branch1.3.bias": (58,),
            "stage2.0.branch2.0.weight": (58, 24, 1, 1),
            "stage2.0.branch2.3.weight": (58, 1, 3, 3),
            "stage2.0.branch2.5.weight": (58, 58, 1, 1),
            "stage2.3.branch2.6.weight": (58,),
            "stage3.7.branch2.5.weight": (116, 116, 1, 1),
            "stage4.0.branch1.2.weight": (232, 232, 1, 1),
            "stage4.3.branch2.6.running_mean": (232,),
            "conv5.0.weight": (1024, 464, 1, 1),
            "fc.weight": (1000, 1024),
        },
    ),
    "efficientnet_b2": (
        301,
        {
            "features.0.0.weight": (32, 3, 3, 3),
            "features.1.0.block.0.0.weight": (32, 1, 3, 3),
            "features.1.0.block.1.fc1.weight": (8, 32, 1, 1),
            "features.1.0.block.2.0.weight": (16, 32, 1, 1),
            "features.1.1.block.1.fc1.weight": (4, 16, 1, 1),
            "features.2.0.block.0.0.weight": (96, 16, 1, 1),
            "features.2.0.block.2.fc1.weight": (4, 96, 1, 1),
            "features.2.2.block.3.1.bias": (24,),
            "features.3.0.block.1.0.weight": (144, 1, 5, 5),
            "features.4.0.block.3.0.weight": (88, 288, 1, 1),
            "features.5.3.block.2.fc2.weight": (720, 30, 1, 1),
            "features.6.0.block.1.0.weight": (720, 1, 5, 5),
            "classifier.1.weight": (1000, 1408),
        },
    ),
    "efficientnet_v2_s": (
        452,
        {
            "features.0.0.weight": (24, 3, 3, 3),
            "features.1.0.block.0.0.weight": (24, 24, 3, 3),
            "features.2.0.block.0.0.weight": (96, 24, 3, 3),
            "features.2.0.block.1.0.weight": (48, 96, 1, 1),
            "features.2.0.block.1.1.bias": (48,),
            "features.2.1.block.0.0.weight": (192, 48, 3, 3),
            "classifier.1.weight": (1000, 1280),
        },
    ),
    "convnext_tiny": (
        182,
        {
            "features.0.0.weight": (96, 3, 4, 4),
            "features.0.1.bias": (96,),
            "features.1.0.layer_scale": (96, 1, 1),
            "features.1.0.block.0.weight": (96, 1, 7, 7),
            "features.1.0.block.2.weight": (96,),
            "features.1.0.block.3.weight": (384, 96),
            "features.1.0.block.5.weight": (96, 384),
            "features.2.0.weight": (96,),
            "features.2.1.weight": (192, 96, 2, 2),
            "features.5.8.block.3.bias": (1536,),
            "features.6.1.bias": (768,),
            "features.7.2.layer_scale": (768, 1, 1),
            "classifier.0.weight": (768,),
            "classifier.2.weight": (1000, 768),
        },
    ),
}


@pytest.mark.parametrize("name", TORCHVISION)
def test_names_shapes_and_order_are_those_of_torchvision(name: str) -> None:
    tensors, facts = TORCHVISION[name]
    state = built(name).state_dict()
    assert len(dict(built(name).named_parameters())) == tensors
    assert {key: tuple(state[key].shape) for key in facts} == facts
    assert [key for key in state if key in facts] == list(facts)


def test_a_convnext_block_lists_its_scale_before_its_layers() -> None:
    state = built("convnext_tiny").state_dict()
    keys = [key.removeprefix("features.1.0.") for key in state if key.startswith("features.1.0.")]
    layers = [f"block.{number}.{kind}" for number in (0, 2, 3, 5) for kind in ("weight", "bias")]
    assert keys == ["layer_scale", *layers]


NORMS = {
    "mobilenet_v1": (1e-5, 0.1),
    "mobilenet_v2": (1e-5, 0.1),
    "mobilenet_v3_large": (0.001, 0.01),
    "shufflenet_v2_x1_0": (1e-5, 0.1),
    "efficientnet_b0": (1e-5, 0.1),
    "efficientnet_b4": (1e-5, 0.1),
    "efficientnet_b5": (0.001, 0.01),
    "efficientnet_b7": (0.001, 0.01),
    "efficientnet_v2_s": (0.001, 0.1),
    "efficientnet_v2_l": (0.001, 0.1),
}


@pytest.mark.parametrize("name", NORMS)
def test_normalisation_is_that_of_the_published_weights(name: str) -> None:
    norms = [layer for layer in built(name).modules() if isinstance(layer, nn.BatchNorm2d)]
    assert {(norm.eps, norm.momentum) for norm in norms} == {NORMS[name]}


def test_chance_to_skip_a_block_grows_as_in_torchvision() -> None:
    for name, last in {"efficientnet_b0": 0.2 * 15 / 16, "convnext_tiny": 0.1}.items():
        layers = built(name).modules()
        chances = [x.dropped for x in layers if isinstance(x, efficientnet.StochasticDepth)]
        assert chances == sorted(chances)
        assert (chances[0], chances[-1]) == (0, pytest.approx(last))


def test_stochastic_depth_skips_rows_in_training_alone() -> None:
    torch.manual_seed(0)
    layer, x = efficientnet.StochasticDepth(0.25), torch.ones(4000, 2, 3, 3)
    rows = layer(x).flatten(1)
    assert rows.unique().tolist() == [0, pytest.approx(1 / 0.75)]
    assert torch.equal(rows.amin(1), rows.amax(1))  # a row is kept or skipped as a whole
    assert rows.mean().item() == pytest.approx(1, abs=0.05)
    assert layer.eval()(x) is x


def test_shuffling_is_that_of_torch() -> None:
    x = torch.arange(2 * 12 * 3 * 5.0).reshape(2, 12, 3, 5)
    for groups in (2, 3):
        assert torch.equal(
            shufflenet.shuffled(x, groups), torch.nn.functional.channel_shuffle(x, groups)
        )


def test_channels_are_rounded_as_published() -> None:
    wanted = {18: 24, 30: 32, 35.2: 32, 32 * 1.1: 32, 24 * 1.1: 24, 16 * 1.2: 24, 3: 8, 80: 80}
    assert {width: mobilenet.rounded(width) for width in wanted} == wanted


def test_layer_norm_2d_normalises_over_channels() -> None:
    x = torch.randn(2, 6, 3, 4, generator=torch.Generator().manual_seed(1))
    spread = (x.var(1, correction=0, keepdim=True) + 1e-6).sqrt()
    torch.testing.assert_close(convnext.LayerNorm2d(6)(x), (x - x.mean(1, keepdim=True)) / spread)


@cache
def drawn(name: str) -> tuple[nn.Module, dict[str, Tensor]]:
    """A real net with drawn statistics, and its tensors by torchvision's names."""
    torch.manual_seed(2)
    net = FAMILIES[FACTS[name]["file"]].build(name).eval()
    for layer in net.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.running_mean.normal_(std=0.3)
            layer.running_var.uniform_(0.01, 2)
            nn.init.uniform_(layer.weight, 0.5, 1.5)
            nn.init.normal_(layer.bias)
    return net, net.state_dict()


def normed(x: Tensor, state: dict[str, Tensor], at: str, eps: float) -> Tensor:
    names = ("running_mean", "running_var", "weight", "bias")
    mean, var, weight, bias = (state[f"{at}.{name}"][:, None, None] for name in names)
    return (x - mean) / (var + eps).sqrt() * weight + bias


def gated(x: Tensor, state: dict[str, Tensor], at: str, act: Any, gate: Any) -> Tensor:
    means = x.mean((2, 3))
    w1, w2 = state[f"{at}.fc1.weight"][..., 0, 0], state[f"{at}.fc2.weight"][..., 0, 0]
    squeezed = act(means @ w1.T + state[f"{at}.fc1.bias"])
    return x * gate(squeezed @ w2.T + state[f"{at}.fc2.bias"])[..., None, None]


@torch.no_grad()
@pytest.mark.parametrize(
    ("name", "at", "eps", "act", "squeeze", "gate"),
    [
        ("mobilenet_v3_large", "features.5.block", 1e-3, F.relu, F.relu, F.hardsigmoid),
        ("mobilenet_v3_large", "features.12.block", 1e-3, F.hardswish, F.relu, F.hardsigmoid),
        ("efficientnet_b0", "features.3.1.block", 1e-5, F.silu, F.silu, torch.sigmoid),
        ("efficientnet_v2_s", "features.5.1.block", 1e-3, F.silu, F.silu, torch.sigmoid),
    ],
)
def test_a_gated_block_is_its_formula(
    name: str, at: str, eps: float, act: Any, squeeze: Any, gate: Any
) -> None:
    net, state = drawn(name)
    wide, width = state[f"{at}.0.0.weight"].shape[:2]
    x = torch.randn(2, width, 9, 9)
    y = act(normed(F.conv2d(x, state[f"{at}.0.0.weight"]), state, f"{at}.0.1", eps))
    filters = state[f"{at}.1.0.weight"]
    y = F.conv2d(y, filters, padding=filters.shape[-1] // 2, groups=wide)
    y = gated(act(normed(y, state, f"{at}.1.1", eps)), state, f"{at}.2", squeeze, gate)
    y = normed(F.conv2d(y, state[f"{at}.3.0.weight"]), state, f"{at}.3.1", eps)
    block = net.get_submodule(at.removesuffix(".block"))
    torch.testing.assert_close(block(x), x + y, rtol=1e-4, atol=1e-4)


@torch.no_grad()
def test_a_fused_block_is_its_formula() -> None:
    net, state = drawn("efficientnet_v2_s")
    at, x = "features.2.1.block", torch.randn(2, 48, 9, 9)
    y = F.conv2d(x, state[f"{at}.0.0.weight"], padding=1)
    y = F.silu(normed(y, state, f"{at}.0.1", 1e-3))
    y = normed(F.conv2d(y, state[f"{at}.1.0.weight"]), state, f"{at}.1.1", 1e-3)
    block = net.get_submodule("features.2.1")
    torch.testing.assert_close(block(x), x + y, rtol=1e-4, atol=1e-4)


@torch.no_grad()
def test_an_inverted_residual_ends_without_relu() -> None:
    net, state = drawn("mobilenet_v2")
    at, x = "features.3.conv", torch.randn(2, 24, 9, 9)
    y = F.conv2d(x, state[f"{at}.0.0.weight"])
    y = normed(y, state, f"{at}.0.1", 1e-5).clamp(0, 6)
    y = F.conv2d(y, state[f"{at}.1.0.weight"], padding=1, groups=144)
    y = normed(y, state, f"{at}.1.1", 1e-5).clamp(0, 6)
    y = normed(F.conv2d(y, state[f"{at}.2.weight"]), state, f"{at}.3", 1e-5)
    block = net.get_submodule("features.3")
    torch.testing.assert_close(block(x), x + y, rtol=1e-4, atol=1e-4)


@torch.no_grad()
def test_a_shuffle_unit_is_its_formula() -> None:
    net, state = drawn("shufflenet_v2_x1_0")
    at, x = "stage2.1.branch2", torch.randn(2, 116, 9, 9)
    y = F.conv2d(x[:, 58:], state[f"{at}.0.weight"])
    y = normed(y, state, f"{at}.1", 1e-5).relu()
    y = F.conv2d(y, state[f"{at}.3.weight"], padding=1, groups=58)
    y = F.conv2d(normed(y, state, f"{at}.4", 1e-5), state[f"{at}.5.weight"])
    y = normed(y, state, f"{at}.6", 1e-5).relu()
    out = net.get_submodule("stage2.1")(x)
    torch.testing.assert_close(out[:, 0::2], x[:, :58])
    torch.testing.assert_close(out[:, 1::2], y, rtol=1e-4, atol=1e-4)


@torch.no_grad()
def test_a_convnext_block_is_its_formula() -> None:
    torch.manual_seed(2)
    block, x = convnext.Block(96, dropped=0.1).eval(), torch.randn(2, 96, 8, 8)
    nn.init.uniform_(block.layer_scale, 0.5, 1)
    state = block.state_dict()
    y = F.conv2d(x, state["block.0.weight"], state["block.0.bias"], padding=3, groups=96)
    y = (y - y.mean(1, keepdim=True)) / (y.var(1, correction=0, keepdim=True) + 1e-6).sqrt()
    for number in (3, 5):  # dense layers over channels are 1×1 convolutions
        weight = state[f"block.{number}.weight"][..., None, None]
        y = F.conv2d(F.gelu(y) if number == 5 else y, weight, state[f"block.{number}.bias"])
    y = x + state["layer_scale"] * y
    torch.testing.assert_close(block(x), y, rtol=1e-4, atol=1e-4)


SMALL = [name for name, net in FACTS.items() if net["file"] == "teaching"]


@pytest.mark.parametrize("name", [*SMALL, "mobilenet_v1"])
def test_a_real_picture_gets_probabilities(name: str) -> None:
    torch.manual_seed(3)
    net = built(name, "cpu")
    channels, height, width = FACTS[name]["input"]
    with torch.inference_mode():
        chances = net(torch.rand(2, channels, height, width)).softmax(1)
    assert chances.isfinite().all()
    torch.testing.assert_close(chances.sum(1), torch.ones(2))


@pytest.mark.parametrize("name", [*SMALL, "unet"])
def test_every_weight_is_reached_by_a_gradient(name: str) -> None:
    torch.manual_seed(4)
    net = FAMILIES[FACTS[name]["file"]].build(name)
    size = (3, 32, 32) if name == "unet" else FACTS[name]["input"]
    net(torch.rand(2, *size)).square().sum().backward()
    assert all(weight.grad is not None for weight in net.parameters())


def test_pooled_heads_take_pictures_of_any_size() -> None:
    for name in ("cifar_cnn_gap", "hierarchy_cnn", "separable_cnn", "small_resnet"):
        assert built(name)(torch.empty(1, 3, 96, 80, device="meta")).shape == (1, 10)


def test_tiny_vgg_has_the_sizes_of_cnn_explainer() -> None:
    sides, x = [], torch.empty(1, 3, 64, 64, device="meta")
    for layer in built("tiny_vgg").get_submodule("features"):
        x = layer(x)
        if not isinstance(layer, nn.ReLU):
            sides.append(x.shape[-1])
    assert sides == [62, 60, 30, 28, 26, 13]


def test_a_separable_convolution_has_the_parameters_of_the_lesson() -> None:
    assert total(teaching.SeparableConv(64, 128)) == 8_896
    assert total(nn.Conv2d(64, 128, 3, padding=1)) == 73_856


def test_a_residual_block_without_change_passes_what_is_positive() -> None:
    block = teaching.ResidualBlock(4, 4, 1).eval()
    nn.init.zeros_(block.conv2.weight)
    x = torch.randn(1, 4, 5, 5)
    assert torch.equal(block(x), x.relu())


def test_unet_gives_every_pixel_a_distribution() -> None:
    torch.manual_seed(5)
    with torch.inference_mode():
        chances = built("unet", "cpu", num_classes=3)(torch.rand(2, 3, 64, 64)).softmax(1)
    assert chances.shape == (2, 3, 64, 64)
    torch.testing.assert_close(chances.sum(1), torch.ones(2, 64, 64))


def test_unet_paper_has_the_sizes_of_figure_1() -> None:
    net, x, sides = built("unet_paper"), torch.empty(1, 1, 572, 572, device="meta"), []
    hooks = [
        convs.register_forward_hook(lambda _, __, out: sides.append(out.shape[-1]))
        for convs in (*net.down, net.bottom, *net.up, *net.merge)
    ]
    net(x)
    for hook in hooks:
        hook.remove()
    assert sides == [568, 280, 136, 64, 28, 56, 52, 104, 100, 200, 196, 392, 388]


def test_a_crop_is_the_middle() -> None:
    x = torch.arange(36.0).reshape(1, 1, 6, 6)
    assert torch.equal(unet.cropped(x, torch.empty(1, 9, 2, 4)), x[..., 2:4, 1:5])
