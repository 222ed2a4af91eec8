"""Notes every torch function of a forward pass, by a TorchFunctionMode: what made each tensor.

Slices, chunks and changes of type pass their source on without a node of their
own, unless they move along the picture. Tensors are known by weak reference, never held.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from cnntui.engine.tracing import counting, text
from cnntui.engine.tracing.calls import Call, Shape, documented, named, shape_of
from cnntui.engine.tracing.nodes import Flow, Node
from cnntui.engine.tracing.receptive import Change, Field, Step, joined, moved, of_input
from cnntui.engine.tracing.shortcuts import plain_result
from cnntui.engine.tracing.windows import SPATIAL, change

QUIET = {
    "detach", "contiguous", "to", "float", "half", "bfloat16", "double", "type", "type_as", "cpu",
    "cuda", "requires_grad", "alias", "data", "chunk", "split", "unbind", "getitem", "narrow",
    "tensor_split", "select", "expand", "expand_as", "broadcast_to", "squeeze", "unsqueeze",
    "clone", "positive", "lift_fresh",
}  # no row of their own  # fmt: skip
REARRANGES = {
    "flatten", "view", "reshape", "permute", "transpose", "movedim", "unflatten", "t", "T", "mT",
}  # fmt: skip
_PLAIN = {int, bool, float, str, torch.Size, torch.dtype, torch.device, torch.layout}

Operand = tuple[Tensor, Flow]
Given = Mapping[str, Any]


class Failure(NamedTuple):
    """The torch function that raised, and its arguments by name."""

    error: Exception
    name: str
    given: Given
    func: Callable[..., Any]
    args: Sequence[Any]
    options: Given


class Recorder(TorchFunctionMode):
    """The notes of one forward pass.

    ``parameters`` are the model's by id; ``path`` is where in the model functions are called now.
    """

    def __init__(self, parameters: Mapping[int, Tensor], inputs: Sequence[Tensor]) -> None:
        super().__init__()
        self.nodes: list[Node] = []
        self.failure: Failure | None = None
        self.parameters = parameters
        self.path: tuple[str, ...] = ()
        self._flows: dict[int, tuple[weakref.ref[Tensor], Flow]] = {}
        self._count = 0
        self._lost: Flow | None = None  # what left torch for numpy, and comes back unannounced
        first = next((tuple(x.shape) for x in inputs if x.dim() > 2), ())
        for at, tensor in enumerate(inputs):
            same = tuple(tensor.shape[2:]) == first[2:]  # another size is not the same picture
            self.mark(tensor, -1 - at, of_input(tensor.shape) if same else None)

    def mark(self, tensor: Tensor, node: int, field: Field | None) -> None:
        """Note that a tensor was made by ``node``."""
        self._set(tensor, Flow(node, field))

    def _set(self, tensor: Tensor, flow: Flow) -> None:
        self._flows[id(tensor)] = (weakref.ref(tensor), flow)

    def number(self) -> int:
        """Return the id of a new node."""
        self._count += 1
        return self._count

    def flow(self, tensor: Tensor) -> Flow | None:
        """Return where a tensor comes from; None for a constant."""
        key = id(tensor)
        held = self._flows.get(key)
        if held is not None and held[0]() is tensor:
            return held[1]
        if key in self.parameters:
            return Flow(None, None, (key,))
        if self._lost is not None and tensor.is_floating_point() and tensor.dim():
            return self._lost
        return None

    def resource(self, tensor: Tensor, node: int) -> None:
        """Note that a known tensor is the result of ``node``, too."""
        flow = self.flow(tensor)
        if flow is not None:
            self._set(tensor, flow._replace(node=node))

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Any,
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Run a torch function and note it."""
        options = kwargs or {}
        try:
            result = plain_result(func, args, options)
            if result is None:
                result = func(*args, **options)
        except Exception as error:
            if self.failure is None or self.failure.error is not error:
                name = documented(func.__name__)
                given = named(name, args, options)
                self.failure = Failure(error, name, given, func, args, options)
            raise
        if result.__class__ not in _PLAIN:
            self._note(func, args, options, result)
        return result

    def _note(
        self, func: Callable[..., Any], args: Sequence[Any], options: Given, result: Any
    ) -> None:
        name = documented(func.__name__)
        if name == "get":
            name = getattr(func, "__self__", func).__name__
        made = [args[0]] if name == "setitem" else list(tensors(result))
        operands = [(x, flow) for x in tensors((args, options)) if (flow := self.flow(x))]
        if not any(flow.node is not None for _, flow in operands):
            self._weigh(made, operands)
        elif not made:
            if name in ("numpy", "array", "tolist"):
                self._lost = next(flow for _, flow in operands if flow.node is not None)
        elif not name.startswith("new_") and not name.endswith("_like"):
            self._call(name, named(name, args, options), operands, made)

    def _weigh(self, made: list[Tensor], operands: list[Operand]) -> None:
        """Mark what is computed from parameters alone."""
        weights = tuple(dict.fromkeys(key for _, flow in operands for key in flow.weights))
        for tensor in made if weights else ():
            if id(tensor) not in self.parameters:
                self._set(tensor, Flow(None, None, weights))

    def _call(self, name: str, given: Given, operands: list[Operand], made: list[Tensor]) -> None:
        field, steps = _seen(name, given, operands, shape_of(made[0]))
        if (name in QUIET and not steps) or not made[0].is_floating_point():
            self._pass_on(name, given, operands, made)
            return
        node = self._node(name, given, operands, made[0])
        node.seen, node.steps = field, steps
        self.nodes.append(node)
        for tensor in made:
            self._set(tensor, Flow(node.id, field))
        if made[0] is operands[0][0] and made[0]._base is not None:
            self.resource(made[0]._base, node.id)  # written through a view

    def _pass_on(
        self, name: str, given: Given, operands: list[Operand], made: list[Tensor]
    ) -> None:
        source = next(flow for _, flow in operands if flow.node is not None)
        for tensor in made:
            field, _ = _seen(name, given, operands, shape_of(tensor))
            self._set(tensor, source._replace(field=field))

    def _node(self, name: str, given: Given, operands: list[Operand], made: Tensor) -> Node:
        active = [(x, flow.node) for x, flow in operands if flow.node is not None]
        out = shape_of(made)
        return Node(
            self.number(),
            name,
            self.path,
            list(dict.fromkeys(source for _, source in active)),
            shape_of(active[0][0]),
            out,
            made.numel() * made.element_size(),
            settings=text.settings(name, given),
            weights=tuple(key for _, flow in operands for key in flow.weights),
            macs=counting.macs(name, given, out),
            rearranges=name in REARRANGES,
        )


def tensors(value: Any) -> Iterator[Tensor]:
    """Yield the tensors in lists, tuples and mappings of any depth."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from tensors(item)
    elif isinstance(value, Mapping):
        yield from tensors(tuple(value.values()))


def _seen(
    name: str, given: Given, operands: list[Operand], out: Shape
) -> tuple[Field | None, tuple[Step, ...]]:
    """Return what the result of a call sees, and what it reads where that is not cell by cell."""
    fields: list[Field] = []
    steps: tuple[Step, ...] = ()
    for at, (tensor, flow) in enumerate(operands):
        if flow.field is None:
            continue
        shape = shape_of(tensor)
        if shape == out and name not in SPATIAL:
            fields.append(flow.field)
            continue
        field, step = moved(flow.field, _changing(Call(name, given, shape, out, at)), out)
        fields.append(field)
        if any(step) and not steps:
            steps = (step,)
    return joined(fields), steps


def _changing(call: Call) -> Callable[[int], Change]:
    return lambda dim: change(call, dim)
