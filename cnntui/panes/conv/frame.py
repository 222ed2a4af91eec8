"""What the Convolution pane shows, as plain numbers and words, of the visible cells alone."""

from __future__ import annotations

import numpy as np

from cnntui.engine.convolution import (
    Convolution,
    output_block,
    step_at,
    whole_output,
)
from cnntui.engine.padded import Wide
from cnntui.engine.shift import shift_report
from cnntui.ground.lines import Line
from cnntui.numbers import pair, shape
from cnntui.panes.conv.state import ConvolutionState
from cnntui.panes.conv.words import met_by_tap, words_of
from cnntui.parts.boards.grids import Board, Floats, Marks, no_marks, put, within
from cnntui.parts.stepping.frame import stepper_frame
from cnntui.parts.stepping.input_board import input_board
from cnntui.parts.stepping.output_board import output_board
from cnntui.parts.stepping.shift_words import changed_line, followed_line, moved_line
from cnntui.ui.frames.boards import CURSOR, MET, StepperFrame


def frame_of(
    state: ConvolutionState, width: int = 80, lines: int = 7, report: tuple[Line, ...] = ()
) -> StepperFrame:
    """Return the frame of a state, its words in ``width`` characters and ``lines`` lines.

    ``report`` is what a worker found out about the whole output; it comes first.
    """
    step = step_at(state.conv, state.index)
    boards = _input_board(state), _kernel_board(state), _output_board(state)
    words = words_of(state, step, width, lines - len(report))
    return stepper_frame(state, subtitle(state), boards, (*report, *words))


def subtitle(state: ConvolutionState) -> str:
    """Return what is convolved and how; settings at their defaults are left out."""
    conv = state.conv
    names = ("input", state.input_name), ("kernel", state.kernel_name)
    parts = [*(state.named(*name) for name in names), f"stride {pair(conv.stride)}"]
    named = f" {conv.padding}" if isinstance(conv.padding, str) else ""
    sides = [str(a) if a == b else f"{a}+{b}" for a, b in conv.pads]
    amount = sides[0] if sides[0] == sides[1] else "×".join(sides)
    mode = f" {conv.padding_mode}" if sides != ["0", "0"] else ""
    parts.append(f"pad {amount}{named}{mode}")
    if conv.dilation != (1, 1):
        parts.append(f"dilation {pair(conv.dilation)}")
    if conv.groups > 1:
        parts.append(f"groups {conv.groups}")
    if conv.bias is not None:
        parts.append("bias")
    if conv.activation != "none":
        parts.append(conv.activation)
    if state.shift:
        parts.append(f"shifted {state.way}")
    return " · ".join(parts)


# the boards


def _input_board(state: ConvolutionState) -> Board:
    met = met_by_tap(state) if state.focus == "kernel" else None

    def more(rows: range, columns: range) -> Marks:
        marks = no_marks(rows, columns)
        if met:
            marks[np.ix_(within(rows, met[0]), within(columns, met[1]))] |= MET
        return marks

    return input_board(state, more, lit=state.channel_takes_part)


def _kernel_board(state: ConvolutionState) -> Board:
    conv = state.conv
    plane = conv.weight[state.filter, state.kernel_channel]

    def values(rows: range, columns: range) -> Floats:
        shown: Floats = plane[rows.start : rows.stop, columns.start : columns.stop]
        return shown

    def marks(rows: range, columns: range) -> Marks:
        flags = no_marks(rows, columns)
        if state.focus == "kernel":
            put(flags, CURSOR, rows, columns, state.tap)
        return flags

    many = conv.filters > 1 or conv.weight_shape[1] > 1
    which = f"[{state.filter}, {state.kernel_channel}]" if many else ""
    title = f"kernel{which} {shape(conv.kernel)}"
    return Board("kernel", title, *state.area("kernel"), values, marks, state.scales[1])


def _output_board(state: ConvolutionState) -> Board:
    filters, height, width = state.conv.output_shape

    def block(conv: Convolution | None, rows: range, columns: range) -> Wide | None:
        return None if conv is None else output_block(conv, state.filter, rows, columns)

    which = f"[{state.filter}]" if filters > 1 else ""
    title = f"output{which} {height}×{width}"
    return output_board(state, "output", title, block, state.conv, state.unshifted)


def shift_lines(state: ConvolutionState) -> tuple[Line, ...]:
    """Measure, over the whole output, what the shift changed; nothing where none is on."""
    if state.unshifted is None:
        return ()
    outputs = whole_output(state.unshifted), whole_output(state.conv)
    return (
        moved_line(state.shift),
        changed_line("output", shift_report(*outputs, (0, 0), (1, 1))),
        followed_line(state.unshifted, state.shift, state.conv.stride, whole_output),
    )
