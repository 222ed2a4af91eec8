"""The process that trains: ``python -m cnntui.training.worker RUN``, or under torchrun.

It needs nobody: it lives on when the app or the terminal ends, and takes its orders from the run's
control folder. SIGTERM and SIGINT ask it to stop at the next step; a second SIGINT ends it at once.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnntui.errors import UserError
from cnntui.training.config import Config, as_json
from cnntui.training.events import Ended, Event, Failed, Resumed
from cnntui.training.run.folder import EVENTS, is_run

if TYPE_CHECKING:
    from cnntui.training.loop.job import Job
    from cnntui.training.loop.processes import Processes
    from cnntui.training.runs import RunWriter

FINISHED, FAILED, WRONG, STOPPED = 0, 1, 2, 130


def main(argv: list[str] | None = None) -> int:
    """Train the run that the arguments name or describe; return the exit code."""
    from cnntui.training.options import worker_request

    try:
        run, config, nice = worker_request(sys.argv[1:] if argv is None else argv)
        if hasattr(signal, "SIGHUP"):
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
        if nice:
            os.nice(nice)
        return code_of(train(run, config))
    except UserError as problem:
        print(f"cnntui: {problem}", file=sys.stderr)
        return _gone(WRONG)


def train(
    run: Path,
    config: Config,
    on_event: Callable[[Event], object] = lambda event: None,
    ready: Callable[[Job], object] = lambda job: None,
) -> Ended | Failed:
    """Train in this process what ``config`` describes, or go on with the run where it stands.

    ``on_event`` hears every event, ``ready`` the job before its first step. Raises UserError,
    which a run that is there already keeps as its ending.
    """
    import torch

    from cnntui.training.fitting import Broken
    from cnntui.training.loop.processes import joined, left

    processes = joined(config.device != "cpu" and torch.cuda.is_available())
    try:
        last = _trained(run, config, processes, on_event, ready)
    except Broken as problem:
        print(f"cnntui: {problem}", file=sys.stderr)
        _gone(FAILED)
        raise
    left(processes)
    return last


def _gone(code: int) -> int:
    """Return the exit code; among several processes end at once, since the others may wait."""
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        sys.stderr.flush()
        os._exit(code)  # torchrun then ends the others
    return code


def _trained(
    run: Path,
    config: Config,
    processes: Processes,
    on_event: Callable[[Event], object],
    ready: Callable[[Job], object],
) -> Ended | Failed:
    begun = (run / EVENTS).exists() and (run / EVENTS).stat().st_size > 0
    writer = None
    try:
        if is_run(run):  # else nothing is left behind by a request that can't be met
            writer = _opened(run, config, processes)
        job = _prepared(run, config, processes, writer)
        if writer is None:
            writer = _opened(run, config, processes)
        if writer is not None and begun and not job.resumed:
            writer.append(Resumed(0, 0))
        ready(job)
        return _worked(job, run, writer, on_event)
    finally:
        if writer is not None:
            writer.close()


def code_of(last: Ended | Failed) -> int:
    """Return the exit code: 0 finished, 130 stopped, 1 failed."""
    if isinstance(last, Failed):
        return FAILED
    return STOPPED if last.stopped == "asked" else FINISHED


def _opened(run: Path, config: Config, processes: Processes) -> RunWriter | None:
    """Open the run in the process that writes; its settings hold the threads it is bound to."""
    from cnntui.training.cores import threads
    from cnntui.training.runs import RunWriter

    if not processes.first:
        return None
    bound = replace(config, threads=threads(config.threads, processes.count))
    return RunWriter(run, as_json(bound))


def _prepared(run: Path, config: Config, processes: Processes, writer: RunWriter | None) -> Job:
    from cnntui.training.checkpoints import restore
    from cnntui.training.loop.preparing import job_from

    try:
        job = job_from(config, processes)
        restore(job, run)
        return job
    except Exception as problem:  # a stranger's network may raise anything
        if writer is not None:
            writer.append(Failed(0, str(problem) or type(problem).__name__))
        raise


def _worked(
    job: Job, run: Path, writer: RunWriter | None, on_event: Callable[[Event], object]
) -> Ended | Failed:
    from cnntui.training.fitting import work
    from cnntui.training.listening import RunBeats

    config = job.config
    alive = (lambda: None) if writer is None else writer.beat
    beats = RunBeats(run, config.log_every, config.checkpoint_every, job.processes, alive)
    before = _listen(beats)
    try:
        return work(job, writer, beats, on_event)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _listen(beats: Any) -> dict[int, Any]:
    """Let SIGTERM and SIGINT ask for the end at the next step; return what they did before."""

    def stop(number: int, frame: Any) -> None:
        if beats.stopped and number == signal.SIGINT:
            os._exit(STOPPED)  # the last checkpoint is whole, the log is flushed line by line
        beats.stopped = True

    if threading.current_thread() is not threading.main_thread():
        return {}
    return {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}


if __name__ == "__main__":
    sys.exit(main())
