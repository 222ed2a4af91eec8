"""What stands around a watched run's tabs: heading, tabs, how the run stands."""

from __future__ import annotations

from collections.abc import Sequence

from cnntui.ground.bars import bar
from cnntui.ground.lines import Line, cropped, line, width_of
from cnntui.numbers import counted
from cnntui.panes.watch.state import TABS, WatchState
from cnntui.panes.watch.watched import Watched
from cnntui.parts.runs.report import span

BAR = 18


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
        drawn = (("▕", "dim"), (bar(share, BAR), "key"), ("▏", "dim"))
        parts.append((("  ", ""), *drawn, (f" {share:.0%}", "")))
    parts.append(_state(status.state, status.since, status.reason))
    left = _left(watched)
    if left and status.state == "running":
        parts.append(line(f"  {left} left"))
    rates = history.steps["images_per_second"]
    if len(rates) and status.is_live:
        parts.append(line(f"  {counted(round(float(rates[-1])))} im/s", "dim"))
    return fitting([*parts, *_gpu(watched)], width)


def _gpu(watched: Watched) -> list[Line]:
    memory, use = watched.history.steps["gpu_memory"], watched.history.steps["gpu_use"]
    if not len(memory) or memory[-1] != memory[-1]:
        return []
    busy = "" if use[-1] != use[-1] else f" {use[-1]:.0f} %"
    return [line(f"  GPU {memory[-1] / 2**30:.1f} GiB{busy}", "dim")]


def tabs_line(state: WatchState, width: int) -> Line:
    """Return the tabs with the chosen one in brackets."""
    runs: list[Line] = [line(" ")]
    for tab in TABS:
        runs.append(line(f"[{tab}]", "key") if tab == state.tab else line(f" {tab} ", "dim"))
    return fitting(runs, width)


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
    return fitting(parts, width)


def _state(state: str, since: float, reason: str) -> Line:
    if state == "running":
        return ()
    if state == "silent":
        return line(f"  silent for {span(since)}", "bad")
    return line(f"  {state}", "bad" if state == "failed" else "strong")


def _left(watched: Watched) -> str:
    status, pace = watched.status, watched.pace()
    if status is None or not status.steps_total or not pace:
        return ""
    seconds = round((status.steps_total - status.step) / pace)
    hours, rest = divmod(max(0, seconds), 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def fitting(parts: Sequence[Line], width: int) -> Line:
    """Join whole parts as far as they fit."""
    joined: Line = ()
    for part in parts:
        if width_of(joined) + width_of(part) > width:
            break
        joined = (*joined, *part)
    return joined


def name_of(classes: Sequence[str], label: int) -> str:
    """Return a class's name; its number where it has none."""
    return classes[label] if label < len(classes) else str(label)
