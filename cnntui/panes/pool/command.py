"""``cnntui pool``: what it prints of a pooling, and the state it opens the pane in."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from cnntui.panes.pool.options import OPTIONS
from cnntui.parts.stepping.command import at_step, prepare_stepper, say_page

if TYPE_CHECKING:
    from cnntui.engine.pooling import Pooling
    from cnntui.engine.reference import Reference
    from cnntui.parts.printing.output import Output

STEP = ("index", "channel", "row", "column", "window", "value")


def prepare(command: argparse.ArgumentParser) -> None:
    """Give the command its options."""
    prepare_stepper(command, OPTIONS)


def run(options: argparse.Namespace, output: Output) -> int:
    """Print a pooling, or open the pane on it."""
    from cnntui.panes.pool.link import state_with
    from cnntui.sources.inputs import load_input

    device = output.device(options)
    source = load_input(options.input, cells=options.cells, gray=options.gray)
    state = at_step(state_with(options, source).on_device(device), options.step)
    if not output.prints(options):
        return output.open(state)
    from cnntui.engine.reference import checked_pooling
    from cnntui.panes.pool.frame import frame_of

    result = checked_pooling(state.chosen, device)
    if options.json:
        return output.json(report(state.chosen, result, options.step))
    return say_page(output, "Pooling", state, frame_of, result)


def report(pool: Pooling, result: Reference, step: int | None) -> dict[str, Any]:
    """Return the object that ``pool --json`` prints; pooling has no parameters and no MACs."""
    from cnntui.engine.pooling import step_at

    facts: dict[str, Any] = {
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
        at = step_at(pool, step)
        facts["step"] = {name: getattr(at, name) for name in STEP}
        if pool.takes_maximum:
            facts["step"]["argmax"] = at.argmax
    return facts


def still(state: Any, width: int) -> list[str]:
    """Return the state as a lesson on paper shows it: what wasn't stepped is hidden."""
    from cnntui.panes.pool.frame import frame_of
    from cnntui.parts.stepping.command import page_of

    return page_of("Pooling", state, frame_of, width).splitlines()
