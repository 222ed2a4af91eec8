"""``cnntui build``: published counts, torch's own, and exported code run by itself."""

from __future__ import annotations

import json
from runpy import run_path

import pytest

from cnntui.sources.networks import listed_networks


def test_json_is_that_of_layers(ran):
    done = ran("build", "lenet5", "--json")
    assert (done.code, done.err) == (0, "")
    found = json.loads(done.out)
    assert found["name"] == "lenet5"
    assert found["input_shape"] == [1, 1, 32, 32]
    assert found["total_params"] == sum(row["params"] for row in found["rows"]) == 61_706
    assert found["total_macs"] == sum(row["macs"] for row in found["rows"])
    assert found["error"] is None
    layers = json.loads(ran("layers", "mnist_cnn", "--json").out)
    assert layers.keys() == found.keys()


def test_print_has_shapes_and_totals(ran):
    done = ran("build", "mnist_cnn", "--print")
    assert (done.code, done.err) == (0, "")
    assert ["5", "conv", "64", "3", "relu", "64×11×11", "18,496"] in map(
        str.split, done.out.splitlines()
    )
    assert "225,034 parameters" in done.out
    assert ran("build").out == done.out  # no terminal here, and it is the first sample


@pytest.mark.parametrize("name", [found.name for found in listed_networks()])
def test_the_code_runs_and_counts_the_same(ran, capfd, tmp_path, name):
    found = json.loads(ran("build", name, "--json").out)
    (tmp_path / "net.py").write_text(ran("build", name, "--code").out, encoding="utf-8")
    run_path(str(tmp_path / "net.py"), run_name="__main__")  # alone: tests/engine/test_exporting
    shape = tuple(found["rows"][-1]["output_shape"])
    assert capfd.readouterr().out.splitlines() == [
        f"output shape: {shape}",
        f"parameters: {found['total_params']}",
    ]


def test_input_wins_over_the_texts_own(ran, tmp_path):
    path = tmp_path / "net.txt"
    path.write_text("input 1x8x8\nconv 2 3\n")
    found = json.loads(ran("build", path, "--input", "3x10x12", "--json").out)
    assert found["input_shape"] == [1, 3, 10, 12]
    assert found["rows"][-1]["output_shape"] == [1, 2, 8, 10]
    path.write_text("conv 2 3\n")
    assert ran("build", path, "--input", "3x10x12", "--print").code == 0
    assert "Conv2d(3, 2" in ran("build", path, "--input", "3x10x12", "--code").out


@pytest.mark.parametrize("form", ["--print", "--json", "--code"])
def test_a_wrong_line_is_told_with_its_fix(refused, tmp_path, form):
    path = tmp_path / "net.txt"
    path.write_text("input 3x8x8\nconv 4 3\ndense 10\n")
    line = refused("build", path, form)
    assert line.startswith("cnntui: line 3: ")
    assert "`flatten`, then `dense 10`" in line


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (("nosuch",), "mnist_cnn"),
        (("/",), "folder"),
        (("no.txt",), "no such file"),
        (("mnist_cnn", "--input", "32"), "3x32x32"),
        (("mnist_cnn", "--input", "axb"), "input shape"),
        (("mnist_cnn", "--input", "1x2x2"), "line 3"),
        (("mnist_cnn", "--input", "99999999x99999999x99999999"), "too large"),
        (("mnist_cnn", "--json", "--code"), "not allowed"),
    ],
)
def test_bad_input_is_one_line(refused, argv, says):
    assert says in refused("build", *argv)


def test_an_empty_file_is_told(refused, tmp_path):
    (tmp_path / "net.txt").write_text("")
    assert "input 3x32x32" in refused("build", tmp_path / "net.txt")
