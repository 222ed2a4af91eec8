"""A pane's frame as text: heading, boards side by side where they fit, and the words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnntui.ground.lines import Line, plain
from cnntui.ground.widths import cells, padded
from cnntui.numbers import tiny
from cnntui.ui.drawing.cells import grid_text
from cnntui.ui.frames.boards import GridFrame

if TYPE_CHECKING:
    from cnntui.engine.reference import Reference

GUTTER = "   "


def verdict(result: Reference) -> str:
    """Say whether torch agrees."""
    sign = "✓ torch" if result.agrees else "✗ torch differs"
    return f"{sign} {result.device}, largest difference {tiny(result.max_abs_diff)}"


def page(
    heading: list[str],
    boards: list[GridFrame],
    words: tuple[Line, ...],
    width: int,
    unicode: bool = True,
) -> str:
    """Lay a pane's frame out as text: boards side by side where they fit, then the words."""
    return "\n".join(
        [*heading, "", *beside([grid_text(board, unicode) for board in boards], width), ""]
        + [plain(line) for line in words]
    )


def beside(blocks: list[list[str]], width: int) -> list[str]:
    """Put blocks of lines side by side, or below each other where ``width`` is too small."""
    sizes = [max(map(cells, block)) for block in blocks]
    if sum(sizes) + cells(GUTTER) * (len(blocks) - 1) > width:
        return [line for block in blocks for line in (*block, "")][:-1]
    height = max(map(len, blocks))
    filled = [[*block, *[""] * (height - len(block))] for block in blocks]
    return [
        GUTTER.join(padded(text, size) for text, size in zip(row, sizes, strict=True)).rstrip()
        for row in zip(*filled, strict=True)
    ]
