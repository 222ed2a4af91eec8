"""What is seen of a run beside its curves: heading, tables, the confusion matrix, the log."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from pathlib import Path

from cnntui.ground.lines import Line, cropped, line, width_of
from cnntui.numbers import counted, short
from cnntui.panes.watch.state import TABS, WatchState
from cnntui.panes.watch.watched import Watched
from cnntui.parts.runs.report import span
from cnntui.training.events import Epoch
from cnntui.training.run.folder import LOG
from cnntui.training.run.history import History
from cnntui.ui.frames.boards import CURSOR, GridFrame
from cnntui.ui.frames.tables import Column, TableFrame

BAR = 18
LOG_LINES = 400
_TAIL = 1 << 16


def heading(watched: Watched, width: int) -> Line:
    """Return ``digits · lenet5 · epoch 14/60 ▕████▎   ▏ 23 %  0:41 left  18,204 im/s``."""
    status, history = watched.status, watched.history
    if status is None:
        return line(f" {watched.path.name}  reading …", "dim")
    about = " · ".join(filter(None, (status.dataset, status.net or status.title)))
    total = f"/{status.epochs_total}" if status.epochs_total else ""
    parts: list[Line] = [
        line(f" {about or watched.path.name}", "strong"),
        line(f" · epoch {status.epochs}{total}"),
    ]
    if status.steps_total:
        share = min(1.0, status.step / status.steps_total)
        parts.append((("  ", ""), *_bar(share), (f" {share:.0%}", "")))
    parts.append(_state(status.state, status.since, status.reason))
    left = _left(watched)
    if left and status.state == "running":
        parts.append(line(f"  {left} left"))
    rates = history.steps["images_per_second"]
    if len(rates) and status.is_live:
        parts.append(line(f"  {counted(round(float(rates[-1])))} im/s", "dim"))
    memory = history.steps["gpu_memory"]
    if len(memory) and memory[-1] == memory[-1]:
        use = history.steps["gpu_use"][-1]
        busy = "" if use != use else f" {use:.0f} %"
        parts.append(line(f"  GPU {memory[-1] / 2**30:.1f} GiB{busy}", "dim"))
    return _fitting(parts, width)


def tabs_line(state: WatchState, width: int) -> Line:
    """Return the tabs with the chosen one in brackets."""
    runs: list[Line] = [line(" ")]
    for tab in TABS:
        runs.append(line(f"[{tab}]", "key") if tab == state.tab else line(f" {tab} ", "dim"))
    return _fitting(runs, width)


def status_line(watched: Watched, width: int) -> Line:
    """Return what became of the run, and how to come back to it."""
    status, history = watched.status, watched.history
    if status is None:
        return ()
    name = watched.path.name
    if history.failure is not None:
        return cropped(line(f" {history.failure.reason}; {history.failure.advice}", "bad"), width)
    if status.state == "failed":
        text = " the worker was ended: space goes on from the last checkpoint; the log may tell"
        return cropped(line(text, "bad"), width)
    if history.ended is not None and history.ended.stopped != "asked":
        return _result(watched, width)
    if status.is_live:
        text = f" {name} · the run goes on when you leave · come back: cnntui watch {name}"
    else:
        text = f" {name} · stopped at step {counted(status.step)} · space goes on with it"
    return cropped(line(text, "dim"), width)


def _result(watched: Watched, width: int) -> Line:
    ended = watched.history.ended
    assert ended is not None
    why = {"finished": "finished", "patience": "stopped early"}.get(ended.stopped, ended.stopped)
    test = "" if ended.test_accuracy is None else f" · test accuracy {ended.test_accuracy:.2%}"
    best = "" if ended.best_epoch is None else f" · best epoch {ended.best_epoch}"
    time = f" · {ended.seconds:.1f} s of training" if ended.seconds else ""
    parts = [line(f" {watched.path.name} {why}", "good"), *(line(t) for t in (test, best, time))]
    return _fitting(parts, width)


def _state(state: str, since: float, reason: str) -> Line:
    if state == "running":
        return ()
    if state == "silent":
        return line(f"  silent for {span(since)}", "bad")
    return line(f"  {state}", "bad" if state == "failed" else "strong")


def _bar(share: float) -> Line:
    eighths = round(share * BAR * 8)
    full, part = divmod(eighths, 8)
    text = "█" * full + ("▏▎▍▌▋▊▉"[part - 1] if part else "")
    return (("▕", "dim"), (text.ljust(BAR)[:BAR], "key"), ("▏", "dim"))


def _left(watched: Watched) -> str:
    status, pace = watched.status, watched.pace()
    if status is None or not status.steps_total or not pace:
        return ""
    seconds = round((status.steps_total - status.step) / pace)
    hours, rest = divmod(max(0, seconds), 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _fitting(parts: Sequence[Line], width: int) -> Line:
    """Join whole parts as far as they fit."""
    joined: Line = ()
    for part in parts:
        if width_of(joined) + width_of(part) > width:
            break
        joined = (*joined, *part)
    return joined


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
    return _fitting(parts, width)


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


def epochs_table(history: History, state: WatchState) -> TableFrame:
    """Return the epochs, the last foremost."""
    count = len(history.epochs)
    order = range(count - 1, -1, -1)[state.top : state.top + state.room]
    rows = tuple(_epoch_row(history, i) for i in order)
    roles = tuple("block" if row[-1] else "" for row in rows)
    return TableFrame(EPOCH_COLUMNS, rows, roles, state.top, count, state.at)


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


def classes_table(epoch: Epoch | None, classes: Sequence[str], state: WatchState) -> TableFrame:
    """Return precision, recall, F1 and support of every class."""
    columns = (
        Column("class", 24),
        Column("precision", 9, right=True),
        Column("recall", 9, right=True),
        Column("F1", 9, right=True),
        Column("support", 9, right=True),
    )
    figures = epoch.per_class if epoch else ()
    shown = list(enumerate(figures))[state.top : state.top + state.room]
    rows = tuple(
        (
            name_of(classes, i),
            _share(one.precision),
            _share(one.recall),
            _share(one.f1),
            counted(one.support),
        )
        for i, one in shown
    )
    roles = tuple("bad" if one.support and one.f1 < 0.5 else "" for _, one in shown)
    return TableFrame(columns, rows, roles, state.top, len(figures), state.at)


def classes_words(epoch: Epoch | None) -> Line:
    """Say what the figures mean."""
    if epoch is None:
        return line(" precision, recall and F1 come after each epoch", "dim")
    said = f" after epoch {epoch.epoch}: precision TP/(TP+FP), recall TP/(TP+FN), F1 2PR/(P+R)"
    return line(f"{said}; support: validation pictures of the class", "dim")


def log_table(history: History, log: Sequence[str], state: WatchState) -> TableFrame:
    """Return what was noted and what the worker printed, the last lines first."""
    lines = [("note", f"step {one.step}: {one.text}") for one in history.notes]
    if history.start is not None:
        lines = [("data", note) for note in history.start.notes] + lines
    lines += [("log", text) for text in log]
    if history.failure is not None:
        lines.append(("failed", f"{history.failure.reason}; {history.failure.advice}"))
        lines += [
            ("failed", f"gradient norm {short(norm)}  {name}")
            for name, norm in history.failure.grad_norms.items()
        ]
    lines.reverse()
    shown = lines[state.top : state.top + state.room]
    columns = (Column("from", 6), Column("line", 400))
    roles = tuple("bad" if kind == "failed" else "" for kind, _ in shown)
    return TableFrame(columns, tuple(shown), roles, state.top, len(lines), state.at)


def log_words(frame: TableFrame) -> Line:
    """Say what an empty log means."""
    if frame.total:
        return line(" what was noted, and what the worker printed; the last foremost", "dim")
    return line(" nothing was noted, and the worker printed nothing: all went as planned", "dim")


def log_lines(run: Path) -> tuple[str, ...]:
    """Return the last lines that the worker printed."""
    from cnntui.errors import printable

    try:
        with (run / LOG).open("rb") as file:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - _TAIL))
            text = file.read().decode(errors="replace")
    except OSError:
        return ()
    return tuple(printable(one) for one in text.splitlines()[-LOG_LINES:])


# the confusion matrix


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
    said = f"{count} of {support} pictures of {name_of(classes, true)}{share}"
    right = true == predicted
    verdict = "recognised" if right else f"taken for {name_of(classes, predicted)}"
    return ((f" {said} {verdict}", "good" if right else "bad" if count else ""),)


def confusion_names(board: GridFrame, classes: Sequence[str], width: int) -> tuple[Line, ...]:
    """Return the true classes to the left of the matrix, in its lines."""
    head = line("true ↓  predicted →"[:width].rjust(width), "dim")
    names = (
        _numbered(name_of(classes, i), i, width)
        for i in range(board.top, board.top + len(board.values))
    )
    return (head, *(line(name.rjust(width)) for name in names))


def _numbered(name: str, label: int, width: int) -> str:
    """Write a class's name with its number, which heads its column."""
    if name == str(label):
        return name
    room = width - len(str(label)) - 1
    return f"{name if len(name) <= room else name[: room - 1] + '…'} {label}"


def name_of(classes: Sequence[str], label: int) -> str:
    """Return a class's name; its number where it has none."""
    return classes[label] if label < len(classes) else str(label)


def _level(value: int, most: int) -> int:
    """Shade by the square root: a few mistakes are to be seen beside many hits."""
    return round(32 * sqrt(value / most))


def _share(value: float) -> str:
    return "" if value != value else f"{value:.2%}"
