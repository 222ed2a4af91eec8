"""What is compared as one JSON object, CSV, Markdown or a printed page.

Every view is one table of exact numbers: the command line prints it, the pane's export writes it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, NamedTuple

from cnntui.engine.comparing import HEAD, UNCALLED, Totals
from cnntui.engine.scaling import EFFICIENTNETS
from cnntui.errors import UserError
from cnntui.ground.lines import plain
from cnntui.ground.tables import csv_text, markdown_text
from cnntui.models.naming import find_net, known_nets
from cnntui.numbers import as_json, counted
from cnntui.panes.compare.charts import HUMAN, SOURCES, WINNERS
from cnntui.panes.compare.frame import lines_of
from cnntui.panes.compare.options import DENSE, ERRORS, NETS, SCALING, SEPARABLE, SIZES
from cnntui.panes.compare.state import ComparingState

FORMS = ("csv", "json", "markdown")
Cell = str | int | float | None


class Table(NamedTuple):
    """The titles of the columns, and the rows."""

    titles: tuple[str, ...]
    rows: list[tuple[Cell, ...]]


def written(state: ComparingState, form: str) -> str:
    """Return the view as a file of a form holds it: csv, json or markdown. Raises UserError."""
    return as_text(state, form) + "\n"


def as_text(state: ComparingState, form: str) -> str:
    """Return the view as csv, json or markdown. Raises UserError while networks are traced."""
    if form == "json":
        return as_json(report(state))
    table = table_of(state)
    if form == "csv":
        return csv_text(table.titles, [[_bare(cell) for cell in row] for row in table.rows])
    right = {
        title
        for at, title in enumerate(table.titles)
        if not any(isinstance(row[at], str) for row in table.rows)
    }
    return markdown_text(table.titles, _texts(table), right)


def page(state: ComparingState, width: int) -> str:
    """Return the view's lines as the pane shows them, all of them. Raises UserError."""
    table_of(state)  # refuses what isn't traced
    fixed, rest = lines_of(state, width)
    return "\n".join(plain(each).rstrip() for each in (*fixed, *rest))


def report(state: ComparingState) -> dict[str, Any]:
    """Return the object that ``compare --json`` prints. Raises UserError while one is traced."""
    table = table_of(state)
    rows = [dict(zip(table.titles, row, strict=True)) for row in table.rows]
    view: dict[str, Any] = {"chart": state.view, "rows": rows}
    if state.view == NETS:
        view["networks"] = [_network(totals) for totals in _both(state)]
    elif state.view == ERRORS:
        view |= {"human": HUMAN, "sources": SOURCES}
    elif state.view == SCALING:
        compound = state.compound
        view |= {"phi": state.phi, "depth": compound.depth, "width": compound.width}
        view |= {"resolution": compound.resolution, "flops": compound.flops}
    elif state.layer is not None:
        view |= {"sizes": asdict(state.layer)}
    return view


def _network(totals: Totals) -> dict[str, Any]:
    stages = [asdict(stage) for stage in totals.stages]
    for stage in stages:
        stage["halvings"] = _stage(stage["halvings"])
    return {**asdict(totals), "flops": totals.flops, "stages": stages}


def table_of(state: ComparingState) -> Table:
    """Return the view as a table. Raises UserError while a network is traced."""
    return TABLES[state.view](state)


def _both(state: ComparingState) -> tuple[Totals, Totals]:
    left, right = state.pair
    if left is None or right is None:
        raise UserError(f"{' and '.join(state.waiting)}: not traced; nothing to write yet")
    return left, right


def _nets(state: ComparingState) -> Table:
    """Totals, then the stages, of both networks and the second less the first."""
    left, right = _both(state)
    rows: list[tuple[Cell, ...]] = []
    for name in ("params", "macs", "flops", "activation_bytes", "parameter_bytes"):
        rows.append(_pair("total", name, getattr(left, name), getattr(right, name)))
    known = {net.name: net for net in known_nets()}
    for name in ("depth", "year", "top1", "top5"):
        values = [getattr(known.get(each.name), name, None) for each in (left, right)]
        rows.append(_pair("published", name, *values))
    ours, theirs = ({s.halvings: s for s in totals.stages} for totals in (left, right))
    for key in sorted({*ours, *theirs}):
        for name in ("params", "macs", "channels"):
            numbers = [getattr(each.get(key), name, 0) for each in (ours, theirs)]
            rows.append(_pair(_stage(key), name, *numbers))
    return Table(("part", "quantity", left.name, _other(left, right), "difference"), rows)


def _other(left: Totals, right: Totals) -> str:
    return right.name if right.name != left.name else f"{right.name} (second)"


def _pair(part: str, name: str, first: Cell, second: Cell) -> tuple[Cell, ...]:
    if isinstance(first, int | float) and isinstance(second, int | float):
        return (part, name, first, second, round(second - first, 6))
    return (part, name, first, second, None)


def _stage(halvings: int) -> str:
    return {HEAD: "head", UNCALLED: "not called"}.get(halvings, f"1/{2**halvings}")


def _sizes(state: ComparingState) -> Table:
    rows = [(net.name, net.title, net.year, net.params) for net in state.nets]
    return Table(("name", "title", "year", "params"), list(rows))


def _errors(state: ComparingState) -> Table:
    del state
    rows: list[tuple[Cell, ...]] = [
        (each.year, each.name, each.error, "yes" if each.deep else "no", SOURCES[each.source - 1])
        for each in WINNERS
    ]
    rows.append((None, "one human", HUMAN, "no", SOURCES[0]))
    return Table(("year", "name", "top5_error", "network", "source"), rows)


def _scaling(state: ComparingState) -> Table:
    compound = state.compound
    picture = round(224 * compound.resolution)
    rows: list[tuple[Cell, ...]] = [
        (
            *("at phi", state.phi, round(compound.depth, 4), round(compound.width, 4), picture),
            *(round(compound.flops, 4), None, None),
        )
    ]
    for each in EFFICIENTNETS:
        params = find_net(f"efficientnet_{each.name.lower()}").params
        sizes = (round(each.phi, 4), each.depth, each.width, each.resolution)
        flops = round(each.macs / EFFICIENTNETS[0].macs, 4)
        rows.append((each.name, *sizes, flops, params, each.top1))
    titles = ("name", "phi", "depth", "width", "picture", "flops_over_b0", "params", "top1")
    return Table(titles, rows)


LAYER = ("layer", "weights", "params", "macs", "bytes")


def _dense(state: ComparingState) -> Table:
    of = state.dense
    weights = of.window * of.filters
    dense = (of.dense_weights, of.dense_params, of.dense_weights, 4 * of.dense_params)
    other = (weights, of.convolution_params, of.convolution_macs, 4 * of.convolution_params)
    return Table(LAYER, [("dense", *dense), ("convolution", *other)])


def _separable(state: ComparingState) -> Table:
    of = state.separable
    weights = of.depthwise_weights + of.pointwise_weights
    standard = (of.standard_weights, of.standard_params, of.standard_macs, 4 * of.standard_params)
    other = (weights, of.separable_params, of.separable_macs, 4 * of.separable_params)
    return Table(LAYER, [("standard", *standard), ("separable", *other)])


TABLES: dict[str, Callable[[ComparingState], Table]] = {
    NETS: _nets,
    SIZES: _sizes,
    ERRORS: _errors,
    SCALING: _scaling,
    DENSE: _dense,
    SEPARABLE: _separable,
}


def _bare(cell: Cell) -> Cell:
    return "" if cell is None else cell


def _texts(table: Table) -> list[list[str]]:
    """Write numbers with separators, but for years."""
    return [
        [
            _text(cell, "year" in (title, row[1]))
            for title, cell in zip(table.titles, row, strict=True)
        ]
        for row in table.rows
    ]


def _text(cell: Cell, year: bool) -> str:
    if isinstance(cell, int) and not year:
        return counted(cell)
    return "" if cell is None else str(cell)


def text(state: ComparingState, form: str, width: int) -> str:
    """Return what the command prints: one of FORMS, else the page."""
    return as_text(state, form) if form in FORMS else page(state, width)
