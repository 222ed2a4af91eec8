"""A curve's frame beside plain NumPy over every point, and what a live tick sends.

``python -m tests.bench.curves live POINTS`` is the program whose ticks are measured.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from statistics import fmean

import numpy as np
from textual.app import App, ComposeResult

from cnntui.parts.curves.frame import Curve, curve_frame, extent_of
from cnntui.parts.curves.series import Series
from cnntui.parts.curves.state import CurvesState
from cnntui.ui.curve import CurveView
from cnntui.ui.drawing.braille import curve_rows
from tests.bench.commands import PYTHON, ROOT
from tests.bench.figures import Figure, interleaved, medians, percentile
from tests.bench.terminals import Program

SIZE = (116, 36)
MOST_MS, MOST_BYTES = 2.0, 2048
TICKS = 60
NAMES = {1000: "1e3", 100_000: "1e5", 1_000_000: "1e6"}


def figures() -> Iterator[Figure]:
    for points, name in NAMES.items():
        ours, reference = cpu(live_frame(points), over_all(points))
        what = f"{name} points, a point and a frame, CPU"
        yield Figure(what, ours, reference, "ms", MOST_MS, relative=False)
    many, few = cpu(live_frame(1_000_000), live_frame(1000))
    yield Figure("1e6 points beside 1e3, CPU", many, few, "ms", 2.0)
    both, one = cpu(live_frame(1_000_000, 2), live_frame(1_000_000))
    yield Figure("1e6 points, two smoothed curves, CPU", both, one, "ms", 3.5, binding=False)
    for points in (600, 1_000_000):
        sizes = bytes_of_ticks(points)
        what = f"a live tick at {NAMES.get(points, points)} points, bytes"
        yield Figure(f"{what}, mean", fmean(sizes), None, "B", MOST_BYTES, relative=False)
        most = percentile(sizes, 0.95)
        yield Figure(f"{what}, p95", most, None, "B", MOST_BYTES, relative=False)
        what = f"{what}, most (the axis grew: all is redrawn)"
        yield Figure(what, max(sizes), None, "B", 12_288, relative=False, binding=False)


def cpu(ours: Callable[[], object], reference: Callable[[], object]) -> tuple[float, float]:
    """Return the milliseconds of CPU of each, run in turn."""
    return medians(interleaved(ours, reference, 100, 5, time.process_time))


def values(points: int) -> np.ndarray:
    """A loss of so many steps."""
    share = np.arange(points) / points
    noise = np.random.default_rng(0).normal(0, 0.2, points)
    return 2.3 * np.exp(-5 * share + noise) + 0.03


def live_frame(points: int, count: int = 1) -> Callable[[], object]:
    """Append a point and make the frame's lines; two curves are smoothed as well."""
    y = values(points)
    curves = [Curve(f"run {n}", Series(np.arange(points), y), n) for n in range(count)]
    state = CurvesState(smoothing=3 * (count - 1))

    def draw() -> object:
        for curve in curves:
            curve.series.append(len(curve.series), 0.1)
        frame = curve_frame(state.with_extent(*extent_of(curves)), curves, *SIZE)
        return curve_rows(frame)

    return draw


def over_all(points: int) -> Callable[[], object]:
    """Minima and maxima of every column of dots, by NumPy over all points; nothing is drawn."""
    y, edges = values(points), np.linspace(0, points, 2 * SIZE[0], endpoint=False).astype(int)
    return lambda: (np.minimum.reduceat(y, edges), np.maximum.reduceat(y, edges))


def bytes_of_ticks(points: int) -> list[int]:
    command = (PYTHON, "-m", "tests.bench.curves", "live", str(points))
    with Program(command, str(ROOT)) as program:
        program.shown("train")
        program.settled()
        return [program.press("t")[1] for _ in range(TICKS)]


class Live(App[None]):
    """Two curves that grow by a key: a training loss a step, a validation loss an epoch."""

    BINDINGS = [("t", "tick", "one more step")]

    def __init__(self, points: int) -> None:
        super().__init__()
        x, y = np.arange(1, points + 1), values(points)
        self.curves = [
            Curve("train", Series(x, y)),
            Curve("validation", Series(x[::48], y[::48] * 1.1), 1),
        ]
        self.noise = np.random.default_rng(1)

    def compose(self) -> ComposeResult:
        yield CurveView()

    def on_curve_view_resized(self) -> None:
        self.draw()

    def action_tick(self) -> None:
        train, validation = (curve.series for curve in self.curves)
        step = len(train) + 1
        train.append(step, 0.04 * np.exp(self.noise.normal(0, 0.2)))
        if step % 48 == 0:
            validation.append(step, 0.045)
        self.draw()

    def draw(self) -> None:
        view = self.query_one(CurveView)
        state = CurvesState().with_log().with_extent(*extent_of(self.curves))
        view.frame = curve_frame(state, self.curves, view.size.width, view.size.height)


if __name__ == "__main__":
    Live(int(sys.argv[2])).run()
