"""What is known of a run before it starts: its pictures, network, memory and steps.

``forecast_of`` reads the data set and imports torch: in a thread.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path

from cnntui.engine.tracing.memory import Saved, training_memory
from cnntui.engine.tracing.rows import Trace
from cnntui.errors import UserError
from cnntui.training.config import Config

Shape = tuple[int, int, int]  # (C, H, W)


@dataclass(frozen=True)
class DatasetFigures:
    """A data set's name, classes, shape, and its pictures for training, validation and test."""

    title: str
    classes: int
    shape: Shape
    images: tuple[int, int, int]
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Forecast:
    """What the settings ``basis`` come to; ``shape`` is what the network is given."""

    basis: Config
    pictures: DatasetFigures
    shape: Shape
    trace: Trace
    saved: Saved
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


def basis_of(config: Config) -> Config:
    """Return the part of the settings that the forecast depends on, all else at its default."""
    names = "dataset", "data_dir", "validation", "seed", "net", "net_text", "size", "device"
    return replace(Config(), **{name: getattr(config, name) for name in names})


def forecast_of(basis: Config, device: str = "auto") -> Forecast:
    """Read the data set and trace the network. Raises UserError for what can't be trained.

    ``device`` is the one meant by auto.
    """
    from cnntui.engine.warm import warm_torch

    pictures = read_pictures(basis.dataset, basis.data_dir, basis.validation, basis.seed)
    warm_torch()
    from cnntui.training.loop.networks import usual_size

    channels, height, width = pictures.shape
    size = usual_size(basis, height)
    shape = (channels, size, size) if size else (channels, height, width)
    known = _traced(basis, pictures.classes, shape)
    return _on_device(Forecast(basis, pictures, shape, *known, "fp32"), device)


@lru_cache(maxsize=32)
def read_pictures(dataset: str, data_dir: str, validation: float, seed: int) -> DatasetFigures:
    """Read a data set and keep its figures alone. Raises UserError."""
    from cnntui.datasets.naming import load_dataset

    folder = Path(data_dir) if data_dir else None
    data = load_dataset(dataset, data_dir=folder, validation=validation, seed=seed)
    images = (len(data.train), len(data.validation), len(data.test))
    if images[0] < 2:
        raise UserError(f"{data.name} has {images[0]} training pictures; two are the least")
    return DatasetFigures(data.title, len(data.classes), data.shape, images, data.notes)


def _traced(basis: Config, classes: int, shape: Shape) -> tuple[Trace, Saved]:
    """Trace the network on these pictures, both ways. Raises UserError where it isn't a classifier of them."""
    from cnntui.engine.tracing.backward import saved_bytes
    from cnntui.engine.tracing.forward import trace
    from cnntui.models.building import build_net
    from cnntui.models.naming import find_net, is_net

    if basis.net_text or not is_net(basis.net):
        return _traced_own(basis, classes, shape)
    model = build_net(find_net(basis.net), classes, shape[0])
    network = trace(model, shape, name=basis.net)
    given = "x".join(map(str, shape))
    error = network.error
    if error is not None:
        fix = f" ({error.expected})" if error.expected else ""
        raise UserError(
            f"{basis.net} can't take pictures of {given}: {error.name} got {error.got}{fix}; "
            "another picture size may fit"
        )
    last = network.rows[-1].output_shape
    if last != (1, classes):
        raise UserError(
            f"{basis.net} gives {'x'.join(map(str, last[1:]))} a picture of {given}, and a "
            f"classifier of {classes} classes must give {classes} numbers"
        )
    return network, saved_bytes(model, network)


def _traced_own(basis: Config, classes: int, shape: Shape) -> tuple[Trace, Saved]:
    """Trace a network of the user's own, whose code may raise anything. Raises UserError."""
    from cnntui.engine.tracing.backward import saved_bytes
    from cnntui.engine.tracing.forward import trace
    from cnntui.training.loop.networks import network

    try:
        model = network(basis, classes, shape)
        traced = trace(model, shape, name=basis.net)
        return traced, saved_bytes(model, traced)
    except UserError:
        raise
    except Exception as problem:
        message = (str(problem).strip().splitlines() or [""])[0][:160]
        raise UserError(f"{basis.net} raised {type(problem).__name__}: {message}") from problem


def _on_device(forecast: Forecast, device: str) -> Forecast:
    from cnntui.parts.networks.training_memory import gpu_room
    from cnntui.training.launching import logout_kills
    from cnntui.training.loop.preparing import chosen_device, chosen_precision
    from cnntui.training.loop.processes import ALONE

    named = device if forecast.basis.device == "auto" else forecast.basis.device
    config = replace(forecast.basis, device=named)
    precision = chosen_precision(config, chosen_device(config, ALONE))
    gpu, free = gpu_room(named)
    return replace(forecast, precision=precision, gpu=gpu, free=free, kills=logout_kills())


def memory_of(forecast: Forecast, config: Config) -> Memory:
    """Return what training with these settings takes, pictures included.

    In bf16 the weights, gradients and the optimizer's numbers stay float32, the kept activations
    are half as large.
    """
    optimizer = config.optimizer
    if optimizer == "sgd" and config.momentum:
        optimizer = "sgd-momentum"
    batch = min(config.batch_size, forecast.pictures.images[0])
    asked = partial(training_memory, forecast.trace, forecast.saved, batch, optimizer=optimizer)
    sizes = asked()
    precision = forecast.precision if config.precision == "auto" else config.precision
    kept = asked(dtype="bfloat16") if precision == "bf16" else sizes
    channels, height, width = forecast.shape
    return Memory(
        sizes.parameters,
        sizes.gradients,
        sizes.optimizer_state,
        sizes.parameters if config.average else 0,
        kept.activations,
        sum(forecast.pictures.images) * channels * height * width,
    )


def steps_of(pictures: int, batch: int) -> int:
    """Return the steps of an epoch: a last batch of one picture is left out, as the loop does."""
    whole, rest = divmod(pictures, batch)
    return whole + (rest >= 2 or not whole)
