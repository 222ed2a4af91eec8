"""Running sums of a training's loss, hits and time, on the device; read a few times a second."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import Any

import torch
from torch import Tensor

from cnntui.training.loop.processes import Processes


@dataclass(frozen=True)
class Figures:
    """Means over some steps."""

    loss: float
    accuracy: float
    images_per_second: float
    seconds: float
    grad_norm: float | None = None


class Sums:
    """Loss, hits, clipped norms, pictures and steps, summed over an epoch in the order of steps.

    The sums are never reset within an epoch, so that an epoch's figures don't depend on when they
    were looked at. On a CPU they are plain numbers: there a tensor's small steps cost most.
    """

    def __init__(self, device: torch.device, processes: Processes) -> None:
        self._kind = torch.float32 if device.type == "mps" else torch.float64
        self._device, self._processes = device, processes
        self._on_cpu = device.type == "cpu"
        self._restart([0.0] * 5)
        self._read = [0.0] * 5  # the sums of all processes when they were last read
        self._epoch_seconds = 0.0
        self._mark = perf_counter()
        self.seconds = 0.0  # of training, in all
        self.images = 0.0
        self.last_loss: float | None = None  # of the last epoch

    def start_clock(self) -> None:
        """Count the time from now on: what passed since the last reading was no training."""
        self._mark = perf_counter()

    def add(self, loss_sum: Tensor, right: Tensor, count: int, norm: Tensor | None) -> None:
        """Add a step's sum of losses, hits and pictures, all of this process; no waiting."""
        self._images += count
        values = [loss_sum, right]
        if norm is not None:
            values.append(norm)
            self._norms += 1
        if self._on_cpu:
            for place, value in enumerate(values):
                self._plain[place] += value.item()
        else:
            self._sums[: len(values)] += torch.stack([value.to(self._kind) for value in values])

    def read(self) -> Figures | None:
        """Return the means since the last reading, over all processes; None where no step was."""
        now = self._all()
        new = [after - before for after, before in zip(now, self._read, strict=True)]
        if not new[3]:
            return None
        passed = perf_counter() - self._mark
        self._mark += passed
        self._read = now
        self._epoch_seconds += passed
        self.seconds += passed
        self.images += new[3]
        return _figures(new, passed)

    def end_epoch(self) -> Figures:
        """Return the epoch's means, and start the next one's."""
        figures = _figures(self._all(), self._epoch_seconds)
        self._restart([0.0] * 5)
        self._read = [0.0] * 5
        self._epoch_seconds = 0.0
        self.last_loss = figures.loss
        return figures

    @property
    def overall(self) -> float:
        """Pictures a second over the whole training."""
        return self.images / self.seconds if self.seconds else 0.0

    def state(self) -> dict[str, Any]:
        """Return what ``restore`` needs: the sums of all processes."""
        return {
            "sums": self._all(),
            "read": list(self._read),
            "epoch_seconds": self._epoch_seconds,
            "seconds": self.seconds,
            "images": self.images,
            "last_loss": self.last_loss,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from ``state``; the first process goes on with the sums of all."""
        self._restart(state["sums"] if self._processes.first else [0.0] * 5)
        self._read = list(state["read"])
        self._epoch_seconds = state["epoch_seconds"]
        self.seconds, self.images = state["seconds"], state["images"]
        self.last_loss = state["last_loss"]

    def _restart(self, sums: list[float]) -> None:
        self._plain = sums[:3]  # loss, hits, norms
        self._images, self._norms = sums[3:]
        self._sums = torch.tensor(sums[:3], dtype=self._kind, device=self._device)

    def _all(self) -> list[float]:
        """Return loss, hits, norms, pictures and clipped steps, summed over all processes."""
        sums = self._plain if self._on_cpu else self._sums.tolist()
        own = [*sums, self._images, self._norms]
        if self._processes.count == 1:
            return own
        values: list[float] = self._processes.summed(
            torch.tensor(own, dtype=torch.float64)
        ).tolist()
        return values


def _figures(sums: list[float], seconds: float) -> Figures:
    loss, right, norm, count, steps = sums
    return Figures(
        loss / count,
        right / count,
        count / seconds if seconds else 0.0,
        seconds,
        norm / steps if steps else None,
    )
