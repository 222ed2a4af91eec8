"""The module a written network becomes: torch's own layers, the curriculum's parameter counts."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from torch import nn
from torch.nn import functional as F

from cnntui.engine.building.built import build
from cnntui.engine.building.parsing import parse, shaped
from cnntui.engine.building.residual import Residual
from cnntui.errors import UserError
from tests.engine.written import Shape, legal_networks

SAMPLES = Path(__file__).parents[2] / "samples/networks"

pytestmark = pytest.mark.filterwarnings("ignore:Using padding='same' with even")


def parameters(net: nn.Module) -> int:
    return sum(p.numel() for p in net.parameters())


def sample(name: str) -> str:
    return (SAMPLES / f"{name}.txt").read_text(encoding="utf-8")


@settings(max_examples=80)
@given(legal_networks())
def test_it_computes_what_torchs_modules_compute(drawn: tuple[str, Shape, list[nn.Module]]) -> None:
    text, start, modules = drawn
    net, own = build(parse(text)).eval(), nn.Sequential(*modules).eval()
    ours, theirs = net.state_dict(), own.state_dict()
    assert [v.shape for v in ours.values()] == [v.shape for v in theirs.values()]
    net.load_state_dict(dict(zip(ours, theirs.values(), strict=True)))
    x = torch.randn(2, *start)
    with torch.no_grad():
        assert torch.equal(net(x), own(x))


@settings(max_examples=60)
@given(legal_networks())
def test_on_meta_it_has_the_shapes_that_were_told(
    drawn: tuple[str, Shape, list[nn.Module]],
) -> None:
    blueprint = parse(drawn[0])
    with torch.device("meta"):
        net = build(blueprint).eval()
        output = net(torch.empty(2, *drawn[1]))
    assert tuple(output.shape[1:]) == shaped(blueprint).output


@pytest.mark.parametrize(
    ("text", "count"),  # the curriculum's figures
    [
        (sample("mnist_cnn"), 225_034),
        (sample("lenet5"), 61_706),
        ("input 3x32x32\nconv 32 3", 896),
        ("input 3x224x224\nconv 64 3", 1_792),
        ("input 64x8x8\nconv 32 1", 2_080),
        ("input 64x8x8\npointwise 32", 2_080),
        ("input 32x8x8\nconv 64 3", 18_496),
        ("input 64x8x8\nconv 128 3", 73_856),
        ("input 64x8x8\nseparable 128 3", 8_896),
        ("input 3x64x64\nflatten\ndense 32 nobias", 393_216),
        ("input 3x224x224\nflatten\ndense 1000 nobias", 150_528_000),
    ],
)
def test_parameters(text: str, count: int) -> None:
    with torch.device("meta"):
        assert parameters(build(parse(text))) == count


def conv_bn(channels: int, filters: int, kernel: int, bias: bool = True) -> int:
    """Count a convolution and its batch norm: K·K·Cin·Cout + Cout, then scale and shift."""
    return kernel * kernel * channels * filters + bias * filters + 2 * filters


def test_cifar_nets_by_hand() -> None:
    pairs = [(3, 32), (32, 32), (32, 64), (64, 64), (64, 128), (128, 128)]
    blocks = sum(conv_bn(c, f, 3) for c, f in pairs)
    head = 256 * 10 + 10
    flat = 2048 * 256 + 256 + 2 * 256
    assert parameters(build(parse(sample("cifar_cnn")))) == blocks + flat + head
    pooled = 128 * 256 + 256
    assert parameters(build(parse(sample("cifar_cnn_gap")))) == blocks + pooled + head


def test_small_residual_net_by_hand() -> None:
    def block(c: int, f: int) -> int:
        shortcut = conv_bn(c, f, 1, bias=False) if c != f else 0
        return conv_bn(c, f, 3, bias=False) + conv_bn(f, f, 3, bias=False) + shortcut

    pairs = [(64, 64), (64, 64), (64, 128), (128, 128), (128, 256), (256, 256)]
    total = conv_bn(3, 64, 7, bias=False) + sum(block(*p) for p in pairs) + 256 * 10 + 10
    assert parameters(build(parse(sample("small_resnet")))) == total


def test_modules_have_readable_names() -> None:
    text = "conv 8 3 same bn relu\nmaxpool 2\nleaky-relu\ngap\ndense 4 relu\ndense 2"
    net = build(parse(text), (3, 8, 8))
    names = "conv1 bn1 relu1 pool1 leaky_relu1 gap flatten dense1 relu2 dense2"
    assert [name for name, _ in net.named_children()] == names.split()
    assert net.conv1.padding == (1, 1)


@pytest.mark.parametrize(("filters", "stride"), [(4, 1), (4, 2), (6, 1), (6, 3)])
def test_a_residual_block_adds_its_input(filters: int, stride: int) -> None:
    net = build(parse(f"residual {filters} s{stride}"), (4, 7, 9)).eval()
    block = net.residual1
    assert isinstance(block, Residual)
    for p in net.parameters():
        nn.init.uniform_(p, -1, 1)
    x, w = torch.randn(2, 4, 7, 9), block.state_dict()

    def bn(value: torch.Tensor, name: str) -> torch.Tensor:
        scale = w[f"{name}.weight"] / (1 + 1e-5) ** 0.5  # fresh statistics: mean 0, variance 1
        return value * scale[:, None, None] + w[f"{name}.bias"][:, None, None]

    out = F.relu(bn(F.conv2d(x, w["conv1.weight"], None, stride, 1), "bn1"))
    out = bn(F.conv2d(out, w["conv2.weight"], None, 1, 1), "bn2")
    short = x
    if (filters, stride) != (4, 1):
        short = bn(F.conv2d(x, w["shortcut.0.weight"], None, stride), "shortcut.1")
    with torch.no_grad():
        torch.testing.assert_close(net(x), F.relu(out + short))


def test_a_residual_block_has_the_shape_that_was_told() -> None:
    for size in range(1, 12):
        for stride in (1, 2, 3):
            blueprint = parse(f"residual 4 s{stride}")
            with torch.device("meta"):
                output = build(blueprint, (2, size, 2 * size))(torch.empty(2, 2, size, 2 * size))
            assert tuple(output.shape[1:]) == shaped(blueprint, (2, size, 2 * size)).output


@pytest.mark.parametrize(("kernel", "dilation"), [("2", 1), ("4x3", 1), ("4", 2), ("5x2", 3)])
def test_same_keeps_the_size_with_an_even_kernel(kernel: str, dilation: int) -> None:
    net = build(parse(f"conv 3 {kernel} same d{dilation}"), (2, 9, 8))
    assert net(torch.zeros(1, 2, 9, 8)).shape == (1, 3, 9, 8)


def test_num_classes_replaces_the_last_layers_units() -> None:
    net = build(parse(sample("mnist_cnn")), num_classes=4)
    assert net.dense2.out_features == 4
    assert build(parse("conv 7 1\ngap"), (3, 4, 4), 7)(torch.zeros(1, 3, 4, 4)).shape == (1, 7)
    with pytest.raises(UserError, match="dense 5"):
        build(parse("conv 7 1\ngap"), (3, 4, 4), 5)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("relu\nconv 8 30\ndense 3", r"line 2: .*same.* \(1 more\)"),
        ("cnov 8 3", "line 1: no layer `cnov`.*conv 8 3"),
        ("", "no layer"),
    ],
)
def test_a_wrong_network_is_refused_at_its_line(text: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        build(parse(text), (3, 8, 8))


def test_without_an_input_it_is_refused() -> None:
    with pytest.raises(UserError, match="input 3x32x32"):
        build(parse("relu"))


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.txt")), ids=lambda path: path.stem)
def test_a_gradient_reaches_every_parameter_of_a_sample(path: Path) -> None:
    torch.manual_seed(0)
    blueprint = parse(path.read_text(encoding="utf-8"))
    net = build(blueprint)
    loss = F.cross_entropy(net(torch.randn(2, *shaped(blueprint).input)), torch.tensor([1, 7]))
    loss.backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in net.parameters())
