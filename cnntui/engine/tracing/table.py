"""Turns the notes of a forward pass into the frozen table: names, counts, shares and totals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from torch import nn
from torch.nn.parameter import is_lazy

from cnntui.engine.tracing.calls import Shape, shape_of
from cnntui.engine.tracing.counting import params_formula
from cnntui.engine.tracing.nodes import Node
from cnntui.engine.tracing.rows import Row, Trace


class Weight(NamedTuple):
    """One parameter: its name, shape, count and bytes."""

    name: str
    shape: Shape
    numbers: int
    size: int
    trainable: bool


def weights_of(model: nn.Module) -> dict[int, Weight]:
    """Return the model's parameters by id, each once; those of no size yet are left out."""
    return {
        id(p): Weight(name, shape_of(p), p.numel(), p.numel() * p.element_size(), p.requires_grad)
        for name, p in model.named_parameters()
        if not is_lazy(p)
    }


def table(
    model: nn.Module,
    nodes: Sequence[Node],
    replaced: Mapping[int, int],
    name: str,
    shapes: tuple[Shape, ...],
    how: str,
) -> Trace:
    """Return the trace of a pass; ``replaced`` are the calls inside layers, by the layer's id."""
    weights = weights_of(model)
    counted = _counted(nodes, weights)
    total = sum(w.numbers for w in weights.values())
    macs = sum(node.macs for node in nodes)
    places = {node.id: at for at, node in enumerate(nodes)}
    names = _names(nodes)
    rows = []
    for at, node in enumerate(nodes):
        held = [weights[key] for key in counted[at]]
        inputs = _edges(node, at, places, replaced)
        rows.append(_row(at, names[at], node, held, inputs, total or 1, macs or 1))
    used = {key for keys in counted for key in keys}
    return Trace(
        name,
        shapes,
        tuple(rows),
        tuple((w.name, w.numbers) for key, w in weights.items() if key not in used),
        total,
        sum(w.numbers for w in weights.values() if w.trainable),
        sum(w.size for w in weights.values()),
        sum(w.size for w in weights.values() if w.trainable),
        sum(b.numel() * b.element_size() for b in model.buffers() if not is_lazy(b)),
        how,
    )


def _counted(nodes: Iterable[Node], weights: Mapping[int, Weight]) -> list[list[int]]:
    """Return for each node the parameters it is the first to use."""
    seen: set[int] = set()
    counted = []
    for node in nodes:
        new = [key for key in dict.fromkeys(node.weights) if key in weights and key not in seen]
        seen.update(new)
        counted.append(new)
    return counted


def _names(nodes: Iterable[Node]) -> list[str]:
    """Return unique names: a second ``relu`` is ``relu#2``."""
    taken: dict[str, int] = {}
    names = []
    for node in nodes:
        name = node.name or ".".join((*node.path, node.type))
        taken[name] = taken.get(name, 0) + 1
        names.append(name if taken[name] == 1 else f"{name}#{taken[name]}")
    return names


def _edges(
    node: Node, at: int, places: Mapping[int, int], replaced: Mapping[int, int]
) -> tuple[int, ...]:
    sources = []
    for source in node.inputs:
        if source >= 0:
            while source in replaced and replaced[source] != source:
                source = replaced[source]
            source = places[source]
        if source < at:
            sources.append(source)
    return tuple(dict.fromkeys(sources))


def _row(
    at: int, name: str, node: Node, held: list[Weight], inputs: tuple[int, ...],
    total: int, macs: int,
) -> Row:  # fmt: skip
    params, field = sum(w.numbers for w in held), node.seen
    return Row(
        at,
        name,
        node.name,
        node.type,
        node.settings,
        node.path,
        inputs,
        node.input_shape,
        node.output_shape,
        params,
        sum(w.numbers for w in held if w.trainable),
        params_formula([w.shape for w in held]),
        node.macs,
        node.output_bytes,
        sum(w.size for w in held),
        params / total,
        node.macs / macs,
        field and field.size(),
        field and field.jump(),
        field and field.start(),
        field is not None and field.whole,
        node.rearranges,
        field.units() if field else (),
        node.steps,
    )
