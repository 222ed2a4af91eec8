"""The oracle is torch on the whole set at once."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cnntui.training.loop import judging
from cnntui.training.loop.feeding import Normal, Pictures
from cnntui.training.loop.judging import Eval, judged, main_output

NORMAL = Normal(torch.full((1, 2, 1, 1), 0.25), torch.full((1, 2, 1, 1), 0.5))


def _pictures(count: int = 37) -> Pictures:
    generator = torch.Generator().manual_seed(1)
    images = torch.randint(256, (count, 2, 6, 6), generator=generator, dtype=torch.uint8)
    return Pictures(images, torch.randint(9, (count,), generator=generator))


def _net() -> nn.Module:
    torch.manual_seed(2)
    return nn.Sequential(nn.Conv2d(2, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(64, 9)).eval()


def _logits(net: nn.Module, images: Tensor) -> Tensor:
    with torch.no_grad():
        logits: Tensor = net((images.float() / 255 - 0.25) / 0.5)
    return logits


@pytest.mark.parametrize("at_once", [1, 5 * 288, 64 << 20])
def test_figures_are_torchs_on_the_whole_set(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "AT_ONCE", at_once)
    net, pictures = _net(), _pictures()
    said = judged(net, pictures, NORMAL, 9)
    logits = _logits(net, pictures.images)
    losses = F.cross_entropy(logits, pictures.labels, reduction="none")
    torch.testing.assert_close(said.losses.float(), losses, rtol=1e-4, atol=1e-5)
    assert torch.equal(said.top, logits.topk(5).indices)
    torch.testing.assert_close(said.probabilities.float(), logits.softmax(1).topk(5).values)
    five = (logits.topk(5).indices == pictures.labels[:, None]).any(1).float().mean()
    assert said.top5 == pytest.approx(float(five))
    assert torch.equal(said.labels, pictures.labels)


def test_a_mirror_image_counts_half() -> None:
    net, pictures = _net(), _pictures()
    said = judged(net, pictures, NORMAL, 9, flip=True)
    logits = (_logits(net, pictures.images) + _logits(net, pictures.images.flip(3))) / 2
    losses = F.cross_entropy(logits, pictures.labels, reduction="none")
    torch.testing.assert_close(said.losses.float(), losses, rtol=1e-4, atol=1e-5)


def test_the_pictures_stay_as_they_are() -> None:
    pictures = _pictures()
    before = pictures.images.clone()
    judged(_net(), pictures, NORMAL, 9, flip=True)
    assert torch.equal(before, pictures.images)


def test_few_classes_have_fewer_likeliest() -> None:
    net = nn.Sequential(nn.Flatten(), nn.Linear(72, 3))
    pictures = _pictures(4)
    said = judged(net, Pictures(pictures.images, pictures.labels % 3), NORMAL, 3)
    assert said.top.shape == said.probabilities.shape == (4, 3)


def test_every_layer_gets_its_own_mode_back() -> None:
    net = nn.Sequential(nn.BatchNorm2d(1), nn.Dropout()).train()
    net[0].eval()  # frozen, as in fine-tuning
    with Eval(net) as judged_net:
        assert not any(module.training for module in judged_net.modules())
    assert [net.training, net[0].training, net[1].training] == [True, False, True]


def test_the_main_output_is_the_first_head() -> None:
    logits = torch.ones(2, 3)
    assert main_output(logits) is logits
    assert main_output((logits, torch.zeros(2, 3))) is logits
