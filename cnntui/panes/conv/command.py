"""``cnntui conv``: what it prints of a convolution, and the state it opens the pane in."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from cnntui.panes.conv.options import OPTIONS
from cnntui.parts.stepping.command import at_step, prepare_stepper, say_page

if TYPE_CHECKING:
    from cnntui.engine.convolution import Convolution
    from cnntui.engine.reference import Reference
    from cnntui.parts.printing.output import Output

STEP = (
    *("index", "filter", "row", "column", "patch", "kernel", "products"),
    *("channel_sums", "bias", "sum", "activation"),
)


def prepare(command: argparse.ArgumentParser) -> None:
    """Give the command its options."""
    prepare_stepper(command, OPTIONS)


def run(options: argparse.Namespace, output: Output) -> int:
    """Print a convolution, or open the pane on it."""
    from cnntui.panes.conv.link import state_with
    from cnntui.sources.inputs import load_input
    from cnntui.sources.kernels import load_kernel

    device = output.device(options)
    source = load_input(options.input, cells=options.cells, gray=options.gray)
    state = state_with(options, source, load_kernel(options.kernel)).on_device(device)
    state = at_step(state, options.step)
    if not output.prints(options):
        return output.open(state)
    from cnntui.engine.reference import checked_convolution
    from cnntui.panes.conv.frame import frame_of

    result = checked_convolution(state.conv, device)
    if options.json:
        return output.json(report(state.conv, result, options.step))
    return say_page(output, "Convolution", state, frame_of, result)


def report(conv: Convolution, result: Reference, step: int | None) -> dict[str, Any]:
    """Return the object that ``conv --json`` prints."""
    from cnntui.engine.convolution import step_at

    facts: dict[str, Any] = {
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
        at = step_at(conv, step)
        facts["step"] = {name: getattr(at, name) for name in STEP}
    return facts


def still(state: Any, width: int) -> list[str]:
    """Return the state as a lesson on paper shows it: what wasn't stepped is hidden."""
    from cnntui.panes.conv.frame import frame_of
    from cnntui.parts.stepping.command import page_of

    return page_of("Convolution", state, frame_of, width).splitlines()
