"""The Build pane's state: a network as text, judged line by line; how it is traced and made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from math import prod
from typing import Self

from cnntui.engine.building.blueprint import first_error
from cnntui.engine.building.parsing import Blueprint, LineError, Shaped, mended, parse, shaped
from cnntui.engine.building.parts import Part, parts
from cnntui.engine.building.rules import Shape
from cnntui.engine.comparing import Totals, totals_of
from cnntui.engine.tracing.rows import Trace
from cnntui.errors import UserError
from cnntui.models.opening import Network, shapes_of
from cnntui.numbers import counted
from cnntui.panes.layers.state import LayersState
from cnntui.sources.networks import NetworkText, read_network

FIRST = "mnist_cnn"
MOST_STEPPED = 250_000_000  # parameters; a gigabyte
MOST_TRACED = 1000  # layers; a longer network's table takes seconds

ImageShape = tuple[int, int, int]  # (C, H, W)


@dataclass(frozen=True)
class LineResult:
    """What a line makes: the shape after it and its parameters, over all rounds of a repeat.

    ``output`` is None for a line that makes nothing; ``params`` is None where they aren't known.
    """

    output: Shape | None
    params: int | None
    error: LineError | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class BuildingState:
    """A written network.

    ``layers`` is the table of the text ``traced``, which may be an earlier one. ``given`` is an
    input (C, H, W) that goes before the text's own.
    """

    written: NetworkText
    text: str
    given: ImageShape | None = None
    layers: LayersState | None = None
    traced: str = ""
    rows: int = 6  # lines of the table on view
    problem: str = ""

    @classmethod
    def of(cls, written: NetworkText) -> Self:
        """Open a written network."""
        return cls(written=written, text=written.text)

    @property
    def changed(self) -> bool:
        """Whether the text differs from what was opened or saved."""
        return self.text != self.written.text

    @cached_property
    def blueprint(self) -> Blueprint:
        """The text as layers."""
        blueprint = parse(self.text)
        return blueprint.fed(self.given) if self.given else blueprint

    @cached_property
    def shaped(self) -> Shaped:
        """The layers with their shapes."""
        return shaped(self.blueprint)

    @property
    def errors(self) -> tuple[LineError, ...]:
        """What is wrong, by line."""
        return self.shaped.errors

    @property
    def fault(self) -> UserError | None:
        """Why there is no network to trace: the first wrong line, or that there is no layer."""
        if self.errors:
            return first_error(self.errors)
        if not self.shaped.layers:
            return UserError("no layer yet; write one a line, for example `conv 32 3 relu`")
        return None

    @property
    def mendable(self) -> LineError | None:
        """The first error whose fix can be put in its place."""
        return next((error for error in self.errors if error.instead is not None), None)

    @property
    def current(self) -> LayersState | None:
        """The table, where it is this text's."""
        return self.layers if self.traced == self.text and not self.fault else None

    @cached_property
    def results(self) -> dict[int, LineResult]:
        """What each line makes, by its number from 1."""
        results: dict[int, LineResult] = {}
        for layer in self.shaped.layers:
            params = None if layer.error else layer_params(replace(self.shaped, layers=(layer,)))
            before = results.get(layer.layer.line, LineResult(None, 0))
            total = None if params is None or before.params is None else before.params + params
            results[layer.layer.line] = LineResult(layer.output, total)
        for error in self.errors:
            makes = results.get(error.line, LineResult(None, None))
            results[error.line] = replace(makes, params=None, error=error)
        return results

    @property
    def params(self) -> int:
        """Parameters of all lines that are right."""
        return sum(result.params or 0 for result in self.results.values())

    # verbs

    def typed(self, text: str) -> Self:
        """Take another text."""
        return self if text == self.text else replace(self, text=text, problem="")

    def fixed(self) -> Self:
        """Put the first fix there is in its line's place."""
        error = self.mendable
        if error is None:
            why = "no fix can be put in by itself; see what is said" if self.errors else ""
            return replace(self, problem=why or "nothing is wrong: there is no fix to apply")
        return self.typed(mended(self.text, error))

    def opened(self, written: NetworkText) -> Self:
        """Take another network."""
        return replace(self, written=written, text=written.text, given=None, problem="")

    def saved(self, path: str, text: str) -> Self:
        """Note what text was saved, and where."""
        name = path.replace("\\", "/").rpartition("/")[2].removesuffix(".txt")
        return replace(self, written=NetworkText(name, text, path), problem="")

    def refused(self, problem: UserError) -> Self:
        """Say what can't be done; nothing else changes."""
        return replace(self, problem=str(problem))

    def settled(self) -> Self:
        """Say nothing any more."""
        return replace(self, problem="")

    def with_input(self, shape: ImageShape) -> Self:
        """Write an input's shape into the text, in its input line's place or as the first line."""
        new = f"input {'x'.join(map(str, shape))}"
        lines = self.text.split("\n")
        for at, line in enumerate(lines):
            code, mark, comment = line.partition("#")
            if code.split()[:1] == ["input"]:
                lines[at] = f"{new}  #{comment}" if mark else new
                return self.typed("\n".join(lines))
        return self.typed("\n".join([new, *lines]))

    def fed(self, shape: ImageShape) -> Self:
        """Give it another input than the text's own."""
        return replace(self, given=shape)

    def with_trace(self, text: str, trace: Trace | None) -> Self:
        """Take the table of a text; one that is no longer there is left out."""
        if text != self.text or trace is None:
            return self
        cursor = self.layers.cursor if self.layers else 0
        layers = LayersState(trace=trace).sized(self.rows).to(cursor)
        return replace(self, layers=layers, traced=text)

    def sized(self, rows: int) -> Self:
        """Show so many lines of the table."""
        layers = self.layers.sized(rows) if self.layers else None
        return replace(self, rows=rows, layers=layers)

    def moved(self, by: int) -> Self:
        """Move along the table."""
        return replace(self, layers=self.layers.moved(by), problem="") if self.layers else self

    def to(self, position: int) -> Self:
        """Go to a line of the table."""
        return replace(self, layers=self.layers.to(position)) if self.layers else self


def open_state(name: str) -> BuildingState:
    """Open a network by a sample's name or from a file. Raises UserError."""
    return BuildingState.of(read_network(name))


def image_shape(text: str) -> ImageShape:
    """Read ``3x32x32``. Raises UserError."""
    shapes = shapes_of(text)
    if len(shapes) != 1 or len(shapes[0]) != 3 or min(shapes[0]) < 1:
        raise UserError(f"{text!r} is no picture's shape; write channels x height x width: 3x32x32")
    channels, height, width = shapes[0]
    return channels, height, width


def layer_params(network: Shaped) -> int:
    """Count the parameters of a network without fault; no torch needed."""
    return sum(map(part_params, parts(network)))


def part_params(part: Part) -> int:
    """Count the parameters of one module, from its arguments alone."""
    match part.kind, part.positional:
        case "Conv2d", (int(inputs), int(filters)):
            kernel, groups = part.named["kernel_size"], part.named.get("groups", 1)
            assert isinstance(groups, int)
            area = prod(kernel) if isinstance(kernel, tuple) else int(kernel) ** 2
            return filters * (inputs // groups * area + _bias(part))
        case "Linear", (int(inputs), int(outputs)):
            return outputs * (inputs + _bias(part))
        case (("BatchNorm2d" | "BatchNorm1d"), (int(channels),)):
            return 2 * channels
        case "Residual", (int(inputs), int(filters)):
            return _residual(inputs, filters, part.named.get("stride", 1) != 1)
    return 0


def _bias(part: Part) -> int:
    return 1 if part.named.get("bias", True) else 0


def _residual(inputs: int, filters: int, strided: bool) -> int:
    """Two 3×3 convolutions without bias and two batch norms; a 1×1 shortcut where it is needed."""
    branch = 9 * inputs * filters + 9 * filters * filters + 4 * filters
    return branch + (inputs * filters + 2 * filters if strided or inputs != filters else 0)


def traced(state: BuildingState) -> Trace:
    """Build the network on the meta device and trace it; imports torch. Raises UserError."""
    if state.fault:
        raise state.fault
    from cnntui.engine.warm import warm_torch

    warm_torch()
    from cnntui.engine.building.built import build
    from cnntui.engine.tracing.forward import trace
    from cnntui.models.building import meta

    with _in_one_line():
        with meta():
            model = build(state.blueprint)
        return trace(model, state.shaped.input, name=state.written.name)


def written_totals(state: BuildingState, trace: Trace) -> Totals:
    """Return the totals of a written network, named as the user's own."""
    name = f"{state.written.name} (yours)"
    return replace(totals_of(trace, name), name=name)


def layers_of(state: BuildingState, trace: Trace) -> LayersState:
    """Return the network with random weights, as the Layers pane opens it. Raises UserError."""
    if state.params > MOST_STEPPED:
        raise UserError(f"more than {counted(MOST_STEPPED)} parameters take too much memory")
    from cnntui.engine.building.built import build
    from cnntui.models.loading import Loaded

    name = state.written.name
    with _in_one_line():
        loaded = Loaded(name, name, build(state.blueprint), state.shaped.input, "file")
    return LayersState.of(Network(name, name, "", trace, loaded, {}))


@contextmanager
def _in_one_line() -> Iterator[None]:
    """Turn what torch says of a network it can't make into one line."""
    try:
        yield
    except (RuntimeError, TypeError, OverflowError, MemoryError) as problem:
        first = (str(problem).splitlines() or [type(problem).__name__])[0]
        raise UserError(f"torch can't build it: {first}") from problem
