"""Networks are listed and found by name without importing any of them, or torch."""

from __future__ import annotations

import subprocess
import sys

import pytest

from cnntui import registry
from cnntui.errors import UserError
from cnntui.ground.names import cut, nearest
from cnntui.models.naming import Net, find_net, is_net, known_nets

ABOUT = {
    "title": "Two-Net",
    "year": 2001,
    "depth": 2,
    "input": [3, 8, 8],
    "classes": 4,
    "params": 10,
    "top1": None,
    "top5": 90.5,
    "figures": "nobody's",
    "idea": "two layers",
    "paper": "none",
}
# as the issue names them
PROMISED = """lenet5 alexnet vgg16 vgg16_bn googlenet inception_v3 resnet50 densenet121
squeezenet1_1 mobilenet_v1 mobilenet_v2 mobilenet_v3_large shufflenet_v2_x1_0 efficientnet_b0
efficientnet_v2_s convnext_tiny unet unet_paper tiny_vgg mnist_cnn cifar_cnn cifar_cnn_gap"""


@pytest.fixture(autouse=True)
def read_anew():
    """The networks are kept once they were read; here they are others."""
    known_nets.cache_clear()
    yield
    known_nets.cache_clear()


@pytest.fixture
def two(monkeypatch):
    """Let the registry know two files of nets and no more."""
    rooms = [
        ("first", {"family": "Twos", "nets": [{"name": "two_net", **ABOUT}]}),
        ("second", {"nets": [{"name": "two_net_b", **ABOUT, "title": "Two-Net B"}]}),
    ]
    found = tuple(registry.Entry(name, f"nowhere.{name}", about) for name, about in rooms)
    monkeypatch.setattr(registry, "entries", lambda room: found if room == "nets" else ())
    return found


def test_a_net_is_what_its_file_says(two):
    first, second = known_nets()
    assert first == Net(
        **{**ABOUT, "input": (3, 8, 8)}, name="two_net", family="Twos", entry=two[0]
    )
    assert (first.channels, first.input) == (3, (3, 8, 8))
    assert (second.name, second.family, second.entry) == ("two_net_b", "second", two[1])


@pytest.mark.parametrize("name", ["two_net", "TWO_NET", "two-net", "twonet", " Two-Net", "two net"])
def test_case_and_punctuation_do_not_matter(two, name):
    assert find_net(name).name == "two_net"


def test_the_exact_name_comes_first(two):
    assert find_net("two_net_b").name == "two_net_b"
    assert is_net("two_net")
    assert not is_net("Two-Net")


def test_a_net_without_a_field_is_a_defect_that_names_it(monkeypatch):
    entry = registry.Entry("bad", "cnntui.nets.bad", {"nets": [{"name": "x", "title": "X"}]})
    monkeypatch.setattr(registry, "entries", lambda room: (entry,))
    with pytest.raises(ValueError, match=r"cnntui\.nets\.bad: a net in ABOUT has no year, depth"):
        known_nets()


def test_the_nearest_names_are_offered():
    with pytest.raises(UserError, match=r"no network is called 'resnet5O'; did you mean .*resnet"):
        find_net("resnet5O")
    with pytest.raises(UserError, match="did you mean 'alexnet'"):
        find_net("alexnett")
    with pytest.raises(UserError, match=r"'zzzz'; `cnntui nets` lists them"):
        find_net("zzzz")


@pytest.mark.parametrize("name", ["", " ", "-", "\x1b[2J", "x" * 5000, "a\nb"])
def test_any_name_gives_one_short_line(name):
    with pytest.raises(UserError) as caught:
        find_net(name)
    assert len(str(caught.value)) < 300
    assert str(caught.value).isprintable()


def test_nearest_offers_three_at_most():
    assert nearest("b", ["a"]) == ""
    assert nearest("net1", ["net2"]) == "did you mean 'net2'? "
    assert nearest("net1", ["net2", "net3"]).count(" or ") == 1
    assert nearest("net1", [f"net{n}" for n in range(2, 9)]).count("'") == 6


def test_cut_is_one_line():
    assert cut("a\n  b\t\x07c") == "a b \\x07c"
    assert cut("x" * 100, 10) == "x" * 9 + "…"


def test_the_networks_that_are_promised_are_there_once():
    names = [net.name for net in known_nets()]
    assert set(PROMISED.split()) <= set(names)
    assert len(names) == len(set(names))
    assert [find_net(name.upper()).name for name in names] == names


def test_listing_them_imports_neither_torch_nor_a_net():
    code = """
import sys
from cnntui.models.naming import find_net, known_nets
assert len(known_nets()) > 20 and find_net("ResNet-50").params == 25_557_032
loaded = [n for n in sys.modules if n.startswith(("torch", "numpy", "cnntui.nets.", "textual"))]
assert not loaded, loaded
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
