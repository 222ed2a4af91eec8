"""What is to be drawn of a page of small pictures."""

from __future__ import annotations

from dataclasses import dataclass

from cnntui.ground.lines import Line
from cnntui.ui.frames.pictures import PictureFrame


@dataclass(frozen=True)
class Tile:
    """One picture of a sheet, and what stands below it: a line a caption."""

    picture: PictureFrame
    captions: tuple[Line, ...] = ()


@dataclass(frozen=True)
class SheetFrame:
    """A page of pictures in ``columns`` side by side, row by row, all of one size.

    A tile takes ``tile_width`` by ``tile_height`` characters: a column for a bracket on either side
    of its picture, the picture's lines, then its captions, which begin below the picture's left
    edge; what is left at the right and below is blank. ``first`` is the position of the first tile
    among ``total``; ``cursor`` the position of the chosen one, -1 where none is.
    """

    columns: int
    tile_width: int
    tile_height: int
    tiles: tuple[Tile, ...]
    first: int
    total: int
    cursor: int = -1
    message: str = ""  # why nothing is drawn

    @property
    def picture_lines(self) -> int:
        """Lines of a picture."""
        return (self.tiles[0].picture.height + 1) // 2 if self.tiles else 0

    def position_at(self, row: int, column: int) -> int | None:
        """Return the position of the tile at a character; None where there is none."""
        across = column // self.tile_width
        at = row // self.tile_height * self.columns + across
        inside = row >= 0 and 0 <= across < self.columns and at < len(self.tiles)
        return self.first + at if inside else None
