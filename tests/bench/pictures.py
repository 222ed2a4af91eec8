"""A 224×224 picture to lines of half blocks, beside exact colours pixel by pixel."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from statistics import median

from tests.bench.commands import PYTHON, ROOT
from tests.bench.figures import Figure

SIDE = 224
RUNS = 9


def figures() -> Iterator[Figure]:
    found = [measured() for _ in range(RUNS)]
    cold, warm, exact = (median(run[name] for run in found) for name in ("cold", "warm", "exact"))
    yield Figure("224×224 picture, cold (CPU)", cold, exact, "ms", 15, relative=False)
    yield Figure("224×224 picture, warm (CPU)", warm, exact, "ms", 10, relative=False)


def measured() -> dict[str, float]:
    """Measure in a process of its own, whose caches of styles are empty."""
    command = (PYTHON, "-m", "tests.bench.pictures")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main() -> None:
    import numpy as np

    from cnntui.parts.pictures.palettes import fitted, palette_frame
    from cnntui.sources.inputs import load_input
    from cnntui.ui.picture import half_block_strips

    cat = load_input("chelsea").values
    left = (cat.shape[2] - cat.shape[1]) // 2
    values = fitted(cat[:, :, left : left + cat.shape[1]], SIDE, SIDE)
    tiny = np.zeros((3, 4, 4), np.float32)

    def drawn(picture: object) -> float:
        start = time.process_time()
        half_block_strips(palette_frame(picture))  # type: ignore[arg-type]
        return (time.process_time() - start) * 1000

    drawn(tiny)  # imports
    cold = drawn(values)
    warm = median(drawn(values) for _ in range(20))
    start = time.process_time()
    exact(values.astype(np.uint8))
    taken = (time.process_time() - start) * 1000
    json.dump({"cold": cold, "warm": warm, "exact": taken}, sys.stdout)


def exact(pixels: object) -> list[object]:
    """Return the lines of (3, H, W) bytes, one segment a cell in its own two colours."""
    from rich.color import Color
    from rich.segment import Segment
    from rich.style import Style
    from textual.strip import Strip

    rows = pixels.transpose(1, 2, 0).tolist()  # type: ignore[attr-defined]
    return [
        Strip(
            [
                Segment("▀", Style(color=Color.from_rgb(*a), bgcolor=Color.from_rgb(*b)))
                for a, b in zip(upper, lower, strict=True)
            ],
            len(upper),
        )
        for upper, lower in zip(rows[0::2], rows[1::2], strict=True)
    ]


if __name__ == "__main__":
    main()
