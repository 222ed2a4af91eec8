"""The numbers in a lesson's prose: ``{{ out(32, 5) }}`` is worked out by a fixed set of functions.

Expressions are read by Python's parser and walked node by node, as checks are: nothing is ever
executed. Knows no torch: the figures of networks are those that the files of ``nets/`` tell.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import Any

from cnntui import numbers
from cnntui.course.format.expressions import shown, tree_of
from cnntui.course.format.formulas import FUNCTIONS, LISTS, TEXTS
from cnntui.errors import UserError, printable
from cnntui.ground.names import cut, nearest

LONGEST = 200  # characters of an expression
DEEPEST = 10
_LARGEST = 1e18
_MARKED = re.compile(r"\{\{([^{}]*)\}\}")
_LEFT = re.compile(r"\{\{|\}\}")
_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.FloorDiv: lambda a, b: a // b,
    ast.Pow: lambda a, b: a**b,
}


def filled(text: str) -> str:
    """Return ``text`` with every ``{{ … }}`` worked out and written. Raises UserError."""
    done = _MARKED.sub(lambda figure: written(value_of(figure[1])), text)
    if _LEFT.search(done):
        raise UserError("{{ and }} don't match; write {{ out(32, 5) }}")
    return done


def written(value: Any) -> str:
    """Write a figure: counts with separators, shapes with ×, other numbers in seven characters."""
    match value:
        case bool() | str():
            return str(value)
        case int():
            return numbers.counted(value)
        case float() if value.is_integer() and abs(value) < _LARGEST:
            return numbers.counted(int(value))
        case float():
            return numbers.short(value)
    return numbers.shape(tuple(value))


def value_of(text: str) -> Any:
    """Work an expression out. Raises UserError that says what is known."""
    source = text.strip()
    tree = tree_of(source, LONGEST, "a figure", "write {{ out(32, 5) }}")
    return _worked(tree, 1)


def _worked(node: ast.expr, depth: int) -> Any:
    if depth > DEEPEST:
        raise UserError(f"the expression is nested too deeply; at most {DEEPEST} levels are read")
    match node:
        case ast.Constant(value=bool() | int() | float() | str() as value):
            return printable(value) if isinstance(value, str) else value
        case ast.Tuple(elts=items) | ast.List(elts=items):
            return tuple(_worked(item, depth + 1) for item in items)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_number(_worked(operand, depth + 1))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _ARITHMETIC:
            return _reckoned(op, _worked(left, depth + 1), _worked(right, depth + 1))
        case ast.Call(func=ast.Name(id=name), args=given, keywords=named):
            values = [_worked(each, depth + 1) for each in given]
            more = {str(each.arg): _worked(each.value, depth + 1) for each in named}
            return _called(name, values, more)
    raise UserError(
        f"{shown(node)!r} is not known in a figure; known are numbers, 'texts', "
        f"(tuples), + - * / // ** and {', '.join(sorted(FUNCTIONS))}"
    )


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UserError(f"{cut(repr(value))} is no number to reckon with")
    return value


def _reckoned(op: ast.operator, left: Any, right: Any) -> Any:
    left, right = _number(left), _number(right)
    if isinstance(op, ast.Pow) and (abs(right) > 64 or abs(left) > 1e6):
        raise UserError(f"{left}**{right} is too large a power; at most 1,000,000**64")
    try:
        return _bounded(_ARITHMETIC[type(op)](left, right))
    except (ZeroDivisionError, OverflowError):
        raise UserError(f"{left} and {right} can't be reckoned: the result is no number") from None


def _called(name: str, given: list[Any], named: dict[str, Any]) -> Any:
    if name not in FUNCTIONS:
        known = sorted(FUNCTIONS)
        raise UserError(
            f"there is no function {cut(name)!r}; {nearest(name, known)}"
            f"known are {', '.join(known)}"
        )
    for value in (*given, *named.values()):
        if (isinstance(value, str) and name not in TEXTS) or (
            isinstance(value, tuple) and name not in LISTS
        ):
            raise UserError(f"{name} takes numbers, not {cut(repr(value))}; see docs/lessons.md")
    try:
        return _bounded(FUNCTIONS[name](*given, **named))
    except UserError:
        raise
    except (TypeError, ValueError, ZeroDivisionError, OverflowError, IndexError) as problem:
        raise UserError(f"{name}: {cut(str(problem), 100)}; docs/lessons.md lists it") from None


def _bounded(value: Any) -> Any:
    if isinstance(value, complex) or (isinstance(value, int | float) and not _is_sane(value)):
        raise UserError("the result is too large to be a figure")
    return value


def _is_sane(value: float) -> bool:
    return abs(value) <= _LARGEST  # no NaN either
