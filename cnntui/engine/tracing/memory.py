"""Estimated memory for training: parameters, gradients, optimizer state and kept activations.

Not counted: the workspace of convolutions, short-lived temporaries
of the backward pass, and what the allocator rounds up.
"""

from __future__ import annotations

from dataclasses import dataclass

from cnntui.engine.tracing.rows import Trace
from cnntui.errors import UserError

STATES = {"adam": 2, "adamw": 2, "rmsprop": 1, "sgd": 0, "sgd-momentum": 1}  # numbers a parameter
SIZES = {"float64": 8, "float32": 4, "bfloat16": 2, "float16": 2}


@dataclass(frozen=True)
class Saved:
    """Bytes that autograd saves in training: of one sample, and whatever the batch.

    The latter are batch statistics.
    """

    each: int
    fixed: int = 0

    def of(self, batch: int) -> int:
        """Return the bytes saved of a batch."""
        return self.each * batch + self.fixed


@dataclass(frozen=True)
class TrainingMemory:
    """Bytes that one training step of a batch needs."""

    batch: int
    optimizer: str
    dtype: str
    parameters: int  # and buffers
    gradients: int
    optimizer_state: int
    activations: int  # kept from the forward for the backward pass, the input included

    @property
    def total(self) -> int:
        """All of it."""
        return self.parameters + self.gradients + self.optimizer_state + self.activations


@dataclass(frozen=True)
class Fit:
    """Whether a step fits on a GPU, by the memory that is free now."""

    device: str
    needed: int
    free: int

    @property
    def fits(self) -> bool:
        """Whether the free memory is enough."""
        return self.needed <= self.free


def training_memory(
    trace: Trace, saved: Saved, batch: int, *, optimizer: str = "adam", dtype: str = "float32"
) -> TrainingMemory:
    """Estimate the memory of one training step of ``batch`` samples, all of it in ``dtype``.

    ``saved`` is what autograd saves of the network; see ``saved_bytes``. The trace is taken to be
    of float32 numbers; gradients and optimizer state are counted for trainable parameters alone.
    Raises UserError for an unknown optimizer or dtype or a batch below 1.
    """
    if optimizer not in STATES:
        raise UserError(f"no optimizer {optimizer!r}: give one of {', '.join(STATES)}")
    if dtype not in SIZES:
        raise UserError(f"no dtype {dtype!r}: give one of {', '.join(SIZES)}")
    if batch < 1:
        raise UserError(f"a batch of {batch}: give 1 or more")
    size = SIZES[dtype]

    def scaled(size32: int) -> int:
        return size32 * size // 4

    trainable = scaled(trace.trainable_bytes)
    return TrainingMemory(
        batch,
        optimizer,
        dtype,
        scaled(trace.parameter_bytes + trace.buffer_bytes),
        trainable,
        STATES[optimizer] * trainable,
        scaled(saved.of(batch)),
    )


def free_bytes(device: str) -> int | None:
    """Return the memory that is free on a CUDA device now; None where there is no such device."""
    import torch

    if not device.startswith("cuda") or not torch.cuda.is_available():
        return None
    return torch.cuda.mem_get_info(torch.device(device))[0]
