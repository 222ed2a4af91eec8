"""The first curve of a long run, and keys while a training has the cores."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from itertools import cycle
from math import exp
from pathlib import Path
from statistics import median

from cnntui.training.config import Config, as_json
from cnntui.training.events import Start, Step, line_of, record_of
from cnntui.training.launching import launch
from cnntui.training.run.folder import EVENTS, write_config
from tests.bench.commands import CNNTUI, LABEL
from tests.bench.figures import Figure, percentile
from tests.bench.terminals import SILENCE, Program

EVENTS_OF_A_LONG_RUN = 1_000_000
KEYS, WARM_UP = 120, 20
DRAWN = "[\u2801-\u28ff]"  # a cell of braille with dots in it


def figures() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        run = long_run(Path(folder) / "long")
        times = [first_curve(run) for _ in range(3)]
        what = "first curve of a run of 1,000,000 events"
        yield Figure(what, median(times) * 1000, None, "ms", 2000, relative=False)
        whole = [all_of_it(run) for _ in range(2)]
        what = "all of its curve"
        yield Figure(what, median(whole) * 1000, None, "ms", 4000, relative=False, binding=False)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_STATE_HOME"] = folder
        for pane, command, keys in (
            ("Watch", (CNNTUI, "watch"), "jk"),
            ("Convolution", (CNNTUI, "conv", "--input", "random:1:32,32"), "l"),
        ):
            busy, label = while_training(Path(folder) / "cnntui" / "runs" / pane, command, keys)
            what = f"{pane}, key p95 while a training has the cores"
            yield Figure(what, busy, None, "ms", 30, relative=False)
            yield Figure(f"{what}: one label", label, None, "ms", 30, relative=False, binding=False)


def long_run(path: Path) -> Path:
    """Write a run of a million logged steps."""
    path.mkdir(parents=True)
    write_config(path, as_json(Config()))
    count = EVENTS_OF_A_LONG_RUN
    start = Start("digits", "lenet5", ("0", "1"), (1, 32, 32), 61706, 100, count // 100, (1, 1, 1),
                  "cpu", "fp32", 1)  # fmt: skip
    with (path / EVENTS).open("wb") as log:
        log.write(line_of(record_of(start, 0.0)))
        for n in range(1, count + 1):
            loss = 2.3 * exp(-5 * n / count) * (1 + 0.1 * (n * 7919 % 13) / 13)
            step = Step(n, n * 100 / count, loss, 1 - loss / 3, 1e-3, 15000.0)
            log.write(line_of(record_of(step, n * 0.01)))
    return path


def first_curve(run: Path) -> float:
    """Return the seconds until dots of a curve are on the screen."""
    with Program((CNNTUI, "watch", str(run))) as program:
        return program.shown(DRAWN)


def all_of_it(run: Path) -> float:
    """Return the seconds until the axis reaches the last step."""
    with Program((CNNTUI, "watch", str(run))) as program:
        return program.shown(r"1 M|1,000,000|1000 k")


def while_training(run: Path, command: tuple[str, ...], keys: str) -> tuple[float, float]:
    """Return the p95 of keys in a pane, and in an app of one label, beside a worker."""
    config = Config(dataset="shapes", net="cifar_cnn", epochs=1000, checkpoint_every=5)
    write_config(run, as_json(config))
    launch(run)
    try:
        while b'"step"' not in ((run / EVENTS).read_bytes() if (run / EVENTS).exists() else b""):
            time.sleep(0.2)
        with Program(command) as ours, Program(LABEL) as label:
            ours.shown(DRAWN if "watch" in command else r"torch (cpu|cuda|mps)")
            label.shown("pressed")
            return pressed(ours, keys), pressed(label, "l")
    finally:
        from cnntui.training.run.locking import held

        holder = held(run)
        if holder is not None:
            os.kill(holder.pid, 9)


def pressed(program: Program, keys: str) -> float:
    """Return the p95 of the times that keys take, after a pause each."""
    program.settled()
    sequence = cycle(keys)
    times = [program.press(next(sequence), SILENCE)[0] for _ in range(WARM_UP + KEYS)]
    return percentile(times[WARM_UP:], 0.95)
