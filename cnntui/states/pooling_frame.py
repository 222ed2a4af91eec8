"""What the Pooling pane shows, as plain numbers and words; knows no screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnntui.engine.geometry import AdaptiveAxis, formula
from cnntui.engine.pooling import Pooling, PoolingStep, pooled_block, step_at, whole_pooled
from cnntui.engine.shift import differs, shift_report
from cnntui.frames import (
    CHANGED,
    CURSOR,
    LIT,
    MET,
    PENDING,
    WINNER,
    GridFrame,
    Line,
)
from cnntui.numbers import counted, pair, shape, short
from cnntui.states.grids import Board, Scale, framed, lists
from cnntui.states.input_board import input_board, reader_lines
from cnntui.states.shift_words import changed_line, followed_line
from cnntui.states.stepper import SHIFTS
from cnntui.states.words import cropped, line, wrapped

if TYPE_CHECKING:
    from cnntui.states.pooling import PoolingState


@dataclass(frozen=True)
class PoolingFrame:
    """One screenful: three boards and the words about them."""

    subtitle: str
    counter: str
    boards: dict[str, GridFrame]
    words: tuple[Line, ...]


def frame_of(
    state: PoolingState, width: int = 80, lines: int = 7, report: tuple[Line, ...] = ()
) -> PoolingFrame:
    """Return the frame of a state, its words in ``width`` characters and ``lines`` lines.

    ``report`` is what a worker found out about the whole output; it comes first.
    """
    steps = {
        grid: step_at(pool, state.index) if pool else None for grid, pool in state.pools.items()
    }
    boards = {
        "input": _input(state, steps["maximum"]),
        "maximum": _pooled_board(state, "maximum", state.scales[1]),
        "average": _pooled_board(state, "average", state.scales[2]),
    }
    words = _words(state, steps, width, lines - len(report))
    return PoolingFrame(
        subtitle=subtitle(state),
        counter=state.counter,
        boards={
            name: framed(board, state.viewport(name), state.view, state.focus == name)
            for name, board in boards.items()
        },
        words=(*report, *words),
    )


def subtitle(state: PoolingState) -> str:
    """Return what is pooled and how; settings at their defaults are left out."""
    pool = state.chosen
    parts = [state.input_name]
    if pool.kind.startswith("global"):
        parts.append("global: one window")
    elif pool.kind.startswith("adaptive"):
        parts.append(f"adaptive to {pair(pool.output_size)}")
    else:
        parts += [f"window {pair(pool.size)}", f"stride {pair(pool.strides)}"]
        parts.append(f"pad {pair(pool.padding)}")
        parts += [f"dilation {pair(pool.dilation)}"] if pool.dilation != (1, 1) else []
        parts += ["ceil"] if pool.ceil_mode else []
        parts += ["padding left out"] if pool.exclude_pad else []
    if state.shift:
        parts.append(f"shifted {SHIFTS[state.shift][0]}")
    return " · ".join(parts)


# the boards


def _input(state: PoolingState, step: PoolingStep | None) -> Board:
    _, row, column = state.place
    winner = step.argmax if step else None

    def mark(at_row: int, at_column: int) -> int:
        return WINNER if (at_row, at_column) == winner else 0

    return input_board(state, state.chosen.input, (row, column), mark, lit=True)


def _pooled_board(state: PoolingState, grid: str, scale: Scale) -> Board:
    pool = state.pools[grid]
    _, height, width = state.chosen.output_shape
    channel = state.place[0]
    readers = set(state.window.readers(*state.cursor)) if state.focus == "input" else set()
    before = state.unshifted_pool(grid)
    changed: set[tuple[int, int]] = set()

    def value(rows: range, columns: range) -> list[list[float | None]]:
        if pool is None:
            return [[None] * len(columns) for _ in rows]
        block = pooled_block(pool, channel, rows, columns)
        if before is not None:
            where = differs(pooled_block(before, channel, rows, columns), block).nonzero()
            changed.update((rows[r], columns[c]) for r, c in zip(*where, strict=True))
        return lists(block)

    def mark(row: int, column: int) -> int:
        index = state.chosen.index(channel, row, column)
        flags = PENDING if index > state.seen else 0
        if index == state.index and pool is not None:
            flags |= LIT | (CURSOR if state.focus == grid else 0)
        if (row, column) in readers:
            flags |= MET
        return flags | (CHANGED if (row, column) in changed else 0)

    title = f"{grid} {height}×{width}" if pool else f"{grid}: no dilation"
    return Board(grid, title, range(height), range(width), value, mark, scale)


# the words


def _words(
    state: PoolingState, steps: dict[str, PoolingStep | None], width: int, lines: int
) -> list[Line]:
    size = _size_lines(state, width)
    room = max(1, lines - len(size))
    if state.focus == "input":
        value = state.value_at("input")
        body = reader_lines(state, value, width, room, "pooled cells")
    else:
        body = [
            *_maximum_lines(steps["maximum"], width, max(1, room // 2)),
            *_average_lines(steps["average"], width, max(1, room // 2)),
        ]
    return [*body[:room], *size]


def _values(step: PoolingStep) -> list[str]:
    cells = [value for row in step.window for value in row]
    return [short(value) for value in cells if value is not None]


def _maximum_lines(step: PoolingStep | None, width: int, most: int) -> list[Line]:
    if step is None:
        return []
    end = f") = {short(step.value)}"
    where = f"  at input[{step.channel}, {step.argmax[0]}, {step.argmax[1]}]" if step.argmax else ""
    terms: list[Line] = [(("max(", ""), *_comma(_values(step))[0])]
    terms += _comma(_values(step))[1:]
    return _ended(terms, (end, "maximum"), (where, "dim"), width, most)


def _comma(values: list[str]) -> list[Line]:
    last = len(values) - 1
    return [line(f"{text}," if at < last else text) for at, text in enumerate(values)]


def _average_lines(step: PoolingStep | None, width: int, most: int) -> list[Line]:
    if step is None:
        return [line("average pooling has no dilation in torch; D takes it back", "dim")]
    values = _values(step)
    terms = [line(f"({values[0]}" if values else "(")]
    terms += [line(f"+ {text}") for text in values[1:]]
    end = f") / {step.divisor} = {short(step.value)}"
    return _ended(terms, (end, "average"), ("", ""), width, most)


def _ended(
    terms: list[Line], end: tuple[str, str], note: tuple[str, str], width: int, most: int
) -> list[Line]:
    """Wrap terms and put the result behind the last of them."""
    room = width - len(end[0]) - len(note[0])
    rows = wrapped(terms, room, most, "    ")
    return [*rows[:-1], (*rows[-1], end, note)]


def _size_lines(state: PoolingState, width: int) -> list[Line]:
    """Write the output size with the live numbers, and the counts."""
    pool, window = state.chosen, state.window
    if isinstance(window.rows, AdaptiveAxis):
        sizes = [line("window i covers ⌊i·W/O⌋ to ⌈(i+1)·W/O⌉ - 1", "dim")]
    elif pool.kind.startswith("global"):
        sizes = [line("the window is the whole input: one number a channel", "dim")]
    else:
        rows, columns = formula(window.rows), formula(window.columns)
        names = (("output size  ", rows),)
        if rows != columns:
            names = (("height  ", rows), ("width   ", columns))  # type: ignore[assignment]
        sizes = [line(f"{name}{text}", "dim") for name, text in names]
    kept = pool.steps / (pool.input.size or 1)
    counts = (
        f"no parameters · field {pair(window.extent)} · never read {counted(pool.never_read)} · "
        f"{shape(pool.input_shape)} → {shape(pool.output_shape)}: {kept:.0%} of the values"
    )
    return [*(cropped(size, width) for size in sizes), cropped(line(counts, "dim"), width)]


def shift_lines(state: PoolingState) -> tuple[Line, ...]:
    """Measure, over the whole output, what the shift changed; nothing where none is on."""
    name, by = SHIFTS[state.shift]
    rows: list[Line] = []
    report = None
    for grid, pool in state.pools.items():
        before: Pooling | None = state.unshifted_pool(grid)
        if pool is not None and before is not None:
            stride = state.chosen.strides
            report = shift_report(whole_pooled(before), whole_pooled(pool), by, stride)
            rows.append(changed_line(grid, name, report))
    if report is not None and state.chosen.kind in ("max", "avg"):
        rows.append(followed_line(report, state.chosen.strides))
    return tuple(rows)
