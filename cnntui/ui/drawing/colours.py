"""Colours that mean a value, and a screen without any."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.color import Color
from textual.filter import LineFilter

RGB = tuple[int, int, int]

STEPS = 32  # levels on either side of zero
NEUTRAL: RGB = (18, 18, 22)
COOL: tuple[RGB, RGB] = ((24, 72, 168), (120, 188, 255))  # half way, at the end
WARM: tuple[RGB, RGB] = ((158, 62, 12), (255, 178, 84))
STRONG = 64  # the difference in one channel from which a background means something


class NoColour(LineFilter):
    """Removes every colour and keeps bold, dim, italic, underline, reverse, links and actions.

    Where text lies on a background far from its widget's own (a highlighted option, a cursor),
    reverse video takes the place of the colour. Lines and blocks are left alone: around a coloured
    widget they lie on the background of its parent.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the segments without colours."""
        ground = background.rgb
        return [
            Segment(text, None if style is None else _plain(style, ground, _is_drawing(text)))
            for text, style, _ in segments
        ]


def without_colour(app: App[Any]) -> None:
    """Let ``app`` send no colour at all, in place of the greys Textual has for NO_COLOR."""
    app._filters[:] = [NoColour()]


@lru_cache(maxsize=4096)
def _plain(style: Style, ground: RGB, drawing: bool) -> Style:
    """Return ``style`` without colours; ``Style.without_color`` would drop the actions too."""
    plain = style.without_color
    if not drawing and _stands_out(style.bgcolor, ground):
        plain += Style(reverse=not style.reverse)
    return plain + Style.from_meta(style.meta) if style.meta else plain


def _stands_out(colour: RichColor | None, ground: RGB) -> bool:
    if colour is None or colour.is_default:
        return False
    return max(abs(a - b) for a, b in zip(colour.get_truecolor(), ground, strict=True)) >= STRONG


def _is_drawing(text: str) -> bool:
    """Tell whether there is nothing but lines and blocks (U+2500 to U+259F) in ``text``."""
    glyphs = text.replace(" ", "")
    return bool(glyphs) and all("─" <= glyph <= "▟" for glyph in glyphs)


def heat_style(level: int) -> Style:
    """Return the colours of a level; beyond -32 or 32 those of the end."""
    return HEAT[min(max(level, -STEPS), STEPS) + STEPS]


def _heat(level: int) -> Style:
    ground = _blend(level)
    ink = (0, 0, 0) if _luminance(ground) > 0.179 else (255, 255, 255)
    return Style.from_color(RichColor.from_rgb(*ink), RichColor.from_rgb(*ground))


def _blend(level: int) -> RGB:
    """Return the background of a level, on two straight lines through RGB."""
    middle, end = COOL if level < 0 else WARM
    position = abs(level) / STEPS * 2
    start, stop = (NEUTRAL, middle) if position <= 1 else (middle, end)
    share = position if position <= 1 else position - 1
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(start, stop, strict=True))
    return red, green, blue


def _luminance(colour: RGB) -> float:
    """Return the relative luminance of WCAG 2; above 0.179 black text has the better contrast."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (v / 255 for v in colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


HEAT: tuple[Style, ...] = tuple(_heat(level) for level in range(-STEPS, STEPS + 1))
