"""The fields of the set-up form: what it needs of a setting beside its option."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from cnntui.numbers import short
from cnntui.training.config import OPTIMIZERS, PRECISIONS, SCHEDULES, Config
from cnntui.training.launching import NICE
from cnntui.training.loop.schedules import peak_rate
from cnntui.training.options import DEFAULTS, OPTIONS, SWITCHES

Value = str | int | float | bool
DATA, NETWORK, LEARNING, MACHINE = "Data", "Network", "Learning", "Machine"
LARGEST_NICE = 19


def decades(low: int, high: int, digits: str = "125") -> tuple[float, ...]:
    """Return 1, 2 and 5 times each power of ten, 10^low to 10^high."""
    steps = [float(f"{digit}e{power}") for power in range(low, high) for digit in digits]
    return (*steps, float(f"1e{high}"))


def _always(_: Config) -> bool:
    return True


@dataclass(frozen=True)
class FormField:
    """One line of the form.

    ``steps`` are what left and right go through: choices in a ring, numbers up and down. ``zero``
    is the word for 0 or an empty text; ``words`` are the option's help where none are given;
    ``only`` tells where the field matters.
    """

    name: str  # of Config, or nice
    label: str
    steps: tuple[Value, ...] = ()
    zero: str = ""
    words: str = ""
    only: Callable[[Config], bool] = _always
    group: str = ""

    @property
    def default(self) -> Value:
        """What the field is where nothing is said."""
        value: Value = NICE if self.name == "nice" else DEFAULTS[self.name]
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
WAITS = COUNTS[:-6]
SIZES = (0, 8, 16, 24, 28, 32, 48, 64, 96, 128, 160, 192, 224, 256, 320, 384, 512)
PARTS = (0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)
AUGMENTS = (
    "",
    "flip=0.5",
    "zoom=0.1,rotate=10,shift=0.1",
    "flip=0.5,crop=4",
    "flip=0.5,crop=4,cutout=0.25",
)

_FORM: dict[str, tuple[FormField, ...]] = {
    DATA: (
        FormField("dataset", "data set", words="enter lists what is on this disk"),
        FormField("data_dir", "data folder", zero="usual", words="where files of data sets lie"),
        FormField("size", "picture size", SIZES, "net's own", "pixels of a side"),
        FormField("validation", "validation", PARTS, words="part of training kept to judge by"),
        FormField("augment", "augmentation", AUGMENTS, "none", "enter lists them"),
    ),
    NETWORK: (FormField("net", "network", words="dropout as the network has it"),),
    LEARNING: (
        FormField("epochs", "epochs", COUNTS),
        FormField("batch_size", "batch", tuple(2**power for power in range(17))),
        FormField("optimizer", "optimizer", OPTIMIZERS, words="what takes the steps"),
        FormField("lr", "learning rate", decades(-6, 1), "usual", "the highest"),
        FormField("momentum", "momentum", (0.0, 0.5, 0.8, 0.9, 0.95, 0.99), "none", only=_of_sgd),
        FormField("nesterov", "nesterov", words="sgd looks ahead", only=_of_sgd),
        FormField("schedule", "schedule", SCHEDULES, words="of the learning rate"),
        FormField("warmup", "warm-up", (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5), "none", "part of all steps, rising", _scheduled("warmup-cosine", "one-cycle")),
        FormField("step_size", "fall after", WAITS, words="epochs", only=_scheduled("step")),
        FormField("plateau", "fall after", WAITS, words="worse epochs", only=_scheduled("plateau")),
        FormField("gamma", "fall by", (0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9), words="factor of a fall", only=_scheduled("step", "plateau")),
        FormField("weight_decay", "weight decay", (0.0, *decades(-6, 0)), "none"),
        FormField("label_smoothing", "label smoothing", (0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3), "none", "part given to other classes"),
        FormField("clip", "clipping", (0.0, *decades(-1, 2)), "none", "largest gradient norm"),
        FormField("average", "averaging", (0.0, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995, 0.9999), "none", "decay of the weights' mean"),
        FormField("patience", "patience", (0, *WAITS), "no early stop", "epochs without a better one"),
        FormField("class_weights", "class weights"),
        FormField("flip_test", "flip test", words="judge with the mirror image"),
    ),
    MACHINE: (
        FormField("device", "device", ("auto", "cpu", "cuda", "mps"), "auto", "or cuda:1, …"),
        FormField("precision", "precision", PRECISIONS, words="auto: bf16 on a GPU"),
        FormField("threads", "threads", (0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64), "all cores but one", "of torch"),
        FormField("nice", "nice", (0, 5, 10, 15, 19), words="how far it stands back, 0 to 19"),
        FormField("compile", "compile", words="torch.compile: slower start"),
        FormField("graphs", "graphs"),
        FormField("seed", "seed", tuple(range(10)), words="of weights, order, chance"),
    ),
}  # fmt: skip
HELP = {option.dest: option.help or "" for option in (*OPTIONS, *SWITCHES)}
FIELDS = tuple(
    replace(field, group=group, words=field.words or HELP[field.name])
    for group, lines in _FORM.items()
    for field in lines
)
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
