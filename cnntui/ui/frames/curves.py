"""What is to be drawn of some curves: dots, labels and words."""

from __future__ import annotations

from dataclasses import dataclass

from cnntui.ground.lines import Line

STYLES = 6  # ways in which lines differ; 0 is solid and 1 dashed, further ones dotted or mixed


@dataclass(frozen=True)
class CurveFrame:
    """Curves, their axes and their legend, ``width`` by ``height`` characters.

    ``dots[row][column]`` is a cell's dots as in U+2800 (bit 0 the upper left one), and
    ``owners[row][column]`` the style of the line on top there, plus one; 0 where no line is.
    ``ticks`` are (row of the plot, text); ``edges`` the infinite values: (column, whether they are
    above, style). ``head`` and ``foot`` are whole lines; a run of the head with the role
    ``"sampleN"`` shows what a line of style N looks like.
    """

    width: int
    height: int
    head: tuple[Line, ...]
    left: int  # characters to the left of the dots: labels and the axis
    ticks: tuple[tuple[int, str], ...]
    dots: tuple[bytes, ...]
    owners: tuple[bytes, ...]
    edges: tuple[tuple[int, bool, int], ...]
    foot: tuple[str, ...]
    cursor: int | None = None  # the column that the keys move
    message: str = ""  # why nothing is drawn

    @property
    def columns(self) -> int:
        """Cells in a row of the plot."""
        return self.width - self.left
