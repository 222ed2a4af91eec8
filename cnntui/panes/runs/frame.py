"""What is seen of the list of runs: the table, and the words about the chosen one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from math import isfinite
from pathlib import Path
from typing import Any

from cnntui.errors import printable
from cnntui.ground import widths
from cnntui.ground.lines import Line, cropped, flowed, line, wrapped
from cnntui.ground.names import cut
from cnntui.numbers import short, size_text
from cnntui.panes.runs.state import SORTS, RunsList
from cnntui.parts.runs.report import RIGHT, TITLES, cells, span
from cnntui.training.config import Config
from cnntui.training.run.listing import RunStatus
from cnntui.ui.frames.tables import Column, TableFrame

MARK = "●"
# what is left out first, where there is no room
LEAST = ("step", "net", "started", "data", "size", "val loss", "epoch", "val acc", "state")
MOST = {"run": 40, "data": 16, "net": 20, "started": 16}  # cells; what is longer is cut
STATE = (8, 17)  # "finished" and "silent for 59 min": its width changes with nothing between
SHORTEST = 22  # cells of a run's name before another column goes
ROLES = {"failed": "bad", "silent": "bad", "running": "block", "starting": "block"}
KNOWN = {field.name: field.default for field in fields(Config)}
ELSEWHERE = ("v", "title", "dataset", "net", "net_text", "threads", "data_dir")  # or nowhere
LONGEST = 60  # characters of one option's value
OPTIONS = 40  # options of a stranger's settings that are shown


def table_of(state: RunsList, width: int) -> TableFrame:
    """Return the lines on view, with the columns that ``width`` has room for."""
    texts = [cells(run) for run in state.runs]
    columns = _columns(texts, width, state.sort)
    shown = range(state.top, min(state.top + state.height, len(texts)))
    places = [TITLES.index(column.title.removesuffix("↓")) for column in columns[1:]]
    return TableFrame(
        columns=columns,
        rows=tuple((_mark(state, i), *(texts[i][place] for place in places)) for i in shown),
        roles=tuple(ROLES.get(state.runs[i].state, "") for i in shown),
        top=state.top,
        total=len(texts),
        cursor=state.cursor,
    )


def _mark(state: RunsList, at: int) -> str:
    return MARK if state.runs[at].path in state.marks else ""


def _columns(texts: Sequence[tuple[str, ...]], width: int, sort: str) -> tuple[Column, ...]:
    """Return the columns, each as wide as its longest text; the least wanted go first."""
    kept = {title: _widest(at, title, texts) for at, title in enumerate(TITLES)}
    name, gone = kept["run"], list(LEAST)
    kept["run"] = min(name, SHORTEST)
    while gone and _total(kept) > width:
        del kept[gone.pop(0)]
    kept["run"] = max(4, min(name, kept["run"] + width - _total(kept)))
    columns = [Column(title, size, title in RIGHT) for title, size in kept.items()]
    return (Column("", 1), *(_sorted(column, sort) for column in columns))


def _total(kept: Mapping[str, int]) -> int:
    """Return the cells of a line: the mark, and each column with the space before it."""
    return 1 + sum(size + 1 for size in kept.values())


def _widest(at: int, title: str, texts: Sequence[tuple[str, ...]]) -> int:
    longest = max((widths.cells(text[at]) for text in texts), default=0)
    if title == "state":
        return STATE[longest > STATE[0]]
    return min(max(longest, len(title) + (title in SORTS)), MOST.get(title, 20))


def _sorted(column: Column, sort: str) -> Column:
    return replace(column, title=f"{column.title}↓") if column.title == sort else column


def sort_of(title: str) -> str:
    """Return the order that a column's title stands for, whether it is marked or not."""
    return title.removesuffix("↓")


# the words about the chosen run


def details(run: RunStatus, options: Sequence[str], width: int, most: int) -> tuple[Line, ...]:
    """Return at most ``most`` lines about a run: result, failure, its ``options``, its place."""
    reason = [one for text in _wrong(run) for one in flowed(line(text, "bad"), width, 2)]
    where = ((f"{size_text(run.size)}  ", "dim"), (printable(str(run.path)), "dim"))
    lines = [cropped(_about(run), width), *reason, cropped(where, width)]
    if options and len(lines) < most:
        terms = [cropped(line(f"{one} ·"), width) for one in options[:-1]]
        terms.append(cropped(line(options[-1]), width))
        lines[-1:-1] = wrapped(terms, width, most - len(lines))
    return tuple(lines[:most])


def _about(run: RunStatus) -> Line:
    """Return ``digits · lenet5 · test accuracy 98.61% · 12.3 s of training``."""
    about = [part for part in (run.dataset, run.net or run.title) if part]
    parts = [" · ".join(about) or run.name]
    if run.test_accuracy is not None:
        parts.append(f"test accuracy {run.test_accuracy:.2%}")
    if run.loss is not None:
        parts.append(f"loss {short(run.loss)}")
    if run.seconds is not None:
        parts.append(f"{run.seconds:.1f} s of training")
    elif run.started is not None and run.updated is not None and run.updated > run.started:
        parts.append(f"begun {span(run.since + run.updated - run.started)} ago")
    return ((parts[0], "strong"), ("".join(f" · {part}" for part in parts[1:]), ""))


def _wrong(run: RunStatus) -> list[str]:
    """Return why a run failed, or who keeps silent."""
    if run.state == "failed":
        return [run.reason or "its worker ended without a word; log.txt there may tell why"]
    if run.state == "silent" and run.holder is not None and run.holder.pid:
        return [f"process {run.holder.pid} on {printable(run.holder.host)} has it, and is silent"]
    return []


def options_of(config: Mapping[str, Any]) -> list[str]:
    """Return the settings that are not the usual ones, and a script's own: ``epochs 2``."""
    terms = []
    for name, value in config.items():
        usual = name in KNOWN and value == KNOWN[name]
        if name in ELSEWHERE or usual or value in (None, "") or not _is_plain(value):
            continue
        terms.append(f"{cut(name, LONGEST)} {cut(_written(value), LONGEST)}")
    return terms[:OPTIONS]


def _is_plain(value: object) -> bool:
    return isinstance(value, bool | int | float | str)


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and isfinite(value):
        return short(value)
    return str(value)


def heading(state: RunsList, folder: Path, width: int) -> Line:
    """Return how many runs there are, what is kept of them and what is marked."""
    parts = [("Runs  ", "strong")]
    if state.known is None:
        return cropped((*parts, ("reading …", "dim")), width)
    live = sum(run.state in ("running", "starting") for run in state.known)
    parts.append((f"{len(state.runs)}", ""))
    if len(state.runs) != len(state.known):
        parts.append((f" of {len(state.known)}", ""))
    if live:
        parts.append((f" · {live} running", "key"))
    if state.sort != SORTS[0]:
        parts.append((f" · by {state.sort}", "dim"))
    if state.find:
        parts.append((f" · find {printable(state.find)!r}", "dim"))
    if state.marks:
        parts.append((f" · {len(state.marks)} marked {MARK}", "key"))
    parts.append((f" · in {printable(str(folder))}", "dim"))
    return cropped(tuple(parts), width)


def nothing(state: RunsList, folder: Path, width: int) -> tuple[Line, ...]:
    """Return what is said where no line is listed."""
    if state.known is None:
        return ()
    if state.known:
        return (cropped(line(f"no run holds {printable(state.find)!r}; r lists all"), width),)
    lines = [
        line(f"No run lies in {printable(str(folder))} yet.", "strong"),
        (("7", "key"), (" opens the Training pane: g there starts one, in seconds.", "")),
        (("or, in a shell:  ", ""), ("cnntui train --dataset digits --headless", "output")),
        (("a", "key"), (" lists a run that lies elsewhere, by its folder.", "")),
    ]
    return tuple(cropped(one, width) for one in lines)
