"""How well a classifier did, from its answer to each example."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from cnntui.training.events import ClassFigures, Sample, WrongExample

MOST_CLASSES = 100  # of which a confusion matrix is told
SHOWN = 24  # wrong examples told
FIXED = 12  # examples whose probabilities are told every epoch


@dataclass(frozen=True)
class Answers:
    """A network's answers to N examples: float64 and int64 tensors on the CPU."""

    labels: Tensor  # (N,)
    losses: Tensor  # (N,), cross-entropy without smoothing or class weights
    top: Tensor  # (N, 5 or fewer), the likeliest classes, the first foremost
    probabilities: Tensor  # (N, 5 or fewer), theirs

    @property
    def loss(self) -> float:
        """The mean loss."""
        return float(self.losses.mean())

    @property
    def accuracy(self) -> float:
        """The part whose likeliest class is right."""
        return float((self.top[:, 0] == self.labels).double().mean())

    @property
    def top5(self) -> float:
        """The part whose right class is among the five likeliest."""
        return float((self.top == self.labels[:, None]).any(1).double().mean())


def confusion_of(labels: Tensor, predicted: Tensor, classes: int) -> Tensor:
    """Return counts (true, predicted), int64."""
    counts = torch.bincount(labels * classes + predicted, minlength=classes * classes)
    return counts.reshape(classes, classes)


def per_class(confusion: Tensor) -> tuple[ClassFigures, ...]:
    """Return precision TP/(TP+FP), recall TP/(TP+FN), F1 2PR/(P+R) and support of each class."""
    right = confusion.diagonal().double()
    predicted, support = confusion.sum(0).double(), confusion.sum(1).double()
    precision = torch.where(predicted > 0, right / predicted.clamp(min=1), 0.0)
    recall = torch.where(support > 0, right / support.clamp(min=1), 0.0)
    f1 = 2 * right / (predicted + support).clamp(min=1)
    columns = (precision.tolist(), recall.tolist(), f1.tolist(), support.long().tolist())
    return tuple(ClassFigures(*figures) for figures in zip(*columns, strict=True))


def most_wrong(answers: Answers) -> tuple[WrongExample, ...]:
    """Return the wrong examples of greatest loss."""
    wrong = torch.nonzero(answers.top[:, 0] != answers.labels).flatten()
    order = wrong[answers.losses[wrong].argsort(descending=True, stable=True)[:SHOWN]]
    return tuple(
        WrongExample(
            i,
            int(answers.labels[i]),
            int(answers.top[i, 0]),
            round(float(answers.probabilities[i, 0]), 4),
            round(float(answers.losses[i]), 4),
        )
        for i in order.tolist()
    )


def fixed_samples(answers: Answers) -> tuple[Sample, ...]:
    """Return what the network says of the same few examples, spread over the data."""
    count = min(FIXED, len(answers.labels))
    chosen = [i * len(answers.labels) // count for i in range(count)]
    return tuple(
        Sample(
            i,
            int(answers.labels[i]),
            tuple(
                (int(c), round(float(p), 4))
                for c, p in zip(answers.top[i], answers.probabilities[i], strict=True)
            ),
        )
        for i in chosen
    )
