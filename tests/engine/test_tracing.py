"""Tracing: rows, edges and totals of plain and awkward models; the model is left as it was."""

import threading

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from cnntui.engine.tracing.forward import trace
from cnntui.errors import UserError
from cnntui.models.naming import find_net, known_nets
from tests.engine import awkward as aw

PICTURE = (3, 8, 8)


def names(traced):
    return [row.name for row in traced.rows]


def edges(traced):
    return [row.inputs for row in traced.rows]


def types(traced):
    return [row.type for row in traced.rows]


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.bn, self.relu = aw.conv(4, 4, bias=False), nn.BatchNorm2d(4), nn.ReLU(True)

    def forward(self, x):
        y = self.bn(self.conv(x))
        y += x
        return self.relu(y)


class Small(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3, 2, 1)
        self.blocks = nn.Sequential(Block(), Block())
        self.fc = nn.Linear(4, 10)

    def forward(self, x):
        y = F.adaptive_avg_pool2d(self.blocks(self.stem(x)), 1)
        return F.softmax(self.fc(torch.flatten(y, 1)), dim=1)


def test_rows_in_call_order_with_edges_and_settings():
    traced = trace(Small(), PICTURE, name="small")
    assert (traced.name, traced.how, traced.why, traced.error) == ("small", "fake", "", None)
    assert names(traced) == [
        "stem",
        *(f"blocks.{i}.{n}" for i in "01" for n in ("conv", "bn", "add", "relu")),
        "adaptive_avg_pool2d",
        "flatten",
        "fc",
        "softmax",
    ]
    assert edges(traced)[:6] == [(-1,), (0,), (1,), (2, 0), (3,), (4,)]
    stem, softmax = traced.rows[0], traced.rows[-1]
    assert (stem.type, stem.settings, stem.params_formula) == ("Conv2d", "k3 s2 p1", "3×3×3×4 + 4")
    assert (stem.input_shape, stem.output_shape) == ((1, 3, 8, 8), (1, 4, 4, 4))
    assert (stem.macs, stem.activation_bytes, stem.parameter_bytes) == (1728, 256, 448)
    assert traced.rows[3].path == ("blocks", "0")
    assert (softmax.type, softmax.settings, softmax.module) == ("softmax", "dim 1", "")


def room():
    return [net.name for net in known_nets()]


def built(name, device="meta"):
    entry, about = find_net(name).entry, vars(find_net(name))
    with torch.device(device):
        return entry.load()(name, about["classes"], about["input"][0]), about


@pytest.mark.parametrize("name", room())
def test_columns_sum_to_the_totals_for_every_net(name):
    model, about = built(name)
    traced = trace(model, about["input"])
    assert (traced.how, traced.error) == ("meta", None)
    unused = sum(count for _, count in traced.uncalled)
    assert sum(row.params for row in traced.rows) + unused == traced.total_params
    assert traced.total_params == sum(p.numel() for p in model.parameters()) == about["params"]
    assert sum(row.params_share for row in traced.rows) == pytest.approx(
        1 - unused / traced.total_params
    )
    assert sum(row.macs_share for row in traced.rows) == pytest.approx(1)
    for row in traced.rows:
        if row.params_formula:
            assert eval(row.params_formula.replace("×", "*")) == row.params
    assert len({row.name for row in traced.rows}) == len(traced.rows)
    assert all(source < row.index for row in traced.rows for source in row.inputs)
    read = {source for row in traced.rows for source in row.inputs}
    assert read == set(range(-1, len(traced.rows) - 1))  # one input, one output, nothing loose


@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v3_large", "lenet5", "convnext_tiny"])
def test_meta_fake_and_real_tensors_give_the_same_table(name):
    rows = [
        trace(built(name, device)[0], built(name)[1]["input"], mode=mode).rows
        for device, mode in (("meta", "meta"), ("cpu", "fake"), ("cpu", "real"))
    ]
    assert rows[0] == rows[1] == rows[2]


@pytest.mark.parametrize(
    ("model", "shape", "how"),
    [
        (aw.Branch, PICTURE, "real"),
        (aw.Item, PICTURE, "real"),
        (aw.Numpy, PICTURE, "real"),
        (aw.Repeated, PICTURE, "real"),
        (aw.Chosen, (4,), "real"),
        (aw.CountingBranch, PICTURE, "real"),
        (aw.Coordinates, PICTURE, "fake"),
        (aw.Shared, PICTURE, "fake"),
        (aw.Several, [PICTURE, (1, 8, 8), (7,)], "fake"),
        (aw.Scripted, PICTURE, "fake"),
        (lambda: torch.jit.script(nn.Sequential(aw.conv(3, 4), nn.ReLU())), PICTURE, "fake"),
        (lambda: torch.jit.trace(aw.conv(3, 4), torch.zeros(1, 3, 8, 8)), PICTURE, "fake"),
        (aw.Lazy, PICTURE, "fake"),
        (aw.InPlace, PICTURE, "fake"),
        (aw.Answers, PICTURE, "fake"),
        (aw.Checkpointed, PICTURE, "fake"),
        (lambda: aw.Checkpointed(True), PICTURE, "fake"),
        (aw.Parametrized, PICTURE, "fake"),
        (aw.Attentive, PICTURE, "fake"),
        (aw.Tied, (5,), "fake"),
        (aw.Bare, PICTURE, "fake"),
        (aw.Own, PICTURE, "fake"),
        (aw.Open, PICTURE, "fake"),
        (aw.Counting, PICTURE, "fake"),
        (aw.Keyword, PICTURE, "fake"),
        (aw.Recovered, PICTURE, "fake"),
        (lambda: nn.Linear(4, 3), (4,), "fake"),
        (lambda: aw.conv(3, 4).bfloat16(), PICTURE, "fake"),
    ],
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_awkward_models_are_traced_and_left_alone(model, shape, how):
    model = model()
    model.train()
    for module in model.modules():  # a mixture of modes, as when the backbone is frozen
        if isinstance(module, nn.BatchNorm2d):
            module.training = False
    before = _state(model)
    seed = torch.get_rng_state()
    traced = trace(model, shape)
    assert traced.error is None
    assert traced.how == how, traced.why
    assert bool(traced.why) == (how == "real")
    assert sum(r.params for r in traced.rows) + sum(n for _, n in traced.uncalled) == (
        traced.total_params
    )
    assert torch.equal(seed, torch.get_rng_state())
    _assert_equal(before, _state(model))


def _state(model):
    lazy = torch.nn.parameter.is_lazy
    tensors = {
        name: (id(t), None if lazy(t) else t.clone())
        for name, t in [*model.named_parameters(), *model.named_buffers()]
    }
    modes = [m.training for m in model.modules()]
    hooks = [len(m._forward_hooks) + len(m._forward_pre_hooks) for m in model.modules()]
    attributes = [
        {k: v for k, v in m.__dict__.items() if not isinstance(v, dict)}
        for m in model.modules()
        if not isinstance(m, torch.jit.ScriptModule)
    ]
    return tensors, modes, hooks, attributes


def _assert_equal(before, after):
    for name, (key, value) in before[0].items():
        same, now = after[0][name]
        assert value is None or torch.equal(value, now)
        assert key == same or value is None or not key
    assert before[1:] == after[1:]


def test_a_branch_says_why_and_leaves_the_other_way_uncalled():
    traced = trace(aw.Branch(), PICTURE)
    assert "data" in traced.why
    assert traced.uncalled == (("dark.weight", 108), ("dark.bias", 4))


def test_numpy_does_not_break_the_chain():
    assert edges(trace(aw.Numpy(), PICTURE)) == [(-1,), (0,), (1,)]


def test_a_module_called_twice_is_two_rows_and_counts_once():
    traced = trace(aw.Shared(), PICTURE)
    assert names(traced) == ["conv", "relu", "conv#2", "relu#2"]
    assert [row.params for row in traced.rows] == [84, 0, 0, 0]
    assert [row.macs for row in traced.rows] == [5184, 0, 5184, 0]


def test_an_in_place_addition_keeps_its_edge():
    traced = trace(aw.InPlace(), PICTURE)
    assert types(traced) == ["Conv2d", "Conv2d", "add", "relu", "add", "setitem"]
    assert edges(traced)[2:5] == [(1, 0), (2,), (3,)]


def test_several_inputs_have_numbers_of_their_own():
    traced = trace(aw.Several(), [PICTURE, (1, 8, 8), (7,)])
    assert edges(traced) == [(-1,), (-2,), (0, 1), (-3,), (2, 3)]
    assert traced.input_shapes == ((1, 3, 8, 8), (1, 1, 8, 8), (1, 7))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_script_module_is_one_row_that_counts_its_products():
    row = trace(aw.Scripted(), PICTURE).rows[1]
    assert (row.name, row.type, row.params) == ("script", "Sequential", 296)
    assert row.macs == 8 * 8 * 8 * 9 * 4


def test_lazy_layers_get_their_size_and_stay_lazy_in_the_model():
    model = aw.Lazy()
    traced = trace(model, PICTURE)
    assert traced.total_params == 1562
    assert torch.nn.parameter.is_lazy(model.conv.weight)


def test_parametrized_layers_are_one_row_with_all_their_parameters():
    traced = trace(aw.Parametrized(), PICTURE)
    assert types(traced) == ["Conv2d", "mean", "Linear"]
    assert traced.rows[0].params == 4 + 4 + 108


def test_tied_weights_count_once():
    traced = trace(aw.Tied(), (5,))
    assert types(traced) == ["Embedding", "LSTM", "Linear"]
    assert [row.params for row in traced.rows] == [66, 336, 0]
    assert traced.total_params == 402


def test_parameters_used_by_functions_are_counted_where_they_are_used():
    traced = trace(aw.Bare(), PICTURE)
    assert types(traced) == ["conv2d", "mul", "BatchNorm2d"]
    assert [row.params for row in traced.rows] == [108, 4, 8]
    assert traced.uncalled == (("spare", 7),)


def test_a_users_layer_is_one_row_unless_it_is_several():
    traced = trace(aw.Own(), PICTURE)
    assert types(traced) == ["Padded", "Swish", "Identity"]
    assert traced.rows[0].receptive_field == (3, 3)
    assert traced.rows[0].start == (-1, -1)
    assert names(trace(aw.Open(), PICTURE)) == [
        "inner.conv2d",
        "inner.relu",
        "inner.conv2d#2",
        "amax",
        "linear",
    ]


def test_functions_inside_a_layer_give_no_rows_and_an_encoder_is_opened():
    traced = trace(aw.Attentive(), PICTURE)
    assert types(traced)[:5] == [
        "Conv2d",
        "flatten",
        "transpose",
        "MultiheadAttention",
        "MultiheadAttention",
    ]
    assert [row.rearranges for row in traced.rows[:4]] == [False, True, True, False]


def test_chunks_and_slices_pass_on_without_a_row():
    class Halves(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = aw.conv(2, 2)

        def forward(self, x):
            one, two = x.chunk(2, dim=1)
            return torch.cat([one, self.conv(two), x[:, :1]], 1)

    traced = trace(Halves(), (4, 8, 8))
    assert names(traced) == ["conv", "cat"]
    assert edges(traced) == [(-1,), (-1, 0)]


def test_frozen_parameters():
    model = Small()
    model.stem.requires_grad_(False)
    traced = trace(model, PICTURE)
    assert traced.rows[0].frozen
    assert not traced.rows[1].frozen
    assert traced.trainable_params == traced.total_params - 112


def test_the_batch_is_in_the_shapes():
    traced = trace(Small(), PICTURE, batch=5)
    assert traced.input_shape == (5, 3, 8, 8)
    assert traced.total_macs == 5 * trace(Small(), PICTURE).total_macs


@pytest.mark.parametrize("bad", [{"mode": "quick"}, {"input_shape": (3, 0, 4)}])
def test_bad_arguments(bad):
    with pytest.raises(UserError):
        trace(nn.ReLU(), **({"input_shape": (3,)} | bad))


@pytest.mark.parametrize("model", [nn.ReLU, aw.Branch])
def test_an_input_that_cannot_be_allocated(model):
    with pytest.raises(UserError, match="cannot be allocated"):
        trace(model(), (3, 10**9, 10**12))


def test_an_input_too_large_for_the_machine_costs_nothing_where_no_data_is_needed():
    traced = trace(nn.Conv2d(3, 4, 3, padding=1), (3, 10**6, 10**6))
    assert traced.rows[0].output_shape == (1, 4, 10**6, 10**6)
    with pytest.raises(UserError, match="cannot be allocated"):
        trace(aw.Branch(), (3, 10**6, 10**6))


def test_another_thread_may_run_another_model_meanwhile():
    rows, stop = [], threading.Event()
    other = Small().eval()

    def run():
        while not stop.is_set():
            with torch.no_grad():
                other(torch.zeros(1, 3, 8, 8))

    thread = threading.Thread(target=run)
    thread.start()
    try:
        for _ in range(3):
            rows.append(trace(Small(), PICTURE).rows)
    finally:
        stop.set()
        thread.join()
    assert rows[0] == rows[1] == rows[2] == trace(Small(), PICTURE).rows
