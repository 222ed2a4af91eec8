"""The frame that convolution and pooling have alike: the boards as they are on view, the words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cnntui.engine.geometry import Window, formula
from cnntui.ground.lines import Line, sized
from cnntui.parts.boards.grids import Board, framed
from cnntui.parts.stepping.state import Stepper
from cnntui.ui.frames.boards import StepperFrame


def stepper_frame(
    state: Stepper[Any], subtitle: str, boards: Sequence[Board], words: Sequence[Line]
) -> StepperFrame:
    """Return the frame of a state; ``boards`` in the state's order."""
    return StepperFrame(
        subtitle=subtitle,
        counter=state.counter,
        boards={
            grid: framed(board, state.viewport(grid), state.view, state.focus == grid)
            for grid, board in zip(state.boards, boards, strict=True)
        },
        words=tuple(words),
    )


def size_lines(window: Window, width: int) -> list[Line]:
    """Write the output size with the live numbers: a line, or one each for height and width."""
    rows, columns = formula(window.rows), formula(window.columns)
    height, across = window.output
    if rows == columns:
        return [sized("output size  ", rows, height, width)]
    return [sized("height  ", rows, height, width), sized("width   ", columns, across, width)]
