"""What one step and the whole output cost the engine."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from cnntui.app import warm_up as warm_torch
from cnntui.engine.convolution import Convolution
from cnntui.engine.reference import checked_convolution
from cnntui.panes.conv.frame import frame_of
from cnntui.panes.conv.state import ConvolutionState
from cnntui.sources.inputs import Input
from cnntui.sources.kernels import load_kernel
from tests.bench.figures import Action, Figure, interleaved, medians

SHARE, REST = 2, 50  # of torch's own time; milliseconds


def figures() -> Iterator[Figure]:
    states = [stepping(side) for side in (1024, 8)]
    taken = interleaved(stepped(states[0]), stepped(states[1]), 60, 5, time.process_time)
    what = "1024×1024 beside 8×8, step's frame (CPU)"
    yield Figure(what, *medians(taken), unit="ms", limit=1.3)
    warm_torch()
    yield whole_output("whole output 1024×1024, 3×3", 1, 1024, 1, 3)
    yield whole_output("whole output 3×256×256, 16 of 5×5", 3, 256, 16, 5)


def stepping(side: int) -> ConvolutionState:
    """Return a state whose boards show 6 by 6 cells, whatever the input."""
    values = np.random.default_rng(0).random((1, side, side), dtype=np.float32)
    state = ConvolutionState.of(Input("random", values, "file"), load_kernel("sobel-x"))
    for grid in state.grids:
        state = state.sized(grid, 6 * 7, 7)
    return state


def stepped(state: ConvolutionState) -> Action:
    def there_and_back() -> None:
        for _ in range(5):
            frame_of(state.moved(0, 1), 118, 20)
            frame_of(state.moved(1, 0), 118, 20)

    return there_and_back


def whole_output(what: str, channels: int, side: int, filters: int, kernel: int) -> Figure:
    import torch
    from torch.nn import functional as F

    draw = np.random.default_rng(0)
    values = draw.random((channels, side, side), dtype=np.float32)
    weight = draw.random((filters, channels, kernel, kernel), dtype=np.float32)
    conv = Convolution(values, weight)
    data, taps = torch.from_numpy(values)[None], torch.from_numpy(weight)

    def theirs() -> None:
        with torch.inference_mode():
            F.conv2d(data, taps)

    ours, reference = medians(interleaved(lambda: checked_convolution(conv, "cpu"), theirs, 15, 3))
    limit = SHARE * reference + REST
    return Figure(what, ours, reference, "ms", limit, relative=False)
