"""What flows into a layer, and the layer as a stepper, with torch's own outputs as the oracle."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from cnntui.engine.activations import DEVIATION, MEAN, input_of, prepared, stepped
from cnntui.engine.convolution import step_at as convolution_step
from cnntui.engine.convolution import whole_output
from cnntui.engine.pooling import step_at as pooling_step
from cnntui.engine.pooling import whole_pooled
from cnntui.errors import UserError


def random(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


class Twice(nn.Module):
    """A convolution called twice, each time with an in-place ReLU on what it read."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(4, 4, 3, padding=1)
        self.relu = nn.ReLU(inplace=True)
        self.drop = nn.Dropout(0.5)
        self.unused = nn.Conv2d(4, 4, 1)

    def forward(self, x):
        y = self.conv(x)
        self.relu(x)  # changes what the convolution has read
        y = self.drop(y)
        z = self.conv(y)
        y.relu_()
        return self.relu(z) + x


def seen_by_torch(model, layer, data):
    """(input, output) of every call of a layer, copied before anything else runs."""
    calls = []
    hook = layer.register_forward_hook(
        lambda _, given, out: calls.append((given[0].clone(), out.clone()))
    )
    with torch.no_grad():
        model.eval()(data.clone())
    hook.remove()
    return calls


@pytest.mark.parametrize("call", [0, 1])
def test_what_a_layer_reads_is_copied_before_it_changes(call):
    model, data = Twice(), random(1, 4, 6, 6)
    given, out = seen_by_torch(model, model.conv, data)[call]
    assert (given < 0).any()  # else an in-place ReLU would change nothing
    found = input_of(model, "conv", call, data.clone())
    assert torch.equal(found, given)
    assert np.abs(whole_output(stepped(model.conv, found)) - out[0].numpy()).max() < 1e-5


def test_the_model_is_left_as_it_was():
    model, data = Twice().train(), random(1, 4, 6, 6)
    model.relu.eval()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    modes = [module.training for module in model.modules()]
    for name, call in (("conv", 0), ("conv", 1), ("relu", 1)):
        input_of(model, name, call, data.clone())
    with pytest.raises(UserError, match="unused is not called 1 times"):
        input_of(model, "unused", 0, data.clone())
    with pytest.raises(UserError, match="conv is not called 3 times"):
        input_of(model, "conv", 2, data.clone())
    assert [module.training for module in model.modules()] == modes
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in model.modules())
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert all(parameter.grad is None for parameter in model.parameters())


def test_the_pass_stops_at_the_layer():
    class Failing(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(1, 1, 3)
            self.fc = nn.Linear(7, 2)

        def forward(self, x):
            return self.fc(self.conv(x).flatten(1))

    model, data = Failing(), random(1, 1, 6, 6)
    assert torch.equal(input_of(model, "conv", 0, data), data)
    found = input_of(model, "fc", 0, data)  # what it can't take can still be looked at
    assert found.shape == (1, 16)


def test_a_model_in_double_precision_and_one_called_by_name():
    class Named(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(1, 2, 3).double()

        def forward(self, x):
            return self.conv(input=x)

    model, data = Named(), random(1, 1, 6, 6)
    found = input_of(model, "conv", 0, data)
    out = model(data.double())[0].detach().numpy()
    assert np.abs(whole_output(stepped(model.conv, found)) - out).max() < 1e-5


def test_a_model_that_fails_before_the_layer_is_told_in_one_line():
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(5), nn.Conv2d(4, 4, 3))
    with pytest.raises(UserError, match="before it reaches 2") as caught:
        input_of(model, "2", 0, random(1, 3, 8, 8))
    assert "\n" not in str(caught.value)
    assert not any(m._forward_pre_hooks for m in model.modules())


CONVOLUTIONS = [
    nn.Conv2d(4, 6, 3),
    nn.Conv2d(4, 6, 3, bias=False, stride=2, padding=1),
    nn.Conv2d(4, 8, 3, groups=4, padding=1),  # depthwise, two filters a channel
    nn.Conv2d(4, 4, (3, 5), groups=2, stride=(1, 2)),
    nn.Conv2d(4, 6, 3, padding="same", dilation=2),
    nn.Conv2d(4, 6, (2, 4), padding="same"),  # an even kernel pads more after than before
    nn.Conv2d(4, 6, 3, padding="valid"),
    nn.Conv2d(4, 6, 3, padding=2, padding_mode="reflect"),
    nn.Conv2d(4, 6, 3, padding=(1, 2), padding_mode="circular"),
    nn.Conv2d(4, 6, 3, padding="same", padding_mode="replicate"),
]


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
@pytest.mark.parametrize("layer", CONVOLUTIONS, ids=str)
def test_convolutions_give_torchs_output(layer):
    data = random(1, 4, 9, 11)
    with torch.no_grad():
        out = layer(data)[0].numpy()
    conv = stepped(layer, data)
    assert whole_output(conv).shape == out.shape
    assert np.abs(whole_output(conv) - out).max() < 1e-5
    for place in ((0, 0, 0), (layer.out_channels - 1, out.shape[1] - 1, out.shape[2] - 1)):
        assert convolution_step(conv, conv.index(*place)).sum == pytest.approx(out[place], abs=1e-5)


POOLINGS = [
    nn.MaxPool2d(2),
    nn.MaxPool2d(3, 2, 1),
    nn.MaxPool2d((2, 3), dilation=(1, 2), ceil_mode=True),
    nn.AvgPool2d(3, 2, 1),
    nn.AvgPool2d(3, 2, 1, ceil_mode=True, count_include_pad=False),
    nn.AdaptiveAvgPool2d(1),
    nn.AdaptiveAvgPool2d((3, 4)),
    nn.AdaptiveAvgPool2d((None, 2)),
    nn.AdaptiveMaxPool2d((4, None)),
]


@pytest.mark.parametrize("layer", POOLINGS, ids=str)
def test_poolings_give_torchs_output(layer):
    data = random(1, 4, 9, 11)
    out = layer(data)[0].numpy()
    pool = stepped(layer, data)
    assert whole_pooled(pool).shape == out.shape
    assert np.abs(whole_pooled(pool) - out).max() < 1e-6
    place = (2, out.shape[1] - 1, 0)
    assert pooling_step(pool, pool.index(*place)).value == pytest.approx(out[place], abs=1e-6)


class Standardised(nn.Conv2d):
    def forward(self, x):
        return F.conv2d(x, self.weight - self.weight.mean(), self.bias)


REFUSED = [
    nn.Linear(11, 3),
    nn.BatchNorm2d(4),
    nn.ConvTranspose2d(4, 3, 2),
    nn.AvgPool2d(2, divisor_override=3),
    Standardised(4, 3, 3),  # its output is not the plain convolution's
]


@pytest.mark.parametrize("layer", REFUSED, ids=str)
def test_other_layers_are_refused(layer):
    with pytest.raises(UserError):
        stepped(layer, random(1, 4, 9, 11))


def test_a_picture_is_scaled_and_normalised():
    picture = np.random.default_rng(0).uniform(0, 255, (3, 10, 12)).astype(np.float32)
    same = prepared(picture, (3, 10, 12))[0].numpy()
    mean, deviation = np.array(MEAN)[:, None, None], np.array(DEVIATION)[:, None, None]
    assert np.abs(same * deviation + mean - picture / 255).max() < 1e-5
    assert np.abs(prepared(picture, (1, 10, 12))[0, 0].numpy() - picture.mean(0) / 255).max() < 1e-5
    grey = prepared(picture[:1], (3, 10, 12))[0].numpy() * deviation + mean
    assert np.abs(grey - picture[:1] / 255).max() < 1e-5
    five = prepared(picture, (5, 20, 6))
    assert five.shape == (1, 5, 20, 6)
    assert torch.equal(five[:, 0], five[:, 4])
    flat = prepared(np.full((3, 7, 7), 51, np.float32), (1, 28, 28))
    assert torch.allclose(flat, torch.full((1, 1, 28, 28), 0.2))
