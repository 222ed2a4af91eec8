"""Settings that are known to work, ready to run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from cnntui.errors import UserError
from cnntui.training.config import Config


@dataclass(frozen=True)
class Recipe:
    """Settings for one data set, and what they are for."""

    name: str
    title: str
    config: Config


def _recipe(name: str, title: str, **values: Any) -> Recipe:
    return Recipe(name, title, Config(**values))


RECIPES = (
    _recipe(
        "digits",
        "a small fast net on the 8×8 digits",
        dataset="digits",
        net="digits_cnn",
        epochs=60,
        batch_size=64,
        lr=5e-3,
        augment="shift=0.12,rotate=12,zoom=0.12,shear=8",
        label_smoothing=0.1,
        average=0.99,
    ),
    _recipe(
        "digits-fast",
        "the same net in a second: 99 % without augmentation",
        dataset="digits",
        net="digits_cnn",
        epochs=8,
        batch_size=64,
        lr=5e-3,
    ),
    _recipe(
        "digits-lenet5",
        "LeNet-5 on the digits, enlarged to 32×32",
        dataset="digits",
        net="lenet5",
        epochs=60,
        lr=3e-3,
        augment="shift=0.1,rotate=15,zoom=0.1,shear=10",
    ),
    _recipe(
        "mnist-lenet5",
        "LeNet-5 on MNIST",
        dataset="mnist",
        net="lenet5",
        epochs=10,
        batch_size=128,
        lr=3e-3,
        augment="shift=0.06,rotate=10,zoom=0.1",
    ),
    _recipe(
        "mnist",
        "the MNIST net of the course",
        dataset="mnist",
        net="mnist_cnn",
        epochs=10,
        batch_size=128,
        lr=2e-3,
    ),
    _recipe(
        "fashion",
        "the MNIST net of the course on Fashion-MNIST",
        dataset="fashion_mnist",
        net="mnist_cnn",
        epochs=15,
        batch_size=128,
        lr=2e-3,
        augment="flip,shift=0.06",
    ),
    _recipe(
        "cifar10",
        "the CIFAR net of the course, with augmentation",
        dataset="cifar10",
        net="cifar_cnn",
        epochs=30,
        batch_size=128,
        lr=3e-3,
        weight_decay=5e-4,
        label_smoothing=0.1,
        augment="flip,crop=4,cutout=0.25",
        average=0.995,
        flip_test=True,
    ),
    _recipe(
        "shapes",
        "the pooled CIFAR net on drawn shapes",
        dataset="shapes",
        net="cifar_cnn_gap",
        epochs=5,
        batch_size=128,
        lr=3e-3,
    ),
    _recipe(
        "glyphs",
        "the MNIST net of the course on letters and digits in many fonts",
        dataset="glyphs",
        net="mnist_cnn",
        epochs=5,
        batch_size=128,
        lr=2e-3,
    ),
)


def recipe(name: str) -> Recipe:
    """Return the recipe of that name. Raises UserError."""
    for one in RECIPES:
        if one.name == name:
            return one
    names = ", ".join(one.name for one in RECIPES)
    raise UserError(f"no recipe is called {name[:40]!r}; there are {names}")


def usual(dataset: str, net: str | None = None) -> Config:
    """Return the settings to begin with for a data set, and a network where one is chosen."""
    named = dataset.partition(":")[0]
    fitting = [one for one in RECIPES if one.config.dataset == named]
    own = [one for one in fitting if net is not None and one.config.net == net]
    if own or (fitting and net is None):
        return replace((own or fitting)[0].config, dataset=dataset)
    return Config(dataset=dataset, net=net or "cifar_cnn_gap")
