"""The learning rate at a step: pure functions of the settings."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from cnntui.training.config import Config

USUAL_RATES = {"sgd": 0.1, "adam": 1e-3, "adamw": 1e-3}
STEEPEST = 25.0  # one-cycle: the peak over the first rate, as torch's OneCycleLR has it
LOWEST = 1e-4  # one-cycle: the last rate over the first one


def peak_rate(config: Config) -> float:
    """Return the asked learning rate, or the usual one of the optimizer."""
    return config.lr or USUAL_RATES[config.optimizer]


def rate_at(config: Config, step: int, steps: int, steps_per_epoch: int) -> float:
    """Return the learning rate of the 0-based ``step`` of ``steps``; plateau falls come on top."""
    peak = peak_rate(config)
    match config.schedule:
        case "step":
            return peak * config.gamma ** (step // steps_per_epoch // config.step_size)
        case "cosine":
            return peak * _cosine(step / steps)
        case "warmup-cosine":
            rising = int(config.warmup * steps)
            if step < rising:
                return peak * (step + 1) / rising
            return peak * _cosine((step - rising) / (steps - rising))
        case "one-cycle":
            return peak * _one_cycle(step, steps, config.warmup)
    return peak


def _cosine(part: float) -> float:
    """Fall from 1 to 0: (1 + cos πt) / 2, Loshchilov and Hutter 2017."""
    return (1 + math.cos(math.pi * part)) / 2


def _one_cycle(step: int, steps: int, warmup: float) -> float:
    """Rise from 1/25 to 1, then fall to 1/250,000, along cosines: Smith and Topin 2018."""
    turn = warmup * steps - 1
    last = steps - 1
    first = 1 / STEEPEST
    if step <= turn and turn > 0:
        return 1 + (first - 1) * _cosine(step / turn)
    part = (step - turn) / (last - turn) if last > turn else 1.0
    end = first * LOWEST
    return end + (1 - end) * _cosine(part)


@dataclass(frozen=True)
class Plateau:
    """How often the rate fell because the validation loss did not: reduce on plateau."""

    factor: float = 1.0
    best: float = math.inf
    waited: int = 0  # epochs without a better loss

    def after(self, loss: float, config: Config) -> Plateau:
        """Return what an epoch with this validation loss leaves; a loss 1e-4 lower is better."""
        if config.schedule != "plateau":
            return self
        if loss < self.best * (1 - 1e-4):
            return replace(self, best=loss, waited=0)
        if self.waited < config.plateau:
            return replace(self, waited=self.waited + 1)
        return replace(self, factor=self.factor * config.gamma, waited=0)
