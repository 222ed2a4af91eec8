"""Reads one expression into Python's tree of nodes, and executes nothing."""

from __future__ import annotations

import ast
import warnings

from cnntui.errors import UserError
from cnntui.ground.names import cut


def tree_of(text: str, longest: int, what: str, wanted: str) -> ast.expr:
    """Return the tree of ``what``. Raises UserError that ends with what is ``wanted``."""
    if len(text) > longest:
        raise UserError(f"{what} has {len(text):,} characters; at most {longest} are read")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of "1 in 2" and "\d": the walk refuses them
            return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as problem:
        reason = problem.msg if isinstance(problem, SyntaxError) else "it can't be read"
        raise UserError(f"{cut(text)!r} can't be read as {what} ({reason}); {wanted}") from None


def shown(node: ast.expr) -> str:
    """Write a part of an expression for an error."""
    try:
        return cut(ast.unparse(node))
    except RecursionError:
        return "…"
