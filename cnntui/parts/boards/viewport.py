"""Which cells of a board are on view."""

from __future__ import annotations

from dataclasses import dataclass, replace

TITLE_LINES = 1


@dataclass(frozen=True)
class Viewport:
    """A window of ``height`` lines by ``width`` characters on a board of cells.

    ``top`` and ``left`` are the first row and column shown; negative in the padding.
    """

    width: int = 40
    height: int = 12
    top: int = 0
    left: int = 0

    def columns(self, cell: int) -> int:
        """Return how many cells of ``cell`` characters fit side by side."""
        return max(1, (self.width - 1) // cell)

    @property
    def rows(self) -> int:
        """How many rows fit below the title."""
        return max(1, self.height - TITLE_LINES)

    def sized(self, width: int, height: int) -> Viewport:
        """Return the view with another size on the screen."""
        return replace(self, width=width, height=height)

    def following(
        self, rows: range, columns: range, board: tuple[range, range], cell: int
    ) -> Viewport:
        """Return the view moved, no further than needed, so that ``rows`` × ``columns`` is seen.

        ``board`` is the whole board's rows and columns. A view that has to move jumps ahead by
        half a screen, so that the next steps repaint a few cells and not the board.
        """
        return replace(
            self,
            top=_followed(self.top, self.rows, rows, board[0]),
            left=_followed(self.left, self.columns(cell), columns, board[1]),
        )

    def shown(self, board: tuple[range, range], cell: int) -> tuple[range, range]:
        """Return the rows and columns of the board that are on view."""
        top = max(self.top, board[0].start)
        left = max(self.left, board[1].start)
        return (
            range(top, min(top + self.rows, board[0].stop)),
            range(left, min(left + self.columns(cell), board[1].stop)),
        )


def _followed(first: int, count: int, wanted: range, board: range) -> int:
    if len(board) <= count:
        return board.start
    spare = max(0, count - len(wanted)) // 2
    if wanted.start < first:
        first = wanted.start - spare
    elif wanted.stop > first + count:
        first = min(wanted.start, wanted.stop - count + spare)
    return max(board.start, min(first, board.stop - count))
