"""Receptive fields: intervals forward for the table, exact regions backward for one unit.

Knows rows and integers, no tensors. Forward: stride j and interval [a, b] of unit 0 in cells of
the network's input; a join takes the hull (Araujo, Norris and Sim, Computing Receptive Fields of
Convolutional Neural Networks, distill.pub 2019). Backward: the units each row reads, row by row;
this stays exact where fractional strides meet, and includes global paths.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from math import floor
from typing import NamedTuple

from cnntui.engine.tracing.axis_reach import Interval, Number, Reach
from cnntui.engine.tracing.rows import Number as Plain
from cnntui.engine.tracing.rows import Row, Trace
from cnntui.errors import UserError


class Span(NamedTuple):
    """One axis of the picture as a tensor holds it."""

    dim: int | None  # the tensor's dimension along this axis; None where it is folded away
    size: int  # units along it; 1 where folded
    jump: Number  # input cells from one unit to the next; 0 where all units read the same
    first: Number
    last: Number


class Field(NamedTuple):
    """What the units of a tensor see of the picture: a span per axis."""

    axes: tuple[Span, ...]
    whole: bool = False  # some path has seen the whole picture

    def size(self) -> tuple[int, ...]:
        """Return cells from first to last along each axis; at fractional strides the most."""
        return tuple(floor(axis.last - axis.first) + 1 for axis in self.axes)

    def start(self) -> tuple[Plain, ...]:
        """Return the first cell that unit 0 sees, along each axis."""
        return tuple(plain(axis.first) for axis in self.axes)

    def jump(self) -> tuple[Plain, ...]:
        """Return the effective stride along each axis."""
        return tuple(plain(axis.jump) for axis in self.axes)

    def units(self) -> tuple[int, ...]:
        """Return the number of units along each axis."""
        return tuple(axis.size for axis in self.axes)


def plain(value: Number) -> Plain:
    """Return an int, or a float where there is a fraction."""
    return value if isinstance(value, int) else float(value)


def of_input(shape: Sequence[int]) -> Field | None:
    """Return the field of an input (N, C, …): each cell sees itself; None without a picture."""
    if len(shape) < 3:
        return None
    return Field(tuple(Span(dim, shape[dim], 1, 0, 0) for dim in range(2, len(shape))))


Change = tuple[int | None, Reach | None]  # the axis's new dimension, and what is read


Step = tuple[Reach | None, ...]  # what one operation reads, along each axis


def moved(
    field: Field, change: Callable[[int], Change], shape: Sequence[int]
) -> tuple[Field, Step]:
    """Return the field after one operation and what it reads along each axis.

    ``change`` tells of each dimension of the operand; ``shape`` is the output's.
    """
    axes, step = [], []
    for span in field.axes:
        dim, reach = (None, None) if span.dim is None else change(span.dim)
        if dim is None and reach is None and span.size > 1:
            reach = Reach("fold", span.size)
        step.append(None if reach is None or reach.trivial else reach)
        axes.append(_moved(span, dim, step[-1], 1 if dim is None else shape[dim]))
    wide = field.whole or any(reach is not None and reach.kind == "mix" for reach in step)
    return Field(tuple(axes), wide), tuple(step)


def _moved(span: Span, dim: int | None, reach: Reach | None, size: int) -> Span:
    jump, first, last = span.jump, span.first, span.last
    if reach is not None:
        jump, first, last = reach.forward(jump, first, last)
    return Span(dim, size, 0 if span.size == 1 and size > 1 else jump, first, last)


def joined(fields: Iterable[Field | None]) -> Field | None:
    """Return the hull of what several operands see; one that is spread over units sees it all."""
    known = [field for field in fields if field is not None]
    if len(known) < 2 or any(len(field.axes) != len(known[0].axes) for field in known):
        return known[0] if known else None
    pairs = [_joined(spans) for spans in zip(*(field.axes for field in known), strict=True)]
    wide = any(field.whole for field in known) or any(wide for _, wide in pairs)
    return Field(tuple(span for span, _ in pairs), wide)


def _joined(spans: Sequence[Span]) -> tuple[Span, bool]:
    """Return the hull of spans, and whether an operand was spread over the others' units."""
    size = max(span.size for span in spans)
    local = [span for span in spans if span.size == size and (span.jump or size == 1)] or spans
    first = min(span.first for span in local)
    last = max(span.last for span in local)
    jump = max(span.jump for span in local)
    return Span(local[0].dim, size, jump, first, last), len(local) < len(spans)


Region = tuple[Interval, ...]  # the first and last cell along each axis, both included


def field_of(
    trace: Trace, index: int, unit: Sequence[int], *, source: int = -1, local: bool = False
) -> Region | None:
    """Return exactly the cells of an input that a unit of a row depends on, along each axis.

    ``unit`` is its (row, column), ``source`` the input (-1 the first, -2 the second). The cells
    are those inside the picture; None where it depends on none. With ``local`` global paths, such
    as a squeeze-and-excite, are left out. Raises UserError for a unit the row has not.
    """
    row = trace.rows[index]
    _check(row, unit)
    regions: dict[int, Region] = {index: tuple((at, at) for at in unit)}
    for at in range(index, -1, -1):
        region = regions.pop(at, None)
        if region is not None:
            for reader, seen in _inputs(trace, trace.rows[at], region, local):
                regions[reader] = _hull(regions.get(reader), seen)
    return regions.get(source)


def _check(row: Row, unit: Sequence[int]) -> None:
    if row.receptive_field is None:
        raise UserError(f"{row.name} has no receptive field: its input is no picture")
    inside = all(0 <= at < size for at, size in zip(unit, row.units, strict=False))
    if len(unit) != len(row.units) or not inside:
        last = ", ".join(str(size - 1) for size in row.units)
        raise UserError(f"{row.name} has no unit {tuple(unit)}: its last one is ({last})")


def _inputs(trace: Trace, row: Row, region: Region, local: bool) -> list[tuple[int, Region]]:
    seen = through(row.reaches, region, local=local)
    areas = []
    for source in row.inputs if seen is not None else ():
        units = _units(trace, source)
        spread = any(size < own for size, own in zip(units, _read_units(row), strict=False))
        if len(units) == len(region) and seen is not None and not (local and spread):
            areas.append((source, tuple(map(_clipped, seen, units))))
    return areas


def _units(trace: Trace, source: int) -> tuple[int, ...]:
    return trace.input_shapes[-1 - source][2:] if source < 0 else trace.rows[source].units


def _read_units(row: Row) -> tuple[int, ...]:
    """Return the units along each axis that a row reads."""
    sizes = list(row.units)
    for step in reversed(row.reaches):
        sizes = [size if r is None else r.size for size, r in zip(sizes, step, strict=True)]
    return tuple(sizes)


def through(
    steps: Sequence[Sequence[Reach | None]], region: Region, *, local: bool = False
) -> Region | None:
    """Return what ``region`` of an output reads of the input, through steps from first to last.

    With ``local`` what every unit reads of all others, such as a norm's mean, is left out.
    """
    for step in reversed(steps):
        read = [
            span if reach is None or (local and reach.kind == "mix") else reach.read(span)
            for reach, span in zip(step, region, strict=True)
        ]
        if any(span is None for span in read):
            return None
        region = tuple(span for span in read if span is not None)
    return region


def _clipped(span: Interval, size: int) -> Interval:
    return min(span[0], size - 1), min(span[1], size - 1)


def _hull(one: Region | None, other: Region) -> Region:
    if one is None:
        return other
    return tuple((min(a, c), max(b, d)) for (a, b), (c, d) in zip(one, other, strict=True))


def fraction(value: float) -> Number:
    """Return a scale as an exact fraction: 1.5 as 3/2, 0.3333 as 1/3."""
    exact = Fraction(value).limit_denominator(4096)
    return int(exact) if exact.denominator == 1 else exact
