"""Bars and little histograms in block characters."""

from __future__ import annotations

from collections.abc import Sequence

BLOCKS = " ▏▎▍▌▋▊▉█"
BARS = {True: " ▁▂▃▄▅▆▇█", False: " .:-=+*#@"}  # by whether there is Unicode


def bar(share: float, width: int) -> str:
    """Draw a share, 0 to 1, in eighths of a character."""
    eighths = round(max(0.0, min(1.0, share)) * width * 8)
    if share > 0 and not eighths:
        eighths = 1
    full, rest = divmod(eighths, 8)
    return ("█" * full + (BLOCKS[rest] if rest else "")).ljust(width)


def growing(count: int, most: int, width: int) -> str:
    """Return a rule as long as the count, rounded up: what is not empty shows."""
    return ("━" * -(-count * width // (most or 1))).ljust(width)


def bars(counts: Sequence[int], lines: int, unicode: bool) -> list[str]:
    """Return bars in lines, from the top; a bin that holds anything shows at least the lowest."""
    glyphs = BARS[unicode]
    most, full = max(counts) or 1, lines * (len(glyphs) - 1)
    heights = [max(bool(count), round(count / most * full)) for count in counts]
    return _upright(heights, lines, glyphs)


def rising(counts: Sequence[int], lines: int = 1) -> list[str]:
    """Return bars in lines, from the top, their heights rounded up: what is not empty shows."""
    glyphs = BARS[True]
    most, full = max(counts, default=0) or 1, lines * (len(glyphs) - 1)
    return _upright([-(-count * full // most) for count in counts], lines, glyphs)


def _upright(heights: Sequence[int], lines: int, glyphs: str) -> list[str]:
    """Draw heights in steps of a glyph."""
    steps = len(glyphs) - 1
    return [
        "".join(glyphs[max(0, min(steps, height - below))] for height in heights)
        for below in range((lines - 1) * steps, -1, -steps)
    ]
