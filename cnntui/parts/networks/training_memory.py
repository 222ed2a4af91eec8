"""What training the network on view takes, and whether a GPU has room, as a line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from cnntui.engine.tracing.memory import (
    STATES,
    Fit,
    Saved,
    TrainingMemory,
    free_bytes,
    training_memory,
)
from cnntui.engine.tracing.rows import Trace
from cnntui.errors import UserError
from cnntui.ground.lines import Line, cropped, line
from cnntui.ground.widths import cells
from cnntui.numbers import size_text

OPTIMIZERS = tuple(STATES)
LARGEST_BATCH = 1 << 20


@dataclass(frozen=True)
class Training:
    """How it would be trained: pictures a step, optimizer; the GPU's name and its free bytes."""

    batch: int = 1
    optimizer: str = "adam"
    gpu: str = ""
    free: int = 0

    def with_batch(self, batch: int) -> Self:
        """Take another batch. Raises UserError out of its limits."""
        if not 1 <= batch <= LARGEST_BATCH:
            raise UserError(f"a batch of {batch:,}: give 1 to {LARGEST_BATCH:,}")
        return replace(self, batch=batch)

    def doubled(self, up: bool) -> Self:
        """Double or halve the batch, within its limits."""
        batch = self.batch * 2 if up else self.batch // 2
        return replace(self, batch=max(1, min(batch, LARGEST_BATCH)))

    def next_optimizer(self) -> Self:
        """Take the next optimizer."""
        at = OPTIMIZERS.index(self.optimizer)
        return replace(self, optimizer=OPTIMIZERS[(at + 1) % len(OPTIMIZERS)])

    def typed(self, text: str) -> Self:
        """Take ``32``, or ``32 sgd``. Raises UserError."""
        number, _, name = text.strip().partition(" ")
        plain = number.replace(",", "").replace("_", "")
        if not plain.isdecimal() or len(plain) > 12:
            raise UserError(f"{text!r} is no batch; write 32, or 32 sgd for another optimizer")
        changed = self.with_batch(int(plain))
        if not (name := name.strip().lower()):
            return changed
        if name not in OPTIMIZERS:
            raise UserError(f"no optimizer {name!r}: give one of {', '.join(OPTIMIZERS)}")
        return replace(changed, optimizer=name)


def estimate(
    trace: Trace, saved: Saved | None, training: Training
) -> tuple[TrainingMemory | None, Fit | None]:
    """Return what a step takes and whether it fits; nothing where what is saved isn't known."""
    if saved is None:
        return None, None
    memory = training_memory(trace, saved, training.batch, optimizer=training.optimizer)
    return memory, Fit(training.gpu, memory.total, training.free) if training.gpu else None


def gpu_room(device: str) -> tuple[str, int]:
    """Return the GPU's name and its free bytes; ``("", 0)`` without one. Asks torch: in a thread.

    Raises UserError where the device isn't there.
    """
    from cnntui.engine.device import torch_device

    name = str(torch_device(device))
    free = free_bytes(name)
    return ("", 0) if free is None else (name, free)


def memory_line(trace: Trace, saved: Saved | None, training: Training, width: int) -> Line:
    """Say what training takes, in as many words as there is room for."""
    memory, fits = estimate(trace, saved, training)
    what = f"training, batch {training.batch:,}, {training.optimizer}: "
    if memory is None:
        why = "…" if trace.error is None else "not known, since the network stopped"
        return cropped(line(what + why, "dim"), width)
    total = size_text(memory.total)
    verdict, role = "", ""
    if fits is not None:
        verdict = " · fits" if fits.fits else " · does not fit"
        verdict += f" on {fits.device}, {size_text(fits.free)} free"
        role = "good" if fits.fits else "bad"
    room = width - cells(what + total + verdict)
    parts = next((text for text in _parts(memory) if cells(text) <= room), "")
    return cropped(((what, "dim"), (total, "strong"), (parts, "dim"), (verdict, role)), width)


def _parts(memory: TrainingMemory) -> list[str]:
    """Return the parts of the sum, in ever fewer words."""
    sizes = (memory.parameters, memory.gradients, memory.optimizer_state, memory.activations)
    long = ("parameters", "gradients", "optimizer", "kept activations")
    short = ("weights", "grads", "opt", "kept")
    return [
        " = "
        + " + ".join(f"{size_text(s)} {name}" for s, name in zip(sizes, names, strict=True) if s)
        for names in (long, short)
    ] + [f", {size_text(memory.activations)} of it kept activations", ""]
