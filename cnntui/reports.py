"""What the command line prints of an operation: one JSON object, or the pane's own frame as text.

Asks the engine for the numbers, as the panes do; knows no options and opens no file.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cnntui.engine import convolution, pooling
from cnntui.engine.filtering import filtered, statistics
from cnntui.engine.reference import Reference
from cnntui.frames import GridFrame, Line, plain
from cnntui.numbers import in_json
from cnntui.ui.cells import grid_text

if TYPE_CHECKING:
    from cnntui.states.filters import FiltersState
    from cnntui.states.filters_frame import Layout

BINS = 32  # of a histogram in JSON
GUTTER = "   "
CONVOLUTION_STEP = (
    *("index", "filter", "row", "column", "patch", "kernel", "products"),
    *("channel_sums", "bias", "sum", "activation"),
)
POOLING_STEP = ("index", "channel", "row", "column", "window", "value")


def as_json(found: Any) -> str:
    """Write plain data as one line of JSON in ASCII; NaN and infinities become strings."""
    return json.dumps(in_json(found), allow_nan=False)


def convolution_report(
    conv: convolution.Convolution, result: Reference, step: int | None
) -> dict[str, Any]:
    """Return the object that ``conv --json`` prints."""
    report: dict[str, Any] = {
        "input_shape": conv.input_shape,
        "weight_shape": conv.weight_shape,
        "output_shape": conv.output_shape,
        "output": result.output.tolist(),
        "params": conv.params,
        "macs": conv.macs,
        "receptive_field": conv.window.extent,
        "never_read": conv.never_read,
        "device": result.device,
        "torch_max_abs_diff": result.max_abs_diff,
    }
    if step is not None:
        at = convolution.step_at(conv, step)
        report["step"] = {name: getattr(at, name) for name in CONVOLUTION_STEP}
    return report


def pooling_report(pool: pooling.Pooling, result: Reference, step: int | None) -> dict[str, Any]:
    """Return the object that ``pool --json`` prints; pooling has no parameters and no MACs."""
    report: dict[str, Any] = {
        "kind": pool.kind,
        "input_shape": pool.input_shape,
        "output_shape": pool.output_shape,
        "output": result.output.tolist(),
        "params": 0,
        "macs": 0,
        "receptive_field": pool.window.extent,
        "never_read": pool.never_read,
        "device": result.device,
        "torch_max_abs_diff": result.max_abs_diff,
    }
    if step is not None:
        at = pooling.step_at(pool, step)
        report["step"] = {name: getattr(at, name) for name in POOLING_STEP}
        if pool.takes_maximum:
            report["step"]["argmax"] = at.argmax
    return report


def filtering_report(state: FiltersState, result: Reference, values: bool) -> dict[str, Any]:
    """Return the object that ``filters --json`` prints; ``values`` adds the result (C, H, W)."""
    filtering = state.filtering
    output = filtered(filtering)
    report: dict[str, Any] = {
        "input": state.picture.source.name,
        "input_shape": filtering.input.shape,
        "output_shape": filtering.output_shape,
        "kernel": filtering.kernel.tolist(),
        "stride": filtering.stride,
        "times": filtering.times,
        "macs": filtering.macs,
        "source": vars(statistics(filtering.input, BINS)),
        "result": vars(statistics(output, BINS)),
        "device": result.device,
        "torch_max_abs_diff": result.max_abs_diff,
    }
    if values:
        report["output"] = output.tolist()
    return report


def filters_page(
    state: FiltersState, result: Reference, plan: Layout, width: int, unicode: bool
) -> str:
    """Lay the Filters pane's frame out as text, its pictures drawn with characters."""
    from cnntui.states.filters_develop import develop
    from cnntui.states.filters_frame import frame_of
    from cnntui.ui.picture import ascii_lines

    frame = frame_of(state, develop(state, "none"), width, plan, unicode)
    blocks = []
    for title, picture, figures in (
        (frame.source_title, frame.source, frame.source_figures),
        (frame.result_title, frame.result, frame.result_figures),
    ):
        drawn = ascii_lines(picture) if picture else ()
        blocks.append([title, *drawn, *(plain(line) for line in figures)])
    blocks.insert(1, grid_text(frame.kernel, unicode))
    heading = [f"Filters  {frame.subtitle}", f"{frame.counter}   {verdict(result)}"]
    return "\n".join([*heading, "", *beside(blocks, width), "", plain(frame.words[0])])


def verdict(result: Reference) -> str:
    """Say whether torch agrees."""
    sign = "✓ torch" if result.agrees else "✗ torch differs"
    difference = f"{result.max_abs_diff:.0e}" if result.max_abs_diff else "0"
    return f"{sign} {result.device}, largest difference {difference}"


def page(
    heading: list[str],
    boards: list[GridFrame],
    words: tuple[Line, ...],
    width: int,
    unicode: bool = True,
) -> str:
    """Lay a pane's frame out as text: boards side by side where they fit, then the words."""
    return "\n".join(
        [*heading, "", *beside([grid_text(board, unicode) for board in boards], width), ""]
        + [plain(line) for line in words]
    )


def beside(blocks: list[list[str]], width: int) -> list[str]:
    """Put blocks of lines side by side, or below each other where ``width`` is too small."""
    sizes = [max(map(len, block)) for block in blocks]
    if sum(sizes) + len(GUTTER) * (len(blocks) - 1) > width:
        return [line for block in blocks for line in (*block, "")][:-1]
    height = max(map(len, blocks))
    padded = [[*block, *[""] * (height - len(block))] for block in blocks]
    rows = zip(*padded, strict=True)
    return [
        GUTTER.join(text.ljust(size) for text, size in zip(row, sizes, strict=True)).rstrip()
        for row in rows
    ]
