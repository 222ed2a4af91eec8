"""A snapshot as files of a run's checkpoints/, and back.

``last.safetensors`` and ``best.safetensors`` hold the weights for anyone to read; ``state.pt``
holds all that going on needs, the weights too, so that one rename puts it whole into place.
"""

from __future__ import annotations

import io
import pickle
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor

from cnntui.errors import UserError
from cnntui.training.events import Checkpoint
from cnntui.training.loop.job import Job
from cnntui.training.loop.snapshots import Snapshot, go_on
from cnntui.training.run.folder import CHECKPOINTS
from cnntui.training.runs import RunWriter

_BROKEN: tuple[type[Exception], ...] = (
    *(OSError, RuntimeError, ValueError, TypeError, AttributeError, LookupError, EOFError),
    *(pickle.UnpicklingError, SafetensorError),
)
STATE, LAST, BEST = "state.pt", "last.safetensors", "best.safetensors"


class Checkpoints:
    """Writes snapshots, the ends of short epochs at most once in ``every`` seconds."""

    def __init__(
        self,
        writer: RunWriter,
        every: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._writer, self._every, self._clock = writer, every, clock
        self._written = clock()
        self._best: Snapshot | None = None  # the last ones that aren't written yet
        self._last: Snapshot | None = None

    def take(self, snapshot: Snapshot) -> None:
        """Write a snapshot, or keep it until the next one or ``flush``. Raises DiskFull."""
        self._last = snapshot
        if snapshot.best:
            self._best = snapshot
        if not snapshot.ends_epoch or self._clock() - self._written >= self._every:
            self.flush()

    def flush(self) -> None:
        """Write what is kept. Raises DiskFull."""
        best, last = self._best, self._last
        if last is None:
            return
        self._best = self._last = None
        if best is not None:
            self._weights(BEST, best)
        self._weights(LAST, last)
        state = io.BytesIO()  # torch's own writing to a file hides what the system said
        torch.save(last.state, state)
        self._writer.save(STATE, lambda file: file.write_bytes(state.getbuffer()))
        self._written = self._clock()
        if best is not None and best is not last:
            self._writer.append(Checkpoint(best.step, best.epoch, best=True))
        self._writer.append(Checkpoint(last.step, last.epoch, best=best is last))

    def _weights(self, name: str, snapshot: Snapshot) -> None:
        metadata = {"step": str(snapshot.step), "epoch": str(snapshot.epoch)}
        weights = safetensors.torch.save(apart(snapshot.weights), metadata)
        self._writer.save(name, lambda file: file.write_bytes(weights))


def restore(job: Job, run: Path) -> bool:
    """Have ``job`` go on where the run's checkpoint stands; False where there is none yet.

    Raises UserError where a file is broken or of another network.
    """
    folder = run / CHECKPOINTS
    if not (folder / STATE).exists():
        return False
    try:
        state = _state(folder / STATE)
        best = safetensors.torch.load_file(folder / BEST) if (folder / BEST).exists() else None
        go_on(job, state, best)
    except _BROKEN as problem:
        raise _broken(folder, problem) from problem
    return True


def apart(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the weights contiguous and none sharing its memory: safetensors asks for both."""
    seen: set[int] = set()
    result = {}
    for name, tensor in weights.items():
        tensor = tensor.contiguous()
        if tensor.data_ptr() in seen:
            tensor = tensor.clone()
        seen.add(tensor.data_ptr())
        result[name] = tensor
    return result


def _state(path: Path) -> dict[str, Any]:
    """Read a state; nothing but plain values and tensors is taken from the file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a file that isn't torch's: it is refused anyway
        state: dict[str, Any] = torch.load(path, weights_only=True)
    return state


def _broken(folder: Path, problem: Exception) -> UserError:
    message = (str(problem).strip().splitlines() or [type(problem).__name__])[0][:160]
    if isinstance(problem, pickle.UnpicklingError | EOFError):
        message = f"its {STATE} is broken, or holds more than tensors and plain values"
    return UserError(f"{folder} can't be gone on from: {message}; start anew in another folder")
