"""Counting: multiply–adds of a call, and the arithmetic of parameters as text; shapes alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any

from cnntui.engine.tracing.calls import Shape, shape_of

MACS_DEFINITION = (
    "MACs are the multiply–adds of convolutions, linear layers and matrix products (attention "
    "and recurrent layers included); bias, normalisation, activation and pooling count 0. "
    "FLOPs are twice the MACs."
)


def params_formula(shapes: Sequence[Shape]) -> str:
    """Write how parameters are counted: ``3×3×64×128 + 128``; a kernel before its channels."""
    return " + ".join(_product(shape) for shape in shapes)


def _product(shape: Shape) -> str:
    """Write a weight (out, in/groups, kh, kw) as ``kh×kw×in×out``; (C, 1, 1) is one a channel."""
    if len(shape) == 3 and shape[1:] == (1, 1):
        return str(shape[0])
    sizes = (*shape[2:], shape[1], shape[0]) if len(shape) > 2 else shape[::-1]
    return "×".join(str(size) for size in sizes) or "1"


def macs(name: str, given: Mapping[str, Any], out: Shape) -> int:
    """Return the multiply–adds of one call of a documented torch function.

    ``given`` holds its arguments by name, ``out`` the shape of its (first) output. 0 for what
    MACS_DEFINITION leaves out.
    """
    rule = _RULES.get(name)
    return 0 if rule is None else rule(given, out)


def _conv(given: Mapping[str, Any], out: Shape) -> int:
    """Each output cell costs k·k·C_in/groups: weight (C_out, C_in/groups, …)."""
    weight = shape_of(given["weight"])
    return prod(out) * prod(weight[1:])


def _conv_transposed(given: Mapping[str, Any], out: Shape) -> int:
    """Each input cell costs k·k·C_out/groups: weight (C_in, C_out/groups, …)."""
    return prod(shape_of(given["input"])) * prod(shape_of(given["weight"])[1:])


def _linear(given: Mapping[str, Any], out: Shape) -> int:
    return prod(out) * shape_of(given["weight"])[-1]


def _matmul(given: Mapping[str, Any], out: Shape) -> int:
    return prod(out) * shape_of(given["input"])[-1]


def _addbmm(given: Mapping[str, Any], out: Shape) -> int:
    batch, _, inner = shape_of(given["input"])
    return prod(out) * batch * inner


def _bilinear(given: Mapping[str, Any], out: Shape) -> int:
    return prod(out) * prod(shape_of(given["weight"])[1:])


def _attention(given: Mapping[str, Any], out: Shape) -> int:
    """(…, L, E) by (…, S, E), then the weights (…, L, S) by (…, S, Ev)."""
    keys = shape_of(given["key"])[-2]
    query = shape_of(given["query"])
    return prod(query) * keys + prod(out) * keys


def _multi_head(given: Mapping[str, Any], out: Shape) -> int:
    """Three projections, attention over all heads, and the output projection; (L, N, E) inputs."""
    query, key, value = (shape_of(given[name]) for name in ("query", "key", "value"))
    width = query[-1]
    projections = (prod(query) + prod(key) + prod(value)) * width
    batch = query[1] if len(query) == 3 else 1
    attention = 2 * batch * query[0] * key[0] * width
    return projections + attention + prod(query) * width


def _recurrent(given: Mapping[str, Any], out: Shape) -> int:
    """Every weight matrix is applied once to each element of the sequence: (…, features) input."""
    weights = given["weights"] if isinstance(given["weights"], (list, tuple)) else ()
    steps = prod(shape_of(given["input"])[:-1])
    return steps * sum(prod(s) for s in map(shape_of, weights) if len(s) == 2)


def _einsum(given: Mapping[str, Any], out: Shape) -> int:
    """Contract the operands from the left, as torch does: the product of all indices at each."""
    equation, operands = str(given["input"]), list(given.get("rest", ()))
    if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
        operands = list(operands[0])
    left, _, right = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    if "." in equation or len(terms) < 2:
        return 0
    sizes = {
        label: size
        for term, operand in zip(terms, operands, strict=True)
        for label, size in zip(term, shape_of(operand), strict=True)
    }
    total, held = 0, set(terms[0])
    for at, term in enumerate(terms[1:], start=1):
        total += prod(sizes[label] for label in held | set(term))
        held = (held | set(term)) & (set(right) | set("".join(terms[at + 1 :])))
    return total


_RULES: dict[str, Callable[[Mapping[str, Any], Shape], int]] = {
    **{f"conv{n}d": _conv for n in "123"},
    **{f"conv_transpose{n}d": _conv_transposed for n in "123"},
    **dict.fromkeys(("matmul", "mm", "bmm", "mv", "dot", "addmm", "baddbmm", "addmv"), _matmul),
    **dict.fromkeys(("lstm", "gru", "rnn_tanh", "rnn_relu"), _recurrent),
    "linear": _linear,
    "addbmm": _addbmm,
    "bilinear": _bilinear,
    "einsum": _einsum,
    "scaled_dot_product_attention": _attention,
    "multi_head_attention_forward": _multi_head,
}
