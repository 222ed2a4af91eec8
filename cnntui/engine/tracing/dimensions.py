"""Where views, sums, products and joins take the dimensions of a picture; shapes alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from cnntui.engine.tracing.axis_reach import Reach
from cnntui.engine.tracing.calls import Call, Shape
from cnntui.engine.tracing.receptive import Change


def folded(call: Call, dim: int) -> Change:
    """Return that the dimension goes into one unit that has read all of it."""
    return None, Reach("fold", call.shape[dim])


def mixed(call: Call, dim: int) -> Change:
    """Return that the dimension stays and each of its units has read all of it."""
    return dim, Reach("mix", call.shape[dim])


def aligned(call: Call, dim: int) -> Change:
    """Cell by cell, broadcast from the right; a dimension of another size has been folded."""
    at = dim + len(call.out) - len(call.shape)
    if 0 <= at < len(call.out) and call.shape[dim] in (call.out[at], 1):
        return at, None
    return folded(call, dim)


def window(size: int, kernel: int, stride: int, before: int, dilation: int = 1) -> Reach | None:
    """Return what a window reads; None for one that reads its own cell alone."""
    reach = Reach("window", size, kernel, stride, before, dilation)
    return None if reach.trivial else reach


def _regrouped(call: Call, dim: int) -> Change:
    """A view or reshape: a dimension that stays on its own goes on, one that is merged is folded.

    Both shapes fall into runs of equal products; a run of one dimension on each side is kept.
    """
    for into, out in _runs(call.shape, call.out):
        if dim in into:
            own = [d for d in out if call.out[d] == call.shape[dim]]
            alone = all(call.shape[d] == 1 for d in into if d != dim)
            return (own[0], None) if own and alone else folded(call, dim)
    return folded(call, dim)


def _runs(shape: Shape, out: Shape) -> Iterable[tuple[range, range]]:
    i = j = 0
    while i < len(shape) and j < len(out):
        start, left, right = (i, j), shape[i], out[j]
        i, j = i + 1, j + 1
        while left != right and (i < len(shape) or j < len(out)):
            if left < right and i < len(shape):
                left, i = left * shape[i], i + 1
            elif j < len(out):
                right, j = right * out[j], j + 1
            else:
                return
        yield range(start[0], i), range(start[1], j)


def _flat(values: Iterable[Any]) -> list[int]:
    """Return the integers of ``(0, 2, 3)`` or of ``((0, 2, 3),)``."""
    dims: list[int] = []
    for value in values:
        dims.extend([value] if isinstance(value, int) else _flat(value))
    return dims


def _permute(call: Call, dim: int) -> Change:
    given = call.given
    wanted = given.get("dim", given.get("rest", ()))
    order = [d % len(call.shape) for d in _flat([wanted])]
    return order.index(dim), None


def _transpose(call: Call, dim: int) -> Change:
    one, two = (int(call.given[key]) % len(call.shape) for key in ("dim0", "dim1"))
    return {one: two, two: one}.get(dim, dim), None


def _turned(call: Call, dim: int) -> Change:
    """``t()`` and ``.T`` reverse all dimensions, ``.mT`` the last two."""
    if call.name == "mT":
        last = len(call.shape) - 1
        return {last: last - 1, last - 1: last}.get(dim, dim), None
    return len(call.shape) - 1 - dim, None


def _movedim(call: Call, dim: int) -> Change:
    rank = len(call.shape)
    sources = [d % rank for d in _flat([call.given["source"]])]
    targets = [d % rank for d in _flat([call.given["destination"]])]
    order = [d for d in range(rank) if d not in sources]
    for target, source in sorted(zip(targets, sources, strict=True)):
        order.insert(target, source)
    return order.index(dim), None


def _dims(call: Call) -> list[int]:
    """Return the dimensions named by ``dim``; all where there is none."""
    rank = len(call.shape)
    dims = call.given.get("dim")
    named = [dims] if dims is not None else call.given.get("rest", ())
    dims = _flat([d for d in named if isinstance(d, (int, list, tuple))])
    return [d % rank for d in dims if not isinstance(d, bool)] or list(range(rank))


def _reduced(call: Call, dim: int) -> Change:
    if call.out == call.shape:
        return aligned(call, dim)
    dims = _dims(call)
    kept = len(call.out) == len(call.shape)
    if dim in dims:
        return (dim if kept else None), Reach("fold", call.shape[dim])
    return (dim if kept else dim - sum(d < dim for d in dims)), None


def _linear(call: Call, dim: int) -> Change:
    if call.operand or dim == len(call.shape) - 1:
        return folded(call, dim)
    return dim, None


def _matmul(call: Call, dim: int) -> Change:
    """Rows of the first and columns of the second operand stay; the inner dimension is summed."""
    place = dim - len(call.shape)
    summed = -1 if call.operand == 0 else -2
    if place == summed or len(call.shape) == 1 or len(call.out) + place < 0:
        return folded(call, dim)
    return len(call.out) + place, None


def _einsum(call: Call, dim: int) -> Change:
    equation = call.given["input"]
    if not isinstance(equation, str) or "->" not in equation or "." in equation:
        return folded(call, dim)
    sides = equation.replace(" ", "").split("->")
    label = sides[0].split(",")[call.operand][dim]
    return (sides[1].index(label), None) if label in sides[1] else folded(call, dim)


def _along(call: Call, dim: int) -> Change:
    """Along the dimension it names every unit depends on all of them."""
    return mixed(call, dim) if dim in _dims(call) else (dim, None)


def _normalised(call: Call, dim: int) -> Change:
    """Layer, group and instance norm measure the picture itself; batch norm in use does not."""
    if call.name in ("layer_norm", "rms_norm"):
        inside = len(call.shape) - len(tuple(call.given["normalized_shape"]))
        return mixed(call, dim) if dim >= inside else (dim, None)
    if call.name == "instance_norm" and not call.given.get("use_input_stats", True):
        return dim, None
    return mixed(call, dim)


def _cat(call: Call, dim: int) -> Change:
    rank = len(call.shape)
    place = {"hstack": min(1, rank - 1), "vstack": 0}.get(call.name, call.given.get("dim", 0))
    if len(call.out) != rank:
        return aligned(call, dim)
    return mixed(call, dim) if place % rank == dim else (dim, None)


def _stack(call: Call, dim: int) -> Change:
    new = call.given.get("dim", 0) % len(call.out)
    return dim + (dim >= new), None


def _part(call: Call, dim: int) -> Change:
    """A piece of one dimension; ``select`` and ``unbind`` drop it."""
    at = int(call.given.get("dim", 0)) % len(call.shape)
    if len(call.out) < len(call.shape):
        return folded(call, dim) if at == dim else (dim - (dim > at), None)
    return mixed(call, dim) if at == dim and call.out[dim] != call.shape[dim] else (dim, None)


def _getitem(call: Call, dim: int) -> Change:
    index = call.given["index"]
    items = list(index) if isinstance(index, tuple) else [index]
    used = sum(item is not None and item is not Ellipsis for item in items)
    missing = [slice(None)] * (len(call.shape) - used)
    where = next((i for i, item in enumerate(items) if item is Ellipsis), len(items))
    items[where : where + 1] = missing
    return _picked(call, dim, items)


def _picked(call: Call, dim: int, items: list[Any]) -> Change:
    source = target = 0
    for item in items:
        if item is None:
            target += 1
            continue
        if source == dim:
            if not isinstance(item, slice):
                return folded(call, dim)
            start, _, step = item.indices(call.shape[dim])
            return target, window(call.shape[dim], 1, step, -start)
        source, target = source + 1, target + isinstance(item, slice)
    return folded(call, dim)


def _unsqueeze(call: Call, dim: int) -> Change:
    new = int(call.given["dim"]) % len(call.out)
    return dim + (dim >= new), None


def _squeeze(call: Call, dim: int) -> Change:
    named = _dims(call)
    gone = [d for d in named if call.shape[d] == 1]
    return (None if dim in gone else dim - sum(d < dim for d in gone)), None


def _repeat(call: Call, dim: int) -> Change:
    at = dim + len(call.out) - len(call.shape)
    if call.shape[dim] in (1, call.out[at]):
        return at, None
    return at, Reach("mix", call.shape[dim])


Rule = Callable[[Call, int], Change]
RULES: dict[str, Rule] = {
    **dict.fromkeys(("flatten", "reshape", "view", "unflatten"), _regrouped),
    **dict.fromkeys(("mean", "sum", "amax", "amin", "std", "var", "logsumexp", "prod"), _reduced),
    **dict.fromkeys(("max", "min", "median", "argmax", "argmin", "norm", "all", "any"), _reduced),
    **dict.fromkeys(("softmax", "log_softmax", "softmin", "normalize"), _along),
    **dict.fromkeys(("cumsum", "cumprod", "roll", "flip"), _along),
    **dict.fromkeys(("layer_norm", "rms_norm", "group_norm", "instance_norm"), _normalised),
    **dict.fromkeys(("matmul", "mm", "bmm"), _matmul),
    **dict.fromkeys(("addmm", "baddbmm", "addbmm", "addmv", "mv", "dot", "bilinear"), folded),
    **dict.fromkeys(("scaled_dot_product_attention", "multi_head_attention_forward"), folded),
    **dict.fromkeys(("lstm", "gru", "rnn_tanh", "rnn_relu", "embedding", "unfold", "fold"), folded),
    **dict.fromkeys(("cat", "hstack", "vstack"), _cat),
    **dict.fromkeys(("chunk", "split", "tensor_split", "unbind"), _part),
    **dict.fromkeys(("narrow", "select", "index_select"), _part),
    **dict.fromkeys(("t", "T", "mT"), _turned),
    **dict.fromkeys(("repeat", "tile", "repeat_interleave"), _repeat),
    "permute": _permute,
    "transpose": _transpose,
    "movedim": _movedim,
    "linear": _linear,
    "einsum": _einsum,
    "stack": _stack,
    "getitem": _getitem,
    "unsqueeze": _unsqueeze,
    "squeeze": _squeeze,
}  # fmt: skip
