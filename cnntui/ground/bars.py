"""Bars and little histograms in block characters."""

from __future__ import annotations

BLOCKS = " ▏▎▍▌▋▊▉█"
BARS = {True: " ▁▂▃▄▅▆▇█", False: " .:-=+*#@"}  # by whether there is Unicode


def bar(share: float, width: int) -> str:
    """Draw a share, 0 to 1, in eighths of a character."""
    eighths = round(max(0.0, min(1.0, share)) * width * 8)
    if share > 0 and not eighths:
        eighths = 1
    full, rest = divmod(eighths, 8)
    return ("█" * full + (BLOCKS[rest] if rest else "")).ljust(width)


def bars(counts: tuple[int, ...], lines: int, unicode: bool) -> list[str]:
    """Return bars in lines, from the top; a bin that holds anything shows at least the lowest."""
    glyphs = BARS[unicode]
    steps = len(glyphs) - 1
    most = max(counts) or 1
    heights = [max(bool(count), round(count / most * lines * steps)) for count in counts]
    return [
        "".join(glyphs[max(0, min(steps, height - below))] for height in heights)
        for below in range((lines - 1) * steps, -1, -steps)
    ]
