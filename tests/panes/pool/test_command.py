"""``cnntui pool``: every kind against torch."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional as F

FIELDS = [
    *("input_shape", "output_shape", "output", "params", "macs"),
    *("receptive_field", "never_read", "device", "torch_max_abs_diff"),
]
SPECS = [
    ("max", {}),
    ("max", {"size": (3, 2)}),
    ("max", {"size": (2, 2), "stride": (1, 3)}),
    ("max", {"size": (3, 3), "stride": (2, 2), "padding": (1, 1)}),
    ("max", {"size": (2, 3), "dilation": (2, 2), "stride": (1, 1)}),
    (
        "max",
        {"size": (3, 3), "stride": (2, 2), "dilation": (1, 2), "padding": (0, 1), "ceil": True},
    ),
    ("max", {"size": (2, 2), "ceil": True}),
    ("avg", {}),
    ("avg", {"size": (3, 2), "stride": (2, 2)}),
    ("avg", {"size": (3, 3), "padding": (1, 1), "stride": (2, 2)}),
    ("avg", {"size": (3, 3), "padding": (1, 1), "stride": (2, 2), "exclude": True}),
    ("avg", {"size": (2, 2), "padding": (1, 0), "ceil": True}),
    ("avg", {"size": (2, 2), "padding": (1, 1), "ceil": True, "exclude": True}),
    ("global-max", {}),
    ("global-avg", {}),
    ("adaptive-avg", {}),
    ("adaptive-avg", {"output": (3, 4)}),
    ("adaptive-avg", {"output": (9, 2)}),
    ("adaptive-max", {"output": (2, 3)}),
]


def options(kind, settings):
    words = ["--kind", kind]
    for name in ("size", "stride", "padding", "dilation"):
        if name in settings:
            words += [f"--{name}", ",".join(map(str, settings[name]))]
    if "output" in settings:
        words += ["--output-size", ",".join(map(str, settings["output"]))]
    words += ["--ceil-mode"] if settings.get("ceil") else []
    return words + (["--exclude-pad"] if settings.get("exclude") else [])


def by_torch(kind, settings, data):
    """Return the pooled tensor (C, H, W), and for a maximum the flat indices of the winners."""
    size, output = settings.get("size", (2, 2)), settings.get("output", (1, 1))
    common = {
        "kernel_size": size,
        "stride": settings.get("stride", size),
        "padding": settings.get("padding", 0),
        "ceil_mode": settings.get("ceil", False),
    }
    if kind == "max":
        dilation = settings.get("dilation", 1)
        return F.max_pool2d(data, **common, dilation=dilation, return_indices=True)
    if kind == "avg":
        return F.avg_pool2d(data, **common, count_include_pad=not settings.get("exclude")), None
    if kind.endswith("max"):
        size = (1, 1) if kind == "global-max" else output
        return F.adaptive_max_pool2d(data, size, return_indices=True)
    return F.adaptive_avg_pool2d(data, 1 if kind == "global-avg" else output), None


@pytest.fixture(params=SPECS, ids=lambda spec: f"{spec[0]} {spec[1]}")
def case(request, tmp_path, found):
    kind, settings = request.param
    data = np.random.default_rng(3).normal(size=(2, 7, 8)).astype(np.float32)
    np.save(tmp_path / "x.npy", data)

    def run(*more):
        return found("pool", "--input", tmp_path / "x.npy", *options(kind, settings), *more)

    pooled, winners = by_torch(kind, settings, torch.tensor(data))
    return kind, data, pooled.numpy(), winners, run


def test_output(case):
    _, data, pooled, _, run = case
    result = run()
    assert set(FIELDS) <= set(result)
    assert result["input_shape"] == list(data.shape)
    assert result["output_shape"] == list(pooled.shape)
    assert np.array(result["output"]) == pytest.approx(pooled, abs=1e-6)
    assert result["torch_max_abs_diff"] < 1e-6
    assert (result["params"], result["macs"]) == (0, 0)


def test_steps(case):
    kind, data, pooled, winners, run = case
    channels, height, width = pooled.shape
    for index in {0, 1, width, height * width, channels * height * width - 1}:
        if index >= pooled.size:
            continue
        step = run("--step", index)["step"]
        place = np.unravel_index(index, pooled.shape)
        assert [step[name] for name in ("index", "channel", "row", "column")] == [index, *place]
        assert step["value"] == pytest.approx(pooled[place], abs=1e-6)
        if not kind.endswith("max"):
            assert "argmax" not in step
            continue
        expected = divmod(int(winners[place]), data.shape[2])
        assert step["argmax"] == list(expected)
        assert data[place[0]][expected] == step["value"]
        cells = [v for row in step["window"] for v in row if isinstance(v, float)]
        assert max(cells) == step["value"]


def test_a_cell_is_read_where_a_large_value_shows(case, request):
    kind, data, pooled, _, run = case
    settings = request.node.callspec.params["case"][1]
    unread = 0
    for place in np.ndindex(*data.shape):
        other = torch.tensor(data)
        other[place] = 1e6
        unread += np.array_equal(by_torch(kind, settings, other)[0].numpy(), pooled)
    assert run()["never_read"] == unread


def test_five_by_five_in_windows_of_two_leaves_nine_cells(found):
    result = found("pool", "--input", "random:4:5,5", "--size", "2", "--stride", "2")
    assert (result["output_shape"], result["never_read"]) == ([1, 2, 2], 9)


def test_a_dilated_window_leaves_cells_between_unread(found):
    result = found("pool", "--input", "random:4:3,3", "--size", "2", "--dilation", "2")
    assert (result["receptive_field"], result["never_read"]) == ([3, 3], 5)


def test_the_lesson(found):
    assert found("pool", "--input", "pool-4x4")["output"] == [[[6, 4], [7, 9]]]
    averages = found("pool", "--input", "pool-4x4", "--kind", "avg")["output"]
    assert averages == [[[3.75, 2.25], [4, 5.25]]]  # by hand: 15/4, 9/4, 16/4, 21/4


def test_64_maps_of_8x8(found):
    result = found("pool", "--input", "random:0:64,8,8")
    assert result["output_shape"] == [64, 4, 4]


def test_global_average_of_7x7x512(found):
    result = found("pool", "--input", "random:0:512,7,7", "--kind", "global-avg")
    assert result["output_shape"] == [512, 1, 1]
    assert result["receptive_field"] == [7, 7]


def test_the_first_of_equal_values_wins_as_in_torch(found, tmp_path):
    np.save(tmp_path / "x.npy", np.ones((1, 4, 4)))
    for index, expected in enumerate([[0, 0], [0, 2], [2, 0], [2, 2]]):
        step = found("pool", "--input", tmp_path / "x.npy", "--step", index)["step"]
        assert step["argmax"] == expected


def test_nan_wins_as_in_torch(found, tmp_path):
    data = np.array([[1, np.nan, 3, 4], [5, 6, 7, np.inf]], np.float32)
    np.save(tmp_path / "x.npy", data)
    result = found("pool", "--input", tmp_path / "x.npy", "--step", "0")
    assert result["output"] == [[["NaN", "Infinity"]]]
    assert (result["step"]["value"], result["step"]["argmax"]) == ("NaN", [0, 1])


def test_padding_in_a_window(found):
    words = ("pool", "--input", "pool-4x4", "--padding", "1", "--step", "0")
    assert found(*words)["step"]["window"] == [["-Infinity", "-Infinity"], ["-Infinity", 1]]
    assert found(*words, "--kind", "avg")["step"]["window"] == [[0, 0], [0, 1]]
    left_out = found(*words, "--kind", "avg", "--exclude-pad")["step"]
    assert left_out["window"] == [[None, None], [None, 1]]
    assert left_out["value"] == 1


def test_print_shows_both_and_torch_agrees(ran):
    done = ran("pool", "--input", "pool-4x4", "--step", "3", "--device", "cpu", "--print")
    assert done.code == 0
    assert "✓ torch cpu" in done.out
    assert "max(8, 1, 3, 9) = 9  at input[0, 3, 3]" in done.out
    assert "(8 + 1 + 3 + 9) / 4 = 5.25" in done.out
    assert done.out == ran("pool", "--input", "pool-4x4", "--step", "3", "--device", "cpu").out
