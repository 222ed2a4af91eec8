"""What ``layers`` looks up and writes: a network's trace, or a file's tensors; knows no screen."""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cnntui.errors import UserError, printable
from cnntui.states.networks import Asked, shapes_of

if TYPE_CHECKING:
    from cnntui.engine.tracing.memory import Fit, TrainingMemory
    from cnntui.models.checkpoint import Stored
    from cnntui.states.layers import LayersState

FIRST = "resnet18"  # printed where no network is named


def asked(options: argparse.Namespace, device: str) -> Asked:
    """Return what is to be opened, checked as far as it goes without torch. Raises UserError."""
    found = Asked(
        text=options.net or FIRST,
        shapes=tuple(shapes_of(options.input)) if options.input is not None else None,
        classes=options.classes,
        weights=options.weights,
        batch=options.batch,
        depth=options.depth,
        device=device,
    )
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
    from cnntui.states.layers import LayersState

    wanted = asked(options, device)
    try:
        network = wanted.opened()
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
    from cnntui import layer_reports
    from cnntui.reports import as_json
    from cnntui.states.layers import LayersState, folded_items

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
    return layer_reports.layers_page(found, memory, fits, width)


def _tensors_text(options: argparse.Namespace, tensors: Sequence[Stored]) -> str:
    from cnntui import layer_reports
    from cnntui.reports import as_json

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
