"""``cnntui build``: a written network as it prints it, or as code, and the state it opens."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnntui.parts.printing.output import Output


def prepare(command: argparse.ArgumentParser) -> None:
    """Give the command its options."""
    add = command.add_argument
    add("file", nargs="?", metavar="FILE", help="a network as text, or a sample's name: mnist_cnn")
    add("--input", metavar="I", help="channels x height x width, instead of the text's: 3x32x32")
    shown = command.add_mutually_exclusive_group()
    shown.add_argument("--print", action="store_true", help="print the lines with their shapes")
    shown.add_argument("--json", action="store_true", help="print one JSON object, as layers does")
    shown.add_argument("--code", action="store_true", help="print it as PyTorch code")


def run(options: argparse.Namespace, output: Output) -> int:
    """Print a written network, or open the pane on it."""
    from cnntui.panes.build.state import FIRST, image_shape, open_state, traced

    state = open_state(options.file or FIRST)
    shape = image_shape(options.input) if options.input is not None else None
    if not options.code and not output.prints(options):
        return output.open(state.with_input(shape) if shape else state)
    state = state.fed(shape) if shape else state
    if options.code:
        from cnntui.engine.building.exporting import code

        return output.say(code(state.blueprint).rstrip("\n"))
    trace = traced(state)
    if options.json:
        from cnntui.parts.networks.layer_report import report_of

        return output.json(report_of(trace))
    from cnntui.panes.build.frame import text_of

    return output.say(text_of(state, trace))
