"""What the Pooling pane shows, as plain numbers and words."""

from __future__ import annotations

from cnntui.engine.geometry import AdaptiveAxis
from cnntui.engine.padded import Wide
from cnntui.engine.pooling import Pooling, PoolingStep, pooled_block, step_at, whole_pooled
from cnntui.engine.shift import shift_report
from cnntui.ground.lines import Line, cropped, flowed, line, listed, wrapped
from cnntui.numbers import counted, pair, shape, short
from cnntui.panes.pool.state import PoolingState
from cnntui.parts.boards.grids import Board, Marks, no_marks, put
from cnntui.parts.stepping.frame import size_lines, stepper_frame
from cnntui.parts.stepping.input_board import input_board, reader_lines
from cnntui.parts.stepping.output_board import output_board
from cnntui.parts.stepping.shift_words import changed_line, followed_line, moved_line
from cnntui.ui.frames.boards import WINNER, StepperFrame

LEAST_TERMS = 18  # characters beside the result; below them it is not told where the winner is
MOST_TERMS = 4000  # more of a window than any screen holds


def frame_of(
    state: PoolingState, width: int = 80, lines: int = 7, report: tuple[Line, ...] = ()
) -> StepperFrame:
    """Return the frame of a state, its words in ``width`` characters and ``lines`` lines.

    ``report`` is what a worker found out about the whole output; it comes first.
    """
    steps = {
        grid: step_at(pool, state.index) if pool else None for grid, pool in state.pools.items()
    }
    boards = (
        _input_board(state, steps["maximum"]),
        *(_pooled_board(state, g) for g in state.outputs),
    )
    words = _words(state, steps, width, lines - len(report))
    return stepper_frame(state, subtitle(state), boards, (*report, *words))


def subtitle(state: PoolingState) -> str:
    """Return what is pooled and how; settings at their defaults are left out."""
    pool = state.chosen
    parts = [state.named("input", state.input_name)]
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
        parts.append(f"shifted {state.way}")
    return " · ".join(parts)


# the boards


def _input_board(state: PoolingState, step: PoolingStep | None) -> Board:
    def more(rows: range, columns: range) -> Marks:
        marks = no_marks(rows, columns)
        if step and step.argmax:
            put(marks, WINNER, rows, columns, step.argmax)
        return marks

    return input_board(state, more)


def _pooled_board(state: PoolingState, grid: str) -> Board:
    pool = state.pools[grid]
    _, height, width = state.chosen.output_shape

    def block(of: Pooling | None, rows: range, columns: range) -> Wide | None:
        return None if of is None else pooled_block(of, state.place[0], rows, columns)

    title = f"{grid} {height}×{width}" if pool else f"{grid}: no dilation"
    return output_board(state, grid, title, block, pool, state.unshifted_pool(grid))


# the words


def _words(
    state: PoolingState, steps: dict[str, PoolingStep | None], width: int, lines: int
) -> list[Line]:
    size = _size_lines(state, width)
    room = max(1, lines - len(size))
    if state.focus == "input":
        body = reader_lines(state, width, room, "pooled cell")
    else:
        body = [
            *_maximum_lines(steps["maximum"], width, max(1, room // 2)),
            *_average_lines(steps["average"], width, max(1, room // 2)),
        ]
    return [*body[:room], *size][: max(1, lines)]


def _values(step: PoolingStep) -> tuple[list[str], int]:
    """Return the first values of the window in words, and how many more there are."""
    cells = [value for row in step.window for value in row if value is not None]
    return [short(value) for value in cells[:MOST_TERMS]], max(0, len(cells) - MOST_TERMS)


def _maximum_lines(step: PoolingStep | None, width: int, most: int) -> list[Line]:
    if step is None:
        return []
    end = f") = {short(step.value)}"
    where = f"  at input[{step.channel}, {step.argmax[0]}, {step.argmax[1]}]" if step.argmax else ""
    values, more = _values(step)
    commas = _comma(values)
    terms: list[Line] = [(("max(", ""), *commas[0]), *commas[1:]]
    return _ended(terms, more, (end, "maximum"), (where, "dim"), width, most)


def _comma(values: list[str]) -> list[Line]:
    last = len(values) - 1
    return [line(f"{text}," if at < last else text) for at, text in enumerate(values)]


def _average_lines(step: PoolingStep | None, width: int, most: int) -> list[Line]:
    if step is None:
        says = line("average pooling has no dilation in torch; D takes it back", "dim")
        return flowed(says, width, most)
    values, more = _values(step)
    terms = [line(f"({values[0]}" if values else "(")]
    terms += [line(f"+ {text}") for text in values[1:]]
    end = f") / {step.divisor} = {short(step.value)}"
    return _ended(terms, more, (end, "average"), ("", ""), width, most)


def _ended(
    terms: list[Line],
    more: int,
    end: tuple[str, str],
    note: tuple[str, str],
    width: int,
    most: int,
) -> list[Line]:
    """Wrap terms, of which there are ``more``, and put the result behind the last of them."""
    if width - len(end[0]) - len(note[0]) < LEAST_TERMS:
        note = ("", "")
    room = width - len(end[0]) - len(note[0])
    rows = wrapped(terms, room, most, "    ", more)
    return [*rows[:-1], (*rows[-1], end, note)]


def _size_lines(state: PoolingState, width: int) -> list[Line]:
    """Write the output size with the live numbers, and the counts."""
    pool, window = state.chosen, state.window
    if isinstance(window.rows, AdaptiveAxis):
        sizes = [line("window i covers ⌊i·W/O⌋ to ⌈(i+1)·W/O⌉ - 1", "dim")]
    elif pool.kind.startswith("global"):
        sizes = [line("the window is the whole input: one number a channel", "dim")]
    else:
        sizes = size_lines(window, width)
    kept = pool.steps / (pool.input.size or 1)
    counts = (
        "no parameters",
        f"field {pair(window.extent)}",
        f"never read {counted(pool.never_read)}",
        f"{shape(pool.input_shape)} → {shape(pool.output_shape)}: {kept:.0%} of the values",
    )
    return [*(cropped(size, width) for size in sizes), listed(counts, width)]


def shift_lines(state: PoolingState) -> tuple[Line, ...]:
    """Measure, over the whole output, what the shift changed; nothing where none is on."""
    if state.unshifted is None:
        return ()
    stride = state.chosen.strides if state.chosen.kind in ("max", "avg") else None
    pairs = [
        (grid, state.unshifted_pool(grid), pool)
        for grid, pool in state.pools.items()
        if pool is not None
    ]
    rows: list[Line] = [moved_line(state.shift)]
    for grid, before, after in pairs:
        if before is not None:
            outputs = whole_pooled(before), whole_pooled(after)
            rows.append(changed_line(grid, shift_report(*outputs, (0, 0), (1, 1))))
    if stride:
        grid, before, _ = pairs[0]
        assert before is not None
        rows.append(followed_line(before, state.shift, stride, whole_pooled))
    return tuple(rows)
