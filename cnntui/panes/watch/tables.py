"""The tables of a watched run: its epochs, its classes, its log; the last epoch on one line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from cnntui.ground.lines import Line, line
from cnntui.numbers import counted, short
from cnntui.panes.watch.frame import fitting, name_of
from cnntui.parts.lists.state import RowCursor
from cnntui.training.events import Epoch
from cnntui.training.run.history import History
from cnntui.ui.frames.tables import Column, TableFrame


def last_epoch(history: History, width: int) -> Line:
    """Return the last epoch's figures on one line."""
    if not len(history.epochs):
        return line(" no epoch is done yet; validation comes after each", "dim")
    row = _epoch_row(history, len(history.epochs) - 1)
    parts: list[Line] = [line(f" epoch {row[0]}", "strong")]
    for column, text in list(zip(EPOCH_COLUMNS, row, strict=True))[1:]:
        if text:
            parts.append(
                (("  ", ""), (f"{column.title} " if column.title else "", "dim"), (text, ""))
            )
    return fitting(parts, width)


# the tables

EPOCH_COLUMNS = (
    Column("epoch", 6, right=True),
    Column("train loss", 10, right=True),
    Column("val loss", 9, right=True),
    Column("train acc", 9, right=True),
    Column("val acc", 8, right=True),
    Column("top-5", 8, right=True),
    Column("lr", 8, right=True),
    Column("time", 8, right=True),
    Column("", 4),
)


@dataclass(frozen=True, eq=False)
class Table:
    """A table of ``count`` rows, of which those on view are written: their texts and their role."""

    columns: tuple[Column, ...]
    count: int
    row: Callable[[int], tuple[tuple[str, ...], str]]

    def frame(self, cursor: RowCursor) -> TableFrame:
        """Return the rows on view."""
        shown = range(cursor.top, min(cursor.top + cursor.height, self.count))
        written = [self.row(i) for i in shown]
        rows, roles = tuple(texts for texts, _ in written), tuple(role for _, role in written)
        return TableFrame(self.columns, rows, roles, cursor.top, self.count, cursor.cursor)


def epochs_table(history: History) -> Table:
    """Return the epochs, the last foremost."""
    count = len(history.epochs)

    def row(i: int) -> tuple[tuple[str, ...], str]:
        texts = _epoch_row(history, count - 1 - i)
        return texts, "block" if texts[-1] else ""

    return Table(EPOCH_COLUMNS, count, row)


def _epoch_row(history: History, i: int) -> tuple[str, ...]:
    epochs = history.epochs

    def value(name: str) -> float:
        return float(epochs[name][i])

    numbers = (short(value("train_loss")), short(value("val_loss")))
    shares = tuple(_share(value(name)) for name in ("train_accuracy", "val_accuracy", "val_top5"))
    seconds = value("seconds")
    return (
        f"{value('epoch'):.0f}",
        *numbers,
        *shares,
        short(value("lr")),
        "" if seconds != seconds else f"{seconds:.2f} s",
        "best" if value("best") == 1 else "",
    )


CLASS_COLUMNS = (
    Column("class", 24),
    Column("precision", 9, right=True),
    Column("recall", 9, right=True),
    Column("F1", 9, right=True),
    Column("support", 9, right=True),
)


def classes_table(epoch: Epoch | None, classes: Sequence[str]) -> Table:
    """Return precision, recall, F1 and support of every class."""
    figures = epoch.per_class if epoch else ()

    def row(i: int) -> tuple[tuple[str, ...], str]:
        one = figures[i]
        shares = (_share(one.precision), _share(one.recall), _share(one.f1))
        role = "bad" if one.support and one.f1 < 0.5 else ""
        return (name_of(classes, i), *shares, counted(one.support)), role

    return Table(CLASS_COLUMNS, len(figures), row)


def classes_words(epoch: Epoch | None) -> Line:
    """Say what the figures mean."""
    if epoch is None:
        return line(" precision, recall and F1 come after each epoch", "dim")
    formulas = "precision TP/(TP+FP), recall TP/(TP+FN), F1 2PR/(P+R)"
    text = f" after epoch {epoch.epoch}: {formulas}; support: validation pictures of the class"
    return line(text, "dim")


LOG_COLUMNS = (Column("from", 6), Column("line", 400))


def log_table(history: History, log: Sequence[str]) -> Table:
    """Return what was noted and what the worker printed, the last lines first."""
    lines = [*_log_lines(history, log)][::-1]
    return Table(LOG_COLUMNS, len(lines), lambda i: (lines[i], _LOG_ROLES.get(lines[i][0], "")))


_LOG_ROLES = {"failed": "bad"}


def _log_lines(history: History, log: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each line with what it is from."""
    if history.start is not None:
        yield from (("data", note) for note in history.start.notes)
    yield from (("note", f"step {one.step}: {one.text}") for one in history.notes)
    yield from (("log", text) for text in log)
    failure = history.failure
    if failure is not None:
        yield "failed", f"{failure.reason}; {failure.advice}"
        for name, norm in failure.grad_norms.items():
            yield "failed", f"gradient norm {short(norm)}  {name}"


def log_words(table: Table) -> Line:
    """Say what an empty log means."""
    if table.count:
        return line(" what was noted, and what the worker printed; the last foremost", "dim")
    return line(" nothing was noted, and the worker printed nothing: all went as planned", "dim")


def _share(value: float) -> str:
    return "" if value != value else f"{value:.2%}"
