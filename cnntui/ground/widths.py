"""Texts of so many terminal cells: a Chinese character takes two, an accent none."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size

ELLIPSIS = "…"


def cells(text: str) -> int:
    """Return how many cells a text takes."""
    return cell_len(text)


def cropped_text(text: str, width: int) -> str:
    """Return what of a text fits in ``width`` cells."""
    return text if cell_len(text) <= width else set_cell_size(text, max(0, width)).rstrip(" ")


def shortened_to(text: str, width: int) -> str:
    """Return a text of at most ``width`` cells, its end replaced by ``…`` where it is longer."""
    if cell_len(text) <= width:
        return text
    return f"{cropped_text(text, width - 1)}{ELLIPSIS}" if width > 0 else ""


def ended(text: str, width: int) -> str:
    """Return a text of at most ``width`` cells, its front replaced by ``…`` where it is longer."""
    if cell_len(text) <= width:
        return text
    while text and cell_len(text) > width - 1:
        text = text[1:]
    return f"{ELLIPSIS}{text}" if width > 0 else ""


def padded(text: str, width: int, right: bool = False) -> str:
    """Return a text filled with spaces to ``width`` cells, flush left or ``right``; not cut."""
    spaces = " " * (width - cell_len(text))
    return spaces + text if right else text + spaces


def fitted_text(text: str, width: int, right: bool = False) -> str:
    """Return a text of exactly ``width`` cells: shortened, or filled with spaces."""
    return padded(shortened_to(text, width), width, right)
