"""A bare checkpoint is listed without loading it, and the network it belongs to is found."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from cnntui.errors import UserError
from cnntui.models.checkpoint import Known, Stored, listed, recognised
from cnntui.models.loading import load_model
from cnntui.models.naming import known_nets
from cnntui.models.reading import State


def state_of(name, classes=None, in_channels=None) -> State:
    return State(load_model(name, classes=classes, in_channels=in_channels).model.state_dict())


@pytest.mark.parametrize("name", ["a.safetensors", "a.pt"])
def test_a_file_is_listed_by_name_shape_and_size(tmp_path, name):
    state = {
        "a.weight": torch.ones(4, 3, 5, 5),
        "b.weight": torch.ones(7, dtype=torch.float16),
        "c.count": torch.tensor(3),
    }
    (save_file if name.endswith("tensors") else torch.save)(state, tmp_path / name)
    assert sorted(listed(tmp_path / name), key=lambda stored: stored.name) == [
        Stored("a.weight", (4, 3, 5, 5), "float32", 1200),
        Stored("b.weight", (7,), "float16", 14),
        Stored("c.count", (), "int64", 8),
    ]


def test_what_cannot_be_read_is_told(tmp_path):
    with pytest.raises(UserError, match="is a folder"):
        listed(tmp_path)


LISTS = """
import json, resource, sys
import torch
from cnntui.models.checkpoint import listed
from cnntui.models.reading import read_state

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

for path in sys.argv[1:3]:
    listed(path)
before = peak()
for path in sys.argv[3:]:
    size = sum(stored.bytes for stored in listed(path))
    mapped = read_state(path, meta=False)
    print(size, len(mapped), peak() - before)
"""


def test_listing_loads_no_values_and_reading_maps_them(tmp_path):
    small, large = {"a": torch.ones(3)}, {f"a{n}": torch.zeros(1 << 20) for n in range(64)}
    paths = []
    for name, state in (("small", small), ("large", large)):
        save_file(state, tmp_path / f"{name}.safetensors")
        torch.save(state, tmp_path / f"{name}.pt")
        paths += [str(tmp_path / f"{name}{suffix}") for suffix in (".safetensors", ".pt")]
    done = subprocess.run(
        [sys.executable, "-c", LISTS, *paths], capture_output=True, text=True, check=True
    )
    for line in done.stdout.splitlines():
        size, count, grown = map(int, line.split())
        assert (size, count) == (256 << 20, 64)
        assert grown < 16 << 10  # KiB
    assert len(done.stdout.splitlines()) == 2


@pytest.mark.parametrize("net", known_nets(), ids=lambda net: net.name)
def test_every_known_network_is_recognised(net):
    assert recognised(state_of(net.name)) == Known(net.name, net.classes, net.channels)


@pytest.mark.parametrize("classes", [2, 10, 21_841])
@pytest.mark.parametrize(
    "name", ["lenet5", "vgg16", "resnet18", "squeezenet1_1", "googlenet_aux", "mobilenet_v3_large"]
)
def test_other_classes_and_channels(name, classes):
    assert recognised(state_of(name, classes, 2)) == Known(name, classes, 2)


def test_a_prefix_and_the_lack_of_counters_do_not_matter():
    state = {
        f"model.{name}": tensor
        for name, tensor in state_of("resnet18", 10).items()
        if not name.endswith("num_batches_tracked")
    }
    assert recognised(State(state)) == Known("resnet18", 10, 3)


def test_what_is_nearly_a_known_network_is_none():
    state = dict(state_of("lenet5"))
    rows = torch.empty(3, *state["output.weight"].shape[1:])
    assert recognised(State(state | {"output.weight": rows})) is None  # its bias has 10
    assert recognised(State(state | {"c1.weight": torch.empty(6, 1, 3, 3)})) is None
    assert recognised(State(state | {"extra": torch.empty(1)})) is None
    assert recognised(State({n: t for n, t in state.items() if n != "c1.bias"})) is None


@pytest.mark.parametrize(
    "model", [nn.Linear(2, 3), nn.Sequential(nn.Linear(2, 3)), nn.BatchNorm1d(2)]
)
def test_what_no_network_has_is_none(model):
    assert recognised(State(model.state_dict())) is None


def test_nothing_and_scalars_are_none():
    assert recognised(State({})) is None
    assert recognised(State({"a": torch.tensor(1)})) is None
