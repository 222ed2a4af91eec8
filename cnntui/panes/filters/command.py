"""``cnntui filters``: what it prints of a filtered picture, and the state it opens the pane in."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from cnntui.ground.lines import plain
from cnntui.ground.options import fill
from cnntui.panes.filters.options import OPTIONS
from cnntui.parts.printing.output import add_device, add_forms

if TYPE_CHECKING:
    from cnntui.engine.reference import Reference
    from cnntui.panes.filters.frame import Layout
    from cnntui.panes.filters.state import FiltersState
    from cnntui.parts.printing.output import Output

BINS = 32  # of a histogram in JSON


def prepare(command: argparse.ArgumentParser) -> None:
    """Give the command its options."""
    fill(command, OPTIONS)
    what = "with --json: every value of the result too"
    command.add_argument("--values", action="store_true", help=what)
    add_device(command)
    add_forms(command, "print the pane as text")


def run(options: argparse.Namespace, output: Output) -> int:
    """Print a filtered picture, or open the pane on it."""
    from cnntui.panes.filters.frame import layout
    from cnntui.panes.filters.state import FiltersState, read_picture
    from cnntui.sources.kernels import load_kernel

    device, terminal = output.device(options), output.terminal
    width, height = terminal.columns - 2, max(24, terminal.rows) - 1
    fits = options.cells is None and not options.json
    picture = read_picture(
        options.input,
        cells=options.cells,
        board=(lambda natural: layout(width, height, natural).board) if fits else None,
        gray=options.gray,
    )
    kernel = load_kernel(options.kernel)
    state = FiltersState.of(picture, kernel, options.stride, options.times, device)
    if not output.prints(options):
        return output.open(state)
    from cnntui.engine.filtering import checked

    result = checked(state.filtering, device)
    if options.json:
        return output.json(report(state, result, options.values))
    plan = layout(width, height, picture.natural)
    return output.say(page(state.sized(plan.board), result, plan, width, output.unicode))


def report(state: FiltersState, result: Reference, values: bool) -> dict[str, Any]:
    """Return the object that ``filters --json`` prints; ``values`` adds the result (C, H, W)."""
    from cnntui.engine.filtering import filtered, statistics

    filtering = state.filtering
    output = filtered(filtering)
    facts: dict[str, Any] = {
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
        facts["output"] = output.tolist()
    return facts


def page(state: FiltersState, result: Reference, plan: Layout, width: int, unicode: bool) -> str:
    """Lay the Filters pane's frame out as text, its pictures drawn with characters."""
    from cnntui.panes.filters.develop import develop
    from cnntui.panes.filters.frame import frame_of
    from cnntui.parts.printing.page import beside, verdict
    from cnntui.ui.drawing.cells import grid_text
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
