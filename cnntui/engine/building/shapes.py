"""The shape after each line of a network, followed past what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cnntui.engine.building.blueprint import Blueprint, ImageShape, Layer, LineError, remedy
from cnntui.engine.building.rules import Misfit, Shape, after, check, check_size
from cnntui.engine.building.specs import Spec, primitives, written

MOST_MENDS = 9  # of one layer, until it is given up


@dataclass(frozen=True)
class ShapedLayer:
    """A layer with the shapes before and after it; after a wrong one, what its fix would give."""

    layer: Layer
    input: Shape
    output: Shape
    error: LineError | None = None


@dataclass(frozen=True)
class Shaped:
    """A network with its shapes; ``errors`` are those of the text and of the shapes, by line."""

    input: Shape
    layers: tuple[ShapedLayer, ...]
    errors: tuple[LineError, ...]

    @property
    def output(self) -> Shape:
        """The shape after the last layer."""
        return self.layers[-1].output if self.layers else self.input

    @property
    def lines(self) -> dict[int, Shape]:
        """The shape after each line, after its last round where it is repeated."""
        return {shaped.layer.line: shaped.output for shaped in self.layers}


def shaped(blueprint: Blueprint, input_shape: ImageShape | None = None) -> Shaped:
    """Follow the shapes; the text's own input goes before ``input_shape``."""
    start = blueprint.input_shape or input_shape
    if start is None:
        fix = "write `input 3x32x32` (C×H×W) as the first line"
        missing = LineError(1, "the shape of the input is not known", fix)
        return Shaped((), (), (*blueprint.errors, missing))
    shape: Shape = start
    layers: list[ShapedLayer] = []
    for layer in blueprint.layers:
        layers.append(_shaped_layer(layer, shape))
        shape = layers[-1].output
    return Shaped(start, tuple(layers), _together(blueprint.errors, layers))


def _together(
    written_wrong: Sequence[LineError], layers: Sequence[ShapedLayer]
) -> tuple[LineError, ...]:
    """Return one error a line; a line wrong in both ways keeps its text, with the later fix."""
    errors: dict[int, LineError] = {}
    for error in (each.error for each in reversed(layers)):
        if error:
            errors[error.line] = error
    for error in written_wrong:
        later = errors.get(error.line, error)
        errors[error.line] = replace(error, fix=later.fix, instead=later.instead)
    return tuple(errors[line] for line in sorted(errors))


def _shaped_layer(layer: Layer, shape: Shape) -> ShapedLayer:
    specs: tuple[Spec, ...] = (layer.spec,)
    first: Misfit | None = None
    known = True
    for _ in range(MOST_MENDS):
        output, place, misfit = _walked(specs, shape)
        if misfit is None:
            break
        first, known = first or misfit, known and misfit.instead is not None
        specs = (*specs[:place], *(misfit.instead or ()), *specs[place + 1 :])
    else:
        output, known = shape, False
    error = _error(layer, first, specs if known else None) if first else None
    return ShapedLayer(layer, shape, output, error)


def _error(layer: Layer, misfit: Misfit, specs: tuple[Spec, ...] | None) -> LineError:
    instead = None if specs is None else "\n".join(map(written, specs))
    text, fix = misfit.text, remedy(misfit.hint, instead)
    if layer.rounds and layer.rounds[-1][1] > 1:
        line, turn = layer.rounds[-1]
        text = f"in round {turn} of the repeat at line {line}: {text}"
        fix = f"repeat {turn - 1} times at most, or {fix}"
    return LineError(layer.line, text, fix, instead)


def _walked(specs: tuple[Spec, ...], shape: Shape) -> tuple[Shape, int, Misfit | None]:
    for place, spec in enumerate(specs):
        try:
            check(spec, shape)
            for one in primitives(spec):
                before, shape = shape, after(one, shape)
                check_size(one, before, shape)
        except Misfit as misfit:
            return shape, place, misfit
    return shape, len(specs), None
