"""The classics against published figures: totals, operations, names and shapes of parameters."""

from __future__ import annotations

from functools import cache

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from cnntui.models.naming import known_nets
from cnntui.nets import (
    alexnet,
    densenet,
    googlenet,
    inception,
    lenet,
    resnet,
    squeezenet,
    vgg,
)
from cnntui.registry import entries

FILES = (lenet, alexnet, vgg, googlenet, inception, resnet, densenet, squeezenet)
BUILD = {net["name"]: file.build for file in FILES for net in file.ABOUT["nets"]}
ABOUT = {net.name: vars(net) for net in known_nets()}

# parameters and 10⁹ multiply-adds as torchvision documents them, and entries of the state dict
# counted by hand: a convolution 1, with bias 2; a batch normalization 5; a dense layer 2
PUBLISHED = {
    "alexnet": (61_100_840, 0.714, 8 * 2),
    "vgg11": (132_863_336, 7.609, 11 * 2),
    "vgg11_bn": (132_868_840, 7.609, 11 * 2 + 8 * 5),
    "vgg13": (133_047_848, 11.308, 13 * 2),
    "vgg13_bn": (133_053_736, 11.308, 13 * 2 + 10 * 5),
    "vgg16": (138_357_544, 15.470, 16 * 2),
    "vgg16_bn": (138_365_992, 15.470, 16 * 2 + 13 * 5),
    "vgg19": (143_667_240, 19.632, 19 * 2),
    "vgg19_bn": (143_678_248, 19.632, 19 * 2 + 16 * 5),
    "googlenet": (6_624_904, 1.498, 57 * 6 + 2),
    "googlenet_aux": (13_004_888, 1.498, 57 * 6 + 2 + 2 * (6 + 2 + 2)),
    "inception_v3": (27_161_264, 5.713, 94 * 6 + 2 + 2 * 6 + 2),
    "resnet18": (11_689_512, 1.814, 20 * 6 + 2),
    "resnet34": (21_797_672, 3.664, 36 * 6 + 2),
    "resnet50": (25_557_032, 4.089, 53 * 6 + 2),
    "resnet101": (44_549_160, 7.801, 104 * 6 + 2),
    "resnet152": (60_192_808, 11.514, 155 * 6 + 2),
    "densenet121": (7_978_856, 2.834, 120 + 121 * 5 + 2),
    "squeezenet1_1": (1_235_496, 0.349, (2 + 8 * 3) * 2),
}


@cache
def on_meta(name):
    with torch.device("meta"):
        return BUILD[name](name).eval()


def meta(*shape):
    return torch.empty(*shape, device="meta")


def shapes(name):
    return {key: tuple(value.shape) for key, value in on_meta(name).state_dict().items()}


def test_googlenets_heads_by_hand():
    """Each a 1×1 to 128, a batch normalization, 2048 → 1024 and 1024 → 1000."""
    dense = 2048 * 1024 + 1024 + 1024 * 1000 + 1000
    heads = (512 * 128 + 2 * 128 + dense, 528 * 128 + 2 * 128 + dense)
    assert (6_624_904 + sum(heads), *heads) == (13_004_888, 3_188_968, 3_191_016)
    assert ABOUT["googlenet_aux"]["params"] - ABOUT["googlenet"]["params"] == sum(heads)


def test_every_classic_is_checked():
    assert set(PUBLISHED) == set(BUILD) - {"lenet5"}


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_published_number_of_parameters(name):
    assert sum(p.numel() for p in on_meta(name).parameters()) == PUBLISHED[name][0]
    assert ABOUT[name]["params"] == PUBLISHED[name][0]


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_published_number_of_operations(name):
    """Every stride, padding, dilation and ceil_mode must be right for this sum to be."""
    with FlopCounterMode(display=False) as counter:
        on_meta(name)(meta(1, *ABOUT[name]["input"]))
    assert counter.get_total_flops() / 2e9 == pytest.approx(PUBLISHED[name][1], abs=5.1e-4)


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_state_dict_has_as_many_entries_as_torchvisions(name):
    assert len(on_meta(name).state_dict()) == PUBLISHED[name][2]


@pytest.mark.parametrize(
    "name", [name for name in PUBLISHED if name.startswith(("alexnet", "vgg", "resnet", "dense"))]
)
def test_the_depth_counts_the_layers_with_weights(name):
    """Convolutions and dense layers; the 1×1 of a shortcut is not on the way."""
    layers = [
        key
        for key, module in on_meta(name).named_modules()
        if isinstance(module, nn.Conv2d | nn.Linear) and "downsample" not in key
    ]
    assert len(layers) == ABOUT[name]["depth"]


# names and shapes, from torchvision's state dicts


def batch_norm(key):
    tensors = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")
    return [f"{key}.{tensor}" for tensor in tensors]


ENDS = {
    "alexnet": ("features.0.weight", "classifier.6.bias"),
    "vgg11": ("features.0.weight", "classifier.6.bias"),
    "vgg19_bn": ("features.0.weight", "classifier.6.bias"),
    "googlenet": ("conv1.conv.weight", "fc.bias"),
    "inception_v3": ("Conv2d_1a_3x3.conv.weight", "fc.bias"),
    "resnet152": ("conv1.weight", "fc.bias"),
    "densenet121": ("features.conv0.weight", "classifier.bias"),
    "squeezenet1_1": ("features.0.weight", "classifier.1.bias"),
}


@pytest.mark.parametrize("name", ENDS)
def test_the_first_and_the_last_key(name):
    keys = list(shapes(name))
    assert (keys[0], keys[-1]) == ENDS[name]


FACTS = {
    "alexnet": {
        "features.0.weight": (64, 3, 11, 11),
        "features.3.weight": (192, 64, 5, 5),
        "features.6.weight": (384, 192, 3, 3),
        "features.10.bias": (256,),
        "classifier.1.weight": (4096, 9216),
        "classifier.4.weight": (4096, 4096),
        "classifier.6.weight": (1000, 4096),
    },
    "vgg16": {
        "features.28.weight": (512, 512, 3, 3),
        "classifier.0.weight": (4096, 25088),
        "classifier.3.weight": (4096, 4096),
        "classifier.6.weight": (1000, 4096),
    },
    "vgg16_bn": {
        "features.1.running_var": (64,),
        "features.40.weight": (512, 512, 3, 3),
        "features.41.num_batches_tracked": (),
    },
    "googlenet_aux": {
        "conv1.conv.weight": (64, 3, 7, 7),
        "conv3.bn.running_mean": (192,),
        "inception3a.branch1.conv.weight": (64, 192, 1, 1),
        "inception3a.branch2.1.conv.weight": (128, 96, 3, 3),
        "inception3a.branch3.1.conv.weight": (32, 16, 3, 3),
        "inception5b.branch4.1.conv.weight": (128, 832, 1, 1),
        "aux1.conv.conv.weight": (128, 512, 1, 1),
        "aux2.conv.conv.weight": (128, 528, 1, 1),
        "aux1.fc1.weight": (1024, 2048),
        "aux2.fc2.weight": (1000, 1024),
        "fc.weight": (1000, 1024),
    },
    "inception_v3": {
        "Conv2d_4a_3x3.conv.weight": (192, 80, 3, 3),
        "Mixed_5b.branch5x5_2.conv.weight": (64, 48, 5, 5),
        "Mixed_5d.branch_pool.conv.weight": (64, 288, 1, 1),
        "Mixed_6a.branch3x3.conv.weight": (384, 288, 3, 3),
        "Mixed_6c.branch7x7_2.conv.weight": (160, 160, 1, 7),
        "Mixed_6c.branch7x7_3.conv.weight": (192, 160, 7, 1),
        "Mixed_6b.branch7x7dbl_4.conv.weight": (128, 128, 7, 1),
        "Mixed_6e.branch7x7dbl_5.conv.weight": (192, 192, 1, 7),
        "AuxLogits.conv1.conv.weight": (768, 128, 5, 5),
        "AuxLogits.fc.weight": (1000, 768),
        "Mixed_7a.branch7x7x3_4.conv.weight": (192, 192, 3, 3),
        "Mixed_7b.branch3x3_2a.conv.weight": (384, 384, 1, 3),
        "Mixed_7c.branch3x3dbl_1.conv.weight": (448, 2048, 1, 1),
        "Mixed_7c.branch3x3dbl_3b.conv.weight": (384, 384, 3, 1),
        "fc.weight": (1000, 2048),
    },
    "resnet18": {
        "conv1.weight": (64, 3, 7, 7),
        "layer1.1.bn2.weight": (64,),
        "layer2.0.conv1.weight": (128, 64, 3, 3),
        "layer2.0.downsample.0.weight": (128, 64, 1, 1),
        "layer4.1.conv2.weight": (512, 512, 3, 3),
        "fc.weight": (1000, 512),
    },
    "resnet50": {
        "layer1.0.downsample.0.weight": (256, 64, 1, 1),
        "layer1.0.downsample.1.num_batches_tracked": (),
        "layer1.2.conv1.weight": (64, 256, 1, 1),
        "layer2.0.conv2.weight": (128, 128, 3, 3),
        "layer4.2.conv3.weight": (2048, 512, 1, 1),
        "fc.weight": (1000, 2048),
    },
    "densenet121": {
        "features.conv0.weight": (64, 3, 7, 7),
        "features.denseblock1.denselayer1.norm1.weight": (64,),
        "features.denseblock1.denselayer6.conv1.weight": (128, 224, 1, 1),
        "features.denseblock1.denselayer6.conv2.weight": (32, 128, 3, 3),
        "features.transition1.conv.weight": (128, 256, 1, 1),
        "features.denseblock3.denselayer24.norm2.running_mean": (128,),
        "features.denseblock4.denselayer16.norm1.weight": (992,),
        "features.norm5.weight": (1024,),
        "classifier.weight": (1000, 1024),
    },
    "squeezenet1_1": {
        "features.0.weight": (64, 3, 3, 3),
        "features.3.squeeze.weight": (16, 64, 1, 1),
        "features.4.expand3x3.weight": (64, 16, 3, 3),
        "features.12.expand1x1.bias": (256,),
        "classifier.1.weight": (1000, 512, 1, 1),
    },
}


@pytest.mark.parametrize("name", FACTS)
def test_parameters_are_named_and_shaped_as_torchvisions(name):
    found = shapes(name)
    assert {key: found.get(key) for key in FACTS[name]} == FACTS[name]


def test_resnet_keys_come_in_torchvisions_order():
    block = [
        *("conv1.weight", *batch_norm("bn1"), "conv2.weight", *batch_norm("bn2")),
        *("conv3.weight", *batch_norm("bn3")),
        *("downsample.0.weight", *batch_norm("downsample.1")),
    ]
    head = ["conv1.weight", *batch_norm("bn1"), *(f"layer1.0.{key}" for key in block)]
    assert list(shapes("resnet50"))[: len(head)] == head


def test_densenet_keys_come_in_torchvisions_order():
    layer = [*batch_norm("norm1"), "conv1.weight", *batch_norm("norm2"), "conv2.weight"]
    head = ["features.conv0.weight", *batch_norm("features.norm0")]
    head += [f"features.denseblock1.denselayer1.{key}" for key in layer]
    assert list(shapes("densenet121"))[: len(head)] == head
    tail = [*batch_norm("features.transition3.norm"), "features.transition3.conv.weight"]
    keys = list(shapes("densenet121"))
    after = keys.index("features.denseblock4.denselayer1.norm1.weight")
    assert keys[after - 6 : after] == tail


def test_the_heads_keys_come_where_torchvision_has_them():
    def modules(name):
        return list(dict.fromkeys(key.partition(".")[0] for key in shapes(name)))

    assert modules("googlenet_aux")[-4:] == ["inception5b", "aux1", "aux2", "fc"]
    assert modules("googlenet")[-2:] == ["inception5b", "fc"]
    assert modules("inception_v3")[-6:] == [
        *("Mixed_6e", "AuxLogits", "Mixed_7a", "Mixed_7b", "Mixed_7c", "fc")
    ]


# what state dicts do not tell


@pytest.mark.parametrize(
    ("name", "eps"),
    [
        *(("googlenet_aux", 1e-3), ("inception_v3", 1e-3)),
        *(("resnet50", 1e-5), ("densenet121", 1e-5), ("vgg16_bn", 1e-5)),
    ],
)
def test_the_batch_normalizations_are_torchvisions(name, eps):
    found = {(m.eps, m.momentum) for m in on_meta(name).modules() if isinstance(m, nn.BatchNorm2d)}
    assert found == {(eps, 0.1)}


@pytest.mark.parametrize(
    ("name", "rates"),
    [
        *(("alexnet", [0.5, 0.5]), ("vgg16", [0.5, 0.5]), ("googlenet", [0.2])),
        *(("googlenet_aux", [0.7, 0.7, 0.2]), ("inception_v3", [0.5])),
        *(("squeezenet1_1", [0.5]), ("resnet18", []), ("densenet121", [])),
    ],
)
def test_the_dropout_rates_are_torchvisions(name, rates):
    assert [m.p for m in on_meta(name).modules() if isinstance(m, nn.Dropout)] == rates


@pytest.mark.parametrize("name", BUILD)
def test_no_layer_overwrites_what_another_gave(name):
    """A hook that keeps a layer's output must find it as it was."""
    assert [m for m in on_meta(name).modules() if getattr(m, "inplace", False)] == []


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        *(("alexnet", (63, 63)), ("vgg11", (32, 48)), ("googlenet", (15, 15))),
        *(("inception_v3", (75, 75)), ("resnet18", (1, 1)), ("densenet121", (29, 29))),
        ("squeezenet1_1", (17, 17)),
    ],
)
def test_the_smallest_pictures_that_torchvision_documents(name, shape):
    assert on_meta(name)(meta(2, 3, *shape)).shape == (2, 1000)


# auxiliary heads


def seen(module):
    """Keep what a module returns."""
    kept = []
    module.register_forward_hook(lambda _module, _given, out: kept.append(out))
    return kept


def in_training(name):
    with torch.device("meta"):
        return BUILD[name](name, num_classes=5).train()


def test_googlenet_trains_with_three_logits():
    net = in_training("googlenet_aux")
    first, second = seen(net.aux1), seen(net.aux2)
    out = net(meta(2, 3, 224, 224))
    assert out._fields == ("logits", "aux_logits2", "aux_logits1")
    assert [logits.shape for logits in out] == [(2, 5)] * 3
    assert out.aux_logits1 is first[0]
    assert out.aux_logits2 is second[0]


def test_inception_trains_with_two_logits():
    out = in_training("inception_v3")(meta(2, 3, 299, 299))
    assert out._fields == ("logits", "aux_logits")
    assert [logits.shape for logits in out] == [(2, 5)] * 2


def test_without_heads_training_gives_one():
    assert in_training("googlenet")(meta(2, 3, 224, 224)).shape == (2, 5)


@pytest.mark.parametrize(("name", "heads"), [("googlenet_aux", "aux"), ("inception_v3", "Aux")])
def test_heads_do_not_run_outside_training(name, heads):
    with torch.device("meta"):
        net = BUILD[name](name).eval()
    kept = [seen(m) for key, m in net.named_children() if key.startswith(heads)]
    assert net(meta(1, *ABOUT[name]["input"])).shape == (1, 1000)
    assert kept
    assert not any(kept)


# real numbers


def real(name, **asked):
    torch.manual_seed(0)
    return BUILD[name](name, **asked).eval()


@torch.no_grad()
def test_lenet_is_its_layers():
    """The 61,706 of the full C3, layer by layer, and the forward written out."""
    net = real("lenet5")
    sizes = [sum(p.numel() for p in layer.parameters()) for layer in net]
    assert [size for size in sizes if size] == [156, 2416, 48120, 10164, 850]
    assert sum(sizes) == 61_706
    x = torch.randn(2, 1, 32, 32)
    w = net.state_dict()
    y = F.avg_pool2d(F.conv2d(x, w["c1.weight"], w["c1.bias"]).tanh(), 2)
    y = F.avg_pool2d(F.conv2d(y, w["c3.weight"], w["c3.bias"]).tanh(), 2)
    y = (y.flatten(1) @ w["c5.weight"].flatten(1).T + w["c5.bias"]).tanh()
    y = (y @ w["f6.weight"].T + w["f6.bias"]).tanh() @ w["output.weight"].T + w["output.bias"]
    torch.testing.assert_close(net(x), y)


@torch.no_grad()
def test_lenet_maps_have_the_papers_sizes():
    net = real("lenet5")
    kept = {name: seen(layer) for name, layer in net.named_children()}
    net(torch.zeros(1, 1, 32, 32))
    sizes = {name: tuple(out[0].shape[1:]) for name, out in kept.items()}
    assert [sizes[name] for name in ("c1", "s2", "c3", "s4", "c5")] == [
        *((6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 5, 5), (120, 1, 1))
    ]


@torch.no_grad()
@pytest.mark.parametrize("name", ["squeezenet1_1", "resnet18"])
def test_a_picture_gives_the_same_logits_alone_and_in_a_batch(name):
    net = real(name, num_classes=6)
    x = torch.randn(3, 3, 64, 64)
    kept = x.clone()
    together = net(x)
    assert together.shape == (3, 6)
    assert together.isfinite().all()
    torch.testing.assert_close(torch.cat([net(one[None]) for one in x]), together)
    assert torch.equal(x, kept)


@torch.no_grad()
@pytest.mark.parametrize(("block", "last"), [(resnet.BasicBlock, 2), (resnet.Bottleneck, 3)])
def test_a_residual_block_without_its_change_is_the_identity(block, last):
    """y = relu(F(x) + x): with F = 0 and x ≥ 0, y = x."""
    block = block(16 * block.expansion, 16, 1).eval()
    nn.init.zeros_(getattr(block, f"bn{last}").weight)
    x = torch.rand(2, 16 * block.expansion, 5, 5)
    assert torch.equal(block(x), x)


def test_the_stride_of_a_bottleneck_is_in_its_3x3():
    block = resnet.Bottleneck(256, 128, 2)
    assert [block.conv1.stride, block.conv2.stride, block.conv3.stride] == [(1, 1), (2, 2), (1, 1)]


@torch.no_grad()
def test_a_dense_layer_hands_on_what_it_got():
    x = torch.randn(2, 40, 5, 5)
    y = densenet.DenseLayer(40).eval()(x)
    assert y.shape == (2, 72, 5, 5)
    assert torch.equal(y[:, :40], x)


@torch.no_grad()
def test_a_fire_module_is_written_out():
    fire = squeezenet.Fire(8, 2, 4)
    x = torch.randn(1, 8, 6, 6)
    squeezed = fire.squeeze(x).relu()
    both = [fire.expand1x1(squeezed), F.conv2d(squeezed, fire.expand3x3.weight, padding=1)]
    both[1] += fire.expand3x3.bias[:, None, None]
    torch.testing.assert_close(fire(x), torch.cat(both, 1).relu())


@torch.no_grad()
def test_the_average_pooling_of_inception_counts_the_padding():
    """As torch's default does: the corner of ones becomes 4/9."""
    pool = inception.Inception35(8, 4).pool
    assert pool(torch.ones(1, 8, 5, 5))[0, 0, 0, 0] == pytest.approx(4 / 9)


@pytest.mark.parametrize(("file", "deviation"), [(googlenet, 0.01), (inception, 0.1), (vgg, 0.01)])
def test_dense_weights_are_drawn_as_torchvision_draws_them(file, deviation):
    torch.manual_seed(0)
    layer = nn.Linear(1000, 1000)
    file.initialise(layer)
    assert layer.weight.std().item() == pytest.approx(deviation, rel=0.01)


@pytest.mark.parametrize("file", [vgg, resnet])
def test_convolutions_are_drawn_by_the_fan_out(file):
    """He et al. 2015: the variance is 2 over the weights that read one value."""
    torch.manual_seed(0)
    layer = nn.Conv2d(64, 256, 3)
    file.initialise(layer)
    assert layer.weight.var().item() == pytest.approx(2 / (256 * 9), rel=0.02)


def test_the_same_seed_draws_the_same_weights():
    first, second = (real("squeezenet1_1").state_dict() for _ in range(2))
    assert all(torch.equal(first[key], second[key]) for key in first)


def test_the_registry_finds_these_files():
    found = {net["name"] for entry in entries("nets") for net in entry.about["nets"]}
    assert set(BUILD) <= found
