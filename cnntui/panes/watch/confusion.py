"""The confusion matrix of a watched run, as heat, and what its chosen cell means."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from cnntui.ground.lines import Line, line
from cnntui.ground.widths import padded, shortened_to
from cnntui.panes.watch.frame import name_of
from cnntui.training.events import Epoch
from cnntui.ui.frames.boards import CURSOR, GridFrame


def confusion_board(epoch: Epoch | None, at: int, width: int, height: int) -> GridFrame | None:
    """Return the counts (true class, predicted class) as heat; None where none were told.

    ``at`` is the chosen cell, row by row; the window follows it.
    """
    if epoch is None or not epoch.confusion:
        return None
    counts = epoch.confusion
    classes = len(counts)
    most = max(max(row) for row in counts) or 1
    cell = max(3, len(str(most)) + 1, len(str(classes - 1)) + 1)
    row, column = divmod(at, classes)
    tall, wide = min(classes, max(1, height - 1)), min(classes, max(1, (width - 1) // cell))
    top = max(0, min(row - tall // 2, classes - tall))
    left = max(0, min(column - wide // 2, classes - wide))
    cut = [counts[i][left : left + wide] for i in range(top, top + tall)]
    return GridFrame(
        role="output",
        title="".join(f"{j:>{cell}}" for j in range(left, left + wide)),
        rows=classes,
        columns=classes,
        top=top,
        left=left,
        cell=cell,
        view="heat+numbers",
        values=tuple(tuple(float(v) for v in values) for values in cut),
        marks=tuple(
            tuple(CURSOR if (i, j) == (row, column) else 0 for j in range(left, left + wide))
            for i in range(top, top + tall)
        ),
        levels=tuple(tuple(_level(v, most) for v in values) for values in cut),
    )


def confusion_words(epoch: Epoch | None, classes: Sequence[str], at: int) -> Line:
    """Return what the chosen cell means."""
    if epoch is None or not epoch.confusion:
        return line(" the confusion matrix is told after each epoch, of up to 100 classes", "dim")
    counts = epoch.confusion
    true, predicted = divmod(at, len(counts))
    count, support = counts[true][predicted], sum(counts[true])
    share = f" ({count / support:.1%})" if support else ""
    pictures = f"{count} of {support} pictures of {name_of(classes, true)}{share}"
    right = true == predicted
    verdict = "recognised" if right else f"taken for {name_of(classes, predicted)}"
    return ((f" {pictures} {verdict}", "good" if right else "bad" if count else ""),)


def confusion_names(board: GridFrame, classes: Sequence[str], width: int) -> tuple[Line, ...]:
    """Return the true classes to the left of the matrix, in its lines."""
    head = line("true ↓  predicted →"[:width].rjust(width), "dim")
    names = (
        _numbered(name_of(classes, i), i, width)
        for i in range(board.top, board.top + len(board.values))
    )
    return (head, *(line(padded(name, width, right=True)) for name in names))


def _numbered(name: str, label: int, width: int) -> str:
    """Write a class's name with its number, which heads its column."""
    if name == str(label):
        return name
    room = width - len(str(label)) - 1
    return f"{shortened_to(name, room)} {label}"


def _level(value: int, most: int) -> int:
    """Shade by the square root: a few mistakes are to be seen beside many hits."""
    return round(32 * sqrt(value / most))
