"""Every architecture that the registry finds is well formed, and builds what it says."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from collections import Counter
from functools import cache

import pytest
import torch

from cnntui.errors import UserError
from cnntui.models.naming import known_nets
from cnntui.registry import entries

FAMILIES = entries("nets")
NETS = [(net.entry, vars(net)) for net in known_nets()]
EVERY_FAMILY = pytest.mark.parametrize("entry", FAMILIES, ids=[entry.name for entry in FAMILIES])
EVERY_NET = pytest.mark.parametrize(("entry", "net"), NETS, ids=[net["name"] for _, net in NETS])

TOLD = {
    *("name", "title", "year", "depth", "input", "classes", "params"),
    *("top1", "top5", "figures", "idea", "paper"),
}


@cache
def built(build, name):
    """Build on the meta device: shapes and counts, no memory."""
    with torch.device("meta"):
        return build(name).eval()


def parameters(module):
    return sum(parameter.numel() for parameter in module.parameters())


def test_the_families_that_are_promised():
    assert {
        *("LeNet", "AlexNet", "VGG", "GoogLeNet", "Inception"),
        *("ResNet", "DenseNet", "SqueezeNet"),
    } <= {entry.about["family"] for entry in FAMILIES}


@pytest.mark.parametrize("what", ["name", "title"])
def test_no_two_nets_are_called_the_same(what):
    said = Counter(net[what] for _, net in NETS)
    assert [name for name, times in said.items() if times > 1] == []


def test_no_two_files_are_one_family():
    families = [entry.about["family"] for entry in FAMILIES]
    assert len(set(families)) == len(families)


def test_the_room_is_listed_without_torch():
    code = (
        "import sys; from cnntui.registry import entries; assert entries('nets');"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


@EVERY_FAMILY
def test_a_file_says_what_it_holds(entry):
    assert entry.about["entry"] == "build"
    assert entry.about["family"].strip()
    assert entry.about["nets"]


@EVERY_FAMILY
def test_build_is_called_alike_everywhere(entry):
    assert list(inspect.signature(entry.load()).parameters) == [
        "name",
        "num_classes",
        "in_channels",
    ]


@EVERY_FAMILY
@pytest.mark.parametrize("name", ["", "no-such-net", "resnet19", "vgg16_bn_bn", "VGG16"])
def test_an_unknown_net_is_refused_in_a_line_that_names_the_known(entry, name):
    with pytest.raises(UserError) as raised:
        entry.load()(name)
    assert entry.about["nets"][0]["name"] in str(raised.value)


@EVERY_NET
def test_a_net_says_what_it_is(entry, net):
    assert set(net) == TOLD | {"family", "entry"}
    assert re.fullmatch(r"[a-z][a-z0-9_]*", net["name"])
    assert isinstance(net["depth"], int)
    assert net["depth"] > 0
    for text in ("title", "idea", "paper"):
        assert net[text] == net[text].strip() != ""
    assert len(net["idea"]) <= 80  # one line of a screen


@EVERY_NET
def test_a_net_has_a_year(entry, net):
    assert isinstance(net["year"], int)
    assert 1980 <= net["year"] <= 2030


@EVERY_NET
def test_an_input_is_channels_height_width(entry, net):
    assert len(net["input"]) == 3
    assert all(isinstance(n, int) and n > 0 for n in [*net["input"], net["classes"]])


@EVERY_NET
def test_an_accuracy_says_whose_it_is(entry, net):
    if net["top1"] is None:
        assert net["top5"] is None
        return
    assert net["figures"].strip()
    assert 0 < net["top1"] <= (net["top5"] or 100) <= 100


@EVERY_NET
def test_the_parameters_are_those_of_the_built_net(entry, net):
    module = built(entry.load(), net["name"])
    assert parameters(module) == net["params"]
    tensors = [*module.parameters(), *module.buffers()]
    assert {tensor.device.type for tensor in tensors} == {"meta"}  # nothing was drawn elsewhere


@EVERY_NET
def test_a_picture_becomes_logits(entry, net):
    out = built(entry.load(), net["name"])(torch.empty(1, *net["input"], device="meta"))
    assert out.shape[:2] == (1, net["classes"])


@EVERY_NET
def test_other_classes_and_channels(entry, net):
    channels, height, width = net["input"]
    with torch.device("meta"):
        module = entry.load()(net["name"], num_classes=7, in_channels=channels + 1).eval()
    out = module(torch.empty(2, channels + 1, height, width, device="meta"))
    assert out.shape[:2] == (2, 7)
    assert parameters(module) != net["params"]
