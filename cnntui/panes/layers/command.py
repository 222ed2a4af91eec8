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
from cnntui.ground.tables import aligned
from cnntui.numbers import shape
from cnntui.panes.layers.options import FIRST, OPTIONS, request_of
from cnntui.parts.networks import layer_report
from cnntui.parts.networks.table import table_of
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
    found: LayersState | Sequence[Stored]
    if output.prints(options):
        found = looked_up(options, device)
    else:
        request = checked_request(options, device)
        try:
            return output.open(request)
        except UserError as problem:  # the app has left: there was nothing to show
            found = instead(options, problem)
    from cnntui.panes.layers.state import LayersState
    from cnntui.parts.networks import layer_report

    output.say(text(options, found, output.width))
    if not isinstance(found, LayersState) or found.trace.error is None:
        return 0
    sys.stdout.flush()
    raise UserError(layer_report.error_text(found.trace.name, found.trace.error))


def checked_request(options: argparse.Namespace, device: str) -> NetRequest:
    """Return what is to be opened, checked as far as it goes without torch. Raises UserError."""
    found = request_of(options, options.net or FIRST, device)
    try:
        found.check()
    except UserError as problem:
        _tell_cause(options, problem)
        raise
    return found


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
    """Return the tensors of a file of no known network; else raise the problem, traceback told."""
    tensors = _stored(options)
    if tensors is None:
        _tell_cause(options, problem)
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
    except (UserError, ValueError, OSError, RuntimeError):  # open_network has said what is wrong
        return None


def _tell_cause(options: argparse.Namespace, problem: UserError) -> None:
    """Print the traceback of what failed in the user's code, where it is asked for."""
    if options.verbose and problem.__cause__ is not None:
        lines = "".join(traceback.format_exception(problem.__cause__)).splitlines()
        print("\n".join(map(printable, lines)), file=sys.stderr)


def text(
    options: argparse.Namespace,
    found: LayersState | Sequence[Stored],
    width: int | None,
) -> str:
    """Return what is printed, in the form that is asked for; None is any width."""
    from cnntui.numbers import as_json
    from cnntui.panes.layers.state import LayersState
    from cnntui.parts.networks import layer_report as layer_reports
    from cnntui.parts.networks.rows import folded_items

    if not isinstance(found, LayersState):
        return _tensors_text(options, found)
    items = folded_items(found.trace.rows, found.depth, found.folded)
    if options.csv:
        return layer_reports.layers_csv(found.trace, items)
    if options.markdown:
        return layer_reports.layers_markdown(found.trace, items)
    memory, fits = _memory(found, options.batch)
    if options.json:
        return as_json(layer_reports.layers_report(found.trace, memory, fits))
    return page(found, memory, fits, width)


def _tensors_text(options: argparse.Namespace, tensors: Sequence[Stored]) -> str:
    from cnntui.numbers import as_json
    from cnntui.parts.networks import layer_report as layer_reports

    if options.json:
        return as_json(layer_reports.tensors_report(options.net, tensors))
    if options.csv:
        return layer_reports.tensors_csv(tensors)
    if options.markdown:
        return layer_reports.tensors_markdown(tensors)
    return layer_reports.tensors_page(options.net, tensors)


def _memory(state: LayersState, batch: int) -> tuple[TrainingMemory | None, Fit | None]:
    """Return what training takes; nothing for a network that stopped: half of it isn't known."""
    from cnntui.engine.device import torch_device
    from cnntui.engine.tracing.memory import fit, training_memory

    device = str(torch_device(state.device))
    if state.trace.error is not None:
        return None, None
    memory = training_memory(state.trace, batch)
    return memory, fit(memory, device)


def page(
    state: LayersState, memory: TrainingMemory | None, fit: Fit | None, width: int | None
) -> str:
    """Lay a network out as text; None for as wide as its longest names.

    Where that is more than ``width``, the table is the pane's own, which fits any width.
    """
    trace = state.trace
    table = aligned(
        layer_report.TITLES, layer_report.printed_cells(trace, state.items), layer_report.RIGHT
    )
    if width is not None and max(map(len, table)) > width:
        from cnntui.ui.table import table_text

        table = table_text(
            table_of(state.items, range(len(state.items)), state.cursor, state.sort, width)
        )
    parts = [printable(state.title), f"input {' and '.join(map(shape, trace.input_shapes))}", ""]
    return "\n".join([*parts, *table, "", *layer_report.summary(trace, memory, fit)])
