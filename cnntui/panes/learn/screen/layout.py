"""How the words and the live pane share the screen: which is where, and what the words then say."""

from __future__ import annotations

from dataclasses import dataclass

from cnntui.ground.lines import Line, cropped
from cnntui.panes.learn.frame import TextFrame, course_frame
from cnntui.panes.learn.lines.page import lesson_frame
from cnntui.panes.learn.state import LearningState

WIDE = 110  # columns from which words and pane stand side by side
PANE_WIDTH = 80  # columns a pane is made for
WORDS_WIDTH = (40, 64)  # columns of the words beside it
PANE_LINES = 10  # lines the pane has at least, where there is no question
ASKED_LINES = 7  # with a question
SHORT = 5  # lines of words at most where the pane has the room


@dataclass(frozen=True)
class LessonLayout:
    """The words in their room: ``columns`` and ``lines`` of it, None for all there are."""

    frame: TextFrame
    heading: Line
    alone: bool  # no pane is beside the words
    side_by_side: bool
    columns: int | None
    lines: int | None
    text: tuple[Line, ...]
    keep: tuple[int, int]  # of the text, the first and last line that must be on view


def words_alone(state: LearningState | None) -> bool:
    """Tell whether there is no pane beside the words."""
    if state is None or state.opened is None or state.sitting is not None:
        return True
    opened = state.opened
    return opened.ended or opened.view is None or opened.large == "text"


def laid_out(state: LearningState, width: int, height: int) -> LessonLayout:
    """Lay a state out on ``width`` columns and ``height`` lines, heading included."""
    alone, small = words_alone(state), _is_small(state)
    wide = width >= WIDE and not small
    beside = wide and not alone
    column = max(WORDS_WIDTH[0], min(WORDS_WIDTH[1], width - PANE_WIDTH)) if beside else width
    room = height - 1 if alone or wide else _most_words(state, height)
    frame = _frame(state, max(20, column - 3), room)
    heading = cropped(_frame(state, width - 2, room).heading, width - 2)
    lines = None if alone or wide else _words_lines(frame, small, room)
    text, keep = (frame.short, (0, 0)) if small and not alone else (frame.lines, frame.keep)
    return LessonLayout(
        frame, heading, alone, beside, column if beside else None, lines, text, keep
    )


def _is_small(state: LearningState) -> bool:
    """Tell whether the pane has the room, the words a few lines."""
    return state.opened is not None and state.opened.large == "pane"


def _frame(state: LearningState, width: int, room: int) -> TextFrame:
    return course_frame(state, width, room) if state.in_list else lesson_frame(state, width, room)


def _words_lines(frame: TextFrame, small: bool, most: int) -> int:
    """Return the lines that the words need above the pane."""
    return max(1, min(SHORT, len(frame.short)) if small else min(len(frame.lines), most))


def _most_words(state: LearningState, height: int) -> int:
    """Return the lines of words that leave the pane below them what it needs."""
    asks = state.opened is not None and state.opened.asking is not None
    return max(1, height - 2 - (ASKED_LINES if asks else PANE_LINES))
