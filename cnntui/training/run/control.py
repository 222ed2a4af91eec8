"""Asks a run's worker to pause, resume, stop or change its rate: one small file a request.

Requests lie in ``RUN/control`` in the order they were made, each renamed into place whole.
"""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from cnntui.errors import UserError
from cnntui.ground.atomic_write import TEMPORARY, ensure_folder, write_whole
from cnntui.training.run.folder import CONTROL
from cnntui.training.run.locking import held

PAUSE, RESUME, STOP = "pause", "resume", "stop"
STOP_NOW = "stop-now"  # without waiting for the step's end or a checkpoint
LEARNING_RATE = "learning-rate"
KINDS = (PAUSE, RESUME, STOP, STOP_NOW, LEARNING_RATE)
EVERY = 0.1  # seconds between two looks into the folder
_LONGEST = 4096  # bytes of a request
_numbers = count()


@dataclass(frozen=True)
class Request:
    """What is asked of a worker; ``value`` is the learning rate. Raises UserError for no such."""

    kind: str
    value: float | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise UserError(f"no request {self.kind[:40]!r}; give one of {', '.join(KINDS)}")
        if self.kind == LEARNING_RATE and not _is_rate(self.value):
            raise UserError(f"{self.value} is no learning rate; give a number above 0")


def ask(path: Path, request: Request) -> None:
    """Leave a request for the run's worker. Raises UserError where nobody would read it."""
    if held(path) is None:
        raise UserError(f"{path.name} isn't running; resume it with: cnntui train --resume {path}")
    folder = ensure_folder(path / CONTROL)
    name = f"{time.time_ns():020}-{os.getpid()}-{next(_numbers):04}.json"
    text = json.dumps({"kind": request.kind, "value": request.value})
    try:
        write_whole(folder / name, lambda file: file.write_text(text))
    except OSError as error:
        raise UserError(f"{folder} can't be written: {error.strerror or error}") from error


class Requests:
    """The worker's end: looks into the folder now and then."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder, self._clock, self._looked = path / CONTROL, clock, -math.inf

    def poll(self) -> list[Request]:
        """Return and remove what was asked since, in order; what is no request is removed too."""
        now = self._clock()
        if now - self._looked < EVERY:
            return []
        self._looked = now
        requests = [_taken(path) for path in sorted(self._waiting())]
        return [request for request in requests if request]

    def _waiting(self) -> list[str]:
        try:
            with os.scandir(self._folder) as entries:
                return [one.path for one in entries if one.name.endswith(".json") and _made(one)]
        except OSError:
            return []


def _made(entry: os.DirEntry[str]) -> bool:
    return not entry.name.startswith(TEMPORARY)


def _taken(path: str) -> Request | None:
    """Read and remove a request; None where it can't be removed, lest it be obeyed for ever."""
    try:
        with open(path, "rb") as file:
            text = file.read(_LONGEST)
    except OSError:
        text = b""
    try:
        os.unlink(path)
        values = json.loads(text)
        return Request(str(values["kind"]), values.get("value"))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _is_rate(value: Any) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and 0 < value < math.inf
