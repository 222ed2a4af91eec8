"""``cnntui nets``: what is known of each network, told without torch."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys

import pytest

from cnntui.models.naming import known_nets
from cnntui.parts.networks.list_report import page

PUBLISHED = {
    "alexnet": (2012, 61_100_840),
    "vgg16": (2014, 138_357_544),
    "googlenet": (2014, 6_624_904),
    "resnet50": (2015, 25_557_032),
    "densenet121": (2016, 7_978_856),
    "mobilenet_v2": (2018, 3_504_872),
    "efficientnet_b0": (2019, 5_288_548),
    "lenet5": (1998, 61_706),
}


@pytest.fixture
def listed(ran):
    done = ran("nets", "--json")
    assert (done.code, done.err) == (0, "")
    assert done.out.isascii()
    return json.loads(done.out)


def test_each_network_is_told_whole(listed):
    wanted = "name title year params depth input top1 top5 idea paper figures family classes"
    assert isinstance(listed, list)
    for net in listed:
        assert set(net) == set(wanted.split())
        assert len(net["input"]) == 3
        assert net["idea"]
        assert net["paper"]
        assert (net["top1"] is None) <= (net["top5"] is None)
    assert [net["name"] for net in listed] == [net.name for net in known_nets()]


def test_published_years_and_sizes(listed):
    told = {net["name"]: (net["year"], net["params"]) for net in listed}
    assert {name: told[name] for name in PUBLISHED} == PUBLISHED


def test_in_words(ran, listed):
    lines = ran("nets").out.splitlines()
    assert len(lines) == len(listed) + 1
    for net, line in zip(listed, lines[1:], strict=True):
        words = line.split()
        assert words[:3] == [net["name"], str(net["year"]), f"{net['params']:,}"]
        assert line.endswith(net["idea"])


def test_on_a_narrow_terminal_the_ideas_are_cut(listed):
    lines = page(listed, 80).splitlines()
    assert max(map(len, lines)) == 80
    assert any(line.endswith("…") for line in lines)


def test_it_is_told_without_torch_or_a_screen():
    code = (
        "import sys; from cnntui.cli import main; main(['nets']); main(['nets', '--json']);"
        "sys.exit('torch' in sys.modules or 'textual' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
        check=False,
        timeout=60,
        capture_output=True,
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_help(ran, refused):
    assert "--json" in ran("nets", "--help").out
    assert "\n    nets " in ran("--help").out
    assert "extra" in refused("nets", "extra")


def test_as_a_table(ran, listed):
    done = ran("nets", "--csv")
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert [row["name"] for row in rows] == [net["name"] for net in listed]
    assert [int(row["params"]) for row in rows] == [net["params"] for net in listed]
    assert rows[0]["input"] == "x".join(map(str, listed[0]["input"]))
    lines = ran("nets", "--markdown").out.splitlines()
    assert len(lines) == len(listed) + 2
    assert len({line.count("|") for line in lines}) == 1
