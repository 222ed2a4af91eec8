from __future__ import annotations

from pathlib import Path

import pytest
import torch

from cnntui.errors import UserError
from cnntui.training.config import Config
from cnntui.training.loop.networks import network, usual_size

TEXT = "input 1x8x8\nconv 4 3 same bn relu\nflatten\ndropout 0.5\ndense 10\n"
OWN = """
from torch import nn

def fixed():
    return nn.Sequential(nn.Flatten(), nn.Linear(48, 5))

def told(num_classes, in_channels):
    return nn.Sequential(nn.Flatten(), nn.Linear(16 * in_channels, num_classes))

def heads():
    class Heads(nn.Module):
        def __init__(self):
            super().__init__()
            self.one, self.two = nn.Linear(48, 5), nn.Linear(48, 5)

        def forward(self, x):
            x = x.flatten(1)
            return (self.one(x), self.two(x)) if self.training else self.one(x)

    return Heads()

def nothing():
    return nn.Flatten()

def angry():
    class Angry(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(1, 1)

        def forward(self, x):
            raise AssertionError

    return Angry()
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "own_nets_of_test.py").write_text(OWN)
    monkeypatch.syspath_prepend(str(tmp_path))
    return "own_nets_of_test"


@pytest.mark.parametrize("name", ["lenet5", "mnist_cnn", "cifar_cnn", "digits_cnn"])
@pytest.mark.parametrize("channels", [1, 3])
def test_a_known_network_takes_the_datas_classes_and_channels(name: str, channels: int) -> None:
    config = Config(net=name)
    size = usual_size(config, 32)
    model = network(config, 7, (channels, size, size))
    assert model.training
    assert model(torch.zeros(2, channels, size, size)).shape == (2, 7)


@pytest.mark.parametrize(
    ("values", "data", "size"),
    [
        ({"net": "lenet5"}, 8, 32),
        ({"net": "mnist_cnn"}, 8, 28),
        ({"net": "resnet18"}, 96, 96),  # published for 224: small pictures stay as they are
        ({"net": "lenet5", "size": 40}, 8, 40),
        ({"net": "own", "net_text": TEXT}, 28, 8),
        ({"net": "module:make"}, 28, 28),
    ],
)
def test_the_usual_size(values: dict[str, str | int], data: int, size: int) -> None:
    assert usual_size(Config(**values), data) == size  # type: ignore[arg-type]


def test_a_built_network_takes_the_datas_classes() -> None:
    model = network(Config(net="own", net_text=TEXT), 6, (3, 12, 12))
    assert model(torch.zeros(2, 3, 12, 12)).shape == (2, 6)


def test_the_seed_makes_the_weights_and_the_check_changes_nothing() -> None:
    def made(seed: int) -> dict[str, torch.Tensor]:
        return network(Config(net="own", net_text=TEXT, seed=seed), 10, (1, 8, 8)).state_dict()

    one, again, other = made(1), made(1), made(2)
    assert all(torch.equal(one[name], again[name]) for name in one)
    assert not torch.equal(
        one["0.weight" if "0.weight" in one else next(iter(one))],
        other["0.weight" if "0.weight" in other else next(iter(other))],
    )
    counted = [value for name, value in one.items() if "num_batches" in name]
    assert counted == [0]


def test_a_users_own_network_is_told_what_it_asks_for(own: str) -> None:
    assert network(Config(net=f"{own}:told"), 5, (3, 4, 4))(torch.zeros(2, 3, 4, 4)).shape == (2, 5)
    assert network(Config(net=f"{own}:fixed"), 5, (3, 4, 4)) is not None
    assert network(Config(net=f"{own}:heads"), 5, (3, 4, 4)).training


@pytest.mark.parametrize(
    ("name", "classes", "says"),
    [
        ("fixed", 6, r"a classifier of 6 classes must give \(6,\)"),
        ("nothing", 5, "nothing to train"),
        ("angry", 5, "AssertionError"),
    ],
)
def test_what_cannot_be_trained_is_refused(own: str, name: str, classes: int, says: str) -> None:
    with pytest.raises(UserError, match=says):
        network(Config(net=f"{own}:{name}"), classes, (3, 4, 4))


def test_pictures_too_small_are_refused_with_the_remedy() -> None:
    with pytest.raises(UserError, match=r"can't take pictures of 1x8x8.*--size"):
        network(Config(net="lenet5"), 10, (1, 8, 8))
