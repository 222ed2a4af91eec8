"""What is noted of each call while a network runs: drafts of rows, and where tensors come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from cnntui.engine.tracing.calls import Shape
from cnntui.engine.tracing.receptive import Field, Step


class Flow(NamedTuple):
    """Where a tensor comes from."""

    node: int | None  # the call that made it; -1, -2 for an input; None for what no input reaches
    field: Field | None
    weights: tuple[int, ...] = ()  # ids of the parameters it was computed from, where no node


@dataclass(slots=True)
class Node:
    """One call, as it is noted."""

    id: int
    type: str
    path: tuple[str, ...]
    inputs: list[int]
    input_shape: Shape
    output_shape: Shape
    output_bytes: int
    seen: Field | None = None  # what a unit of the output sees of the picture
    settings: str = ""
    name: str = ""  # a module's; a functional row is named by its place and type
    weights: tuple[int, ...] = ()  # ids of the parameters it uses
    macs: int = 0
    steps: tuple[Step, ...] = ()
    rearranges: bool = False


def merged(nodes: list[Node]) -> Node:
    """Return one node for the calls inside one layer; it has the last one's id."""
    if len(nodes) == 1:
        return nodes[0]
    inside = {node.id for node in nodes}
    inputs = [source for node in nodes for source in node.inputs if source not in inside]
    last = nodes[-1]
    return Node(
        last.id,
        last.type,
        last.path,
        list(dict.fromkeys(inputs)),
        nodes[0].input_shape,
        last.output_shape,
        last.output_bytes,
        last.seen,
        max(nodes, key=lambda node: (node.macs, bool(node.settings))).settings,
        macs=sum(node.macs for node in nodes),
        steps=tuple(step for node in nodes for step in node.steps),
        rearranges=all(node.rearranges for node in nodes),
    )


def one_layer(nodes: list[Node]) -> bool:
    """Whether the calls inside a module of the user's read as one layer.

    They do with at most one product of weights, and windows one behind the other.
    """
    sliding = sum(bool(node.steps) for node in nodes)
    chain = all(len(node.inputs) == 1 for node in nodes)
    return sum(node.macs > 0 for node in nodes) <= 1 and (sliding <= 1 or chain)
