"""Watches a model's modules while it runs: which leaf a call belongs to.

A leaf is a layer of ``torch.nn``, a script module, or a module of the user's without children.
What is called inside a leaf becomes its one row; a user's leaf of several layers stays open.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry
from torch.utils.hooks import RemovableHandle

from cnntui.engine.tracing.calls import shape_of
from cnntui.engine.tracing.nodes import Node, merged, one_layer
from cnntui.engine.tracing.receptive import Field, Span
from cnntui.engine.tracing.recording import Recorder, tensors

_CONTAINERS = ("torch.nn.modules.container", "torch.nn.modules.transformer")


_Watchers = tuple[Callable[..., None], Callable[..., None]]


class Frame(NamedTuple):
    """One module that is being called."""

    module: nn.Module
    name: str
    path: tuple[str, ...]
    leaf: bool
    layer: bool  # a layer of torch's, or inside one: what it calls is its own business
    start: int  # number of nodes before it


def is_layer(module: nn.Module) -> bool:
    """Whether a module is a layer of torch's own, with torch's ``forward``; no container."""
    if isinstance(module, torch.jit.ScriptModule):
        return True
    home = type(module).forward.__module__ or ""
    return home.startswith(("torch.nn.", "torch.ao.")) and not home.startswith(_CONTAINERS)


def type_name(module: nn.Module) -> str:
    """Return a module's class name: a parametrized layer's or script module's original one."""
    if isinstance(module, torch.jit.ScriptModule):
        return str(getattr(module, "original_name", type(module).__name__))
    if nn.utils.parametrize.is_parametrized(module):
        return type(module).__bases__[0].__name__
    return type(module).__name__


class _Products(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Counts multiply–adds inside a script module, where no torch function is seen."""

    macs = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        with torch._C.DisableTorchFunction():
            result = func(*args, **(kwargs or {}))
        count = flop_registry.get(getattr(func, "_overloadpacket", None))
        if count is not None:
            self.macs += int(count(*args, **(kwargs or {}), out_val=result)) // 2
        return result


class Watch:
    """The modules being called, and the rows that their calls make."""

    def __init__(self, model: nn.Module, recorder: Recorder) -> None:
        self.stack: list[Frame] = []
        self.error: BaseException | None = None
        self.fallen: tuple[Frame, ...] = ()  # the modules that were being called when it came up
        self.replaced: dict[int, int] = {}  # calls inside a layer, by the id of its node
        self._model = model
        self._recorder = recorder
        self._inside = ExitStack()
        self._products: _Products | None = None  # of the script module that is being called

    @contextmanager
    def hooks(self) -> Iterator[None]:
        """Watch the modules; whatever happens, no hook stays."""
        handles: list[RemovableHandle] = []
        scripts: dict[int, _Watchers] = {}
        try:
            for name, module in self._model.named_modules():
                if "parametrizations" in name.split("."):
                    continue
                watchers = self._watchers(name, module)
                if isinstance(module, torch.jit.ScriptModule):
                    scripts[id(module)] = watchers  # they take no hooks of their own
                else:
                    handles.append(module.register_forward_pre_hook(watchers[0]))
                    leave = module.register_forward_hook
                    handles.append(leave(watchers[1], with_kwargs=True, always_call=True))
            if scripts:
                handles.extend(_for_all(scripts))
            yield
        finally:
            for handle in handles:
                handle.remove()

    def _watchers(self, name: str, module: nn.Module) -> _Watchers:
        layer = is_layer(module)
        leaf = layer or (bool(name) and next(module.children(), None) is None)
        path = tuple(name.split(".")) if name else ()

        def enter(module: nn.Module, args: Any) -> None:
            inside = bool(self.stack) and self.stack[-1].layer
            start = len(self._recorder.nodes)
            frame = Frame(module, name, path, leaf and not inside, layer or inside, start)
            self.stack.append(frame)
            self._recorder.path = path
            if frame.leaf and isinstance(module, torch.jit.ScriptModule):
                self._products = self._inside.enter_context(_Products())  # type: ignore[no-untyped-call]

        def leave(module: nn.Module, args: Any, options: Any, output: Any) -> None:
            if output is None:
                self._fall(sys.exc_info()[1])
            frame = self.stack.pop()
            self._inside.close()
            self._recorder.path = self.stack[-1].path if self.stack else ()
            if frame.leaf:
                self._close(frame, layer, list(tensors((args, options))), list(tensors(output)))

        return enter, leave

    def _fall(self, error: BaseException | None) -> None:
        """Note where an exception came up first; the hooks are called on its way out, too."""
        if error is not None and error is not self.error:
            self.error, self.fallen = error, tuple(self.stack)

    def _close(self, frame: Frame, layer: bool, given: list[Tensor], made: list[Tensor]) -> None:
        """Make one row of what a leaf has called."""
        recorder = self._recorder
        inside = recorder.nodes[frame.start :]
        if not made or not (layer or one_layer(inside)):
            return
        node = merged(inside) if inside else self._opaque(frame.module, given, made)
        for call in inside:
            self.replaced[call.id] = node.id
        node.name, node.type = frame.name or type_name(frame.module), type_name(frame.module)
        node.path = frame.path[:-1]
        node.weights = tuple(id(p) for p in frame.module.parameters())
        if given:
            node.input_shape = shape_of(given[0])
        recorder.nodes[frame.start :] = [node]
        for tensor in made if not inside else ():
            recorder.resource(tensor, node.id)

    def _opaque(self, module: nn.Module, given: list[Tensor], made: list[Tensor]) -> Node:
        """Return a node for a module in which no torch function was seen."""
        recorder = self._recorder
        flows = [flow for x in given if (flow := recorder.flow(x)) and flow.node is not None]
        inputs = list(dict.fromkeys(flow.node for flow in flows if flow.node is not None))
        field = next((flow.field for flow in flows if flow.field), None)
        shape, out = shape_of((given or made)[0]), shape_of(made[0])
        size = made[0].numel() * made[0].element_size()
        node = Node(recorder.number(), "", (), inputs, shape, out, size, field)
        if self._products is not None:
            node.macs, self._products = self._products.macs, None
        fresh = [x for x in made if recorder.flow(x) is None]
        for tensor in fresh:
            node.seen = _unknown(field, shape_of(tensor))
            recorder.mark(tensor, node.id, node.seen)
        return node


def _for_all(watchers: dict[int, _Watchers]) -> list[RemovableHandle]:
    """Register hooks for every module there is, that watch those in ``watchers`` alone."""

    def enter(module: nn.Module, args: Any) -> None:
        if id(module) in watchers:
            watchers[id(module)][0](module, args)

    def leave(module: nn.Module, args: Any, output: Any) -> None:
        if id(module) in watchers:
            watchers[id(module)][1](module, args, {}, output)

    hooks = torch.nn.modules.module
    return [
        hooks.register_module_forward_pre_hook(enter),
        hooks.register_module_forward_hook(leave, always_call=True),
    ]


def _unknown(field: Field | None, out: tuple[int, ...]) -> Field | None:
    """Return the field after a module that does not tell what it reads: the whole picture."""
    if field is None:
        return None
    axes = []
    for span in field.axes:
        last = span.last + span.jump * (span.size - 1)
        kept = span.dim is not None and span.dim < len(out)
        size = out[span.dim] if kept and span.dim is not None else 1
        axes.append(Span(span.dim if kept else None, size, 0, span.first, last))
    return Field(tuple(axes), True)
