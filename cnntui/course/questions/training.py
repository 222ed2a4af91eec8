"""Questions about training and augmentation, drawn anew: steps, rates, losses."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

from cnntui.course.questions.question import Draft
from cnntui.numbers import short


def _tidy(value: float) -> float:
    """Return a float without the dust of binary fractions."""
    return float(f"{value:.10g}")


def gradient_step(chance: random.Random) -> Draft:
    """A weight after one step of plain SGD."""
    weight = chance.choice((0.5, 0.8, 1.0, -0.4, 2.0))
    gradient = chance.choice((2.0, -3.0, 4.0, 0.6, -1.5))
    rate = chance.choice((0.1, 0.01, 0.05))
    value = _tidy(weight - rate * gradient)
    shown = f"{short(weight)} - {short(rate)}·{short(gradient)}".replace("·-", "·−")
    return Draft(
        f"A weight is {short(weight)}, its gradient {short(gradient)}, the learning rate "
        f"{short(rate)}. The weight after one step of plain SGD?",
        value,
        f"A step goes against the gradient: {shown} = {short(value)}.",
        (
            (
                _tidy(weight + rate * gradient),
                "That is uphill: the gradient points to where the loss grows.",
            ),
            (_tidy(weight - gradient), "The learning rate is forgotten: it scales the step."),
            (_tidy(-rate * gradient), "That is the step alone: it is added to the weight."),
            (_tidy(weight - rate), "The gradient is forgotten: a steeper place, a longer step."),
        ),
    )


def cross_entropy(chance: random.Random) -> Draft:
    """The loss of one picture from the probabilities of three classes."""
    right = chance.choice((0.9, 0.7, 0.5, 0.2, 0.1, 0.05))
    other = round((1 - right) * chance.choice((0.25, 0.3, 0.6, 0.7)), 2)
    rest = round(1 - right - other, 2)
    value = round(-math.log(right), 2)
    return Draft(
        f"The right class has probability {right}, the others {other} and {rest}. "
        "What is the cross-entropy loss?",
        value,
        f"-ln {right} = {value:g}: only the right class's probability counts.",
        (
            (round(1 - right, 2), "That is what is missing to 1: the loss is -ln p."),
            (round(-math.log10(right), 2), "That is the logarithm to base 10; the loss takes e."),
            (round(-math.log(max(other, rest)), 2), "That is another class's: take the right one."),
            (right, "That is the probability itself: the loss is its -ln."),
        ),
        tolerance=0.011,
    )


def step_decay(chance: random.Random) -> Draft:
    """The learning rate after some falls of a step schedule."""
    peak, gamma = chance.choice((0.1, 0.01, 0.2)), chance.choice((0.1, 0.5))
    size, falls = chance.choice((10, 20, 30)), chance.choice((2, 3))
    epoch = size * falls + chance.randint(1, size - 1)
    value = _tidy(peak * gamma**falls)
    return Draft(
        f"The rate begins at {short(peak)} and is multiplied by {gamma:g} every {size} epochs. "
        f"What is it in epoch {epoch}, counted from 0?",
        value,
        f"⌊{epoch} / {size}⌋ = {falls} falls: {short(peak)}·{gamma:g}^{falls} = {short(value)}.",
        (
            (_tidy(peak * gamma ** (falls + 1)), "One fall too many: the next one comes later."),
            (_tidy(peak * gamma), "It falls again and again, not once."),
            (_tidy(peak * gamma * falls), "Falls multiply each other: gamma to their power."),
            (peak, "It does not stay: count how often it fell."),
        ),
    )


def batch_norm(chance: random.Random) -> Draft:
    """What batch norm makes of one value of a batch of four."""
    mean, deviation = chance.randint(2, 9), chance.choice((1, 2, 3))
    signs = [-1, -1, 1, 1]
    values = [mean + sign * deviation for sign in signs]
    chance.shuffle(values)
    gain, shift = chance.choice((2, 3)), chance.choice((-1, 1, 4))
    entry = values[0]
    normal = (entry - mean) // deviation
    value = gain * normal + shift
    return Draft(
        f"In a batch one channel holds {', '.join(map(str, values))}. Batch norm has gain {gain} "
        f"and shift {shift}. What becomes of {entry}?",
        value,
        f"Mean {mean}, deviation {deviation}: ({entry} - {mean}) / {deviation} = {normal}, "
        f"then {gain}·{normal} + {shift} = {value}.",
        (
            (normal, "Gain and shift are forgotten: they are what batch norm learns."),
            (gain * (entry - mean) + shift, "It is divided by the deviation before the gain."),
            (gain * entry + shift, "The mean is taken off, and divided by the deviation, first."),
            (entry - mean, "Divide by the deviation, then gain and shift."),
        ),
    )


def early_stop(chance: random.Random) -> Draft:
    """The epoch after which patience ends a run."""
    best, patience = chance.randint(3, 6), chance.choice((2, 3))
    falling = [round(1.2 * 0.75**n, 2) for n in range(best)]
    rising = [round(falling[-1] + 0.03 * n, 2) for n in range(1, patience + 3)]
    losses = [*falling, *rising]
    value = best + patience
    return Draft(
        f"Validation losses after epochs 1, 2, …: {', '.join(map(str, losses))}. With patience "
        f"{patience}, after which epoch does training stop?",
        value,
        f"Epoch {best} is the best; {patience} epochs without a better one end in epoch {value}. "
        f"The weights of epoch {best} are kept.",
        (
            (best, "That is the best epoch: patience waits on before it stops."),
            (value + 1, "The epochs without a better one are counted from the one after the best."),
            (len(losses), "It does not wait for the end: that is what patience is for."),
            (patience, "Patience counts from the best epoch, not from the first."),
        ),
    )


def mixup_share(chance: random.Random) -> Draft:
    """The target of a class in a blend of two pictures."""
    share = chance.choice((0.6, 0.7, 0.8, 0.9))
    first, second = chance.sample(range(10), 2)
    value = round(1 - share, 1)
    return Draft(
        f"Mixup blends {share:g} of a {first} with the rest of a {second}. What is the target of "
        f"class {second}?",
        value,
        f"Labels are blended as pictures are: {first} gets {share:g} and {second} {value:g}.",
        (
            (1, "Both pictures are in it: the label is shared as well."),
            (0, "A part of the picture is of that class, and so is that part of the label."),
            (share, f"That is the target of {first}."),
            (0.5, "The label is shared as the picture is, not in halves."),
        ),
    )


def cutout_cells(chance: random.Random) -> Draft:
    """The cells that a cutout square blanks."""
    side, part = chance.choice(((28, 0.25), (32, 0.25), (32, 0.5), (64, 0.25), (224, 0.5)))
    edge = int(side * part)
    value = edge * edge
    return Draft(
        f"Cutout of {part:g} of a side, on a picture of {side}×{side}: how many pixels does the "
        "square blank at most?",
        value,
        f"{part:g}·{side} = {edge} a side, {edge}·{edge} = {value}.",
        (
            (int(side * side * part), "That is the part of the area: it is taken of a side."),
            (edge, "That is its side: a square has side times side."),
            (side * edge, "That would be a stripe across the picture."),
            (side * side - value, "Those are the pixels that stay."),
        ),
    )


TRAINING_TOPICS: dict[str, tuple[Callable[[random.Random], Draft], str]] = {
    "gradient step": (gradient_step, "a weight after one step of plain SGD"),
    "cross entropy": (cross_entropy, "the loss of one picture from its probabilities"),
    "step decay": (step_decay, "the learning rate after some falls"),
    "batch norm": (batch_norm, "what batch norm makes of a value"),
    "early stop": (early_stop, "when patience ends a run"),
    "mixup": (mixup_share, "the target in a blend of two pictures"),
    "cutout": (cutout_cells, "how many pixels a cutout blanks"),
}
