"""A network's answers on a split, with its layers in eval mode."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cnntui.training.loop.feeding import Normal, Pictures
from cnntui.training.loop.metrics import Answers
from cnntui.training.loop.processes import ALONE, Processes

AT_ONCE = 64 << 20  # bytes of float pictures judged at once, and never more than 1,000 pictures

Answer = Callable[[Tensor], Tensor]  # normalised pictures (n, C, H, W) → logits (n, K)


@torch.no_grad()
def judged(
    answer: Answer,
    pictures: Pictures,
    normal: Normal,
    classes: int,
    *,
    layout: torch.memory_format = torch.contiguous_format,
    flip: bool = False,
    processes: Processes = ALONE,
) -> Answers:
    """Return what ``answer`` says of each picture; each process judges a share, all get all.

    With ``flip`` the logits are the mean of those of the picture and of its mirror image.
    """
    share = processes.share(len(pictures))
    each = 4 * pictures.images[0].numel()
    size = max(1, min(AT_ONCE // each, 1000))
    parts = []
    for start in range(share.start, share.stop, size):
        stop = min(start + size, share.stop)
        images, labels = pictures.images[start:stop], pictures.labels[start:stop]
        floats = images.to(labels.device).to(torch.float32, memory_format=layout)
        floats = normal(floats.div_(255))
        logits = answer(floats).float()
        if flip:
            logits = (logits + answer(floats.flip(3)).float()) / 2
        parts.append(_figures(logits, labels))
    return _gathered(parts, pictures, 1 + 2 * min(5, classes), processes)


def main_output(output: Tensor | tuple[Tensor, ...]) -> Tensor:
    """Return the logits of a network that may give those of auxiliary heads as well."""
    return output if isinstance(output, Tensor) else output[0]


class Eval:
    """Holds a network in eval mode, and gives each layer its own mode back."""

    def __init__(self, model: nn.Module) -> None:
        self.model = model

    def __enter__(self) -> nn.Module:
        self._modes = [(module, module.training) for module in self.model.modules()]
        return self.model.eval()

    def __exit__(self, *_: object) -> None:
        for module, mode in self._modes:
            module.training = mode


def _figures(logits: Tensor, labels: Tensor) -> Tensor:
    """Return (n, 1 + 2k): the loss, the k likeliest classes, their probabilities; float64."""
    if logits.device.type == "mps":  # has no float64
        logits, labels = logits.cpu(), labels.cpu()
    chances = logits.double().log_softmax(1)
    losses = F.nll_loss(chances, labels, reduction="none")
    top = chances.topk(min(5, logits.shape[1]), dim=1)
    return torch.cat([losses[:, None], top.indices.double(), top.values.exp()], dim=1)


def _gathered(parts: list[Tensor], pictures: Pictures, width: int, processes: Processes) -> Answers:
    device = parts[0].device if parts else pictures.labels.device
    whole = torch.zeros(len(pictures), width, dtype=torch.float64, device=device)
    share = processes.share(len(pictures))
    if parts:
        whole[share] = torch.cat(parts)
    whole = processes.summed(whole).cpu()
    kinds = (width - 1) // 2
    return Answers(
        pictures.labels.cpu(), whole[:, 0], whole[:, 1 : 1 + kinds].long(), whole[:, 1 + kinds :]
    )
