"""The tensors of a weights file of no known network, as ``cnntui layers`` prints them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from cnntui.errors import printable
from cnntui.ground.tables import aligned, csv_text, markdown_text
from cnntui.numbers import counted, shape, size_text

if TYPE_CHECKING:
    from cnntui.models.checkpoint import Stored

TENSOR = ("name", "shape", "dtype", "bytes")
RIGHT = ("bytes",)


def report_of(name: str, tensors: Sequence[Stored]) -> dict[str, Any]:
    """Return the object printed for a file of weights of no known network."""
    return {
        "name": name,
        "tensors": [asdict(tensor) for tensor in tensors],
        "total_bytes": sum(tensor.bytes for tensor in tensors),
    }


def csv_of(tensors: Sequence[Stored]) -> str:
    """Return the tensors of a file as CSV."""
    rows = [(printable(t.name), "x".join(map(str, t.shape)), t.dtype, t.bytes) for t in tensors]
    return csv_text(TENSOR, rows)


def markdown_of(tensors: Sequence[Stored]) -> str:
    """Return the tensors of a file as Markdown."""
    return markdown_text(TENSOR, _cells(tensors), RIGHT)


def page_of(name: str, tensors: Sequence[Stored]) -> str:
    """Lay the tensors of a file out as text."""
    total = sum(tensor.bytes for tensor in tensors)
    table = aligned(TENSOR, _cells(tensors), RIGHT)
    head = f"{printable(name)} holds weights of no known network: {len(tensors)} tensors"
    return "\n".join([head, "", *table, "", f"{counted(total)} bytes, {size_text(total)}"])


def _cells(tensors: Sequence[Stored]) -> list[tuple[str, ...]]:
    """Return name, shape, type and bytes of each tensor, as text."""
    return [(printable(t.name), shape(t.shape), t.dtype, counted(t.bytes)) for t in tensors]
