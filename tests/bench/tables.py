"""Moving through ResNet-152's 561 rows, beside Textual's own table with as many."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import fmean

from tests.bench.commands import CNNTUI, DATA_TABLE
from tests.bench.figures import Figure
from tests.bench.keys import latency, pressed_after

KEYS = 120


def figures() -> Iterator[Figure]:
    layers = CNNTUI, "layers", "resnet152"
    ours, reference = pressed_after(layers, r"1/5\d\d", "j", DATA_TABLE, "layer0", "j", KEYS)
    yield latency("561 rows beside DataTable, key p50", ours, reference, 0.5, 0.5, binding=False)
    yield latency("561 rows beside DataTable, key p95", ours, reference, 0.95, 0.5)
    size, theirs = fmean(ours.sizes), fmean(reference.sizes)
    yield Figure("561 rows, bytes a key", size, theirs, "B", 4000, relative=False)
