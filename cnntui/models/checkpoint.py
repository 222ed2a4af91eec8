"""Tells what a bare weights file holds, and which known network's weights these are."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cnntui.models.building import build_net
from cnntui.models.naming import Net, known_nets
from cnntui.models.reading import State, read_state
from cnntui.models.weights import prefix

Shapes = Mapping[str, tuple[int, ...]]

COUNTED = ("running_mean", "running_var", "num_batches_tracked")  # in a state, but no parameters
SMALLEST, LARGEST = 0.3, 100.0  # times a net's parameters: what another head may make of them


@dataclass(frozen=True)
class Stored:
    """One tensor of a file."""

    name: str
    shape: tuple[int, ...]
    dtype: str  # float32
    bytes: int


@dataclass(frozen=True)
class Known:
    """The known network that a state fits, and the sizes it was built with."""

    name: str
    classes: int
    in_channels: int


def listed(path: str | Path) -> tuple[Stored, ...]:
    """Return the tensors of a file in its order; reads no values. Raises UserError."""
    return tuple(
        Stored(
            name,
            tuple(tensor.shape),
            str(tensor.dtype).removeprefix("torch."),
            tensor.numel() * tensor.element_size(),
        )
        for name, tensor in read_state(path).items()
    )


def recognised(state: State) -> Known | None:
    """Return the known network whose keys and shapes these are; None where there is none.

    The nets nearest in size are tried first, on meta; those much larger or smaller never.
    """
    return next((known for shapes in _spelt(state) if (known := _known(shapes))), None)


def _spelt(state: State) -> Iterator[Shapes]:
    """Yield the shapes by name; then without the prefix that all names share, if there is one."""
    shapes = state.shapes()
    yield shapes
    shared = prefix(list(shapes))
    if shared:
        yield {name.removeprefix(shared): shape for name, shape in shapes.items()}


def _known(shapes: Shapes) -> Known | None:
    total = _parameters(shapes)
    near = [net for net in known_nets() if SMALLEST <= total / net.params <= LARGEST]
    near.sort(key=lambda net: abs(net.params - total))
    return next((known for net in near if (known := _as(net, shapes))), None)


def _as(net: Net, shapes: Shapes) -> Known | None:
    """Return the sizes with which ``net`` has exactly these shapes."""
    usual = _shapes_of(net, net.classes, net.channels)
    if not _same_names(usual, shapes):
        return None
    if _equal(usual, shapes):
        return Known(net.name, net.classes, net.channels)
    classes = _size(usual, _shapes_of(net, net.classes + 1, net.channels), shapes, net.classes)
    channels = _size(usual, _shapes_of(net, net.classes, net.channels + 1), shapes, net.channels)
    if (
        classes is None
        or channels is None
        or not (0 < classes < 1 << 24 and 0 < channels < 1 << 16)
    ):
        return None
    fits = _equal(_shapes_of(net, classes, channels), shapes)
    return Known(net.name, classes, channels) if fits else None


def _size(usual: Shapes, other: Shapes, shapes: Shapes, default: int) -> int | None:
    """Return the size found where one more of it changes a shape, such as the last layer's rows."""
    for name, shape in usual.items():
        for axis, (before, after) in enumerate(zip(shape, other[name], strict=True)):
            if (before, after) == (default, default + 1):
                stored = shapes.get(name, ())
                return stored[axis] if len(stored) == len(shape) else None
    return default


def _shapes_of(net: Net, classes: int, channels: int) -> Shapes:
    """Return the shapes of a net's state, built on meta."""
    state = build_net(net, classes, channels).state_dict()
    return {name: tuple(tensor.shape) for name, tensor in state.items()}


def _weights(shapes: Shapes) -> dict[str, tuple[int, ...]]:
    """Leave out the counter that files from before PyTorch 0.4.1 lack."""
    return {n: shape for n, shape in shapes.items() if not n.endswith("num_batches_tracked")}


def _same_names(one: Shapes, other: Shapes) -> bool:
    return _weights(one).keys() == _weights(other).keys()


def _equal(one: Shapes, other: Shapes) -> bool:
    return _weights(one) == _weights(other)


def _parameters(shapes: Shapes) -> int:
    """Return how many parameters a state has, its statistics left out."""
    return sum(math.prod(shape) for name, shape in shapes.items() if not name.endswith(COUNTED))
