"""Lays texts out in columns as wide as their longest; knows text alone."""

from __future__ import annotations

from collections.abc import Collection, Sequence


def aligned(
    titles: Sequence[str], rows: Sequence[Sequence[str]], right: Collection[str]
) -> list[str]:
    """Return a line of titles and one a row; the columns titled in ``right`` end flush right."""
    widths = [max(map(len, texts)) for texts in zip(titles, *rows, strict=True)]
    signs = [">" if title in right else "<" for title in titles]
    form = "  ".join(f"{{:{sign}{width}}}" for sign, width in zip(signs, widths, strict=True))
    return [form.format(*row).rstrip() for row in (titles, *rows)]
