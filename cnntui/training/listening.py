"""What is asked of a training, step by step: the clock, the run's control folder, signals.

The first of several processes listens, and tells the others what to do after each step.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import torch

from cnntui.training.loop.loop import NOTHING, Beat
from cnntui.training.loop.processes import Processes
from cnntui.training.run.control import Requests

LISTEN = 0.1  # seconds between two looks at what is asked
PAUSED = 2.0  # seconds after which the other processes are told that it is still a pause


class RunBeats:
    """Beats from the clock and from the run's control folder; the same in every process."""

    def __init__(
        self,
        run: Path,
        log_every: float,
        save_every: float,
        processes: Processes,
        alive: Callable[[], object] = lambda: None,
    ) -> None:
        """``alive`` is called now and then while the run is paused."""
        self._requests = Requests(run) if processes.first else None
        self._log_every, self._save_every = log_every, save_every
        self._processes, self._alive = processes, alive
        self._logged = self._saved = self._listened = time.monotonic()
        self.stopped = False  # a signal asked for the end

    def beat(self) -> Beat:
        """Return what is to be done after this step."""
        return self._shared(self._next() if self._processes.first else NOTHING)

    def wait(self) -> Beat:
        """Return what is asked while paused; after a while that it still is a pause."""
        beat = Beat(pause=True)
        if self._processes.first:
            until = time.monotonic() + PAUSED
            while beat == Beat(pause=True) and time.monotonic() < until:
                time.sleep(LISTEN)
                beat = self._requested(paused=True)
            self._alive()
        return self._shared(beat)

    def _next(self) -> Beat:
        now = time.monotonic()
        log = now - self._logged >= self._log_every
        save = now - self._saved >= self._save_every
        self._logged = now if log else self._logged
        self._saved = now if save else self._saved
        if now - self._listened < LISTEN and not self.stopped:
            return Beat(log, save) if log or save else NOTHING
        self._listened = now
        requested = self._requested(paused=False)
        return Beat(log, save, requested.pause, requested.stop, requested.lr)

    def _requested(self, paused: bool) -> Beat:
        """Return what the requests come to, the later over the earlier."""
        stop, pause, lr = self.stopped, paused, None
        for request in self._requests.poll() if self._requests else ():
            match request.kind:
                case "pause":
                    pause = True
                case "resume":
                    pause = False
                case "learning-rate":
                    lr = request.value
                case "stop":
                    stop = True
                case "stop-now":
                    os._exit(130)  # the last checkpoint is whole, and so is every line of the log
        return Beat(pause=pause and not stop, stop=stop, lr=lr)

    def _shared(self, beat: Beat) -> Beat:
        if self._processes.count == 1:
            return beat
        lr = -1.0 if beat.lr is None else beat.lr
        values = torch.tensor([beat.log, beat.save, beat.pause, beat.stop, lr], dtype=torch.float64)
        values = self._processes.from_first(values)
        log, save, pause, stop = (bool(word) for word in values[:4])
        return Beat(log, save, pause, stop, None if values[4] < 0 else float(values[4]))
