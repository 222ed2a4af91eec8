"""The question what a network of the user's own takes, for panes that open one."""

from __future__ import annotations

from collections.abc import Callable

from cnntui.models.opening import shapes_of
from cnntui.ui.prompt import Prompt

INPUT = "channels x height x width:"
USUAL = "3x224x224"


def ask_what_it_takes(
    prompt: Prompt,
    name: str,
    answer: Callable[[tuple[tuple[int, ...], ...]], object],
    left: Callable[[], None],
) -> None:
    """Ask for the shapes, without the batch, of the inputs of a network; ``left`` on escape."""

    def read(text: str) -> None:
        answer(tuple(shapes_of(text)))

    prompt.ask(f"{name[-30:]} takes {INPUT}", read, USUAL, left=left)
