"""Turns the glyphs of the screens into ASCII of the same width.

For terminals and locales without Unicode: one filter over all that is painted.
"""

from __future__ import annotations

import re
from typing import Any

from rich.cells import get_character_cell_size
from rich.segment import Segment
from textual.app import App
from textual.color import Color
from textual.filter import LineFilter

TIMES = re.compile(r"(?<=[\di])·(?=[\dW(])")
_PAIRS = {
    "·.": ".",
    "×": "x",
    "→▸▶❯": ">",
    "←◂◀": "<",
    "↑▲": "^",
    "↓▼": "v",
    "⌊⌈": "[",
    "⌋⌉": "]",
    "–−—─━╌┄▔▁▂": "-",
    "│┃║▎▏▕▐▌▊▍": "|",
    "┌┐└┘├┤┬┴┼╭╮╰╯╔╗╚╝": "+",
    "█▓▒▄▀▅▆▇▉▋": "#",
    "░▃": ":",
    "…": "~",
    "✓": "v",
    "✗": "x",
    "≈": "~",
    "±": "+",
    "●■": "*",
    "○□": "o",
    "σ": "s",
    "Σ": "S",
    "γ": "g",
    "β": "b",
    "μ": "m",
    "ε": "e",
    "φ": "p",
    "²": "2",
    "√": "v",
    "⏎": "<",
}
TABLE = str.maketrans({glyph: plain for glyphs, plain in _PAIRS.items() for glyph in glyphs})


def in_ascii(text: str) -> str:
    """Return the text with every glyph replaced by ASCII; ``?`` a cell for what there is none for.

    A middle dot between numbers is a product, elsewhere it only separates.
    """
    text = TIMES.sub("*", text)
    return "".join(
        c if c.isascii() else "?" * get_character_cell_size(c) for c in text.translate(TABLE)
    )


class InAscii(LineFilter):
    """Draws every line in ASCII."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments with their text in ASCII."""
        return [
            segment
            if segment.text.isascii()
            else Segment(in_ascii(segment.text), segment.style, segment.control)
            for segment in segments
        ]


def without_unicode(app: App[Any]) -> None:
    """Paint the app in ASCII alone."""
    app._filters.append(InAscii())
