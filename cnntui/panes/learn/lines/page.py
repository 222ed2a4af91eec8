"""A lesson's page as lines of words: its prose, the task or question, hints."""

from __future__ import annotations

from typing import Any

from cnntui import numbers
from cnntui.course.format.lesson import Prose, Task, Test
from cnntui.course.format.prose import lines_of, wrapped
from cnntui.course.progress import GOING, PASSED, SKIPPED, LessonProgress
from cnntui.ground.lines import Line, cropped, line, width_of
from cnntui.ground.widths import fitted_text
from cnntui.panes.learn.frame import Keys, TextFrame
from cnntui.panes.learn.lines.end import end_frame, sitting_frame
from cnntui.panes.learn.lines.question import INDENT, asked_lines, led, offer
from cnntui.panes.learn.open_lesson import Opened
from cnntui.panes.learn.state import LearningState

SIGNS = {PASSED: ("✓", "good"), SKIPPED: ("–", "dim"), GOING: ("✗", "bad")}
LAST_KEYS = 12  # of a solution that is played


def lesson_frame(state: LearningState, width: int, room: int = 1000) -> TextFrame:
    """Return what is to be read of the open lesson, at its page, its end, or its test.

    Where all of it does not fit ``room`` lines, there are none between paragraphs.
    """
    opened = state.opened
    if state.sitting is not None:
        return sitting_frame(state, state.sitting, width)
    assert opened is not None
    if opened.ended:
        return end_frame(state, opened, width)
    kept = state.progress.of(state.id)
    prose = _prose(opened, width)
    mark = _mark(state, opened, kept, width)
    if len(prose) + len(mark) + 1 > room:
        prose = [row for row in prose if row]
    lines = (*prose, *(((),) if prose and mark else ()), *mark)
    keep = (len(lines) - len(mark), len(lines) - 1) if opened.at >= 0 else (0, 0)
    return TextFrame(_heading(opened, kept, width), lines, _keys(state, opened), keep, mark)


def _heading(opened: Opened, kept: LessonProgress, width: int) -> Line:
    about, page = opened.lesson.about, opened.shown
    number = "" if about.number is None else f"{about.number} "
    signs = [SIGNS.get(kept.mark(mark.id).state, ("·", "dim")) for mark in opened.marks]
    place = f"page {opened.page + 1} of {len(opened.lesson.pages)}"
    right = ((f"  {place}", ""), *((f" {sign}", role) for sign, role in signs))
    title = f"{number}{about.title}"
    if page is not None and page.title != about.title:
        title += f" · {page.title}"
    room = max(8, width - width_of(right))
    return cropped(((fitted_text(title, room), "strong"), *right), width)


def _prose(opened: Opened, width: int) -> list[Line]:
    lines: list[Line] = []
    before = ""
    for part in opened.shown.parts if opened.shown else ():
        if isinstance(part, Prose):
            if lines and not (part.kind == "item" == before):
                lines.append(())
            lines += lines_of(part, width)
            before = part.kind
    return lines


def _mark(
    state: LearningState, opened: Opened, kept: LessonProgress, width: int
) -> tuple[Line, ...]:
    """Return the lines about what is worked on, or what waits."""
    if opened.task is not None:
        return tuple(_task(opened, opened.task, kept, width))
    if opened.asking is not None:
        return tuple(asked_lines(opened.asking, width))
    if isinstance(opened.mark, Test):
        return tuple(offer(f"begins the test of {opened.mark.questions} questions", width))
    if opened.question is not None:
        return (line("the question is being drawn …", "dim"),)
    return tuple(offer(_waiting(opened, kept), width))


def _waiting(opened: Opened, kept: LessonProgress) -> str:
    """Say what comes next, while the words are read."""
    at = opened.next_open(kept)
    if at is not None:
        what = "a task" if isinstance(opened.marks[at], Task) else "a question"
        return f"when you have looked around: {what}"
    last = opened.page + 1 == len(opened.lesson.pages)
    return "ends the lesson" if last else "turns the page"


def _task(opened: Opened, task: Task, kept: LessonProgress, width: int) -> list[Line]:
    sign, word, role = _state_of(opened, task, kept)
    state = f"  {sign} {word}"
    goal = wrapped(task.goal, max(12, width - INDENT - len(state)))
    lines: list[Line] = []
    for at, row in enumerate(goal):
        gap = width - INDENT - width_of(row) - len(state)
        end: Line = ((" " * gap, ""), (state, role)) if not at else ()
        lines.append((("Task   " if not at else " " * INDENT, "strong"), *row, *end))
    lines += _now(opened, width)
    for number in range(opened.hints):
        lines += led(f"hint {number + 1}", task.hints[number], width, "strong")
    if opened.watched:
        lines += _watching(opened, task, width)
    elif opened.done or kept.mark(task.id).state == PASSED:
        lines += led("✓", task.note, width, "good") if task.note else []
        lines += offer("goes on; stay and try other keys as long as you like", width)
    return lines


def _watching(opened: Opened, task: Task, width: int) -> list[Line]:
    """Show the keys that were pressed so far."""
    keys = " ".join(f"[[{key}]]" for key in task.solution[: opened.played][-LAST_KEYS:])
    more = opened.played < len(task.solution)
    advice = "space pauses" if more else "That was it. [[f5]] sets the pane back: now you."
    return led("watch", f"{keys}   {advice}", width, "strong")


def _state_of(opened: Opened, task: Task, kept: LessonProgress) -> tuple[str, str, str]:
    if opened.watched:
        return "–", "watched", "dim"
    if opened.done or kept.mark(task.id).state == PASSED:
        return "✓", "done", "good"
    if kept.mark(task.id).state == SKIPPED:
        return "–", "skipped", "dim"
    return "✗", "not yet", "bad"


def _now(opened: Opened, width: int) -> list[Line]:
    if not opened.facts:
        return [cropped(line(" " * INDENT + "now …", "dim"), width)]
    facts = " · ".join(f"{name.replace('_', ' ')} {shown(value)}" for name, value in opened.facts)
    return [cropped(line(f"{' ' * INDENT}now {facts}", "dim"), width)]


def shown(value: Any) -> str:
    """Write a fact: shapes with ×, counts with separators, yes and no."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple) and value and all(type(each) is int for each in value):
        return numbers.shape(value)
    if isinstance(value, tuple):
        return ", ".join(shown(each) for each in value[:6]) + (" …" if len(value) > 6 else "")
    if isinstance(value, int):
        return numbers.counted(value)
    return numbers.short(value) if isinstance(value, float) else str(value)


def _keys(state: LearningState, opened: Opened) -> Keys:
    back = (("f3", "back"),) if opened.page else ()
    more = (("f6", {"both": "room", "pane": "words", "text": "both"}[opened.large]),)
    ends = (("question_mark", "help"),)
    if opened.task is not None:
        return (_on(state, opened), *_for_task(state, opened), *more, *ends)
    asking = opened.asking
    if asking is not None and asking.open:
        return (("enter", "answer"), ("f7", "skip"), *back, *more, *ends)
    if asking is not None and asking.verdict and not asking.verdict.right:
        return (("enter", "try again"), ("f7", "skip"), *back, *more, *ends)
    return (_on(state, opened), *back, *more, *ends, ("escape", "lessons"))


def _on(state: LearningState, opened: Opened) -> tuple[str, str]:
    return "f2", "next" if state.may_go_on else "when done"


def _for_task(state: LearningState, opened: Opened) -> Keys:
    if opened.watched:
        return (("f5", "now you"), ("f3", "back"))
    if state.may_go_on:
        return (("f3", "back"), ("escape", "lessons"))
    hint = (("f4", f"hint ({opened.hints_left} left)"),) if opened.hints_left else ()
    return (*hint, ("f5", "watch"), ("f7", "skip"))
