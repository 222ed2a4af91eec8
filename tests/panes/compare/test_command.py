"""``cnntui compare``: every comparison as text, JSON, CSV, Markdown; what is refused."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys

import pytest

import cnntui.cli.running
from cnntui.models.naming import known_nets
from cnntui.panes.compare.state import ComparingState
from cnntui.ui.terminal import Terminal

OWN = "from torch import nn\ndef net():\n    return nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU())\n"


@pytest.fixture
def told(ran):
    def run(*words):
        done = ran("compare", *words, "--json")
        assert (done.code, done.err, done.out.count("\n")) == (0, "", 1)
        return json.loads(done.out)

    return run


@pytest.fixture
def rows(ran):
    def run(*words):
        done = ran("compare", *words, "--csv")
        assert (done.code, done.err) == (0, "")
        return list(csv.DictReader(io.StringIO(done.out)))

    return run


def test_two_networks_side_by_side(told, rows):
    found = told("lenet5", "squeezenet1_1")
    assert [net["params"] for net in found["networks"]] == [61_706, 1_235_496]
    for net in found["networks"]:
        assert sum(stage["params"] for stage in net["stages"]) == net["params"]
        assert net["flops"] == 2 * net["macs"]
    table = rows("lenet5", "squeezenet1_1")
    total = next(row for row in table if (row["part"], row["quantity"]) == ("total", "params"))
    assert (int(total["lenet5"]), int(total["squeezenet1_1"])) == (61_706, 1_235_496)
    assert int(total["difference"]) == 1_235_496 - 61_706
    stages = [row for row in table if row["part"] not in ("total", "published")]
    assert sum(int(row["lenet5"]) for row in stages if row["quantity"] == "params") == 61_706


def test_a_network_of_the_users_own(rows, refused, tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(OWN)
    table = rows(f"{file}:net", "lenet5", "--input", "3x8x8")
    assert table[0]["net (yours)"] == str(8 * (27 + 1))
    assert "--input 3x224x224" in refused("compare", f"{file}:net", "--json")


def test_the_sizes_are_the_known_networks(rows):
    table = rows("--chart", "sizes", "--sort", "params")
    assert {row["name"]: int(row["params"]) for row in table} == {
        net.name: net.params for net in known_nets()
    }
    numbers = [int(row["params"]) for row in table]
    assert numbers == sorted(numbers)


def test_the_errors_have_their_sources(rows):
    table = {row["name"]: row for row in rows("--chart", "errors")}
    assert (table["AlexNet"]["year"], table["AlexNet"]["top5_error"]) == ("2012", "15.3")
    assert "1512.03385" in table["ResNet"]["source"]
    assert float(table["SENet"]["top5_error"]) == 2.25


def test_scaling_follows_phi(told):
    found = told("--chart", "scaling", "--phi", "2")
    assert found["depth"] == pytest.approx(1.2**2)  # Tan and Le 2019, section 3.3
    assert found["flops"] == pytest.approx((1.2 * 1.1**2 * 1.15**2) ** 2)
    assert len(found["rows"]) == 1 + 8


def test_the_classic_comparisons(rows):
    dense, convolution = rows("--chart", "dense")
    assert (dense["weights"], convolution["params"]) == ("150528000", "1792")
    standard, separable = rows("--chart", "separable")
    assert (standard["params"], separable["params"]) == ("73856", "8896")
    dense, convolution = rows("--chart", "dense", "--set", "channels=1", "--set", "units=10")
    assert (dense["weights"], convolution["params"]) == (str(224 * 224 * 10), str(64 * 10))


@pytest.mark.parametrize("chart", ["sizes", "errors", "scaling", "dense", "separable"])
def test_markdown_and_text(ran, chart):
    lines = ran("compare", "--chart", chart, "--markdown").out.splitlines()
    assert len({line.replace("\\|", "").count("|") for line in lines}) == 1
    assert set(lines[1]) <= set("|-: ")
    out = ran("compare", "--chart", chart, "--print").out
    assert "more lines" not in out  # all of it
    assert len(out.splitlines()) > 8


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("resnet5", "did you mean 'resnet50'"),
        ("lenet5 alexnet vgg16", "too many"),
        ("lenet5 --chart dense", "takes no networks"),
        ("--phi 1", "--chart scaling"),
        ("--chart scaling --phi 9", "out of reach"),
        ("--chart scaling --phi cat", "'cat' is no number"),
        ("--chart scaling --phi nan", "out of reach"),
        ("--set units=1", "--chart dense"),
        ("--chart dense --set cat=1", "channels, height"),
        ("--chart dense --set units", "no whole number"),
        ("--chart dense --set units=0", "1 to 100,000"),
        ("--input cat", "no input shape"),
        ("--chart cat", "cat"),
    ],
)
def test_what_is_typed_wrong(refused, words, says):
    assert says in refused("compare", *words.split())


def test_on_a_terminal_the_pane_opens_without_torch(ran, monkeypatch):
    found = []
    terminal = Terminal(80, 24, "truecolor", True, True, "")
    monkeypatch.setattr("cnntui.ui.terminal.here", lambda: terminal)
    monkeypatch.setattr(cnntui.cli.running, "open_app", lambda *given: found.append(given) or 0)
    assert ran("compare", "resnet50").code == 0
    pane, state = found[0]
    assert (pane, type(state), state.names) == (
        "compare",
        ComparingState,
        ("resnet50", "resnet18"),
    )
    code = (
        "import sys; from cnntui.cli.parser import parse; from cnntui.panes.compare import link;"
        "link.state_with(parse(['compare', 'resnet50'])); print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("False\n", "")
