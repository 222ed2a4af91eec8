"""Facts against torch, scipy and published figures; each is documented and of plain values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

from cnntui.course.pane_facts import facts_of, facts_there
from cnntui.panes.build.state import open_state, traced
from cnntui.panes.compare.state import ComparingState, totals_from
from cnntui.panes.filters.develop import develop
from cnntui.panes.gallery.state import GalleryState
from cnntui.panes.layers.field.state import FieldState
from cnntui.panes.layers.state import LayersState
from cnntui.panes.train.state import SetupState
from cnntui.panes.watch.state import WatchState
from cnntui.panes.watch.watched import Watched
from cnntui.parts.links.link import parse_link, state_of
from cnntui.registry import entries
from cnntui.training.events import Epoch, Start, Step
from cnntui.training.runs import RunWriter
from tests.opened import open_network
from tests.parts.stepping.verbs import (
    CONVOLUTION_VERBS,
    POOLING_VERBS,
    applied,
    convolution_states,
    convolved_by_torch,
    pooled_by_torch,
    pooling_states,
    reads_by_torch,
)

torch.set_num_threads(1)


def facts(link: str, about: object = None) -> dict[str, Any]:
    """The facts of a link's state."""
    found = parse_link(link)
    return checked(found.pane, facts_of(found.pane, state_of(found), about))


def checked(pane: str, found: dict[str, Any]) -> dict[str, Any]:
    """The same facts, all of them documented and plain."""
    assert set(found) <= set(facts_there(pane))
    assert all(plain(value) for value in found.values()), found
    return found


def plain(value: object) -> bool:
    """Whether a value is an int, a float, a string, a bool, or a tuple of such."""
    if type(value) is tuple:
        return all(map(plain, value))
    return type(value) in (int, float, str, bool)


@given(convolution_states(), st.lists(CONVOLUTION_VERBS, max_size=10))
@settings(max_examples=60, deadline=None)
def test_a_convolution_is_as_torch_has_it(state: Any, verbs: list[Any]) -> None:
    for verb in verbs:
        state = applied(state, verb)
    found, conv = checked("conv", facts_of("conv", state)), state.conv
    layer = nn.Conv2d(
        conv.channels, conv.filters, conv.kernel, groups=conv.groups, bias=conv.bias is not None
    )
    assert found["params"] == sum(each.numel() for each in layer.parameters())
    output = convolved_by_torch(conv)
    assert (found["filters"], *found["output_shape"]) == output.shape
    assert found["steps"] == output.size
    assert found["macs"] == output.size * layer.weight[0].numel()
    value = output[(found["filter"], *found["position"])]
    assert np.isclose(found["value"], value, rtol=1e-9, atol=1e-9, equal_nan=True)
    reads = reads_by_torch(conv)
    assert found["reads"] == reads[found["cursor"]]
    assert found["unread_cells"] == (reads == 0).sum() * found["channels"]
    shown = conv.weight[state.filter, state.kernel_channel]
    assert np.array_equal(np.array(found["kernel_values"]), shown, equal_nan=True)


@given(pooling_states(), st.lists(POOLING_VERBS, max_size=10))
@settings(max_examples=60, deadline=None)
def test_a_pooling_is_as_torch_has_it(state: Any, verbs: list[Any]) -> None:
    for verb in verbs:
        state = applied(state, verb)
    found = checked("pool", facts_of("pool", state))
    output = pooled_by_torch(state.chosen)
    assert (found["channels"], *found["output_shape"]) == output.shape
    assert found["steps"] == output.size
    place = (found["channel"], *found["position"])
    assert np.isclose(found["value"], output[place], rtol=1e-6, atol=1e-6, equal_nan=True)
    own = "maximum" if state.chosen.takes_maximum else "average"
    assert np.array_equal(found[own], found["value"], equal_nan=True)
    if found["winner"]:
        won = float(state.chosen.input[(found["channel"], *found["winner"])])
        assert np.array_equal(won, found["maximum"], equal_nan=True)


def test_the_winner_is_torchs_index() -> None:
    found = facts("pool?input=pool-4x4&step=3")
    image = torch.tensor(state_of(parse_link("pool?input=pool-4x4")).chosen.input)[None]
    values, indices = F.max_pool2d(image, 2, return_indices=True)
    assert found["value"] == values[0, 0, 1, 1] == 9
    assert found["winner"] == divmod(int(indices[0, 0, 1, 1]), 4)
    means = F.avg_pool2d(image, 2)
    assert found["average"] == means[0, 0, 1, 1]


@pytest.mark.parametrize(
    ("link", "shape"),
    [  # of the curriculum, by (W - K + 2P) / S + 1
        ("input=gradient:32&kernel=random:1:5,5", (28, 28)),
        ("input=gradient:28&kernel=random:1:5,5", (24, 24)),
        ("input=gradient:32&kernel=random:1:5,5&padding=2", (32, 32)),
        ("input=gradient:32&kernel=random:1:3,3&padding=1&stride=2", (16, 16)),
        ("input=gradient:32&kernel=random:1:5,5&stride=2", (14, 14)),
        ("input=edge-5x5&kernel=-1,0,1;-1,0,1;-1,0,1", (3, 3)),
    ],
)
def test_the_sizes_of_the_curriculum(link: str, shape: tuple[int, int]) -> None:
    assert facts(f"conv?{link}")["output_shape"] == shape


def test_what_the_user_chose_is_told() -> None:
    found = facts(
        "conv?input=digit:7&kernel=sobel-x&stride=2,1&padding=1&view=heat"
        "&coverage=on&shift=down&activation=relu&bias=0.5&input-cells=0,1,1:3"
    )
    told = {
        "input": "digit:7",
        "kernel": "sobel-x",
        "kernel_size": 3,
        "stride": (2, 1),
        "padding": 1,
        "padding_cells": (1, 1, 1, 1),
        "view": "heat",
        "coverage": True,
        "shift": "down",
        "activation": "relu",
        "bias": True,
        "bias_values": (0.5,),
        "edited": True,
        "finished": True,
    }
    assert {name: found[name] for name in told} == told
    fresh = facts("conv?input=digit:7")
    off = ("finished", "edited", "coverage", "bias")
    assert [fresh[name] for name in off] == [False] * 4
    assert facts("conv?step=last")["finished"]


@pytest.mark.parametrize("kernel", ["sobel-x", "gaussian-5", "box-blur"])
@pytest.mark.parametrize("times", [1, 2])
def test_a_filtered_picture_is_as_torch_has_it(kernel: str, times: int) -> None:
    link = f"filters?input=chelsea&cells=24&kernel={kernel}&times={times}"
    found, state = facts(link), state_of(parse_link(link))
    values = torch.tensor(state.filtering.input)[:, None]
    weight = torch.tensor(state.filtering.kernel)[None, None]
    margin = state.filtering.kernel.shape[0] // 2
    for _ in range(times):
        values = F.conv2d(F.pad(values, (margin,) * 4, "replicate"), weight)
    assert (found["channels"], 1, *found["output_shape"]) == values.shape
    assert found["output_min"] == pytest.approx(float(values.min()), rel=1e-5, abs=1e-3)
    assert found["output_max"] == pytest.approx(float(values.max()), rel=1e-5, abs=1e-3)
    assert found["output_mean"] == pytest.approx(float(values.mean()), rel=1e-4, abs=1e-2)
    assert found["negative"] == pytest.approx(float((values < 0).double().mean()), abs=1e-3)
    assert found["kernel_sum"] == pytest.approx(float(weight.sum()))


def test_the_result_of_a_large_picture_is_told_once_the_pane_has_it() -> None:
    link = "filters?input=chelsea&cells=256&times=2"
    assert "output_max" not in facts(link)
    state = state_of(parse_link(link))
    found = checked("filters", facts_of("filters", state, develop(state)))
    other = facts_of("filters", state.applied(1), develop(state))
    assert found["output_max"] > 255
    assert "output_max" not in other


@pytest.mark.parametrize(
    ("net", "params"), [("lenet5", 61_706), ("resnet18", 11_689_512), ("vgg16", 138_357_544)]
)
def test_a_network_has_its_published_parameters(net: str, params: int) -> None:
    state = LayersState.of(open_network(net))
    found = checked("layers", facts_of("layers", state))
    assert (found["net"], found["total_params"]) == (net, params)
    assert found["rows"] == found["layers"] == len(state.trace.rows)


def test_the_layer_under_the_cursor_is_told() -> None:
    network = open_network("vgg16")
    state = LayersState.of(network)
    third = next(at for at, item in enumerate(state.items) if item.name == "features.5")
    found = checked("layers", facts_of("layers", state.to(third)))
    layer = nn.Conv2d(64, 128, 3, padding=1)
    assert found["layer_type"] == "Conv2d"
    assert found["layer_params"] == sum(each.numel() for each in layer.parameters()) == 73_856
    assert found["layer_output_shape"] == tuple(layer(torch.zeros(1, 64, 112, 112)).shape[1:])
    # Araujo, Norris, Sim 2019: 1 + 2 + 2 (stride 1), + 1 (the pool), + 2·2
    assert (found["receptive_field"], found["jump"]) == (10, 2)
    assert found["layer_macs"] == 9 * 64 * 128 * 112**2
    assert not found["field_shown"]
    shown = FieldState.of(state.trace, state.to(third).item.row.index, "chelsea")
    found = checked("layers", facts_of("layers", state.to(third), shown))
    assert (found["field_shown"], found["field_unit"]) == (True, (56, 56))
    filtered = facts_of("layers", state.finding("linear"))
    assert (filtered["rows"], filtered["find"]) == (3, "linear")


def test_a_written_network_is_told_before_and_after_its_trace() -> None:
    state = open_state("mnist_cnn")
    found = checked("build", facts_of("build", state))
    assert (found["total_params"], found["errors"]) == (225_034, 0)
    assert (found["input_shape"], found["output_shape"]) == ((1, 28, 28), (10,))
    assert "receptive_field" not in found
    trace = traced(state)
    found = checked("build", facts_of("build", state.with_trace(state.text, trace)))
    # 3, a pool 4, a 3 at jump 2: 8, a pool 10, and dense over 5 units at jump 4: 10 + 4·4
    assert found["receptive_field"] == 26
    assert found["total_macs"] == trace.total_macs
    wrong = checked("build", facts_of("build", state.typed("input 1x8x8\nconv 4 3\ncnov 4")))
    assert (wrong["errors"], wrong["error_line"]) == (1, 3)
    assert wrong["error"]


def test_a_comparison_tells_the_figures_of_the_curriculum() -> None:
    found = facts("compare?chart=dense")
    assert (found["dense_weights"], found["convolution_params"]) == (150_528_000, 1_792)
    assert found["factor"] > 80_000
    found = facts("compare?chart=separable&inputs=64&outputs=128")
    assert (found["standard_params"], found["separable_params"]) == (73_856, 8_896)
    state = ComparingState(names=("lenet5", "resnet18"))
    assert "parameters" not in facts_of("compare", state)
    for side, name in enumerate(state.names):
        state = state.with_totals(side, totals_from(open_network(name)))
    assert checked("compare", facts_of("compare", state))["parameters"] == (61_706, 11_689_512)


def test_a_gallery_tells_its_picture() -> None:
    from cnntui.datasets.naming import load_dataset

    asked = GalleryState.of("digits", None, "test", "3")
    assert checked("gallery", facts_of("gallery", asked))["class_shown"] == "3"
    data = load_dataset("digits")
    found = checked("gallery", facts_of("gallery", asked.loaded(data).moved(0, 2)))
    assert (found["class_name"], found["split"], found["classes"]) == ("3", "test", 10)
    assert data.test.labels[found["index"]] == 3
    assert found["pictures"] == (data.test.labels == 3).sum()
    assert found["picture_shape"] == (1, 8, 8)


def test_a_form_tells_its_settings() -> None:
    state = SetupState.first().chosen("epochs", "7").chosen("lr", "0.02").to_field("lr")
    found = checked("train", facts_of("train", state))
    assert (found["dataset"], found["epochs"], found["lr"]) == ("digits", 7, 0.02)
    assert (found["field"], found["changed"]) == ("lr", 2)


def test_a_run_tells_how_it_fares(tmp_path: Path) -> None:
    start = Start("digits", "lenet5", ("0",), (1, 8, 8), 61, 3, 9, (10, 2, 3), "cpu", "fp32", 1)
    with RunWriter(tmp_path, {"dataset": "digits", "net": "lenet5"}) as run:
        run.append(start)
        for at, accuracy in ((1, 0.5), (2, 0.75), (3, 0.625)):
            run.append(Step(9 * at, float(at), 0.5, 0.25, 0.1, 9.0))
            run.append(
                Epoch(at, 9 * at, 1.0, 0.5, 1.5, accuracy, 1.0, 0.1, 2.0, 9.0, accuracy > 0.7)
            )
    state, watched = WatchState.of(tmp_path).on_tab("epochs"), Watched(tmp_path)
    assert "epochs" not in checked("watch", facts_of("watch", state, watched))
    watched.poll()
    found = checked("watch", facts_of("watch", state, watched))
    assert (found["tab"], found["epochs"], found["steps"]) == ("epochs", 3, 27)
    assert (found["best_val_accuracy"], found["val_accuracy"]) == (0.75, 0.625)
    assert (found["dataset"], found["net"]) == ("digits", "lenet5")


def test_every_fact_has_one_line_of_meaning_and_a_name_that_checks_can_write() -> None:
    tables = [facts_there(entry.name) for entry in entries("panes")]
    assert sum(map(bool, tables)) >= 10
    for table in tables:
        for name, words in table.items():
            assert name.isidentifier()
            assert words.isprintable()
            assert 0 < len(words) <= 100


def test_nothing_is_said_of_what_is_not_there() -> None:
    assert facts_of("conv", None) == {}
    assert facts_of("home", object()) == {}
