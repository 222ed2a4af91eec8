"""``cnntui layers``: a network's trace, or a file's tensors, as it prints them, and what it opens."""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cnntui.errors import UserError, printable
from cnntui.ground.options import fill
from cnntui.panes.layers.options import FIRST, OPTIONS, request_of
from cnntui.parts.printing.output import add_device, add_forms

if TYPE_CHECKING:
    from cnntui.engine.tracing.memory import Fit, TrainingMemory
    from cnntui.models.checkpoint import Stored
    from cnntui.models.opening import NetRequest
    from cnntui.panes.layers.state import LayersState
    from cnntui.parts.printing.output import Output


def prepare(command: argparse.ArgumentParser) -> None:
    """Give the command its options."""
    what = "a name (cnntui nets), package.module:callable, path/file.py:callable, a run or weights"
    command.add_argument("net", nargs="?", metavar="NET", help=what)
    fill(command, OPTIONS)
    what = "the traceback of what failed in your code"
    command.add_argument("--verbose", action="store_true", help=what)
    add_device(command)
    add_forms(command, "print the pane as text", tables=True)


def run(options: argparse.Namespace, output: Output) -> int:
    """Print a network layer by layer, or open the pane on it."""
    device = options.device or output.settings.device
    if output.prints(options):
        return _print(options, output, looked_up(options, device))
    request = checked_request(options, device)
    try:
        return output.open(request)
    except UserError as problem:  # the app has left: there was nothing to show
        return _print(options, output, instead(options, problem))


def _print(
    options: argparse.Namespace, output: Output, held: LayersState | Sequence[Stored]
) -> int:
    """Print a network, or a file's tensors. Raises UserError, at the end, for one that stopped."""
    from cnntui.panes.layers.page import error_text
    from cnntui.panes.layers.state import LayersState

    if not isinstance(held, LayersState):
        return output.say(_tensors_text(options, held))
    output.say(text(options, held, output.width))
    if held.trace.error is None:
        return 0
    sys.stdout.flush()
    raise UserError(error_text(held.trace.name, held.trace.error))


def checked_request(options: argparse.Namespace, device: str) -> NetRequest:
    """Return what is to be opened, checked as far as it goes without torch. Raises UserError."""
    request = request_of(options, options.net or FIRST, device)
    try:
        request.check()
    except UserError as problem:
        _print_cause(options, problem)
        raise
    return request


def looked_up(options: argparse.Namespace, device: str) -> LayersState | Sequence[Stored]:
    """Return the traced network, or the tensors of a file that is of no known one.

    Raises UserError.
    """
    from cnntui.panes.layers.state import LayersState

    try:
        network = checked_request(options, device).opened()
    except UserError as problem:
        return instead(options, problem)
    return replace(LayersState.of(network, options.depth), device=device)


def instead(options: argparse.Namespace, problem: UserError) -> Sequence[Stored]:
    """Return the tensors of a file of no known network; else raise the problem.

    Raises UserError, its traceback printed where that is wanted.
    """
    tensors = _stored(options)
    if tensors is None:
        _print_cause(options, problem)
        raise problem
    return tensors


def _stored(options: argparse.Namespace) -> Sequence[Stored] | None:
    """Return the tensors of a file of no known network; None where it isn't one that can be read.

    Of a known network it is another option that is wrong.
    """
    from cnntui.models.checkpoint import listed, recognised
    from cnntui.models.naming import is_net
    from cnntui.models.reading import read_state

    text = options.net or FIRST
    if is_net(text) or options.weights is not None or Path(text).suffix == ".py":
        return None
    try:
        path = Path(text).expanduser()
        if not path.is_file() or recognised(read_state(path)) is not None:
            return None
        return listed(path)
    except (UserError, ValueError, OSError, RuntimeError):  # opening it has said what is wrong
        return None


def _print_cause(options: argparse.Namespace, problem: UserError) -> None:
    """Print the traceback of what failed in the user's code, where it is asked for."""
    if options.verbose and problem.__cause__ is not None:
        lines = "".join(traceback.format_exception(problem.__cause__)).splitlines()
        print("\n".join(map(printable, lines)), file=sys.stderr)


def text(options: argparse.Namespace, state: LayersState, width: int | None) -> str:
    """Return a network in the form that is asked for; None is any width."""
    from cnntui.numbers import as_json
    from cnntui.panes.layers.page import page_of
    from cnntui.parts.networks import layer_report
    from cnntui.parts.networks.folding import folded_items

    items = folded_items(state.trace.rows, state.depth, state.folded)
    if options.csv:
        return layer_report.csv_of(state.trace, items)
    if options.markdown:
        return layer_report.markdown_of(state.trace, items)
    memory, fits = _memory(state, options.batch)
    if options.json:
        return as_json(layer_report.report_of(state.trace, memory, fits))
    return page_of(state, memory, fits, width)


def _tensors_text(options: argparse.Namespace, tensors: Sequence[Stored]) -> str:
    from cnntui.numbers import as_json
    from cnntui.panes.layers import tensor_report

    if options.json:
        return as_json(tensor_report.report_of(options.net, tensors))
    if options.csv:
        return tensor_report.csv_of(tensors)
    if options.markdown:
        return tensor_report.markdown_of(tensors)
    return tensor_report.page_of(options.net, tensors)


def _memory(state: LayersState, batch: int) -> tuple[TrainingMemory | None, Fit | None]:
    """Return what training takes; nothing for a network that stopped: half of it isn't known."""
    from cnntui.parts.networks.training_memory import Training, estimate, gpu_room

    gpu, free = gpu_room(state.device)
    return estimate(state.trace, state.asked_saved(), Training(batch, gpu=gpu, free=free))
