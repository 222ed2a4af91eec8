"""A network's rows, edges and receptive fields on meta, beside torchinfo's module rows."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from tests.bench.commands import PYTHON, ROOT
from tests.bench.figures import Action, Figure, interleaved, medians

NETS = ("resnet152", "efficientnet_b0", "densenet121")
REPEATS = 15
RUNS = 3  # processes whose memory is read
MEMORY = 20.0  # MiB above the built meta model


def figures() -> Iterator[Figure]:
    known = find_spec("torchinfo") is not None
    if not known:
        print("torchinfo is not installed: no reference", file=sys.stderr)
    for name in NETS:
        yield against_torchinfo(name) if known else alone(name)
    for name in NETS:
        what = f"{name}: peak memory above the built model"
        warm, cold = (median(grown(name, how) for _ in range(RUNS)) for how in ("warm", "cold"))
        yield Figure(what, warm, None, "MiB", MEMORY, relative=False)
        # torch's own imports at the first call on meta, whoever makes it
        what = f"{name}: the same, torch's imports for meta included"
        yield Figure(what, cold, None, "MiB", 100, relative=False, binding=False)


def against_torchinfo(name: str) -> Figure:
    """Both on the same model and the same input, which is a meta tensor already."""
    ours, theirs = actions(name)
    taken = interleaved(ours, theirs, REPEATS, 3, time.process_time)
    return Figure(f"{name}: table beside torchinfo (CPU)", *medians(taken), unit="ms", limit=1.0)


def alone(name: str) -> Figure:
    ours, _ = actions(name)
    taken, _ = medians(interleaved(ours, lambda: None, REPEATS, 3, time.process_time))
    what = f"{name}: table (CPU); torchinfo is not installed"
    return Figure(what, taken, None, "ms", float("inf"), relative=False, binding=False)


def actions(name: str) -> tuple[Action, Action]:
    """Return our table and torchinfo's statistics of every module; neither lays out text."""
    import torch

    from cnntui.engine.tracing.forward import trace
    from cnntui.models.loading import load_model

    loaded = load_model(name)
    shape = loaded.input_shape
    assert shape is not None
    picture = torch.empty((1, *shape), device="meta")

    def theirs() -> object:
        from torchinfo import summary

        return summary(
            loaded.model, input_data=picture, depth=99, verbose=0, device="meta", mode="eval"
        )

    return lambda: trace(loaded.model, shape), theirs


def grown(name: str, how: str) -> float:
    """Return the MiB by which a process of its own grows while it traces, at the most."""
    command = (PYTHON, "-m", "tests.bench.layers", name, how)
    return float(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout)


def main(name: str, how: str) -> None:
    from cnntui.engine.tracing.forward import trace
    from cnntui.models.loading import load_model

    loaded = load_model(name)
    assert loaded.input_shape is not None
    if how == "warm":
        call_on_meta()
    before = status("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
    trace(loaded.model, loaded.input_shape)
    print((status("VmHWM") - before) / 1024)


def call_on_meta() -> None:
    """Call one layer of each kind without us: torch imports its compiler for it."""
    import torch
    from torch import nn

    with torch.device("meta"), torch.no_grad():
        layers = nn.Sequential(nn.Conv2d(3, 3, 3), nn.BatchNorm2d(3), nn.ReLU(), nn.MaxPool2d(2))
        found = layers.eval()(torch.empty(1, 3, 8, 8))
        torch.cat([found + found, found]).sigmoid().mean()


def status(field: str) -> int:
    """Return a line of Linux's /proc/self/status, in KiB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:"))


if __name__ == "__main__":
    main(*sys.argv[1:])
