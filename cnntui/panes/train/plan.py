"""What is known of a run before it starts: its pictures, network, memory and steps.

Knows no screen. ``facts_of`` reads the data set and imports torch: in a thread.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from cnntui.engine.tracing.memory import training_memory
from cnntui.engine.tracing.rows import Trace
from cnntui.errors import UserError
from cnntui.training.config import Config

Shape = tuple[int, int, int]  # (C, H, W)


@dataclass(frozen=True)
class Pictures:
    """A data set's name, classes, shape, and its pictures for training, validation and test."""

    title: str
    classes: int
    shape: Shape
    images: tuple[int, int, int]
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Facts:
    """What was found for the settings ``asked``; ``shape`` is what the network is given."""

    asked: Config
    pictures: Pictures
    shape: Shape
    trace: Trace
    precision: str  # what auto means here
    gpu: str = ""
    free: int = 0  # bytes
    kills: bool = False  # whether this machine ends processes at logout


@dataclass(frozen=True)
class Memory:
    """Bytes of one training: of the weights and what goes with them, of a step, of the pictures."""

    parameters: int
    gradients: int
    optimizer: int
    average: int
    activations: int
    pictures: int

    @property
    def total(self) -> int:
        """All of it."""
        weights = self.parameters + self.gradients + self.optimizer + self.average
        return weights + self.activations + self.pictures


def asked_of(config: Config) -> Config:
    """Return the part of the settings that the facts depend on, all else at its default."""
    names = "dataset", "data_dir", "validation", "seed", "net", "net_text", "size", "device"
    return replace(Config(), **{name: getattr(config, name) for name in names})


def facts_of(asked: Config, device: str = "auto") -> Facts:
    """Read the data set and trace the network. Raises UserError for what can't be trained.

    ``device`` is the one meant by auto.
    """
    from cnntui.engine.warm import warm_torch

    pictures = read_pictures(asked.dataset, asked.data_dir, asked.validation, asked.seed)
    warm_torch()
    from cnntui.training.loop.networks import usual_size

    channels, height, width = pictures.shape
    size = usual_size(asked, height)
    shape = (channels, size, size) if size else (channels, height, width)
    found = _traced(asked, pictures.classes, shape)
    return _on_device(Facts(asked, pictures, shape, found, "fp32"), device)


@lru_cache(maxsize=32)
def read_pictures(dataset: str, data_dir: str, validation: float, seed: int) -> Pictures:
    """Read a data set and keep its figures alone. Raises UserError."""
    from cnntui.datasets.naming import load_dataset

    folder = Path(data_dir) if data_dir else None
    data = load_dataset(dataset, data_dir=folder, validation=validation, seed=seed)
    images = (len(data.train), len(data.validation), len(data.test))
    if images[0] < 2:
        raise UserError(f"{data.name} has {images[0]} training pictures; two are the least")
    return Pictures(data.title, len(data.classes), data.shape, images, data.notes)


def _traced(asked: Config, classes: int, shape: Shape) -> Trace:
    """Trace the network on these pictures. Raises UserError where it isn't a classifier of them."""
    from cnntui.engine.tracing.forward import trace
    from cnntui.models.building import build_net
    from cnntui.models.naming import find_net, is_net

    if asked.net_text or not is_net(asked.net):
        return _traced_own(asked, classes, shape)
    found = trace(build_net(find_net(asked.net), classes, shape[0]), shape, name=asked.net)
    given = "x".join(map(str, shape))
    if found.error is not None:
        error = found.error
        fix = f" ({error.expected})" if error.expected else ""
        raise UserError(
            f"{asked.net} can't take pictures of {given}: {error.name} got {error.got}{fix}; "
            "another picture size may fit"
        )
    last = found.rows[-1].output_shape
    if last != (1, classes):
        raise UserError(
            f"{asked.net} gives {'x'.join(map(str, last[1:]))} a picture of {given}, and a "
            f"classifier of {classes} classes must give {classes} numbers"
        )
    return found


def _traced_own(asked: Config, classes: int, shape: Shape) -> Trace:
    """Trace a network of the user's own, whose code may raise anything. Raises UserError."""
    from cnntui.engine.tracing.forward import trace
    from cnntui.training.loop.networks import network

    try:
        return trace(network(asked, classes, shape), shape, name=asked.net)
    except UserError:
        raise
    except Exception as problem:
        said = (str(problem).strip().splitlines() or [""])[0][:160]
        raise UserError(f"{asked.net} raised {type(problem).__name__}: {said}") from problem


def _on_device(facts: Facts, device: str) -> Facts:
    from cnntui.parts.networks.training_memory import seen
    from cnntui.training.launching import logout_kills
    from cnntui.training.loop.preparing import chosen_device, chosen_precision
    from cnntui.training.loop.processes import ALONE

    named = device if facts.asked.device == "auto" else facts.asked.device
    config = replace(facts.asked, device=named)
    precision = chosen_precision(config, chosen_device(config, ALONE))
    gpu, free = seen(facts.trace, named)
    return replace(facts, precision=precision, gpu=gpu, free=free, kills=logout_kills())


def memory_of(facts: Facts, config: Config) -> Memory:
    """Return what training with these settings takes, pictures included.

    In bf16 the weights, gradients and the optimizer's numbers stay float32, the kept activations
    are half as large.
    """
    optimizer = config.optimizer
    if optimizer == "sgd" and config.momentum:
        optimizer = "sgd-momentum"
    batch = min(config.batch_size, facts.pictures.images[0])
    found = training_memory(facts.trace, batch, optimizer=optimizer)
    kept = found.activations
    if (facts.precision if config.precision == "auto" else config.precision) == "bf16":
        half = training_memory(facts.trace, batch, optimizer=optimizer, dtype="bfloat16")
        kept = half.activations
    channels, height, width = facts.shape
    return Memory(
        found.parameters,
        found.gradients,
        found.optimizer_state,
        found.parameters if config.average else 0,
        kept,
        sum(facts.pictures.images) * channels * height * width,
    )


def steps_of(pictures: int, batch: int) -> int:
    """Return the steps of an epoch: a last batch of one picture is left out, as the loop does."""
    whole, rest = divmod(pictures, batch)
    return whole + (rest >= 2 or not whole)
