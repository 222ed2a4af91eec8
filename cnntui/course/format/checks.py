"""Checks: comparisons over facts, parsed and worked out node by node; nothing is ever executed.

A check is written in a small part of Python's syntax: ``output_shape == (3, 3) and kernel_size ==
3``. Python's own parser reads it, every node that is not listed here is refused, and the rest is
walked. Knows no pane: facts come as a mapping of names to plain values.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from cnntui.course.format.expressions import shown, tree_of
from cnntui.errors import UserError, printable
from cnntui.ground.names import cut, nearest

LONGEST = 400  # characters of a check
DEEPEST = 12  # nodes within nodes
CLOSE = 1e-6  # relative: float32 numbers that were written down compare as equal
_LARGEST = 1e15  # of a written number
_HELP = "checks know facts, numbers, 'texts', (tuples), == != < <= > >= in, and or not, + - * //"

PaneFacts = Mapping[str, Any]

_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
}
_ORDER: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_PLAIN = (ast.Eq, ast.NotEq, ast.In, ast.NotIn)
_VALUES = (int, float, str, bool, type(None))


@dataclass(frozen=True)
class Check:
    """A check that was read: its text, and the names of the facts in it, in order."""

    source: str
    names: tuple[str, ...]
    tree: ast.expr

    def holds(self, facts: PaneFacts) -> bool:
        """Tell whether it is true of these facts.

        Raises UserError for a fact that is not there, or values that can't be compared.
        """
        return bool(_worked(self.tree, facts))


def parse_check(text: str, known: Collection[str] | None = None) -> Check:
    """Read a check. Raises UserError for what is too long, too deep, unknown or not listed.

    ``known`` are the facts there are; None takes any name.
    """
    source = " ".join(text.split())
    tree = tree_of(source, LONGEST, "a check", _HELP)
    _admit(tree, 1)
    if not _is_truth(tree):
        raise UserError(f"{cut(source)!r} compares nothing; write output_size == 3")
    names = _names(tree)
    for name in names:
        if known is not None and name not in known:
            raise UserError(_unknown(name, known))
    return Check(printable(source), names, tree)


def _admit(node: ast.expr, depth: int) -> None:
    """Refuse what is too deep or not listed, before anything is worked out."""
    if depth > DEEPEST:
        raise UserError(f"the check is nested too deeply; at most {DEEPEST} levels are read")
    if not _is_listed(node):
        raise UserError(f"{shown(node)!r} is not known in a check; {_HELP}")
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            _admit(child, depth + 1)


def _is_listed(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=value):
            large = isinstance(value, int | float) and abs(value) > _LARGEST
            return isinstance(value, _VALUES) and not large
        case ast.BinOp(op=op):
            return type(op) in _ARITHMETIC
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            return True
        case ast.Subscript(value=ast.Name(), slice=at):
            return isinstance(at, ast.Constant) and type(at.value) is int
        case ast.Compare(ops=ops):
            return all(isinstance(op, _PLAIN) or type(op) in _ORDER for op in ops)
    return isinstance(node, ast.Name | ast.Tuple | ast.List | ast.BoolOp)


def _is_truth(node: ast.expr) -> bool:
    """Whether a node is true or false by its form: a comparison, or a fact that stands alone."""
    match node:
        case ast.BoolOp(values=values):
            return all(_is_truth(value) for value in values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _is_truth(operand)
    return isinstance(node, ast.Compare | ast.Name)


def _names(tree: ast.expr) -> tuple[str, ...]:
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    names.sort(key=lambda node: node.col_offset)
    return tuple(dict.fromkeys(printable(name.id) for name in names))


def _unknown(name: str, known: Collection[str]) -> str:
    names = sorted(known)
    listed = ", ".join(names) if names else "none"
    return f"there is no fact {cut(name)!r} here; {nearest(name, names)}known are {listed}"


def _worked(node: ast.expr, facts: PaneFacts) -> Any:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return _fact(name, facts)
        case ast.Tuple(elts=items) | ast.List(elts=items):
            return tuple(_worked(item, facts) for item in items)
        case ast.Subscript(value=value, slice=ast.Constant(value=at)):
            return _item(_worked(value, facts), at, shown(node))
        case ast.BoolOp(op=ast.And(), values=values):
            return all(bool(_worked(value, facts)) for value in values)
        case ast.BoolOp(values=values):
            return any(bool(_worked(value, facts)) for value in values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not _worked(operand, facts)
        case ast.UnaryOp(operand=operand):
            return -_number(_worked(operand, facts), node)
        case ast.BinOp(left=left, op=op, right=right):
            return _reckoned(node, op, _worked(left, facts), _worked(right, facts))
        case ast.Compare(left=left, ops=ops, comparators=rights):
            values = [_worked(each, facts) for each in (left, *rights)]
            pairs = zip(ops, values, values[1:], strict=False)
            return all(_compared(node, op, a, b) for op, a, b in pairs)
    raise UserError(f"{shown(node)!r} is not known in a check; {_HELP}")


def _fact(name: str, facts: PaneFacts) -> Any:
    if name not in facts:
        raise UserError(_unknown(name, facts.keys()))
    value = facts[name]
    return tuple(value) if isinstance(value, list) else value


def _item(value: Any, at: Any, text: str) -> Any:
    if not isinstance(value, tuple) or not 0 <= at < len(value):
        raise UserError(f"there is no {text}: the fact is {cut(repr(value))}")
    return value[at]


def _number(value: Any, node: ast.expr) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        text, operand = shown(node), cut(repr(value))
        raise UserError(f"{text!r} reckons with {operand}; only numbers are added and multiplied")
    return value


def _reckoned(node: ast.expr, op: ast.operator, left: Any, right: Any) -> Any:
    left, right = _number(left, node), _number(right, node)
    try:
        return _ARITHMETIC[type(op)](left, right)
    except (ZeroDivisionError, OverflowError):
        raise UserError(f"{shown(node)!r} divides by nothing or is too large") from None


def _compared(node: ast.expr, op: ast.cmpop, left: Any, right: Any) -> bool:
    match op:
        case ast.Eq():
            return _same(left, right)
        case ast.NotEq():
            return not _same(left, right)
        case ast.In():
            return _within(node, left, right)
        case ast.NotIn():
            return not _within(node, left, right)
    try:
        return bool(_ORDER[type(op)](left, right))
    except TypeError:
        a, b = cut(repr(left)), cut(repr(right))
        raise UserError(f"{shown(node)!r}: {a} and {b} have no order") from None


def _within(node: ast.expr, left: Any, right: Any) -> bool:
    if isinstance(right, str) and isinstance(left, str):
        return left in right
    if not isinstance(right, tuple | frozenset | set):
        container = cut(repr(right))
        raise UserError(f"{shown(node)!r}: {container} holds nothing; write in (1, 2)")
    return any(_same(left, each) for each in right)


def _same(left: Any, right: Any) -> bool:
    """Compare by value; numbers are the same within CLOSE, tuples where all their items are."""
    if isinstance(left, tuple) and isinstance(right, tuple):
        return len(left) == len(right) and all(map(_same, left, right))
    numbers = isinstance(left, int | float) and isinstance(right, int | float)
    if numbers and float in (type(left), type(right)):
        return math.isclose(left, right, rel_tol=CLOSE, abs_tol=CLOSE)
    return bool(left == right)
