"""Training memory against what autograd really keeps on the CPU."""

import itertools
import random
import threading
import warnings
from functools import partial

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch._subclasses.fake_tensor import FakeTensor

from cnntui.engine.tracing.backward import saved_bytes
from cnntui.engine.tracing.forward import trace
from cnntui.engine.tracing.memory import Fit, Saved, free_bytes, training_memory
from cnntui.errors import UserError
from cnntui.models.naming import find_net
from tests.engine import awkward as aw

TOLERANCE = 0.1  # of kept activations; an LSTM's workspace grows unevenly, all else is exact


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


def kept(model, shape, of, batch=1):
    """Return the bytes that are said to be saved of so many samples."""
    traced = trace(model, shape, batch=batch)
    assert traced.error is None
    return saved_bytes(model, traced).of(of)


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
    assert kept(meta, shape, 3) == real
    if name in ("resnet18", "efficientnet_b0", "unet"):
        assert kept(model, shape, 3) == real


@pytest.mark.parametrize(("name", "blocks"), [("efficientnet_b0", 9), ("convnext_tiny", 17)])
def test_stochastic_depth_keeps_a_number_a_sample_and_block(name, blocks):
    _, meta, shape = net(name)
    with_it = kept(meta, shape, 1)
    for module in meta.modules():
        if hasattr(module, "stochastic_depth"):
            module.stochastic_depth = nn.Identity()
    assert with_it - kept(meta, shape, 1) == 4 * blocks


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
    assert kept(model, shape, 3) == really_kept(model, torch.rand(3, *shape))


def test_indices_are_kept_by_an_embedding():
    model = nn.Sequential(nn.Embedding(11, 6), nn.Linear(6, 3))
    real = really_kept(model, torch.zeros(3, 5, dtype=torch.int64))
    assert kept(model, (5,), 3) == real


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
    assert kept(ForUse(), (3, 8, 8), 4, batch=2) == 4 * 4 * (3 * 8 * 8 + 8 * 6 * 6)


class Held(nn.Module):
    """Holds what can't be copied: a lock, and a weight that is no parameter but made of two."""

    def __init__(self):
        super().__init__()
        self.lock, self.real = threading.Lock(), []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.conv = nn.utils.weight_norm(nn.Conv2d(3, 8, 3))
        self.norm, self.scale = nn.BatchNorm2d(8), torch.ones(8, 1, 1)

    def forward(self, x):
        with self.lock:
            self.real += [] if isinstance(x, FakeTensor) else [x.shape]
            return torch.sigmoid(self.norm(self.conv(x)) * self.scale)


def test_what_was_traced_without_values_is_not_run_with_them():
    model = Held()
    found = kept(model, (3, 12, 12), 3)
    assert model.real == []
    assert found == really_kept(model, torch.rand(3, 3, 12, 12))


class Skipping(nn.Module):
    """Skips its layers at random in training, by Python's own generator."""

    def __init__(self, blocks):
        super().__init__()
        self.blocks = nn.Sequential(*(nn.Conv2d(4, 4, 3, padding=1) for _ in range(blocks)))

    def forward(self, x):
        for block in self.blocks:
            if not self.training or random.random() < 0.5:
                x = torch.relu(block(x))
        return x


@pytest.mark.parametrize("blocks", [1, 2, 3, 8])
def test_layers_skipped_at_random_are_skipped_alike(blocks):
    model, found = Skipping(blocks), []
    for seed in range(3):
        random.seed(seed)
        found.append(kept(model, (4, 6, 6), 5))
        assert random.getstate() == random.Random(seed).getstate()
    one = 5 * 4 * 4 * 36  # bytes of an activation
    assert found[0] == found[1] == found[2]
    assert found[0] % one == 0
    assert 0 <= found[0] <= (blocks + 1) * one


class Sampled(nn.Module):
    """Runs its layer on every second batch alone: no sum of samples."""

    def __init__(self):
        super().__init__()
        self.conv, self.calls = nn.Conv2d(3, 8, 3), itertools.count()

    def forward(self, x):
        return torch.relu(self.conv(x)) if next(self.calls) % 2 or not self.training else x


def test_what_is_no_sum_of_samples_is_counted_in_use():
    assert kept(Sampled(), (3, 8, 8), 4) == 4 * 4 * (3 * 8 * 8 + 8 * 6 * 6)


@pytest.mark.parametrize("model", [aw.Numpy(), nn.Linear(4, 2).requires_grad_(False)])
def test_what_autograd_cannot_follow_keeps_nothing(model):
    shape = (4,) if isinstance(model, nn.Linear) else (3, 8, 8)
    assert kept(model, shape, 2) == 0


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
    assert kept(model, shape, 4) == pytest.approx(
        really_kept(model, torch.rand(4, *shape)), rel=TOLERANCE
    )


@pytest.mark.parametrize("kind", [nn.LSTM, nn.GRU, nn.RNN])
def test_recurrent_layers(kind):
    model = Words(kind)
    real = really_kept(model, torch.rand(20, 4, 32))
    found = kept(model, (4, 32), 20, batch=20)  # torch's order is (steps, batch, features)
    assert found == pytest.approx(real, rel=TOLERANCE)


def test_frozen_layers_keep_nothing_before_the_first_trained_one():
    model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Conv2d(8, 8, 3), nn.ReLU())
    model[0].requires_grad_(False)
    traced = trace(model, (3, 12, 12))
    saved = saved_bytes(model, traced)
    assert saved.of(2) == really_kept(model, torch.rand(2, 3, 12, 12))
    memory = training_memory(traced, saved, 2)
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
    memory = training_memory(trace(model, (3, 8, 8)), Saved(8), 2, optimizer=optimizer)
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
    asked = partial(training_memory, traced, Saved(3648))
    full, half = asked(8), asked(8, dtype="bfloat16")
    assert full.total == sum(
        (full.parameters, full.gradients, full.optimizer_state, full.activations)
    )
    assert half.total * 2 == full.total
    assert asked(16).activations == 2 * full.activations


def test_free_memory_is_told_where_there_is_a_gpu():
    found = free_bytes("cuda")
    assert free_bytes("cpu") is None
    if torch.cuda.is_available():
        assert 0 < found <= torch.cuda.get_device_properties(0).total_memory
    else:
        assert found is None
    assert Fit("cuda:0", 8, 8).fits
    assert not Fit("cuda:0", 9, 8).fits


@pytest.mark.parametrize("bad", [{"optimizer": "lion"}, {"dtype": "int8"}, {"batch": 0}])
def test_bad_arguments(bad):
    traced = trace(nn.Linear(4, 2), (4,))
    with pytest.raises(UserError):
        training_memory(traced, Saved(8), **({"batch": 1} | bad))
