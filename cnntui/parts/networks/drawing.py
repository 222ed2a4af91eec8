"""The network as a drawing of blocks: width follows channels, height the picture's size."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from math import log2

from cnntui.engine.tracing.rows import Row, Trace
from cnntui.ground.lines import Line, Run

LEVELS = "▁▂▃▄▅▆▇█"
LINES = 2
QUIET = ("BatchNorm2d", "ReLU", "ReLU6", "SiLU", "Dropout", "Identity", "LayerNorm", "GELU")


def drawn(trace: Trace, chosen: Row | None, width: int) -> tuple[Line, ...]:
    """Draw one block a layer, and arcs over them for what skips layers; the chosen is pointed at.

    Three lines of ``width`` characters: arcs, upper and lower half of the blocks.

    Layers that keep the shape (norms, activations, dropout) belong to the block before them. A
    long network is thinned to as many blocks as there are characters.
    """
    blocks = blocks_of(trace)
    if not blocks:
        return ()
    chosen_at = _block_with(blocks, chosen)
    widths = _widths([block[0] for block in blocks], width, chosen_at)
    tops: list[Run] = []
    bottoms: list[Run] = []
    for at, ((row, _), size) in enumerate(zip(blocks, widths, strict=True)):
        if not size:
            continue
        role = "key" if at == chosen_at else "output" if at % 2 else "input"
        upper, lower = _column(_height(row, trace))
        tops.append((upper * size, role))
        bottoms.append((lower * size, role))
    arcs = skips(trace, tuple(widths))
    if chosen_at >= 0:
        arcs = _pointed(arcs, sum(widths[:chosen_at]) + (widths[chosen_at] - 1) // 2)
    return arcs, tuple(tops), tuple(bottoms)


def _pointed(arcs: Line, at: int) -> Line:
    """Point at the chosen block from above: it must stand out without colour too."""
    ((text, role),) = arcs
    return ((text[:at], role), ("▼", "key"), (text[at + 1 :], role))


@lru_cache(maxsize=64)
def skips(trace: Trace, widths: tuple[int, ...]) -> Line:
    """Draw an arc from where paths part to where they join again.

    Arcs that would cross one already drawn are left out.
    """
    blocks = blocks_of(trace)
    places = {index: at for at, (_, indices) in enumerate(blocks) for index in indices}
    ends = [sum(widths[: at + 1]) - 1 for at in range(len(widths))]
    arcs = [" "] * sum(widths)
    for row in trace.rows:
        if len(row.inputs) < 2:
            continue
        source = branching(trace, row)
        left = ends[places[source]] if source >= 0 else 0
        right = ends[places[row.index]]
        free = 0 <= left < right and not any(arc.strip() for arc in arcs[left + 1 : right + 1])
        if free and arcs[left] in " ╮":
            arcs[left] = "╭" if arcs[left] == " " else "┬"
            arcs[left + 1 : right] = "─" * (right - left - 1)
            arcs[right] = "╮"
    return (("".join(arcs), "kernel"),)


def branching(trace: Trace, join: Row) -> int:
    """Return the row at which the paths that meet in ``join`` part; -1 for the input."""
    paths = set(join.inputs)
    while len(paths) > 1:
        last = max(paths)
        paths.discard(last)
        paths.update(trace.rows[last].inputs if last >= 0 else ())
    return next(iter(paths), -1)


@lru_cache(maxsize=8)
def blocks_of(trace: Trace) -> list[tuple[Row, tuple[int, ...]]]:
    """Return the rows that are drawn, each with the indices of the rows it stands for."""
    blocks: list[tuple[Row, list[int]]] = []
    for row in trace.rows:
        quiet = row.type in QUIET or row.rearranges or row.output_shape == row.input_shape
        if blocks and quiet and not row.params_formula.count("×"):
            blocks[-1][1].append(row.index)
        else:
            blocks.append((row, [row.index]))
    return [(row, tuple(indices)) for row, indices in blocks]


def _block_with(blocks: list[tuple[Row, tuple[int, ...]]], chosen: Row | None) -> int:
    if chosen is None:
        return -1
    return next((at for at, (_, indices) in enumerate(blocks) if chosen.index in indices), -1)


def _widths(rows: list[Row], total: int, chosen: int) -> list[int]:
    """Share the characters by the logarithm of the channels; the chosen row has at least one."""
    channels = [row.output_shape[1] if len(row.output_shape) > 1 else 1 for row in rows]
    weights = [1 + log2(max(1, count)) for count in channels]
    scale = min(1.0, total / sum(weights))
    edges = [0.0]
    for weight in weights:
        edges.append(edges[-1] + weight * scale)
    widths = [round(right) - round(left) for left, right in pairwise(edges)]
    if chosen >= 0 and not widths[chosen] and total > 0:
        near = min((at for at, size in enumerate(widths) if size), key=lambda at: abs(at - chosen))
        widths[near], widths[chosen] = widths[near] - 1, 1
    return widths


def _height(row: Row, trace: Trace) -> float:
    """Return the share, 0 to 1, of a row's picture height in the input's, on a logarithm."""
    whole = trace.input_shape[-1] if len(trace.input_shape) > 2 else 1
    now = row.output_shape[-2] if len(row.output_shape) > 3 else 1
    return log2(1 + now) / log2(1 + max(2, whole))


def _column(height: float) -> tuple[str, str]:
    """Return the two characters of a column of that height."""
    eighths = max(1, min(LINES * 8, round(height * LINES * 8)))
    if eighths <= 8:
        return " ", LEVELS[eighths - 1]
    return LEVELS[eighths - 9], "█"
