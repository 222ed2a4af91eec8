"""Opening networks: known ones, the user's own, their weights, and the way into the steppers."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from cnntui.engine.activations import prepared
from cnntui.engine.convolution import step_at as convolution_step
from cnntui.engine.convolution import whole_output
from cnntui.engine.pooling import step_at as pooling_step
from cnntui.engine.pooling import whole_pooled
from cnntui.errors import UserError
from cnntui.models.loading import load_model
from cnntui.models.opening import shapes_of
from cnntui.models.values import SEED
from cnntui.panes.conv.frame import frame_of as convolution_frame
from cnntui.panes.layers.frame import words_of
from cnntui.panes.layers.other_panes import PICTURE, stepper_of
from cnntui.panes.layers.state import LayersState
from cnntui.panes.pool.frame import frame_of as pooling_frame
from cnntui.sources.inputs import load_input
from tests.opened import open_network

OWN = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, features=8 * 16 * 16):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, padding="same")
        self.again = nn.Conv2d(8, 8, 3, padding=1, groups=8)
        self.relu = nn.ReLU(inplace=True)
        self.pool = nn.MaxPool2d(2)
        self.fc = nn.Linear(features, 10)

    def forward(self, x):
        x = self.relu(self.conv(x))
        x = self.again(x)
        y = self.again(x)
        x = torch.relu_(x) + y
        return self.fc(self.pool(x).flatten(1))

def wrong():
    return Net(100)

def double():
    return Net().double()
"""


@pytest.fixture
def own(tmp_path):
    file = tmp_path / "mymodel.py"
    file.write_text(OWN)
    return f"{file}:"


def row_named(network, name):
    return next(row for row in network.trace.rows if row.name == name)


def outputs(model, data, *names):
    """Every call's output of some layers, by torch."""
    found = {name: [] for name in names}
    hooks = [
        model.get_submodule(name).register_forward_hook(
            lambda _, __, out, name=name: found[name].append(out.detach().clone()[0].numpy())
        )
        for name in names
    ]
    with torch.no_grad():
        model.eval()(data)
    for hook in hooks:
        hook.remove()
    return found


def on_view(board):
    """(row, column, value) of every number on view."""
    for i, row in enumerate(board.values):
        for j, value in enumerate(row):
            if value is not None:
                yield board.top + i, board.left + j, value


LAYERS = ["conv1", "maxpool", "layer2.0.conv1", "layer2.0.downsample.0", "avgpool"]


@pytest.fixture(scope="module")
def resnet():
    """ResNet-18, and what torch makes of the cat in each of LAYERS."""
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(SEED)
        model = load_model("resnet18", on_meta=False).model
    data = prepared(load_input(PICTURE).values, (3, 224, 224))
    return open_network("resnet18"), model, outputs(model, data, *LAYERS)


def test_a_cell_of_resnets_layer2_is_torchs_own(resnet):
    network, model, found = resnet
    pane, state = stepper_of(network, row_named(network, "layer2.0.conv1"))
    assert pane == "conv"
    weight = model.get_submodule("layer2.0.conv1").weight.detach().numpy()
    expected = found["layer2.0.conv1"][0]  # before the batch norm; the layer has no bias
    assert state.conv.output_shape == expected.shape == (128, 28, 28)
    assert state.conv.bias is None
    assert np.array_equal(state.conv.weight, weight)
    state = state.sized("output", 60, 12).sized("input", 60, 12).sized("kernel", 40, 6)
    for place in ((0, 0, 0), (5, 13, 14), (127, 27, 27)):
        at = state.to_step(state.conv.index(*place))
        step = convolution_step(at.conv, at.index)
        assert step.sum == pytest.approx(expected[place], rel=1e-4, abs=1e-5)
        assert sum(step.channel_sums) == pytest.approx(step.sum, abs=1e-9)
        assert len(step.channel_sums) == 64
        assert np.array_equal(np.array(step.kernel, np.float32), weight[place[0]])
        boards = convolution_frame(at.all_seen()).boards
        shown = list(on_view(boards["output"]))
        assert len(shown) > 20
        for row, column, value in shown:
            assert value == pytest.approx(expected[place[0], row, column], rel=1e-4, abs=1e-5)
        for row, column, value in on_view(boards["kernel"]):
            assert value == weight[place[0], at.kernel_channel, row, column]


def test_the_whole_layers_are_torchs(resnet):
    network, _, found = resnet
    for name in LAYERS:
        pane, state = stepper_of(network, row_named(network, name))
        expected = found[name][0]
        out = whole_output(state.conv) if pane == "conv" else whole_pooled(state.chosen)
        assert out.shape == expected.shape
        assert np.abs(out - expected).max() <= 1e-5 * max(1, np.abs(expected).max()), name


@pytest.mark.parametrize(("name", "grid"), [("maxpool", "maximum"), ("avgpool", "average")])
def test_a_pooled_cell_is_torchs_own(resnet, name, grid):
    network, _, found = resnet
    pane, state = stepper_of(network, row_named(network, name))
    assert (pane, state.focus) == ("pool", grid)
    expected = found[name][0]
    place = (3, expected.shape[1] - 1, expected.shape[2] // 2)
    state = state.to_step(state.chosen.index(*place)).all_seen()
    assert pooling_step(state.chosen, state.index).value == pytest.approx(expected[place], rel=1e-5)
    shown = list(on_view(pooling_frame(state.sized(grid, 40, 10)).boards[grid]))
    assert shown
    for row, column, value in shown:
        assert value == pytest.approx(expected[place[0], row, column], rel=1e-5, abs=1e-6)


def test_the_random_weights_are_always_the_same_and_leave_torchs_seed_alone(resnet):
    network = resnet[0]
    torch.manual_seed(7)
    before = torch.get_rng_state()
    states = [stepper_of(network, row_named(network, "conv1"))[1] for _ in range(2)]
    assert torch.equal(torch.get_rng_state(), before)
    assert np.array_equal(states[0].conv.weight, states[1].conv.weight)
    assert all(p.is_meta for p in network.loaded.model.parameters())


def test_a_users_file_is_traced_and_stepped(own):
    network = open_network(f"{own}Net", shapes=[(3, 32, 32)])
    model = network.loaded.model.train()
    assert network.trace.error is None
    assert network.trace.total_params == sum(p.numel() for p in model.parameters())
    data = prepared(load_input("digit").values, (3, 32, 32))
    found = outputs(model, data, "conv", "again", "pool")
    model.train()
    calls = [row.name for row in network.trace.rows if row.module == "again"]
    assert len(calls) == 2
    wanted = [("conv", "conv", 0), (calls[0], "again", 0), (calls[1], "again", 1)]
    for name, layer, call in wanted:
        state = stepper_of(network, row_named(network, name), "digit")[1]
        assert np.abs(whole_output(state.conv) - found[layer][call]).max() < 1e-5
    pool = stepper_of(network, row_named(network, "pool"), "digit")[1]
    assert np.abs(whole_pooled(pool.chosen) - found["pool"][0]).max() < 1e-5
    assert all(module.training for module in model.modules())
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in model.modules())


def test_layers_without_a_window_are_refused(own):
    network = open_network(f"{own}Net", shapes=[(3, 32, 32)])
    for row in network.trace.rows:
        if row.type in ("Conv2d", "MaxPool2d"):
            continue
        with pytest.raises(UserError, match="choose a"):
            stepper_of(network, row)


def test_a_model_in_double_precision_is_stepped(own):
    network = open_network(f"{own}double", shapes=[(3, 32, 32)])
    assert network.trace.error is None
    pane, state = stepper_of(network, row_named(network, "conv"))
    assert (pane, state.conv.output_shape) == ("conv", (8, 32, 32))


def test_a_users_file_needs_an_input_shape(own):
    with pytest.raises(UserError, match="--input 3x224x224"):
        open_network(f"{own}Net")


def test_a_failing_model_has_its_rows_up_to_there_and_the_fix(own):
    network = open_network(f"{own}wrong", shapes=[(3, 32, 32)])
    trace = network.trace
    assert trace.error.name == "fc"
    assert {row.module for row in trace.rows} >= {"conv", "again", "pool"}
    assert "fc" not in {row.module for row in trace.rows}
    words = "".join(text for line in words_of(LayersState.of(network), 78) for text, _ in line)
    assert f"in_features={8 * 16 * 16}" in words
    assert "stopped at fc" in words
    state = stepper_of(network, row_named(network, "conv"))[1]  # what ran can be stepped
    assert state.conv.output_shape == (8, 32, 32)


def test_weights_are_the_files_own_and_stay_when_the_input_changes(tmp_path):
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(11)
        model = load_model("lenet5", on_meta=False).model
    file = tmp_path / "lenet.safetensors"
    save_file(model.state_dict(), file)
    network = open_network("lenet5", weights=str(file))
    row = next(row for row in network.trace.rows if row.type == "Conv2d")
    weight = model.get_submodule(row.module).weight.detach().numpy()
    for each in (network, network.again(shapes=[(1, 32, 32)])):
        assert np.array_equal(stepper_of(each, row, "digit")[1].conv.weight, weight)
    assert not np.array_equal(stepper_of(open_network("lenet5"), row)[1].conv.weight, weight)


def test_opening_again_keeps_the_rest():
    network = open_network("resnet18", classes=7).again(shapes=[(1, 64, 48)])
    assert network.trace.input_shape == (1, 1, 64, 48)
    assert network.trace.rows[-1].output_shape == (1, 7)


@pytest.mark.parametrize(
    ("text", "shapes"),
    [("3x224x224", [(3, 224, 224)]), ("1×28×28", [(1, 28, 28)]), ("3X8x8, 10", [(3, 8, 8), (10,)])],
)
def test_shapes(text, shapes):
    assert shapes_of(text) == shapes


@pytest.mark.parametrize("text", ["", "cat", "3x", "3x-4x4", "3,,4", "1x9999999999x3", "²x3x3"])
def test_what_is_no_shape(text):
    with pytest.raises(UserError, match="3x224x224"):
        shapes_of(text)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"shapes": [(3, 60_000, 60_000)]}, "a smaller one"),
        ({"batch": 0}, "1 is the least"),
        ({"batch": -3}, "1 is the least"),
    ],
)
def test_sizes_that_cannot_be(settings, says):
    with pytest.raises(UserError, match=says):
        open_network("lenet5", **settings)


def test_an_unknown_network_is_refused_with_the_nearest():
    with pytest.raises(UserError, match="resnet18"):
        open_network("resnet19")
