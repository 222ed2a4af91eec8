"""Writes changed cells with as few bytes as the terminal needs.

Textual ends every run of cells with a reset and begins the next with its whole style, 40 bytes a
run in true colour, and writes each span from the left edge of its widget. On a slow line that is
most of what a step costs. Here the style in force is kept from run to run and from span to span
of one update, and only what differs is sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from rich.color import Color, ColorSystem
from rich.console import Console
from rich.control import Control
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate

OFF = {
    "1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "6": "25", "7": "27", "8": "28",
    "9": "29", "21": "24", "51": "54", "52": "54", "53": "55",
}  # fmt: skip
Look = tuple[frozenset[str], str, str]  # attributes, foreground, background, as SGR codes
PLAIN: Look = (frozenset(), "39", "49")


@lru_cache(maxsize=4096)
def look_of(style: Style, system: ColorSystem) -> Look:
    """Return the SGR codes of a style in a terminal of these colours."""
    attributes = style.without_color.render("x", color_system=system).partition("x")[0]
    codes = attributes.removeprefix("\x1b[").removesuffix("m")
    return (
        frozenset(code for code in codes.split(";") if code),
        _colour(style.color, system, foreground=True),
        _colour(style.bgcolor, system, foreground=False),
    )


def _colour(colour: Color | None, system: ColorSystem, foreground: bool) -> str:
    if colour is None:
        return "39" if foreground else "49"
    return ";".join(colour.downgrade(system).get_ansi_codes(foreground))


def change(old: Look, new: Look) -> str:
    """Return the escape sequence that turns one look into the other; empty for none."""
    if old == new:
        return ""
    anew = ["0", *sorted(new[0]), *(code for code in new[1:] if code not in ("39", "49"))]
    codes = sorted({OFF[code] for code in old[0] - new[0]})
    gone = {code for code in old[0] if OFF[code] in codes}  # 22 ends bold and dim alike
    codes += sorted(new[0] - (old[0] - gone))
    codes += [b for a, b in zip(old[1:], new[1:], strict=True) if a != b]
    return min(("\x1b[" + ";".join(way) + "m" for way in (codes, anew)), key=len)


def encoded(segments: Iterable[Segment], look: Look, system: ColorSystem) -> tuple[str, Look]:
    """Return the bytes of some segments that follow ``look``, and the look they leave."""
    parts: list[str] = []
    for segment in segments:
        style = segment.style
        if style is not None and style.link:
            parts += [change(look, PLAIN), style.render(segment.text, color_system=system)]
            look = PLAIN
            continue
        new = PLAIN if style is None else look_of(style, system)
        parts += [change(look, new), segment.text]
        look = new
    return "".join(parts), look


def render_spans(update: ChopsUpdate, console: Console) -> str:
    """Return what Textual's ``ChopsUpdate.render_segments`` returns, in fewer bytes."""
    system = console._color_system
    if system is None:
        return RENDER_SEGMENTS(update, console)
    look = PLAIN  # every update of Textual's ends with a reset
    parts: list[str] = []
    for y, x1, x2 in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            left, right = max(x, x1), min(end, x2)
            if strip is None or left >= right:
                continue
            parts.append(Control.move_to(left, y).segment.text)
            text, look = encoded(strip.crop(left - x, right - x), look, system)
            parts.append(text)
    return "".join([*parts, change(look, PLAIN)])


RENDER_SEGMENTS = ChopsUpdate.render_segments
ChopsUpdate.render_segments = render_spans  # type: ignore[method-assign, assignment]
