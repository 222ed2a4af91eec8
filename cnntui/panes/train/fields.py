"""The fields of the set-up form: their groups, words and steps; knows no screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from cnntui.numbers import short
from cnntui.training.config import OPTIMIZERS, PRECISIONS, SCHEDULES, Config
from cnntui.training.launching import NICE
from cnntui.training.loop.schedules import peak_rate

Value = str | int | float | bool
DATA, NETWORK, LEARNING, MACHINE = "Data", "Network", "Learning", "Machine"
DEFAULTS: dict[str, Any] = {field.name: field.default for field in fields(Config)} | {"nice": NICE}
LARGEST_NICE = 19


def decades(low: int, high: int, digits: str = "125") -> tuple[float, ...]:
    """Return 1, 2 and 5 times each power of ten, 10^low to 10^high."""
    found = [float(f"{digit}e{power}") for power in range(low, high) for digit in digits]
    return (*found, float(f"1e{high}"))


def _always(_: Config) -> bool:
    return True


@dataclass(frozen=True)
class FormField:
    """One line of the form.

    ``steps`` are what left and right go through: choices in a ring, numbers up and down. ``zero``
    is the word for 0 or an empty text; ``only`` tells where the field matters.
    """

    name: str  # of Config, or nice
    label: str
    group: str
    words: str
    steps: tuple[Value, ...] = ()
    zero: str = ""
    only: Callable[[Config], bool] = _always

    @property
    def default(self) -> Value:
        """What the field is where nothing is said."""
        value: Value = DEFAULTS[self.name]
        return value

    @property
    def is_choice(self) -> bool:
        """Whether it is one of a few words."""
        return bool(self.steps) and isinstance(self.default, str) and self.name != "augment"


def _of_sgd(config: Config) -> bool:
    return config.optimizer == "sgd"


def _scheduled(*names: str) -> Callable[[Config], bool]:
    return lambda config: config.schedule in names


COUNTS = tuple(int(n) for n in (*decades(0, 1, "123456"), *decades(1, 3, "1235")))
PARTS = (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)
AUGMENTS = (
    "",
    "flip=0.5",
    "zoom=0.1,rotate=10,shift=0.1",
    "flip=0.5,crop=4",
    "flip=0.5,crop=4,cutout=0.25",
)

FIELDS = (
    FormField("dataset", "data set", DATA, "enter lists what is on this disk"),
    FormField("data_dir", "data folder", DATA, "where files of data sets lie", zero="usual"),
    FormField(
        "size",
        "picture size",
        DATA,
        "pixels of a side",
        (0, 8, 16, 24, 28, 32, 48, 64, 96, 128, 160, 192, 224, 256, 320, 384, 512),
        "net's own",
    ),
    FormField("validation", "validation", DATA, "part of training kept to judge by", PARTS),
    FormField("augment", "augmentation", DATA, "enter lists them", AUGMENTS, "none"),
    FormField("net", "network", NETWORK, "dropout as the network has it"),
    FormField("epochs", "epochs", LEARNING, "times every picture is seen", COUNTS),
    FormField(
        "batch_size",
        "batch",
        LEARNING,
        "pictures a step",
        tuple(2**power for power in range(17)),
    ),
    FormField("optimizer", "optimizer", LEARNING, "what takes the steps", OPTIMIZERS),
    FormField("lr", "learning rate", LEARNING, "the highest", decades(-6, 1), "usual"),
    FormField(
        "momentum",
        "momentum",
        LEARNING,
        "of sgd",
        (0.0, 0.5, 0.8, 0.9, 0.95, 0.99),
        "none",
        _of_sgd,
    ),
    FormField("nesterov", "nesterov", LEARNING, "sgd looks ahead", only=_of_sgd),
    FormField("schedule", "schedule", LEARNING, "of the learning rate", SCHEDULES),
    FormField(
        "warmup",
        "warm-up",
        LEARNING,
        "part of all steps, rising",
        (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5),
        "none",
        _scheduled("warmup-cosine", "one-cycle"),
    ),
    FormField(
        "step_size", "fall after", LEARNING, "epochs", COUNTS[:-6], only=_scheduled("step")
    ),
    FormField(
        "plateau", "fall after", LEARNING, "worse epochs", COUNTS[:-6], only=_scheduled("plateau")
    ),
    FormField(
        "gamma",
        "fall by",
        LEARNING,
        "factor of a fall",
        (0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9),
        only=_scheduled("step", "plateau"),
    ),
    FormField(
        "weight_decay",
        "weight decay",
        LEARNING,
        "not on norms and biases",
        (0.0, *decades(-6, 0)),
        "none",
    ),
    FormField(
        "label_smoothing",
        "label smoothing",
        LEARNING,
        "part given to other classes",
        (0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3),
        "none",
    ),
    FormField(
        "clip", "clipping", LEARNING, "largest gradient norm", (0.0, *decades(-1, 2)), "none"
    ),
    FormField(
        "average",
        "averaging",
        LEARNING,
        "decay of the weights' mean",
        (0.0, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9999),
        "none",
    ),
    FormField(
        "patience",
        "patience",
        LEARNING,
        "epochs without a better one",
        (0, *COUNTS[:-6]),
        "no early stop",
    ),
    FormField("class_weights", "class weights", LEARNING, "weigh rare classes more"),
    FormField("flip_test", "flip test", LEARNING, "judge with the mirror image"),
    FormField(
        "device", "device", MACHINE, "or cuda:1, …", ("auto", "cpu", "cuda", "mps"), "auto"
    ),
    FormField("precision", "precision", MACHINE, "auto: bf16 on a GPU", PRECISIONS),
    FormField(
        "threads",
        "threads",
        MACHINE,
        "of torch",
        (0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64),
        "all cores but one",
    ),
    FormField("nice", "nice", MACHINE, "how far it stands back, 0 to 19", (0, 5, 10, 15, 19)),
    FormField("compile", "compile", MACHINE, "torch.compile: slower start"),
    FormField("graphs", "graphs", MACHINE, "CUDA graphs, by torch.compile"),
    FormField(
        "seed", "seed", MACHINE, "of weights, order, chance", tuple(range(10))
    ),
)  # fmt: skip
FIELD_OF = {field.name: field for field in FIELDS}

CHOICE_WORDS = {
    "sgd": "momentum on the plain gradient; usual rate 0.1",
    "adam": "each weight its own step; usual rate 0.001",
    "adamw": "adam with weight decay beside the gradient; usual rate 0.001",
    "constant": "the same rate all the time",
    "step": "falls by a factor every few epochs",
    "cosine": "falls along half a cosine to 0",
    "warmup-cosine": "rises in a straight line first, then falls along a cosine",
    "one-cycle": "rises from 1/25 and falls to almost 0, along cosines",
    "plateau": "falls when the validation loss no longer does",
    "auto": "what this machine does best",
    "fp32": "32-bit floats throughout",
    "bf16": "16-bit activations, 32-bit weights",
    "cpu": "the processor",
    "cuda": "the first NVIDIA GPU",
    "mps": "the GPU of a Mac",
}


def fields_of(config: Config) -> tuple[FormField, ...]:
    """Return the fields that matter with these settings, in order."""
    return tuple(field for field in FIELDS if field.only(config))


def stepped(field: FormField, value: Value, by: int) -> Value:
    """Return the value one step up or down: choices in a ring, numbers to the next of a ladder."""
    if isinstance(field.default, bool):
        return not value
    steps: tuple[Any, ...] = field.steps
    if isinstance(field.default, str):
        if not steps:
            return value
        at = steps.index(value) if value in steps else -1
        ring: Value = steps[(at + by) % len(steps)] if at >= 0 or by > 0 else steps[-1]
        return ring
    further = [step for step in steps if (step > value if by > 0 else step < value)]
    if not further:
        return value
    nearest: Value = min(further) if by > 0 else max(further)
    return nearest


def value_text(field: FormField, value: Value, config: Config) -> str:
    """Write a value as the form shows it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if field.name == "lr" and not value:
        return f"{short(peak_rate(config))}, usual"
    if not value and field.zero:
        return field.zero
    if field.name == "dataset" or isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return f"{value:,}" if field.name != "seed" else str(value)
    return short(value)
