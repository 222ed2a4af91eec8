"""Models that fail in the middle: the table up to there, torch's message, and what would fit."""

import pytest
import torch
from torch import nn

from cnntui.engine.tracing.forward import trace

PICTURE = (3, 8, 8)


class LeNet(nn.Module):
    def __init__(self, features=256):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.MaxPool2d(2)
        )
        self.fc = nn.Linear(features, 120)

    def forward(self, x):
        return self.fc(self.features(x).flatten(1))


@pytest.mark.parametrize("device", ["meta", "cpu"])
def test_a_failure_gives_the_table_up_to_it_torchs_message_and_the_fix(device, capfd):
    with torch.device(device):
        model = LeNet()
    traced = trace(model, (1, 32, 32))
    assert len(traced.rows) == 6
    error = traced.error
    assert (error.name, error.type) == ("fc", "Linear")
    assert error.message == "mat1 and mat2 shapes cannot be multiplied (1x400 and 256x120)"
    assert (error.got, error.expected, error.fix) == ("1×400", "1×256", "in_features=400")
    assert trace(LeNet(400), (1, 32, 32)).error is None
    assert capfd.readouterr() == ("", "")


class Skip(nn.Module):
    def __init__(self, name):
        super().__init__()
        self.conv, self.way = nn.Conv2d(3, 8, 3, 2, 1), name

    def forward(self, x):
        y = self.conv(x)
        if self.way == "add":
            return y + x
        return torch.cat([x, y], 1) if self.way == "cat" else y.view(-1, 100)


@pytest.mark.parametrize(
    ("model", "shape", "name", "fix"),
    [
        (LeNet(), (3, 28, 28), "features.0", "in_channels=3"),
        (LeNet(), (1, 12, 12), "features.3", "padding=1"),
        (nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(5)), PICTURE, "1", "num_features=4"),
        (
            nn.Sequential(nn.Conv2d(3, 4, 3), nn.Linear(144, 2)),
            PICTURE,
            "1",
            "flatten(1) before it",
        ),
        (nn.Sequential(nn.Conv2d(3, 4, 3), nn.LayerNorm(5)), PICTURE, "1", "normalized_shape=[6]"),
        (nn.ConvTranspose2d(4, 2, 2), PICTURE, "ConvTranspose2d", "in_channels=3"),
        (nn.MaxPool2d(2), (3, 1, 1), "MaxPool2d", "kernel_size=1, or a larger input"),
        (nn.Conv2d(3, 4, 3), (8, 8), "Conv2d", "an input of 4 dimensions"),
        (Skip("add"), PICTURE, "add", "the same stride on both ways: 4×4 against 8×8"),
        (Skip("cat"), PICTURE, "cat", "crop, pad or interpolate the one to 8×8"),
        (Skip("view"), PICTURE, "view", "view(1, 128)"),
    ],
)
def test_what_would_fit(model, shape, name, fix):
    error = trace(model, shape).error
    assert (error.name, error.fix) == (name, fix)
    with pytest.raises(RuntimeError) as raised, torch.no_grad():
        model.eval()(torch.zeros(1, *shape))
    assert error.message == str(raised.value)


def test_what_a_model_raises_itself_is_shown_with_its_place():
    class Bad(nn.Module):
        def forward(self, x):
            raise KeyError("nope")

    error = trace(nn.Sequential(nn.ReLU(), Bad()), (3,)).error
    assert (error.name, error.type, error.message) == ("1", "Bad", "KeyError: 'nope'")
