"""What ``compare`` looks up and writes: a comparison by its options; knows no screen."""

from __future__ import annotations

import argparse
from dataclasses import replace

from cnntui import compare_reports
from cnntui.errors import UserError
from cnntui.models.checking import check_net
from cnntui.states.comparing import (
    DENSE,
    FIRST,
    NETS,
    SCALING,
    SEPARABLE,
    ComparingState,
    read_totals,
)
from cnntui.states.networks import shapes_of

OF_LAYERS = "--set is for --chart dense and --chart separable"


def asked(options: argparse.Namespace) -> ComparingState:
    """Return the comparison that is wanted, its networks not traced yet. Raises UserError."""
    names = tuple(options.nets)
    if len(names) > 2:
        raise UserError(f"{len(names)} networks are too many; two are compared side by side")
    if names and options.chart != NETS:
        raise UserError(f"--chart {options.chart} takes no networks; leave them out")
    for name in names:
        check_net(name)
    pair = (*names, *_others(names))
    shapes = tuple(shapes_of(options.input)) if options.input is not None else None
    state = ComparingState(
        view=options.chart, names=(pair[0], pair[1]), shapes=shapes, sort=options.sort
    )
    return _sized(_scaled(state, options.phi), options.set)


def _others(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the networks that nobody named."""
    return tuple(name for name in FIRST if name not in names)[: 2 - len(names)]


def _scaled(state: ComparingState, phi: float | None) -> ComparingState:
    if phi is None:
        return state
    if state.view != SCALING:
        raise UserError("--phi is for --chart scaling")
    return _taken(state.typed(f"{phi!r}"))


def _sized(state: ComparingState, sizes: list[str]) -> ComparingState:
    """Set the sizes of the layers: ``channels=3``."""
    if sizes and state.view not in (DENSE, SEPARABLE):
        raise UserError(OF_LAYERS)
    for text in sizes:
        name, _, value = text.partition("=")
        layer = state.layer
        assert layer is not None
        known = [field for field, _, _ in layer.QUANTITIES]
        if name not in known:
            raise UserError(f"--set {text}: write one of {', '.join(known)} = a number")
        state = _taken(replace(state, quantity=known.index(name)).typed(value))
    return replace(state, quantity=0)


def _taken(state: ComparingState) -> ComparingState:
    if state.problem:
        raise UserError(state.problem)
    return state


def text(state: ComparingState, form: str, width: int) -> str:
    """Return what is printed: csv, json, markdown, else the pane's lines. Raises UserError."""
    if state.view == NETS:
        for side, name in enumerate(state.names):
            state = state.with_totals(side, read_totals(name, _shapes(state, name)))
    return compare_reports.text(state, form, width)


def _shapes(state: ComparingState, name: str) -> tuple[tuple[int, ...], ...] | None:
    from cnntui.models.naming import is_net

    return None if is_net(name) else state.shapes
