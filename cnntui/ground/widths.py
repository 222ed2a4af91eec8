"""Measures, cuts and pads texts in terminal cells: a Chinese character takes two, an accent none.

Whatever can't be printed is escaped, and counts as it is shown.
"""

from __future__ import annotations

from rich.cells import cell_len, split_text

from cnntui.errors import printable

ELLIPSIS = "…"


def cells(text: str) -> int:
    """Return how many cells a text takes."""
    return cell_len(printable(text))


def cropped_text(text: str, width: int) -> str:
    """Return what of a text fits in ``width`` cells; no half of a character."""
    text = printable(text)
    if cell_len(text) <= width:
        return text
    head = split_text(text, max(0, width))[0]
    return head if text.startswith(head) else head[:-1]  # a blank stands for half a character


def shortened_to(text: str, width: int) -> str:
    """Return a text of at most ``width`` cells, its end replaced by ``…`` where it is longer."""
    if cells(text) <= width:
        return printable(text)
    return f"{cropped_text(text, width - 1)}{ELLIPSIS}" if width > 0 else ""


def ended(text: str, width: int) -> str:
    """Return a text of at most ``width`` cells, its front replaced by ``…`` where it is longer."""
    text = printable(text)
    size = cell_len(text)
    if size <= width:
        return text
    tail = split_text(text, size - max(0, width - 1))[1]
    tail = tail if text.endswith(tail) else tail[1:]
    return f"{ELLIPSIS}{tail}" if width > 0 else ""


def padded(text: str, width: int, right: bool = False) -> str:
    """Return a text filled with spaces to ``width`` cells, flush left or ``right``; not cut."""
    text = printable(text)
    spaces = " " * (width - cell_len(text))
    return spaces + text if right else text + spaces


def fitted_text(text: str, width: int, right: bool = False) -> str:
    """Return a text of exactly ``width`` cells: shortened, or filled with spaces."""
    return padded(shortened_to(text, width), width, right)
