"""Training memory against what autograd really keeps on the CPU."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from cnntui.engine.tracing.forward import trace
from cnntui.engine.tracing.memory import TOLERANCE, fit, kept_activations, training_memory
from cnntui.errors import UserError
from cnntui.models.naming import find_net
from tests.engine import awkward as aw


def really_kept(model, x):
    """Return the bytes of distinct memory that autograd saves, parameters and buffers aside."""
    own = {p.untyped_storage().data_ptr() for p in [*model.parameters(), *model.buffers()]}
    seen = {}

    def pack(tensor):
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            seen[storage.data_ptr()] = (storage.nbytes(), tensor)  # held: no address twice
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        kept = model.train()(x)
    assert kept is not None
    return sum(size for size, _ in seen.values())


NETS = [
    "alexnet", "lenet5", "resnet18", "mobilenet_v2", "mobilenet_v3_large", "efficientnet_b0",
    "densenet121", "googlenet", "shufflenet_v2_x1_0", "squeezenet1_1", "convnext_tiny", "unet",
    "cifar_cnn", "mnist_cnn",
]  # fmt: skip


def net(name):
    """Return a network with values, one on meta, and a shape that is quick."""
    entry, about = find_net(name).entry, vars(find_net(name))
    with torch.device("meta"):
        meta = entry.load()(name, 10, about["input"][0])
    channels, *sides = about["input"]
    shape = (channels, *(min(side, 96) for side in sides))
    return entry.load()(name, 10, channels), meta, shape


@pytest.mark.parametrize("name", NETS)
def test_networks_to_the_byte(name):
    model, meta, shape = net(name)
    real = really_kept(model, torch.rand(3, *shape))
    assert kept_activations(trace(meta, shape), 3) == real
    if name in ("resnet18", "efficientnet_b0", "unet"):
        assert kept_activations(trace(model, shape), 3) == real


@pytest.mark.parametrize(("name", "blocks"), [("efficientnet_b0", 9), ("convnext_tiny", 17)])
def test_stochastic_depth_keeps_a_number_a_sample_and_block(name, blocks):
    _, meta, shape = net(name)
    kept = trace(meta, shape).saved_each
    for module in meta.modules():
        if hasattr(module, "stochastic_depth"):
            module.stochastic_depth = nn.Identity()
    assert kept - trace(meta, shape).saved_each == 4 * blocks


AWKWARD = [
    (aw.Branch, (3, 8, 8)), (aw.Repeated, (3, 8, 8)), (aw.Coordinates, (3, 8, 8)),
    (aw.Shared, (3, 8, 8)), (aw.Scripted, (3, 8, 8)), (aw.InPlace, (3, 8, 8)),
    (aw.Checkpointed, (3, 8, 8)), (aw.Parametrized, (3, 8, 8)), (aw.Attentive, (3, 8, 8)),
    (aw.Bare, (3, 8, 8)), (aw.Own, (3, 8, 8)), (aw.Open, (3, 8, 8)), (aw.Counting, (3, 8, 8)),
]  # fmt: skip


@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")
@pytest.mark.parametrize(("model", "shape"), AWKWARD)
def test_awkward_models_to_the_byte(model, shape):
    model = model()
    traced = trace(model, shape)
    assert traced.error is None
    assert kept_activations(traced, 3) == really_kept(model, torch.rand(3, *shape))


def test_indices_are_kept_by_an_embedding():
    model = nn.Sequential(nn.Embedding(11, 6), nn.Linear(6, 3))
    real = really_kept(model, torch.zeros(3, 5, dtype=torch.int64))
    assert kept_activations(trace(model, (5,)), 3) == real


class ForUse(nn.Module):
    """Refuses to be trained on pictures alone, as detectors do."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)

    def forward(self, x):
        if self.training:
            raise ValueError("targets are wanted")
        return torch.relu(self.conv(x))


def test_what_cannot_be_run_in_training_is_counted_in_use():
    kept = kept_activations(trace(ForUse(), (3, 8, 8), batch=2), 4)
    assert kept == 4 * 4 * (3 * 8 * 8 + 8 * 6 * 6)


@pytest.mark.parametrize("model", [aw.Numpy(), nn.Linear(4, 2).requires_grad_(False)])
def test_what_autograd_cannot_follow_keeps_nothing(model):
    shape = (4,) if isinstance(model, nn.Linear) else (3, 8, 8)
    assert kept_activations(trace(model, shape), 2) == 0


def test_without_memory_it_is_not_run_in_training():
    assert kept_activations(trace(nn.Linear(4, 2), (4,), memory=False), 2) == 0
    assert kept_activations(trace(nn.Linear(4, 2), (4,)), 2) == 2 * 4 * 4


class Gated(nn.Module):
    """Products, functions that keep their output, and a skip."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(3, 16, 3, padding=1), nn.Conv2d(16, 16, 3, padding=1)
        self.norm, self.scale = nn.GroupNorm(4, 16), nn.Parameter(torch.ones(16, 1, 1))

    def forward(self, x):
        y = F.gelu(self.norm(self.a(x)))
        y = y + torch.tanh(self.b(y)) * torch.sigmoid(y) * self.scale
        return F.log_softmax(F.max_pool2d(F.leaky_relu(y, inplace=True), 2).flatten(1), 1)


class Words(nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.walk, self.norm, self.out = kind(32, 64), nn.LayerNorm(64), nn.Linear(64, 8)

    def forward(self, x):
        return self.out(self.norm(self.walk(x)[0]))


@pytest.mark.parametrize(
    ("model", "shape"),
    [
        (Gated, (3, 16, 16)),
        (lambda: nn.Sequential(nn.Conv2d(3, 8, 3), nn.Hardswish(True), nn.Flatten()), (3, 9, 9)),
        (lambda: nn.Sequential(nn.Conv2d(3, 8, 3), nn.ELU(), nn.AvgPool2d(2)), (3, 9, 9)),
        (lambda: nn.Sequential(nn.Linear(64, 64), nn.Dropout(0.5), nn.Linear(64, 8)), (64,)),
    ],
)
def test_small_nets(model, shape):
    model = model()
    traced = trace(model, shape)
    assert kept_activations(traced, 4) == pytest.approx(
        really_kept(model, torch.rand(4, *shape)), rel=TOLERANCE
    )


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
def test_recurrent_layers(kind):
    model = Words(kind)
    traced = trace(model, (4, 32), batch=20)  # torch's order is (steps, batch, features)
    real = really_kept(model, torch.rand(20, 4, 32))
    assert kept_activations(traced, 20) == pytest.approx(real, rel=TOLERANCE)


def test_frozen_layers_keep_nothing_before_the_first_trained_one():
    model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Conv2d(8, 8, 3), nn.ReLU())
    model[0].requires_grad_(False)
    traced = trace(model, (3, 12, 12))
    assert kept_activations(traced, 2) == really_kept(model, torch.rand(2, 3, 12, 12))
    memory = training_memory(traced, 2)
    assert memory.gradients == traced.trainable_bytes == 584 * 4
    assert memory.optimizer_state == 2 * memory.gradients


@pytest.mark.parametrize(
    ("optimizer", "kind"),
    [
        ("adam", torch.optim.Adam),
        ("adamw", torch.optim.AdamW),
        ("rmsprop", torch.optim.RMSprop),
        ("sgd", torch.optim.SGD),
        ("sgd-momentum", lambda p: torch.optim.SGD(p, momentum=0.9)),
    ],
)
def test_the_optimizers_state_is_torchs(optimizer, kind):
    model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8))
    memory = training_memory(trace(model, (3, 8, 8)), 2, optimizer=optimizer)
    steps = kind(model.parameters())
    model(torch.rand(2, 3, 8, 8)).sum().backward()
    steps.step()
    states = [t for s in steps.state.values() for t in s.values() if torch.is_tensor(t)]
    held = sum(t.numel() * t.element_size() for t in states if t.dim())  # less the step counts
    assert memory.optimizer_state == held
    own = [*model.parameters(), *(b for b in model.buffers() if b.is_floating_point())]
    assert memory.parameters - 8 == sum(t.numel() * 4 for t in own)  # 8: the int64 batch count


def test_the_total_and_half_precision():
    traced = trace(nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU()), (3, 8, 8))
    full, half = training_memory(traced, 8), training_memory(traced, 8, dtype="bfloat16")
    assert full.total == sum(
        (full.parameters, full.gradients, full.optimizer_state, full.activations)
    )
    assert half.total * 2 == full.total
    assert training_memory(traced, 16).activations == 2 * full.activations


def test_whether_it_fits_is_told_where_there_is_a_gpu():
    memory = training_memory(trace(nn.Linear(4, 2), (4,)), 1)
    found = fit(memory)
    assert fit(memory, "cpu") is None
    if torch.cuda.is_available():
        assert found.fits
        assert found.free > found.needed
    else:
        assert found is None


@pytest.mark.parametrize("bad", [{"optimizer": "lion"}, {"dtype": "int8"}, {"batch": 0}])
def test_bad_arguments(bad):
    traced = trace(nn.Linear(4, 2), (4,))
    with pytest.raises(UserError):
        training_memory(traced, **({"batch": 1} | bad))
