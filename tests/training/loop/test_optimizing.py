from __future__ import annotations

import pytest
import torch
from torch import nn

from cnntui.training.config import Config
from cnntui.training.loop.optimizing import optimizer_of, set_rate, split_by_decay

CPU = torch.device("cpu")


def _net() -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(1, 4, 3),
        nn.BatchNorm2d(4),
        nn.GroupNorm(2, 4),
        nn.Flatten(),
        nn.LayerNorm(4),
        nn.Linear(4, 3),
    )


def test_norms_and_biases_do_not_decay() -> None:
    net = _net()
    decaying, kept = split_by_decay(net)
    names = {id(p): name for name, p in net.named_parameters()}
    assert {names[id(p)] for p in decaying} == {"0.weight", "5.weight"}
    assert len(decaying) + len(kept) == len(list(net.parameters()))


def test_biases_of_packed_projections_do_not_decay() -> None:
    _, kept = split_by_decay(nn.MultiheadAttention(4, 2))
    assert sorted(p.dim() for p in kept) == [1, 1]  # in_proj_bias, out_proj.bias


def test_a_step_without_gradient_shrinks_only_what_decays() -> None:
    net = _net()
    optimizer = optimizer_of(net, Config(optimizer="adamw", lr=0.1, weight_decay=0.5), CPU)
    before = {name: p.detach().clone() for name, p in net.named_parameters()}
    for parameter in net.parameters():
        parameter.grad = torch.zeros_like(parameter)
    optimizer.step()
    for name, parameter in net.named_parameters():
        shrunk = 1 - 0.1 * 0.5 if name in ("0.weight", "5.weight") else 1  # Loshchilov, Hutter
        assert torch.allclose(parameter, before[name] * shrunk)


def test_shared_and_frozen_parameters() -> None:
    net = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3))
    net[1].weight = net[0].weight
    net[1].bias.requires_grad_(False)
    decaying, kept = split_by_decay(net)
    assert len(decaying) == len(kept) == 1


@pytest.mark.parametrize(
    ("name", "kind"),
    [("sgd", torch.optim.SGD), ("adam", torch.optim.Adam), ("adamw", torch.optim.AdamW)],
)
def test_each_optimizer_is_torchs_fused_one(name: str, kind: type) -> None:
    optimizer = optimizer_of(_net(), Config(optimizer=name, weight_decay=0.01), CPU)
    assert type(optimizer) is kind
    assert optimizer.defaults["fused"]
    assert [group["weight_decay"] for group in optimizer.param_groups] == [0.01, 0.0]


def test_sgd_without_momentum_has_no_nesterov() -> None:
    optimizer = optimizer_of(_net(), Config(optimizer="sgd", momentum=0.0), CPU)
    assert not optimizer.defaults["nesterov"]


def test_the_rate_is_set_in_every_group() -> None:
    optimizer = optimizer_of(_net(), Config(), CPU)
    set_rate(optimizer, 0.25)
    assert [group["lr"] for group in optimizer.param_groups] == [0.25, 0.25]
