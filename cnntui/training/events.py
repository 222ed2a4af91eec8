"""What a training tells, one frozen dataclass a kind, and its line in the log.

A line of ``events.jsonl`` is one JSON object: ``v`` (the schema), ``event`` (the kind), ``time``
(seconds since 1970) and the fields of the kind, NaN and infinities as strings. A reader skips kinds
and fields that it doesn't know.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

SCHEMA = 1


@dataclass(frozen=True)
class Start:
    """The run begins: what it is about."""

    kind: ClassVar[str] = "start"
    dataset: str
    net: str
    classes: tuple[str, ...]
    input_shape: tuple[int, ...]  # (C, H, W)
    params: int
    epochs: int
    steps_per_epoch: int
    images: tuple[int, int, int]  # training, validation, test
    device: str  # as torch names it
    precision: str  # fp32 or bf16
    threads: int
    processes: int = 1
    mean: tuple[float, ...] = ()  # of each channel in 0..1, taken from what the network sees
    deviation: tuple[float, ...] = ()  # what that difference is divided by
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """A logged step: means over the steps since the last one."""

    kind: ClassVar[str] = "step"
    step: int  # steps done, from 1
    epoch: float  # epochs done, with its fraction
    loss: float
    accuracy: float  # 0..1, on the augmented batches
    lr: float
    images_per_second: float
    grad_norm: float | None = None  # where gradients are clipped
    gpu_memory: int | None = None  # bytes
    gpu_use: int | None = None  # per cent of the last second, where the driver tells it


@dataclass(frozen=True)
class ClassFigures:
    """Precision, recall and F1 of one class (0 where undefined), and its examples."""

    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class WrongExample:
    """A validation example that the network got most wrong."""

    index: int  # in the validation split
    label: int
    predicted: int
    probability: float  # of the predicted class
    loss: float


@dataclass(frozen=True)
class Sample:
    """A fixed validation example with what the network makes of it."""

    index: int
    label: int
    top: tuple[tuple[int, float], ...]  # (class, probability) of the up to five likeliest


@dataclass(frozen=True)
class Epoch:
    """An epoch is done and was judged on the validation data."""

    kind: ClassVar[str] = "epoch"
    epoch: int  # epochs done, from 1
    step: int
    train_loss: float
    train_accuracy: float
    val_loss: float
    val_accuracy: float
    val_top5: float
    lr: float
    seconds: float  # training alone
    images_per_second: float
    best: bool  # the best validation accuracy so far
    confusion: tuple[tuple[int, ...], ...] = ()  # [true][predicted]; up to 100 classes
    per_class: tuple[ClassFigures, ...] = ()
    wrong: tuple[WrongExample, ...] = ()
    samples: tuple[Sample, ...] = ()
    kernels: tuple[Any, ...] = ()  # of the first convolution, [out][in][row][column], up to 32


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint lies on the disk, whole."""

    kind: ClassVar[str] = "checkpoint"
    step: int
    epoch: int
    best: bool


@dataclass(frozen=True)
class Resumed:
    """The run goes on from a checkpoint: readers drop steps and epochs after ``step``."""

    kind: ClassVar[str] = "resumed"
    step: int
    epoch: int


@dataclass(frozen=True)
class Noted:
    """Something worth a line: paused, continued, another learning rate, a warning."""

    kind: ClassVar[str] = "noted"
    step: int
    what: str  # paused, continued, learning-rate, warning
    text: str


@dataclass(frozen=True)
class Failed:
    """The run can't go on: why, where, and what usually helps."""

    kind: ClassVar[str] = "failed"
    step: int
    reason: str
    advice: str = ""
    lr: float | None = None
    grad_norms: dict[str, float] = field(default_factory=dict)  # of each layer


@dataclass(frozen=True)
class Ended:
    """The run is over."""

    kind: ClassVar[str] = "ended"
    step: int
    epochs: int  # whole epochs done
    stopped: str  # finished, patience or asked
    seconds: float  # of training, over all resumptions
    images_per_second: float
    train_loss: float | None
    val_loss: float | None
    val_accuracy: float | None
    best_epoch: int | None
    test_loss: float | None = None
    test_accuracy: float | None = None
    confusion: tuple[tuple[int, ...], ...] = ()  # of the test data


Event = Start | Step | Epoch | Checkpoint | Resumed | Noted | Failed | Ended
KINDS: dict[str, type[Any]] = {
    one.kind: one for one in (Start, Step, Epoch, Checkpoint, Resumed, Noted, Failed, Ended)
}


def record_of(event: Event, time: float) -> dict[str, Any]:
    """Return the event as its line's object."""
    return {"v": SCHEMA, "event": event.kind, "time": round(time, 3), **_plain(event)}


def line_of(record: dict[str, Any]) -> bytes:
    """Return one whole line, newline included."""
    return json.dumps(record, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def number(value: Any) -> float:
    """Return the number that a line holds, "nan" and "inf" too; NaN for what is none."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if hasattr(value, "__dataclass_fields__"):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    return value
