"""What one training is asked to do: one frozen Config of plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from cnntui.errors import UserError

OPTIMIZERS = ("sgd", "adam", "adamw")
SCHEDULES = ("constant", "step", "cosine", "warmup-cosine", "one-cycle", "plateau")
PRECISIONS = ("auto", "fp32", "bf16")


@dataclass(frozen=True)
class Config:
    """Everything that decides a run's weights, and how it is run."""

    dataset: str = "digits"  # a name, name:option=value,…, a folder of pictures or a file
    data_dir: str = ""  # where the files of data sets lie; "" for the user's own data folder
    net: str = "digits_cnn"  # a known network, a Build file or module:callable
    net_text: str = ""  # a built network's text, so that the run needs no other file
    size: int = 0  # pixels of a picture's side; 0 for what the network was published for
    epochs: int = 30
    batch_size: int = 64  # over all processes
    optimizer: str = "adamw"  # one of OPTIMIZERS
    lr: float = 0.0  # peak learning rate; 0 for the optimizer's usual one
    momentum: float = 0.9  # of sgd
    nesterov: bool = True  # of sgd
    weight_decay: float = 1e-4  # not on norms and biases
    schedule: str = "one-cycle"  # one of SCHEDULES, over all epochs
    warmup: float = 0.1  # part of all steps in which the rate rises: warmup-cosine, one-cycle
    step_size: int = 10  # step: epochs between two falls
    gamma: float = 0.1  # step and plateau: factor of a fall
    plateau: int = 3  # plateau: epochs without a better validation loss before a fall
    label_smoothing: float = 0.0
    clip: float = 0.0  # largest norm of all gradients; 0 for no clipping
    patience: int = 0  # epochs without a better validation accuracy before stopping; 0 for never
    augment: str = ""  # flip,shift=0.1,rotate=15: augmentations with their strengths
    class_weights: bool = False  # weigh a class by the inverse of its number of examples
    average: float = 0.0  # decay of the moving average of the weights that is judged and saved
    flip_test: bool = False  # judge by the mean of a picture's and its mirror image's logits
    validation: float = 0.1  # part of the training pictures kept for validation
    seed: int = 0
    device: str = "auto"
    precision: str = "auto"  # one of PRECISIONS
    threads: int = 0  # torch's; 0 for one fewer than there are cores
    compile: bool = False  # torch.compile
    graphs: bool = False  # CUDA graphs
    deterministic: bool = True  # the same bits again: on CUDA at some cost
    log_every: float = 0.25  # seconds between two logged steps
    checkpoint_every: float = 30.0  # seconds between two checkpoints within an epoch


def as_json(config: Config) -> dict[str, Any]:
    """Return the settings as plain values."""
    return asdict(config)


def from_json(values: Mapping[str, Any]) -> Config:
    """Return the settings that ``as_json`` gave; what this version doesn't know is left out."""
    known = {field.name for field in fields(Config)}
    return checked(Config(**{name: value for name, value in values.items() if name in known}))


def checked(config: Config) -> Config:
    """Return ``config`` as it came. Raises UserError for a value that can't be trained with."""
    for field in fields(Config):
        value, default = getattr(config, field.name), field.default
        number = isinstance(default, float) and isinstance(value, int | float)
        if isinstance(value, bool) != isinstance(default, bool) or not (
            number or isinstance(value, type(default))
        ):
            raise UserError(f"{field.name} is {value!r}; give such a value as {default!r}")
    _chosen("optimizer", config.optimizer, OPTIMIZERS)
    _chosen("schedule", config.schedule, SCHEDULES)
    _chosen("precision", config.precision, PRECISIONS)
    for name, least, most in _RANGES:
        value = getattr(config, name)
        if not least <= value <= most:  # NaN too
            raise UserError(f"{name} is {value}; give {least} to {most}")
    return config


_RANGES: tuple[tuple[str, float, float], ...] = (
    ("epochs", 1, 100_000),
    ("batch_size", 1, 65_536),
    ("size", 0, 2048),
    ("lr", 0, 1000),
    ("momentum", 0, 0.9999),
    ("weight_decay", 0, 10),
    ("warmup", 0, 0.9),
    ("step_size", 1, 100_000),
    ("gamma", 0.001, 1),
    ("plateau", 1, 1000),
    ("label_smoothing", 0, 0.9),
    ("clip", 0, 1e6),
    ("patience", 0, 100_000),
    ("average", 0, 0.99999),
    ("validation", 0, 0.9),
    ("seed", 0, 2**63 - 1),
    ("threads", 0, 1024),
    ("log_every", 0, 3600),
    ("checkpoint_every", 0, 1e6),
)


def _chosen(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise UserError(f"no {name} {value[:40]!r}; give one of {', '.join(known)}")
