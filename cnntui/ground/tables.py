"""Tables as text for a command to print: columns as wide as their longest, CSV, Markdown."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Sequence

from cnntui.ground.widths import cells, padded


def aligned(
    titles: Sequence[str], rows: Sequence[Sequence[str]], right: Collection[str]
) -> list[str]:
    """Return a line of titles and one a row; the columns titled in ``right`` end flush right."""
    widths = [max(map(cells, texts)) for texts in zip(titles, *rows, strict=True)]
    columns = [(width, title in right) for width, title in zip(widths, titles, strict=True)]
    return [
        "  ".join(padded(text, *column) for text, column in zip(row, columns, strict=True)).rstrip()
        for row in (titles, *rows)
    ]


def csv_text(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a table as CSV, without a last line's end."""
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows([head, *rows])
    return written.getvalue().rstrip("\n")


def markdown_text(
    head: Sequence[str], rows: Sequence[Sequence[str]], right: Collection[str] = ()
) -> str:
    """Return a table as Markdown."""
    rule = ["---:" if title in right else "---" for title in head]
    lines = [head, rule, *([text.replace("|", "\\|") for text in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
