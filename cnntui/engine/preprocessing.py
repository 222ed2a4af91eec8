"""What is done to a picture before a network sees it, step by step.

The steps are worked out with numpy, openly; torch does the same by its own means as a check.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cnntui.engine.colours import LUMA, weighted
from cnntui.errors import UserError
from cnntui.numbers import fitted, short

Array = npt.NDArray[np.float32]

IMAGENET_MEAN, IMAGENET_DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
CAFFE_MEAN = (103.939, 116.779, 123.68)  # of ImageNet's blue, green, red in 0..255
KINDS = ("float", "divide", "subtract", "reverse", "gray", "repeat")


@dataclass(frozen=True)
class Step:
    """One step: ``kind`` of KINDS with ``numbers``, one for all channels or one a channel."""

    kind: str
    words: str
    numbers: tuple[float, ...] = ()

    def apply(self, values: Array) -> Array:
        """Return (C, …) after this step, float32."""
        if self.kind == "reverse":
            return values[::-1]
        if self.kind == "gray":
            return weighted(np.array(LUMA, np.float32), values)[None].astype(np.float32)
        if self.kind == "repeat":
            return values.repeat(3, axis=0)
        if not self.numbers:
            return values.astype(np.float32)
        numbers = np.array(self.numbers, np.float32).reshape(-1, *[1] * (values.ndim - 1))
        return values / numbers if self.kind == "divide" else values - numbers

    def formula(self, before: Sequence[float], channel: int) -> str:
        """Write the step for one channel of a pixel: ``143 / 255``."""
        number = self.numbers[channel % len(self.numbers)] if self.numbers else 0.0
        if self.kind == "gray":
            return " + ".join(f"{w}·{brief(v)}" for w, v in zip(LUMA, before, strict=True))
        own = brief(before[channel % len(before)])
        if self.kind == "divide":
            return f"{own} / {short(number)}"
        if self.kind == "subtract":
            return f"{own} − {short(number)}"
        return brief(before[-1 - channel]) if self.kind == "reverse" else own


@dataclass(frozen=True)
class Recipe:
    """A chain of steps under a name; ``channels`` is how many the network takes, 0 for any."""

    name: str
    words: str
    steps: tuple[Step, ...]
    channels: int = 0

    def steps_for(self, channels: int) -> tuple[Step, ...]:
        """Return the steps for a picture of 1 or 3 channels: float first, then grey or repeated."""
        steps = [FLOAT]
        if self.channels == 1 and channels == 3:
            steps.append(Step("gray", "grey by ITU-R BT.601"))
        if self.channels == 3 and channels == 1:
            steps.append(Step("repeat", "grey as three equal channels"))
        return (*steps, *self.steps)

    def stages(self, values: npt.NDArray[np.generic]) -> list[Array]:
        """Return the picture (C, …) as it is after each of ``steps_for``."""
        stages: list[Array] = []
        now = values.astype(np.float32)
        for step in self.steps_for(len(values)):
            now = step.apply(now)
            stages.append(now)
        return stages


FLOAT = Step("float", "whole numbers to float32")


def unit(scale: float) -> Step:
    """Return the step to [0, 1] for values of 0..``scale``."""
    return Step("divide", f"to [0, 1]: / {short(scale)}", (scale,))


def recipes(scale: float = 255.0) -> tuple[Recipe, ...]:
    """Return the chains there are by name, for pictures of 0..``scale``.

    Caffe's is for 0..255: other pictures are first brought there.
    """
    share = scale / 255
    bytes_ = () if share == 1 else (Step("divide", f"to 0..255: / {short(share)}", (share,)),)
    return (
        Recipe("none", "float32, nothing else", ()),
        Recipe("unit", "[0, 1]: torchvision's ToTensor", (unit(scale),)),
        normalised(
            "imagenet",
            "ImageNet's mean and deviation: torchvision's pretrained nets",
            IMAGENET_MEAN,
            IMAGENET_DEVIATION,
            scale,
        ),
        Recipe(
            "signed",
            "[−1, 1]: TensorFlow's MobileNet, Inception",
            (
                Step("divide", f"to [0, 2]: / {short(scale / 2)}", (scale / 2,)),
                Step("subtract", "to [−1, 1]: − 1", (1.0,)),
            ),
        ),
        Recipe(
            "caffe",
            "BGR minus ImageNet's mean, 0..255: Caffe's VGG and ResNet",
            (
                *bytes_,
                Step("reverse", "RGB to BGR"),
                Step("subtract", f"− mean {spelled(CAFFE_MEAN)}", CAFFE_MEAN),
            ),
            3,
        ),
    )


def normalised(
    name: str, words: str, mean: Sequence[float], deviation: Sequence[float], scale: float = 255.0
) -> Recipe:
    """Return the chain to (x / scale − mean) / deviation, both in 0..1 and one a channel.

    A deviation of 0 counts as 1, as the training room has it.
    """
    spread = tuple(value or 1.0 for value in deviation)
    steps = (
        unit(scale),
        Step("subtract", f"− mean {spelled(mean)}", tuple(mean)),
        Step("divide", f"/ deviation {spelled(spread)}", spread),
    )
    return Recipe(name, words, steps, len(mean))


def recipe_called(name: str, scale: float = 255.0) -> Recipe:
    """Return a chain by its name. Raises UserError."""
    known = recipes(scale)
    for recipe in known:
        if recipe.name == name:
            return recipe
    listed = ", ".join(recipe.name for recipe in known)
    raise UserError(f"no preprocessing {name[:40]!r}; give {listed}, or a data set's name")


def brief(value: float) -> str:
    """Write a number of a formula with about four digits."""
    return fitted(value, 7 if value < 0 else 6)


def spelled(numbers: Sequence[float]) -> str:
    """Write one number a channel."""
    return " ".join(f"{number:.4g}" if number < 1 else f"{number:g}" for number in numbers)


def torch_difference(recipe: Recipe, values: npt.NDArray[np.generic], result: Array) -> float:
    """Return the largest difference of ``result`` from what torch makes of ``values`` (C, H, W)."""
    import torch

    now = torch.from_numpy(np.array(values, np.float32))
    for step in recipe.steps_for(len(values)):
        numbers = torch.tensor(step.numbers).view(-1, 1, 1)
        if step.kind == "divide":
            now = now.div(numbers)
        elif step.kind == "subtract":
            now = now.sub(numbers)
        elif step.kind == "reverse":
            now = now.flip(0)
        elif step.kind == "gray":
            now = torch.einsum("c,chw->hw", torch.tensor(LUMA), now)[None]
        elif step.kind == "repeat":
            now = now.expand(3, -1, -1)
    return float((now - torch.from_numpy(np.ascontiguousarray(result))).abs().max())
