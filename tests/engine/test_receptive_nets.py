"""Receptive fields of the room's networks: published figures, and the input gradient."""

import pytest
import torch

from cnntui.engine.tracing.forward import trace
from cnntui.engine.tracing.receptive import field_of
from cnntui.models.naming import find_net
from tests.engine.gradients import by_gradient, positive


def net(name):
    known = find_net(name)
    with torch.device("meta"):
        return known.entry.load()(name, 10, known.channels), known.input


@pytest.mark.parametrize(
    ("name", "type_", "field"),
    [("alexnet", "MaxPool2d", 195), ("vgg16", "MaxPool2d", 212), ("resnet18", "add", 435)],
)
def test_published_fields(name, type_, field):
    traced = trace(*net(name))
    last = [row for row in traced.rows if row.type == type_][-1]
    assert last.receptive_field == (field, field)


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "alexnet", "unet"])
def test_a_whole_network_agrees_with_its_gradient(name):
    model, shape = net(name)
    shape = (shape[0], 96, 64) if name != "alexnet" else shape
    model = positive(model.to_empty(device="cpu"))
    for buffer_name, buffer in model.named_buffers():
        buffer.fill_(1 if "var" in buffer_name else 0)
    outputs = []
    traced = trace(model, shape)
    at = [r for r in traced.rows if r.type in ("add", "AvgPool2d") or r.name == "conv_last"]
    row = at[-1] if at else traced.rows[-1]
    module = row.module or ".".join(row.path)
    hook = model.get_submodule(module).register_forward_hook(lambda *a: outputs.append(a[2]))

    def upto(x):
        model(x)
        return outputs[-1]

    for unit in [(0, 0), (row.units[0] // 2, row.units[1] - 1)]:
        assert field_of(traced, row.index, unit) == by_gradient(upto, shape, unit)
    hook.remove()
