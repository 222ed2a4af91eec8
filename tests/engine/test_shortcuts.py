"""What is plain on meta is what torch gives there, and what torch refuses is left to it."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from cnntui.engine.tracing.forward import trace
from cnntui.engine.tracing.shortcuts import TrainingShortcuts, plain_result


def held(channels, device="meta"):
    return [torch.ones(channels, device=device) for _ in range(4)]


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 5), (1, 3, 4, 6), (2, 3, 4, 4, 4), (0, 3, 4, 4)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_as_torch_has_it(shape, dtype):
    x = torch.empty(shape, device="meta", dtype=dtype)
    ours, theirs = plain_result(F.batch_norm, (x, *held(3)), {}), F.batch_norm(x, *held(3))
    assert (ours.shape, ours.dtype, ours.device) == (theirs.shape, theirs.dtype, theirs.device)
    assert ours.stride() == theirs.stride()


def test_channels_last_stays():
    x = torch.empty(2, 3, 4, 6, device="meta").to(memory_format=torch.channels_last)
    ours = plain_result(F.batch_norm, (x, *held(3)), {})
    assert ours.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize(
    ("x", "statistics", "options"),
    [
        (torch.empty(1, 4, 2, 2, device="meta"), held(3), {}),
        (torch.empty(3, device="meta"), held(3), {}),
        (torch.empty(1, 3, 2, 2), held(3, "cpu"), {}),
        (torch.empty(1, 3, 2, 2, device="meta"), held(3, "cpu"), {}),
        (torch.empty(1, 3, 2, 2, device="meta"), [None, None], {}),
        (torch.empty(1, 3, 2, 2, device="meta"), held(3), {"training": True}),
        (torch.empty(1, 3, 2, 2, device="meta", dtype=torch.int64), held(3), {}),
    ],
)
def test_torch_is_asked_else(x, statistics, options):
    assert plain_result(F.batch_norm, (x, *statistics), options) is None


def saved(layer, x):
    """Return shape, dtype and bytes of all that autograd saves, and the result's shape."""
    sizes = []

    def pack(tensor):
        sizes.append(tensor.numel() * tensor.element_size())
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        y = layer(x)
    return sum(sizes), y.shape, y.dtype, y.stride(), y.requires_grad


@pytest.mark.parametrize("options", [{}, {"affine": False}, {"track_running_stats": False}])
@pytest.mark.parametrize("leads", [True, False])
@pytest.mark.parametrize("shape", [(2, 3, 4, 6), (2, 3, 1, 1), (1, 3, 1, 2)])
def test_a_batch_norm_in_training_saves_what_torchs_does(options, leads, shape):
    with torch.device("meta"):
        layer, x = nn.BatchNorm2d(3, **options), torch.empty(shape, requires_grad=not leads)
    own = 4 * sum(t.numel() for t in layer.buffers() if t.dim())
    with TrainingShortcuts():
        ours, *result = saved(layer, x)
    theirs, *expected = saved(layer, x)
    assert result == expected
    assert ours in (theirs, theirs - own)  # the running statistics are the model's own


def test_nothing_else_is_known():
    assert plain_result(F.relu, (torch.empty(1, device="meta"),), {}) is None


def test_a_trace_on_meta_is_the_one_on_fake_tensors():
    def made():
        return nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU())

    with torch.device("meta"):
        meta = trace(made(), (3, 8, 8))
    fake = trace(made(), (3, 8, 8))
    assert (meta.how, fake.how) == ("meta", "fake")
    assert meta.rows == fake.rows
    with torch.device("meta"):
        wrong = trace(nn.Sequential(nn.BatchNorm2d(5)), (3, 8, 8))
    assert wrong.error.fix == "num_features=3"
