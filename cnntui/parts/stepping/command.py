"""What the commands of the steppers share: the device, the step, and a page with whole boards."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from cnntui.errors import UserError
from cnntui.ground.options import Option, fill
from cnntui.parts.printing.output import add_device, add_forms
from cnntui.parts.stepping.options import STEP

if TYPE_CHECKING:
    from cnntui.engine.reference import Reference
    from cnntui.parts.printing.output import Output
    from cnntui.ui.frames.boards import StepperFrame

WHOLE = 64  # cells a side of the largest board that is printed whole
LINES = 24  # of words


def prepare_stepper(command: argparse.ArgumentParser, options: Iterable[Option]) -> None:
    """Give a command the options, ``--step``, ``--device`` and its forms."""
    fill(command, (*options, STEP))
    add_device(command)
    add_forms(command, "print the pane as text")


def at_step(state: Any, step: int | None) -> Any:
    """Return the state at a step. Raises UserError where there is none."""
    if step is None:
        return state
    if not 0 <= step < state.steps:
        raise UserError(f"there is no step {step}; steps are 0 to {state.steps - 1}")
    return state.to_step(step)


def say_page(
    output: Output,
    title: str,
    state: Any,
    frame_of: Callable[..., StepperFrame],
    result: Reference,
) -> int:
    """Print a stepper's frame; a state that was not stepped shows its whole output."""
    from cnntui.parts.printing.page import verdict

    if not state.index:
        state = state.last().to_step(0)
    width = output.terminal.columns
    return output.say(page_of(title, state, frame_of, width, output.unicode, verdict(result)))


def page_of(
    title: str,
    state: Any,
    frame_of: Callable[..., StepperFrame],
    width: int,
    unicode: bool = True,
    verdict: str = "",
) -> str:
    """Lay a stepper's frame out as text, large enough for whole boards up to WHOLE cells a side."""
    from cnntui.parts.printing.page import page

    for grid in state.grids:
        state = state.sized(grid, WHOLE * 8, WHOLE)
    frame = frame_of(state, width, LINES)
    counter = f"{frame.counter}   {verdict}" if verdict else frame.counter
    heading = [f"{title}  {frame.subtitle}", counter]
    return page(heading, list(frame.boards.values()), frame.words, width, unicode)
