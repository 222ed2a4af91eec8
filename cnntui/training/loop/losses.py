"""The loss of a batch: cross-entropy, smoothed, weighted, mixed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from torch import Tensor
from torch.nn import functional as F

from cnntui.training.loop.feeding import Targets

AUXILIARY = 0.3  # weight of an auxiliary head's loss: Szegedy et al. 2014
Output = Tensor | tuple[Tensor | None, ...]  # logits (n, K), or those of several heads


@dataclass(frozen=True)
class Loss:
    """Cross-entropy with labels smoothed, and a class's examples weighed, where asked for."""

    smoothing: float = 0.0
    class_weights: Tensor | None = None  # (K,)

    def __call__(self, output: Output, targets: Targets) -> Tensor:
        """Return the loss summed over the pictures; auxiliary heads count for less."""
        heads = [output] if isinstance(output, Tensor) else [o for o in output if o is not None]
        loss = self._of(heads[0], targets)
        for head in heads[1:]:
            loss = loss + AUXILIARY * self._of(head, targets)
        return loss

    def _of(self, logits: Tensor, targets: Targets) -> Tensor:
        """Return one head's loss; a mixed batch has two labels a picture."""
        logits = logits.float()
        if isinstance(targets, Tensor):
            return self._entropy(logits, "sum", targets)
        loss: Tensor = targets.loss(partial(self._entropy, logits, "none")).sum()
        return loss

    def _entropy(self, logits: Tensor, reduction: str, labels: Tensor) -> Tensor:
        return F.cross_entropy(
            logits,
            labels,
            self.class_weights,
            reduction=reduction,
            label_smoothing=self.smoothing,
        )
